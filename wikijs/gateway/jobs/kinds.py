"""Kinds of jobs: each is a bulk method of the client, with a journal."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from pydantic import Field

from ..routes.pages.models import TEXTS, In, PageCreate, PagePatch, arguments
from . import files
from .work import Work

if TYPE_CHECKING:
    from wikijs.core.jobs.results import BatchResult

Run = Callable[[Work, Any], Awaitable["BatchResult[Any, Any]"]]
MOST: Final = 10_000


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of job.

    Attributes:
        name: Its name.
        scopes: What its caller needs besides `jobs`.
        model: Its input.
        run: Does it.
        items: The items of an input, for those kinds that say them one by one.
        of_items: An input with some of those items, for trying again what failed.
        about: What it does.
        writes: Whether it writes pages; one that does not may run beside one that does.
        more: Further scopes that an input needs.
    """

    name: str
    scopes: tuple[str, ...]
    model: type[In]
    run: Run
    about: str
    items: Callable[[Any], Sequence[Any]] | None = None
    of_items: Callable[[Any, list[int]], dict[str, Any]] | None = None
    writes: bool = True
    more: Callable[[Any], tuple[str, ...]] = lambda _: ()


class CreateMany(In):
    """Pages to create."""

    pages: list[PageCreate] = Field(min_length=1, max_length=MOST)


class Update(PagePatch):
    """Changes to one page."""

    id: int


class UpdateMany(In):
    """Pages to change."""

    updates: list[Update] = Field(min_length=1, max_length=MOST)


class Ids(In):
    """Pages, by id."""

    ids: list[int] = Field(min_length=1, max_length=MOST)


class Replace(In):
    """Text to replace in the contents of pages, as it is written."""

    text: str = Field(min_length=1, max_length=10_000)
    replacement: str = Field(max_length=10_000)
    ignore_case: bool = False
    folder: str = ""
    locale: str | None = None
    tags: list[str] = Field(default_factory=list[str])


class MoveTree(In):
    """A folder to move."""

    folder: str = Field(min_length=1, max_length=255)
    destination: str = Field(min_length=1, max_length=255)
    locale: str | None = None
    destination_locale: str | None = None


class Merge(In):
    """Tags to make one of."""

    tags: list[str] = Field(min_length=1, max_length=200)
    into: str = Field(min_length=1, max_length=255)


async def _create(work: Work, body: CreateMany) -> Any:
    pages: Any = [arguments(page) for page in body.pages]
    return await work.client.pages.create_many(pages, progress=work.progress, journal=work.journal)


async def _update(work: Work, body: UpdateMany) -> Any:
    updates: Any = [arguments(update, empty=TEXTS) for update in body.updates]
    return await work.client.pages.update_many(updates, progress=work.progress, journal=work.journal)


async def _delete(work: Work, body: Ids) -> Any:
    return await work.client.pages.delete_many(body.ids, progress=work.progress, journal=work.journal)


async def _render(work: Work, body: Ids) -> Any:
    return await work.client.pages.render_many(body.ids, progress=work.progress)  # doing it twice is doing it once


async def _replace(work: Work, body: Replace) -> Any:
    return await work.client.pages.replace(
        body.text,
        body.replacement,
        literal=True,  # an expression of others could keep the gateway busy for ever
        ignore_case=body.ignore_case,
        folder=body.folder,
        locale=body.locale,
        tags=body.tags,
        progress=work.progress,
        journal=work.journal,
    )


async def _move(work: Work, body: MoveTree) -> Any:
    return await work.client.pages.move_tree(
        body.folder,
        body.destination,
        locale=body.locale,
        destination_locale=body.destination_locale,
        progress=work.progress,
        journal=work.journal,
    )


async def _merge(work: Work, body: Merge) -> Any:
    return await work.client.tags.merge(body.tags, body.into, progress=work.progress, journal=work.journal)


Items = Callable[[Any], Sequence[Any]]
Some = Callable[[Any, list[int]], dict[str, Any]]


def _by_item(name: str) -> tuple[Items, Some]:
    """How a kind whose input is a list is taken apart, and put together of some of its items."""

    def items(body: In) -> Sequence[Any]:
        found: Sequence[Any] = getattr(body, name)
        return found

    def some(body: In, places: list[int]) -> dict[str, Any]:
        whole = body.model_dump(by_alias=True, mode="json", exclude_unset=True)
        return {name: [whole[name][place] for place in places]}

    return items, some


_WRITE: Final = ("pages:write",)
KINDS: Final[dict[str, Kind]] = {
    kind.name: kind
    for kind in (
        Kind("pages.create_many", _WRITE, CreateMany, _create, "Create pages.", *_by_item("pages")),
        Kind("pages.update_many", _WRITE, UpdateMany, _update, "Change pages.", *_by_item("updates")),
        Kind("pages.delete_many", ("pages:delete",), Ids, _delete, "Delete pages.", *_by_item("ids")),
        Kind("pages.render", _WRITE, Ids, _render, "Render pages again.", *_by_item("ids")),
        Kind("pages.replace", _WRITE, Replace, _replace, "Replace text in the contents of pages."),
        Kind("pages.move_tree", _WRITE, MoveTree, _move, "Move a folder of pages."),
        Kind("tags.merge", _WRITE, Merge, _merge, "Make one tag of several."),
        Kind("export", ("pages:read",), files.ExportPages, files.export, "Write pages into a file.", writes=False,
             more=lambda body: ("assets:read",) if body.assets else ()),
        Kind("import", _WRITE, files.ImportPages, files.import_, "Write files as pages."),
        Kind("assets.upload_many", ("assets:write",), files.UploadMany, files.upload_many, "Upload files.",
             *_by_item("files"), writes=False),
    )
}  # fmt: skip
"""All kinds by name."""
