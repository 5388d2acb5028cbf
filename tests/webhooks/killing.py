"""A producer and a dispatcher as processes of their own, to be killed: python -m tests.webhooks.killing ROLE STORE."""

from __future__ import annotations

import asyncio
import sys

from wikijs.feed.history import Draft
from wikijs.feed.store import FeedState, Store
from wikijs.webhooks import Webhooks
from wikijs.webhooks.sending import schedule

WIKI = "https://wiki.example.com"
PAGES = 20


def draft(number: int) -> Draft:
    page = number % PAGES
    data = {
        "page": {"id": page, "path": f"page-{page}", "locale": "en"},
        "change": {"kind": "edit", "version_id": number},
        "url": "u",
    }
    return Draft("page.updated", f"page:{page}", f"{number}", None, data)


def produce(where: str, count: int) -> None:
    """Store events, and where to go on in the same transaction, as a feed does."""
    store = Store(where)
    while True:
        state = store.state(WIKI) or FeedState()
        if state.pages >= count:
            return
        size = 1 + state.pages % 7
        drafts = [draft(number) for number in range(state.pages, min(state.pages + size, count))]
        state.pages += len(drafts)
        store.commit(WIKI, state, drafts=drafts)


def dispatch(where: str) -> None:
    """Send until killed, with short waits."""
    schedule.WAITS = (0.05,) * 60  # type: ignore[misc]
    schedule.PATIENT = 0.05  # type: ignore[misc]
    hooks = Webhooks(where, allow_networks=["127.0.0.0/8"], allow_http=True, timeout=1.0, lease=1.5)
    asyncio.run(hooks.dispatcher(look=0.02).run())


if __name__ == "__main__":
    role, store, *rest = sys.argv[1:]
    produce(store, int(rest[0])) if role == "produce" else dispatch(store)
