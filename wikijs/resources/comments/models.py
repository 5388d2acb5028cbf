"""Models of comments that the schema does not have."""

from __future__ import annotations

from wikijs_generated.fragments import RenderedComment


class PageComment(RenderedComment):
    """A comment; `content`, its Markdown, is None where the caller may see the HTML only."""

    content: str | None = None


class PlacedComment(PageComment):
    """A comment and where it is.

    Attributes:
        page_id: Id of the page it is on.
        path: Path of that page.
        locale: Code of that page's locale.
    """

    page_id: int
    path: str
    locale: str
