"""How reports are asked for and shown: what all commands of the group share."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

import typer

from ..frame.failures import CommandError, ExitCode
from ..frame.inputs import write_file
from ..frame.output import note, show_data, show_list, wants_data, write_table
from ..frame.session import Session
from ..frame.structured import kept
from ..frame.text import printable, printable_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from wikijs.reports import Finding, Report

FIELDS: Final = ("report", "rule", "severity", "message", "locale", "path", "title", "page", "detail", "line")

Limit = Literal["error", "warning", "note", "never"]


def show(
    session: Session,
    reports: Sequence[Report],
    *,
    fail_on: Limit,
    csv: bool = False,
    markdown: bool = False,
    html: bool = False,
    output: Path | None = None,
) -> None:
    """Show reports in the form that was asked for.

    Raises:
        CommandError: Several forms were asked for.
        typer.Exit: Something was found that is bad enough.
    """
    output = None if output is not None and str(output) == "-" else output
    form = _form(session, csv=csv, markdown=markdown, html=html, output=output)
    if form is not None and session.gathered is not None:
        session.gathered.add(reports, lambda every: _write(form, every, output))
    elif form is not None:
        _write(form, reports, output)
    elif wants_data(session):
        show_data(session, _as_data(session, reports))
    else:
        _show(session, reports)
    if any(report.fails(fail_on) for report in reports):
        raise typer.Exit(ExitCode.FAILED)


def _form(session: Session, *, csv: bool, markdown: bool, html: bool, output: Path | None) -> str | None:
    wanted = [name for name, given in (("csv", csv), ("markdown", markdown), ("html", html)) if given]
    if output is not None and not wanted:
        by_name = {".csv": "csv", ".md": "markdown", ".html": "html", ".htm": "html"}.get(output.suffix.lower())
        if by_name is None:
            raise CommandError(
                f"{output} does not say in which form.",
                hint="Give --csv, --markdown or --html, or a name that ends with .csv, .md or .html.",
                code=ExitCode.USAGE,
            )
        wanted = [by_name]
    if len(wanted) > 1 or (wanted and wants_data(session)):
        raise CommandError("These forms exclude each other: give one.", code=ExitCode.USAGE)
    return wanted[0] if wanted else None


def _write(form: str, reports: Sequence[Report], output: Path | None) -> None:
    from wikijs.reports import as_csv, as_html, as_markdown

    text = {"csv": as_csv, "markdown": as_markdown, "html": as_html}[form](reports)
    if output is None:
        # Line ends of CSV count as such; nothing else that an author wrote steers the terminal.
        sys.stdout.write(printable_lines(text) if sys.stdout.isatty() else text)
    else:
        write_file(output, text)
        note(f"Wrote {output}.")


def _as_data(session: Session, reports: Sequence[Report]) -> Any:
    """One report as its findings, where fields of these are asked for or rows are filtered; else whole."""
    if session.json not in {None, "*"} or session.rows:
        return kept(session, [asdict(finding) for report in reports for finding in report.findings])
    whole = [
        {
            "report": report.name,
            "title": report.title,
            "url": report.url,
            "made": report.made,
            "lookedAt": dict(report.looked_at),
            "counts": {name: report.count(name) for name in ("error", "warning", "note")},
            "findings": [asdict(finding) for finding in report.findings],
            "tables": [_table_data(table) for table in report.tables],
            "notes": list(report.notes),
        }
        for report in reports
    ]
    return whole[0] if len(whole) == 1 else whole


def _table_data(table: Any) -> dict[str, object]:
    return {"title": table.title, "rows": [dict(zip(table.columns, row, strict=True)) for row in table.rows]}


def _show(session: Session, reports: Sequence[Report]) -> None:
    findings = [finding for report in reports for finding in report.findings]
    columns: dict[str, Callable[[Finding], object]] = {
        "severity": lambda each: each.severity,
        "page": lambda each: each.place,
        "line": lambda each: each.line or "",
        "message": lambda each: each.message,
        "detail": lambda each: each.detail,
    }
    show_list(session, findings, columns, key="path", empty_is_good=True)
    if session.quiet:
        return
    for report in reports:
        for table in report.tables:
            sys.stdout.write(
                printable(f"\n{table.title}") + "\n" if sys.stdout.isatty() else f"# {printable(table.title)}\n"
            )
            write_table(table.columns, table.rows)
        for said in report.notes:
            note(said)
        looked = ", ".join(f"{count:,} {name}" for name, count in report.looked_at.items())
        counts = ", ".join(
            _counted(report.count(name), name) for name in ("error", "warning", "note") if report.count(name)
        )
        if not counts and not report.tables:  # tables are something
            counts = "nothing found"
        note(f"{report.title}{counts and f': {counts}'} ({looked}).")


def _counted(number: int, name: str) -> str:
    return f"{number:,} {name}" if number == 1 else f"{number:,} {name}s"
