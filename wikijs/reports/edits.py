"""When pages were really edited: the date that the list tells is also that of the last rendering or move."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, cast

from wikijs_generated.base_model import BaseModel
from wikijs_generated.specs.pages import PAGES_VERSION

from wikijs import exceptions as exc
from wikijs import ops
from wikijs.core.operations import Operation

if TYPE_CHECKING:
    from wikijs import WikiJSClient
    from wikijs.core.operations import OperationSpec

    from .reading import PageFacts, WikiFacts

AT_ONCE: Final = 200
"""Pages whose histories are asked for together."""
_MOVED: Final = "moved"
_NEWEST: Final = 20
"""Entries of a history that are looked at; a page that was moved more often in a row counts as edited by the last."""


class _Ending(BaseModel):
    """How and when a version ended."""

    action: str
    created_at: datetime


class _Versions(BaseModel):
    version: _Ending | None


class EndingReply(BaseModel):
    """The reply that holds how a version ended."""

    pages: _Versions


_ENDING: Final = cast(
    "OperationSpec[_Ending | None]",
    replace(
        PAGES_VERSION,
        name="PagesVersionForReports",
        model=f"{__name__}:EndingReply",
        selection="""\
\x01pages: pages {
  version(pageId: $\x01pageId, versionId: $\x01versionId) { action createdAt }
}""",
        fragments=(),
    ),
)


def _ending(page_id: int, version_id: int) -> Operation[_Ending | None]:
    return Operation(_ENDING, {"pageId": page_id, "versionId": version_id})


def read_edits(
    client: WikiJSClient, wiki: WikiFacts, *, progress: Callable[[int, int], None] | None = None
) -> Mapping[int, datetime]:
    """When the chosen pages were edited last, by id: by their histories, which know no renderings and name moves.

    A page without history was never edited: it has the date when it was made. One whose history may not be read is not
    in the result.

    Args:
        client: A client of the wiki.
        wiki: What `read_wiki` has read.
        progress: Called with the number of pages done and the total.

    Raises:
        WikiJSException: The wiki cannot be reached.

    Permission: `read:history`.
    Operation: `pages.history`, `pages.version` (queries).
    """
    found: dict[int, datetime] = {}
    pages = wiki.chosen
    for start in range(0, len(pages), AT_ONCE):
        some = pages[start : start + AT_ONCE]
        found |= _edits(client, some)
        if progress is not None:
            progress(start + len(some), len(pages))
    return found


def _edits(client: WikiJSClient, pages: Sequence[PageFacts]) -> dict[int, datetime]:
    trails = _asked(client, [ops.pages_history(page.id, offset_page=0, offset_size=_NEWEST) for page in pages])
    found: dict[int, datetime] = {}
    long = {page.id for page, trail in zip(pages, trails, strict=True) if trail and trail.total > _NEWEST}
    waiting: list[tuple[PageFacts, list[int]]] = []
    for page, trail in zip(pages, trails, strict=True):
        if trail is None:
            continue
        if entries := [entry.version_id for entry in trail.trail]:
            waiting.append((page, entries))
        else:
            found[page.id] = page.created
    while waiting:
        versions = _asked(client, [_ending(page.id, entries[0]) for page, entries in waiting])
        following: list[tuple[PageFacts, list[int]]] = []
        for (page, entries), version in zip(waiting, versions, strict=True):
            if version is None:
                continue
            if version.action == _MOVED and len(entries) > 1:
                following.append((page, entries[1:]))
            elif version.action == _MOVED and page.id not in long:  # it was only ever moved
                found[page.id] = page.created
            else:
                found[page.id] = version.created_at
        waiting = following
    return found


def _asked(client: WikiJSClient, operations: Sequence[Any]) -> list[Any]:
    """Answers; None for what may not be read or is gone."""
    answers: Sequence[Any] = client.batch(*operations, return_exceptions=True) if operations else ()
    for answer in answers:
        if isinstance(answer, exc.TransportError | exc.AuthenticationError | exc.RateLimitError):
            raise answer
    return [None if isinstance(answer, Exception) else answer for answer in answers]
