"""What the server makes of the names of files and folders."""

from __future__ import annotations

import re

SEPARATORS = re.compile(r"[\t-\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff,;#]+")
"""White space as JavaScript sees it, and what an upload's name may not have either."""
ILLEGAL = re.compile(r'[/?<>\\:*|"\x00-\x1f\x80-\x9f]')
WINDOWS_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)
LONGEST = 255
"""Bytes of UTF-8."""


def sanitized(name: str) -> str:
    """A name without what some file system does not take; nothing may be left of it."""
    kept = ILLEGAL.sub("", name)
    if WINDOWS_RESERVED.fullmatch(kept):
        return ""
    return kept.rstrip(". ").encode(errors="replace")[:LONGEST].decode(errors="ignore")


def uploaded_name(name: str) -> str:
    """The name under which an upload is stored."""
    return sanitized(SEPARATORS.sub("_", name.lower()))


def extension(name: str) -> str:
    """The extension with its dot; none for a dotfile."""
    stem, dot, last = name.rpartition(".")
    return dot + last if stem.strip(".") or stem.count(".") > 0 else ""
