"""What a program gets wrong easily is answered with one sentence, not with an error from deep inside."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from wikijs import AsyncWikiJSClient, WikiJSClient, paths
from wikijs.exceptions import ConfigurationError, ValidationError
from wikijs.flow import Send, send
from wikijs.resources.page_merge import check_content
from wikijs.settings import Settings
from wikijs.transport_async import AsyncDriver

CLIENTS = [WikiJSClient, AsyncWikiJSClient]


@pytest.mark.parametrize("client", CLIENTS)
def test_an_unset_variable_as_url_is_a_configuration_error(client: Any) -> None:
    with pytest.raises(ConfigurationError, match="must be a text, not NoneType"):
        client(os.environ.get("NO_SUCH_VARIABLE"))


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("auth", [b"hunter2", ("ada", "hunter2"), 5])
def test_what_is_no_auth_is_refused_without_repeating_it(client: Any, auth: Any) -> None:
    with pytest.raises(ConfigurationError, match="auth= must be") as caught:
        client("http://wiki.example.com", auth)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    "mistake",
    [
        paths.locate,
        paths.destination,
        paths.tag,
        paths.tags,
        lambda nothing: paths.tags([nothing]),
        lambda nothing: paths.check_text("title", nothing),
        check_content,
    ],
)
@pytest.mark.parametrize("value", [None, 5])
def test_what_is_no_text_is_a_validation_error(mistake: Callable[[Any], object], value: Any) -> None:
    with pytest.raises(ValidationError, match=f"not {value}"):
        mistake(value)


def test_a_client_of_another_event_loop_says_so() -> None:
    """Connections of a closed loop fail with an error of asyncio, or hang."""
    driver = AsyncDriver(Settings("http://127.0.0.1:9"))

    async def ask() -> None:
        await driver.run(send(Send("/graphql", b"", {})))

    with pytest.raises(Exception, match="No connection"):
        asyncio.run(ask())
    with pytest.raises(ConfigurationError, match=r"another event loop\. Make one client for each asyncio\.run"):
        asyncio.run(ask())


def test_an_http_client_of_the_callers_own_may_know_better() -> None:
    http = httpx2.AsyncClient(transport=httpx2.MockTransport(lambda _: httpx2.Response(200)))
    driver = AsyncDriver(Settings("http://wiki.example.com"), http)

    async def ask() -> int:
        return (await driver.run(send(Send("/graphql", b"", {})))).status_code

    assert [asyncio.run(ask()), asyncio.run(ask())] == [200, 200]
    asyncio.run(http.aclose())
