"""Pages one by one: old ones, unfinished ones, and what is missing in them."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from wikijs.exceptions import ConfigurationError
from wikijs.permissions import suggestion

from .links import found, unread
from .model import Finding, Report, Severity, ordered
from .reading import PageFacts, WikiFacts

STALE_DAYS: Final = 365
LARGEST: Final = 100_000
"""Bytes of a page's source from which on it is called oversized."""
_NAMED: Final = 10
"""Pages that look the same as another one, of which the names are told."""
_SETTLED: Final = timedelta(minutes=1)
"""The server renders a new page, which counts as a change of it, moments after it was made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LintOptions:
    """What is looked for.

    Attributes:
        only: Names of rules; all without it.
        ignored: Names of rules that are left out.
        largest: Bytes of a page's source from which on it is called oversized.
    """

    only: Collection[str] = ()
    ignored: Collection[str] = ()
    largest: int = LARGEST


def stale(wiki: WikiFacts, *, days: int = STALE_DAYS, edits: Mapping[int, datetime] | None = None) -> Report:
    """Pages that nobody changed for long, and those that nobody changed since they were made.

    The server counts rendering and moving as changes: without `edits` a page may be older than it says, and never
    younger.

    Args:
        wiki: The wiki.
        days: From how many days on a page is stale.
        edits: When pages were edited last, as `read_edits` tells; what it does not tell of is taken from the list.
    """
    findings: list[Finding] = []
    for page in wiki.chosen:
        edited = (edits or {}).get(page.id, page.updated)
        age = (wiki.now - edited).days
        if age < days:
            continue
        never = edited - page.created < _SETTLED
        rule, verb = ("never-updated", "made and not changed since") if never else ("stale", "last changed")
        message = f"It was {verb}, {age} days ago ({edited:%Y-%m-%d})."
        findings.append(found(page, "stale", rule, "warning", message, detail=str(age)))
    return Report(
        name="stale",
        title=f"Pages that nobody changed for {days} days",
        findings=tuple(sorted(findings, key=lambda each: -int(each.detail))),
        looked_at={"pages": len(wiki.chosen)},
        notes=_without_history(wiki, edits),
        url=wiki.url,
        made=wiki.now,
    )


def _without_history(wiki: WikiFacts, edits: Mapping[int, datetime] | None) -> tuple[str, ...]:
    if edits is None:
        return ("The dates are the server's, which counts rendering and moving too; --by-history tells edits alone.",)
    missing = sum(page.id not in edits for page in wiki.chosen)
    return (f"The history of {missing} pages may not be read; their dates are the server's.",) if missing else ()


def lint(wiki: WikiFacts, options: LintOptions | None = None) -> Report:
    """What is missing or odd in pages; `RULES` lists the rules.

    Raises:
        ConfigurationError: A rule does not exist.
    """
    options = options or LintOptions()
    for name in (*options.only, *options.ignored):
        if name not in RULES:
            raise ConfigurationError(f"There is no rule {name!r}.", hint=suggestion(name, RULES))
    wanted = [name for name in RULES if (not options.only or name in options.only) and name not in options.ignored]
    findings = [
        found(page, "lint", name, RULES[name].severity, message, detail=detail, line=page.lines.get(detail))
        for page in wiki.chosen
        for name in wanted
        for message, detail in RULES[name].look(page, options)
    ]
    return Report(
        name="lint",
        title="What is missing or odd in pages",
        findings=ordered(findings),
        looked_at={"pages": len(wiki.chosen), "rules": len(wanted)},
        notes=unread(wiki),
        url=wiki.url,
        made=wiki.now,
    )


def duplicates(wiki: WikiFacts) -> Report:
    """Pages of one locale that have the same title, and pages that have the same content."""
    findings: list[Finding] = []
    chosen = {page.id for page in wiki.chosen}
    titles = _same(wiki.pages, lambda page: (page.locale, re.sub(r"\s+", " ", page.title).strip().casefold()))
    contents = _same(wiki.pages, lambda page: ("", page.digest))
    for rule, what, lots in (("same-title", "title", titles), ("same-content", "content", contents)):
        for lot in lots:
            for page in lot:
                if page.id in chosen:
                    some = [each for each in lot[: _NAMED + 1] if each is not page][:_NAMED]
                    others = ", ".join(f"{each.locale}/{each.path}" for each in some)
                    if len(lot) - 1 > len(some):
                        others += f" and {len(lot) - 1 - len(some):,} more"
                    message = f"It has the same {what} as {others}."
                    findings.append(found(page, "duplicates", rule, "warning", message, detail=others))
    return Report(
        name="duplicates",
        title="Pages that look the same",
        findings=ordered(findings),
        looked_at={"pages": len(wiki.chosen)},
        notes=unread(wiki),
        url=wiki.url,
        made=wiki.now,
    )


def _same(pages: Sequence[PageFacts], key: Callable[[PageFacts], tuple[str, str]]) -> list[list[PageFacts]]:
    """Pages by the same key, where there are several; an empty one is none."""
    lots: dict[tuple[str, str], list[PageFacts]] = {}
    for page in pages:
        name = key(page)
        if name[1]:
            lots.setdefault(name, []).append(page)
    return [lot for lot in lots.values() if len(lot) > 1]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: how bad it is, what it is about, and what looks for it; it yields a message and what it is about."""

    severity: Severity
    says: str
    look: Callable[[PageFacts, LintOptions], Iterator[tuple[str, str]]]


