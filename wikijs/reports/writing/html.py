"""Reports as one HTML file that needs nothing else: no script, no style sheet, no image from anywhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from urllib.parse import quote, urlsplit

from ..model import Finding, Report, Table
from .charts import bars, columns
from .visible import escaped as _text
from .visible import visible

_STYLE: Final = """
:root { color-scheme: light dark; --ink: #1b1f24; --soft: #57606a; --line: #d0d7de; --paper: #fff; --bar: #2f6feb;
  --error: #b42318; --warning: #8a5a00; --note: #57606a }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --soft: #9da7b1; --line: #3d444d; --paper: #0d1117;
  --bar: #6ea8fe; --error: #ff8a80; --warning: #e3b341; --note: #9da7b1 } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); margin: 2rem auto;
  max-width: 72rem; padding: 0 1rem }
h1 { font-size: 1.6rem } h2 { font-size: 1.25rem; margin-top: 2.5rem } h3 { font-size: 1rem; margin: 1.5rem 0 .5rem }
p.about, p.note { color: var(--soft) }
table { border-collapse: collapse; width: 100%; margin: .75rem 0 }
th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top;
  overflow-wrap: anywhere }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
.error { color: var(--error) } .warning { color: var(--warning) } .note { color: var(--note) }
nav a { margin-right: 1rem } a { color: inherit }
svg { width: 100%; height: auto; max-width: 48rem } svg text { fill: var(--ink); font: 12px system-ui, sans-serif }
svg rect { fill: var(--bar) } svg line { stroke: var(--line) }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(22rem, 1fr)); gap: 1rem 2rem }
figure { margin: 0 }
"""


def as_html(reports: Sequence[Report], *, title: str = "") -> str:
    """Reports as one HTML file, with charts drawn in it.

    Args:
        reports: The reports.
        title: Of the file; the wiki's name without it.
    """
    host = urlsplit(reports[0].url).netloc if reports else ""
    name = title or f"Reports on {host}"
    parts = [
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">",
        f"<title>{_text(name)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<h1>{_text(name)}</h1>",
    ]
    if len(reports) > 1:
        items = " ".join(f'<a href="#{_text(each.name)}">{_text(each.title)}</a>' for each in reports)
        parts.append(f"<nav>{items}</nav>")
    for report in reports:
        parts += _report(report)
    parts.append("</body>\n</html>\n")
    return "\n".join(parts)


def _report(report: Report) -> list[str]:
    looked = ", ".join(f"{count:,} {what}" for what, count in report.looked_at.items())
    parts = [
        f'<section id="{_text(report.name)}">\n<h2>{_text(report.title)}</h2>',
        f'<p class="about">{_text(report.url)}, {report.made:%Y-%m-%d %H:%M} UTC: {_text(looked)}.</p>',
    ]
    if report.findings:
        head = "<tr><th></th><th>Page</th><th>What</th><th>Where</th></tr>"
        rows = "\n".join(_finding(finding, report.url) for finding in report.findings)
        parts.append(f"<table>\n<thead>{head}</thead>\n<tbody>\n{rows}\n</tbody>\n</table>")
    elif not report.tables:
        parts.append("<p>Nothing was found.</p>")
    drawn = "\n".join(_table(table) for table in report.tables)
    parts.append(f'<div class="charts">{drawn}</div>' if drawn else "")
    parts += [f'<p class="note">{_text(note)}</p>' for note in report.notes]
    return [*parts, "</section>"]


def _finding(finding: Finding, url: str) -> str:
    page = ""
    if finding.path:
        address = f"{url}/{quote(visible(finding.locale))}/{quote(visible(finding.path))}"
        page = f'<a href="{_text(address)}">{_text(finding.title or finding.place)}</a><br>{_text(finding.place)}'
    where = _text(finding.detail) + (f"<br>line {finding.line}" if finding.line else "")
    what = f"{_text(finding.message)}<br><code>{_text(finding.rule)}</code>"
    severity = f'<td class="{finding.severity}">{finding.severity}</td>'
    return f"<tr>{severity}<td>{page}</td><td>{what}</td><td>{where}</td></tr>"


def _table(table: Table) -> str:
    chart = {"bars": bars, "columns": columns, None: None}[table.chart]
    drawing = chart(table) if chart is not None else ""
    if drawing:
        return f"<figure><h3>{_text(table.title)}</h3>{drawing}</figure>"
    head = "".join(f"<th>{_text(name)}</th>" for name in table.columns)
    rows = "\n".join("<tr>" + "".join(_cell(value) for value in row) + "</tr>" for row in table.rows)
    return f"<div><h3>{_text(table.title)}</h3><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"


def _cell(value: object) -> str:
    if isinstance(value, int | float):
        return f'<td class="number">{value:,}</td>'
    return f"<td>{_text(str(value))}</td>"
