"""Texts of other programs: one that is no UTF-8 stops nothing."""

from __future__ import annotations

import codecs
import re
from contextlib import suppress
from typing import TYPE_CHECKING, BinaryIO, Final

from ..model import Remark

if TYPE_CHECKING:
    from wikijs.core.files import Tree

    from ..model import Site

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # it begins as the next one does
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (codecs.BOM_UTF32_BE, "utf-32"),
)

_CHARSET: Final = re.compile(rb"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_STRAY: Final = re.compile("[\udc80-\udcff]+")
_UNFIT: Final = bytes({*range(0x20)} - {*b"\t\n\r"})


def decoded(content: bytes) -> tuple[str, str]:
    """Bytes as text, and what was wrong with them in a sentence, or nothing."""
    encoding = next((name for mark, name in _MARKS if content.startswith(mark)), _unmarked(content))
    try:
        return content.decode(encoding), ""
    except UnicodeDecodeError:
        text = _mended(content)
    return text, "It is no text in UTF-8 and was read as Windows-1252; look at its letters."


def _unmarked(content: bytes) -> str:
    """The encoding of bytes without a mark: where every other one is zero they are Windows' "Unicode"."""
    half = content[: len(content) & ~1]
    if content.count(0) * 3 < len(content) or not half:
        return "utf-8"
    return "utf-16-le" if half[1::2].count(0) > half[::2].count(0) else "utf-16-be"


def _mended(content: bytes) -> str:
    """A text with what is no UTF-8 in it, and that alone, as Windows-1252."""
    text = content.decode("utf-8", "surrogateescape")
    return _STRAY.sub(lambda found: found[0].encode("utf-8", "surrogateescape").decode("cp1252", "replace"), text)


def decoded_html(content: bytes) -> tuple[str, str]:
    """The same for HTML, in the encoding that it names where it is no UTF-8."""
    text, problem = decoded(content)
    named = _CHARSET.search(content[:2048]) if problem else None
    if named is not None:
        with suppress(LookupError):
            return content.decode(named[1].decode("ascii"), "replace"), ""
    return text, problem


def page_text(tree: Tree, name: str, site: Site, key: str) -> str:
    """The text of a page's file; the site is told where it is no UTF-8.

    Raises:
        FileRefusedError: It cannot be read.
    """
    text, problem = decoded(tree.read(name, tree.bounds.text_bytes))
    if problem:
        site.remarks.append(Remark(key, problem))
    return text.replace("\r\n", "\n").replace("\r", "\n")


class XMLFile:
    """An XML file without the control characters that XML has no place for, and that exports hold where a user typed
    them: one of them in a title would stop the whole space.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._is_first = True
        self._unfit = _UNFIT

    def read(self, size: int = -1) -> bytes:
        """The next bytes; fewer than are asked for, and none only at the end."""
        while content := self._file.read(size):
            if self._is_first and content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
                self._unfit = b""  # there they are halves of letters
            self._is_first = False
            if kept := content.translate(None, self._unfit):
                return kept
        return b""
