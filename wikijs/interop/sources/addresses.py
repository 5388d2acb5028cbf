"""Addresses in other people's pages. Pure functions."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import SplitResult, parse_qs, urlsplit

_PAGE_OF_CONFLUENCE: Final = re.compile(r"/spaces/[^/]+/pages/(?:edit-v2/)?(\d+)(?:/|$)")


def split(address: str) -> SplitResult | None:
    """The parts of an address; None where it is none, such as `http://[`."""
    try:
        return urlsplit(address)
    except ValueError:
        return None


def confluence_page(address: str) -> str:
    """The number of the page that an address of a Confluence server leads to, or nothing."""
    parts = split(address)
    if parts is None:
        return ""
    if match := _PAGE_OF_CONFLUENCE.search(parts.path):
        return match[1]
    number = parse_qs(parts.query).get("pageId", [""])[0] if parts.path.endswith("/viewpage.action") else ""
    return number if number.isdecimal() else ""
