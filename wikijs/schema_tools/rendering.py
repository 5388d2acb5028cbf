"""Differences as text, as Markdown and as data; findings as data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from .checking import Finding, Fit, Report
from .diff import Bump, Change, Difference, Severity
from .operations import Checked

_SHOWN: Final = 6
"""How many operations a line names before it counts the rest."""

_BUMPS: Final[dict[Bump, str]] = {
    "major": "major: breaking changes touch operations of this client",
    "minor": "minor: there is something new, and nothing breaks an operation of this client",
    "patch": "patch: nothing that a caller could see",
    "none": "none: the schemas are the same",
}

_COUNTED: Final = {Fit.MISSING: "missing", Fit.REFUSED: "refused", Fit.CHANGED: "served differently"}
_KINDS: Final = {
    "guest": "guests",
    "api_key": "an API key whose group it may not see",
    "user": "this user",
    "unknown": "these credentials",
}


def label(operation: Checked) -> str:
    """What people know an operation by: its method, or the name in their own query file."""
    return operation.method or operation.name


def labels(operations: Sequence[Checked], shown: int = _SHOWN) -> str:
    """Operations in one line, methods first; the last ones are counted."""
    names = [label(operation) for operation in operations]
    rest = len(names) - shown
    return ", ".join([*names[:shown], *([f"and {rest} more"] if rest > 0 else [])])


def summary(difference: Difference) -> str:
    """How many changes of each severity there are, and the version bump that they call for."""
    counts = ", ".join(f"{len(difference.of(severity))} {severity.name.lower()}" for severity in reversed(Severity))
    return f"{counts}. Version bump: {_BUMPS[difference.bump]}."


def as_text(difference: Difference) -> str:
    """Each change on a line, the operations that it touches below it, a summary at the end."""
    lines: list[str] = []
    for change in difference.changes:
        lines.append(f"{change.severity.name:<10} {change.text}")
        if change.touches:
            lines.append(f"{'':<10} touches {labels(change.touches)}")
    return "\n".join([*lines, summary(difference)]) + "\n"


def as_markdown(difference: Difference, old: str, new: str) -> str:
    """For the text of a pull request."""
    parts = [f"## Schema: {_code(old)} to {_code(new)}", summary(difference)]
    for severity in reversed(Severity):
        if changes := difference.of(severity):
            parts.append(f"### {severity.name.capitalize()}")
            parts.append("\n".join(["| change | operations |", "|---|---|", *map(_row, changes)]))
    return "\n\n".join(parts) + "\n"


def diff_data(difference: Difference, old: str, new: str) -> dict[str, Any]:
    """For programs."""
    severity = difference.severity
    return {
        "from": old,
        "to": new,
        "severity": severity.name.lower() if severity else "none",
        "bump": difference.bump,
        "changes": [
            {
                "severity": change.severity.name.lower(),
                "kind": change.kind,
                "at": change.at,
                "text": change.text,
                "touches": [_operation(operation) for operation in change.touches],
            }
            for change in difference.changes
        ],
    }


def check_data(report: Report) -> dict[str, Any]:
    """For programs."""
    counts: dict[str, int] = {}
    for finding in report.findings:
        counts[finding.fit] = counts.get(finding.fit, 0) + 1
    held = report.held
    return {
        "server": report.name,
        "version": report.version,
        "compared": report.compared,
        "identity": held.kind if held else None,
        "permissions": None if held is None or held.permissions is None else sorted(held.permissions),
        "counts": counts,
        "operations": [
            {
                **_operation(finding.operation),
                "field": finding.operation.server_field,
                "fit": finding.fit,
                "since": finding.operation.since or None,
                "reasons": list(finding.reasons),
                "lacks": [list(group) for group in finding.lacks],
            }
            for finding in report.findings
        ],
    }


def conclusions(report: Report) -> list[str]:
    """The findings in a few sentences."""
    name = f"{report.name} (Wiki.js {report.version})" if report.version else report.name
    counts = {fit: len(report.of(fit)) for fit in Fit}
    told = ", ".join(f"{count} {_COUNTED[fit]}" for fit, count in counts.items() if count and fit is not Fit.FITS)
    sentences = [f"{name}: {counts[Fit.FITS]} of {len(report.findings)} operations fit{f'; {told}' if told else ''}."]
    if not report.compared:
        sentences.append(
            "The wiki does not tell its schema: it was asked what it would accept, and differences in types cannot be"
            " seen that way."
        )
    if report.held is None:
        return sentences
    if report.held.permissions is None:
        sentences.append(f"Permissions were not checked: the wiki does not tell them to {_KINDS[report.held.kind]}.")
    elif report.lacking:
        sentences.append(f"Your credentials lack a permission for {len(report.lacking)} operations.")
    return sentences


def lacking(groups: Iterable[Iterable[str]]) -> str:
    """Groups of permissions, any one of each of which is needed."""
    return "; ".join(" or ".join(group) for group in groups)


def why(finding: Finding) -> str:
    """The first reason why an operation does not fit, and how many more there are."""
    if not finding.reasons:
        return ""
    rest = len(finding.reasons) - 1
    return finding.reasons[0] + (f" (and {rest} more)" if rest else "")


def _operation(operation: Checked) -> dict[str, Any]:
    return {"operation": operation.name, "owner": operation.owner, "method": operation.method or None}


def _row(change: Change) -> str:
    touched = ", ".join(_code(label(operation)) for operation in change.touches[:_SHOWN])
    rest = len(change.touches) - _SHOWN
    return f"| {_cell(change.text)} | {touched}{f' and {rest} more' if rest > 0 else ''} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")


def _code(text: str) -> str:
    return f"`{text}`"
