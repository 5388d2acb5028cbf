"""Settings of the wiki: which ones changed. Their values are not kept, only digests of them."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from wikijs import q
from wikijs.core.flow import Flow

from ..history import Draft
from ..listing import Ask, Item, change
from ..snapshot import digest

if TYPE_CHECKING:
    from wikijs.core.operations import Operation


class _Settings(ABC):
    name: ClassVar[str]
    event: ClassVar[str]

    @abstractmethod
    def operations(self) -> list[Operation[Any]]:
        """What to ask."""

    @abstractmethod
    def fields(self, answers: Sequence[Any]) -> Item:
        """The answers as fields."""

    def look(
        self, ask: Ask, known: Mapping[str, Item], place: dict[str, Any]
    ) -> Flow[tuple[dict[str, Item], set[str]]]:
        answers = yield from ask.answers(self.operations())
        item = {name: digest(value) for name, value in self.fields(answers).items()}
        return {self.name: item}, set[str]()

    def tell(self, subject: str, before: Item | None, after: Item | None, count: int, wiki: str) -> Sequence[Draft]:
        # A field that one of the two does not have belongs to another release of the wiki or of this program.
        shared = (before or {}).keys() & (after or {}).keys()
        found = change(
            "edit", {name: (before or {})[name] for name in shared}, {name: (after or {})[name] for name in shared}
        )
        return [Draft(self.event, subject, f"{count}", None, {"change": found})] if found["fields"] else []


class SiteSource(_Settings):
    """Settings of the site."""

    name = "site"
    event = "site.updated"

    def operations(self) -> list[Operation[Any]]:
        return [q.site.config().select(*(name for name in q.site.config().selectable))]  # type: ignore[arg-type]  # all

    def fields(self, answers: Sequence[Any]) -> Item:
        # Settings that were never written are null, and false or empty after the first writing of any.
        return {_snake(name): value or None for name, value in answers[0].items()}


class ThemeSource(_Settings):
    """The look of the wiki."""

    name = "theme"
    event = "theme.updated"

    def operations(self) -> list[Operation[Any]]:
        return [
            q.theming.config().select(
                "theme", "iconset", "darkMode", "tocPosition", "injectCSS", "injectHead", "injectBody"
            )
        ]

    def fields(self, answers: Sequence[Any]) -> Item:
        return {_snake(name): value for name, value in answers[0].items()}


class NavigationSource(_Settings):
    """The navigation."""

    name = "navigation"
    event = "navigation.updated"

    def operations(self) -> list[Operation[Any]]:
        tree = q.navigation.tree().select(
            "locale",
            "items.id",
            "items.kind",
            "items.label",
            "items.icon",
            "items.targetType",
            "items.target",
            "items.visibilityMode",
            "items.visibilityGroups",
        )
        return [tree, q.navigation.config().select("mode")]

    def fields(self, answers: Sequence[Any]) -> Item:
        trees = {f"items_{tree['locale']}": tree["items"] for tree in answers[0] or ()}
        return {"mode": answers[1]["mode"], "locales": sorted(trees), **trees}


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
