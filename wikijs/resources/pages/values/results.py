"""What the facade of pages hands out besides pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Self

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from wikijs_generated.fragments import Page


class _Upserted(NamedTuple):
    page: Page
    created: bool


class Upserted(_Upserted):
    """What `upsert` did: `page, created = …` is the page as it is now, and whether it is new.

    Attributes:
        outcome: "created", "updated", or "unchanged" where nothing had to be written.
    """

    outcome: Literal["created", "updated", "unchanged"]

    def __new__(cls, page: Page, created: bool, *, changed: bool = True) -> Self:
        """Of a page, whether it was created, and else whether it was written."""
        made = super().__new__(cls, page, created)
        made.outcome = "created" if created else "updated" if changed else "unchanged"
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        return (type(self), tuple(self), self.__dict__)


@dataclass(frozen=True, slots=True)
class SearchHit:
    """A page that a search found.

    Attributes:
        id: The page's true id, which is not the one that most search engines answer.
        path, locale: Where it is.
        title, description: As the search engine knows them.
    """

    id: int
    path: str
    locale: str
    title: str
    description: str


@dataclass(frozen=True, slots=True)
class SearchHits:
    """What a search found, in the engine's order.

    Attributes:
        hits: The pages.
        suggestions: Other words to search for; only some engines have any.
        total_hits: Number of hits according to the engine, those that the caller may not see included.
    """

    hits: Sequence[SearchHit]
    suggestions: Sequence[str]
    total_hits: int

    def __iter__(self) -> Iterator[SearchHit]:
        return iter(self.hits)

    def __len__(self) -> int:
        return len(self.hits)


@dataclass(frozen=True, slots=True)
class Match:
    """A line of a page's content that matches a pattern.

    Attributes:
        page: The page.
        line_number: From 1.
        line: The whole line, without its end.
        start, end: Where in the line the match is, in characters.
    """

    page: Page
    line_number: int
    line: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class LinkedPage:
    """A page and the pages it links to.

    Attributes:
        id, path, locale, title: The page.
        links: Where it links to, each as "locale/path".
        broken: Those of the links where there is no page that the caller may see.
    """

    id: int
    path: str
    locale: str
    title: str
    links: Sequence[str]
    broken: Sequence[str]
