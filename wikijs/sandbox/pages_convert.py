"""From one kind of content to another."""

from __future__ import annotations

import re


def without_anchors(html: str) -> str:
    """A page's render as the content of an HTML page: without the anchors of its headings."""
    return re.sub(r'<a class="toc-anchor"[^>]*>.*?</a>', "", html, flags=re.DOTALL)


def html_to_markdown(html: str) -> str:
    """HTML as Markdown."""
    return html
