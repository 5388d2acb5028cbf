"""Sites of other programs become pages: links and images rewritten, what did not convert in the report."""

from __future__ import annotations

from pathlib import Path

import pytest

from wikijs.interop import InteropError, Kind, Report, convert
from wikijs.transfer.format import load

SAMPLES = Path(__file__).parent / "samples"


def converted(kind: Kind, source: str, into: Path, **options: str) -> Report:
    return convert(kind, SAMPLES / source, into, **options)


def remarks(report: Report) -> list[str]:
    return [f"{remark.page}: {remark.text}" for remark in report.remarks]


def test_mediawiki(tmp_path: Path) -> None:
    report = converted("mediawiki-xml", "mediawiki/dump.xml", tmp_path)
    assert sorted(report.pages) == ["boats.md", "home.md", "knots-ropes.md"]
    assert report.files == ["media/red-boat.png"]
    assert (tmp_path / "media/red-boat.png").read_bytes() == b"png"  # not the thumbnail
    home = load((tmp_path / "home.md").read_text(encoding="utf-8"), "md")
    assert (home.title, home.tags) == ("Main Page", ("start", "all pages"))
    assert "[our knots](/knots-ropes), see [boat](/boats) and Nowhere." in home.content  # by a redirect, and to nothing
    assert "![A red boat](/media/red-boat.png =200x)" in home.content
    assert "(/boats#sails-and-masts)" in home.content
    assert "Old text" not in home.content
    assert "| Ann  | 7      |" in (tmp_path / "boats.md").read_text(encoding="utf-8")
    assert remarks(report) == [
        ": 1 pages of other namespaces (talk, users, templates, files) were left out.",
        "Main Page: The page Nowhere is not in the dump.",
        "Main Page: '{{Infobox|name=Boat}}' was left as it is.",
        "Main Page: There is no heading #Sails_and_masts on Boats.",
    ]


def test_dokuwiki(tmp_path: Path) -> None:
    report = converted("dokuwiki", "dokuwiki", tmp_path)
    assert sorted(report.pages) == ["guide.md", "guide/mooring.md", "home.md"]
    home = load((tmp_path / "home.md").read_text(encoding="utf-8"), "md")
    assert (home.title, home.tags) == ("Harbour", ("harbour", "boats"))
    assert "[mooring guide](/guide/mooring), [guide](/guide) and missing." in home.content
    assert "![The plan](/media/guide-plan.png =200x)" in home.content
    assert '"[[not a link]]"' in home.content
    assert "Go [on](/guide/mooring#lines), or [home](/home)." in (tmp_path / "guide.md").read_text(encoding="utf-8")
    assert "[start](/home)" in (tmp_path / "guide/mooring.md").read_text(encoding="utf-8")
    assert remarks(report) == [
        "guide:start: There is no heading #lines on guide:mooring.",
        "start: '~~NOTOC~~' belongs to a plugin and was not translated.",
        "start: The page missing does not exist.",
    ]


def test_confluence(tmp_path: Path) -> None:
    report = converted("confluence-html", "confluence", tmp_path)
    assert sorted(report.pages) == ["boats-home.md", "boats-home/mooring-lines.md"]
    home = (tmp_path / "boats-home.md").read_text(encoding="utf-8")
    assert "[about mooring](/boats-home/mooring-lines#lines), what is gone" in home
    assert "> Wet planks.\n{.is-danger}\n" in home
    assert "```python\nx = 1\ny = 2\n```" in home
    page = load((tmp_path / "boats-home/mooring-lines.md").read_text(encoding="utf-8"), "md")
    assert (page.title, page.tags) == ("Mooring / Lines", ("harbour",))
    assert "| Line | Length |\n|------|--------|\n| Bow  | 5      |" in page.content
    assert "![13.png](/media/attachments/12/13.png)" in page.content
    assert remarks(report) == [
        "Home_10.html: The macro roadmap became plain text.",
        "Home_10.html: The link to Gone_99.html leads nowhere.",
        "Home_10.html: There is no heading #lines on Mooring_12.html.",
        "Mooring_12.html: The image attachments/12/77.png is not in the export.",
    ]


