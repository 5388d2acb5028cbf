"""Data classes that cost next to nothing to define: `@record` instead of `@dataclasses.dataclass`.

A data class is source that is written and compiled when its module is imported, half a millisecond for each, and a
first call of a client passes two dozen of them. A record is the same class made of closures. What `dataclasses` knows
of data classes (`replace`, `fields`, `asdict`, inheriting) it learns of a record when somebody asks.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any, Final, TypeVar, cast, dataclass_transform, overload

C = TypeVar("C")

_ASKED: Final = ("__dataclass_fields__", "__dataclass_params__")


@overload
@dataclass_transform(frozen_default=True, field_specifiers=(dataclasses.field,))
def record(cls: type[C], /) -> type[C]: ...
@overload
@dataclass_transform(frozen_default=True, field_specifiers=(dataclasses.field,))
def record(*, frozen: bool = True, eq: bool = True, kw_only: bool = False) -> Callable[[type[C]], type[C]]: ...
def record(
    cls: type[C] | None = None, /, *, frozen: bool = True, eq: bool = True, kw_only: bool = False
) -> type[C] | Callable[[type[C]], type[C]]:
    """Give a class what its annotations ask for, as `dataclasses.dataclass` does. Records do not inherit fields.

    Args:
        cls: The class.
        frozen: Whether its attributes stay as they are.
        eq: Whether records of equal fields are equal; with `frozen` they have a hash then.
        kw_only: Whether fields are given by name only.
    """

    def made(cls: type[C]) -> type[C]:
        return _made(cls, frozen=frozen, eq=eq, kw_only=kw_only)

    return made if cls is None else made(cls)


def _made(cls: type[C], *, frozen: bool, eq: bool, kw_only: bool) -> type[C]:
    fields = {name: _field(cls, name) for name in cls.__annotations__}
    own: dict[str, Any] = {
        "__init__": _init(cls, fields, 0 if kw_only else len(fields)),
        "__match_args__": () if kw_only else tuple(fields),
        **{name: _Asked(name, fields, frozen=frozen, kw_only=kw_only) for name in _ASKED},
    }
    if "__repr__" not in cls.__dict__:
        own["__repr__"] = _repr(tuple(name for name, each in fields.items() if each.repr))
    if eq:
        compared = tuple(name for name, each in fields.items() if each.compare)
        own["__eq__"], own["__hash__"] = _eq(compared), _hash(compared) if frozen else None
    if frozen:
        own["__setattr__"] = own["__delattr__"] = _refuse
    for name, value in own.items():
        setattr(cls, name, value)
    return cls


def _field(cls: type[Any], name: str) -> dataclasses.Field[Any]:
    """What a class body says of a field; what remains as an attribute of the class is its default."""
    given: Any = cls.__dict__.get(name, dataclasses.MISSING)
    is_field = isinstance(given, dataclasses.Field)
    field: dataclasses.Field[Any] = cast("Any", given) if is_field else dataclasses.field(default=given)
    if not is_field:
        return field
    if field.default is dataclasses.MISSING:
        delattr(cls, name)
    else:
        setattr(cls, name, field.default)
    return field


def _init(cls: type[Any], fields: dict[str, dataclasses.Field[Any]], places: int) -> Callable[..., None]:
    names, missing = tuple(fields), dataclasses.MISSING
    makers = [(name, each.default_factory) for name, each in fields.items() if each.default_factory is not missing]
    # A function that is an attribute of a class becomes a method, so each record has its own.
    makers += [(name, _maker(each.default)) for name, each in fields.items() if hasattr(each.default, "__get__")]
    needed = tuple(name for name, each in fields.items() if each.default is missing and each.default_factory is missing)
    completed: Any = getattr(cls, "__post_init__", None)

    def init(self: Any, *args: Any, **kwargs: Any) -> None:
        values: dict[str, Any] = self.__dict__
        if len(args) > places:
            raise TypeError(f"{cls.__name__}() takes {places} arguments by place, not {len(args)}.")
        values.update(zip(names, args, strict=False))
        for name in kwargs:
            if name not in fields or name in values:
                raise TypeError(f"{cls.__name__}() has no argument {name!r}, or was given it twice.")
        values.update(kwargs)
        for name in needed:
            if name not in values:
                raise TypeError(f"{cls.__name__}() needs the argument {name!r}.")
        for name, make in makers:
            if name not in values:
                values[name] = make()
        if completed is not None:
            completed(self)

    return init


def _maker(value: Any) -> Callable[[], Any]:
    return lambda: value


def _repr(names: tuple[str, ...]) -> Callable[[Any], str]:
    def shown(self: Any) -> str:
        return f"{type(self).__qualname__}({', '.join(f'{name}={getattr(self, name)!r}' for name in names)})"

    return shown


def _eq(names: tuple[str, ...]) -> Callable[[Any, object], object]:
    def same(self: Any, other: object) -> object:
        if type(other) is not type(self):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in names)

    return same


def _hash(names: tuple[str, ...]) -> Callable[[Any], int]:
    def hashed(self: Any) -> int:
        return hash(tuple(getattr(self, name) for name in names))

    return hashed


def _refuse(self: Any, name: str, *_value: Any) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot change {name!r} of a {type(self).__name__}")


class _Asked:
    """What `dataclasses` looks for in a class, made when it first does."""

    def __init__(self, name: str, fields: dict[str, dataclasses.Field[Any]], *, frozen: bool, kw_only: bool) -> None:
        self._name = name
        self._fields = fields
        self._frozen = frozen
        self._kw_only = kw_only

    def __get__(self, _record: object, cls: type[Any]) -> Any:
        owner = next(each for each in cls.__mro__ if each.__dict__.get(self._name) is self)
        parts = [(name, owner.__annotations__[name], each) for name, each in self._fields.items()]
        twin = dataclasses.make_dataclass(owner.__name__, parts, frozen=self._frozen, kw_only=self._kw_only)
        for name in _ASKED:
            setattr(owner, name, twin.__dict__[name])
        return owner.__dict__[self._name]
