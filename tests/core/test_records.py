"""Records are data classes in all that anybody asks of them."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from collections.abc import Callable
from typing import Any, Generic, TypeVar

import pytest

from wikijs.core.values.records import record

T = TypeVar("T")


def twice(number: int) -> int:
    return 2 * number


@record
class Point(Generic[T]):
    x: T
    y: int = 2
    labels: list[str] = dataclasses.field(default_factory=list[str], repr=False)
    note: str = dataclasses.field(default="", compare=False)
    scale: Callable[[int], int] = twice


@record(frozen=False)
class Count:
    number: int = 0


@record(eq=False, kw_only=True)
class Named:
    name: str
    size: int = 1

    def __post_init__(self) -> None:
        if not self.name:
            raise ValueError("no name")

    def __repr__(self) -> str:
        return "named"


def test_fields_come_by_place_by_name_and_by_default() -> None:
    point = Point(1, note="n")
    assert (point.x, point.y, point.labels, point.note) == (1, 2, [], "n")
    assert point.scale(3) == 6, "a function is no method"
    assert Point(1).labels is not Point(1).labels
    assert repr(point).startswith("Point(x=1, y=2, note='n', scale=")


WRONG: list[tuple[tuple[Any, ...], dict[str, Any]]] = [
    ((), {}),
    ((1, 2, [], "", twice, 6), {}),
    ((1,), {"x": 1}),
    ((1,), {"z": 1}),
]


@pytest.mark.parametrize(("args", "named"), WRONG, ids=["too few", "too many", "twice", "unknown"])
def test_wrong_arguments_are_refused(args: tuple[Any, ...], named: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match=r"Point\(\)"):
        Point(*args, **named)
    with pytest.raises(TypeError):
        Named("x")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


def test_what_is_compared_and_what_is_not() -> None:
    assert Point(1, note="a") == Point(1, note="b") != Point(2)
    assert Point(1) != object()
    assert Named(name="a") != Named(name="a")
    assert len({Window(1), Window(1), Window(2)}) == 2
    assert Count(1) == Count(1)
    with pytest.raises(TypeError):
        hash(Count())


@record
class Window:
    number: int


def test_frozen_ones_stay_and_others_change() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Window(1).number = 2  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]
    with pytest.raises(dataclasses.FrozenInstanceError):
        del Window(1).number  # pyright: ignore[reportAttributeAccessIssue]
    count = Count()
    count.number += 1
    assert (count.number, Count.number) == (1, 0)


def test_what_is_checked_and_shown_by_the_class_itself() -> None:
    assert repr(Named(name="a")) == "named"
    with pytest.raises(ValueError, match="no name"):
        Named(name="")


def test_dataclasses_takes_them_for_its_own() -> None:
    point = Point(1, 5)
    assert dataclasses.is_dataclass(point)
    assert [field.name for field in dataclasses.fields(Point)] == ["x", "y", "labels", "note", "scale"]
    assert dataclasses.replace(point, x=3) == Point(3, 5)
    assert dataclasses.asdict(Window(4)) == {"number": 4}
    assert dataclasses.replace(Named(name="a"), size=3).size == 3

    @dataclasses.dataclass(frozen=True)
    class Wide(Window):
        width: int = 3

    assert dataclasses.astuple(Wide(1)) == (1, 3)
    match point:
        case Point(x, 5):
            assert x == 1
        case _:
            pytest.fail("places are known to patterns")


def test_copies_and_pickles_are_equal() -> None:
    point = Point(1, labels=["a"])
    for twin in (copy.copy(point), copy.deepcopy(point), pickle.loads(pickle.dumps(point))):  # noqa: S301
        assert twin == point
