"""What may leave the client in a message, a log line or a repr.

Wiki.js puts whole SQL statements, job output and stack traces into its error messages, and proxies echo headers. Every
text of the server passes through `clean` before it becomes part of an exception.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from .patterns import LazyPattern

if TYPE_CHECKING:
    import re

_LONGEST_MESSAGE: Final = 500
_LONGEST_TEXT: Final = 4_000
"""Of a longer text only the start can be shown, so only the start is searched: that bounds the time it takes."""
_DOTTED: Final = LazyPattern(r"(?<![\w-])[\w-]*+(?:\.[\w-]*+)++")
"""Words with dots in them: only in such ones is a token looked for, so that each character is read once."""
_SHORTEST_PART: Final = 8
"""Characters of the first part of a token, which begins with `eyJ`."""
_WEBHOOKS: Final = LazyPattern(r"whsec_[A-Za-z0-9+/=_-]+|\bv1a?,[A-Za-z0-9+/]{20,}={0,2}")
_CREDENTIALS: Final = LazyPattern(
    r"""(?ix)
    ( \b authorization ["']? \s* [:=] \s* ["']? (?: (?:bearer|basic|digest|negotiate) \s+ )?
    | \b bearer \s+
    | \b \w* (?:token|jwt|password) ["']? \s* [:=] \s* ["']? )
    [^\s"',;&]+
    """
)
_SQL: Final = LazyPattern(
    r"""(?isx) \b (?:
      select \s .{1,2000}? \s from \s
    | insert \s+ into \s
    | update \s+ \S+ \s+ set \s
    | delete \s+ from \s
    | with \s+ (?:recursive\s+)? \S+ \s+ as \s* \(
    | (?:alter|create|drop|truncate) \s+ table \s )
    """
)
_STACK: Final = LazyPattern(
    r"(?m)^[ \t]*at[ \t][^\n]*(?:\)|:\d+)[ \t\r]*$|\bat [^\s()]{1,200}(?: [^\s()]{1,200})? \([^()\n]{1,400}:\d+:\d+\)"
)
_SPACES: Final = LazyPattern(r"[\s\x00-\x1f\x7f-\x9f]+")


_SECRET_FIELDS: Final = frozenset(
    {
        "continuation_token",
        "dkim_private_key",
        "jwt",
        "new_password",
        "pass",
        "pass_",
        "password",
        "password_raw",
        "tfa_qr_image",
    }
)
"""Fields of results and inputs that are secret whatever they hold."""
_SENSITIVE: Final = LazyPattern(r'"sensitive"\s*:\s*true')
"""Marks the configuration of a module's secret, as the server writes it."""
HIDDEN: Final = "<hidden>"


_SECRET_SETTING: Final = LazyPattern(
    r"(?i)secret|passw|passphrase|^pass$|credential|token$|(?:private|account|admin|api|app|license|encryption)key(?!path|mode|id)"
)
"""Names of settings of modules that are secrets; the server marks but a few of them as such."""


def is_secret_setting(name: str) -> bool:
    """Whether a setting of this name is a secret."""
    return _SECRET_SETTING.search(name) is not None


def shown_fields(fields: Iterable[tuple[str | None, object]]) -> list[tuple[str | None, object]]:
    """The fields of a model as its repr shows them; the value of a setting by the setting's name too."""
    pairs = [(name, shown(name, value)) for name, value in fields]
    if any(name == "response_result" for name, _ in pairs):  # the key that an operation has just made
        pairs = [(name, HIDDEN if name == "key" and value else value) for name, value in pairs]
    key = next((value for name, value in pairs if name == "key"), None)
    if isinstance(key, str) and is_secret_setting(key):
        return [(name, HIDDEN if name == "value" and value else value) for name, value in pairs]
    return pairs


def shown(name: str | None, value: object) -> object:
    """The value of a field as a repr shows it: secrets are hidden, by the field's name or by what they are."""
    if not isinstance(value, str) or not value:
        return value
    secret = (
        name in _SECRET_FIELDS
        or _DOTTED.sub(_without_token, value) != value
        or _SENSITIVE.search(value[:_LONGEST_TEXT])
    )
    return HIDDEN if secret else value


def hide_tokens(text: str) -> str:
    """The text without tokens and passwords."""
    return _CREDENTIALS.sub(r"\1<hidden>", _WEBHOOKS.sub("<secret>", _DOTTED.sub(_without_token, text)))


def _without_token(found: re.Match[str]) -> str:
    word = found[0]
    start = 0
    for part in word.split(".")[:-1]:
        at = part.find("eyJ")
        if 0 <= at <= len(part) - _SHORTEST_PART:
            return f"{word[: start + at]}<token>"
        start += len(part) + 1
    return word


def clean(text: str) -> str:
    """Make a text of the server fit to show: no token, no SQL, no stack trace, one line, at most 500 characters.

    Database drivers write `<statement> - <reason>`; the reason is kept.
    """
    shown = _STACK.sub(" ", text[:_LONGEST_TEXT])
    found = _SQL.search(shown)
    if found:
        _, separator, reason = text.rpartition(" - ")
        known = separator and not _SQL.search(reason[:_LONGEST_TEXT])
        shown = f"{shown[: found.start()]} {reason[:_LONGEST_TEXT] if known else '(SQL statement left out)'}"
    shown = _SPACES.sub(" ", hide_tokens(shown)).strip()
    return shown if len(shown) <= _LONGEST_MESSAGE else shown[: _LONGEST_MESSAGE - 1] + "…"
