"""What reports find, and how it is kept until it is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, Literal, TypeAlias

Severity: TypeAlias = Literal["error", "warning", "note"]
SEVERITIES: Final[tuple[Severity, ...]] = ("error", "warning", "note")
Value: TypeAlias = str | int | float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is not as it should be.

    Attributes:
        report: Name of the report.
        rule: Name of the rule, such as "dead-link".
        severity: How bad it is.
        message: What is wrong, in one sentence.
        locale, path, title: The page; empty where it is about none.
        page: Id of the page.
        detail: The link, the file, the heading it is about.
        line: Line of the page's source, where that is known.
    """

    report: str
    rule: str
    severity: Severity
    message: str
    locale: str = ""
    path: str = ""
    title: str = ""
    page: int | None = None
    detail: str = ""
    line: int | None = None

    @property
    def place(self) -> str:
        """The page as `locale/path`."""
        return f"{self.locale}/{self.path}" if self.path else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Figures.

    Attributes:
        title: What they are.
        columns: Heads.
        rows: Values, as many in each row as there are heads.
        chart: How it is drawn in HTML: the last column by the first.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    chart: Literal["bars", "columns"] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The result of one report.

    Attributes:
        name: Its name, such as "links".
        title: What it is about.
        findings: What was found, the worst first.
        looked_at: How many of which things were looked at.
        notes: What could not be looked at, and other remarks.
        tables: Figures.
        url: Of the wiki.
        made: When.
    """

    name: str
    title: str
    findings: tuple[Finding, ...] = ()
    looked_at: Mapping[str, int] = field(default_factory=dict[str, int])
    notes: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    url: str = ""
    made: datetime = field(default_factory=lambda: datetime.now(UTC))

    def count(self, severity: Severity) -> int:
        """How many findings are this bad."""
        return sum(finding.severity == severity for finding in self.findings)

    def fails(self, limit: Severity | Literal["never"]) -> bool:
        """Whether anything was found that is at least this bad."""
        return limit != "never" and any(
            SEVERITIES.index(finding.severity) <= SEVERITIES.index(limit) for finding in self.findings
        )


def ordered(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Findings with the worst first, then by page and line."""
    return tuple(
        sorted(
            findings,
            key=lambda each: (
                SEVERITIES.index(each.severity),
                each.locale,
                each.path,
                each.line or 0,
                each.rule,
                each.detail,
            ),
        )
    )
