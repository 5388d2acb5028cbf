"""Small parts behind pages, and the settings of the search, as a real server was seen to answer."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

from wikijs.sandbox.clock import timestamp
from wikijs.sandbox.durations import before
from wikijs.sandbox.graphql.errors import UncodedError
from wikijs.sandbox.graphql.javascript import inspected
from wikijs.sandbox.pages.convert import html_to_markdown
from wikijs.sandbox.pages.urls import PagePath, parse_path
from wikijs.sandbox.storage.sql_patterns import like

UPDATE = """mutation ($e: [SearchEngineInput]) { search { updateSearchEngines(engines: $e) {
responseResult { succeeded slug message } } } }"""


def updated(http: httpx2.Client, engines: Any) -> Any:
    """The result of an update of search engines."""
    reply = http.post("/graphql", json={"query": UPDATE, "variables": {"e": engines}}).json()
    return reply["data"]["search"]["updateSearchEngines"]["responseResult"]


def engines_of(http: httpx2.Client, arguments: str = "") -> list[tuple[str, bool, int]]:
    """Key, state and number of options of all engines."""
    query = f"{{ search {{ searchEngines{arguments} {{ key isEnabled config {{ key }} }} }} }}"
    found = http.post("/graphql", json={"query": query}).json()["data"]["search"]["searchEngines"]
    return [(engine["key"], engine["isEnabled"], len(engine["config"])) for engine in found]


def test_search_engines_keep_what_they_are_given(http: httpx2.Client) -> None:
    option = {"key": "dictLanguage", "value": '{"v":"german"}'}
    assert updated(http, [{"key": "postgres", "isEnabled": False, "config": [option]}])["succeeded"]
    assert engines_of(http)[-1] == ("postgres", False, 1)
    assert updated(http, [{"key": "db", "isEnabled": False}, {"key": "postgres", "isEnabled": True}])["succeeded"]
    assert engines_of(http)[-2:] == [("db", False, 0), ("postgres", True, 0)]


def test_search_engines_are_sorted_by_any_field(http: httpx2.Client) -> None:
    keys = [key for key, _, _ in engines_of(http, '(orderBy: "title", filter: "x")')]
    assert keys == ["aws", "algolia", "azure", "db", "postgres", "elasticsearch", "manticore", "solr", "sphinx"]


@pytest.mark.parametrize(
    ("engines", "slug", "message"),
    [
        (None, "TypeError", "args.engines is not iterable"),
        ([], "ok", "Search Engines updated successfully"),
        ([{"key": "nope", "isEnabled": True, "config": []}], "ok", "Search Engines updated successfully"),
        (
            [{"key": "db", "isEnabled": True, "config": [{"key": "x", "value": "nope"}]}],
            "SyntaxError",
            "Unexpected token 'o', \"nope\" is not valid JSON",
        ),
    ],
)
def test_updates_of_search_engines(http: httpx2.Client, engines: Any, slug: str, message: str) -> None:
    outcome = updated(http, engines)
    assert (outcome["slug"], outcome["message"]) == (slug, message)


def test_index_is_rebuilt(http: httpx2.Client) -> None:
    query = "mutation { search { rebuildIndex { responseResult { message } } } }"
    reply = http.post("/graphql", json={"query": query}).json()
    assert reply["data"]["search"]["rebuildIndex"]["responseResult"]["message"] == "Index rebuilt successfully"


@pytest.mark.parametrize(
    ("duration", "moment"),
    [
        ("P1D", "2027-03-30T12:00:00.000Z"),
        ("P1M", "2027-02-28T12:00:00.000Z"),
        ("P1Y2M", "2026-01-31T12:00:00.000Z"),
        ("PT90M", "2027-03-31T10:30:00.000Z"),
        ("P1WT0.5S", "2027-03-24T11:59:59.500Z"),
    ],
)
def test_durations_go_back_in_time(duration: str, moment: str) -> None:
    now = 1_806_494_400.0
    assert timestamp(now) == "2027-03-31T12:00:00.000Z"
    assert timestamp(before(now, duration)) == moment


@pytest.mark.parametrize("text", ["", "zzz", "1D", "P", "P1"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(UncodedError, match="Invalid unit value NaN"):
        before(0, text)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ([], "[]"),
        ({}, "{}"),
        ('a"b', '"a\\"b"'),
        ([1, [2, [3]]], "[1, [2, [Array]]]"),
        ([{"a": {"b": {}}}, None], "[{ a: [Object] }, null]"),
        (list(range(12)), "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, ... 2 more items]"),
        (list(range(11)), "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, ... 1 more item]"),
    ],
)
def test_values_in_messages(value: Any, shown: str) -> None:
    assert inspected(value) == shown


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("/", PagePath("home")),
        ("/en/docs/a", PagePath("docs/a", "en", has_locale=True)),
        ("/pt-br/x", PagePath("x", "pt-br", has_locale=True)),
        ("/d/en/x", PagePath("x", "en", has_locale=True)),
        ("/a%20b/../c", PagePath("a b/c")),
    ],
)
def test_paths_of_urls(url: str, place: PagePath) -> None:
    assert parse_path(url) == place


def test_patterns() -> None:
    assert like("%A_c%")("xabcx")
    assert not like("%A_c%", exactly=True)("xabcx")
    assert like(r"100\%")("100%")
    assert not like(r"100\%")("1000")


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<table><tr><td>1</td></tr></table>", "<table><tbody><tr><td>1</td></tr></tbody></table>"),
        ("<p>x<sub>1</sub> <kbd>K</kbd> <u>u</u></p>", "x~1~ <kbd>K</kbd> _u_"),
        ('<ol start="3"><li>c</li></ol>', "3.  c"),
        ("<ul><li><input type=checkbox checked>a</li></ul>", "-   [x] a"),
        ("<p>a *b* [c]</p>", "a \\*b\\* \\[c\\]"),
    ],
)
def test_markdown_from_html(html: str, markdown: str) -> None:
    assert html_to_markdown(html) == markdown
