"""Pages as text: the server's style byte for byte, ours in YAML, and what people make of both."""

from __future__ import annotations

from dataclasses import replace

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from wikijs.transfer import format as page_format
from wikijs.transfer.errors import FileRefusedError
from wikijs.transfer.format import PageFile, Style, dump, editor_of, is_page, load, not_held

PAGE = PageFile(
    content="# Hello\n\nText",
    title="Setup: part #1",
    description='The "quick" way',
    is_published=False,
    tags=("howto", "linux"),
    editor="markdown",
    updated_at="2026-11-21T09:08:10.397Z",
    created_at="2026-11-20T09:08:10.397Z",
)


def test_markdown_in_the_servers_style() -> None:
    assert dump(PAGE) == (
        "---\n"
        "title: Setup: part #1\n"
        'description: The "quick" way\n'
        "published: false\n"
        "date: 2026-11-21T09:08:10.397Z\n"
        "tags: howto, linux\n"
        "editor: markdown\n"
        "dateCreated: 2026-11-20T09:08:10.397Z\n"
        "---\n"
        "\n"
        "# Hello\n\nText"
    )


def test_html_in_the_servers_style_is_under_a_comment() -> None:
    page = PageFile(content="<p>x</p>", content_type="html", title="T", editor="code", is_published=True, tags=())
    assert dump(page) == ("<!--\ntitle: T\ndescription: \npublished: true\ntags: \neditor: code\n-->\n\n<p>x</p>")


def test_asciidoc_in_the_servers_style_is_content_only() -> None:
    assert dump(PageFile(content="= T\n", content_type="asciidoc", title="T")) == "= T\n"


def test_what_the_servers_style_cannot_hold_is_told() -> None:
    assert not_held(PAGE) == ()
    scripted = PageFile(content="x", script_css="a{}", publish_end_date="2027-01-01")
    assert not_held(scripted) == ("publish_end_date", "script_css")
    adoc = PageFile(content="x", content_type="asciidoc", title="T", tags=("a",), is_published=False)
    assert not_held(adoc) == ("title", "tags", "is_published")


def test_our_header_is_yaml_that_wikijs_reads() -> None:
    text = dump(PAGE, "yaml")
    _, head, content = text.split("---\n", 2)
    assert yaml.safe_load(head) == {
        "title": "Setup: part #1",
        "description": 'The "quick" way',
        "isPublished": False,
        "date": "2026-11-21T09:08:10.397Z",
        "tags": "howto, linux",
        "editor": "markdown",
        "dateCreated": "2026-11-20T09:08:10.397Z",
    }
    assert content == "\n# Hello\n\nText"


def test_scripts_stay_readable_in_yaml() -> None:
    text = dump(PageFile(content="x", script_css="a {\n  b: c\n}"), "yaml")
    assert "scriptCss: |-\n  a {\n    b: c\n  }\n" in text


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
lines = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=30)
tags = st.lists(st.text("abcäß 1:#'\"-", min_size=1, max_size=5).map(str.strip).filter(bool), unique=True, max_size=3)
contents = st.one_of(texts, st.sampled_from(["---\na: b\n---\n", "\n\n\nx\n", "-->", "////\n", "\ufeffx", "a\r\nb"]))


@st.composite
def pages(draw: st.DrawFn, text: st.SearchStrategy[str]) -> PageFile:
    kind, editor = draw(st.sampled_from([("markdown", "markdown"), ("html", "ckeditor"), ("html", "code")]))
    return PageFile(
        content=draw(contents),
        content_type=kind,
        title=draw(text),
        description=draw(text),
        is_published=draw(st.booleans()),
        tags=tuple(draw(tags)),
        editor=editor,
        updated_at=draw(st.sampled_from([None, "2026-11-21T09:08:10.397Z"])),
        created_at=draw(st.sampled_from([None, "2026-11-21T09:08:10.397Z"])),
    )


@settings(max_examples=150, deadline=None)
@given(pages(lines))
@example(PageFile(content="", title="-->", description="---", is_published=True, tags=(), editor="markdown"))
@example(PageFile(content="x", title='"quoted"', description="null", is_published=True, tags=(), editor="markdown"))
def test_the_servers_style_comes_back_as_it_was(page: PageFile) -> None:
    assert load(dump(page), page_format.extension(page.content_type)) == page


@settings(max_examples=150, deadline=None)
@given(pages(texts), texts, texts, st.sampled_from(["markdown", "html", "asciidoc", "redirect"]))
@example(PageFile(content="x", title="yes", description="1.10"), "-->\n", "////\n---\n x", "asciidoc")
@example(PageFile(content="", title="", description="\n"), "", "", "redirect")
def test_our_style_holds_everything(page: PageFile, css: str, script: str, kind: str) -> None:
    editor = {"markdown": "markdown", "html": "code", "asciidoc": "asciidoc", "redirect": "redirect"}[kind]
    page = replace(
        page,
        content_type=kind,
        editor=editor,
        script_css=css or None,
        script_js=script or None,
        publish_end_date="some day",
    )
    text = dump(page, "yaml")
    extension = page_format.extension(kind)
    assert is_page(text, extension)
    assert load(text, extension) == page


