"""Reports as CSV and as Markdown."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from typing import Final

from ..model import Finding, Report, Table, Value
from .visible import visible

COLUMNS: Final = ("report", "severity", "rule", "locale", "path", "title", "line", "detail", "message")
_FORMULA: Final = re.compile(r"(?:^|(?<=[;\t\r\n]))(?=[\s\"]{0,20}[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n])")
"""Where a spreadsheet may see a formula: at the beginning, and behind what it may take for the end of a cell."""
_SPECIAL: Final = re.compile(r"([\\`*_{}\[\]<>|#~&$@^!=])")


def as_csv(reports: Sequence[Report]) -> str:
    """Findings as CSV, a row each, with a head. Figures follow, each table after an empty line with a head of its own.

    What a spreadsheet would take for a formula gets an apostrophe in front: titles and links are written by others.
    """
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    findings = [finding for report in reports for finding in report.findings]
    tables = [table for report in reports for table in report.tables]
    if findings or not tables:
        writer.writerow(COLUMNS)
        writer.writerows([_safe(value) for value in _row(finding)] for finding in findings)
    for number, table in enumerate(tables):
        if number or findings:
            writer.writerow([])
        writer.writerow(["table", *table.columns])
        writer.writerows([table.title, *(_safe(value) for value in row)] for row in table.rows)
    return stream.getvalue()


def _row(finding: Finding) -> tuple[Value, ...]:
    return (
        finding.report,
        finding.severity,
        finding.rule,
        finding.locale,
        finding.path,
        finding.title,
        finding.line,
        finding.detail,
        finding.message,
    )


def _safe(value: Value) -> Value:
    return _FORMULA.sub("'", value) if isinstance(value, str) else value


def as_markdown(reports: Sequence[Report], *, links: bool = True) -> str:
    """Reports as Markdown, such as for a page of the wiki or for the summary of a CI job.

    Args:
        reports: The reports.
        links: Whether pages are links into the wiki.
    """
    return "\n".join(line for report in reports for line in _report(report, links=links))


def _report(report: Report, *, links: bool) -> list[str]:
    lines = [f"## {_plain(report.title)}", ""]
    looked = ", ".join(f"{count:,} {name}" for name, count in report.looked_at.items())
    lines += [f"{_plain(report.url)} on {report.made:%Y-%m-%d %H:%M} UTC: {looked}.", ""]
    if report.findings:
        lines += ["| | Page | What | Where |", "| --- | --- | --- | --- |"]
        for finding in report.findings:
            page = _link(finding, report.url) if links and finding.path else _plain(finding.place)
            where = finding.detail + (f" (line {finding.line})" if finding.line else "")
            lines.append(f"| {finding.severity} | {page} | {_plain(finding.message)} | {_plain(where)} |")
        lines.append("")
    elif not report.tables:
        lines += ["Nothing was found.", ""]
    for table in report.tables:
        lines += _table(table)
    for note in report.notes:
        lines += [f"*{_plain(note)}*", ""]
    return lines


def _table(table: Table) -> list[str]:
    rows = ["| " + " | ".join(_plain(f"{value:,}" if isinstance(value, int) else str(value)) for value in row) + " |"
            for row in table.rows]  # fmt: skip
    head = ["| " + " | ".join(_plain(name) for name in table.columns) + " |", "|" + " --- |" * len(table.columns)]
    return [f"### {_plain(table.title)}", "", *head, *rows, ""]


def _link(finding: Finding, url: str) -> str:
    from urllib.parse import quote

    address = f"{url}/{quote(visible(finding.locale))}/{quote(visible(finding.path))}"
    return f"[{_plain(finding.title or finding.place)}]({address})"


def _plain(text: str) -> str:
    """A text on one line that is read as nothing but text."""
    return _SPECIAL.sub(r"\\\1", visible(re.sub(r"\s+", " ", text))).strip()
