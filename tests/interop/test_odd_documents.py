"""Documents of Word made by hand, part by part: what pandoc passes over is kept or told."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path
from typing import Final

import pytest

from .test_cases import Converted, converted

_SPACE: Final = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_MORE: Final = (
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:v="urn:schemas-microsoft-com:vml"'
)
_RELATIONS: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_STYLES: Final = (
    '<w:style w:type="paragraph" w:styleId="berschrift1"><w:name w:val="heading 1"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="Titre2"><w:name w:val="heading 2"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="Verfasser"><w:name w:val="Author"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="Datum"><w:name w:val="Date"/></w:style>'
)


def p(text: str, style: str = "", marks: str = "") -> str:
    look = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{look}<w:r><w:rPr>{marks}</w:rPr><w:t xml:space='preserve'>{text}</w:t></w:r></w:p>"


def cell(inner: str, more: str = "") -> str:
    return f"<w:tc><w:tcPr>{more}</w:tcPr>{inner}</w:tc>"


def table(*rows: str) -> str:
    made = "".join(f"<w:tr>{row}</w:tr>" for row in rows)
    return f"<w:tbl><w:tblGrid><w:gridCol w:w='900'/><w:gridCol w:w='900'/></w:tblGrid>{made}</w:tbl>"


def document(folder: Path, body: str, **parts: str) -> Converted:
    """Make a document, convert it."""
    source = folder / "page.docx"
    source.write_bytes(packed(body, **parts))
    return converted("word", source, folder)


def packed(body: str, **parts: str) -> bytes:
    """A document with this body, and these parts beside it."""
    kinds = {"header": "header1", "footer": "footer1"}
    relations = "".join(
        f'<Relationship Id="r{name}" Type="{_RELATIONS}/{kind}" Target="{name}.xml"/>'
        for kind in ("styles", "numbering", "footnotes", "endnotes", "comments", "header", "footer")
        for name in [kinds.get(kind, kind)]
    )
    relations += (
        f'<Relationship Id="r1" Type="{_RELATIONS}/hyperlink" Target="https://e.example/a" TargetMode="External"/>'
    )
    files = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType='
        '"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>',
        "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="r0" Type="{_RELATIONS}/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/_rels/document.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
        f'relationships">{relations}</Relationships>',
        "word/document.xml": f"<w:document {_SPACE} {_MORE}><w:body>{body}</w:body></w:document>",
        "word/styles.xml": f"<w:styles {_SPACE}>{_STYLES}</w:styles>",
    }
    for name, inner in parts.items():
        root = {"header1": "hdr", "footer1": "ftr"}.get(name, name)
        files[f"word/{name}.xml"] = f"<w:{root} {_SPACE} {_MORE}>{inner}</w:{root}>"
    made = BytesIO()
    with zipfile.ZipFile(made, "w") as pack:
        for name, content in files.items():
            pack.writestr(name, f'<?xml version="1.0" encoding="UTF-8"?>{content}')
    return made.getvalue()


_BOX: Final = (
    "<w:p><w:r><w:t>before</w:t></w:r><w:r><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><wps:txbx>"
    f"<w:txbxContent>{p('boxed')}</w:txbxContent></wps:txbx></w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox>"
    f"<w:txbxContent>{p('boxed')}</w:txbxContent></v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>"
)
_BULLETS: Final = (
    '<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/><w:lvlText w:val="-"/></w:lvl>'
    '</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
)
_LISTED: Final = (
    '<w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr></w:pPr><w:r><w:t>{}</w:t></w:r></w:p>'
)
_NOTE: Final = '<w:p><w:r><w:t>text</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r></w:p>'


@pytest.mark.parametrize(
    ("body", "parts", "keeps", "told"),
    [
        (
            p("Kopf", "berschrift1") + p("Unten", "Titre2") + p("x"),
            {},
            ["title: Kopf", "## Unten"],
            "",
        ),
        (p("Eva Muster", "Verfasser") + p("1. Mai", "Datum") + p("x"), {}, ["Eva Muster", "Mai", "x"], ""),
        (
            table(cell(table(cell(p("deep")) + cell(p("er")))) + cell(p("out")), cell(p("a")) + cell(p("b") + p("c"))),
            {},
            ["deep", "er", "out", "b<br", "c"],
            "",
        ),
        (
            table(
                cell(p("wide"), '<w:gridSpan w:val="2"/>'),
                cell(p("tall"), '<w:vMerge w:val="restart"/>') + cell(p("one")),
                cell(p(""), "<w:vMerge/>") + cell(p("two")),
            ),
            {},
            ["wide", "tall", "one", "two"],
            "",
        ),
        (p("x") + p("2", marks='<w:vertAlign w:val="superscript"/>'), {}, ["<sup>2</sup>"], ""),
        (
            '<w:p><w:hyperlink r:id="r1" w:anchor="part"><w:r><w:t>link</w:t></w:r></w:hyperlink></w:p>',
            {},
            ["[link](https://e.example/a#part)"],
            "",
        ),
        (_NOTE, {"footnotes": f'<w:footnote w:id="2">{p("noted")}</w:footnote>'}, ["text[^1]", "[^1]: noted"], ""),
        (_BOX, {}, ["before"], "boxed"),
        (
            p("x"),
            {"header1": p("Internal paper")},
            ["x"],
            "head and the foot of its pages was left out: 'Internal paper'",
        ),
        (
            '<w:p><w:ins w:id="1" w:author="A"><w:r><w:t>new</w:t></w:r></w:ins>'
            '<w:del w:id="2" w:author="A"><w:r><w:delText>old</w:delText></w:r></w:del></w:p>',
            {},
            ["new"],
            "deleted while changes were tracked was left out: 'old'",
        ),
        (p("x"), {"comments": f'<w:comment w:id="1">{p("hm")}</w:comment>'}, ["x"], "Its comments were left out: 1."),
        (p("a") + '<w:p><w:r><w:br w:type="page"/><w:t>b</w:t></w:r></w:p>', {}, ["a\n\nb"], ""),
        (
            "<w:p><m:oMath><m:sSup><m:e><m:r><m:t>x</m:t></m:r></m:e><m:sup><m:r><m:t>2</m:t></m:r></m:sup></m:sSup>"
            "</m:oMath></w:p>",
            {},
            ["$x^{2}$"],
            "",
        ),
        (p("Type &lt;name&gt; and *this* | # that"), {}, ["\\<name\\>", "\\*this\\*"], ""),
        (p("shown") + p("secret", marks="<w:vanish/>"), {}, ["shown"], ""),
        (
            "<w:p><w:pPr><w:framePr w:dropCap='drop'/></w:pPr><w:r><w:t>D</w:t></w:r></w:p>" + p("rop cap"),
            {},
            ["\nDrop cap\n"],
            "",
        ),
        (
            table(cell(_LISTED.format("one") + _LISTED.format("two")) + cell(p("x"))),
            {"numbering": _BULLETS},
            ["<li><p>one</p></li>", "<li><p>two</p></li>"],
            "",
        ),
    ],
)
def test_what_a_document_says_is_kept_or_told(
    body: str, parts: dict[str, str], keeps: list[str], told: str, tmp_path: Path
) -> None:
    site = document(tmp_path, body, **parts)
    assert [text for text in keeps if text not in site.text] == []
    if told:
        assert told in site.text + site.told
    else:
        assert site.told == ""


def test_numbers_of_lists_are_no_words(tmp_path: Path) -> None:
    numbers = (
        '<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/>'
        '<w:lvlText w:val="%1."/></w:lvl></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    )
    site = document(tmp_path, _LISTED.format("one") + _LISTED.format("two"), numbering=numbers)
    assert "1.  one\n\n2.  two" in site.text
    assert site.told == ""


_PICTURE: Final = (
    "<w:p><w:r><w:drawing><wp:inline><wp:extent cx='990000' cy='990000'/><wp:docPr id='1' name='x' descr='{}'/>"
    "<a:graphic><a:graphicData><pic:pic><pic:blipFill><a:blip r:{}='rimage'/></pic:blipFill></pic:pic></a:graphicData>"
    "</a:graphic></wp:inline></w:drawing></w:r></w:p>"
)
_DRAWN: Final = "http://schemas.openxmlformats.org/drawingml/2006/"


def _illustrated(picture: str, name: str, target: str) -> bytes:
    """A document that shows a picture of this name, which its relations call so."""
    made = BytesIO()
    with zipfile.ZipFile(BytesIO(packed(p("text") + picture))) as old, zipfile.ZipFile(made, "w") as new:
        for each in old.namelist():
            text = old.read(each).decode()
            text = text.replace(
                "</Relationships>",
                f'<Relationship Id="rimage" Type="{_RELATIONS}/image" Target="{target}"/></Relationships>',
            )
            spaces = " ".join(
                f'xmlns:{short}="{_DRAWN}{long}"'
                for short, long in (("a", "main"), ("pic", "picture"), ("wp", "wordprocessingDrawing"))
            )
            new.writestr(each, text.replace("<w:document ", f"<w:document {spaces} "))
        new.writestr(name, b"x")
    return made.getvalue()


@pytest.mark.parametrize(
    ("name", "said", "line"),
    [
        ("Bild ü 1.png", "Ein schönes Bild", "![Ein schönes Bild](/media/mein-text-u.docx.media/bild-u-1.png"),
        (
            "a(1).PNG",
            "a | &lt;b&gt; [c] &quot;d&quot;",
            r'![a \| \<b\> \[c\] "d"](/media/mein-text-u.docx.media/a-1-.png',
        ),
        ("image1.png", "", "![](/media/mein-text-u.docx.media/image1.png"),
    ],
)
def test_images_with_their_names_and_what_they_say(name: str, said: str, line: str, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    content = _illustrated(_PICTURE.format(said, "embed"), f"word/media/{name}", f"media/{name}")
    (tmp_path / "in" / "Mein Text ü.docx").write_bytes(content)
    site = converted("word", tmp_path / "in", tmp_path)
    assert line in site.text
    assert len(site.report.files) == 1
    assert site.told == ""


@pytest.mark.parametrize(
    ("use", "place", "target"),
    [("embed", "word/media/Bild.png", "media/B%69ld.png"), ("link", "word/media/a.png", "https://e.example/a.png")],
)
def test_an_image_that_is_not_taken_is_told(use: str, place: str, target: str, tmp_path: Path) -> None:
    source = tmp_path / "page.docx"
    source.write_bytes(_illustrated(_PICTURE.format("said", use), place, target))
    assert "are missing: 1." in converted("word", source, tmp_path).told
