"""Tell a chat what changed in the wiki since the last run: any webhook that takes {"text": …}, as Slack's does.

    CHAT_WEBHOOK=https://chat.example.com/hooks/abc python notify_chat.py

The first run only remembers what is there. For notice within seconds see `wikijs hooks`.
"""

from __future__ import annotations

import os

import httpx2

from wikijs.config import connect
from wikijs.feed import ChangeFeed, PageEvent


def main() -> None:
    with connect() as client, ChangeFeed(client, "notify_chat.db", watch=["pages"]) as feed:
        changes = [event for event in feed.poll() if isinstance(event, PageEvent)]
        lines = [f"{event.type}: {event.data.url}" for event in changes]
        if lines:
            answer = httpx2.post(os.environ["CHAT_WEBHOOK"], json={"text": "\n".join(lines)}, timeout=30)
            answer.raise_for_status()
        print(f"{len(lines)} changes told")


if __name__ == "__main__":
    main()
