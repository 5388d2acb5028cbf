"""Which file a page is."""

from __future__ import annotations

import pytest

from wikijs.core.values.paths import PagePath
from wikijs.transfer.errors import FileRefusedError
from wikijs.transfer.names import collisions, file_name, may_be_page, page_place, suffix, why_unsafe


@pytest.mark.parametrize(
    ("place", "kind", "name"),
    [
        (PagePath("docs/intro", "en"), "markdown", "docs/intro.md"),
        (PagePath("home", "de"), "html", "de/home.html"),
        (PagePath("abc/b", "zh-tw"), "asciidoc", "zh-tw/abc/b.adoc"),
        (PagePath("über/ö", "en"), "redirect", "über/ö.txt"),
    ],
)
def test_files_have_the_servers_names(place: PagePath, kind: str, name: str) -> None:
    assert file_name(place, kind) == name
    assert page_place(name) == place


def test_the_main_locale_has_no_folder_unless_asked_for() -> None:
    place = PagePath("docs/intro", "de")
    assert file_name(place, "markdown", site_locale="de") == "docs/intro.md"
    assert file_name(place, "markdown", site_locale="de", namespaced=True) == "de/docs/intro.md"
    assert page_place("docs/intro.md", site_locale="de") == place
    assert page_place("de/docs/intro.md", site_locale="de") == place


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("../x", "leads out of the folder"),
        ("a/../../x", "leads out of the folder"),
        ("/etc/x", "leads out of the folder"),
        ("c:/x", "leads out of the folder"),
        ("a\\x", "backslash"),
        ("a//x", "is empty"),
        (".git/x", "begins with a dot"),
        ("ü" * 130, "more than 255 bytes"),
        ("de/x", "would be another page"),
    ],
)
def test_a_page_that_cannot_be_a_file_is_refused(path: str, reason: str) -> None:
    with pytest.raises(FileRefusedError, match=reason):
        file_name(PagePath(path, "en"), "markdown")


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("../x.md", "leads out of the folder"),
        ("/x.md", "leads out of the folder"),
        ("a b.md", "a space"),
        ("v1.2/x.md", "a dot"),
        ("login.md", "the server has something else"),
        ("x/y.md", "one character"),
        ("de.md", "takes for a locale"),
        ("de/fr/x.md", "takes for a locale"),
        ("de/de/abc.md", "it would be de/abc"),
        ("what?.md", "cannot be opened"),
        (f"{'x' * 200}/{'y' * 100}.md", "at most 255"),
    ],
)
def test_a_file_that_the_wiki_could_not_serve_is_refused(name: str, reason: str) -> None:
    with pytest.raises(FileRefusedError, match=reason) as caught:
        page_place(name)
    assert caught.value.name == name


def test_a_locale_folder_in_upper_case_is_the_locale() -> None:
    assert page_place("DE/docs/x.md") == PagePath("docs/x", "de")


def test_what_differs_only_in_case_or_composition_collides() -> None:
    assert collisions(["a/X.md", "a/x.md", "a/y.md"]) == [("a/X.md", "a/x.md")]
    assert collisions(["Docs/x.md", "docs/y.md", "docs/x.md"]) == [("Docs", "docs")]
    assert collisions(["\u00e9.md", "e\u0301.md"]) == [("e\u0301.md", "\u00e9.md")]
    assert collisions(["a/x.md", "a/x.html", "b/x.md"]) == []


def test_extensions() -> None:
    assert [suffix(name) for name in ("a/b.md", "a.b/c", "x.tar.gz")] == ["md", "", "gz"]
    assert [may_be_page(name) for name in ("a.md", "a.txt", "a.png", "a")] == [True, True, False, False]
    assert why_unsafe("docs/intro.md") is None
