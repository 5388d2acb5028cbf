"""Each importer is fed sources of people who mean no good: it leads nowhere, ends soon, and fails in one way.

By default each meets a lot of the texts; `WIKIJS_HOSTILE_SOURCES=1` gives all of them to all.
"""

from __future__ import annotations

import io
import os
import resource
import zipfile
from collections.abc import Callable
from html import escape
from pathlib import Path
from random import Random
from typing import Final

import pytest

from tests.files.test_data import HOSTILE
from tests.files.test_hostile import TEXTS
from wikijs.core.files import FileRefusedError
from wikijs.interop import KINDS, InteropError, Kind, convert

SECRET: Final = "what nobody may read"
SECONDS: Final = 200.0
"""Of this process and pandoc, which has 60 for a text; each takes a fraction, and some took minutes."""
GROWN: Final = 600_000
"""KiB that a conversion may take besides: a bomb takes gigabytes."""
ALL: Final = "WIKIJS_HOSTILE_SOURCES" in os.environ
NAMES: Final = sorted(TEXTS)
XML_BOMB: Final = (
    '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {new} "{f"&{old};" * 10}">' for old, new in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>"
)
_RELATIONS: Final = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_WORDS: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def printable(text: str) -> str:
    """A text as XML takes it."""
    return "".join(letter for letter in text if letter in "\t\n" or letter >= " ")


def docx(text: str, *, raw: str = "", extra: dict[str, bytes] | None = None) -> bytes:
    """A document of Word with one paragraph."""
    body = raw or f"<w:p><w:r><w:t>{escape(printable(text))}</w:t></w:r></w:p>"
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as pack:
        pack.writestr(
            "[Content_Types].xml",
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument'
            '.wordprocessingml.document.main+xml"/></Types>',
        )
        pack.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{_RELATIONS}"><Relationship Id="a" Type="{_OFFICE}/officeDocument"'
            ' Target="word/document.xml"/></Relationships>',
        )
        document = (
            body if body.startswith("<?xml") else f'<w:document xmlns:w="{_WORDS}"><w:body>{body}</w:body></w:document>'
        )
        pack.writestr("word/document.xml", document)
        for name, data in (extra or {}).items():
            pack.writestr(name, data)
    return made.getvalue()


def confluence(body: str, title: str = "Good") -> str:
    """The export of a space with one page."""
    body, title = (printable(each).replace("]]>", "") for each in (body, title))
    return (
        '<?xml version="1.0" encoding="UTF-8"?><hibernate-generic>'
        f'<object class="Page"><id name="id">10</id><property name="title"><![CDATA[{title}]]></property></object>'
        f'<object class="BodyContent"><id name="id">20</id><property name="body"><![CDATA[{body}]]></property>'
        '<property name="content" class="Page"><id name="id">10</id></property><property name="bodyType">2</property>'
        "</object></hibernate-generic>"
    )


def dump(text: str, title: str = "Good") -> str:
    """A dump of MediaWiki with one page."""
    return (
        f"<mediawiki><page><title>{escape(printable(title))}</title><ns>0</ns><id>1</id><revision><id>1</id><text>{escape(printable(text))}</text></revision></page>"
        "</mediawiki>"
    )


FILES: Final[dict[Kind, Callable[[str], dict[str, str | bytes]]]] = {
    "mediawiki-xml": lambda text: {"dump.xml": dump(text)},
    "dokuwiki": lambda text: {"data/pages/page.txt": text},
    "confluence-html": lambda text: {
        "page.html": f'<html><title>S : T</title><body><div id="main-content">{text}</div></body></html>'
    },
    "confluence-xml": lambda text: {"entities.xml": confluence(text)},
    "docusaurus": lambda text: {"docs/page.md": text, "docs/_category_.json": text, "sidebars.json": text},
    "mkdocs": lambda text: {"docs/page.md": text, "mkdocs.yml": "site_name: x\n"},
    "markdown": lambda text: {"page.md": text},
    "obsidian": lambda text: {"page.md": text},
    "notion": lambda text: {
        "Page 0123456789abcdef0123456789abcdef.md": text,
        "Fleet 00112233445566778899aabbccddeeff.csv": f"Name,{text}\n{text},x\n",
    },
    "html": lambda text: {"page.html": f"<html><title>{text}</title><body>{text}</body></html>"},
    "word": lambda text: {"page.docx": docx(text)},
}
"""What a source of each kind is made of, with a text as its page."""


def source_of(kind: Kind, text: str, folder: Path) -> Path:
    """A source of this kind."""
    for name, content in FILES[kind](text).items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8", "replace"))
    return folder / "dump.xml" if kind == "mediawiki-xml" else folder


