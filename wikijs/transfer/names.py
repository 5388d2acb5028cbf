"""Which file a page is: names of files, always with `/`, and places of pages. Pure functions."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from wikijs.core.values import paths
from wikijs.core.values.paths import DEFAULT_LOCALE, PagePath
from wikijs.exceptions import PageIllegalPathError

from .errors import FileRefusedError
from .format import CONTENT_TYPES, OTHER, extension

_LOCALE_FOLDER: Final = re.compile(r"([a-z]{2}(?:-[a-z]{2})?)/(.+)", re.IGNORECASE | re.DOTALL)
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")
LONGEST: Final = 255
"""Bytes that a file's or a folder's own name may have on the usual file systems."""


def file_name(
    place: PagePath,
    content_type: str,
    *,
    site_locale: str = DEFAULT_LOCALE,
    namespaced: bool = False,
    below: str = "",
) -> str:
    """The file of a page, as the server names it: a folder for each locale but the site's own.

    Args:
        place: Where the page is.
        content_type: Language of its content.
        site_locale: The wiki's main locale.
        namespaced: Whether the main locale has a folder too.
        below: Path of the wiki that the folder of the file is; the top unless given.

    Raises:
        FileRefusedError: A file of this name would be somewhere else, or would be read as another page.
    """
    if below and not place.path.startswith(f"{below}/"):
        raise FileRefusedError(f"The page {place} is not below {below}.", name=place.path)
    path = place.path[len(below) + 1 :] if below else place.path
    name = f"{path}.{extension(content_type)}"
    if namespaced or place.locale != site_locale:
        name = f"{place.locale}/{name}"
    if (reason := why_unsafe(name)) is not None:
        raise FileRefusedError(f"The page {place} cannot be a file: {reason}.", name=name, hint="Move the page.")
    if _place(name, site_locale) != PagePath(path, place.locale):
        raise FileRefusedError(
            f"The page {place} cannot be a file: {name} would be another page.", name=name, hint="Move the page."
        )
    return name


def page_place(name: str, *, site_locale: str = DEFAULT_LOCALE, below: str = "") -> PagePath:
    """The page that a file is. A top folder named like a locale is that locale.

    Args:
        name: Name of the file.
        site_locale: The wiki's main locale.
        below: Path of the wiki that the folder of the file is; the top unless given.

    Raises:
        FileRefusedError: It lies outside its folder, or the wiki could not serve the page.
    """
    if (reason := why_unsafe(name)) is not None:
        raise FileRefusedError(f"The file {name!r} is refused: {reason}.", name=name)
    place = _place(unicodedata.normalize("NFC", name), site_locale)  # file systems may take letters apart
    place = PagePath(f"{below}/{place.path}", place.locale) if below else place
    try:
        checked = paths.destination(place.path, place.locale)
    except PageIllegalPathError as error:
        raise FileRefusedError(
            f"The file {name} cannot be a page. {error.message}", name=name, hint="Rename it."
        ) from None
    if checked != place:
        raise FileRefusedError(f"The file {name} cannot be a page: it would be {checked}.", name=name)
    return place


def _place(name: str, site_locale: str) -> PagePath:
    path = name.rpartition(".")[0]
    folder = _LOCALE_FOLDER.fullmatch(path)
    return PagePath(path, site_locale) if folder is None else PagePath(folder[2], folder[1].lower())


def suffix(name: str) -> str:
    """The extension of a file, without the dot."""
    return name.rpartition("/")[2].rpartition(".")[2] if "." in name.rpartition("/")[2] else ""


def may_be_page(name: str) -> bool:
    """Whether a file is a page by its extension; `.txt` only by its header, see `format.is_page`."""
    return suffix(name) in {*CONTENT_TYPES, OTHER}


def is_hidden(name: str) -> bool:
    """Whether a file is none of the wiki's: it, or a folder that it is in, begins with a dot."""
    return any(part.startswith(".") and part not in {".", ".."} for part in name.split("/"))


def why_unsafe(name: str) -> str | None:
    """Why a name must not be used for a file; None when it may."""
    parts = name.split("/")
    if name.startswith("/") or ".." in parts or re.match(r"[A-Za-z]:", name):
        return "its name leads out of the folder"
    if "\\" in name or _CONTROL.search(name):
        return "its name holds a backslash or a control character"
    if "" in parts or "." in parts:
        return "a part of its name is empty"
    if is_hidden(name):
        return "a part of its name begins with a dot"
    if any(len(part.encode("utf-8", "surrogatepass")) > LONGEST for part in parts):
        return f"a part of its name has more than {LONGEST} bytes"
    return None


def collisions(names: Iterable[str]) -> list[tuple[str, ...]]:
    """Groups of names of files or folders that are one and the same where upper and lower case are not told apart,
    nor composed and decomposed letters. Each group is sorted, and only the uppermost folders are in the list.
    """
    spellings: defaultdict[str, set[str]] = defaultdict(set)
    for name in names:
        parts = name.split("/")
        for depth in range(1, len(parts) + 1):
            spelling = "/".join(parts[:depth])
            spellings[_folded(spelling)].add(spelling)
    groups = sorted((folded, tuple(sorted(group))) for folded, group in spellings.items() if len(group) > 1)
    found: dict[str, tuple[str, ...]] = {}
    for folded, group in groups:
        above = (folded[:end] for end, letter in enumerate(folded) if letter == "/")
        if not any(folder in found for folder in above):
            found[folded] = group
    return list(found.values())


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())
