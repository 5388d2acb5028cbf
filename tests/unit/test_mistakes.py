"""What a program gets wrong easily is answered with one sentence, not with an error from deep inside."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from datetime import datetime
from typing import Any

import httpx2
import pytest

from wikijs import AsyncWikiJSClient, WikiJSClient, ops, paths
from wikijs.exceptions import ConfigurationError, ValidationError
from wikijs.flow import Send, send
from wikijs.resources.page_merge import check_content
from wikijs.sandbox import Sandbox
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


class Thing:
    """Nothing that JSON knows."""


@pytest.mark.parametrize("value", [Thing(), "half a character: \ud800"])
def test_what_json_cannot_hold_is_a_validation_error(value: Any) -> None:
    document = "query ($query: String!) { pages { search(query: $query) { totalHits } } }"
    with WikiJSClient("http://127.0.0.1:9") as client:
        for ask in (
            lambda: client.graphql(document, {"query": value}),
            lambda: client.execute(ops.pages_search(value)),
            lambda: client.batch(ops.pages_search(value), ops.pages_search("")),
        ):
            with pytest.raises(ValidationError, match="A value cannot be sent as JSON"):
                ask()


def test_a_moment_without_a_time_zone_is_not_sent() -> None:
    with WikiJSClient("http://127.0.0.1:9") as client, pytest.raises(ValidationError, match="has no time zone"):
        client.graphql("{ x }", {"since": datetime(2026, 11, 21)})  # noqa: DTZ001  that is the mistake


@pytest.mark.parametrize("items", ["docs/intro", {"path": "docs/intro"}, None])
def test_one_item_instead_of_a_list_is_a_validation_error(items: Any) -> None:
    with WikiJSClient("http://127.0.0.1:9") as client:
        pages = client.pages
        for work in (pages.get_many, pages.create_many, pages.update_many, pages.delete_many):
            with pytest.raises(ValidationError, match=r"A list of items is needed, not one .*\. Use \[item\]"):
                work(items)


@pytest.mark.parametrize("wrong", [{"order_by": "name"}, {"limit": -1}])
def test_a_listing_checks_its_arguments(wrong: Any) -> None:
    with WikiJSClient("http://127.0.0.1:9") as client, pytest.raises(ValidationError, match="cannot be"):
        client.pages.list(**wrong)


@pytest.mark.parametrize("expected", ["2026-11-21", datetime(2026, 11, 21)])  # noqa: DTZ001  that is the mistake
def test_an_update_expects_a_page_or_a_moment_with_a_time_zone(expected: Any) -> None:
    with Sandbox(seed="demo") as sandbox, sandbox.client() as client:
        page = client.pages.get_by_path("home")
        with pytest.raises(ValidationError, match="expected= must be a page as it was read"):
            client.pages.update(page.id, expected=expected, title="New")
