"""Models of comments that the schema does not have."""

from __future__ import annotations

from wikijs_generated.fragments import RenderedComment


class PageComment(RenderedComment):
    """A comment; `content`, its Markdown, is None where the caller may see the HTML only."""

    content: str | None = None
