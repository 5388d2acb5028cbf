"""The same kinds of odd pages as in `test_cases`, in other spellings, nestings and programs: one line each."""

from __future__ import annotations

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
        ("'''“A”'''bc", ["<strong>“A”</strong>bc"], ["**"]),
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
