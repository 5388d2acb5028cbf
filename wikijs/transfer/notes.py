"""What an incremental export remembers in its folder: which files it wrote, from what."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Set
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

from .targets import Folder

if TYPE_CHECKING:
    from wikijs_generated.fragments import Asset

    from .reading import Listed

T = TypeVar("T")

FILE: Final = ".wikijs/export.json"
VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class Entry:
    """A file that was written.

    Attributes:
        id: Id of the page, 0 for an asset.
        state: Digest of what the wiki's list said of it.
        content: Digest of the file.
    """

    id: int
    state: str
    content: str


class Notes:
    """The notes of a folder.

    Args:
        folder: The folder.
        how: All that decides what a file looks like; after a change of that all files are written anew.
    """

    def __init__(self, folder: Folder, how: str) -> None:
        self._folder, self._how = folder, how
        self._entries = _load(folder.read(FILE))

    def changed(
        self, named: Iterable[tuple[str, T]], state: Callable[[T], str], unchanged: list[str]
    ) -> list[tuple[str, T]]:
        """Those files that have to be written: the wiki has changed, or the file is not as it was written."""
        found: list[tuple[str, T]] = []
        for name, item in named:
            entry = self._entries.get(name)
            is_same = entry is not None and entry.state == self._state(state(item)) and self.is_untouched(name)
            if is_same:
                unchanged.append(name)
            else:
                found.append((name, item))
        return found

    def is_untouched(self, name: str) -> bool:
        """Whether a file is as it was written."""
        content = self._folder.read(name)
        return content is not None and digest(content) == self._entries[name].content

    def wrote(self, name: str, id: int, state: str, content: str) -> None:
        """A file was written, or was there, with content of this digest."""
        self._entries[name] = Entry(id, self._state(state), content)

    def forget(self, name: str) -> None:
        """A file is none of ours any more."""
        del self._entries[name]

    def gone(self, names: Set[str]) -> list[tuple[str, int]]:
        """Files of pages that are none of these, with the pages' ids."""
        return [(name, entry.id) for name, entry in sorted(self._entries.items()) if entry.id and name not in names]

    def save(self) -> None:
        """Write the notes."""
        files = {name: [entry.id, entry.state, entry.content] for name, entry in sorted(self._entries.items())}
        text = json.dumps({"version": VERSION, "files": files}, ensure_ascii=False, indent=1)
        self._folder.write(FILE, text.encode() + b"\n")

    def _state(self, state: str) -> str:
        return digest(f"{self._how}\n{state}".encode())


def state_of_page(page: Listed) -> str:
    """All that the list says of a page. The server changes `updatedAt` with every change of the content."""
    return repr(page)


def state_of_asset(asset: Asset) -> str:
    """All that the list says of an asset."""
    return asset.model_dump_json()


def digest(content: bytes) -> str:
    """A digest of bytes."""
    return hashlib.sha256(content).hexdigest()


def _load(content: bytes | None) -> dict[str, Entry]:
    """The entries of the last export; none where the notes are damaged: then everything is read again."""
    try:
        whole: dict[str, Any] = json.loads(content or b"")
        if whole["version"] != VERSION:
            return {}
        return {name: Entry(*entry) for name, entry in cast("dict[str, list[Any]]", whole["files"]).items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}
