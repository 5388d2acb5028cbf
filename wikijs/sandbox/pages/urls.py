"""What the server makes of the path of a URL."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote

DEFAULT_LOCALE = "en"
LOCALE = re.compile(r"[A-Z]{2}(-[A-Z]{2})?", re.IGNORECASE)
UNSAFE = re.compile(r'[\x00-\x1f\x80-\x9f\\"|<>:*?]')

RESERVED = {
    "login", "logout", "register", "verify", "favicons", "fonts", "img", "js", "svg",
}  # fmt: skip
"""First parts of paths that belong to the server."""


@dataclass(frozen=True)
class PagePath:
    """A page as a URL names it."""

    path: str
    locale: str = DEFAULT_LOCALE
    has_locale: bool = False


def parse_path(url_path: str, *, strip_extension: bool = False) -> PagePath:
    """The page that a URL's path means: a first part of one letter is skipped, one like `en` or `en-us` is a locale."""
    path = unquote(url_path).strip().removeprefix("/")
    # Only the first unsafe character goes, as on the server.
    path = UNSAFE.sub("", path, count=1) or "home"
    path = re.sub(r"\.\.+", "", path.replace("\\", "").replace("//", ""))
    parts = [part for part in path.split("/") if part.strip() not in {"", ".", ".."}]
    locale = None
    if parts and len(parts[0]) == 1:
        parts.pop(0)
    if parts and LOCALE.fullmatch(parts[0]):
        locale = parts.pop(0)
    if strip_extension and parts and parts[-1].find(".") > 0:
        parts[-1] = parts[-1].rpartition(".")[0]
    return PagePath("/".join(parts), locale or DEFAULT_LOCALE, locale is not None)


def is_reserved(path: str) -> bool:
    """Whether no page can be made at this path in the browser."""
    first = path.partition("/")[0]
    return len(first) <= 1 or LOCALE.fullmatch(first) is not None or first in RESERVED
