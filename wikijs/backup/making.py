"""Making a backup: reading a wiki into a store, whole or by what has changed since the last time."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, cast

from wikijs.core.files import FileRefusedError

from .pruning import prune
from .reading import pages as page_reading
from .reading.attached import read_comments, read_files
from .reading.operations import head, list_pages
from .reading.state import Known, State, read_state
from .store import Part, Snapshot, Store, new_name

if TYPE_CHECKING:
    from wikijs import WikiJSClient

Progress = Callable[[str, int, int], None]
"""Called with what is read, the number done, and the total."""

ROUNDS: Final = 3
"""So often pages that change while they are read are read again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupOptions:
    """How to make a backup.

    Attributes:
        incremental: Read only what has changed since the newest backup of the same wiki in the store.
        history: Whether old versions of pages are read too.
        keep: How many backups stay in the store; None for all.
    """

    incremental: bool = False
    history: bool = True
    keep: int | None = None


@dataclass(slots=True)
class BackupReport:
    """What a backup did.

    Attributes:
        snapshot: The new snapshot.
        read: How many pages were read, and not taken over from the backup before.
        deleted: Names of old backups that were deleted.
    """

    snapshot: Snapshot
    read: int = 0
    deleted: list[str] = field(default_factory=list[str])

    @property
    def is_whole(self) -> bool:
        """Whether nothing was left out but what can be in no backup: secrets and API keys."""
        return all(why in _ALWAYS for _, why in self.snapshot.left_out)


_ALWAYS: Final = frozenset({"it is a secret", "it cannot be made again: make a new one"})


def back_up(
    client: WikiJSClient, store: Store, options: BackupOptions | None = None, progress: Progress | None = None
) -> BackupReport:
    """Back a wiki up into a store.

    What may not be read is left out, and the snapshot says so. A backup that breaks off is none: run it again; what it
    has stored is not written twice.

    Args:
        client: A client of the wiki, without a cache.
        store: Where to.
        options: How.
        progress: Told how far it is.

    Raises:
        ConfigurationError: The store is in use.
        WikiJSException: The list of pages cannot be read, or the server cannot be reached.
        OSError: The disk is full, for instance.

    Permission: `manage:system` for all; what the caller may not read is left out.
    Operation: queries of all namespaces, `GET /d/<locale>/<path>` for pages that may not be read otherwise, and
        `GET /<path>` for files.
    """
    options = options or BackupOptions()
    with store.writing():
        base = _base(client, store) if options.incremental else _Base()
        with ThreadPoolExecutor(1) as aside:
            held = aside.submit(base.is_held)  # looked at while the server answers: of many pages it takes as long
            state = read_state(client, base.known)
        pages = _pages(client, store, base if held.result() else replace(base, trusted=False), state, options, progress)
        comments = read_comments(client, state, base.comments)
        files = read_files(client, store, state, base.assets, _of(progress, "files"))
        snapshot = _snapshot(client, store, base, state, pages, comments, files)
        store.add(snapshot)
        report = BackupReport(snapshot, pages.read)
        if options.keep is not None:
            report.deleted = prune(store, options.keep)
        return report


@dataclass
class _Base:
    """The backup before: what it knows."""

    known: Known = field(default_factory=Known)
    snapshot: Snapshot | None = None
    store: Store | None = None
    comments: list[dict[str, Any]] | None = None
    assets: dict[str, Any] | None = None
    trusted: bool = True

    @property
    def part(self) -> Part | None:
        """Its list of pages."""
        return self.snapshot.parts.get("pages") if self.snapshot else None

    @cached_property
    def pages(self) -> list[dict[str, Any]]:
        """Its pages; none where the list is damaged. That is most of what there is to read, and rarely needed."""
        if self.store is None or self.part is None:
            return []
        try:
            found: list[dict[str, Any]] = self.store.get_json(self.part.object)
            return [entry for entry in found if entry["head"] and entry["id"] and entry["object"]]
        except (FileRefusedError, KeyError, TypeError):
            return []

    def is_held(self) -> bool:
        """Whether its list of pages is whole, and all that it names is in the store."""
        if self.store is None or self.part is None or self.part.needs is None:
            return False
        try:
            self.store.check(self.part.object)
            needed: list[str] = self.store.get_json(self.part.needs)
            return set(needed) <= self.store.held()
        except (FileRefusedError, TypeError):
            return False


