"""Vaults of Obsidian, exports of Notion and Confluence, folders of HTML and of Word, and what is packed.

The samples beside this file are made by hand. Each importer was also run on public material of its kind: the English
help of Obsidian (github.com/obsidianmd/obsidian-help), a handbook as exported from Notion
(github.com/hwchase17/notion-qa), the spaces in the tests of XWiki's importer (github.com/xwiki-contrib/confluence), the
documents in the tests of mammoth (github.com/mwilliamson/mammoth.js).
"""

from __future__ import annotations

import gzip
import tempfile
import zipfile
from pathlib import Path

import pytest

from wikijs.interop import KINDS, InteropError, Kind, Report, convert
from wikijs.interop.pandoc.running import run_pandoc
from wikijs.transfer.format import PageFile, load

SAMPLES = Path(__file__).parent / "samples"


def converted(kind: Kind, source: Path | str, into: Path) -> tuple[Report, dict[str, PageFile]]:
    report = convert(kind, SAMPLES / source, into)
    return report, {name: load((into / name).read_text(encoding="utf-8"), "md") for name in report.pages}


def remarks(report: Report) -> list[str]:
    return [f"{remark.page}: {remark.text}" for remark in report.remarks]


@pytest.mark.parametrize(
    ("embedded", "shown"),
    [
        ("![[plan.png|center|400]]", "![center](/media/plan.png =400x)"),
        ("![[plan.png|A plan|40x20]]", "![A plan](/media/plan.png =40x20)"),
        ("![[plan.png| 300 ]]", "![plan.png](/media/plan.png =300x)"),
        ("![[plan.png|left|of it]]", "![left|of it](/media/plan.png)"),
        ("| a |\n|---|\n| ![[plan.png\\|center\\|40]] |", "| ![center](/media/plan.png =40x) |"),
    ],
)
def test_pictures_of_obsidian_keep_their_sizes(embedded: str, shown: str, tmp_path: Path) -> None:
    source = tmp_path / "vault"
    source.mkdir()
    (source / "plan.png").write_bytes(b"x")
    (source / "note.md").write_text(f"{embedded}\n", encoding="utf-8")
    report = convert("obsidian", source, tmp_path / "out")
    assert shown in (tmp_path / "out" / "note.md").read_text(encoding="utf-8")
    assert report.remarks == []


def test_obsidian(tmp_path: Path) -> None:
    report, pages = converted("obsidian", "obsidian", tmp_path)
    assert sorted(pages) == ["boats.md", "guide/mooring.md"]
    assert report.files == ["media/img/plan.png"]
    boats = pages["boats.md"]
    assert (boats.title, boats.tags) == ("Boats", ("harbour", "safe/boats"))
    assert boats.content.startswith(
        "See [Mooring](/guide/mooring), [the lines](/guide/mooring#two-lines), [Sails](#sails),"
        " [Mooring > knot](/guide/mooring#knot) and [Nowhere](Nowhere). #safe/boats\n"
    )
    assert "![plan.png](/media/img/plan.png =200x) and [Mooring](/guide/mooring) and ![A plan]" in boats.content
    assert (
        "> **Wet planks**\n>\n> Hold on.\n>\n> > **Tip**\n> >\n> > A rope."
        "\n> <!-- {blockquote:.is-success} -->\n<!-- {blockquote^1:.is-warning} -->" in boats.content
    )
    assert "Some <mark>marked</mark> words, `[[code]]` stays." in boats.content
    assert "not to be seen" not in boats.content
    assert "| [lines](/guide/mooring) | x |" in boats.content
    mooring = pages["guide/mooring.md"].content
    assert 'Tie up. <span id="knot"></span>' in mooring
    assert "Back to [small boats](/boats) and [a link](/boats#sails)." in mooring
    assert sorted(remarks(report)) == [
        "Boats.md: Mooring, which was embedded, is a link now.",
        "Boats.md: The link to Nowhere leads nowhere.",
        "Guide/Mooring.md: A query of the plugin dataview is kept as code; its result is not there.",
    ]


def test_notion(tmp_path: Path) -> None:
    report, pages = converted("notion", "notion", tmp_path)
    assert sorted(pages) == ["boats.md", "boats/fleet.md", "boats/fleet/bee.md", "boats/mooring.md", "boats/tags.md"]
    boats = pages["boats.md"]
    assert boats.title == "Boats"
    assert "[Mooring](/boats/mooring)" in boats.content
    assert "> 💡 Mind the **gap**.\n{.is-info}" in boats.content
    assert "[Fleet](/boats/fleet)" in boats.content
    assert "![plan](/media/" in boats.content
    assert pages["boats/fleet.md"].content == (
        "| Name | Length |\n|---|---|\n| Ada \\| one | 5<br>metres |\n| [Bee](/boats/fleet/bee) | 7 |\n"
    )
    assert "[tags](/boats/tags)" in boats.content
    assert remarks(report) == []


