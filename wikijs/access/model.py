"""Groups, users and pages, as far as it matters to who may do what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from wikijs.permissions import PageRule


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What a question is about.

    Attributes:
        path: Path of the page, or of the file, without a slash in front.
        locale: Locale of the page; None where the server knows none.
        tags: Tags of the page.
        published: Whether it is published: only who may write them sees others in the browser.
    """

    path: str
    locale: str | None = None
    tags: Sequence[str] = ()
    published: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A group: what it may do, where, and who is in it."""

    id: int
    name: str
    permissions: tuple[str, ...] = ()
    rules: tuple[PageRule, ...] = ()
    members: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A user, and the ids of the groups."""

    id: int
    name: str
    email: str
    active: bool = True
    groups: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page, as far as rules look at it."""

    path: str
    locale: str
    tags: tuple[str, ...] = ()
    published: bool = True

    @property
    def target(self) -> Target:
        """What a question about it is about."""
        return Target(path=self.path, locale=self.locale, tags=self.tags, published=self.published)
