"""Legal and unique places for what had other names. Pure functions."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container

from wikijs.core.values.paths import RESERVED

_REFUSED = re.compile(r"""[\s_.\\"'|<>:*?#%&+=,;!()\[\]{}@^`~$\x00-\x1f\x7f]+""")
_FILE_REFUSED = re.compile(r"[^a-z0-9._-]+")
_LOCALE = re.compile(r"[a-z]{2}(-[a-z]{2})?")


def page_path(wanted: str) -> str:
    """A path that the wiki can serve: lower case, dashes for what it refuses; nothing is the front page."""
    parts = [_part(part) for part in unicodedata.normalize("NFC", wanted).split("/")]
    path = "/".join(part for part in parts if part) or "home"
    first = path.partition("/")[0]
    # What looks like a locale would be taken for one, and some first parts the server serves something else at.
    is_special = len(first) == 1 or _LOCALE.fullmatch(first) or first in RESERVED
    return f"{first}-pages{path.removeprefix(first)}" if is_special else path


def _part(part: str) -> str:
    return re.sub(r"-{2,}", "-", _REFUSED.sub("-", part.lower())).strip("-")


def file_path(wanted: str) -> str:
    """A name under which a file can be downloaded again."""
    parts = [_file_part(part) for part in wanted.split("/")]
    return "/".join(part for part in parts if part)


def _file_part(part: str) -> str:
    plain = unicodedata.normalize("NFKD", part).encode("ascii", "ignore").decode().lower()
    return _FILE_REFUSED.sub("-", plain).strip("-.")


def unique(wanted: str, taken: Container[str]) -> str:
    """The name itself, or with a number behind it."""
    stem, dot, extension = wanted.rpartition(".") if "." in wanted.rpartition("/")[2] else (wanted, "", "")
    name, number = wanted, 2
    while name in taken:
        name, number = f"{stem}-{number}{dot}{extension}", number + 1
    return name
