"""A page as a file: what downloads and storage on disk look like."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..storage.database import Row
    from ..storage.engines import Engine

EXTENSIONS = {"markdown": "md", "asciidoc": "adoc", "html": "html"}
HEADERS = {"markdown": ("---\n", "\n---\n\n"), "html": ("<!--\n", "\n-->\n\n")}


def file_name(page: Row) -> str:
    """The name of a page's file."""
    return f"{page['path'].split('/')[-1]}.{EXTENSIONS.get(page['contentType'], 'txt')}"


def with_header(page: Row, engine: Engine, *, tags: Sequence[str], editor: str, updated_at: str) -> str:
    """A page's content below what else is known of it, written as it is, without any quoting."""
    content: str = page["content"]
    if page["contentType"] not in HEADERS:
        return content
    published: bool = page["isPublished"]
    entries = {
        "title": page["title"],
        "description": page["description"],
        "published": int(published) if engine.counts_flags else str(published).lower(),
        "date": updated_at,
        "tags": ", ".join(tags),
        "editor": editor,
        "dateCreated": page["createdAt"],
    }
    start, end = HEADERS[page["contentType"]]
    return start + "\n".join(f"{name}: {value}" for name, value in entries.items()) + end + content
