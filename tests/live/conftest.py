"""Against a real Wiki.js where WIKIJS_URL is set, otherwise against what one answered (tests/cassettes).

WIKIJS_URL=... WIKIJS_API_KEY=... pytest tests/live                         # live
WIKIJS_URL=... WIKIJS_API_KEY=... pytest tests/live --record-mode=rewrite   # live, and keep the answers
pytest tests/live                                                           # replay; no network
"""

from __future__ import annotations

import asyncio
import inspect
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from support.cassettes import SITE, keep_request, keep_response
from support.jwt import api_key

from wikijs import AsyncWikiJSClient, Operation, WikiJSClient

URL = os.environ.get("WIKIJS_URL", "")
FAKE_KEY = api_key(iat=1_700_000_000, exp=None)
CASSETTES = Path(__file__).parents[1] / "cassettes"
HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.live)
            if not URL:
                item.add_marker(pytest.mark.block_network)


@pytest.fixture(scope="session")
def disable_recording(request: pytest.FixtureRequest) -> bool:
    """With a server and no word of recording, ask the server."""
    return bool(URL) and request.config.getoption("--record-mode") is None


@pytest.fixture(scope="session")
def vcr_config() -> dict[str, Any]:
    return {
        "before_record_request": keep_request,
        "before_record_response": keep_response,
        "decode_compressed_response": True,
        "match_on": ["method", "path", "body"],
    }


@pytest.fixture(autouse=True)
def canned(monkeypatch: pytest.MonkeyPatch, disable_recording: bool) -> None:
    """Answers that were kept bear no keys of the requests of today."""
    if not disable_recording:
        for colour in ("blocking", "asynchronous"):
            monkeypatch.setattr(f"wikijs.core.transport.{colour}.belongs", lambda *_: True)


@pytest.fixture
def vcr_cassette_dir() -> str:
    return str(CASSETTES)


class Wiki:
    """A client of either colour, called the same way."""

    def __init__(self, client: WikiJSClient | AsyncWikiJSClient, colour: str) -> None:
        self.client = client
        self.colour = colour

    async def __call__(self, operation: Operation[Any]) -> Any:
        return await self.result(self.client.execute(operation))

    async def result(self, value: Any) -> Any:
        """The value of a call on either client."""
        return await value if inspect.isawaitable(value) else value


@pytest.fixture(params=["sync", "async"])
async def wiki(request: pytest.FixtureRequest) -> AsyncIterator[Wiki]:
    """A client with an API key."""
    url, key = URL or SITE, os.environ["WIKIJS_API_KEY"] if URL else FAKE_KEY
    if request.param == "sync":
        with WikiJSClient(url, key, retry=False) as client:
            yield Wiki(client, "sync")
    else:
        async with AsyncWikiJSClient(url, key, retry=False) as other:
            yield Wiki(other, "async")


@pytest.fixture
def pause(disable_recording: bool, record_mode: str) -> Callable[[float], Any]:
    """Waits, but only for a real server."""

    async def wait(seconds: float) -> None:
        if disable_recording or record_mode != "none":
            await asyncio.sleep(seconds)

    return wait
