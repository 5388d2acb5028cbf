"""Errors about pages that the server does not have; the facade finds them out."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from .base import ConflictError
from .server import PageViewForbiddenError

if TYPE_CHECKING:
    from wikijs_generated.fragments import PageForEditor, PageMetadata, PageSummary


class PageChangedError(ConflictError):
    """The page changed since the caller read it; nothing was written.

    Attributes:
        expected: What the caller expected: the page as it was read, or its `updated_at`.
        current: The page as it is now.
    """

    def __init__(
        self, message: str, *, expected: PageMetadata | PageSummary | datetime, current: PageForEditor
    ) -> None:
        super().__init__(
            message,
            operation="pages.update",
            hint="Both versions are in .expected and .current: merge, then update again with expected=error.current.",
        )
        self.expected = expected
        self.current = current


class PageContentForbiddenError(PageViewForbiddenError):
    """The caller may see that the page is there, but not read all that was asked for.

    Attributes:
        page: What can be had of it; None where that is nothing.
        permissions: What is missing: any one of these would do.
    """

    page: PageMetadata | PageSummary | None = None
