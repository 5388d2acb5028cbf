"""The same kinds of odd pages as in `test_cases`, in other spellings, nestings and programs: one line each."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Final

import pytest

from wikijs.interop import InteropError, Kind, convert
from wikijs.transfer.header import front_matter

from .test_cases import of_dump, of_files

_PLACES: Final[dict[Kind, str]] = {
    "dokuwiki": "pages/page.txt",
    "confluence-html": "P_1.html",
    "mkdocs": "docs/page.md",
    "docusaurus": "docs/page.md",
    "obsidian": "page.md",
}
_BESIDE: Final[dict[Kind, dict[str, str]]] = {
    "dokuwiki": {
        "pages/top.txt": "t",
        "pages/boat/boat.txt": "n",
        "media/p.png": "x",
        "media/m.pdf": "x",
    },
    "mkdocs": {"docs/bb.md": "x", "docs/img.png": "x"},
}


@pytest.mark.parametrize(
    ("markup", "keeps", "lacks"),
    [
        (":{|\n| indented\n|}\nafter", ["| indented |", "after"], ["\\|"]),
        ("{|\n| a<br />b<br/>c\n|}", ["a<br>b<br>c"], ["[TABLE]"]),
        ("{|\n|\n# one\n## deep\n|}", ["<li>deep</li>"], ["[TABLE]"]),
        ("[//e.example p] [bitcoin:abc b] [urn:x u]", ["[p](https://e.example) [b](bitcoin:abc) [u](urn:x)"], []),
        ("<mark>m</mark>", ["<mark>m</mark>"], []),
        (
            "<noinclude>a [[Category:X]]</noinclude> b <includeonly>hidden</includeonly><onlyinclude>c</onlyinclude>",
            ["a b c", "tags: x"],
            ["include", "hidden"],
        ),
        ("[[Category:A]] [[Category:B]] text\n [[Category:C]]\nmore", ["text more"], ["`"]),
        ("<div>never closed", ["never closed"], []),
        ('a<ref name="n">note</ref> b<ref name=n />', ["a[^1] b[^2]", "[^1]: note", "[^2]: note"], []),
        ("[[Bb]]'s {{T}}s", ["Bb's"], []),
        ("'''“A”'''bc", ["<strong>“A”</strong>bc"], ["**"]),
        ("no ''yes ''so and '' then'' end", ["no *yes* so and *then* end"], []),
        ("'' first'' x", ["\n*first* x"], ["`"]),
        ("'''''both''''' or '''''more''''', x", ["***both*** or ***more***, x"], ["''"]),
        ("has ''yet'' but ''open\nnext '''a ''b\nz", ["*yet* but *open* next '*a* b z"], ["''"]),
        (
            "the ''Iliad'''s end, '''bold''' in ''Aeneid'' L''''x''' z",
            ["the <em>Iliad'</em>s end, **bold** in *Aeneid* L'**x** z"],
            ["''"],
        ),
        ("''One'''s and ''Two''.", ["<em>One'</em>s and *Two*."], ["''"]),
        ("<code>^<nowiki>]</nowiki></code> x", ["`^]` x"], []),
        ("== a ''b ==\nx {{t|''y}} z", ["## a", "z"], ["= ''"]),
        ("x<ref>Some:\n* one\n* two\n\nthree</ref> rest", ["x[^1] rest", "[^1]: Some:", "• one", "• two", "three"], []),
        ("# a <blockquote>most\ndeal</blockquote>\n# b", ["most deal", "> ", "b"], []),
        ("* a</ref> c", ["- a c"], ["ref"]),
        ("[DOI:10.1/x] [Note: z] [mailto:a@b.c m]", ["\\[DOI:10.1/x\\] \\[Note: z\\] [m](mailto:a@b.c)"], []),
        ("{|\n| 37<ref>{{cite\n| a = b\n}}</ref>\n| x\n|}", ["| 37[^1] | x   |"], ["ref"]),
        ("{|\n| 37.260<ref>n</ref>\n|\n* x\n|}", ["37.260<a", "<li>x</li>"], []),
        ("{| class=big\n| '''open\n|-\n| b\n|}", ["open", "| b "], ["big"]),
        ("[[File:A.png|thumb|[[Bb|Bbb]]s in {{t|y}} [[Bb]]]]", ["Bbbs in"], []),
    ],
)
def test_mediawiki(markup: str, keeps: list[str], lacks: list[str], tmp_path: Path) -> None:
    site = of_dump(tmp_path, [("Page", markup)])
    assert [text for text in keeps if text not in site.text] == []
    assert [text for text in lacks if text in site.text] == []
    assert "not to be seen" not in site.told


@pytest.mark.parametrize(
    ("kind", "markup", "keeps", "lacks"),
    [
        ("dokuwiki", "| a | b |\n| ::: | c |\n| ::: | d |", ['<td rowspan="3">a</td>', "d"], [":::"]),
        (
            "dokuwiki",
            "| <code>x|y</code> | <code php>a\n  b</code> |",
            ["<code>x&#124;y</code>", "`a`<br>`b`"],
            ["```"],
        ),
        ("dokuwiki", "[[top|{{p.png|cap}}]]", ["[![cap](/media/p.png)](/top)"], ["{{"]),
        ("dokuwiki", "[[gone|{{p.png|cap}}]]", ["![cap](/media/p.png)"], ["{{"]),
        ("dokuwiki", "[[boat:|x]]", ["[x](/boat/boat)"], []),
        ("dokuwiki", "[[this>doku.php|t]] {{p.png?0x40}}", ["t ![p.png](/media/p.png =x40)"], []),
        ("dokuwiki", "{{youtube>abc}} x", ["{{youtube\\>abc}} x"], []),
        ("dokuwiki", "<php>echo 1;</php>\n<PHP>\nrun();\n</PHP>", ["`echo 1;`", "```php\nrun();\n```"], ["<?php"]),
        ("dokuwiki", "x\n===== [[top|L]] **b** =====\ny", ["## \\[\\[top\\|L\\]\\] \\*\\*b\\*\\*"], []),
        (
            "confluence-html",
            "<p>a<br/>- b<br/>1. c<br/>===<br/># d<br/>+ e<br/>```</p><p>---</p>",
            ["\\- b\\", "1\\. c\\", "\\===\\", "\\# d\\", "\\+ e\\", "\\`\\`\\`", "\n\\---\n"],
            [],
        ),
        ("confluence-html", "<pre>a<br/>- b\n---</pre>", ["a\n- b\n---"], ["\\"]),
        (
            "confluence-html",
            "<p>a<strong>.x</strong>b 是<strong>“重要”</strong>的 <i>c</i><b>d</b> (<b>e</b>)</p>",
            ["a<strong>.x</strong>b 是<strong>“重要”</strong>的 *c*<strong>d</strong> (**e**)"],
            [],
        ),
        ("mkdocs", "[![img\nx](img.png)\n](bb.md)", ["x](/media/img.png)\n](/bb-pages)"], []),
        (
            "mkdocs",
            "see <img\n  src='../img.png'\n  width=20> and <a\n href='../bb/'>x</a>",
            ["/media/img.png", "'/bb-pages'"],
            [],
        ),
        ("mkdocs", "[x](bb.html) [y](bb.md){: .cls #i }", ["[x](/bb-pages) [y](/bb-pages){.cls #i}"], ["{:"]),
        ("mkdocs", '!!!note "It\'s \\"q\\""\n    x', ['> **It\'s \\"q\\"**\n>\n> x'], ["!!!"]),
        (
            "mkdocs",
            '+++\ntitle = "Toml"\ntags = ["a"]\ndraft = true\n+++\nx',
            ["title: Toml", "tags: a", "isPublished: false"],
            ["+++"],
        ),
        ("mkdocs", '{\n  "title": "Json"\n}\n\nx', ["title: Json"], ["{"]),
        ("mkdocs", '{\n  "a": 1\n}\n\nx', ['"a": 1'], []),
        ("mkdocs", "---\ntags:\n\t- a\n\t- b\n---\nx", ["tags: a, b"], []),
    ],
)  # fmt: skip
def test_files(kind: Kind, markup: str, keeps: list[str], lacks: list[str], tmp_path: Path) -> None:
    site = of_files(kind, tmp_path, {_PLACES[kind]: markup, **_BESIDE.get(kind, {})})
    text = next(text for name, text in site.pages.items() if name.startswith("p"))
    assert [each for each in keeps if each not in text] == []
    assert [each for each in lacks if each in text] == []
    assert "not to be seen" not in site.told


@pytest.mark.parametrize(
    ("kind", "markup", "keeps", "lacks"),
    [
        (
            "docusaurus",
            '<TabItem value="a" label="A">one</TabItem>\n\n<Admonition type="tip" title="T">two</Admonition>',
            ["**A**\n\none", "> **T**\n>\n> two\n{.is-success}"],
            ["<"],
        ),
        ("docusaurus", "```\n<Admonition>x</Admonition>\n```", ["<Admonition>x</Admonition>"], [":::"]),
        ("docusaurus", "[a](../docs/bb.md) [b](./bb.html)", ["[a](/bb-pages) [b](/bb-pages)"], []),
        (
            "obsidian",
            "![a|50](i.png) ![e|10x20](https://e.example/a.png) \\#no #yes",
            ["![a](/media/i.png =50x) ![e](https://e.example/a.png =10x20)", "tags: 'yes'"],
            [],
        ),
        (
            "notion",
            "```html\n<aside>\n```\n\n<aside>\n💡 A\n\n```py\nif x:\n    y\n```\n</aside>",
            ["```html\n<aside>\n```", ">     y"],
            [],
        ),
        ("html", "<h2 id=a>Head<a href='#a'></a></h2>text", ["## Head\n\ntext"], ["#a"]),
        ("html", "<ul><li><pre>a</pre></li></ul><p>b<br>- c</p>", ["- ```\n  a\n  ```", "\\- c"], ["wjs"]),
        ("html", "<p><s><u><s>a</s></u></s> <b><b>b</b></b></p>", ["~~<u>a</u>~~ **b**"], []),
        ("html", "<title>Named</title><p>text", ["title: Named", "text"], ["Named\n\n"]),
    ],
)  # fmt: skip
def test_links_and_boxes(kind: Kind, markup: str, keeps: list[str], lacks: list[str], tmp_path: Path) -> None:
    beside = {"docs/bb.md": "x"} if kind == "docusaurus" else {"i.png": "x"}
    site = of_files(kind, tmp_path, {_PLACES.get(kind, "page.html" if kind == "html" else "page.md"): markup, **beside})
    text = site.pages["page.md"]
    assert [each for each in keeps if each not in text] == []
    assert [each for each in lacks if each in text] == []
    assert "not to be seen" not in site.told


def test_html_in_the_encoding_that_it_names(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    page = "<meta charset=windows-1251><p>Привет".encode("windows-1251")
    site = of_files("html", tmp_path, {"page.html": page, "other.html": "<p>ä".encode("latin-1")})
    assert "Привет" in site.pages["page.md"]
    assert "ä" in site.pages["other.md"]
    assert "other.html: It is no text in UTF-8" in site.told
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("====== Größe ======\nÄpfel".encode("utf-16-le"), "Äpfel"),
        ("====== Größe ======\nÄpfel".encode("utf-16-be"), "Äpfel"),
        ("====== Größe ======\nÄpfel".encode("utf-32"), "Äpfel"),
        (b"\xc3\xa4 and \xe4 are both", "ä and ä are both"),
        (b"a\x00b\x01c", "abc"),
    ],
)
def test_texts_in_other_encodings(content: bytes, text: str, tmp_path: Path) -> None:
    site = of_files("dokuwiki", tmp_path, {"pages/page.txt": content})
    assert text in site.text
    assert "not to be seen" not in site.told


@pytest.mark.parametrize(
    ("value", "title"),
    [
        ("Foo: bar", "Foo: bar"),
        ("{{ name }}", "{{ name }}"),
        ("*x*", "*x*"),
        ("!important", "!important"),
        ("& more", "& more"),
        ("| x", "| x"),
        ('"a \\d b"', "a \\d b"),
    ],
)
def test_a_value_without_its_quotes_is_read_and_told(value: str, title: str) -> None:
    found = front_matter(f"---\ntitle: {value}\n---\nx")
    assert found.fields == {"title": title}
    assert found.mended.startswith("Its front matter is broken: ")
    assert found.body == "x"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("+++\ntitle = T\n+++\nx", "Its front matter is broken: "),
        ("+++\ntitle = 'T'\n\nx", "Its front matter has no end."),
        ("+++\n\nx", ""),
        ('{\n  "title": \n}\n', ""),
    ],
)
def test_toml_and_json_that_are_none_stay(text: str, problem: str) -> None:
    found = front_matter(text)
    assert found.body == text
    assert found.problem.startswith(problem)
    assert bool(problem) == bool(found.problem)


def test_a_file_that_is_no_configuration_is_refused_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "page.md").write_text("x", encoding="utf-8")
    (tmp_path / "other.txt").write_text("x", encoding="utf-8")
    with pytest.raises(InteropError, match=r"other\.txt is no configuration of MkDocs"):
        convert("mkdocs", tmp_path / "other.txt", tmp_path / "out")


_FACTS: Final = "Title: My page\nSummary: About it\n    and more\nTags: a\n\n# H\n\ntext"


@pytest.mark.parametrize(
    ("kind", "markup", "keeps", "lacks"),
    [
        # signs that the wiki would show as pictures
        (
            "confluence-html",
            "<p>a :smile: b :) <code>:smile:</code> c:100:d</p>",
            [":<!-- -->smile: b :<!-- -->)"],
            ["`:<"],
        ),
        ("dokuwiki", "[[https://e.example/:smile:/x|:+1:]]", ["https://e.example/:smile:/x", "[:<!-- -->+1:]"], []),
        ("obsidian", "std::vector::x :tada: `:tada:`", ["std::vector::x :<!-- -->tada: `:tada:`"], []),
        ("mkdocs", "a :smile: b", ["a :smile: b"], ["<!--"]),
        # boxes in quotations and lists
        (
            "mkdocs",
            "> !!! note\n>     in\n>\n> after",
            ["> > **Note**\n> >\n> > in\n> <!-- {blockquote:.is-info} -->\n>\n> after"],
            ["!!!"],
        ),
        (
            "mkdocs",
            '> > ??? tip "T"\n> >     in',
            ["> > > **T**\n> > >\n> > > in\n> > <!-- {blockquote:.is-success} -->"],
            ["???"],
        ),
        ("mkdocs", "> ```\n> !!! note\n>     x\n> ```", ["> !!! note\n>     x"], []),
        ("mkdocs", "```\n> !!! note\n```", ["> !!! note"], []),
        (
            "docusaurus",
            "> :::tip\n> in\n> :::\n\nout",
            ["> > **Tip**\n> >\n> > in\n> <!-- {blockquote:.is-success} -->\n\nout"],
            [":::"],
        ),
        (
            "docusaurus",
            "1. a\n\n    :::note\n\n    x\n\n    :::",
            ["    > x\n   <!-- {blockquote:.is-info} -->"],
            [">     x"],
        ),
        (
            "obsidian",
            "- a\n  > [!tip] T\n  > x\n- b",
            ["- a\n  > **T**\n  >\n  > x\n  <!-- {blockquote:.is-success} -->\n\n- b"],
            [],
        ),
        ("obsidian", "- > [!bug]\n  > x", ["- > **Bug**\n  >\n  > x\n  <!-- {blockquote:.is-danger} -->"], []),
        (
            "obsidian",
            "> [!note] A\n> > [!tip]\n> > in",
            ["> > **Tip**\n> >\n> > in\n> <!-- {blockquote:.is-success} -->\n<!-- {blockquote^1:.is-info} -->"],
            [],
        ),
        (
            "obsidian",
            "- a\n\t> [!tip] T\n\t> x",
            ["- a\n\t> **T**\n\t>\n\t> x\n  <!-- {blockquote:.is-success} -->"],
            ["tip]"],
        ),
        ("obsidian", "    > [!note] code\n", ["    > [!note] code"], ["{."]),
        # blocks right behind something
        ("obsidian", "[[page]]^one\n\n[[page#^one]]", ['<span id="one"></span>', "[page > one](/page#one)"], ["^one"]),
        # backslashes in cells
        (
            "html",
            "<table><tr><th>h</th></tr><tr><td>x\\|y <b>p\\|q</b></td></tr></table>",
            ["x\\\\&#124;y **p\\\\&#124;q**"],
            [],
        ),
        (
            "html",
            "<table><tr><th>h</th></tr><tr><td><code>*a*\\|_b_</code></td></tr></table>",
            ["&#42;a&#42;&#92;&#124;"],
            [],
        ),
        # cells beyond the columns that a table names
        (
            "html",
            "<table><colgroup><col><col></colgroup><tr><th>a</th><th>b</th><th>c</th></tr><tr><td>1</td><td>2</td>"
            "<td>3</td></tr></table>",
            ["| a   | b   | c   |", "| 1   | 2   | 3   |"],
            [],
        ),
        (
            "confluence-html",
            "<table><colgroup><col/></colgroup><tr><td>a</td><td>b</td></tr></table>",
            ["| a   | b   |"],
            [],
        ),
        (
            "html",
            "<a href='https://e.example' title='Tip'>x</a> <a href='https://f.example' title='Y'>y</a>",
            ['(https://e.example "Tip")', "(https://f.example)"],
            [],
        ),
        # facts of MultiMarkdown, which MkDocs reads
        ("mkdocs", _FACTS, ["title: My page", "tags: a", "\n# H\n\ntext"], ["Summary"]),
        ("mkdocs", "Note: this is\ntext", ["Note: this is\ntext"], []),
    ],
)
def test_signs_boxes_and_cells(kind: Kind, markup: str, keeps: list[str], lacks: list[str], tmp_path: Path) -> None:
    place = {**_PLACES, "html": "page.html"}[kind]
    site = of_files(kind, tmp_path, {place: markup})
    text = next(iter(site.pages.values()))
    assert [each for each in keeps if each not in text] == []
    assert [each for each in lacks if each in text] == []
    assert "not to be seen" not in site.told


def test_links_to_the_old_confluence_lead_to_the_new_pages(tmp_path: Path) -> None:
    links = [
        "/wiki/spaces/KEY/pages/22/Other+page",
        "https://old.example/wiki/spaces/KEY/pages/22",
        "https://old.example/wiki/spaces/KEY/pages/edit-v2/22?draftShareId=1",
        "https://old.example/pages/viewpage.action?pageId=22",
    ]
    page = (
        "<p>"
        + "".join(f"<a href='{link}'>x</a>" for link in [*links, "https://old.example/spaces/K/pages/99"])
        + "</p>"
    )
    files = {"P_11.html": page, "22.html": "<title>KEY : Other page</title><div id='main-content'>o</div>"}
    site = of_files("confluence-html", tmp_path, files)
    assert site.pages["p-pages.md"].count("[x](/other-page)") == len(links)
    assert "https://old.example/spaces/K/pages/99" in site.text


def test_a_page_that_is_a_folder_and_what_stands_below_a_page(tmp_path: Path) -> None:
    frame = (
        "<div id='page'><div id='main-header'><ol id='breadcrumbs'><li><a href='index.html'>Key</a></li></ol>"
        "<h1 id='title-heading'><span id='title-text'>Key : {}</span></h1></div><div id='content'>"
        "<div class='page-metadata'>Created by Ann</div>{}</div><div id='footer'>made by</div></div>"
    )
    below = (
        "<div id='main-content'>text <a href='attachments/1/used.pdf'>used</a></div><div class='pageSection group'>"
        "<h2 id='attachments'>Attachments:</h2><a href='attachments/1/used.pdf'>used.pdf</a>"
        "<a href='attachments/1/2.pdf'>left.pdf</a></div><div class='pageSection group'>"
        "<h2 id='comments'>Comments:</h2>"
        "<table><tr><td id='comment-1'>hm</td></tr></table></div>"
    )
    files = {
        "F_1.html": frame.format("Folder", ""),
        "P_2.html": frame.format("Page", below),
        "attachments/1/used.pdf": "x",
    }
    site = of_files("confluence-html", tmp_path, files)
    assert "# Folder\n" in site.pages["folder.md"]
    assert "index.html" not in site.told
    assert "P_2.html: Attachments that its text does not show were left out: left.pdf." in site.told
    assert "P_2.html: Its comments were left out: 1." in site.told


def test_a_dump_in_an_archive_or_a_folder(tmp_path: Path) -> None:
    page = "<mediawiki><page><title>{}</title><ns>0</ns><revision><text>text</text></revision></page></mediawiki>"
    with zipfile.ZipFile(tmp_path / "wiki.zip", "w") as pack:
        pack.writestr("dump/a.xml", page.format("One"))
        pack.writestr("dump/b.xml", page.format("Two"))
        pack.writestr("dump/readme.txt", "x")
    report = convert("mediawiki-xml", tmp_path / "wiki.zip", tmp_path / "out")
    assert sorted(report.pages) == ["one.md", "two.md"]
    (tmp_path / "empty").mkdir()
    with pytest.raises(InteropError, match=r"empty holds no \.xml file"):
        convert("mediawiki-xml", tmp_path / "empty", tmp_path / "out")


def test_errors_name_what_the_user_gave(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "site.zip", "w") as pack:
        pack.writestr("mkdocs.yml", "a: [")
        pack.writestr("docs/a.md", "x")
    with pytest.raises(InteropError, match=r"site\.zip: .*mkdocs\.yml.* it is no YAML"):
        convert("mkdocs", tmp_path / "site.zip", tmp_path / "out")
    with zipfile.ZipFile(tmp_path / "none.zip", "w") as pack:
        pack.writestr("x.txt", "x")
    with pytest.raises(InteropError, match=r"none\.zip holds no Markdown"):
        convert("markdown", tmp_path / "none.zip", tmp_path / "out")
    with pytest.raises(InteropError, match=r"There is no .*gone\.docx") as caught:
        convert("word", tmp_path / "gone.docx", tmp_path / "out")
    assert "Export it again" not in str(caught.value)


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ("x", "{.is-info}"),
        ("x\n\n    y **b**", "{.is-info}"),
        ("- x", "<!-- {blockquote:.is-info} -->"),
        ("1. x\n\n        more", "<!-- {blockquote:.is-info} -->"),
        ("```\n    x\n    ```", "<!-- {blockquote:.is-info} -->"),
        ("| a |\n    |---|\n    | b |", "<!-- {blockquote:.is-info} -->"),
        ("## H", "<!-- {blockquote:.is-info} -->"),
        ("<div>x</div>", "<!-- {blockquote:.is-info} -->"),
        ("> q", "<!-- {blockquote^1:.is-info} -->"),
        ("> > q", "<!-- {blockquote^2:.is-info} -->"),
        ("x\n\n    !!! note\n        !!! note\n            y", "<!-- {blockquote^2:.is-info} -->"),
    ],
)
def test_a_box_has_its_class_whatever_it_ends_with(body: str, line: str, tmp_path: Path) -> None:
    """Seen on a real server: in its usual form the class would be the list's, the table's or nobody's."""
    site = of_files("mkdocs", tmp_path, {"docs/page.md": f"!!! note\n    {body}\n"})
    assert site.text.rstrip().split("\n")[-1] == line
    assert "not to be seen" not in site.told


def test_the_class_of_a_box_in_a_list_stands_where_the_text_of_its_item_does(tmp_path: Path) -> None:
    text = "- one\n    - two\n\n        !!! note\n            x\n\n```\n> x\n{.is-info}\n```\n\n{.is-info}\n"
    site = of_files("mkdocs", tmp_path, {"docs/page.md": text})
    assert "        > x\n      <!-- {blockquote:.is-info} -->\n" in site.text
    assert "```\n> x\n{.is-info}\n```" in site.text
