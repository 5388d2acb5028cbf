"""Reading both sides: all files of the folder, and of the wiki's pages those that changed since the last time."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from wikijs import exceptions as exc
from wikijs import ops
from wikijs.core.scalars import timestamp
from wikijs.core.values.paths import PagePath
from wikijs.transfer import names
from wikijs.transfer.errors import FileRefusedError
from wikijs.transfer.format import CONTENT_TYPES, is_page, load, of_page

from .folder import Folder, written
from .model import KnownPage, Layout, LocalPage, RemotePage
from .texts import as_file, digest

if TYPE_CHECKING:
    from wikijs_generated.fragments import PageForEditor, PageSummary

    from wikijs import WikiJSClient

HIDDEN: Final = "the wiki does not show it to this caller"
MOVED_OUT: Final = "it was moved in the wiki to where this folder does not reach; delete its file, or move it back"


@dataclass(frozen=True, slots=True)
class Files:
    """What the folder holds.

    Attributes:
        pages: Files that are pages, those that cannot be read included.
        refused: Files that cannot be pages, and why.
    """

    pages: list[LocalPage]
    refused: list[tuple[str, str]]


def local_pages(folder: Folder, known: Sequence[KnownPage], layout: Layout) -> Files:
    """Read the folder. Assets and whatever else is no page are passed over."""
    places = {page.file: page.place for page in known}
    composed = {unicodedata.normalize("NFC", file): place for file, place in places.items()}
    beside = {page.conflict.file for page in known if page.conflict and not page.conflict.marks}
    found: dict[PagePath, LocalPage] = {}
    refused: list[tuple[str, str]] = []
    for name in folder.files():
        if not names.may_be_page(name) or name in beside or ".conflict-" in name.rpartition("/")[2]:
            continue
        try:
            data = folder.read(name)
        except FileRefusedError as error:
            if name in places:
                found[places[name]] = LocalPage(places[name], name, None, problem=error.message)
            elif names.suffix(name) in CONTENT_TYPES:  # else it is an asset
                refused.append((name, error.message))
            continue
        try:
            text = data.decode()
        except UnicodeDecodeError:
            text = None
        if text is not None and name not in places and not is_page(text, names.suffix(name)):
            continue
        try:
            # Some file systems give a name back with its letters taken apart.
            place = places.get(name) or composed.get(unicodedata.normalize("NFC", name)) or layout.place(name)
        except FileRefusedError as error:
            refused.append((name, error.message))
            continue
        page = _local_page(place, name, data, text, folder.modified(name))
        twin = found.get(place)
        known_first = twin is not None and name in places
        found[place] = replace(page, twin=twin) if known_first or twin is None else replace(twin, twin=page)
    # What is there and cannot be read is not gone, or its page would be deleted.
    hidden = [entry for entry in folder.refused() if entry.name] if places else []
    for name, place in places.items():
        for entry in hidden:
            if place not in found and f"{name}/".startswith(f"{entry.name.rstrip('/')}/"):
                found[place] = LocalPage(place, name, None, problem=entry.message)
    return Files(list(found.values()), refused)


def _local_page(place: PagePath, name: str, data: bytes, text: str | None, modified: float) -> LocalPage:
    page, problem = None, None
    if text is None:
        problem = f"{name} is not UTF-8 text."
    else:
        try:
            page = load(text, names.suffix(name), name=name)
        except FileRefusedError as error:
            problem = error.message
        else:
            if not page.content.strip():
                problem = f"{name} has no content, which the wiki refuses; delete the file to delete the page."
    return LocalPage(place, name, None if problem else page, written(data), modified, problem)


def remote_pages(client: WikiJSClient, known: Sequence[KnownPage], layout: Layout) -> list[RemotePage]:
    """List the wiki's pages and read those that changed.

    A page that was known and is not in the list any more counts as gone only when the server says, asked for it by its
    id, that there is none: a caller who lost a permission gets a shorter list, and no error.

    Raises:
        PermissionDeniedError: The caller may not list pages.
    """
    everything = client.execute(ops.pages_list(), cache=False)
    listed = sorted((page for page in everything if layout.holds(page.path)), key=lambda page: page.id)
    before = {page.id: page for page in known}
    stamps = {page.id: fingerprint(page) for page in listed}
    unchanged = {
        page.id: known_page.digest
        for page in listed
        if (known_page := before.get(page.id)) and not known_page.conflict and known_page.seen == stamps[page.id]
    }
    wanted = [page for page in listed if unchanged.get(page.id) is None]
    read = dict(zip((page.id for page in wanted), _whole(client, [page.id for page in wanted]), strict=True))
    pages = [
        _unread(page, stamps[page.id], unchanged[page.id], layout)
        if page.id not in read
        else _remote_page(page, stamps[page.id], read[page.id], layout)
        for page in listed
    ]
    gone = [page for page in known if page.id not in stamps]
    pages += _hidden(client, gone, layout)
    return list(_one_at_each_place(pages, {page.id for page in known}))


def fingerprint(page: PageSummary) -> str:
    """Changes with everything that the list tells of a page; the server does not date changes of tags."""
    values = [page.locale, page.path, page.title, page.description, page.content_type, page.is_published]
    text = json.dumps([*values, sorted(page.tags), timestamp(page.updated_at)])
    return hashlib.sha256(text.encode()).hexdigest()


def _whole(client: WikiJSClient, ids: Sequence[int]) -> Sequence[PageForEditor | Exception]:
    if not ids:
        return ()
    return client.batch(*(ops.pages_single_for_editor(page_id) for page_id in ids), return_exceptions=True)


def _unread(page: PageSummary, seen: str, known: str | None, layout: Layout) -> RemotePage:
    problem = _no_file(PagePath(page.path, page.locale), page.content_type, layout)
    return RemotePage(PagePath(page.path, page.locale), page.id, known, None, seen, page.updated_at, problem)


def _remote_page(page: PageSummary, seen: str, whole: PageForEditor | Exception, layout: Layout) -> RemotePage:
    place = PagePath(page.path, page.locale)
    if isinstance(whole, exc.PageNotFoundError | exc.PermissionDeniedError):
        return RemotePage(place, page.id, None, None, seen, page.updated_at, _why_unread(whole))
    if isinstance(whole, Exception):
        raise whole
    # Between the list and this the page may have moved or changed; then `seen` does not fit it the next time either.
    text = as_file(of_page(whole))
    problem = _no_file(place, whole.content_type, layout)
    return RemotePage(place, page.id, digest(text), text, seen, page.updated_at, problem)


def _why_unread(error: exc.APIError) -> str:
    if isinstance(error, exc.PageNotFoundError):
        return "it was deleted meanwhile"
    return "it cannot be read whole: that takes write:pages, and manage:pages or delete:pages, for its path"


def _no_file(place: PagePath, content_type: str, layout: Layout) -> str | None:
    try:
        layout.file(place, content_type)
    except FileRefusedError as error:
        return error.message
    return None


def _hidden(client: WikiJSClient, missing: Sequence[KnownPage], layout: Layout) -> Iterable[RemotePage]:
    """Those pages missing from the list that the server does not say it has not."""
    if not missing:
        return
    answers = client.batch(*(ops.pages_single_metadata(page.id) for page in missing), return_exceptions=True)
    for page, answer in zip(missing, answers, strict=True):
        if isinstance(answer, exc.PageNotFoundError):
            continue
        if isinstance(answer, Exception) and not isinstance(answer, exc.PermissionDeniedError):
            raise answer
        moved_out = not isinstance(answer, Exception) and not layout.holds(answer.path)
        reason = MOVED_OUT if moved_out else HIDDEN
        yield RemotePage(page.place, page.id, None, None, "", datetime.min.replace(tzinfo=UTC), reason)


def _one_at_each_place(pages: Iterable[RemotePage], known: Collection[int]) -> Iterable[RemotePage]:
    """Of several pages at one path, which a wiki can come to have, the one that is known, else the oldest."""
    places: dict[PagePath, RemotePage] = {}
    for page in sorted(pages, key=lambda page: (page.id not in known, page.id)):
        first = places.setdefault(page.place, page)
        if first is not page:
            others = f"the wiki has two pages at {page.place}, with the ids {first.id} and {page.id}"
            places[page.place] = replace(first, problem=others)
    return places.values()
