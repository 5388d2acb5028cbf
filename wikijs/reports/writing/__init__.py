"""Reports as CSV, Markdown and HTML."""

from __future__ import annotations

from .html import as_html
from .text import as_csv, as_markdown

__all__ = ["as_csv", "as_html", "as_markdown"]
