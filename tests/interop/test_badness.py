"""A bad page beside a good one, for each importer and each kind of badness: the good one arrives, the bad one is told
or its text is there.
"""

from __future__ import annotations

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


def _made(kind: Kind, folder: Path, bad: bytes) -> Converted:
    if kind in _FILES:
        place = _FILES[kind]
        return of_files(kind, folder, {place.format("good"): b"fine", place.format("bad"): bad})
    text = bad.decode("utf-8", "replace")
    plain = "".join(letter for letter in text if letter >= " " or letter == "\n")
    if kind == "mediawiki-xml":
        return of_dump(folder, [("Good", "fine"), ("Bad", plain)])
    return of_space(folder, {"Good": "fine", "Bad": plain})


@pytest.mark.parametrize("badness", list(_TEXTS))
def test_one_bad_page_stops_nothing(badness: str, tmp_path: Path) -> None:
    content = _TEXTS[badness]
    for kind in (*_FILES, "mediawiki-xml", "confluence-xml"):
        folder = tmp_path / kind
        folder.mkdir()
        site = _made(kind, folder, content)
        good = next(text for name, text in site.pages.items() if name.startswith("good"))
        assert good.rstrip().endswith("fine"), kind
        others = "".join(text for name, text in site.pages.items() if not name.startswith("good"))
        is_told = any(
            remark.page.lower().startswith(("bad", "docs/bad", "pages/bad")) for remark in site.report.remarks
        )
        assert "bad" in others or is_told, kind


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no", b"no zip", packed("<w:p><w:r>")])
def test_one_bad_document_stops_nothing(content: bytes, tmp_path: Path) -> None:
    site = of_files("word", tmp_path, {"good.docx": packed(p("fine")), "bad.docx": content})
    assert "fine" in site.pages["good.md"]
    assert list(site.pages) == ["good.md"]
    assert "bad.docx: It was left out" in site.told
