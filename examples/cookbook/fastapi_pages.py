"""A small web service that shows pages of a wiki to those who have no account there: only what has the tag "public".

    uvicorn fastapi_pages:app

One client serves all requests; pages are kept for a minute. Needs `pip install fastapi uvicorn`.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, HTTPException

from wikijs import AsyncWikiJSClient
from wikijs.cache import MemoryCache
from wikijs.exceptions import PageNotFoundError


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    url, key = os.environ["WIKIJS_URL"], os.environ["WIKIJS_API_KEY"]
    async with AsyncWikiJSClient(url, auth=key, cache=MemoryCache(ttl=60)) as client:
        app.state.wiki = client
        yield


app = FastAPI(lifespan=lifespan)


@app.get("/pages/{path:path}")
async def page(path: str) -> dict[str, str]:
    wiki: AsyncWikiJSClient = app.state.wiki
    try:
        found = await wiki.pages.get_by_path(path)
    except PageNotFoundError:
        found = None
    if found is None or "public" not in [tag.tag for tag in found.tags]:
        raise HTTPException(404, "There is no such page.")
    return {"title": found.title, "content": found.content}
