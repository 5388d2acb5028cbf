"""Links of a page that follow pages that move. Pure functions."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import quote, unquote

from wikijs.core.values import paths
from wikijs.core.values.code import outside_code
from wikijs.core.values.paths import PagePath

_MARKDOWN: Final = re.compile(
    r"""(?P<open>\]\(\s*+<?|^\ {0,3}\[[^\]\n]++\]:\s*+<?)(?P<to>[^\s<>()"']++(?:\([^\s()]*+\)[^\s<>()"']*+)*+)""",
    re.VERBOSE,
)
_HTML: Final = re.compile(r"""(?P<open><a\b[^<>]*?\shref\s*+=\s*+["'])(?P<to>[^"'<>]++)""", re.IGNORECASE)
# What no bracket follows is taken too, and stays: to look at each part of it again would take quadratic time.
_ASCIIDOC: Final = re.compile(r"(?P<open>\b(?:link|xref):)(?P<to>[^\s\[\]]++)(?P<close>\[?)")
_OUTSIDE: Final = re.compile(r"[a-z][a-z0-9+.-]*:|//|#|\?", re.IGNORECASE)
_TAIL: Final = re.compile(r"[?#].*", re.DOTALL)
_QUOTED: Final = re.compile(r"[\s()<>\"']")


class Mover:
    """Rewrites links to pages that move.

    Args:
        moves: Where pages are to be, by where they were.
        main: The wiki's main locale, which paths without one mean.
        url: Address of the wiki.
    """

    def __init__(self, moves: Mapping[PagePath, PagePath], main: str, url: str) -> None:
        self._moves = moves
        self._main = main
        self._url = url.rstrip("/")

    def relinked(self, content: str, content_type: str, page: PagePath) -> tuple[str, int]:
        """A content with its links as they must be, and how many changed.

        Args:
            content: The content.
            content_type: Its language; of others than Markdown, HTML and AsciiDoc nothing changes.
            page: Where the page was before anything moved.
        """
        count = 0

        def changed(match: re.Match[str]) -> str:
            nonlocal count
            new = self._target(match["to"], page)
            if new is None or new == match["to"]:
                return match[0]
            count += 1
            return match["open"] + new

        def macro(match: re.Match[str]) -> str:
            return match[0] if not match["close"] or (made := changed(match)) == match[0] else f"{made}["

        def line(text: str) -> str:
            return _HTML.sub(changed, _MARKDOWN.sub(changed, text))

        rewrite: Callable[[str], str]
        match content_type:
            case "markdown":
                rewrite = lambda text: outside_code(text, line)  # noqa: E731
            case "html":
                rewrite = lambda text: _HTML.sub(changed, text)  # noqa: E731
            case "asciidoc":
                rewrite = lambda text: _ASCIIDOC.sub(macro, text)  # noqa: E731
            case _:
                return content, 0
        return rewrite(content), count

    def _target(self, target: str, page: PagePath) -> str | None:
        """The new address for an old one; None where it stays."""
        begin = self._url if target.startswith(f"{self._url}/") else ""
        address = target[len(begin) :]
        if _OUTSIDE.match(address):
            return None
        tail = _TAIL.search(address)
        rest = tail[0] if tail else ""
        path = unquote(address[: len(address) - len(rest)])
        if not path:
            return None
        old = self._absolute(path, page)
        new = self._moves.get(old)
        if not path.startswith("/"):
            now = self._moves.get(page, page)
            if (new or old) == self._absolute(path, now) or (new is None and "." in posixpath.basename(path)):
                return None  # it leads there all the same, or to a file
            new = new or old
        if new is None:
            return None
        has_locale = path.startswith("/") and paths.names_locale(path)
        shown = f"/{new}" if has_locale or new.locale != self._main else f"/{new.path}"
        is_quoted = "%" in address or _QUOTED.search(shown) is not None
        return begin + (quote(shown, safe="/~!$&*+,;=:@") if is_quoted else shown) + rest

    def _absolute(self, path: str, page: PagePath) -> PagePath:
        """The page that a path means: relative ones lie below the page itself, as the server has it."""
        if not path.startswith("/"):
            path = f"/{path}" if page.path == paths.FRONT_PAGE else f"/{page.path}/{path}"
        return paths.locate(posixpath.normpath(path), self._main, is_default=True)
