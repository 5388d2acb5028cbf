"""Pages that lost text, or stopped the rest, and what must hold of them now: one small site each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

import pytest

from wikijs.interop import Kind, Report, convert
from wikijs.transfer.format import load

LONG = "Ж" * 130


@dataclass(frozen=True)
class Converted:
    """What became of a site: texts of pages by file, and what was told."""

    pages: Mapping[str, str]
    report: Report

    @property
    def text(self) -> str:
        return "\n".join(self.pages.values())

    @property
    def told(self) -> str:
        return "\n".join(f"{remark.page}: {remark.text}" for remark in self.report.remarks)


def of_files(kind: Kind, folder: Path, files: Mapping[str, str | bytes]) -> Converted:
    source = folder / "source"
    for name, content in files.items():
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return converted(kind, source, folder)


def of_dump(folder: Path, pages: Sequence[tuple[str, str]], information: str = "", front: str = "") -> Converted:
    source = folder / "dump.xml"
    bodies = "".join(
        f"<page><title>{escape(title)}</title><ns>0</ns><revision><text>{escape(text)}</text></revision></page>"
        for title, text in pages
    )
    source.write_text(f"{front}<mediawiki><siteinfo>{information}</siteinfo>{bodies}</mediawiki>", encoding="utf-8")
    return converted("mediawiki-xml", source, folder)


def converted(kind: Kind, source: Path, folder: Path) -> Converted:
    report = convert(kind, source, folder / "out")
    pages = {name: (folder / "out" / name).read_text(encoding="utf-8") for name in report.pages}
    return Converted(pages, report)


def body(text: str) -> str:
    return load(text, "md").content


class TestMediaWiki:
    @pytest.mark.parametrize(
        ("markup", "keeps", "lacks"),
        [
            ("{|\n! A !! B\n|-\n| x || y<br>z\n|}", ["| x   | y<br>z |"], ["[TABLE]"]),
            ("{|\n! A\n|-\n|\n* xray\n* yard\n|}", ["<li>xray</li>", "<li>yard</li>"], ["[TABLE]"]),
            ("{|\n! A\n|-\n|\npara one\n\npara two\n|}", ["para one<br><br>para two"], ["[TABLE]"]),
            ("{|\n| a || b\n|-\n| c || d || extra\n|}", ["extra"], []),
            ("{|\n| a\n|-\n| c || d ||  || last\n|}", ["last"], []),
            ("{|\n! A\n|-\n| <code>p|q</code>\n|}", ["<code>p&#124;q</code>"], ["p\\|q"]),
            ("{|\n! A\n|-\n|\n{|\n| inner\n|}\n|}", ["inner"], ["[TABLE]"]),
            ("<b>bold</b> <i>slanted</i> <s>gone</s>", ["**bold** *slanted* ~~gone~~"], ["<b>"]),
            (
                "x<sup>2</sup> y<sub>3</sub> <u>u</u> <kbd>K</kbd>",
                ["x<sup>2</sup> y<sub>3</sub> <u>u</u> <kbd>K</kbd>"],
                [],
            ),
            ("[mailto:team@example.org write us] [tel:+1555 call]", ["(mailto:team@example.org)", "(tel:+1555)"], []),
            ("Type <username> and <foo-bar>", ["\\<username\\>", "\\<foo-bar\\>"], []),
            ("<math>x^2</math> costs $5 and $6", ["$x^2$", "\\$5 and \\$6"], []),
            ("text<ref>a note</ref>", ["text[^1]", "[^1]: a note"], []),
            ("in {braces} and {braces}", ["in {braces} and {<!-- -->braces}"], []),
            ("a ~tilde~ and ^caret^", ["\\~tilde\\~", "\\^caret\\^"], []),
            ("__NOTOC__\ntext", ["text"], ["NOTOC"]),
            ("<gallery>\nFile:A.png|a cap\nB.png\n</gallery>", ["a cap", "A.png", "B.png"], ["%7C", "<gallery"]),
            ("<syntaxhighlight lang='python'>\na\n\n\nb\n</syntaxhighlight>", ["```python\na\n\n\nb\n```"], []),
            ("<pre>[[Category:Kept]]</pre>", ["[[Category:Kept]]"], []),
            ("[[File:A.png|50px|pic]]", ["![pic](/A.png =50x)\n\n*pic*"], []),
            ("[[#Own part]]\n\n== Own part ==\nx", ["(#own-part)"], []),
        ],
    )
    def test_what_it_shows_is_shown(self, markup: str, keeps: list[str], lacks: list[str], tmp_path: Path) -> None:
        site = of_dump(tmp_path, [("Page", markup)])
        assert [text for text in keeps if text not in site.text] == []
        assert [text for text in lacks if text in site.text] == []
        assert "not to be seen" not in site.told

    @pytest.mark.parametrize("markup", ["{|\n| a\ntext", "<pre>abc text", "<div><ref>text</div>"])
    def test_one_bad_page_stops_nothing(self, markup: str, tmp_path: Path) -> None:
        site = of_dump(tmp_path, [("Good", "fine"), ("Bad", markup)])
        assert "fine" in site.text
        assert "text" in site.text

    def test_only_the_bad_part_of_a_page_is_kept_as_code(self, tmp_path: Path) -> None:
        site = of_dump(tmp_path, [("Page", "== One ==\n'''good'''\n\n== Two ==\n{|\n| open\n\n== Three ==\nfine")])
        assert "## One\n\n**good**" in site.text
        assert "```\n== Two ==\n{|\n| open\n```" in site.text
        assert "## Three\n\nfine" in site.text
        assert "Page: A part of it could not be translated and is kept as code" in site.told

    def test_anchors_are_those_of_the_wiki(self, tmp_path: Path) -> None:
        pages = [
            ("Aa", "[[Bb#What's new?|x]] [[Bb#Same_2]] [[Bb#No such]] [[Bb#What.27s_new.3F|old]]"),
            ("Bb", "== What's new? ==\ny\n== Same ==\n== Same =="),
        ]
        site = of_dump(tmp_path, pages)
        assert "(/bb-pages#whats-new)" in site.text
        assert "[old](/bb-pages#whats-new)" in site.text
        assert "(/bb-pages#same-1)" in site.text
        assert "Aa: There is no heading #No_such on Bb." in site.told

    def test_subpages(self, tmp_path: Path) -> None:
        site = of_dump(
            tmp_path, [("Aa", "[[/Sub]] [[/Sub/|short]]"), ("Aa/Sub", "[[../|up]] [[../Other]]"), ("Aa/Other", "x")]
        )
        assert "(/aa-pages/sub)" in site.pages["aa-pages.md"]
        assert "[short](/aa-pages/sub)" in site.pages["aa-pages.md"]
        assert "[up](/aa-pages)" in site.pages["aa-pages/sub.md"]
        assert "(/aa-pages/other)" in site.pages["aa-pages/sub.md"]

    def test_a_dump_names_its_own_namespaces(self, tmp_path: Path) -> None:
        information = (
            "<base>https://x/wiki/Portada</base><namespaces><namespace key='14'>Categoría</namespace>"
            "<namespace key='6'>Archivo</namespace></namespaces>"
        )
        text = "text [[Categoría:Cosas]] [[:Categoría:Cosas|list]] [[Archivo:A.png|miniatur|cap]]"
        site = of_dump(tmp_path, [("Portada", text)], information)
        assert load(site.pages["home.md"], "md").tags == ("cosas",)
        assert "[list](/t/cosas)" in site.text
        assert "Categoría" not in site.text
        assert "![cap](/A.png)" in site.text

    def test_a_title_that_is_too_long_is_shortened_and_told(self, tmp_path: Path) -> None:
        site = of_dump(tmp_path, [(LONG, "x"), (f"{LONG}ж", "y")])
        assert len(site.pages) == 2
        assert f"{LONG}: Its path is too long and was shortened to {'ж' * 100}." in site.told

    def test_a_dump_with_a_document_type_is_read(self, tmp_path: Path) -> None:
        site = of_dump(tmp_path, [("Page", "text")], front="<!DOCTYPE mediawiki>")
        assert "text" in site.text

    def test_a_dump_that_ends_too_early_gives_what_it_has(self, tmp_path: Path) -> None:
        source = tmp_path / "dump.xml"
        page = "<page><title>Page</title><ns>0</ns><revision><text>text</text></revision></page>"
        source.write_text(f"<mediawiki>{page}<page><title>Half", encoding="utf-8")
        site = converted("mediawiki-xml", source, tmp_path)
        assert "text" in site.text
        assert "The dump ends too early, after 1 pages" in site.told

    def test_what_gets_lost_is_told(self, tmp_path: Path) -> None:
        site = of_dump(tmp_path, [("Page", "seen {{T|one}}")])
        assert "'{{T|one}}' was left as it is." in site.told


class TestDokuWiki:
    def test_names_that_are_encoded(self, tmp_path: Path) -> None:
        files = {"pages/%C3%BCber.txt": "====== Über ======\nx", "pages/start.txt": "[[über]] [[Über#x|y]] [[uber]]"}
        site = of_files("dokuwiki", tmp_path, files)
        assert sorted(site.pages) == ["home.md", "über.md"]
        assert "[y](/über" in site.pages["home.md"]

    @pytest.mark.parametrize(
        ("markup", "keeps", "lacks"),
        [
            ("^ A ^ B ^\n| x \\\\ y | z |", ["x<br>y", "z"], ["[TABLE]"]),
            ("{{ :m.pdf |Manual}}", ["[Manual](/media/m.pdf)"], ["!["]),
            ("{{ :p.png?20x30 |Picture}}", ["![Picture](/media/p.png =20x30)"], []),
            ("a\n\n<html><h1>Important</h1></html>\n\nb", ["<h1>Important</h1>"], []),
            ("  * <todo #>done</todo>\n  * <todo>open</todo>", ["- [x] done", "- [ ] open"], ["todo"]),
            ("<WRAP info>\nwrapped\n</WRAP>", ["wrapped"], ["WRAP"]),
            ("[[team@example.org|mail]] <b@example.org>", ["(mailto:team@example.org)", "b@example.org"], []),
            ("<code>\na\n\n\nb\n</code>", ["```\na\n\n\nb\n```"], []),
            ("x<sub>1</sub> y<sup>2</sup> <del>z</del>", ["x<sub>1</sub> y<sup>2</sup> ~~z~~"], []),
            ("note((a foot note))", ["note[^1]", "[^1]: a foot note"], []),
            ("Type <username> here", ["\\<username\\>"], []),
        ],
    )
    def test_what_it_shows_is_shown(self, markup: str, keeps: list[str], lacks: list[str], tmp_path: Path) -> None:
        files = {"pages/page.txt": markup, "media/m.pdf": "x", "media/p.png": "x"}
        site = of_files("dokuwiki", tmp_path, files)
        assert [text for text in keeps if text not in site.text] == []
        assert [text for text in lacks if text in site.text] == []
        assert "not to be seen" not in site.told

    @pytest.mark.parametrize(
        ("text", "keeps"),
        [
            ("^a^b^\n|1|[[p|q]]|\n|3|4|more|\n", ["more"]),
            ("|a|\n|{{x.png|b}}|c|d|", ["| c", "| d"]),
            (
                "see [[https://e.example/a|[source, 2018]]] and [[https://e.example|b]]",
                ["[\\[source, 2018\\]](https://e.example/a)"],
            ),
            (
                "write %%{{tag>one two}}%% or <nowiki>{{tag>three}}</nowiki>\n{{tag>real}}",
                ["one two", "three", "tags: real\n"],
            ),
            ("x\n\n<file> ----\n|  map|14|\n ----\n</file>\ny", ["```\n ----\n|  map|14|\n"]),
            ("x\n\n<code python> a = 1\nb = 2\n</code>\ny", [" a = 1\nb = 2\n"]),
        ],
    )
    def test_what_real_wikis_lost_stays(self, text: str, keeps: list[str], tmp_path: Path) -> None:
        """Cells beyond those of the first row, brackets in the text of a link, tags that are shown and not meant, and
        code that begins where its element does.
        """
        site = of_files("dokuwiki", tmp_path, {"pages/page.txt": text})
        assert [each for each in keeps if each not in site.text] == []
        assert "not to be seen" not in site.told

    def test_a_page_with_a_title_only_is_one_that_the_import_takes(self, tmp_path: Path) -> None:
        files = {"pages/playground/playground.txt": "====== PlayGround ======\n", "pages/bb.txt": "x"}
        site = of_files("dokuwiki", tmp_path, files)
        assert body(site.pages["playground/playground.md"]) == "# PlayGround\n"
        assert "playground:playground: It has a title and nothing else" in site.told

    def test_another_encoding_is_told_and_stops_nothing(self, tmp_path: Path) -> None:
        site = of_files("dokuwiki", tmp_path, {"pages/page.txt": b"\xe4", "pages/other.txt": "fine"})
        assert body(site.pages["page.md"]) == "ä\n"
        assert "fine" in site.text
        assert "page: It is no text in UTF-8" in site.told

    @pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
    def test_a_mark_of_the_encoding_is_no_text(self, encoding: str, tmp_path: Path) -> None:
        site = of_files("dokuwiki", tmp_path, {"pages/page.txt": "====== Title ======\nx".encode(encoding)})
        assert "title: Title" in site.text

    def test_what_the_wiki_takes_out_is_told(self, tmp_path: Path) -> None:
        files = {"pages/page.txt": "<html><iframe src='https://v.example'></iframe></html>"}
        site = of_files("dokuwiki", tmp_path, files)
        assert "stays in the source, but the wiki does not show it" in site.told

    def test_plugins_and_what_was_taken_off_are_told(self, tmp_path: Path) -> None:
        site = of_files("dokuwiki", tmp_path, {"pages/page.txt": "~~NOTOC~~ {{rss>http://x}} <WRAP box>a</WRAP>"})
        assert "'~~NOTOC~~' belongs to a plugin" in site.told
        assert "'{{rss>http://x}}' belongs to a plugin" in site.told
        assert "'<WRAP box>' belongs to a plugin and was taken off" in site.told


class TestConfluence:
    @pytest.mark.parametrize(
        ("html", "keeps", "lacks"),
        [
            ("<p>Type &lt;username&gt; here</p>", ["\\<username\\>"], ["Type <username>"]),
            ("<pre>a\n\n\nb</pre>", ["```\na\n\n\nb\n```"], []),
            ("<pre>\ta  b\n\n   c</pre>", ["```\n\ta  b\n\n   c\n```"], []),
            ("<table><tr><th>A</th><th>B|C</th></tr><tr><td>1</td><td>2</td></tr></table>", ["B\\|C"], ["B|C"]),
            (
                "<table><tr><th>A</th></tr><tr><td><ul><li>x</li><li>y</li></ul></td></tr></table>",
                ["<li>x</li>", "<li>y</li>"],
                ["- x - y"],
            ),
            ("<table><tr><th>A</th></tr><tr><td><p>x</p><p>y</p></td></tr></table>", ["x<br><br>y"], []),
            ("<table><tr><td><pre>a\n\nb</pre></td></tr></table>", ["<pre>", "a", "b"], ["\n\nb"]),
            ("<p># not a heading</p><p>+ no list</p><p>1. no list</p>", ["\\# not", "\\+ no", "1\\. no"], []),
            ("<ul class='inline-task-list'><li class='checked'>d</li><li>o</li></ul>", ["- [x] d", "- [ ] o"], []),
            ("<p>mark <img class='emoticon' alt='(tick)' src='x.png'/></p>", ["mark (tick)"], ["!["]),
            (
                "<p>a <img class='emoticon' data-emoji-fallback=':check_mark:' data-emoticon-name='tick' alt='(tick)'>"
                " b <img class='emoticon' data-emoji-fallback='😀' alt='(laugh)'>"
                " c <img class='emoticon' data-emoji-fallback=':own:' alt='(own)'>"
                " d <img class='emoticon' data-emoji-fallback=':own:'></p>",
                ["a ✅ b 😀 c (own) d :own:"],
                ["check_mark"],
            ),
            (
                "<p><img src='attachments/1/2.png' data-linked-resource-default-alias='Overview.png'></p>",
                ["![Overview.png](/media/attachments/1/2.png)"],
                [],
            ),
            ("<p><img src='attachments/1/2.png' width='200'></p>", ["![2.png](/media/attachments/1/2.png =200x)"], []),
            ("<p><a href='attachments/1/2.png'>file</a></p>", ["[file](/media/attachments/1/2.png)"], []),
            ("<p>ends in {braces}</p>", ["{<!-- -->braces}"], []),
            ("<p><a href='mailto:a@example.org'>a</a></p>", ["(mailto:a@example.org)"], []),
        ],
    )
    def test_what_it_shows_is_shown(self, html: str, keeps: list[str], lacks: list[str], tmp_path: Path) -> None:
        site = of_files("confluence-html", tmp_path, {"P_1.html": html, "attachments/1/2.png": "x"})
        assert [text for text in keeps if text not in site.text] == []
        assert [text for text in lacks if text in site.text] == []
        assert "not to be seen" not in site.told

    def test_anchors_lead_to_the_headings(self, tmp_path: Path) -> None:
        files = {
            "A_1.html": "<p><a href='B_2.html#B-Whatsnew'>x</a> <a href='#A-Own'>y</a></p><h2 id='A-Own'>Own!</h2>",
            "B_2.html": "<h2 id='B-Whatsnew'>What's new</h2><p>t</p>",
        }
        site = of_files("confluence-html", tmp_path, files)
        assert "[x](/b-pages#whats-new) [y](#own)" in site.text

    def test_boxes_in_boxes(self, tmp_path: Path) -> None:
        tip = "<div class='confluence-information-macro confluence-information-macro-tip'><p>in</p></div>"
        html = f"<div class='confluence-information-macro confluence-information-macro-note'><p>out</p>{tip}</div>"
        site = of_files("confluence-html", tmp_path, {"P_1.html": html})
        assert "> out\n>\n> > in\n> <!-- {blockquote:.is-success} -->\n<!-- {blockquote^1:.is-warning} -->" in site.text

    def test_what_is_embedded_is_told(self, tmp_path: Path) -> None:
        site = of_files("confluence-html", tmp_path, {"P_1.html": "<p>x</p><iframe src='https://v.example'></iframe>"})
        assert "What is embedded from https://v.example is not shown." in site.told


class TestMkDocs:
    @pytest.mark.parametrize(
        ("markdown", "keeps", "lacks"),
        [
            ("---\n---\n\n# H\n\nKEPT1\n\n---\n\nmore", ["title: H", "KEPT1"], []),
            ("---\n\nKEPT2\n\n---\n\nrest", ["KEPT2", "rest"], []),
            ("---\ntitle: Short\n---\n# A long heading\n\nx", ["title: Short", "# A long heading"], []),
            ("---\ntitle: Same\n---\n# Same\n\nx", ["title: Same"], ["# Same"]),
            ("[a long\ntext](bb.md)", ["[a long\ntext](/bb-pages)"], []),
            ("[x](<bb.md>) [y]( bb.md 'T')", ["[x](/bb-pages)", "[y]( /bb-pages 'T')"], ["bb.md"]),
            ("[ref]\n\n[ref]: <bb.md>", ["[ref]: /bb-pages"], []),
            ("| a |\n|---|\n| x \\| [l](bb.md) |", ["[l](/bb-pages)"], ["bb.md"]),
            ("text[^1]\n\n[^1]: See\n", ["[^1]: See"], []),
            ("!!! note\n\tText\n\tmore\n", ["> Text\n> more"], ["\tText"]),
            ("Title\n=====\n\nx", ["title: Title"], ["====="]),
            ("<!-- licence -->\n\n# Title {#t}\n\nx", ["title: Title"], []),
            ("---\ntitle: Foo: bar\n---\nx", ["title: 'Foo: bar'"], []),
            ("---\ntitle: Only\n---", ["title: Only"], []),
            ("---\ndraft: true\n---\nx", ["isPublished: false"], []),
            (
                "```md\n[a](bb.md)\n```\n\n    [b](bb.md)\n\n`[c](bb.md)`",
                ["[a](bb.md)", "[b](bb.md)", "[c](bb.md)"],
                [],
            ),
            ("==marked== and ++ctrl+c++", ["<mark>marked</mark>", "<kbd>ctrl</kbd>+<kbd>c</kbd>"], []),
            ("[m](mailto:a@example.org) [t](tel:+1)", ["(mailto:a@example.org)", "(tel:+1)"], []),
        ],
    )
    def test_what_it_shows_is_shown(self, markdown: str, keeps: list[str], lacks: list[str], tmp_path: Path) -> None:
        site = of_files("mkdocs", tmp_path, {"docs/aa.md": markdown, "docs/bb.md": "x"})
        text = site.pages["aa-pages.md"]
        assert [each for each in keeps if each not in text] == []
        assert [each for each in lacks if each in text] == []
        assert "not to be seen" not in site.told

    @pytest.mark.parametrize(
        ("text", "told"),
        [
            (b"---\ntitle: [a\n---\nx", "bad.md: Its front matter is broken"),
            (b"---\ntitle: x\n\ny", "bad.md: Its front matter has no end."),
            (b"\xff\xe9t\xe9", "bad.md: It is no text in UTF-8"),
            (b"::: pkg.module\n", "bad.md: Documentation made of code was not made: ::: pkg.module"),
            (b"a :material-check: b", "bad.md: An icon was left as it is: :material-check:"),
        ],
    )
    def test_what_is_odd_is_told_and_stops_nothing(self, text: bytes, told: str, tmp_path: Path) -> None:
        site = of_files("mkdocs", tmp_path, {"docs/bad.md": text, "docs/good.md": "fine"})
        assert "fine" in site.text
        assert told in site.told

    def test_pictures_in_html_are_relative_to_the_address_of_the_page(self, tmp_path: Path) -> None:
        files = {"docs/guide/page.md": '<img src="../../img/a.png"> ![b](../img/a.png)', "docs/img/a.png": "x"}
        text = of_files("mkdocs", tmp_path, files).pages["guide/page.md"]
        assert '<img src="/media/img/a.png">' in text
        assert "![b](/media/img/a.png)" in text

    def test_the_navigation_names_pages_first(self, tmp_path: Path) -> None:
        files = {
            "mkdocs.yaml": "nav:\n  - Named: aa.md\n  - bb.md\n",
            "docs/aa.md": "---\ntitle: Said\n---\n# Heading\n",
            "docs/bb.md": "# Heading\n\nx",
            "docs/some_name.md": "x",
        }
        site = of_files("mkdocs", tmp_path, files)
        titles = {name: load(text, "md").title for name, text in site.pages.items()}
        assert titles == {"aa-pages.md": "Named", "bb-pages.md": "Heading", "some-name.md": "Some name"}
        assert "# Heading" in site.pages["aa-pages.md"]

    def test_anchors_of_headings_that_are_alike(self, tmp_path: Path) -> None:
        files = {
            "docs/aa.md": "[x](bb.md#sails-masts_1) [y](bb.md#2-two) [z](bb.md#title) [o](bb.md#own) [n](#no)",
            "docs/bb.md": "# Title\n\n## Sails & masts\n\n## Sails & masts\n\n## 2. Two\n\n## Mine {#own}\n",
        }
        site = of_files("mkdocs", tmp_path, files)
        assert "[x](/bb-pages#sails-masts-1) [y](/bb-pages#h-2-two) [z](/bb-pages) [o](/bb-pages#own)" in site.text
        assert "aa.md: There is no heading #no on this page." in site.told

    def test_file_names_with_letters_taken_apart(self, tmp_path: Path) -> None:
        site = of_files("mkdocs", tmp_path, {"docs/u\u0308ber.md": "x"})
        assert list(site.pages) == ["über.md"]

    def test_files_that_nobody_could_download_get_another_name(self, tmp_path: Path) -> None:
        site = of_files("mkdocs", tmp_path, {"docs/aa.md": "[x](a.txt)", "docs/a.txt": "text"})
        assert "[x](/media/a-txt.bin)" in site.text
        assert "aa.md: The file a.txt is renamed to a-txt.bin" in site.told


class TestDocusaurus:
    def test_all_kinds_of_links(self, tmp_path: Path) -> None:
        intro = (
            "[a](/docs/guides/start) [b](./guides/start) [c](@site/docs/guides/02-start.md) "
            "[d](guides/02-start.md#x)\n"
            "[e](/docs/next/by-slug) ![f](@site/static/img/a.png) ![g](/img/a.png) "
            '<Link to="/docs/guides/start">h</Link>\n'
            "<img src={require('./local.png').default} /> <img src={useBaseUrl('/img/a.png')} /> [i](/docs/the-id)\n"
        )
        files = {
            "docs/01-intro.md": intro,
            "docs/local.png": "x",
            "docs/guides/02-start.md": "## X\n[up](../01-intro.md) [url](../intro)",
            "docs/named.md": "---\nslug: /by-slug\n---\nx",
            "docs/other.md": "---\nid: the-id\n---\nx",
            "static/img/a.png": "x",
        }
        site = of_files("docusaurus", tmp_path, files)
        text = site.pages["intro.md"]
        assert "[a](/guides/start) [b](/guides/start) [c](/guides/start) [d](/guides/start#x)" in text
        assert '[e](/by-slug) ![f](/media/img/a.png) ![g](/media/img/a.png) <a href="/guides/start">h</a>' in text
        assert '<img src="/media/local.png" /> <img src="/media/img/a.png" /> [i](/the-id)' in text
        assert "[up](/intro) [url](/intro)" in site.pages["guides/start.md"]
        assert "nowhere" not in site.told

    def test_a_site_in_a_folder_of_its_own(self, tmp_path: Path) -> None:
        config = "export default { baseUrl: '/base/', docs: { path: '../docs', routeBasePath: 'handbook' } }"
        files = {
            "website/docusaurus.config.js": config,
            "website/static/img/a.png": "x",
            "website/blog/x.md": "x",
            "docs/aa.md": "[x](/base/handbook/bb) ![y](/img/a.png)",
            "docs/bb.md": "x",
        }
        site = of_files("docusaurus", tmp_path, files)
        assert "[x](/bb-pages) ![y](/media/img/a.png)" in site.text
        assert "The folder blog was left out." in site.told

    def test_dates_and_versions_are_no_numbers_in_front(self, tmp_path: Path) -> None:
        names = ["docs/01-one.md", "docs/2024-01-02-news.md", "docs/7.0-notes.md", "docs/1. Two.md"]
        site = of_files("docusaurus", tmp_path, dict.fromkeys(names, "x"))
        assert sorted(site.pages) == ["2024-01-02-news.md", "7-0-notes.md", "one.md", "two.md"]

    def test_tabs_modules_and_comments(self, tmp_path: Path) -> None:
        text = (
            'import Tabs from \'@theme/Tabs\';\n\n<Tabs>\n<TabItem value="n" label="npm">\n\nrun\n\n'
            "</TabItem>\n</Tabs>\n\n"
            "{/* hidden */}\n\n```js\nimport x from 'y';\n```\n\nimport this is text\n\nvalue {props.x} here\n"
        )
        site = of_files("docusaurus", tmp_path, {"docs/aa.md": text})
        page = site.text
        assert "**npm**\n\n\nrun" in page
        assert "import x from 'y';" in page
        assert "import this is text" in page
        assert "hidden" not in page
        assert "@theme" not in page
        assert "aa.md: Code of MDX was left out: import Tabs from '@theme/Tabs';" in site.told
        assert "aa.md: An expression was left as it is: {props.x}" in site.told

    def test_anchors_are_those_of_the_wiki(self, tmp_path: Path) -> None:
        files = {"docs/aa.md": "[x](bb.md#sails--masts-1)", "docs/bb.md": "## Sails & masts\n\n## Sails & masts\n"}
        assert "(/bb-pages#sails-masts-1)" in of_files("docusaurus", tmp_path, files).text


def test_what_is_written_is_what_the_import_takes_and_the_rest_is_told(tmp_path: Path) -> None:
    huge = "x" * (6 * 1024 * 1024)
    site = of_files("mkdocs", tmp_path, {"docs/huge.md": huge, "docs/good.md": "fine"})
    assert list(site.pages) == ["good.md"]
    assert "huge.md: It was left out." in site.told


def test_titles_and_tags_that_are_too_long_are_told(tmp_path: Path) -> None:
    text = f"---\ntitle: {'t' * 300}\ntags: [ok, {'g' * 300}]\n---\nx"
    site = of_files("mkdocs", tmp_path, {"docs/aa.md": text})
    page = load(site.text, "md")
    assert (len(page.title or ""), page.tags) == (255, ("ok",))
    assert "The title is cut off after 255 characters" in site.told
    assert "A tag is too long and was left out" in site.told


def test_names_that_are_one_to_some_file_systems_get_a_number(tmp_path: Path) -> None:
    site = of_files("mkdocs", tmp_path, {"docs/straße.md": "x", "docs/strasse.md": "y"})
    assert len({name.casefold() for name in site.pages}) == 2