def test_html(tmp_path: Path) -> None:
    report, pages = converted("html", "html", tmp_path)
    assert sorted(pages) == ["guide.md", "guide/mooring.md", "home.md"]
    home = pages["home.md"]
    assert (home.title, home.description, home.tags) == ("Boats", "What floats", ("boats", "harbour"))
    assert "[mooring](/guide/mooring#two-lines), [guide](/guide), what is gone" in home.content
    assert "![The plan](/media/img/plan.png)" in home.content
    assert "Menu" not in home.content
    assert pages["guide.md"].title == "The guide"
    assert "[home](/home)" in pages["guide/mooring.md"].content
    assert remarks(report) == [
        "index.html: What is embedded from https://example.com/x is not shown.",
        "index.html: The link to gone.html leads nowhere.",
    ]


def test_confluence_space(tmp_path: Path) -> None:
    report, pages = converted("confluence-xml", "confluence-space", tmp_path)
    assert sorted(pages) == ["boats-home.md", "boats-home/mooring-lines.md"]
    home = pages["boats-home.md"]
    assert (home.title, home.tags) == ("Boats home", ("harbour",))
    assert "See [about mooring](/boats-home/mooring-lines#bow), Gone & more" in home.content
    assert "> **Careful**\n>\n> Wet planks.\n{.is-danger}" in home.content.replace("\n\n{", "\n{")
    assert "```python\nx = a < b\ny = 2\n```" in home.content
    assert "- [x] Tie up" in home.content
    assert "BOAT-1" in home.content
    assert "**DONE** 🙂" in home.content
    mooring = pages["boats-home/mooring-lines.md"].content
    assert "![plan.png](/media/12/plan.png =200x)" in mooring
    assert "[plan.png](/media/12/plan.png)" in mooring
    assert "**More lines**\n\nHidden." in mooring
    assert (tmp_path / "media/12/plan.png").read_bytes() == b"plan"
    assert sorted(remarks(report)) == [
        ": 1 older versions of pages were left out.",
        "Boats home: The list that the macro children makes is not there.",
        "Boats home: The macro jira became plain text.",
        "Boats home: The page Gone is not in the export.",
        "Mooring / Lines: The file none.png is not in the export.",
    ]


PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


def word(folder: Path, name: str, markdown: str) -> None:
    """Make a document of Word."""
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / name
    run_pandoc(markdown, "markdown", "docx", "-o", str(target))


def test_word(tmp_path: Path) -> None:
    folder = tmp_path / "documents"
    word(
        folder / "guide",
        "tying_up.docx",
        "# Tying up\n\nText with **bold**.\n\n- one\n- two\n\n| a | b |\n|---|---|\n| 1 | 2 |\n",
    )
    word(
        folder,
        "no heading.docx",
        f"---\ntitle: Just *text*\n---\n\n![](data:image/png;base64,{PNG})\n\n[x](https://e.org)\n",
    )
    (folder / "broken.docx").write_bytes(b"PK no")
    report, pages = converted("word", folder, tmp_path / "out")
    assert sorted(pages) == ["guide/tying-up.md", "no-heading.md"]
    page = pages["guide/tying-up.md"]
    assert page.title == "Tying up"
    assert page.content.startswith("Text with **bold**.\n\n- one\n- two\n")
    assert pages["no-heading.md"].title == "Just text"
    assert "](/media/no-heading.docx.media/" in pages["no-heading.md"].content
    assert "[x](https://e.org)" in pages["no-heading.md"].content
    assert len(report.files) == 1
    assert [remark.page for remark in report.remarks] == ["broken.docx"]
    single, _ = converted("word", folder / "no heading.docx", tmp_path / "single")
    assert single.pages == ["no-heading.md"]
    with pytest.raises(InteropError, match="no document of Word"):
        convert("word", SAMPLES / "html", tmp_path / "none")


