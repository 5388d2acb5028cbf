"""What a resolver works with: the wiki, the request, and who asks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .accounts.permissions import Viewer, allowed
from .clock import timestamp
from .graphql.errors import CodedError

if TYPE_CHECKING:
    from .http.messages import Request
    from .storage.database import Database, Row
    from .wiki import Wiki


@dataclass(frozen=True)
class Context:
    """What a resolver works with: one for each GraphQL request."""

    sandbox: Wiki
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
