"""Bad pages beside a good one, for each importer: the good one arrives, each bad one is told or its text is there."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest

from wikijs.interop import Kind

from .test_cases import Converted, of_dump, of_files
from .test_compositions import of_space
from .test_odd_documents import p, packed

_FILES: Final[dict[Kind, str]] = {
    "dokuwiki": "pages/{}.txt",
    "confluence-html": "{}_1.html",
    "html": "{}.html",
    "mkdocs": "docs/{}.md",
    "docusaurus": "docs/{}.md",
    "markdown": "{}.md",
    "obsidian": "{}.md",
    "notion": "{} 0123456789abcdef0123456789abcdef.md",
}
_TEXTS: Final[dict[str, bytes]] = {
    "no UTF-8": "größe bad".encode("latin-1"),
    "UTF-16": "größe bad".encode("utf-16"),
    "with a mark": b"\xef\xbb\xbfbad",
    "control characters": b"b\x00ad\x01 bad\x1b",
    "nothing": b"",
    "spaces only": b" \n\t\n",
    "carriage returns": b"bad\r\rbad\r\nbad",
    "broken YAML": b"---\ntitle: [bad\n---\nbad",
    "YAML with a bomb": b"---\na: &a [x]\nb: &b [*a,*a]\nc: [*b,*b]\ntitle: bad\n---\nbad",
    "YAML without an end": b"---\ntitle: bad\n\nbad",
    "a title that is too long": b"---\ntitle: " + b"bad " * 200 + b"\n---\nbad",
    "a heading that is too long": b"# " + b"bad " * 200 + b"\n\nbad",
    "elements without an end": b"<table><tr><td><ul><li><b>bad",
    "elements that nothing began": b"bad</table></div></b></ul>bad",
    "code without an end": b"```\n<code>\n<pre>\nbad",
    "marks without an end": b"**bad __bad [[bad {{bad ''bad |bad\n{|\n!!! bad\n:::bad\n> [!bad\n$$bad <!-- bad",
    "deep quotations": b">" * 3000 + b" bad",
    "deep lists": b"".join(b" " * depth + b"- bad\n" for depth in range(0, 300, 2)),
    "a long line": b"bad " * 3_000,
    "many brackets": b"[" * 1_000 + b"bad",
}


def _made(kind: Kind, folder: Path, bad: Mapping[str, bytes]) -> Converted:
    """A site with a good page and bad ones, by their names."""
    if kind in _FILES:
        place = _FILES[kind]
        return of_files(kind, folder, {place.format(name): text for name, text in {"good": b"fine", **bad}.items()})
    pages = {"Good": "fine"} | {name.capitalize(): _legal(content) for name, content in bad.items()}
    return of_dump(folder, list(pages.items())) if kind == "mediawiki-xml" else of_space(folder, pages)


def _legal(content: bytes) -> str:
    """What XML can hold of a text."""
    text = content.decode("utf-8", "replace")
    return "".join(letter for letter in text if letter >= " " or letter == "\n")


@pytest.mark.parametrize("kind", [*_FILES, "mediawiki-xml", "confluence-xml"])
def test_bad_pages_stop_nothing(kind: Kind, tmp_path: Path) -> None:
    names = {f"odd{number}x": badness for number, badness in enumerate(_TEXTS)}  # no letter of the text that is sought
    site = _made(kind, tmp_path, {name: _TEXTS[badness] for name, badness in names.items()})
    good = next(text for name, text in site.pages.items() if name.startswith("good"))
    assert good.rstrip().endswith("fine")
    for name, badness in names.items():
        text = "".join(text for place, text in site.pages.items() if place.startswith(name))
        is_told = any(name in remark.page.lower() for remark in site.report.remarks)
        assert "bad" in text or is_told, badness


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no", b"no zip", packed("<w:p><w:r>")])
def test_one_bad_document_stops_nothing(content: bytes, tmp_path: Path) -> None:
    site = of_files("word", tmp_path, {"good.docx": packed(p("fine")), "bad.docx": content})
    assert "fine" in site.pages["good.md"]
    assert list(site.pages) == ["good.md"]
    assert "bad.docx: It was left out" in site.told
