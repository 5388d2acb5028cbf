"""Text that the wiki would show as pictures: `:name:` and smileys stay letters. Pure functions."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from wikijs.core.values.emoji import emoji, smileys

_APART: Final = "<!-- -->"
"""What nobody sees, and keeps a sign from being one."""
_RULE: Final = re.compile(r"[\s>|:-]*+")
"""The line below the head of a table."""
_NAME: Final = re.compile(r":([\w+-]{1,50}):")


def without_pictures(line: str) -> str:
    """A line of Markdown outside of code whose signs stay as they are written; addresses are left alone."""
    if _RULE.fullmatch(line) or not any(
        each in line for each in (":", ";", "<3", "</3", "8-)", "B-)", "x-)", "X-)", "]-")
    ):
        return line
    return _pattern().sub(_kept, line)


def _kept(found: re.Match[str]) -> str:
    text = found[0]
    name = _NAME.fullmatch(text)
    if (found.lastgroup == "name" and name is not None and name[1] in emoji()) or found.lastgroup == "smiley":
        at = 2 if text.startswith("\\") else 1
        return f"{text[:at]}{_APART}{text[at:]}"
    return text


@cache
def _pattern() -> re.Pattern[str]:
    signs = sorted(smileys(), key=len, reverse=True)
    escaped = "|".join("".join(rf"\\?{re.escape(letter)}" for letter in sign) for sign in signs)
    return re.compile(
        r"\]\((?:[^()\n\\]|\\.|\([^()\n]*+\))*+\)"  # where a link leads
        r"|<[a-zA-Z/!][^<>\n]*+>|(?<![\w+.-])[a-zA-Z][\w+.-]{0,20}:/[/]\S*+"  # elements and addresses
        r"|(?P<name>:[\w+-]{1,50}:)"
        rf"|(?<![^\s!-/:-@\[-`{{-~])(?P<smiley>{escaped})(?![^\s!-/:-@\[-`{{-~])"
    )
