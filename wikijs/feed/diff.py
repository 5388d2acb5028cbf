"""Comparing a list of pages with what is known. Pure: no requests, no clock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from .snapshot import PageState, differing


@dataclass(slots=True)
class Difference:
    """How a list differs from what is known.

    Attributes:
        candidates: Pages that are new or were written since, oldest first: look into their history.
        tagged: Pages of which only the tags differ.
        missing: Known pages that the list does not have: ask for each whether it is gone.
        returned: Why the wiki must have gone back in time; empty where it has not.
    """

    candidates: list[PageState] = field(default_factory=list[PageState])
    tagged: list[PageState] = field(default_factory=list[PageState])
    missing: list[PageState] = field(default_factory=list[PageState])
    returned: str = ""


def compare(rows: Iterable[PageState], known: Mapping[int, PageState], *, whole: bool) -> Difference:
    """Compare a list with what is known.

    Args:
        rows: The list.
        known: What is known, by id; of all pages where `whole`, else at least of those in the list.
        whole: Whether the list has all pages with all their tags; else it is the newest ones, whose tags may be cut.
    """
    found = Difference()
    seen: set[int] = set()
    for row in rows:
        seen.add(row.id)
        before = known.get(row.id)
        if before is None:
            found.candidates.append(row)
            continue
        if (before.gone or before.created_at != row.created_at) and not found.returned:
            found.returned = (
                f"Page {row.id} was deleted and is back." if before.gone else f"Page {row.id} is another one."
            )
        if before.hidden or before.updated_at != row.updated_at:
            found.candidates.append(row)
            continue
        if whole:
            fields = differing(before, row)
            if fields == ["tags"]:
                found.tagged.append(row)
            elif fields:
                found.candidates.append(row)
    found.candidates.sort(key=lambda row: (row.updated_at, row.id))
    if whole:
        found.missing = [page for page in known.values() if page.id not in seen and not page.gone and not page.hidden]
    return found


def is_new(row: PageState, highest_id: int, newest: str) -> bool:
    """Whether an unknown page was created since the last whole list, or could only not be seen before.

    Args:
        row: The page.
        highest_id: The highest id that was ever seen.
        newest: The latest `updated_at` of the last whole list.
    """
    return row.id > highest_id or row.created_at > newest
