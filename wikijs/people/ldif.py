"""LDIF, the text that directories write (RFC 2849): entries with their attributes.

Changes, and values that are in files elsewhere, are refused.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from wikijs.exceptions import ValidationError

_ATTRIBUTE = re.compile(r"([A-Za-z0-9][A-Za-z0-9.-]*)(?:;[A-Za-z0-9;-]*)?:(:|<)?[ ]*(.*)", re.DOTALL)
_ESCAPED = re.compile(r"\\([0-9A-Fa-f]{2}|.)")


@dataclass
class Entry:
    """An entry: its distinguished name, its line, its attributes in lower case with all their values, what is wrong."""

    dn: str
    line: int
    attributes: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    problem: str = ""

    def all(self, name: str) -> list[str]:
        """All values of an attribute."""
        return self.attributes.get(name, [])

    def first(self, name: str) -> str:
        """The first value of an attribute, or nothing."""
        return next(iter(self.all(name)), "")


def entries(text: str) -> list[Entry]:
    """All entries.

    Raises:
        ValidationError: It is no LDIF, or one of changes, or names files elsewhere.
    """
    found: list[Entry] = []
    current: Entry | None = None
    for number, line in _lines(text):
        if not line:
            current = None
            continue
        match = _ATTRIBUTE.fullmatch(line)
        if match is None:
            raise ValidationError(f"Line {number} is none of LDIF.", hint="Each line is `name: value`.")
        name, kind, value = match[1].lower(), match[2], match[3]
        if kind == "<":
            raise ValidationError(f"Line {number} names a file elsewhere, which is not read.")
        plain = _decoded(value) if kind == ":" else value
        value = plain or ""
        if name == "version" and current is None:
            continue
        if name == "dn":
            current = Entry(value, number)
            found.append(current)
        elif current is None:
            raise ValidationError(f"Line {number} belongs to no entry: an entry begins with `dn:`.")
        elif name == "changetype" and value.strip().lower() != "add":
            raise ValidationError(f"Line {number} is a change of a directory; only entries are read.")
        else:
            current.attributes.setdefault(name, []).append(value)
        if plain is None and not current.problem:
            current.problem = f"Line {number} is no base64."
    return found


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Lines with those that go on put together, and without comments."""
    held, at = "", 0
    is_comment = False
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), 1):
        if line.startswith(" "):
            held += line[1:]
            continue
        if at and not is_comment:
            yield at, held
        held, at, is_comment = line, number, line.startswith("#")
    if at and not is_comment:
        yield at, held


def _decoded(value: str) -> str | None:
    """What base64 says; None where it is none."""
    try:
        return base64.b64decode(value.strip(), validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return None


def normal(dn: str) -> str:
    """A distinguished name in a form that can be compared."""
    return re.sub(r"\s*([,=+])\s*", r"\1", dn.strip()).casefold()


def name_of(dn: str) -> str:
    """The name that a distinguished name begins with: `Editors` of `CN=Editors,OU=Groups,DC=example`."""
    first = re.split(r"(?<!\\),", dn, maxsplit=1)[0].partition("=")[2].strip()
    return _ESCAPED.sub(lambda match: match[1] if len(match[1]) == 1 else chr(int(match[1], 16)), first)
