"""The report on links to other sites."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from time import time
from typing import TYPE_CHECKING, Final

from ..links import addresses, found, unread
from ..model import Finding, Report, Severity, ordered
from .options import ExternalOptions
from .verdicts import Fate, Memory, Verdict

if TYPE_CHECKING:
    from wikijs.resources.shared.base import Progress

    from ..reading import PageFacts, WikiFacts

_SEVERITY: Final[Mapping[Fate, Severity]] = {
    "gone": "error",
    "unreachable": "error",
    "loop": "error",
    "failing": "warning",
    "slow": "warning",
    "moved": "note",
    "refused": "note",
    "busy": "note",
    "private": "note",
}
"""What is told; of what was not looked at only the number."""


def external_links(
    wiki: WikiFacts, options: ExternalOptions | None = None, *, progress: Progress | None = None
) -> Report:
    """Links to other sites that lead nowhere. Each address is asked for once, by HEAD and, if need be, by GET.

    Args:
        wiki: The wiki.
        options: How other sites are asked.
        progress: Called after each address with the number done and the total.

    Raises:
        WebhookError: What should be a network is none.
    """
    links = _links(wiki, options or ExternalOptions())
    return _report(wiki, links, check_urls(links.asked, links.options, progress=progress))


async def external_links_async(
    wiki: WikiFacts, options: ExternalOptions | None = None, *, progress: Progress | None = None
) -> Report:
    """As `external_links`, for programs with an event loop: other sites are asked in it, and nothing waits meanwhile.

    Args:
        wiki: The wiki; `read_wiki` blocks, so that it belongs into `asyncio.to_thread`.
        options: How other sites are asked.
        progress: Called after each address with the number done and the total.

    Raises:
        WebhookError: What should be a network is none.
    """
    links = await asyncio.to_thread(_links, wiki, options or ExternalOptions())
    return _report(wiki, links, await check_urls_async(links.asked, links.options, progress=progress))


@dataclass(frozen=True, slots=True)
class _Links:
    """Links to other sites.

    Attributes:
        options: How other sites are asked.
        places: Where each address stands, and as what.
        asked: Those that are asked for.
        ignored, left: How many are to be ignored, and are more than allowed.
    """

    options: ExternalOptions
    places: Mapping[str, Sequence[tuple[PageFacts, str]]]
    asked: Sequence[str]
    ignored: int
    left: int


def _links(wiki: WikiFacts, options: ExternalOptions) -> _Links:
    places: dict[str, list[tuple[PageFacts, str]]] = {}
    for page in wiki.chosen:
        for url, _, address in addresses(wiki, page):
            if address.kind == "external":
                places.setdefault(address.url, []).append((page, url))
    wanted = [url for url in places if not any(fnmatchcase(url, pattern) for pattern in options.ignored)]
    asked = wanted[: options.most]
    return _Links(options, places, asked, len(places) - len(wanted), len(wanted) - len(asked))


def _report(wiki: WikiFacts, links: _Links, verdicts: Mapping[str, Verdict]) -> Report:
    places = links.places
    findings: list[Finding] = []
    for url, verdict in verdicts.items():
        severity = _SEVERITY.get(verdict.fate)
        if severity is None:
            continue
        for page, written in {(page.id): (page, written) for page, written in places[url]}.values():
            rule = f"external-{verdict.fate}"
            findings.append(
                found(page, "links", rule, severity, verdict.says, detail=url, line=page.lines.get(written))
            )
    return Report(
        name="external",
        title="Links to other sites",
        findings=ordered(findings),
        looked_at={"pages": len(wiki.chosen), "addresses": len(verdicts)},
        notes=(*unread(wiki), *_notes(verdicts, links.ignored, links.left)),
        url=wiki.url,
        made=wiki.now,
    )


def _notes(verdicts: Mapping[str, Verdict], ignored: int, left: int) -> list[str]:
    unasked = [verdict.says for verdict in verdicts.values() if verdict.fate == "unasked"]
    notes = [f"{unasked.count(reason)} addresses were not looked at: {reason}" for reason in dict.fromkeys(unasked)]
    if ignored:
        notes.append(f"{ignored} addresses were not looked at because they are to be ignored.")
    if left:
        notes.append(f"{left} addresses were not looked at because there are more than allowed.")
    return notes


def check_urls(
    urls: Sequence[str], options: ExternalOptions, *, progress: Progress | None = None
) -> dict[str, Verdict]:
    """What became of addresses, in their order. No event loop may run in this thread.

    Raises:
        WebhookError: What should be a network is none.
    """
    return asyncio.run(check_urls_async(urls, options, progress=progress))


async def check_urls_async(
    urls: Sequence[str], options: ExternalOptions, *, progress: Progress | None = None
) -> dict[str, Verdict]:
    """What became of addresses, in their order.

    Raises:
        WebhookError: What should be a network is none.
    """
    from .asking import Asker, check_hosts

    verdicts: dict[str, Verdict] = {}

    def told(url: str, verdict: Verdict) -> None:
        verdicts[url] = verdict
        if progress is not None:
            progress(len(verdicts), len(urls))

    good, bad = check_hosts(urls)
    memory = Memory(options.cache, fresh=options.fresh, retry=options.retry)
    try:
        for url, verdict in (*bad, *memory.recall(good, time()).items()):
            told(url, verdict)
        asked = [url for url in good if url not in verdicts]
        try:
            if asked:
                await Asker(options, told).ask(asked)
        finally:
            memory.keep(((url, verdicts[url]) for url in asked if url in verdicts), time())
    finally:
        memory.close()
    return {url: verdicts[url] for url in urls}
