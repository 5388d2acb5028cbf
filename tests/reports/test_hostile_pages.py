"""Reports about pages of people who mean no good: bounded in time, and every form of them shows text as text."""

from __future__ import annotations

import csv
import io
import os
import re
import time
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from wikijs_generated.fragments import PageSummary

from wikijs.cli.frame.text import printable_lines
from wikijs.core.values.hypertext import feed
from wikijs.reports import (
    PageFacts,
    Report,
    WikiFacts,
    as_csv,
    as_html,
    as_markdown,
    dead_links,
    duplicates,
    lint,
    missing_and_unused_assets,
    orphans,
    reading,
    stale,
    statistics,
)
from wikijs.reports.addresses import Site
from wikijs.reports.external.checking import _links
from wikijs.reports.external.options import ExternalOptions
from wikijs.reports.markup import read_markup

URL: Final = "https://wiki.example.com"
REPORTS: Final = (dead_links, orphans, stale, duplicates, lint, missing_and_unused_assets, statistics)
LONG: Final = int(os.environ.get("WIKIJS_LONG_PAGES", "25000"))
"""Characters; a million is the full size."""
SECONDS: Final = max(20, LONG / 10_000)
"""Of this process, of which quick ways take a fraction, and slow ones minutes."""
NASTY: Final = [
    "=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(1)", "\t=1+1", "\r=1+1", " =1+1", '"=1+1', ";=1+1", "\n=1", "\uff1d1+1",
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", '"><svg onload=alert(1)>',
    "]]></style><script>x</script>",
    "[x](javascript:alert(1))", "![x](http://evil.example/x.png)", "[x]: javascript:alert(1)", "<javascript:alert(1)>",
    "$\\href{javascript:alert(1)}{x}$", "| a | b |\n|---|---|", "# heading", "```\ncode", "~~~", "&lt;script&gt;",
    "\x1b[2J\x1b]0;title\x07", "\x9b31m", "\x7f", "\x00", "\u202egnp.exe", "\u2066\u061c\u200f",
    "\u2028\u2029", "\ud800",
    "http://[", "//[::1", "javascript:alert(1)", "data:text/html,<script>x</script>", "%ff%00", "a%2f..%2f..", "..", "",
    "#" * 50, "e\u0301" * 30, "\U0001f600",
]  # fmt: skip
LARGE: Final = {
    "one word": "a" * LONG,
    "words with dots": "a.b" * (LONG // 3),
    "dots": "." * LONG,
    "a line of addresses": "[x](/a.png) " * (LONG // 12),
    "opened": "<" * LONG,
    "opened and named": "<a" * (LONG // 2),
    "opened with a quote": '<a href="' * (LONG // 9),
    "comments that never end": "<!--" * (LONG // 4),
    "declarations": "<!" * (LONG // 2),
    "instructions": "<?" * (LONG // 2),
    "ends that never end": "</a" * (LONG // 3),
    "nested": "<div>" * (LONG // 5),
    "headings that never end": "<h1>x" * (LONG // 5),
    "a heading": "<h1>" + "x<b>y</b>" * (LONG // 9),
    "links": "".join(f'<a href="/x{number}">' for number in range(LONG // 20)),
    "links to one place": '<a href="javascript:alert(1)">' * (LONG // 30),
    "anchors": "".join(f'<a href="#x{number}" id="x{number}">' for number in range(LONG // 30)),
    "images": "".join(f"<img src=i{number}.png>" for number in range(LONG // 20)),
    "an image in itself": f'<img src="data:image/png;base64,{"A" * LONG}">',
    "a table": "<table>" + "<tr><td>1" * (LONG // 9),
    "references": "&#" * (LONG // 2),
    "names of characters": "&a" * (LONG // 2),
    "scripts": "<script>" * (LONG // 8),
    "styles that end": "<style></styl" * (LONG // 13),
    "space": " " * LONG,
    "lines": "\n" * LONG,
}


def page(number: int, content: str, *, text: str = "x", path: str = "") -> PageFacts:
    """A page as it would be read from a wiki."""
    moment = datetime(2020, 1, 1, tzinfo=UTC)
    listed = PageSummary.model_construct(
        id=number,
        locale="en",
        path=path or f"p{number}",
        title=text,
        description=text,
        tags=[text],
        is_published=True,
        created_at=moment,
        updated_at=moment,
        content_type="markdown",
    )
    read = reading._Page.model_construct(
        content=content, render=content, content_type="markdown", author_name=text, creator_name=text
    )
    return reading._whole(listed, read)


def wiki(*pages: PageFacts, texts: tuple[str, ...] = ()) -> WikiFacts:
    """A wiki of these pages, whose navigation and settings hold these texts."""
    return WikiFacts(
        pages=pages,
        chosen=pages,
        site=Site(locale="en", locales={"en"}, hosts={"wiki.example.com"}),
        files={},
        menu={"en": texts},
        elsewhere=texts,
        unreadable={page.id: page.title for page in pages},
        url=URL,
    )


def reported(facts: WikiFacts) -> list[Report]:
    """All reports about pages; the links to other hosts are found, and not asked."""
    _links(facts, ExternalOptions())
    return [make(facts) for make in REPORTS]


_STEERING: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_ALLOWED: Final = {
    "html", "head", "meta", "title", "style", "body", "h1", "h2", "h3", "nav", "a", "section", "p", "table", "thead",
    "tbody", "tr", "th", "td", "br", "code", "div", "figure", "svg", "g", "text", "rect", "line", "span", "small",
}  # fmt: skip


class Page(HTMLParser):
    """Refuses what is none of ours."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in _ALLOWED, tag
        for name, value in attrs:
            assert not name.startswith("on")
            if name in {"href", "src"}:
                assert (value or "").startswith(("#", f"{URL}/")), value


def check(reports: list[Report]) -> None:
    """Each form shows all of it as text, and is written to a file."""
    rows = list(csv.reader(io.StringIO(as_csv(reports), newline="")))
    for cell in (cell for row in rows for cell in row):
        assert not re.match(r"[\s\"]*[=+\-@\uff1d\uff0b\uff0d\uff20]", cell), cell
        assert not re.search(r"[;\t\r\n][ \"]*[=+\-@]", cell), cell
    html = as_html(reports)
    assert not _STEERING.search(html)
    html.encode()
    reader = Page()
    reader.feed(html)
    reader.close()
    assert not re.search(r"<script|<img|<iframe|<link", html)
    for links in (True, False):
        text = as_markdown(reports, links=links)
        assert not _STEERING.search(text)
        text.encode()
        shown = MarkdownIt("default", {"html": True, "linkify": False}).render(text)
        seen = _Shown()
        seen.feed(shown)
        seen.close()
    assert not _STEERING.search(printable_lines(as_csv(reports)))


class _Shown(HTMLParser):
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag not in {"script", "img", "svg", "iframe", "object", "style", "pre"}, tag
        for name, value in attrs:
            assert not name.startswith("on")
            if name in {"href", "src"}:
                assert (value or "").startswith(f"{URL}/"), value


@settings(max_examples=10, deadline=None)
@given(st.lists(st.one_of(st.sampled_from(NASTY), st.text(max_size=12)), min_size=1, max_size=5), st.data())
def test_whatever_authors_write_is_shown_as_text(parts: list[str], data: Any) -> None:
    texts = [
        *parts,
        "".join(parts),
        *(f'<a href="{each}">{each}</a><h3>{each}</h3><img src="{each}">' for each in parts),
    ]
    paths = st.sampled_from([text for text in texts if text] or ["x"])
    pages = [page(number, text, text=text, path=data.draw(paths)) for number, text in enumerate(texts, 1)]
    facts = wiki(*pages, texts=tuple(texts))
    check(reported(facts))


@pytest.mark.parametrize("kind", LARGE)
def test_large_and_broken_pages_are_reported_in_time(kind: str) -> None:
    began = time.process_time()
    facts = wiki(page(1, LARGE[kind]), page(2, LARGE[kind]), texts=(LARGE[kind],))
    reports = reported(facts)
    for form in (as_csv, as_html, as_markdown):
        assert len(form(reports)) < 60 * LONG
    assert time.process_time() - began < SECONDS


def test_long_titles_and_many_alike_stay_within_bounds() -> None:
    began = time.process_time()
    same = [replace(page(number, "the same text", text="t" * 255)) for number in range(500)]
    reports = reported(wiki(*same))
    for form in (as_csv, as_html, as_markdown):
        assert len(form(reports)) < 60 * LONG
    assert time.process_time() - began < SECONDS


def test_dates_of_any_year_are_counted() -> None:
    first, last = (
        replace(page(number, "x"), created=datetime(year, 1, 1, tzinfo=UTC), updated=datetime(year, 2, 1, tzinfo=UTC))
        for number, year in ((1, 1), (2, 2026))
    )
    tables = {table.title: table for table in statistics(wiki(first, last)).tables}
    rows = tables["Pages by month of creation"].rows
    assert rows[0] == ("0001-01", 1)
    assert rows[-1] == ("2026-01", 1)


def test_what_never_ends_hides_the_rest_and_what_stands_before_it_is_read() -> None:
    markup = read_markup('<h1>Title</h1><a href="/a">b</a><!-- ' + "<a " * 2_000)
    assert [heading.text for heading in markup.headings] == ["Title"]
    assert [link.url for link in markup.links] == ["/a"]
    assert read_markup("2 < 3").words == 3

    class Counting(HTMLParser):
        data = ""

        def handle_data(self, data: str) -> None:
            self.data += data

    short = Counting()
    feed(short, "1 < 2 <b")
    assert short.data.startswith("1 < 2 ")
