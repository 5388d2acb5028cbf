"""The mark in a page that was published: from which file, and what of it. Pure functions.

It is a comment in the first line of the page, which readers do not see and editors do. What was published is known
from the wiki alone: a machine that has never published anything, such as one of CI, goes on where another one ended.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, unquote

_MARK: Final = re.compile(r"\A<!-- wikijs publish:((?: [a-z]+=[^\s<>]*)*) -->\n*")
_SAFE: Final = "/._-"
_DIGITS: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What a page says of its origin.

    Attributes:
        file: The file, relative to the folder that was published.
        to: The path that the folder was published to.
        name: What the project was called, where several are published to one path.
        source: Digest of the file.
        text: Digest of the page's content below the mark.
        has: What else the file said of the page: "description", "tags".
        files: Assets that were uploaded for the page.
    """

    file: str
    to: str
    name: str = ""
    source: str = ""
    text: str = ""
    has: tuple[str, ...] = ()
    files: tuple[str, ...] = ()

    def is_of(self, to: str, name: str) -> bool:
        """Whether the page was published to this path, by the project of this name."""
        return (self.to, self.name) == (to, name)


def digest(text: str) -> str:
    """A short digest of a text."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]


def marked(mark: Mark, content: str) -> str:
    """The content of a page with its mark."""
    fields = {
        "file": quote(mark.file, _SAFE),
        "to": quote(mark.to, _SAFE),
        "name": quote(mark.name, _SAFE),
        "source": mark.source,
        "text": mark.text,
        "has": ",".join(mark.has),
        "files": ",".join(quote(name, _SAFE) for name in mark.files),
    }
    shown = "".join(f" {name}={value}" for name, value in fields.items() if value)
    return f"<!-- wikijs publish:{shown} -->\n\n{content}"


def read(content: str) -> tuple[Mark | None, str]:
    """The mark of a page, and its content without it. None where it bears no mark."""
    found = _MARK.match(content.replace("\r\n", "\n") if content.startswith("<!-- wikijs publish:") else content)
    if found is None:
        return None, content
    fields = dict(part.split("=", 1) for part in found[1].split())
    if "file" not in fields:
        return None, content
    mark = Mark(
        file=unquote(fields["file"]),
        to=unquote(fields.get("to", "")),
        name=unquote(fields.get("name", "")),
        source=fields.get("source", ""),
        text=fields.get("text", ""),
        has=tuple(part for part in fields.get("has", "").split(",") if part),
        files=tuple(unquote(part) for part in fields.get("files", "").split(",") if part),
    )
    return mark, found.string[found.end() :]