@pytest.mark.parametrize(("flag", "published"), [("true", True), ("false", False), ("1", True), ("0", False)])
def test_a_header_of_an_older_server_or_of_sqlite_is_read_raw(flag: str, published: bool) -> None:
    text = f"---\ntitle: A: b\ndescription: \npublished: {flag}\ndate: 2020\ntags: a\n---\n\nx"
    page = load(text, "md")
    assert (page.title, page.tags, page.editor, page.content) == ("A: b", ("a",), None, "x")
    assert page.is_published is published


@pytest.mark.parametrize("tags", ["tags: [a, b c]", "tags: a, b c", "tags:\n  - a\n  - b c", "tags: ' a ,b c,'"])
def test_tags_are_read_as_people_write_them(tags: str) -> None:
    assert load(f"---\ntitle: T\n{tags}\n---\nx", "md").tags == ("a", "b c")


def test_values_are_texts_whatever_yaml_makes_of_them() -> None:
    page = load("---\ntitle: 2026-01-01\ndescription: 1.10\ntags: [yes, 12]\nisPublished: no\n---\n\nx\n", "md")
    assert (page.title, page.description, page.tags, page.is_published) == ("2026-01-01", "1.10", ("yes", "12"), False)
    assert page.content == "x\n"


def test_missing_is_not_empty() -> None:
    page = load("---\ntitle: T\ndescription:\ntags:\n---\nx", "md")
    assert (page.description, page.tags, page.is_published) == ("", (), None)
    assert load("---\ntitle: T\n---\nx", "md").tags is None


def test_raw_lines_that_are_no_yaml_are_read_as_the_server_meant_them() -> None:
    page = load("---\ntitle: A: b\ntags: x, y\n---\n\nz", "md")
    assert (page.title, page.tags) == ("A: b", ("x", "y"))


def test_line_ends_of_another_system_are_put_back() -> None:
    page = load(dump(PAGE).replace("\n", "\r\n"), "md")
    assert page == PAGE


def test_a_byte_order_mark_before_the_header_is_no_content() -> None:
    assert load("\ufeff" + dump(PAGE), "md") == PAGE


def test_keys_that_mean_nothing_here_are_named() -> None:
    assert load("---\ntitle: T\nlayout: wide\n---\nx", "md").unknown == ("layout",)


@pytest.mark.parametrize(
    "text", ["x", "---\nno header\n---\nx", "---\nlayout: a\n---\nx", "---\nopen", "---\n'\n---\n"]
)
def test_text_without_a_header_is_content(text: str) -> None:
    assert replace(load(text, "md"), unknown=()) == PageFile(content=text)


def test_the_header_of_wikijs_1() -> None:
    page = load("<!-- TITLE: Old -->\n<!-- SUBTITLE: Page -->\n\n# x", "md")
    assert (page.title, page.description, page.content) == ("Old", "Page", "# x")


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ("title: 'open\nlayout: x", "line"),
        ("title: [a\nfoo", "line"),
        ("title: {a: b}", "title is no text"),
        ("title: T\nisPublished: maybe", "isPublished is neither true nor false"),
        ("title: T\ntags: {a: b}", "tags are no list of texts"),
        ("title: T\ntags: [[a]]", "tags are no list of texts"),
        ("title: \x01", "control character"),
        ("title: " + "[" * 2000, "nested too deeply"),
    ],
)
def test_a_broken_header_is_refused_in_one_sentence(header: str, reason: str) -> None:
    with pytest.raises(FileRefusedError, match=r"The header of a/b\.md is broken: ") as caught:
        load(f"---\n{header}\n---\nx", "md", name="a/b.md")
    assert reason in caught.value.message
    assert caught.value.name == "a/b.md"


@pytest.mark.parametrize(
    ("text", "extension", "is_one"),
    [("x", "md", True), ("x", "adoc", True), ("x", "txt", False), ("---\ntitle: T\n---\nx", "txt", True),
     ("---\ntitle: [\nx\n---\n", "txt", False), ("x", "png", False)],
)  # fmt: skip
def test_text_files_are_pages_only_under_a_header(text: str, extension: str, is_one: bool) -> None:
    assert is_page(text, extension) is is_one


@pytest.mark.parametrize(
    ("editor", "kind", "used"),
    [("code", "html", "code"), (None, "html", "ckeditor"), ("markdown", "html", "ckeditor"),
     ("undefined", "markdown", "markdown"), (None, "asciidoc", "asciidoc"), ("redirect", "redirect", "redirect")],
)  # fmt: skip
def test_editors(editor: str | None, kind: str, used: str) -> None:
    assert editor_of(PageFile(content="x", content_type=kind, editor=editor)) == used


@pytest.mark.parametrize("style", ["wikijs", "yaml"])
def test_what_differs_from_wiki_to_wiki_can_be_left_out(style: Style) -> None:
    page = replace(PAGE, tags=("b", "a")).portable()
    text = dump(page, style)
    assert "2026" not in text
    assert "tags: a, b\n" in text
    assert load(text, "md") == page


@pytest.mark.parametrize(
    ("header", "is_published"),
    [
        ("draft: true", False),
        ("draft: false", True),
        ("draft: true\npublished: true", True),
        ("isPublished: false\ndraft: false", False),
        ("draft:", None),
    ],
)
def test_a_draft_is_not_published(header: str, is_published: bool | None) -> None:
    page = load(f"---\ntitle: T\n{header}\n---\nx", "md")
    assert (page.is_published, page.unknown) == (is_published, ())
