"""Links between pages: those that lead nowhere, and pages that nothing leads to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from wikijs.core.values.paths import FRONT_PAGE, PagePath

from .addresses import Address
from .model import Finding, Report, Severity, ordered
from .reading import PageFacts, WikiFacts

_TOP: Final = frozenset({"", "top"})
_LONGEST: Final = 1_000
"""Characters of an address or a message that are told: an image may be its own address, with all its bytes."""


def found(
    page: PageFacts,
    report: str,
    rule: str,
    severity: Severity,
    message: str,
    *,
    detail: str = "",
    line: int | None = None,
) -> Finding:
    """A finding about a page."""
    return Finding(
        report=report,
        rule=rule,
        severity=severity,
        message=shortened(message),
        locale=page.locale,
        path=page.path,
        title=page.title,
        page=page.id,
        detail=shortened(detail),
        line=line,
    )


def shortened(text: str) -> str:
    """A text of a page as far as it is told."""
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def addresses(wiki: WikiFacts, page: PageFacts) -> Iterator[tuple[str, str, Address]]:
    """What a page refers to: as it is written, what shows it, and what it means."""
    if page.markup is not None:
        for link in page.markup.links:
            yield link.url, link.kind, wiki.site.read(link.url, page.locale, page.path)


def dead_links(wiki: WikiFacts) -> Report:
    """Links to pages that are not there, to parts of pages that are not there, and such items of the navigation.

    Missing files are `missing_and_unused_assets`' business.
    """
    by_place = {page.place: page for page in wiki.pages}
    by_id = {str(page.id): page for page in wiki.pages}
    findings: list[Finding] = []
    looked_at = 0
    for page in wiki.chosen:
        seen: set[str] = set()
        for url, _, address in addresses(wiki, page):
            if address.kind not in {"page", "id"} or url in seen:
                continue
            seen.add(url)
            looked_at += 1
            line = page.lines.get(url)
            is_id = address.kind == "id"
            target = by_id.get(address.path) if is_id else by_place.get((address.locale, address.path))
            if target is None:
                where = address.path if is_id else f"{address.locale}/{address.path}"
                findings.append(
                    found(page, "links", "dead-link", "error", f"There is no page {where}.", detail=url, line=line)
                )
            elif not _is_there(address.anchor, target):
                said = f"The page {target.locale}/{target.path} has no part #{address.anchor}."
                findings.append(found(page, "links", "dead-anchor", "warning", said, detail=url, line=line))
            elif not target.published and page.published:
                said = f"The page {target.locale}/{target.path} is a draft, which readers cannot see."
                findings.append(found(page, "links", "draft-link", "note", said, detail=url, line=line))
    findings += _menu(wiki, by_place)
    return Report(
        name="links",
        title="Links that lead nowhere",
        findings=ordered(findings),
        looked_at={"pages": len(wiki.chosen), "links": looked_at},
        notes=unread(wiki),
        url=wiki.url,
        made=wiki.now,
    )


def _is_there(anchor: str, page: PageFacts) -> bool:
    """Whether a part of a page is there; of a page that could not be read it is believed."""
    return anchor.lower() in _TOP or page.markup is None or anchor in page.markup.anchors or anchor.startswith(":~:")


def _menu(wiki: WikiFacts, by_place: Mapping[tuple[str, str], PageFacts]) -> Iterator[Finding]:
    for locale, targets in (wiki.menu or {}).items():
        for target in targets:
            address = wiki.site.read(target, locale, FRONT_PAGE)
            place = (address.locale, address.path)
            if address.kind == "page" and place not in by_place:
                said = f"The navigation ({locale}) leads to {address.locale}/{address.path}, and there is no such page."
                yield Finding(
                    report="links",
                    rule="dead-menu-item",
                    severity="error",
                    message=shortened(said),
                    detail=shortened(target),
                    locale=locale,
                )


def orphans(wiki: WikiFacts) -> Report:
    """Pages that no other page and no item of the navigation leads to; the front pages are left out."""
    reached = {
        (address.locale, address.path)
        for page in wiki.pages
        for _, _, address in addresses(wiki, page)
        if address.kind == "page" and (address.locale, address.path) != page.place
    }
    by_id = {str(page.id): page.place for page in wiki.pages}
    for page in wiki.pages:
        for _, _, address in addresses(wiki, page):
            if address.kind == "id" and address.path in by_id and by_id[address.path] != page.place:
                reached.add(by_id[address.path])
    for locale, targets in (wiki.menu or {}).items():
        for target in targets:
            address = wiki.site.read(target, locale, FRONT_PAGE)
            reached.add((address.locale, address.path))
    findings = [
        found(page, "orphans", "orphan", "warning", "No page leads here.")
        for page in wiki.chosen
        if page.place not in reached and page.path != FRONT_PAGE
    ]
    notes = unread(wiki)
    if wiki.menu is None:
        notes = (*notes, "The navigation may not be seen with this key: pages that only it leads to count as orphans.")
    return Report(
        name="orphans",
        title="Pages that nothing leads to",
        findings=ordered(findings),
        looked_at={"pages": len(wiki.chosen)},
        notes=notes,
        url=wiki.url,
        made=wiki.now,
    )


def unread(wiki: WikiFacts) -> tuple[str, ...]:
    """What could not be looked at."""
    if not wiki.unreadable:
        return ()
    reasons = sorted(set(wiki.unreadable.values()))
    some = ", ".join(str(PagePath(page.path, page.locale)) for page in _some(wiki))
    return (f"{len(wiki.unreadable)} pages could not be read, among them {some}: {reasons[0]}",)


def _some(wiki: WikiFacts) -> Iterable[PageFacts]:
    return [page for page in wiki.pages if page.id in wiki.unreadable][:3]
