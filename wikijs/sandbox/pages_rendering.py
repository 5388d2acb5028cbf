"""From the content of a page to the HTML that is shown."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from markdown_it import MarkdownIt

if TYPE_CHECKING:
    from .database import Database, Row


@dataclass
class Rendering:
    """What rendering a page gives."""

    html: str
    toc: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    links: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    """Pages that are linked to: locale and path."""


@cache
def markdown() -> MarkdownIt:
    """The Markdown parser as the server sets it up."""
    return MarkdownIt("js-default", {"html": True, "breaks": True})


def rendered(page: Row, db: Database) -> Rendering:
    """Render a page."""
    del db
    content: str = page["content"]
    if page["contentType"] == "markdown":
        content = markdown().render(content)
    return headed(content)


def headed(html: str) -> Rendering:
    """HTML with anchors at its headings, and the table of contents."""
    toc: list[dict[str, Any]] = []

    def head(match: re.Match[str]) -> str:
        title = re.sub(r"<[^>]+>", "", match[3])
        slug = re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")
        toc.append({"title": title.strip(), "anchor": f"#{slug}", "children": []})
        link = f'<a class="toc-anchor" href="#{slug}">¶</a>'
        return f'<h{match[1]} id="{slug}" class="toc-header">{link} {match[3]}</h{match[1]}>'

    return Rendering(re.sub(r"<h([1-6])( [^>]*)?>(.*?)</h\1>", head, html, flags=re.DOTALL), toc)
