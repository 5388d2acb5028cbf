"""Paths and tags are normalised, and refused where the server refuses them or nobody could reach the page."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wikijs.core.values import paths
from wikijs.core.values.paths import PagePath, destination, is_below, locate
from wikijs.exceptions import PageIllegalPathError, ValidationError

WORD = st.text("abcdefgh_é9", min_size=3, max_size=12)


@pytest.mark.parametrize(
    ("path", "locale", "expected"),
    [
        ("docs/intro", "en", PagePath("docs/intro", "en")),
        ("/docs/intro/", "en", PagePath("docs/intro", "en")),
        ("en/docs/intro", "en", PagePath("docs/intro", "en")),
        ("pt-BR/docs", "pt-br", PagePath("docs", "pt-br")),
        ("Docs/Intro", "de", PagePath("Docs/Intro", "de")),
        ("", "en", PagePath("home", "en")),
        ("/", "fr", PagePath("home", "fr")),
    ],
)
def test_a_path_is_read_as_in_the_address_of_a_page(path: str, locale: str, expected: PagePath) -> None:
    assert locate(path, locale) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [("/de/docs", PagePath("docs", "de")), ("/de", PagePath("home", "de")), ("docs/de", PagePath("docs/de", "en"))],
)
def test_a_locale_in_front_takes_the_place_of_the_usual_one(path: str, expected: PagePath) -> None:
    assert locate(path, "en", is_default=True) == expected
    assert paths.names_locale(path) == (expected.locale == "de")


def test_two_different_locales_contradict_each_other() -> None:
    with pytest.raises(PageIllegalPathError, match="says locale 'de', but the locale asked for is 'fr'"):
        locate("de/docs", "fr")


@pytest.mark.parametrize(
    ("path", "locale", "expected"),
    [
        ("/docs/intro/", "en", PagePath("docs/intro", "en")),
        ("en/docs", "en", PagePath("docs", "en")),
        ("de/docs", "de", PagePath("docs", "de")),
        ("en/home", "en", PagePath("home", "en")),
        ("home", "en", PagePath("home", "en")),
        ("docs/login/en/u", "en", PagePath("docs/login/en/u", "en")),
        ("Übersicht/日本語", "en", PagePath("Übersicht/日本語", "en")),
        ("x" * 255, "en", PagePath("x" * 255, "en")),
    ],
)
def test_a_new_path_loses_slashes_and_its_own_locale(path: str, locale: str, expected: PagePath) -> None:
    assert destination(path, locale) == expected


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("", "needs a path"),
        ("//", "needs a path"),
        ("en/", "begins with 'en', which the server takes for a locale"),
        ("docs/a.b", "holds a dot"),
        ("docs/a b", "holds a space"),
        ("docs\\a", "holds a backslash"),
        ("docs//a", "holds a double slash"),
        ("a", "one character"),
        ("u/x", "one character"),
        ("de/docs", "begins with 'de', which the server takes for a locale"),
        ("zz-ZZ/docs", "takes for a locale"),
        ("en/en/docs", "takes for a locale"),
        ("login", "something else"),
        ("Login/x", "something else"),
        ("graphql", "something else"),
        ("_assets/x", "something else"),
        ("docs/wh?t", "cannot be opened"),
        ("docs/a:b", "cannot be opened"),
        ("docs/a\tb", "cannot be opened"),
        ("docs/\x7f", "cannot be opened"),
        ("x" * 256, "256 characters"),
    ],
)
def test_a_path_that_leads_nowhere_is_refused_in_one_sentence(path: str, reason: str) -> None:
    with pytest.raises(PageIllegalPathError) as caught:
        destination(path)
    assert reason in caught.value.message
    assert "\n" not in caught.value.message


@given(st.lists(WORD, min_size=1, max_size=4))
def test_slashes_at_the_ends_never_matter(words: list[str]) -> None:
    path = "/".join(words)
    assert destination(f"/{path}/") == destination(path) == destination(f"en/{path}") == locate(path)


@given(st.text(max_size=40))
def test_a_path_is_normalised_to_itself_or_refused(path: str) -> None:
    try:
        place = destination(path)
    except PageIllegalPathError:
        return
    assert destination(*place) == place
    assert locate(*place) == place


@pytest.mark.parametrize(
    ("path", "folder", "expected"),
    [("docs", "docs", True), ("docs/a", "docs", True), ("docsx", "docs", False), ("x", "", True), ("a", "docs", False)],
)
def test_a_folder_holds_its_page_and_what_is_below(path: str, folder: str, expected: bool) -> None:
    assert is_below(path, folder) is expected


def test_tags_are_stored_trimmed_lower_case_and_once() -> None:
    assert paths.tags([" Zeta", "alpha", "ZETA ", "two words"]) == ["zeta", "alpha", "two words"]


@pytest.mark.parametrize(
    ("tags", "reason"),
    [([""], "empty"), (["  "], "empty"), (["a,b"], "comma"), (["x" * 256], "256"), ("text", "list of texts")],
)
def test_what_is_no_tag_is_refused(tags: list[str] | str, reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        paths.tags(tags)


def test_a_text_too_long_for_the_server_is_refused() -> None:
    assert paths.check_text("title", "x" * 255) == "x" * 255
    with pytest.raises(ValidationError, match="The title has 256 characters"):
        paths.check_text("title", "x" * 256)


@pytest.mark.parametrize(
    "address",
    [
        "http://wiki.example.com/en/home",
        " https://wiki.example.com/en/home ",
        "<https://wiki.example.com/en/home>",
        "//wiki.example.com/en/home",
        "wiki.example.com/en/home",
        "WIKI.example.com/en/home#part",
    ],
)
def test_an_address_is_known_without_its_scheme_and_as_it_was_pasted(address: str) -> None:
    assert paths.is_address(address)
    assert paths.of_address(address, "https://wiki.example.com") == "en/home"


@pytest.mark.parametrize("path", ["home", "docs/intro", "en/docs/intro", "v1.2/notes", "", "a:b", "docs/example.com/x"])
def test_a_path_is_no_address(path: str) -> None:
    assert not paths.is_address(path)


def test_hosts_with_ports_are_addresses_and_others_are_told() -> None:
    assert paths.of_address("127.0.0.1:3000/en/home", "http://127.0.0.1:3000") == "en/home"
    assert paths.of_address("localhost:3000/home", "http://localhost:3000") == "home"
    with pytest.raises(ValidationError, match="is no address of the wiki") as caught:
        paths.of_address("other.example.com/home", "https://wiki.example.com")
    assert "no dots" in str(caught.value)
