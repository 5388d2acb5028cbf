"""What a document of Word says, read from its own files: pandoc passes over text boxes, comments, heads and feet."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

from wikijs.core.files import BOUNDS
from wikijs.core.values.installing import pip_line

from ...model import InteropError

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_NOTES: Final = ("word/footnotes.xml", "word/endnotes.xml")
_COMMENTS: Final = "word/comments.xml"
_MAIN: Final = "word/document.xml"
_PASSED: Final = frozenset({"Fallback", "del", "moveFrom", "instrText", "delText", "oMath", "pPr", "rPr", "sectPr"})
"""What is not to be seen: another form of the same, what was deleted, codes of fields; formulas become TeX."""
_SPACED: Final = frozenset({"p", "tab", "br", "cr", "tc", "txbxContent"})
_PICTURES: Final = frozenset({"blip", "imagedata"})
_JOINED: Final = "\x00"
"""What stands between parts of one word; no XML holds it."""
_SEPARATORS: Final = frozenset({"separator", "continuationSeparator", "continuationNotice"})


@dataclass(frozen=True, slots=True)
class Said:
    """The text of a document.

    Attributes:
        text: What is to be seen on its pages, boxes and notes included.
        around: What stands at the head and the foot of its pages.
        struck: What was deleted while changes were tracked.
        comments: How many comments it has.
        pictures: How many images it shows.
    """

    text: str
    around: str
    struck: str
    comments: int
    pictures: int


def said(content: bytes) -> Said:
    """Read a document.

    Raises:
        InteropError: The extra is missing.
        Exception: It is no document; any that its libraries raise.
    """
    try:
        xml: Any = import_module("defusedxml.ElementTree")  # it has no types
    except ModuleNotFoundError:
        raise InteropError("Reading XML needs defusedxml.", hint=pip_line("interop")) from None
    with zipfile.ZipFile(BytesIO(content)) as pack:
        left = BOUNDS.text_bytes

        def part(name: str) -> Element | None:
            nonlocal left
            if name not in names:
                return None
            with pack.open(name) as stream:
                text = stream.read(left + 1)
            left -= len(text)
            if left < 0:
                raise ValueError("it is too large")
            root: Element = xml.fromstring(text)
            return root

        names = set(pack.namelist())
        main, comments = part(_MAIN), part(_COMMENTS)
        seen = [main, *(part(name) for name in _NOTES)]
        around = [part(name) for name in sorted(names) if name.startswith(("word/header", "word/footer"))]
    return Said(
        text=" ".join(_text(root) for root in seen if root is not None),
        around=" ".join(" ".join(_text(root) for root in around if root is not None).split()),
        struck=" ".join("".join(element.text or "" for element in _all(main, "delText")).split()),
        comments=sum(1 for _ in _all(comments, "comment")),
        pictures=_pictures(main) if main is not None else 0,
    )


def _all(root: Element | None, name: str) -> Iterator[Element]:
    return (element for element in (root.iter() if root is not None else ()) if _name(element) == name)


def _text(element: Element) -> str:
    return re.sub(rf"\s*{_JOINED}\s*", "", "".join(_parts(element)))


def _parts(element: Element) -> Iterator[str]:
    name = _name(element)
    if name in _PASSED or (name == "r" and _is_hidden(element)) or _is_separator(element):
        return
    if name == "t":
        yield element.text or ""
    if name in _SPACED:
        yield " "
    for child in element:
        yield from _parts(child)
    if name in _SPACED:
        yield _JOINED if _is_drop_cap(element) else " "


def _is_drop_cap(paragraph: Element) -> bool:
    """Whether it is a large first letter, which Word keeps in a paragraph of its own before the rest of the word."""
    return any(
        _name_of(key) == "dropCap" and value != "none"
        for properties in paragraph
        if _name(properties) == "pPr"
        for frame in properties
        for key, value in frame.attrib.items()
    )


def _pictures(element: Element) -> int:
    name = _name(element)
    if name in _PASSED:
        return 0
    is_one = name in _PICTURES and any(_name_of(key) in {"embed", "link", "id"} for key in element.attrib)
    return is_one + sum(map(_pictures, element))


def _is_hidden(run: Element) -> bool:
    return any(_name(mark) == "vanish" for part in run if _name(part) == "rPr" for mark in part)


def _is_separator(element: Element) -> bool:
    return any(_name_of(key) == "type" and value in _SEPARATORS for key, value in element.attrib.items())


def _name(element: Element) -> str:
    return _name_of(element.tag)


def _name_of(tag: str) -> str:
    return tag.rpartition("}")[2]