def _untitled(page: PageFacts, _: LintOptions) -> Iterator[tuple[str, str]]:
    if not page.title.strip():
        yield "It has no title.", ""


def _undescribed(page: PageFacts, _: LintOptions) -> Iterator[tuple[str, str]]:
    if not page.description.strip():
        yield "It has no description.", ""


def _untagged(page: PageFacts, _: LintOptions) -> Iterator[tuple[str, str]]:
    if not page.tags:
        yield "It has no tags.", ""


def _draft(page: PageFacts, _: LintOptions) -> Iterator[tuple[str, str]]:
    if not page.published:
        yield "It is not published.", ""


def _empty(page: PageFacts, _: LintOptions) -> Iterator[tuple[str, str]]:
    if page.markup is not None and not page.markup.text and not page.markup.media:
        yield "There is nothing in it but headings." if page.markup.headings else "There is nothing in it.", ""


def _oversized(page: PageFacts, options: LintOptions) -> Iterator[tuple[str, str]]:
    if page.size > options.largest:
        yield f"Its source has {page.size:,} bytes, more than {options.largest:,}.", str(page.size)


def _headings(page: PageFacts, _: LintOptions) -> Iterator[tuple[str, str]]:
    before = 1  # the title of the page
    for heading in page.markup.headings if page.markup is not None else ():
        if heading.level > before + 1:
            yield f"A heading of level {heading.level} follows one of level {before}.", heading.text
        before = heading.level


def _empty_headings(page: PageFacts, _: LintOptions) -> Iterator[tuple[str, str]]:
    for heading in page.markup.headings if page.markup is not None else ():
        if not heading.text:
            yield f"A heading of level {heading.level} is empty.", ""


def _silent_images(page: PageFacts, _: LintOptions) -> Iterator[tuple[str, str]]:
    for url in dict.fromkeys(page.markup.without_alt if page.markup is not None else ()):
        yield "An image has no text for who cannot see it.", url


RULES: Final[dict[str, Rule]] = {
    "no-title": Rule("error", "pages without a title", _untitled),
    "empty": Rule("error", "pages with nothing in them", _empty),
    "heading-order": Rule("warning", "headings that leave a level out", _headings),
    "empty-heading": Rule("warning", "headings without text", _empty_headings),
    "no-alt": Rule("warning", "images without a text in their place", _silent_images),
    "oversized": Rule("warning", "pages that are very long", _oversized),
    "no-description": Rule("warning", "pages without a description", _undescribed),
    "no-tags": Rule("warning", "pages without tags", _untagged),
    "draft": Rule("note", "pages that are not published", _draft),
}
"""All rules of `lint` by their names."""
