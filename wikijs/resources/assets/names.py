"""Rules of the server for the names of files and folders, as it was seen to apply them.

It stores another name than it was given without saying so, and it stores files that nobody can download. Both are
foreseen here, before anything is sent.
"""

from __future__ import annotations

import mimetypes
import re
from typing import Final
from urllib.parse import quote

from wikijs import exceptions as exc

# What JavaScript calls white space; Python's \s has other control characters and lacks the last one.
_SEPARATORS: Final = re.compile("[\t\n\v\f\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff,;#]+")
_REMOVED: Final = re.compile(r'[/?<>\\:*|"\x00-\x1f\x80-\x9f]')
_DEVICES: Final = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE | re.ASCII | re.DOTALL)
_LONGEST: Final = 255
"""Bytes after which the server cuts a name off."""

_PAGE_EXTENSIONS: Final = (".md", ".html", ".txt")
_LOCALE: Final = re.compile(r"[a-z]{2}(-[a-z]{2})?")
_ROUTES: Final = frozenset({"_userav", "graphql", "login", "login-reset", "verify"})
_ROOT_FILES: Final = frozenset({"favicon.ico", "robots.txt"})

# Types that older versions of the mimetypes module lack; without one the server would not take the file for an image.
_IMAGES: Final = {".apng": "image/apng", ".avif": "image/avif", ".heic": "image/heic", ".webp": "image/webp"}
_COMPRESSED: Final = {"gzip": "application/gzip", "bzip2": "application/x-bzip2", "xz": "application/x-xz"}


def stored_name(name: str) -> str:
    """The name that the server gives to an upload.

    Raises:
        AssetNameInvalidError: It would be stored without a name, or cut off.
    """
    return _checked(_sanitized(_SEPARATORS.sub("_", name.lower())), name)


def renamed_name(name: str) -> str:
    """The name that the server gives to a file that is renamed; unlike an upload's it keeps spaces.

    Raises:
        AssetNameInvalidError: It would have no name, or be cut off.
    """
    return _checked(_sanitized(name).lower(), name)


def folder_slugs(path: str) -> tuple[str, ...]:
    """The names that the server gives to the folders of a path, from the root downwards.

    Raises:
        AssetNameInvalidError: One of them would have no name, or be cut off.
    """
    return tuple(_checked(_sanitized(part).lower(), part) for part in path.split("/") if part)


def split_path(path: str) -> tuple[tuple[str, ...], str]:
    """Folder names and file name of a path, in lower case as the server stores them."""
    folder, _, name = path.rpartition("/")
    return folder_slugs(folder), name.lower()


def join_path(slugs: tuple[str, ...], name: str = "") -> str:
    """The path of a folder, or of a file in it."""
    return "/" + "/".join((*slugs, name) if name else slugs)


def url_path(path: str) -> str:
    """A path as part of a URL."""
    return quote(path, safe="/")


def why_unreachable(path: str) -> str | None:
    """Why a file at this path could be stored but not downloaded; None when it can."""
    *folders, name = path.lstrip("/").split("/")
    first = folders[0] if folders else ""
    reason = None
    if name.endswith(_PAGE_EXTENSIONS):
        reason = f"addresses that end in {', '.join(_PAGE_EXTENSIONS)} lead to pages"
    elif "." not in path:
        reason = "an address without a dot leads to a page"
    elif ".." in path:
        reason = "two dots in a row are taken out of an address"
    elif len(first) == 1 or _LOCALE.fullmatch(first):
        reason = f"the first part of its address, {first!r}, is taken for a locale or a command"
    elif first in _ROUTES or (not folders and name in _ROOT_FILES):
        reason = f"Wiki.js itself answers at /{first or name}"
    return reason


def refuse_unreachable(path: str) -> None:
    """Refuse a path whose file could not be downloaded.

    Raises:
        AssetNameInvalidError: Nobody could download the file.
    """
    reason = why_unreachable(path)
    if reason is not None:
        raise _invalid(
            f"Nobody can download a file at {path}: {reason}.",
            "Choose another name or folder, or pass allow_unreachable=True.",
        )


def media_type(name: str) -> str:
    """Media type of a file by its name."""
    kind, encoding = mimetypes.guess_type(f"/{name}")
    if encoding is not None:
        return _COMPRESSED.get(encoding, "application/octet-stream")
    return kind or _IMAGES.get(f".{name.rpartition('.')[2]}".lower(), "application/octet-stream")


def _sanitized(name: str) -> str:
    kept = _REMOVED.sub("", name)
    return "" if _DEVICES.fullmatch(kept) else kept.rstrip(". ")


def _checked(stored: str, asked: str) -> str:
    if not stored:
        raise _invalid(f"The server would store {asked!r} without a name.", "Choose another name.")
    if len(stored.encode("utf-8", "surrogatepass")) > _LONGEST:
        raise _invalid(
            f"The server would cut off the name {asked[:40]!r}..., extension included: names have at most"
            f" {_LONGEST} bytes.",
            "Choose a shorter name.",
        )
    return stored


def _invalid(message: str, hint: str) -> exc.AssetNameInvalidError:
    return exc.AssetNameInvalidError(message, code=0, slug="", hint=hint)
