"""What publishing did, or would do, as Markdown: for the page of a run in CI. Pure functions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from wikijs.exceptions import WikiJSException

from .model import PublishPlan, PublishReport, Step

_DEEDS: Final = {
    "create": "created",
    "update": "updated",
    "move": "moved",
    "delete": "deleted",
    "upload": "uploaded",
    "delete-file": "file deleted",
}
_MOST: Final = 500
"""Rows of a table: what shows summaries takes a megabyte."""


def deed(step: Step) -> str:
    """What a step did, in a word."""
    return _DEEDS[step.action]


def summary(plan: PublishPlan, report: PublishReport | None = None, *, url: str = "") -> str:
    """A summary.

    Args:
        plan: What there was to do.
        report: What was done; None on a dry run.
        url: Address of the wiki, for links; none without it.
    """
    return "\n".join(_lines(plan, report, url.rstrip("/"))) + "\n"


def _lines(plan: PublishPlan, report: PublishReport | None, url: str) -> Iterator[str]:
    done = plan.steps if report is None else report.done
    yield f"## Published to /{plan.to}" if report is not None else f"## To be published to /{plan.to}"
    yield ""
    yield counts(plan, report)
    if done:
        yield from ("", "| what | page | file |", "|---|---|---|")
        yield from (_row(step, url) for step in done[:_MOST])
        if len(done) > _MOST:
            yield f"| | and {len(done) - _MOST} more | |"
    if report is not None:
        yield from _list("Failed", [f"{_escaped(step.name)}: {_escaped(_reason(why))}" for step, why in report.failed])
        yield from _list("Not attempted", [_escaped(step.name) for step in report.not_attempted])
        if report.stopped_by is not None:
            yield from ("", f"**It stopped:** {_escaped(report.stopped_by.message)}")
    yield from _list("Refused", [f"{_escaped(name)}: {_escaped(why)}" for name, why in plan.refused])
    overwritten = [_escaped(step.path) for step in done if step.is_edited]
    yield from _list("Edited on the wiki, and overwritten", overwritten)
    yield from _list("Edited on the wiki, and left alone", [_escaped(name) for name in plan.kept])
    yield from _list("Copies of published pages, left alone", [_escaped(name) for name in plan.copies])
    yield from _list("Gone from the folder, and still on the wiki", [_escaped(name) for name in plan.gone])
    remarks = [f"{_escaped(each.page)}: {_escaped(each.text)}" if each.page else each.text for each in plan.remarks]
    yield from _list("Remarks", remarks)


def counts(plan: PublishPlan, report: PublishReport | None = None) -> str:
    """How many of each kind, in a sentence."""
    done = plan.steps if report is None else report.done
    numbers = [(sum(step.action == action for step in done), word) for action, word in _DEEDS.items()]
    numbers.append((len(plan.unchanged), "unchanged"))
    if report is not None:
        numbers += [(len(report.failed), "failed"), (len(report.not_attempted), "not attempted")]
    numbers += [(len(plan.refused), "refused"), (len(plan.kept), "left alone"), (len(plan.gone), "gone")]
    known = ", ".join(f"{count} {word}" for count, word in numbers if count)
    return f"{'Would be: ' if report is None and done else ''}{known or 'Nothing to do'}."


def _row(step: Step, url: str) -> str:
    path = step.path.lstrip("/")
    shown = f"[{_escaped(step.path)}](<{url}/{path}>)" if url and not step.action.startswith("delete") else path
    was = f" (was {_escaped(step.was)})" if step.was else ""
    return f"| {deed(step)} | {shown}{was} | {_escaped(step.name)} |"


def _list(title: str, entries: Sequence[str]) -> Iterator[str]:
    if entries:
        yield from ("", f"### {title}", "")
        yield from (f"- {entry}" for entry in entries[:_MOST])
        if len(entries) > _MOST:
            yield f"- and {len(entries) - _MOST} more"


def _reason(error: Exception) -> str:
    return error.message if isinstance(error, WikiJSException) else str(error)


def _escaped(text: str) -> str:
    for sign in "\\`*_[]<>|":
        text = text.replace(sign, f"\\{sign}")
    return " ".join(text.split())