def test_what_is_packed(tmp_path: Path) -> None:
    dump = tmp_path / "dump.xml.gz"
    dump.write_bytes(gzip.compress((SAMPLES / "mediawiki/dump.xml").read_bytes()))
    report = convert("mediawiki-xml", dump, tmp_path / "dump")
    assert "boats.md" in report.pages
    samples: tuple[tuple[Kind, str], ...] = (
        ("notion", "notion"),
        ("confluence-xml", "confluence-space"),
        ("obsidian", "obsidian"),
    )
    for kind, sample in samples:
        inner = tmp_path / f"ExportBlock-{kind}-Part-1.zip"
        with zipfile.ZipFile(inner, "w") as pack:
            for file in sorted((SAMPLES / sample).rglob("*")):
                pack.write(file, file.relative_to(SAMPLES / sample))
            pack.writestr("../../escape.md", "out")
            pack.writestr("__MACOSX/x.md", "no")
        outer = tmp_path / f"{kind}.zip"
        with zipfile.ZipFile(outer, "w") as pack:
            pack.write(inner, inner.name)
        packed = convert(kind, outer, tmp_path / f"{kind}-packed")
        plain = convert(kind, SAMPLES / sample, tmp_path / f"{kind}-plain")
        assert (packed.pages, packed.files) == (plain.pages, plain.files)
    assert not list(tmp_path.glob("**/escape.md"))


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_wrong_names_the_source_and_not_where_it_was_unpacked(kind: Kind, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "wrong.zip", "w") as pack:
        for name in ("bad.docx", "entities.xml", "x.bin"):
            pack.writestr(name, b"<no")
    (tmp_path / "wrong.xml.gz").write_bytes(gzip.compress(b"<no"))
    (tmp_path / "no.docx").write_bytes(b"no document")
    for name in ("wrong.zip", "wrong.xml.gz", *(["no.docx"] if kind == "word" else [])):
        with pytest.raises(InteropError) as caught:
            convert(kind, tmp_path / name, tmp_path / "out")
        assert str(tmp_path / name) in caught.value.message
        assert f"{tempfile.gettempdir()}/wikijs-" not in str(caught.value)


def test_what_cannot_be_unpacked(tmp_path: Path) -> None:
    (tmp_path / "broken.zip").write_bytes(b"no zip")
    with pytest.raises(InteropError, match="cannot be unpacked"):
        convert("notion", tmp_path / "broken.zip", tmp_path / "out")
    (tmp_path / "dump.xml.gz").write_bytes(b"no gzip")
    with pytest.raises(InteropError, match="cannot be unpacked"):
        convert("mediawiki-xml", tmp_path / "dump.xml.gz", tmp_path / "out")
    (tmp_path / "empty").mkdir()
    kinds: tuple[Kind, ...] = ("notion", "obsidian", "html", "confluence-xml")
    for kind in kinds:
        with pytest.raises(InteropError):
            convert(kind, tmp_path / "empty", tmp_path / "out")


def test_a_bomb_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def little(source: Path) -> int:
        return 1000

    monkeypatch.setattr("wikijs.interop.unpacking._most", little)
    (tmp_path / "dump.xml.gz").write_bytes(gzip.compress(bytes(100_000)))
    with pytest.raises(InteropError, match="far more"):
        convert("mediawiki-xml", tmp_path / "dump.xml.gz", tmp_path / "out")
    with zipfile.ZipFile(tmp_path / "x.zip", "w", zipfile.ZIP_DEFLATED) as pack:
        pack.writestr("a.md", bytes(100_000))
    with pytest.raises(InteropError, match="far more"):
        convert("notion", tmp_path / "x.zip", tmp_path / "out")


