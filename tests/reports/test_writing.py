"""Reports as CSV, Markdown and HTML: whole, and safe whatever the wiki's authors wrote."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest

from wikijs.reports import Finding, Report, Table, as_csv, as_html, as_markdown

EVIL = '=HYPERLINK("x")|<script>alert(1)</script>`a`*b*[c](d)\n# e'
REPORT = Report(
    name="links",
    title="Links",
    findings=(
        Finding(report="links", rule="dead-link", severity="error", message="There is no page.", locale="en",
                path="a b/é", title=EVIL, page=3, detail="/nowhere", line=7),
        Finding(report="links", rule="odd", severity="note", message="About no page."),
    ),
    looked_at={"pages": 1200},
    notes=("A <note>.",),
    tables=(
        Table(title="By month", columns=("month", "pages"), rows=(("2026-01", 3), ("2026-02", 0)), chart="columns"),
        Table(title="By <author>", columns=("author", "pages"), rows=((EVIL, 1000), ("Ann", 5)), chart="bars"),
        Table(title="Totals", columns=("what", "number"), rows=(("pages", 1200), ("share", 0.5), ("none", None))),
    ),
    url="https://wiki.example.com",
    made=datetime(2026, 11, 28, 12, tzinfo=UTC),
)  # fmt: skip
NOTHING = Report(name="lint", title="Lint", url="https://wiki.example.com", made=REPORT.made)


def test_csv_is_read_back_and_holds_no_formula() -> None:
    rows = list(csv.reader(io.StringIO(as_csv([REPORT]))))
    assert rows[0] == ["report", "severity", "rule", "locale", "path", "title", "line", "detail", "message"]
    assert rows[1][:5] == ["links", "error", "dead-link", "en", "a b/é"]
    assert rows[1][5] == "'" + EVIL
    assert ["table", "month", "pages"] in rows
    assert ["By month", "2026-01", "3"] in rows
    assert len(list(csv.reader(io.StringIO(as_csv([NOTHING]))))) == 1


def test_markdown_shows_text_as_text() -> None:
    text = as_markdown([REPORT, NOTHING])
    assert "https://wiki.example.com/en/a%20b/%C3%A9)" in text
    assert "\\<script\\>" in text
    assert "<script>" not in text
    assert "| 2026-01 | 3 |" in text
    assert "Nothing was found." in text
    assert all(line.count("|") - line.count("\\|") == 5 for line in text.splitlines() if line.startswith("| error"))
    assert "(https://" not in as_markdown([REPORT], links=False)


class Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in {"meta", "br", "rect", "line"}:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_html_is_one_file_that_asks_for_nothing_and_runs_nothing() -> None:
    page = Page()
    text = as_html([REPORT, NOTHING])
    page.feed(text)
    page.close()
    assert not page.open
    names = [tag for tag, _ in page.tags]
    assert names.count("svg") == 2
    assert not {"script", "link", "img", "iframe"} & set(names)
    for _, attributes in page.tags:
        assert not any(name.startswith("on") for name in attributes)
        address = attributes.get("href") or ""
        assert address.startswith(("#", "https://wiki.example.com/en/")) or not address
    assert "default-src 'none'" in text
    assert "1,000" in text
    assert "Nothing was found." in text


def test_charts_say_their_figures_aloud() -> None:
    labels = [attributes["aria-label"] for tag, attributes in _tags(as_html([REPORT])) if tag == "svg"]
    assert labels[0] == "By month: 2026-01: 3; 2026-02: 0"


def _tags(text: str) -> list[tuple[str, dict[str, str | None]]]:
    page = Page()
    page.feed(text)
    return page.tags


def test_long_tables_stay_readable() -> None:
    months = tuple((f"{2000 + number // 12}-{number % 12 + 1:02}", number) for number in range(240))
    report = Report(
        name="stats", title="S", tables=(Table(title="M", columns=("m", "n"), rows=months, chart="columns"),)
    )
    names = as_html([report], title="Own title")
    assert "<h1>Own title</h1>" in names
    assert names.count("<rect") == 60
    assert names.count("<text") <= 14
    empty = Report(name="stats", title="S", tables=(Table(title="M", columns=("m",), rows=(), chart="bars"),))
    assert "<svg" not in as_html([empty])


@pytest.mark.parametrize(
    ("limit", "fails"), [("error", True), ("warning", True), ("note", True), ("never", False)]
)  # fmt: skip
def test_a_limit_says_whether_a_report_fails(limit: str, fails: bool) -> None:
    assert REPORT.fails(limit) is fails  # type: ignore[arg-type]
    only = Report(name="x", title="X", findings=REPORT.findings[1:])
    assert only.fails("note")
    assert not only.fails("warning")
