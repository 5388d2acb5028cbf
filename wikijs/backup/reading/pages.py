"""Pages with their history, as objects of a store."""

from __future__ import annotations

import hashlib
import marshal
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from wikijs import exceptions as exc
from wikijs import ops
from wikijs.core.values.paths import PagePath
from wikijs.resources.pages.values.models import read_version
from wikijs.transfer.documents import fields as document_fields
from wikijs.transfer.reading import read_pages

from ..store import Part, Store
from .operations import read_page

if TYPE_CHECKING:
    from wikijs import WikiJSClient
    from wikijs.transfer.format import PageFile

AT_ONCE: Final = 200
"""Pages held in memory together."""
_PLAIN: Final = 2
"""The version of `marshal` that writes one form for one value; it takes a tenth of the time of JSON."""
TRAIL: Final = 100
"""Entries of a page's history in one request."""


@dataclass(frozen=True, slots=True)
class Head:
    """An entry of the list of pages as `transfer` reads it."""

    id: int
    path: str
    locale: str
    content_type: str
    is_published: bool


@dataclass(slots=True)
class Pages:
    """What became of reading pages.

    Attributes:
        entries: Entries of the index, by id.
        left_out: What could not be read, and why.
        read: How many pages were read.
        with_history: Whether the history is read too.
        same: The part of the backup before, where nothing at all has changed; there are no entries then.
    """

    with_history: bool = True
    entries: dict[int, dict[str, Any]] = field(default_factory=dict[int, "dict[str, Any]"])
    left_out: dict[str, str] = field(default_factory=dict[str, str])
    read: int = 0
    same: Part | None = None


def state_of(heads: Mapping[int, Mapping[str, Any]], *, with_history: bool) -> str:
    """A digest of what tells that no page has changed. Another one, as of another release, costs a comparison page by
    page.

    Args:
        heads: Entries of the list of pages, brief or not, by id.
        with_history: Whether histories are in the backup.
    """
    told = [(number, page["path"], page["locale"], page["updatedAt"], *page["tags"]) for number, page in heads.items()]
    told.sort()
    return hashlib.sha256(marshal.dumps([with_history, told], _PLAIN)).hexdigest()


def unchanged(
    heads: Mapping[int, Mapping[str, Any]], before: Iterable[dict[str, Any]], store: Store, *, with_history: bool
) -> dict[int, dict[str, Any]]:
    """Entries of an earlier backup that hold still: nothing of the page's head has changed, and all of it was read."""
    held = store.held()
    same: dict[int, dict[str, Any]] = {}
    for entry in before:  # plainly: of most wikis it is all that a backup has to do
        number = entry["id"]
        if heads.get(number) != entry["head"] or entry["object"] not in held:
            continue
        history = entry.get("history", held)
        if history is held:
            if with_history:
                continue
        elif history and history not in held:
            continue
        if not entry.get("missing"):
            same[number] = entry
    return same


def read(
    client: WikiJSClient,
    store: Store,
    heads: Sequence[Mapping[str, Any]],
    into: Pages,
    progress: Callable[[int], None],
) -> None:
    """Read pages and store them. Those that are gone meanwhile are left out.

    Args:
        client: A client without a cache.
        store: Where to.
        heads: Entries of the list.
        into: What becomes of it.
        progress: Told how many more are done.
    """
    for start in range(0, len(heads), AT_ONCE):
        some = heads[start : start + AT_ONCE]
        outcomes: Sequence[Any] = client.batch(*(read_page(head["id"]) for head in some), return_exceptions=True)
        there: list[Mapping[str, Any]] = []
        hidden: list[Mapping[str, Any]] = []
        for head, page in zip(some, outcomes, strict=True):
            into.entries.pop(head["id"], None)
            if isinstance(page, exc.PermissionDeniedError):
                hidden.append(head)
            elif isinstance(page, exc.TransportError | exc.AuthenticationError):
                raise page
            elif isinstance(page, exc.PageNotFoundError):
                continue
            elif isinstance(page, Exception):
                into.left_out[_name(head)] = _why(page)
            else:
                page["tags"] = sorted(tag["tag"] for tag in page["tags"])
                into.entries[head["id"]] = {"id": head["id"], "head": dict(head), "object": store.put_json(page)}
                there.append(head)
        there += _partly(client, store, hidden, into)
        into.read += len(there)
        if into.with_history:
            _histories(client, store, there, into)
        progress(len(some))


