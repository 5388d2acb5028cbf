"""Pages of the three sides, for tests of the planner, which touches nothing."""

from __future__ import annotations

from datetime import UTC, datetime

from wikijs.core.values.paths import PagePath
from wikijs.sync.model import KnownPage, LocalPage, OpenConflict, RemotePage
from wikijs.sync.texts import as_file, body_digest, completed, digest
from wikijs.transfer.format import PageFile
from wikijs.transfer.names import file_name

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def place(name: str) -> PagePath:
    """`docs/a` in English."""
    return PagePath(name, "en")


def page(text: str) -> PageFile:
    """A page with a text."""
    return PageFile(content=text, title="A", description="", is_published=True, tags=(), editor="markdown")


def text_digest(text: str, at: str = "docs/a") -> str:
    """What such a page is compared by."""
    return digest(completed(as_file(page(text)), None, place(at)))


def known(text: str | None, at: str = "docs/a", page_id: int = 1, conflict: OpenConflict | None = None) -> KnownPage:
    """What both sides had; None for a page on which they never agreed."""
    both = None if text is None else text_digest(text, at)
    body = body_digest(page(text or ""))
    return KnownPage(place(at), page_id, file_name(place(at), "markdown"), both, page(""), body, "seen", "", conflict)


def local(text: str, at: str = "docs/a", modified: float = 0.0, extension: str = "md") -> LocalPage:
    """A file."""
    return LocalPage(place(at), f"{at}.{extension}", as_file(page(text)), f"bytes of {text}", modified)


def remote(text: str, at: str = "docs/a", page_id: int = 1, seen: str = "seen") -> RemotePage:
    """A page of the wiki."""
    return RemotePage(place(at), page_id, text_digest(text, at), as_file(page(text)), seen, NOON)


def forbidden(at: str = "docs/a", page_id: int = 1) -> RemotePage:
    """A page of the wiki that this caller may not read."""
    return RemotePage(place(at), page_id, None, None, "", NOON, "the wiki does not show it to this caller")
