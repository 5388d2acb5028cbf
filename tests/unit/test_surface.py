"""Both clients offer the same, and what they offer changes only on purpose."""

from __future__ import annotations

import inspect
import os
import re
from collections.abc import Iterator
from pathlib import Path
from types import FunctionType
from typing import Any

import pytest
import wikijs_generated.client

import wikijs
from wikijs import AsyncWikiJSClient, WikiJSClient, exceptions

SNAPSHOT = Path(__file__).with_name("surface.txt")
UPDATE = "UPDATE_SURFACE"

SYNC = WikiJSClient("http://wiki.example.com")
ASYNC = AsyncWikiJSClient("http://wiki.example.com")
SYNC.close()

ONLY_SYNC = {"close", "__enter__", "__exit__"}
ONLY_ASYNC = {"aclose", "__aenter__", "__aexit__"}
COLOURLESS = {"stats", "get_metrics", "reset_metrics", "batch"}
"""Methods that are plain in both clients, or whose colour shows in what they return."""


def public(cls: type) -> dict[str, Any]:
    """Public members and special methods of a class, by name."""
    special = {"__init__", "__enter__", "__exit__", "__aenter__", "__aexit__", "__repr__"}
    return {
        name: value
        for name in dir(cls)
        if not name.startswith("_") or name in special
        for value in [inspect.getattr_static(cls, name)]
        if not (name.startswith("__") and value is getattr(object, name, None))
    }


def namespaces() -> list[str]:
    return sorted(
        name
        for name in dir(SYNC)
        if not name.startswith("_") and type(getattr(SYNC, name)).__module__.startswith("wikijs_generated")
    )


def pairs() -> Iterator[tuple[str, type, type]]:
    yield "client", WikiJSClient, AsyncWikiJSClient
    for name in namespaces():
        yield name, type(getattr(SYNC, name)), type(getattr(ASYNC, name))


def signature(function: Any) -> str:
    """The signature as text, without its colour."""
    text = str(inspect.signature(function)).replace("builtins.", "")
    text = re.sub(r"\bAsync(?=[A-Z])|\bAwaitable\[(.*?)\]", r"\1", text)
    return text.replace("AsyncWikiJSClient", "WikiJSClient").replace("HttpClient", "httpx2.Client")


PAIRS = list(pairs())
METHODS = [
    (f"{place}.{name}", value, public(other).get(name))
    for place, cls, other in PAIRS
    for name, value in public(cls).items()
    if isinstance(value, FunctionType) and name not in ONLY_SYNC
]


def test_all_namespaces_are_compared() -> None:
    assert len(PAIRS) >= 21
    assert len(METHODS) > 150
    assert {name for name, _, _ in PAIRS} >= {"client", "pages", "users", "groups", "assets", "comments", "system"}


@pytest.mark.parametrize(("place", "cls", "other"), PAIRS, ids=lambda value: value if isinstance(value, str) else "")
def test_both_colours_have_the_same_members(place: str, cls: type, other: type) -> None:
    ours, theirs = set(public(cls)), set(public(other))
    assert ours - theirs == (ONLY_SYNC if place == "client" else set())
    assert theirs - ours == (ONLY_ASYNC if place == "client" else set())
    assert (cls.__doc__ or "").splitlines()[1:] == (other.__doc__ or "").splitlines()[1:]
    if place != "client":
        assert cls.__doc__ == other.__doc__


@pytest.mark.parametrize(("name", "method", "twin"), METHODS, ids=[name for name, _, _ in METHODS])
def test_both_colours_have_the_same_parameters_and_docs(name: str, method: FunctionType, twin: FunctionType) -> None:
    assert signature(method) == signature(twin)
    assert method.__doc__ == twin.__doc__
    leaf = name.rpartition(".")[2]
    if not leaf.startswith("__"):
        assert method.__doc__, f"{name} has no docstring"
        hands_out = "AsyncIterator" in str(inspect.signature(twin)) or leaf in COLOURLESS
        assert inspect.iscoroutinefunction(twin) or hands_out
    assert not inspect.iscoroutinefunction(method)


GENERATED = [
    (f"{cls.__name__}.{name}", method)
    for cls in vars(wikijs_generated.client).values()
    if inspect.isclass(cls) and cls.__module__.startswith(("wikijs_generated.methods.", "wikijs_generated.client"))
    for name, method in vars(cls).items()
    if isinstance(method, FunctionType) and not name.startswith("_")
]


def test_arguments_of_operations_are_keywords_past_the_first() -> None:
    assert len(GENERATED) == 136
    for name, method in GENERATED:
        kinds = [parameter.kind for parameter in inspect.signature(method).parameters.values()]
        assert set(kinds[2:]) <= {inspect.Parameter.KEYWORD_ONLY}, name


def surface() -> str:
    """Everything public, one line each."""
    lines = [f"wikijs.{name}" for name in sorted(wikijs.__all__)]
    lines += [f"wikijs.exceptions.{name}" for name in sorted(exceptions.__all__)]
    for place, cls, _ in PAIRS:
        for name, value in public(cls).items():
            if name == "__init__" and place != "client":
                continue  # clients make their namespaces
            if isinstance(value, FunctionType):
                lines.append(f"{place}.{name}{signature(value)}")
            else:
                lines.append(f"{place}.{name}")
    return "\n".join(sorted(lines)) + "\n"


def test_what_is_public_changes_only_on_purpose() -> None:
    if os.environ.get(UPDATE):
        SNAPSHOT.write_text(surface(), encoding="utf-8")
    known = SNAPSHOT.read_text(encoding="utf-8").splitlines()
    now = surface().splitlines()
    gone = [line for line in known if line not in now]
    new = [line for line in now if line not in known]
    assert (gone, new) == ([], []), (
        "Public names or signatures changed. Say so in CHANGELOG.md (what went breaks code of users), then run: "
        f"{UPDATE}=1 pytest tests/unit/test_surface.py"
    )
