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
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pkgutil import walk_packages
from typing import TYPE_CHECKING, Any, TypeVar

from ..accounts.permissions import Viewer, allowed
from ..clock import timestamp
from ..graphql.errors import CodedError

if TYPE_CHECKING:
    from ..http.messages import Request
    from ..sandbox import Sandbox
    from ..storage.database import Database, Row

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


@dataclass(frozen=True)
class Context:
    """What a resolver works with: one for each GraphQL request."""

    sandbox: Sandbox
    request: Request
    viewer: Viewer | None

    @property
    def db(self) -> Database:
        """The wiki's state."""
        return self.sandbox.db

    @property
    def now(self) -> str:
        """This moment, as the server writes times."""
        return timestamp(self.sandbox.clock())

    def member(self) -> Viewer:
        """The caller, who must be signed in: error 1019 when not."""
        if self.viewer is None or self.viewer.is_guest:
            raise CodedError(1019)
        return self.viewer

    def rules(self) -> list[Row]:
        """The page rules of the caller's groups, as they are now. Read them once when many things are checked.

        Before 2.5.276 they were in force for all locales.
        """
        if self.viewer is None:
            return []
        marks = ", ".join("?" * len(self.viewer.groups))
        groups = self.db.all(f"SELECT pageRules FROM groups WHERE id IN ({marks})", *self.viewer.groups)  # noqa: S608  # question marks
        rules = [rule for group in groups for rule in group["pageRules"]]
        return rules if self.sandbox.since("2.5.276") else [{**rule, "locales": []} for rule in rules]

    def may(
        self,
        wanted: Sequence[str],
        path: str,
        locale: str | None = None,
        tags: Sequence[str] = (),
        rules: list[Row] | None = None,
    ) -> bool:
        """Whether the caller may do any of `wanted` with the page or asset at `path`, by page rules."""
        return allowed(self.viewer, wanted, self.rules() if rules is None else rules, path, locale, tags)
