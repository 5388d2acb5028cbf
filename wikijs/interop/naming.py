"""Legal and unique places for what had other names. Pure functions."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from typing import Final

from wikijs.core.values.paths import MAX_LENGTH, RESERVED

_REFUSED = re.compile(r"""[\s_.\\"'|<>:*?#%&+=,;!()\[\]{}@^`~$\x00-\x1f\x7f]+""")
_FILE_REFUSED = re.compile(r"[^a-z0-9._-]+")
_LOCALE = re.compile(r"[a-z]{2}(-[a-z]{2})?")
LONGEST_PART: Final = 200
"""Bytes of one part of a path: file systems take 255, and an extension and a number may come to it."""
LONGEST: Final = MAX_LENGTH - 15


def page_path(wanted: str) -> str:
    """A path that the wiki can serve: lower case, dashes for what it refuses, parts not too long for files; nothing is
    the front page.
    """
    parts = [_part(part) for part in unicodedata.normalize("NFC", wanted).split("/")]
    path = "/".join(part for part in parts if part)[:LONGEST].strip("-/") or "home"
    first = path.partition("/")[0]
    # What looks like a locale would be taken for one, and some first parts the server serves something else at.
    is_special = len(first) == 1 or _LOCALE.fullmatch(first) or first in RESERVED
    return f"{first}-pages{path.removeprefix(first)}" if is_special else path


def page_below(front: str, wanted: str) -> str:
    """A path that the wiki can serve, below another one, which stays as it is."""
    if not front:
        return page_path(wanted)
    parts = [_part(part) for part in unicodedata.normalize("NFC", wanted).split("/")]
    return "/".join([front, *(part for part in parts if part)])[:LONGEST].strip("-/")


def _part(part: str) -> str:
    # Lower case may take letters apart: the capital I with a dot does.
    lower = unicodedata.normalize("NFC", part.lower())
    plain = re.sub(r"-{2,}", "-", _REFUSED.sub("-", lower)).strip("-")
    return plain.encode("utf-8", "replace")[:LONGEST_PART].decode("utf-8", "ignore").strip("-")


def is_shortened(wanted: str, path: str) -> bool:
    """Whether a path lost a part of its name, not just signs."""
    return any(len(part.encode("utf-8", "replace")) > LONGEST_PART for part in wanted.split("/")) or (
        len(wanted) > LONGEST > len(path) - 10
    )


def file_path(wanted: str) -> str:
    """A name under which a file can be downloaded again."""
    parts = [_file_part(part) for part in wanted.split("/")]
    return re.sub(r"\.{2,}", ".", "/".join(part for part in parts if part))


def _file_part(part: str) -> str:
    plain = unicodedata.normalize("NFKD", part).encode("ascii", "ignore").decode().lower()
    name = _FILE_REFUSED.sub("-", plain).strip("-.")
    if len(name) > LONGEST_PART:
        stem, dot, extension = name.rpartition(".") if "." in name[-12:] else (name, "", "")
        name = f"{stem[: LONGEST_PART - len(extension) - 1]}{dot}{extension}"
    return name


def folded(name: str) -> str:
    """What is the same for two names that databases and file systems may take for one."""
    return unicodedata.normalize("NFC", name.casefold())


def unique(wanted: str, taken: Collection[str]) -> str:
    """The name itself, or with a number behind it where something `folded` alike is taken."""
    stem, dot, extension = wanted.rpartition(".") if "." in wanted.rpartition("/")[2] else (wanted, "", "")
    name, number = wanted, 2
    while folded(name) in taken:
        name, number = f"{stem}-{number}{dot}{extension}", number + 1
    return name
