"""The LIKE of databases."""

from __future__ import annotations

import re
from collections.abc import Callable

WILDCARDS = {"%": ".*", "_": "."}


def like(pattern: str, *, exactly: bool = False) -> Callable[[str], bool]:
    """A test whether a text matches a pattern with `%` and `_`; letters of either case are equal unless `exactly`."""
    parts = re.findall(r"\\?.", pattern, re.DOTALL)
    expression = "".join(WILDCARDS.get(part) or re.escape(part.removeprefix("\\") or part) for part in parts)
    compiled = re.compile(expression, re.DOTALL if exactly else re.DOTALL | re.IGNORECASE)
    return lambda text: compiled.fullmatch(text) is not None
