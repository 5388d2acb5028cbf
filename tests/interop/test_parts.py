"""Names, and Markdown line by line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wikijs import exceptions
from wikijs.core.values import paths
from wikijs.core.values.code import outside_code
from wikijs.interop.markdown.lines import without_colon_boxes, without_indented_boxes
from wikijs.interop.naming import file_path, page_path, unique


@pytest.mark.parametrize(
    ("wanted", "path"),
    [
        ("Main Page", "main-page"),
        ("Ab/B c", "ab-pages/b-c"),
        ("Abc/B c", "abc/b-c"),
        ("What? No!", "what-no"),
        ("Ärger & Ösen", "ärger-ösen"),
        ("", "home"),
        ("///", "home"),
        ("en/intro", "en-pages/intro"),
        ("Login", "login-pages"),
        ("v1.2 notes", "v1-2-notes"),
    ],
)
def test_paths_of_pages(wanted: str, path: str) -> None:
    assert page_path(wanted) == path


@given(st.text(max_size=60))
def test_every_name_becomes_a_path_that_the_wiki_serves(wanted: str) -> None:
    try:
        assert paths.destination(page_path(wanted)).path == page_path(wanted)
    except exceptions.PageIllegalPathError as error:  # a name that nothing can be made of must still be refused
        raise AssertionError(wanted) from error


@pytest.mark.parametrize(
    ("wanted", "name"),
    [("img/Harbour Plan.PNG", "img/harbour-plan.png"), ("Überblick.pdf", "uberblick.pdf"), ("../x/..", "x")],
)
def test_names_of_files(wanted: str, name: str) -> None:
    assert file_path(wanted) == name


def test_names_that_are_taken_get_a_number() -> None:
    assert unique("a/b.png", {"a/b.png", "a/b-2.png"}) == "a/b-3.png"
    assert unique("v1.2/b", {"v1.2/b"}) == "v1.2/b-2"


def shout(text: str) -> str:
    return outside_code(text, str.upper)


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        ("a `b` c", "A `b` C"),
        ("a ``b ` c`` d", "A ``b ` c`` D"),
        ("a\n```\nb\n```\nc", "A\n```\nb\n```\nC"),
        ("~~~\na\n```\nb\n~~~\nc", "~~~\na\n```\nb\n~~~\nC"),
        ("> ```\n> a\n> ```\nb", "> ```\n> a\n> ```\nB"),
        ("a ` b", "A ` B"),
    ],
)
def test_code_is_left_alone(text: str, changed: str) -> None:
    assert shout(text) == changed


def test_code_can_be_dropped() -> None:
    assert outside_code("a `b`\n```\nc\n```", str.upper, keep_code=False) == "A "


def test_boxes_in_code_stay() -> None:
    text = "```\n!!! note\n    x\n:::tip\n:::\n```"
    assert without_indented_boxes(text) == without_colon_boxes(text) == text


def test_boxes_without_a_title_and_with_an_empty_one() -> None:
    assert without_indented_boxes('!!! danger ""\n    Boo.') == "> Boo.\n{.is-danger}\n"
    assert without_colon_boxes(":::info Look\nHere.\n:::") == "> **Look**\n>\n> Here.\n{.is-info}\n"