def _partly(
    client: WikiJSClient, store: Store, heads: Sequence[Mapping[str, Any]], into: Pages
) -> list[Mapping[str, Any]]:
    """Pages that the server does not show whole: what may be read of them, with what is missing named."""
    by_id = {head["id"]: head for head in heads}
    listed = [
        Head(head["id"], head["path"], head["locale"], head["contentType"], head["isPublished"]) for head in heads
    ]
    found: list[Mapping[str, Any]] = []
    for entry, page, missing in read_pages(client, listed):
        head = by_id[entry.id]
        if isinstance(page, Exception):
            into.left_out[_name(head)] = _why(page)
            continue
        into.entries[entry.id] = {
            "id": entry.id,
            "head": dict(head),
            "object": store.put_json({"id": entry.id, **_fields(head, page)}),
            "missing": [*missing, "author", "creator"],
        }
        found.append(head)
    return found


def _fields(head: Mapping[str, Any], page: PageFile) -> dict[str, Any]:
    known = document_fields(PagePath(head["path"], head["locale"]), page)
    return known | {"tags": sorted(page.tags or ())}


def _histories(client: WikiJSClient, store: Store, heads: Sequence[Mapping[str, Any]], into: Pages) -> None:
    trails: dict[int, list[dict[str, Any]]] = {head["id"]: [] for head in heads}
    names = {head["id"]: _name(head) for head in heads}
    waiting = [(head["id"], 0) for head in heads]
    while waiting:
        asked = [ops.pages_history(page, offset_page=part, offset_size=TRAIL) for page, part in waiting]
        following: list[tuple[int, int]] = []
        answers: Sequence[Any] = client.batch(*asked, return_exceptions=True)
        for (page, part), answer in zip(waiting, answers, strict=True):
            if isinstance(answer, exc.TransportError | exc.AuthenticationError):
                raise answer
            if isinstance(answer, Exception):
                into.left_out[f"history of {names[page]}"] = _why(answer)
                trails.pop(page, None)
                continue
            trails[page] += [entry.model_dump(mode="json", by_alias=True) for entry in answer.trail]
            if answer.trail and len(trails[page]) < answer.total:
                following.append((page, part + 1))
        waiting = following
    wanted = [(page, entry) for page, trail in trails.items() for entry in trail]
    for start in range(0, len(wanted), AT_ONCE):
        some = wanted[start : start + AT_ONCE]
        asked_too = [read_version(page, entry["versionId"]) for page, entry in some]
        versions: Sequence[Any] = client.batch(*asked_too, return_exceptions=True)
        for (page, entry), version in zip(some, versions, strict=True):
            if isinstance(version, exc.TransportError | exc.AuthenticationError):
                raise version
            if version is None or isinstance(version, Exception):
                why = "it is gone" if version is None else _why(version)
                into.left_out[f"version {entry['versionId']} of {names[page]}"] = why
            else:
                entry["object"] = store.put_json(version.model_dump(mode="json", by_alias=True))
    for page, trail in trails.items():
        held = [entry for entry in trail if "object" in entry]
        into.entries[page]["history"] = store.put_json(held) if held else None


def _name(head: Mapping[str, Any]) -> str:
    return f"page {head['locale']}/{head['path']}"


def _why(error: Exception) -> str:
    return error.message if isinstance(error, exc.WikiJSException) else str(error) or type(error).__name__
