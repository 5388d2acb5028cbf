"""One rule for the titles of pages that are made of files."""

from __future__ import annotations

import pytest

from wikijs.core.values.paths import PagePath
from wikijs.transfer.format import PageFile
from wikijs.transfer.header import front_matter
from wikijs.transfer.titles import first_heading, title_for, title_of, without_title


@pytest.mark.parametrize(
    ("content", "title"),
    [
        ("# Title\n\nx", "Title"),
        ("# Title ##\n", "Title"),
        ("Title\n=====\n\nx", "Title"),
        ("# Title {#id}\n", "Title"),
        ("# Title {: .big }\n", "Title"),
        ("Title {#id}\n===\n", "Title"),
        ("<!-- Licence:\n# not this -->\n\n# Title\n", "Title"),
        ("<!-- one line -->\n# Title", "Title"),
        ("```\n# code\n```\n# Title", "Title"),
        ("~~~\n# code\n```\n~~~\n# Title", "Title"),
        ("    # code\n\n# Title", "Title"),
        ("text\n\n# Title", "Title"),
        ("# The `code` **bold** _it_ [link](x.md) ![image](y.png) <b>b</b>", "The code bold it link image b"),
        ("# snake_case_name 2 * 3 * 4", "snake_case_name 2 * 3 * 4"),
        ("# a \\* b", "a * b"),
        ("## Only level two", None),
        ("#hashtag", None),
        ("#", None),
        ("| a |\n===", None),
        ("> a\n===", None),
        ("- a\n===", None),
        ("several\nlines\n===", None),
        ("```\nnever closed\n# x", None),
        ("<!-- never closed\n# x", None),
        ("", None),
    ],
)
def test_the_title_of_a_text(content: str, title: str | None) -> None:
    assert title_of(content) == title


def test_what_a_file_says_comes_first_and_the_path_last() -> None:
    place = PagePath("docs/intro", "en")
    assert title_for(PageFile(content="# Heading", title="Said"), place) == "Said"
    assert title_for(PageFile(content="# Heading", title=""), place) == "Heading"
    assert title_for(PageFile(content="# Heading", content_type="asciidoc"), place) == "intro"
    assert title_for(PageFile(content="# " + "x" * 300), place) == "x" * 255


@pytest.mark.parametrize(
    ("content", "title", "left"),
    [
        ("# T\n\nx", "T", "x"),
        ("T\n=\nx", "T", "x"),
        ("<!-- c -->\n\n# T\n\nx", "T", "<!-- c -->\n\nx"),
        ("# Longer T\n\nx", "T", "# Longer T\n\nx"),
        ("x\n\n# T\n", "T", "x\n\n# T\n"),
        ("# T {#id}\n\nx", "T", "# T {#id}\n\nx"),
        ("# *T* it\n\nx", "T it", "x"),
        ("x", "T", "x"),
    ],
)
def test_a_heading_goes_only_when_it_repeats_the_title(content: str, title: str, left: str) -> None:
    assert without_title(content, title) == left


def test_the_id_of_a_heading_is_known() -> None:
    heading = first_heading("# A {#own .x}\n")
    assert heading is not None
    assert (heading.text, heading.id, heading.is_first) == ("A", "own", True)


@pytest.mark.parametrize(
    ("text", "fields", "body"),
    [
        ("---\ntitle: T\n---\nx", {"title": "T"}, "x"),
        ("---  \ntitle: T\n---  \nx", {"title": "T"}, "x"),
        ("---\ntitle: T\n...\nx", {"title": "T"}, "x"),
        ("---\ntitle: Only\n---", {"title": "Only"}, ""),
        ("---\n---\n\nx", {}, "\nx"),
        ("---\n\ntext\n\n---\n\nrest", {}, "---\n\ntext\n\n---\n\nrest"),
        (
            "---\nOne: two three: four, said he\nand more\n---\n",
            {},
            "---\nOne: two three: four, said he\nand more\n---\n",
        ),
        ("---\ntitle: Foo: bar\ntags: [a, b]\n---\nx", {"title": "Foo: bar", "tags": ["a", "b"]}, "x"),
        ("---\ntitle: [Draft] Foo\n---\nx", {"title": "[Draft] Foo"}, "x"),
        ("---\ntitle: @foo\nslug: `x`\n---\nx", {"title": "@foo", "slug": "`x`"}, "x"),
        ("---\n- a\n- b\n---\nx", {}, "---\n- a\n- b\n---\nx"),
        ("x\n---\na: b\n---", {}, "x\n---\na: b\n---"),
        ("---\n\nno end", {}, "---\n\nno end"),
    ],
)
def test_front_matter_of_other_programs(text: str, fields: dict[str, object], body: str) -> None:
    found = front_matter(text)
    assert (found.fields, found.body) == (fields, body)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("---\ntitle: T\n\nx", "Its front matter has no end."),
        ("---\ntitle: [a\n---\nx", "Its front matter is broken: line 3: "),
        ("---\ntitle: 'open\n---\nx", "Its front matter is broken: "),
    ],
)
def test_front_matter_that_is_meant_and_wrong_is_told_and_stays(text: str, problem: str) -> None:
    found = front_matter(text)
    assert found.problem.startswith(problem)
    assert found.body == text
