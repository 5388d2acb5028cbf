"""Resolvers, one module for each namespace of the schema.

    @resolver("PageQuery.single")
    def single(ctx: Context, *, id: int) -> Row: ...

    @resolver("PageMutation.move")
    @responds
    async def move(ctx: Context, *, id: int, destination_path: str, destination_locale: str) -> Row: ...

    @resolver("Page.tags")
    def tags(ctx: Context, page: Row) -> list[Row]: ...

Fields of `...Query` and `...Mutation` get the context and their arguments, in snake case. An argument that the caller
left out is not passed, so its default tells it from null. Fields of other types also get the object they are a field
of. Fields without a resolver are looked up in that object, and are null when it lacks them. Permissions and rate limits
of a field are checked before its resolver runs. A module is found by being in this package.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from importlib import import_module
from pkgutil import walk_packages
from typing import Any, TypeVar

Resolver = Callable[..., Any]
F = TypeVar("F", bound=Resolver)

_registry: dict[str, Resolver] = {}


def resolver(name: str) -> Callable[[F], F]:
    """Register a function as the resolver of `Type.field`."""

    def register(function: F) -> F:
        if name in _registry:
            raise ValueError(f"{name} has two resolvers")
        _registry[name] = function
        return function

    return register


@cache
def resolvers() -> dict[str, Resolver]:
    """All resolvers by `Type.field`, after importing every module of this package."""
    for module in walk_packages(__path__, f"{__name__}."):
        import_module(module.name)
    return _registry


def snake_case(name: str) -> str:
    """`orderByDirection` as Python spells it."""
    return re.sub(r"(?<=[a-z0-9])([A-Z])|(?<=[A-Z])([A-Z])(?=[a-z])", r"_\1\2", name).lower()