def _base(client: WikiJSClient, store: Store) -> _Base:
    """The newest backup of this wiki that can be read; an empty one where there is none."""
    for name in reversed(store.names()):
        try:
            snapshot = store.snapshot(name)
            if snapshot.wiki != client.url:
                continue
            parts = {
                kind: store.get_json(snapshot.parts[kind].object)
                for kind in ("comments", "assets", "users", "groups", "tags")
                if kind in snapshot.parts
            }
            comments: list[dict[str, Any]] | None = parts.get("comments")
            assets: dict[str, Any] | None = parts.get("assets")
            folders: list[dict[str, Any]] = [] if assets is None else assets["folders"]
            ids = [comment["id"] for page in comments or () for comment in page["comments"]]
            known = Known(
                users=[user["id"] for user in parts.get("users", ())],
                groups=[group["id"] for group in parts.get("groups", ())],
                folders=[0, *(folder["id"] for folder in folders)],
                commented=[(page["path"], page["locale"]) for page in comments or ()],
                last_comment=None if comments is None else max(ids, default=0),
                tags=parts.get("tags"),
                briefly="pages" in snapshot.parts and snapshot.parts["pages"].state is not None,
            )
            return _Base(known, snapshot, store, comments, assets)
        except (FileRefusedError, KeyError, TypeError, AttributeError):
            continue  # damaged: what it knows is not gone by
    return _Base()


def _pages(
    client: WikiJSClient,
    store: Store,
    base: _Base,
    state: State,
    options: BackupOptions,
    progress: Progress | None,
) -> page_reading.Pages:
    pages = page_reading.Pages(with_history=options.history)
    same = page_reading.state_of(state.pages, with_history=options.history) if base.trusted else None
    if base.part is not None and base.part.state is not None and base.part.state == same:
        pages.same = base.part
        return pages
    if state.is_brief:
        state.pages = {page["id"]: head(page) for page in client.execute(list_pages(), cache=False)}
    pages.entries = page_reading.unchanged(state.pages, base.pages, store, with_history=options.history)
    wanted = [state.pages[number] for number in sorted(state.pages) if number not in pages.entries]
    for again in range(ROUNDS):
        done, total = 0, len(wanted)

        def count(more: int, total: int = total) -> None:
            nonlocal done
            done += more
            if progress is not None:
                progress("pages", done, total)

        page_reading.read(client, store, wanted, pages, count)
        if not wanted or again == ROUNDS - 1:
            break
        # What changed while it was read is read again, so that all pages are of about one moment.
        now = {page["id"]: head(page) for page in client.execute(list_pages(), cache=False)}
        wanted = [page for number, page in sorted(now.items()) if state.pages.get(number) != page]
        for gone in state.pages.keys() - now.keys():
            pages.entries.pop(gone, None)
        state.pages = now
    state.left_out += [(name, why) for name, why in sorted(pages.left_out.items())]
    return pages


def _of(progress: Progress | None, what: str) -> Callable[[int, int], None]:
    def count(done: int, total: int) -> None:
        if progress is not None:
            progress(what, done, total)

    return count


def _pages_part(store: Store, state: State, pages: page_reading.Pages) -> Part:
    entries = [pages.entries[number] for number in sorted(pages.entries)]
    part = Part(object=store.put_json(entries), count=len(entries))
    if len(entries) != len(state.pages) or any(entry.get("missing") for entry in entries):
        return part  # what is missing is asked for again the next time
    needed = {digest for entry in entries for digest in (entry["object"], entry.get("history")) if digest}
    digest = page_reading.state_of(state.pages, with_history=all("history" in entry for entry in entries))
    return replace(part, state=digest, needs=store.put_json(sorted(needed)))


def _snapshot(
    client: WikiJSClient,
    store: Store,
    base: _Base,
    state: State,
    pages: page_reading.Pages,
    comments: list[dict[str, Any]] | None,
    files: dict[str, Any] | None,
) -> Snapshot:
    parts: dict[str, Part] = {}

    def add(kind: str, value: Any, count: int) -> None:
        parts[kind] = Part(object=store.put_json(value), count=count)

    parts["pages"] = pages.same or _pages_part(store, state, pages)
    if comments is not None:
        add("comments", comments, sum(len(page["comments"]) for page in comments))
    if files is not None:
        add("assets", files, len(files["files"]))
    for kind, people in (("users", state.users), ("groups", state.groups)):
        if not any(what == kind for what, _ in state.left_out):
            add(kind, people, len(people))
    for kind, value in state.settings.items():
        add(kind, value, len(cast("list[Any]", value)) if isinstance(value, list | dict) else 1)
    now = datetime.now(UTC)
    return Snapshot(
        name=new_name(now),
        wiki=client.url,
        made=now.isoformat(timespec="seconds").replace("+00:00", "Z"),
        server=state.server,
        parts=parts,
        left_out=tuple(sorted(set(state.left_out))),
    )
