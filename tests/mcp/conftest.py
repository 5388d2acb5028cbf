"""Connecting an assistant's host to a server over a sandbox, without processes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from mcp.client.client import Client, ConnectMode
from mcp_host import GUIDE, Answer, Connect, Host, yes
from mcp_types import ElicitRequestFormParams, ElicitResult

from wikijs import AsyncWikiJSClient, WikiJSClient
from wikijs.mcp import Settings, create_server


@pytest.fixture
def connect(async_wikijs_client: AsyncWikiJSClient) -> Connect:
    """Connects a host to a server with settings, such as `read_only=True`."""

    @asynccontextmanager
    async def connected(
        mode: ConnectMode = "2026-07-28",
        answer: Answer | None = yes,
        client: AsyncWikiJSClient | None = None,
        **settings: Any,
    ) -> AsyncIterator[Host]:
        questions: list[str] = []

        async def asked(_context: Any, params: Any) -> ElicitResult:
            assert isinstance(params, ElicitRequestFormParams)
            assert answer is not None
            questions.append(params.message)
            return answer(params.message)

        server = create_server(client or async_wikijs_client, Settings(**settings))
        callback = asked if answer is not None else None
        async with Client(server, mode=mode, elicitation_callback=callback) as connection:
            yield Host(connection, questions)

    return connected


@pytest.fixture
def wiki(wikijs_client: WikiJSClient) -> WikiJSClient:
    """The wiki behind the server, with a page to begin with."""
    wikijs_client.pages.create("docs/guide", title="Guide", content=GUIDE, tags=["howto"], description="How to")
    return wikijs_client
