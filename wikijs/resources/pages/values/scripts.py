"""Styles and scripts of pages on servers that have them and do not answer them: those before 2.5.290.

Their editor, a page for the browser, is handed both. Without them an update would erase them.
"""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import quote


class Scripts(NamedTuple):
    """What a page brings along besides its content."""

    css: str
    js: str


def editor_address(path: str, locale: str) -> str:
    """Where the editor of a page is, below the wiki's address."""
    return f"/e/{quote(locale)}/{quote(path)}"


def scripts_in_editor(html: str, page_id: int) -> Scripts | None:
    """The styles and scripts that the editor of a page was handed; None where this is not the editor of that page."""
    from .editor_page import EditorReader  # which few servers need, and which knows HTML

    reader = EditorReader()
    reader.feed(html)
    found = reader.attributes
    if found is None or found.get(":page-id") != str(page_id):
        return None
    # An attribute that is not there is one without a value: the page has none.
    return Scripts(found.get("script-css") or "", found.get("script-js") or "")