def test_mkdocs(tmp_path: Path) -> None:
    report = converted("mkdocs", "mkdocs", tmp_path)
    assert sorted(report.pages) == ["guide/mooring.md", "home.md"]
    home = (tmp_path / "home.md").read_text(encoding="utf-8")
    assert '[mooring](/guide/mooring#lines "Lines"), the ![plan](/media/img/harbour-plan.png)' in home
    assert "[![plan](/media/img/harbour-plan.png)](/guide/mooring)" in home
    assert '<img alt="x" src="/media/img/harbour-plan.png">' in home
    assert "[outside](https://example.com/a(b)), [mail](mailto:a@b.c), [here](#boats)" in home
    assert (
        "> **Wet planks**\n>\n> Hold on.\n>\n> ```text\n> [not](a.md) a link\n> ```\n<!-- {blockquote:.is-warning} -->"
        in home
    )
    assert "> **Note**\n>\n> Hidden.\n{.is-info}" in home
    assert "**Linux**\n\nText." in home
    assert "`[code](guide/mooring.md)` stays." in home
    assert "[ref]: /guide/mooring" in home
    page = load((tmp_path / "guide/mooring.md").read_text(encoding="utf-8"), "md")
    assert (page.title, page.description, page.tags) == ("Tying up", "How to tie up", ("harbour", "safe boats"))
    assert remarks(report) == [
        'index.md: A snippet was not included: --8<-- "other.md"',
        "index.md: The link to nowhere.md leads nowhere.",
        "index.md: There is no heading #lines on guide/mooring.md.",
    ]


def test_docusaurus(tmp_path: Path) -> None:
    report = converted("docusaurus", "docusaurus", tmp_path, prefix="Old Docs")
    assert sorted(report.pages) == ["old-docs.md", "old-docs/guide/mooring.md"]
    home = load((tmp_path / "old-docs.md").read_text(encoding="utf-8"), "md")
    assert (home.title, home.tags) == ("Welcome", ("start",))
    assert "[mooring](/old-docs/guide/mooring) and ![logo](/media/old-docs/img/logo.svg)" in home.content
    page = load((tmp_path / "old-docs/guide/mooring.md").read_text(encoding="utf-8"), "md")
    assert (page.title, page.is_published) == ("Mooring", False)
    assert "> **Mind the gap**" in page.content
    assert "> > Hold on.\n> <!-- {blockquote:.is-success} -->\n<!-- {blockquote^1:.is-danger} -->" in page.content
    assert "[the start](/old-docs)" in page.content
    assert remarks(report) == [
        "intro.mdx: Code of MDX was left out: import Tabs from '@theme/Tabs';",
        "intro.mdx: A component was left out, not what is in it: <Tabs>",
    ]


def test_another_locale_is_a_folder(tmp_path: Path) -> None:
    report = converted("mkdocs", "mkdocs", tmp_path, locale="de")
    assert "de/home.md" in report.pages


def test_progress_is_told(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    convert(
        "mkdocs", SAMPLES / "mkdocs" / "mkdocs.yml", tmp_path, progress=lambda done, total: told.append((done, total))
    )
    assert told == [(1, 2), (2, 2)]


BAD = {
    "mediawiki-xml": {"x.xml": b"<mediawiki/>"},
    "dokuwiki": {"pages/empty.md": b""},
    "confluence-html": {"page.html": b"<p>Not Confluence</p>"},
    "docusaurus": {"docs/_hidden.md": b"x"},
    "mkdocs": {"docs/picture.png": b"x"},
}


@pytest.mark.parametrize("kind", BAD)
def test_a_source_that_is_something_else_is_one_sentence(kind: Kind, tmp_path: Path) -> None:
    for name, content in BAD[kind].items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    source = tmp_path / "x.xml" if kind == "mediawiki-xml" else tmp_path
    with pytest.raises(InteropError, match=r"holds no (page|Markdown)"):
        convert(kind, source, tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("kind", "name", "content", "message"),
    [
        ("mediawiki-xml", "x.xml", b"<mediawiki><page>", "is no XML"),
        ("mediawiki-xml", "missing", b"", "cannot be read"),
        ("mkdocs", "mkdocs.yml", b"a: [", "is no YAML"),
    ],
)
def test_broken_files_are_one_sentence(kind: Kind, name: str, content: bytes, message: str, tmp_path: Path) -> None:
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    if name != "missing":
        (tmp_path / name).write_bytes(content)
    source = tmp_path / name if kind == "mediawiki-xml" else tmp_path
    with pytest.raises(InteropError, match=message):
        convert(kind, source, tmp_path / "out")


@pytest.mark.parametrize(
    ("kind", "source", "module"),
    [
        ("mediawiki-xml", "mediawiki/dump.xml", "defusedxml.ElementTree"),
        ("dokuwiki", "dokuwiki", "pypandoc"),
        ("confluence-html", "confluence", "bs4"),
    ],
)
def test_without_the_extra_it_says_what_to_install(
    kind: Kind, source: str, module: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys

    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(InteropError, match=r"py-wikijs\[interop\]"):
        converted(kind, source, tmp_path)


def test_without_pandoc_itself_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import pypandoc

    def missing() -> str:
        raise OSError("No pandoc was found")

    monkeypatch.setattr(pypandoc, "get_pandoc_path", missing)
    with pytest.raises(InteropError, match="install pandoc"):
        converted("dokuwiki", "dokuwiki", tmp_path)
