"""Which file, which page of the wiki, and which known page are the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from functools import cached_property

from wikijs.core.values.paths import PagePath
from wikijs.transfer.format import PageFile

from .lines import has_marks
from .model import KnownPage, LocalPage, RemotePage
from .texts import Marked, completed, digest, is_marked, marked, merged


@dataclass(frozen=True)
class Trio:
    """One page: as it was known, as it is in the folder, as it is in the wiki. None where it is not there."""

    known: KnownPage | None
    local: LocalPage | None
    remote: RemotePage | None

    @cached_property
    def text(self) -> PageFile | None:
        """What the file says, and what it does not say as it was known."""
        if self.local is None or self.local.page is None:
            return None
        before = self.known.header if self.known else self.remote.page if self.remote else None
        return completed(self.local.page, before, self.local.place)

    @cached_property
    def local_digest(self) -> str | None:
        """Digest of `text`."""
        return None if self.text is None else digest(self.text)

    @cached_property
    def merged(self) -> PageFile | None:
        """Both sides' changes together; None where they changed the same part of the page."""
        known, remote = self.known, self.remote
        if known is None or known.digest is None or remote is None or remote.page is None or self.text is None:
            return None
        return merged(known, self.text, remote.page)

    @cached_property
    def marked(self) -> Marked | None:
        """The page with both versions of what clashes, between marks; None where they clash in more than lines."""
        remote = self.remote
        if remote is None or remote.page is None or self.text is None:
            return None
        known = self.known if self.known and self.known.digest is not None else None
        return marked(known, self.text, remote.page, f"{remote.updated.astimezone(UTC):%Y-%m-%d %H:%M:%S}Z")

    @property
    def has_marks(self) -> bool:
        """Whether marks of a conflict are still in the file."""
        conflict = self.known.conflict if self.known else None
        if self.local is None or self.local.page is None:
            return False
        content = self.local.page.content
        return bool(conflict and conflict.marks and has_marks(content, conflict.marks)) or is_marked(content)

    @property
    def place(self) -> PagePath:
        """Where the page is, for messages."""
        page = self.remote or self.local or self.known
        assert page is not None  # noqa: S101  a trio of nothing is never made
        return page.place


def match(known: Sequence[KnownPage], local: Iterable[LocalPage], remote: Iterable[RemotePage]) -> list[Trio]:
    """Put together what belongs together.

    In the wiki a page is its id, wherever it was moved. A file is its name; one that appeared is a known page that
    disappeared where it has the same text, or lies where the wiki has moved that page.
    """
    files = {page.place: page for page in local}
    pages = {page.id: page for page in remote}
    remotes = _remotes(known, pages)
    taken_pages = {page.id for page in remotes.values()}
    new_pages = {page.place: page for page in pages.values() if page.id not in taken_pages}
    locals_ = _locals(known, files, remotes)
    taken_files = {page.file for page in locals_.values()}
    trios = [Trio(page, locals_.get(page.place), remotes.get(page.place)) for page in known]
    trios += [
        Trio(None, page, new_pages.pop(page.place, None)) for page in files.values() if page.file not in taken_files
    ]
    return trios + [Trio(None, None, page) for page in new_pages.values()]


def _remotes(known: Sequence[KnownPage], pages: Mapping[int, RemotePage]) -> dict[PagePath, RemotePage]:
    """The wiki's page of each known one, by the place where that one was known."""
    rows = {page.place: page for page in known}
    found = {page.place: pages[page.id] for page in known if page.id in pages}
    targets = {place: page.place for place, page in found.items() if page.place != place}
    # Of two rows with one id, which a run that was killed can leave, that one is right which is where the page is.
    right: dict[int, PagePath] = {}
    for place, page in sorted(found.items(), key=lambda item: item[0] != item[1].place):
        right.setdefault(page.id, place)
    for place in list(found):
        at_home = right[found[place].id] == place
        # Pages that changed places in a circle are taken for new texts at old places: nothing can be moved there
        # before something else is moved away, and a step that is half done could not be told from an edit.
        if not at_home or _in_circle(place, targets):
            del found[place]
    taken = {page.id for page in found.values()}
    at = {page.place: page for page in pages.values() if page.id not in taken}
    return found | {place: at[place] for place in rows if place not in found and place in at}


def _in_circle(place: PagePath, targets: Mapping[PagePath, PagePath]) -> bool:
    after, steps = targets.get(place), 0
    while after is not None and after != place and steps < len(targets):
        after, steps = targets.get(after), steps + 1
    return after == place


def _locals(
    known: Sequence[KnownPage], files: Mapping[PagePath, LocalPage], remotes: Mapping[PagePath, RemotePage]
) -> dict[PagePath, LocalPage]:
    """The file of each known page, by the place where that one was known."""
    rows = {page.place for page in known}
    found = {place: files[place] for place in rows if place in files}
    missing = [page for page in known if page.place not in found]
    free = {place: page for place, page in files.items() if place not in rows and page.page is not None}
    for page in missing:
        moved = remotes.get(page.place)
        if moved is not None and moved.place in free:
            found[page.place] = free.pop(moved.place)
    lost = {page.digest: page for page in missing if page.place not in found}
    same: dict[str, list[LocalPage]] = {}
    for file in free.values() if lost else ():
        if (text := digest(completed(file.page or PageFile(content=""), None, file.place))) in lost:
            same.setdefault(text, []).append(file)
    for page in missing:
        if page.place not in found and (candidates := same.get(page.digest or "")):
            name = page.place.path.rpartition("/")[2]
            candidates.sort(key=lambda file: (file.place.path.rpartition("/")[2] != name, file.place))
            found[page.place] = candidates.pop(0)
    return found