def spent() -> float:
    """Seconds of this process and those that it waited for."""
    return sum(resource.getrusage(who).ru_utime for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def in_bounds(kind: Kind, source: Path, into: Path) -> None:
    """Convert what may be refused, in one sentence, and must end."""
    said = ""
    began, before = spent(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    try:
        convert(kind, source, into)
    except (InteropError, FileRefusedError) as error:
        said = error.message
    assert "\n" not in said
    assert len(said) < 1_000
    assert spent() - began < SECONDS
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < GROWN


def test_all_kinds_are_here() -> None:
    assert set(FILES) == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_pages_of_others(kind: Kind, tmp_path: Path) -> None:
    chosen = NAMES if ALL else Random(f"{kind} 1").sample(NAMES, 1)
    for number, name in enumerate(chosen):
        text = TEXTS[name][: 8_000 if ALL else 3_000]
        in_bounds(kind, source_of(kind, text, tmp_path / f"in{number}"), tmp_path / f"out{number}")


@pytest.mark.parametrize("kind", ["docusaurus", "mkdocs", "markdown", "obsidian", "notion"])
def test_headers_and_settings_of_others(kind: Kind, tmp_path: Path) -> None:
    names = sorted(HOSTILE) if ALL else Random(f"{kind} 2").sample(sorted(HOSTILE), 1)
    for number, name in enumerate(names):
        value = HOSTILE[name][0]
        source = source_of(kind, f"---\ntitle: x\nx: {value}\n---\ntext\n", tmp_path / f"in{number}")
        if source.is_dir():
            for settings in ("mkdocs.yml", "docs/.pages", "sidebars.json", "_category_.json", "docs/_category_.yml"):
                (source / settings).parent.mkdir(exist_ok=True)
                (source / settings).write_text(value)
        in_bounds(kind, source, tmp_path / f"out{number}")


@pytest.mark.parametrize(
    "head",
    [XML_BOMB, '<!DOCTYPE x [<!ENTITY i SYSTEM "file:///etc/passwd">]>', '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x">'],
)
def test_entities_of_others(head: str, tmp_path: Path) -> None:
    declared = f'<?xml version="1.0"?>{head}'
    (tmp_path / "entities.xml").write_text(
        declared + confluence("&i;").partition("?>")[2].replace("Good", "]]>&i;<![CDATA[")
    )
    (tmp_path / "dump.xml").write_text(declared + dump("x").replace(">x<", ">&i;<"))
    document = (
        f'{declared}<w:document xmlns:w="{_WORDS}"><w:body><w:p><w:r><w:t>&i;</w:t></w:r></w:p></w:body></w:document>'
    )
    (tmp_path / "page.docx").write_bytes(docx("", raw=document))
    in_bounds("confluence-xml", tmp_path, tmp_path / "a")
    in_bounds("mediawiki-xml", tmp_path / "dump.xml", tmp_path / "b")
    in_bounds("word", tmp_path / "page.docx", tmp_path / "c")
    for folder in ("a", "b", "c"):
        written = [file.read_text("utf-8", "replace") for file in (tmp_path / folder).rglob("*") if file.is_file()]
        assert "root:" not in "".join(written)
        assert "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" not in "".join(written)


@pytest.mark.parametrize(
    "content",
    [
        docx("", raw="<w:p>" * 30_000),
        docx("", raw=f"<w:p>{'<w:r><w:t>a</w:t></w:r>' * 3_000}</w:p>"),
        docx("x", extra={"word/media/a.png": bytes(50_000_000)}),
        docx("x", extra={"../../evil.md": b"x", "/evil.md": b"x"}),
        docx("x")[:-40],
        b"PK\x03\x04" + bytes(1_000),
        b"",
    ],
    ids=["nested", "many runs", "a bomb", "paths that lead out", "cut off", "no archive", "empty"],
)
def test_documents_of_others(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "page.docx").write_bytes(content)
    in_bounds("word", tmp_path / "in", tmp_path / "out")
    assert not list(tmp_path.rglob("evil.md"))


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_links_lead_nowhere(kind: Kind, packed: bool, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    text = '![](secret.png) [x](folder/secret.md) <img src="secret.png"> {{secret.png}} [[secret]] ![[secret.png]]\n'
    source = source_of(kind, f"{text}good\n", tmp_path / "in")
    root = tmp_path / "in"
    for suffix in ("md", "txt", "png", "html", "xml", "csv"):
        (outside / f"secret.{suffix}").write_text(SECRET)
    (outside / "secret.docx").write_bytes(docx(SECRET))
    folders = [root, *(place for place in root.rglob("*") if place.is_dir())]
    for folder in (*folders, root / "attachments", root / "media", root / "images", root / "static"):
        folder.mkdir(exist_ok=True)
        for file in outside.iterdir():
            (folder / file.name).symlink_to(file)
        (folder / "folder").symlink_to(outside)
    if packed:
        source = tmp_path / "source.zip"
        with zipfile.ZipFile(source, "w") as pack:
            for place in sorted(root.rglob("*")):
                name = str(place.relative_to(root))
                if place.is_symlink():
                    entry = zipfile.ZipInfo(name)
                    entry.external_attr, entry.create_system = 0o120777 << 16, 3
                    pack.writestr(entry, str(place.readlink()))
                elif place.is_file():
                    pack.write(place, name)
            pack.writestr("../escaped.md", SECRET)
            pack.writestr(str(tmp_path / "absolute.md"), SECRET)
    in_bounds(kind, source, tmp_path / "out")
    written = [file for file in (tmp_path / "out").rglob("*") if file.is_file()]
    assert not [file for file in written if file.is_symlink() or SECRET in file.read_text("utf-8", "replace")]
    assert not (tmp_path / "escaped.md").exists()
    assert not (tmp_path / "absolute.md").exists()
    if not packed:
        assert written
