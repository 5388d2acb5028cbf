"""Comments, page by page: there is no list of all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from wikijs import q
from wikijs.core.flow import Flow, blocking

from ..filters import matches
from ..history import Draft
from ..listing import Ask, Item, TroubleError, change
from ..snapshot import load

if TYPE_CHECKING:
    from ..store import Store

PAGES_AT_ONCE: Final = 98
"""Pages of which the comments are asked for in one look: each costs the server a few milliseconds."""


class CommentsSource:
    """Comments of the pages that a pattern fits; of many pages, some at each look."""

    name = "comments"

    def __init__(self, store: Store, wiki: str, pattern: str) -> None:
        self._store = store
        self._wiki = wiki
        self._pattern = pattern

    def look(
        self, ask: Ask, known: Mapping[str, Item], place: dict[str, Any]
    ) -> Flow[tuple[dict[str, Item], set[str]]]:
        texts = yield from blocking(lambda: self._store.snapshot(self._wiki, "pages"))
        pages = sorted((page for page in map(load, texts.values())), key=lambda page: page.id)
        pages = [page for page in pages if not (page.gone or page.hidden) and matches(self._pattern, page.path)]
        after = int(place.get("next", 0))
        some = [page for page in pages if page.id > after][:PAGES_AT_ONCE]
        ends = not some or some[-1].id == (pages[-1].id if pages else 0)
        # Until all pages were looked at once, what is found was there before.
        place["complete"] = bool(place.get("begun")) or ends
        place["next"] = 0 if ends else some[-1].id
        operations = [
            q.comments.list(page.locale, path=page.path).select(
                "id", "authorId", "authorName", "createdAt", "updatedAt"
            )
            for page in some
        ]
        outcomes = yield from ask.outcomes(operations)
        found: dict[str, Item] = {}
        gone: set[str] = set()
        for page, outcome in zip(some, outcomes, strict=True):
            if isinstance(outcome, Exception) or outcome is None:
                place["denied"] = str(outcome)
                continue
            ref = {"id": page.id, "path": page.path, "locale": page.locale}
            here: dict[str, Item] = {f"comment:{row['id']}": {"page": ref, **row} for row in outcome}
            found |= here
            old = {subject for subject, item in known.items() if item["page"]["id"] == page.id}
            # A page that is gone or moved by now has no comments at its path: the page's own events tell that.
            if here or all(known[subject]["page"]["path"] == page.path for subject in old):
                gone |= (old - here.keys()) if here or (yield from self._is_there(ask, page.id)) else set()
        if some and not found and all(isinstance(each, Exception) for each in outcomes):
            raise TroubleError(f"Comments cannot be read: {place.get('denied')}")
        return found, gone

    def _is_there(self, ask: Ask, page_id: int) -> Flow[bool]:
        from .. import asking

        [outcome] = yield from ask.outcomes([asking.is_there(page_id)])
        return not isinstance(outcome, Exception)

    def tell(self, subject: str, before: Item | None, after: Item | None, count: int, wiki: str) -> Sequence[Draft]:
        item: Item = after or before or {}
        if before is not None and after is not None and before["updatedAt"] == after["updatedAt"]:
            return []  # its page has moved
        type_ = "comment.created" if before is None else "comment.deleted" if after is None else "comment.updated"
        moment = {"comment.created": item["createdAt"], "comment.updated": item["updatedAt"]}.get(type_)
        page = item["page"]
        author = None if item.get("authorId") is None else {"id": item["authorId"], "name": item.get("authorName")}
        data = {
            "comment": {
                "id": item["id"],
                "page": page,
                "author": author,
                "created_at": item["createdAt"],
                "updated_at": item["updatedAt"],
            },
            "change": {
                **change({"created": "create", "updated": "edit", "deleted": "delete"}[type_.partition(".")[2]]),
                "author": author if type_ == "comment.created" else None,
            },
            "url": f"{wiki}/{page['locale']}/{page['path']}#comment-post-id-{item['id']}",
        }
        return [Draft(type_, subject, f"{item['createdAt']}:{count}", moment, data)]
