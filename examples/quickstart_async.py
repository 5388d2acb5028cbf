"""Several reads side by side, with the asynchronous client.

WIKIJS_URL=https://wiki.example.com WIKIJS_API_KEY=... python examples/quickstart_async.py
"""

import asyncio
import os

from wikijs import AsyncWikiJSClient


async def main() -> None:
    """Ask three things at once."""
    async with AsyncWikiJSClient(os.environ["WIKIJS_URL"], auth=os.environ["WIKIJS_API_KEY"]) as client:
        server, pages, groups = await asyncio.gather(client.system.info(), client.pages.list(), client.groups.list())
        print(
            f"Wiki.js {server.current_version}: {len(pages)} pages, groups {', '.join(group.name for group in groups)}"
        )


asyncio.run(main())
