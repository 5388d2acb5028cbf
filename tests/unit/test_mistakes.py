"""What a program gets wrong easily is answered with one sentence, not with an error from deep inside."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import httpx2
import pytest

from wikijs import AsyncWikiJSClient, WikiJSClient, exceptions, ops
from wikijs.core.flow import Send, send
from wikijs.core.settings import Settings
from wikijs.core.transport.asynchronous import AsyncDriver
from wikijs.core.values import paths
from wikijs.exceptions import ConfigurationError, TransportError, ValidationError
from wikijs.resources.pages.values.merge import check_content
from wikijs.sandbox import Sandbox

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


def nowhere() -> WikiJSClient:
    """A client that reaches no server: what it refuses with another error than a lost connection was not sent."""
    return WikiJSClient("http://127.0.0.1:9", retry=False)


WRONG: dict[str, tuple[Callable[[Any], object], str]] = {
    "no document": (lambda wiki: wiki.graphql(None), "document must be a text, not NoneType"),
    "bytes as document": (lambda wiki: wiki.graphql(b"{ a }"), "document must be a text, not bytes"),
    "a list of variables": (lambda wiki: wiki.graphql("{ a }", [1]), "variables must be a dictionary, not list"),
    "a number as name": (
        lambda wiki: wiki.graphql("{ a }", operation_name=5),
        "operation_name must be a text, not int",
    ),
    "a name to execute": (lambda wiki: wiki.execute("pages.list"), "An operation is needed, not a str"),
    "a function to execute": (lambda wiki: wiki.execute(ops.pages_list), "not a function. Give what a function of"),
    "a document to query": (lambda wiki: wiki.query("{ pages { list { id } } }"), "is sent with graphql()"),
    "a list to batch": (lambda wiki: wiki.batch([ops.pages_list()]), "An operation is needed, not a list"),
    "a name to batch": (lambda wiki: wiki.batch(ops.pages_list(), "users.list"), "An operation is needed, not a str"),
    "a user without an address": (lambda wiki: wiki.users.create(None, name="Ada"), "e-mail address must be a text"),
    "a user without a name": (
        lambda wiki: wiki.users.create("a@b", name=None, password="secret"),
        "name must be a text",
    ),
    "a number as password": (lambda wiki: wiki.users.create("a@b", name="Ada", password=5), "password must be a text"),
    "a group without a name": (lambda wiki: wiki.groups.create(None), "name must be a text, not None"),
    "a key without a name": (
        lambda wiki: wiki.api_keys.create(None, full_access=True),
        "name must be a text, not None",
    ),
    "a key for some number": (
        lambda wiki: wiki.api_keys.create("x", full_access=True, expires=5),
        "expires must be a timedelta or a datetime with a time zone, not 5",
    ),
    "a key until some time somewhere": (
        lambda wiki: wiki.api_keys.create("x", full_access=True, expires=datetime(2099, 1, 1)),  # noqa: DTZ001
        "expires must be a timedelta or a datetime with a time zone",
    ),
    "a key until yesterday": (
        lambda wiki: wiki.api_keys.create("x", full_access=True, expires=datetime(2020, 1, 1, tzinfo=UTC)),
        "An API key cannot be valid for -",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_an_argument_of_another_type_is_a_validation_error(name: str) -> None:
    mistake, message = WRONG[name]
    with nowhere() as wiki, pytest.raises(ValidationError, match=message):
        mistake(wiki)


@pytest.mark.parametrize("name", ["no document", "a name to execute", "a name to batch"])
async def test_the_asynchronous_client_says_the_same(name: str) -> None:
    mistake, message = WRONG[name]
    async with AsyncWikiJSClient("http://127.0.0.1:9", retry=False) as wiki:
        with pytest.raises(ValidationError, match=message):
            await cast("Awaitable[object]", mistake(wiki))


@pytest.mark.parametrize("item", [None, "docs/intro", 5])
def test_an_item_that_is_no_dictionary_is_a_validation_error_of_its_own(item: Any, tmp_path: Path) -> None:
    with nowhere() as wiki:
        for number, work in enumerate(
            (
                wiki.pages.create_many,
                wiki.pages.update_many,
                wiki.users.create_many,
                wiki.users.update_many,
                wiki.groups.create_many,
                wiki.groups.update_many,
            )
        ):
            for options in ({}, {"journal": tmp_path / str(number)}):
                errors = work([item], **options).errors
                assert [type(error.exception) for error in errors] == [ValidationError]
                assert "Each item is a dictionary with the arguments, not a" in str(errors[0].exception)


@pytest.mark.parametrize("url", ["http://127.0.0.1:9", "http://localhost:9", "http://wiki.invalid", "https://[::1]:9"])
async def test_both_clients_say_alike_why_there_is_no_connection(url: str) -> None:
    with WikiJSClient(url, retry=False) as client, pytest.raises(TransportError) as one:
        client.execute(ops.pages_list())
    async with AsyncWikiJSClient(url, retry=False) as other:
        with pytest.raises(TransportError) as two:
            await other.execute(ops.pages_list())
    assert str(one.value) == str(two.value)
    assert "Errno" not in str(one.value)
    assert not one.value.sent
    assert not two.value.sent


def test_a_bulk_result_raises_an_error_that_is_where_all_errors_are() -> None:
    with nowhere() as wiki, pytest.raises(exceptions.BatchFailedError, match="1 of 1 items failed"):
        wiki.pages.delete_many([1]).raise_for_errors()
