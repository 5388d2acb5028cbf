"""What is known of the chunks that were handed out: of which pages they are, and what was in them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from wikijs.core.files.data import load_json
from wikijs.core.files.refusal import FileRefusedError
from wikijs.core.files.tree import read_file
from wikijs.core.files.writing import replacing
from wikijs.exceptions import ConfigurationError

if TYPE_CHECKING:
    import os

_VERSION: Final = 1
_LARGEST: Final = 500_000_000


@dataclass
class PageChunks:
    """The chunks of a page.

    Attributes:
        listed: Digest of what the wiki's list said of the page.
        digests: Digest of each chunk, by its id.
    """

    listed: str
    digests: dict[str, str]


@dataclass
class State:
    """The chunks that were handed out.

    Attributes:
        wiki: Address of the wiki that they are of.
        how: What decides how pages are cut; where that is another, all pages are read again.
        pages: The chunks of each page, by its id.
    """

    wiki: str
    how: str
    pages: dict[int, PageChunks] = field(default_factory=dict[int, PageChunks])

    def knows(self, page: int, listed: str, how: str) -> bool:
        """Whether a page is as it was when its chunks were made."""
        known = self.pages.get(page)
        return known is not None and self.how == how and known.listed == listed


def load(path: str | os.PathLike[str], wiki: str) -> State:
    """The state of a file; an empty one where there is none yet.

    Raises:
        ConfigurationError: It is no such file, or of another wiki.
    """
    place = Path(path)
    if not place.exists():
        return State(wiki, "")
    try:
        whole: Any = load_json(read_file(place, _LARGEST), name=str(place), most=_LARGEST)
        if whole["version"] != _VERSION:
            raise ValueError(whole["version"])  # noqa: TRY301  said below in words
        state = State(str(whole["wiki"]), str(whole["how"]), _pages(whole["pages"]))
    except (KeyError, TypeError, ValueError, AttributeError, FileRefusedError):
        raise ConfigurationError(
            f"{path} is no state of chunks.", hint="Name another file, or delete it: then all pages are read again."
        ) from None
    if state.wiki != wiki:
        raise ConfigurationError(f"{path} is of the wiki {state.wiki}.", hint="Use a file of its own for each wiki.")
    return state


def save(path: str | os.PathLike[str], state: State) -> None:
    """Write a state; it is replaced as a whole.

    Raises:
        OSError: It cannot be written.
    """
    pages = {
        str(number): {"listed": page.listed, "chunks": page.digests} for number, page in sorted(state.pages.items())
    }
    whole = {"version": _VERSION, "wiki": state.wiki, "how": state.how, "pages": pages}
    with replacing(Path(path)) as file:
        file.write(json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")


def _pages(given: Mapping[str, Any]) -> dict[int, PageChunks]:
    return {
        int(number): PageChunks(str(page["listed"]), {str(key): str(value) for key, value in _items(page["chunks"])})
        for number, page in given.items()
    }


def _items(chunks: Any) -> Any:
    return cast("Mapping[str, Any]", chunks).items()
