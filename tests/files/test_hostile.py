"""What reads files of others is fed what may be in them: it leads nowhere, ends soon, and fails in one way."""

from __future__ import annotations

import gzip
import io
import struct
import tarfile
import time
import zipfile
import zlib
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wikijs.core.files import FileRefusedError
from wikijs.exceptions import ConfigurationError
from wikijs.interop import convert
from wikijs.interop.markdown import lines, parsing
from wikijs.interop.sources import docusaurus, dokuwiki_text, mediawiki_text, mkdocs
from wikijs.interop.writing import Kind
from wikijs.transfer import documents
from wikijs.transfer.format import is_page, load
from wikijs.transfer.sources import opened
from wikijs.transfer.titles import first_heading

from .test_data import HOSTILE

SECRET = "what nobody may read"
LONG = 20_000
SECONDS = 60.0
"""Of this thread, for one text; each takes a fraction of a second, and took minutes before."""

TEXTS: dict[str, str] = {
    name: (piece * (LONG // len(piece) + 1))[:LONG]
    for name, piece in {
        "brackets": "[",
        "links without an end": "[a](x ",
        "images in links": "![",
        "tags": "{{tag>",
        "plugins": "{{a>",
        "elements": "<a>",
        "images of HTML": "<img src=",
        "macros": "{%",
        "categories": "[[Category:",
        "backticks": "`",
        "runs of backticks": "` `` ``` ",
        "boxes": '!!! note "',
        "colons": ":::a ",
        "spaces": " ",
        "lines": "\n",
        "hashes": "# ",
        "rules": "---\n",
        "signs": "= ",
        "comments": "<!--",
        "quotations": "> ",
        "lists": "- ",
        "stars": "**a",
        "addresses": "http://[",
        "tokens": "eyJeyJ",
        "zeros": "\0",
    }.items()
}
PIECES = (
    *("*", "_a ", "~a~ ", "^a", "|a|b\n|-|-\n", "```\n", "&", "&#", "\\", "<", "<<", "{", "{{", "==a", "++a+", "a{.b "),
    *("<a b=c ", "[a]: b\n", "[a]", "[^a]: b\n", "[![a](b)", '[a](b "', "[a](<b", "[[a|", "# a {#b", "<![CDATA["),
    *("<?", "<!A", "<div\n", '<a href="', "<TabItem ", "import {", "<Link ", "%%", "<gallery>", "<ref>", "<nowiki>"),
    *("{{a|", "!!a", 5 * "'", "[http://a ", "*#:;a\n", "<code>", "<file ", ">>>>> a\n"),
)
TEXTS.update({f"many {piece!r}": (piece * (LONG // len(piece) + 1))[:LONG] for piece in PIECES})
TEXTS["lists in each other"] = "".join(" " * depth + "- a\n" for depth in range(200))
TEXTS["boxes in each other"] = "".join("    " * depth + "!!! note\n" for depth in range(100))
TEXTS["a title of spaces"] = "# a" + " " * LONG + "b\n"
TEXTS["a box of spaces"] = "!!! " + " " * LONG + "!\n"


def ignored(_remark: str) -> None:
    """What a reader says."""


READERS: dict[str, Callable[[str], object]] = {
    "blocks": parsing.parsed,
    "headings": parsing.headings,
    "addresses": lambda text: list(parsing.addresses(text)),
    "words of Markdown": parsing.shown,
    "words of HTML": parsing.shown_of_html,
    "boxes of Docusaurus": lines.without_colon_boxes,
    "boxes of MkDocs": lines.without_indented_boxes,
    "attributes": lines.guarded,
    "fences": lambda text: lines.tight_fences(text, "x"),
    "words of MkDocs": mkdocs.plain_text,
    "MkDocs": lambda text: mkdocs.prepared_text(text, ignored),
    "words of Docusaurus": docusaurus.plain_text,
    "Docusaurus": lambda text: docusaurus.prepared_text(text, ignored),
    "words of DokuWiki": dokuwiki_text.visible,
    "words of MediaWiki": lambda text: mediawiki_text.visible(text, {"file"}, {"category"}),
    "titles": first_heading,
}
"""All that reads the text of a page of others in this process; pandoc has a time of its own."""


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A folder with a secret, which lies outside of the source."""
    folder = tmp_path / "outside"
    folder.mkdir()
    (folder / "secret.md").write_text(SECRET)
    (folder / "secret.txt").write_text(SECRET)
    (folder / "secret.png").write_text(SECRET)
    return folder


def written(folder: Path) -> str:
    return "".join(path.read_text("utf-8", "replace") for path in sorted(folder.rglob("*")) if path.is_file())


def in_time(work: Callable[[], object]) -> None:
    """Do something that may refuse, in one way, and that must end."""
    begin = time.thread_time()
    with suppress(FileRefusedError, ConfigurationError):
        work()
    assert time.thread_time() - begin < SECONDS


@pytest.mark.parametrize(
    "text",
    [
        "<mediawiki>" + "<a>" * 50_000,
        '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><mediawiki>&b;</mediawiki>',
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><mediawiki>&a;</mediawiki>',
        "<mediawiki><page><title>x</title><ns>9e999</ns></page></mediawiki>",
        "<mediawiki><page></mediawiki>",
    ],
)
def test_dumps_of_others(text: str, tmp_path: Path) -> None:
    (tmp_path / "dump.xml").write_text(text)
    in_time(lambda: convert("mediawiki-xml", tmp_path / "dump.xml", tmp_path / "out"))


@pytest.mark.parametrize("kind", ["mkdocs", "docusaurus", "dokuwiki", "confluence-html"])
def test_links_lead_nowhere(kind: Kind, tmp_path: Path, outside: Path) -> None:
    source = tmp_path / "source"
    body = '<html><title>S : T</title><div id="main-content"><img src="attachments/secret.png">x</div></html>'
    for name, text in {
        "docs/good.md": "![](secret.png) [x](folder/secret.md) ![](../../outside/secret.png)\n",
        "pages/good.txt": "{{secret.png}} [[secret]]\n",
        "good.html": body,
    }.items():
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_text(text)
    for folder in ("docs", "pages", "media", "attachments", "static", "images"):
        (source / folder).mkdir(exist_ok=True)
        for file in ("secret.md", "secret.txt", "secret.png"):
            (source / folder / file).symlink_to(outside / file)
        (source / folder / "folder").symlink_to(outside)
    in_time(lambda: convert(kind, source, tmp_path / "out"))
    assert (tmp_path / "out").exists()
    assert SECRET not in written(tmp_path / "out")


@pytest.mark.parametrize("docs", ["../outside", "/etc", "link", "a/../../outside"])
def test_a_folder_that_a_file_names_is_inside(docs: str, tmp_path: Path, outside: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "link").symlink_to(outside)
    (source / "mkdocs.yml").write_text(f"docs_dir: {docs}\n")
    (source / "good.md").write_text("x\n")
    in_time(lambda: convert("mkdocs", source, tmp_path / "out"))
    assert not (tmp_path / "out").exists() or SECRET not in written(tmp_path / "out")


@pytest.mark.parametrize("name", HOSTILE)
def test_headers_and_documents_of_others(name: str, tmp_path: Path) -> None:
    text = HOSTILE[name][0]
    in_time(lambda: load(f"---\ntitle: T\nx: {text}\n---\ntext\n", "md", name="x.md"))
    in_time(lambda: load(f"---\n{text}\n---\ntext\n", "md", name="x.md"))
    (tmp_path / "x.yaml").write_text(f"format: wikijs-pages\nversion: 1\npages: {text}\n")
    in_time(lambda: list(documents.load(tmp_path / "x.yaml", "yaml")))


def bomb_zip(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as pack:
        for number in range(3):
            with pack.open(f"{number}.png", "w", force_zip64=True) as file:
                for _ in range(128):
                    file.write(bytes(1 << 20))


def lying_zip(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as pack:
        pack.writestr("a.md", "x" * 100_000)
    data = bytearray(path.read_bytes())
    place = data.rindex(b"PK\x01\x02")
    data[place + 24 : place + 28] = struct.pack("<I", 10)  # the size that the directory tells
    path.write_bytes(data)


def damaged_lzma_zip(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as pack:
        pack.writestr("a.md", "some text " * 1_000)
    data = bytearray(path.read_bytes())
    data[40:60] = bytes(20)
    path.write_bytes(data)


def link_zip(path: Path) -> None:
    entry = zipfile.ZipInfo("a.md")
    entry.external_attr = 0o120777 << 16
    entry.create_system = 3
    with zipfile.ZipFile(path, "w") as pack:
        pack.writestr(entry, "/etc/passwd")


def bomb_tar(path: Path) -> None:
    with gzip.open(path, "wb") as file:
        for _ in range(300):
            file.write(bytes(1 << 20))


def sparse_tar(path: Path) -> None:
    member = tarfile.TarInfo("big.png")
    member.pax_headers = {"GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.realsize": str(1 << 40)}
    content = b"1\n0\n10\n".ljust(512, b"\0") + b"0123456789"
    member.size = len(content)
    with tarfile.open(path, "w:gz", format=tarfile.PAX_FORMAT) as pack:
        pack.addfile(member, io.BytesIO(content))


def cut_tar(path: Path) -> None:
    path.write_bytes(gzip.compress(bytes(10_000))[:-20])


def half_zlib(path: Path) -> None:
    path.write_bytes(b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + zlib.compress(b"x")[::-1])


@pytest.mark.parametrize(
    ("make", "suffix"),
    [
        (bomb_zip, "zip"),
        (lying_zip, "zip"),
        (damaged_lzma_zip, "zip"),
        (link_zip, "zip"),
        (bomb_tar, "tar.gz"),
        (sparse_tar, "tar.gz"),
        (cut_tar, "tar.gz"),
        (half_zlib, "tar.gz"),
    ],
)
def test_archives_of_others(make: Callable[[Path], None], suffix: str, tmp_path: Path) -> None:
    archive = tmp_path / f"x.{suffix}"
    make(archive)
    said: list[str] = []

    def read() -> None:
        with opened(archive) as (files, refused):
            said.extend(error.reason for error in refused)
            for file in files:
                try:
                    assert len(file.read()) <= max(file.size, 100_000)
                except FileRefusedError as error:
                    said.append(error.reason)

    try:
        read()
    except ConfigurationError as error:
        said.append(error.message)
    assert said
    assert all("\n" not in text for text in said)


@pytest.mark.parametrize("name", TEXTS)
def test_pages_that_are_only_loaded(name: str) -> None:
    in_time(lambda: load(TEXTS[name], "md", name="x.md"))
    in_time(lambda: load(f"---\n{TEXTS[name]}\n---\n", "md", name="x.md"))
    in_time(lambda: is_page(TEXTS[name], "txt"))


@pytest.mark.parametrize("reader", READERS)
def test_texts_of_others(reader: str) -> None:
    for text in TEXTS.values():
        in_time(partial(READERS[reader], text))


@settings(max_examples=10, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(sorted(TEXTS)), min_size=2, max_size=4), st.integers(200, 5_000))
def test_mixed_texts_of_others(names: list[str], length: int) -> None:
    text = "".join(TEXTS[name][:length] for name in names)
    for read in READERS.values():
        in_time(partial(read, text))


@pytest.mark.parametrize("kind", ["mkdocs", "docusaurus"])
def test_a_site_of_such_pages_is_converted_and_what_cannot_be_is_told(kind: Kind, tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    for number, name in enumerate(("brackets", "images in links", "links without an end", "many '<a b=c '")):
        (docs / f"p{number}.md").write_text(f"# T{number}\n\n{TEXTS[name]}\n")
    (docs / "good.md").write_text("# Good\n\n[here](p0.md)\n")
    begin = time.thread_time()
    report = convert(kind, tmp_path, tmp_path / "out")
    assert time.thread_time() - begin < SECONDS
    kept = {remark.page for remark in report.remarks if "kept as code" in remark.text}
    assert {"p0.md", "p1.md"} <= kept
    assert set(report.pages) == {"p0.md", "p1.md", "p2.md", "p3.md", "good.md"}, "what is kept as code is not left out"
