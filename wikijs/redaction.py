"""What may leave the client in a message, a log line or a repr.

Wiki.js puts whole SQL statements, job output and stack traces into its error messages, and proxies echo headers. Every
text of the server passes through `clean` before it becomes part of an exception.
"""

from __future__ import annotations

import re
from typing import Final

_LONGEST_MESSAGE: Final = 500
_JWT = re.compile(r"\beyJ[\w-]{5,}\.[\w-]+(?:\.[\w-]*)?")
_BEARER = re.compile(r"(?i)\b(bearer|authorization:?|token[=:]|jwt[=:])\s+?\S+")
_SQL = re.compile(
    r"(?is)\b(?:select|insert\s+into|update|delete\s+from|with|alter\s+table|truncate)\s.{0,20000}?[\"`$?]"
)
_STACK_LINE = re.compile(r"(?m)^\s*at\s+\S.*(?:\(.*\)|:\d+:\d+)\s*$")
_SPACES = re.compile(r"\s+")


def hide_tokens(text: str) -> str:
    """The text without tokens."""
    return _BEARER.sub(r"\1 <hidden>", _JWT.sub("<token>", text))


def clean(text: str) -> str:
    """Make a text of the server fit to show: no token, no SQL, no stack trace, one line, at most 500 characters.

    Database drivers write `<statement> - <reason>`; the reason is kept.
    """
    text = _STACK_LINE.sub("", text)
    found = _SQL.search(text)
    if found:
        before, (_, separator, reason) = text[: found.start()].strip(), text.rpartition(" - ")
        text = f"{before} {reason if separator else '(SQL statement left out)'}"
    text = hide_tokens(text)
    text = _SPACES.sub(" ", text).strip()
    return text if len(text) <= _LONGEST_MESSAGE else text[: _LONGEST_MESSAGE - 1] + "…"