def test_html_of_one_file_and_what_is_wrong_with_it(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("<p>Text <a href='#x'>x</a> <a href='http://['>y</a> <img src='none.png'></p>")
    (tmp_path / "b.html").write_text("<p>Other</p>")
    report, pages = converted("html", tmp_path / "a.html", tmp_path / "out")
    assert {name: page.title for name, page in pages.items()} == {"a-pages.md": "a"}
    assert "a.html: The image none.png is not there." in remarks(report)


def test_notion_tables_that_are_none(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in/A.md").write_text("# A\n\n<aside>\nnever closed\n")
    (tmp_path / "in/empty.csv").write_text("")
    (tmp_path / "in/long.csv").write_text("Name\n" + "x\n" * 2_100)
    (tmp_path / "in/bad.csv").write_text('Name\n"' + "x" * 200_000 + '"\n')
    report, pages = converted("notion", tmp_path / "in", tmp_path / "out")
    assert sorted(pages) == ["a-pages.md", "long.md"]
    assert "never closed" in pages["a-pages.md"].content
    assert "long.csv: Of its 2100 rows only the first 1999 are shown." in remarks(report)
    assert any(text.startswith("bad.csv: It was left out") for text in remarks(report))


def space(folder: Path, body: str, more: str = "") -> Path:
    """An export with one page."""
    folder.mkdir()
    (folder / "entities.xml").write_text(
        '<hibernate-generic><object class="Page"><id name="id">1</id><property name="title">One</property></object>'
        f'<object class="BodyContent"><id name="id">2</id><property name="body"><![CDATA[{body}]]></property>'
        '<property name="content"><id name="id">1</id></property></object>'
        f"{more}</hibernate-generic>"
    )
    return folder


def test_what_confluence_stores(tmp_path: Path) -> None:
    body = (
        '<p><ac:link><ri:user ri:userkey="u"/></ac:link> <ac:link ac:anchor="here"><ac:link-body><b>down</b>'
        '</ac:link-body></ac:link> <ac:image><ri:url ri:value="https://e.org/x.png"/></ac:image><ac:image></ac:image></p>'
        '<ac:image ac:alt="A"><ri:url ri:value="https://e.org/y.png"/><ac:caption><p>Below</p></ac:caption></ac:image>'
        '<ac:structured-macro ac:name="panel"><ac:rich-text-body><p>In a panel</p></ac:rich-text-body>'
        '</ac:structured-macro><ac:structured-macro ac:name="info"/><p><ac:structured-macro ac:name="anchor">'
        '<ac:parameter ac:name="">here</ac:parameter></ac:structured-macro>Target</p>'
        '<ac:structured-macro ac:name="noformat"><ac:plain-text-body>never ends</ac:plain-text-body>'
        "</ac:structured-macro>"
    )
    report, pages = converted("confluence-xml", space(tmp_path / "space", body), tmp_path / "out")
    text = pages["one.md"].content
    for part in (
        "**down**",
        "![A](https://e.org/y.png)",
        "*Below*",
        "> In a panel\n{.is-info}",
        "never ends",
        "Target",
    ):
        assert part in text.replace("\n\n{", "\n{"), part
    assert "One: A mention of a user has no name in the export." in remarks(report)
    assert "One: An image names no file." in remarks(report)


def test_pictures_in_links_lead_to_the_page_and_widgets_keep_their_address(tmp_path: Path) -> None:
    body = (
        '<h1><ac:link><ri:page ri:content-title="One" /><ac:link-body><ac:image><ri:attachment ri:filename="next.jpg">'
        '<ri:page ri:content-title="Other" /></ri:attachment></ac:image></ac:link-body></ac:link></h1>'
        '<p><ac:link><ri:page ri:content-title="One" /><ac:link-body><ac:image ac:alt="N"><ri:url'
        ' ri:value="https://e.example/n.jpg" /></ac:image></ac:link-body></ac:link></p>'
        '<p>See <ac:structured-macro ac:name="widget"><ac:parameter ac:name="url">'
        '<ri:url ri:value="https://v.example/watch?v=1" /></ac:parameter></ac:structured-macro></p>'
    )
    _, pages = converted("confluence-xml", space(tmp_path / "space", body), tmp_path / "out")
    text = pages["one.md"].content
    assert "[next.jpg](/one)" in text  # its file is not in the export
    assert "[![N](https://e.example/n.jpg)](/one)" in text
    assert "See <https://v.example/watch?v=1>" in text


def test_a_control_character_stops_no_space(tmp_path: Path) -> None:
    """Confluence writes into its export what a user typed, though XML has no place for it."""
    body = "<p>Hello \x02world\x08.</p>\x01"
    _, pages = converted("confluence-xml", space(tmp_path / "space", body), tmp_path / "out")
    assert pages["one.md"].content == "Hello world.\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_dump_in_any_encoding_is_read_though_there_are_control_characters(encoding: str, tmp_path: Path) -> None:
    text = "Żółw\x07" if encoding != "utf-16" else "Żółw ā"  # which has a byte of a control character
    page = f"<page><title>T</title><ns>0</ns><revision><text>{text}</text></revision></page>"
    dump = tmp_path / "dump.xml"
    dump.write_bytes(f"<mediawiki>{page}</mediawiki>".encode(encoding))
    _, pages = converted("mediawiki-xml", dump, tmp_path / "out")
    (page_file,) = pages.values()
    assert page_file.content.strip() == text.rstrip("\x07")


def test_spaces_that_are_none(tmp_path: Path) -> None:
    empty = space(tmp_path / "empty", "")
    (empty / "entities.xml").write_text("<hibernate-generic/>")
    with pytest.raises(InteropError, match="no page of Confluence"):
        convert("confluence-xml", empty, tmp_path / "out")
    (empty / "entities.xml").write_text("<a>" * 100_000)
    with pytest.raises(InteropError):
        convert("confluence-xml", empty, tmp_path / "out")
