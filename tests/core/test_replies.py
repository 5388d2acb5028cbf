"""From bytes to a value or an exception: the three channels of failure, and the traps between them."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import httpx2
import pytest
import wikijs_generated.operations as generated
from hypothesis import given, settings
from hypothesis import strategies as st
from support.recordings import step
from support.wiki import reply

from wikijs import exceptions, ops
from wikijs.core import replies
from wikijs.core.batching import split
from wikijs.core.documents import older_servers
from wikijs.core.operations import Operation, OperationSpec
from wikijs.core.outcomes import Outcome
from wikijs.middleware import RetryStrategy

CREATE = generated.PAGES_CREATE
LIST = generated.PAGES_LIST
JSON = {"content-type": "application/json; charset=utf-8"}


def failure(spec: OperationSpec[Any], answer: httpx2.Response) -> exceptions.WikiJSException:
    with pytest.raises(exceptions.WikiJSException) as caught:
        replies.parse(spec, answer)
    return caught.value


# --- what counts as success


def test_a_mutation_that_succeeded_though_errors_is_set() -> None:
    recorded = next(
        step
        for step in _steps_of("mutation PagesCreate")
        if step.body.get("errors") and step.body["data"]["pages"]["create"]["responseResult"]["succeeded"]
    )
    assert recorded.body["data"]["pages"]["create"]["page"] is None
    result = replies.parse(CREATE, recorded.reply())
    assert result.response_result.succeeded
    assert result.page is None


def test_a_success_whose_rest_makes_no_sense_is_not_taken_for_a_failure() -> None:
    body = json.loads(json.dumps(step("pages-lifecycle", "create lc/one").body))
    body["data"]["pages"]["create"]["page"] = {"id": "no number"}
    forbidden: list[Any] = step("authentication", "guest writes").body["errors"]
    for errors in (forbidden, forbidden[:0]):
        error = failure(CREATE, reply({**body, "errors": errors}))
        assert isinstance(error, exceptions.BrokenReplyError)
        assert "The operation succeeded, but its answer" in str(error)


def test_a_query_with_errors_fails_though_data_is_set() -> None:
    body = step("authentication", "read-only key: two fields, one forbidden").body
    assert body["data"]["pages"]
    error = failure(LIST, reply(body))
    assert isinstance(error, exceptions.PermissionDeniedError)
    assert error.data == body["data"]


def test_a_mutation_without_a_result_is_no_success() -> None:
    error = failure(generated.USERS_RESET_PASSWORD, step("users", "resetPassword").reply())
    assert type(error) is exceptions.ServerError
    assert "does nothing" in str(error)


def test_a_result_that_errors_destroyed_is_told_by_the_errors() -> None:
    body = step("users", "resetPassword").body
    forbidden = step("authentication", "guest writes").body["errors"]
    error = failure(generated.USERS_RESET_PASSWORD, reply({**body, "errors": forbidden}))
    assert isinstance(error, exceptions.PermissionDeniedError)


# --- failures


def _steps_of(start: str) -> list[Any]:
    from support.recordings import steps

    return [
        step
        for step in steps()
        if isinstance(step.request.get("json"), dict) and step.request["json"].get("query", "").startswith(start)
    ]


@pytest.mark.parametrize(
    ("scenario", "name", "exception", "texts"),
    [
        (
            "authentication",
            "a key while the API is off",
            exceptions.ApiDisabledError,
            ["API Access", "API is disabled"],
        ),
        ("authentication", "revoked key", exceptions.ApiKeyRevokedError, ["Create a new key"]),
        ("transport", "body over 5 MB", exceptions.PayloadTooLargeError, ["5 MB"]),
        ("transport", "not JSON", exceptions.ServerError, ["HTTP 500", "POST body missing"]),
        ("transport", "unknown path", exceptions.EndpointError, ["HTTP 404, text/html", "root of the wiki"]),
        ("transport", "page as html", exceptions.EndpointError, ["HTTP 200, text/html", "setup must be finished"]),
        (
            "transport",
            "page by id",
            exceptions.EndpointError,
            ["redirects to /home (HTTP 302)", "https instead of http"],
        ),
        ("transport", "healthz", exceptions.EndpointError, ["HTTP 200, application/json"]),
        ("transport", "unknown field", exceptions.UnsupportedByServerError, ['"nope"']),
        (
            "authentication",
            "guest reads users",
            exceptions.PermissionDeniedError,
            ["any of these permissions", "whoami"],
        ),
        ("authentication", "login burst 2", exceptions.RateLimitError, ["try again in 59 seconds"]),
    ],
)
def test_recorded_failures_say_what_to_do(
    scenario: str, name: str, exception: type[Exception], texts: list[str]
) -> None:
    error = failure(LIST, step(scenario, name).reply())
    assert type(error) is exception
    assert all(text in str(error) for text in texts)
    assert str(error).startswith("pages.list: ")


def test_forbidden_names_the_permissions_that_would_do() -> None:
    error = failure(generated.USERS_LIST, step("authentication", "guest reads users").reply())
    assert isinstance(error, exceptions.PermissionDeniedError)
    assert error.permissions == generated.USERS_LIST.requires
    assert all(name in str(error) for name in error.permissions)


def test_unauthorized_means_that_the_token_has_no_user() -> None:
    body = step("authentication", "guest reads users").body
    body = json.loads(json.dumps(body).replace("Forbidden", "Unauthorized"))
    error = failure(generated.USERS_LIST, reply(body))
    assert isinstance(error, exceptions.AuthenticationRequiredError)
    assert "expired" in str(error)


def test_an_older_server_is_told_by_its_version() -> None:
    body = step("transport", "unknown field").body
    error = failure(generated.PAGES_SINGLE_BY_PATH, reply(body, 400))
    assert isinstance(error, exceptions.UnsupportedByServerError)
    told = older_servers.unsupported(error, generated.PAGES_SINGLE_BY_PATH, "2.5.201")
    assert str(told).startswith("pages.singleByPath needs Wiki.js 2.5.296 or later; this server is 2.5.201. ")
    assert (told.needs, told.version) == ("2.5.296", "2.5.201")


@pytest.mark.parametrize(
    ("status", "headers", "content", "exception", "text"),
    [
        (401, {"content-type": "text/html"}, b"<html>Log in</html>", "ProxyLoginError", "headers="),
        (
            403,
            {"content-type": "application/json"},
            b'{"message":"no"}',
            "ProxyLoginError",
            "did not reach Wiki.js",
        ),
        (429, {"retry-after": "7"}, b"", "RateLimitError", "Too many requests"),
        (429, {"retry-after": "Wed, 21 Oct 2026 07:28:00 GMT"}, b"", "RateLimitError", "Too many requests"),
        (413, {"content-type": "text/html"}, b"<html>", "PayloadTooLargeError", "too large"),
        (502, {"content-type": "text/html"}, b"<html>Bad gateway</html>", "ServerError", "failed with HTTP 502."),
        (503, {"content-type": "application/json"}, b'{"message":"down"}', "ServerError", "down"),
        (200, {"content-type": "text/html"}, b"<html>", "EndpointError", "No Wiki.js GraphQL endpoint"),
        (200, {}, b"", "EndpointError", "no content type"),
        (404, {"content-type": "application/json"}, b'{"error":"not found"}', "EndpointError", "HTTP 404"),
        (301, {}, b"", "EndpointError", "another place"),
        (304, JSON, b'{"data":{}}', "EndpointError", "HTTP 304"),
        (200, JSON, b"", "BrokenReplyError", "cut off"),
        (200, JSON, b'{"data":{"pages":{"list":[', "BrokenReplyError", "cut off"),
        (200, JSON, b"\xff\xfe", "BrokenReplyError", "not JSON"),
        (200, JSON, b"null", "EndpointError", "No Wiki.js"),
        (200, JSON, b"[]", "EndpointError", "No Wiki.js"),
        (200, JSON, b"{}", "EndpointError", "No Wiki.js"),
        (200, JSON, b'{"data":null}', "ServerError", "shape"),
        (200, JSON, b'{"data":{"pages":null}}', "ServerError", "pages"),
        (200, JSON, b'{"data":{"pages":{"list":[{"id":"x"}]}}}', "ServerError", "pages.list.0.id"),
        (200, JSON, b'{"data":{},"errors":[]}', "ServerError", "shape"),
    ],
)
def test_what_proxies_and_strangers_answer(
    status: int, headers: dict[str, str], content: bytes, exception: str, text: str
) -> None:
    error = failure(LIST, httpx2.Response(status, headers=headers, content=content))
    assert type(error).__name__ == exception
    assert text in str(error)
    assert "<html" not in str(error)
    if isinstance(error, exceptions.APIError):
        assert error.status == status
    if isinstance(error, exceptions.RateLimitError):
        assert error.retry_after == (7 if headers["retry-after"] == "7" else 0)  # a moment that has passed


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("9" * 5_000, 86_400.0),
        ("9" * 401, 86_400.0),
        ("nan", None),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 86_400.0),
        ("Mon, 01 Jan 2020 00:00:00 +99999999999999", None),
        ("0", 0.0),
        ("-1", None),
        ("1e999", None),
        ("٣", None),
        ("Fri, 31 Dec 999999999999 00:00:00 GMT", None),
        ("Mon, 01 Jan 0001 00:00:00 GMT", 0.0),
        ("", None),
    ],
)
def test_no_wait_is_too_long_to_be_read(header: str, seconds: float | None) -> None:
    answer = httpx2.Response(429, headers=[(b"retry-after", header.encode())])
    error = failure(LIST, answer)
    assert isinstance(error, exceptions.RateLimitError)
    assert error.retry_after == seconds
    wait = RetryStrategy().delay(error, kind="query", outcome=Outcome.REJECTED, retries=0, elapsed=0)
    assert wait is None or 0 <= wait <= RetryStrategy().max_delay


def test_no_answer_puts_its_tokens_or_statements_into_an_error() -> None:
    from support.jwt import api_key

    key = api_key()
    for text in (f"Bearer {key} is bad", f'select "x" from "y" where "z" = \'{key}\''):  # noqa: S608  a server's text
        answers = [
            reply({"errors": [{"message": text, "path": ["pages"]}], "data": None}),
            reply({"data": {"pages": {"create": {"responseResult": _refusal(text), "page": None}}}}),
            httpx2.Response(500, content=text),
            httpx2.Response(302, headers={"location": f"/?{text}"}),
        ]
        for answer in answers:
            error = failure(CREATE, answer)
            shown = f"{error} {error!r} {error.args} {getattr(error, 'errors', '')}"
            assert "eyJ" not in shown
            assert "select" not in shown


def _refusal(message: str) -> dict[str, Any]:
    return {"succeeded": False, "errorCode": 1, "slug": "Error", "message": message}


# --- whatever arrives, only exceptions of this package leave


ANY = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=6)
    | st.sampled_from(
        ["Forbidden", "Unauthorized", "GRAPHQL_VALIDATION_FAILED", "Too many requests, please try again in 5 seconds."]
    ),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(
                ["message", "path", "extensions", "exception", "code", "responseResult", "succeeded", "slug"]
            )
            | st.sampled_from(["errorCode", "pages", "list", "create", "b0_pages", "data", "errors"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)
ANSWER = st.fixed_dictionaries(
    {},
    optional={
        "data": ANY | st.dictionaries(st.sampled_from(["pages", "b0_pages", "b1_pages"]), ANY, max_size=2),
        "errors": ANY
        | st.lists(ANY | st.fixed_dictionaries({"message": ANY}, optional={"path": ANY, "extensions": ANY})),
    },
)


@settings(max_examples=200)
@given(ANSWER | ANY | st.lists(ANSWER, max_size=2), st.sampled_from([200, 302, 400, 401, 404, 413, 500]))
def test_any_json_becomes_a_value_or_an_exception_of_this_package(body: Any, status: int) -> None:
    answer = reply(body, status)
    create: Operation[Any] = Operation(CREATE)
    for attempt in (
        lambda: replies.parse(LIST, answer),
        lambda: replies.parse(CREATE, answer),
        lambda: replies.payload(answer),
        lambda: split([ops.pages_list(), ops.pages_tags()], answer, "alias"),
        lambda: split([ops.pages_list(), ops.pages_tags()], answer, "array"),
        lambda: split([create, create], answer, "alias"),
    ):
        with contextlib.suppress(exceptions.WikiJSException):
            attempt()


@given(st.binary(max_size=60), st.sampled_from([200, 400, 500]), st.sampled_from(["application/json", "text/html", ""]))
def test_any_bytes_become_an_exception_of_this_package(content: bytes, status: int, kind: str) -> None:
    answer = httpx2.Response(status, headers={"content-type": kind}, content=content)
    assert "\n" not in str(failure(LIST, answer))


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("create: unknown editor", "There is no such editor."),
        ("create: unknown locale", "This locale is not installed on the wiki."),
    ],
)
def test_what_the_database_says_is_put_into_plain_words(name: str, says: str) -> None:
    spec = ops.pages_create(
        "x",
        content="x",
        description="",
        editor="x",
        locale="en",
        title="x",
        tags=[],
        is_published=True,
        is_private=False,
    ).spec
    with pytest.raises(exceptions.ValidationError) as caught:
        replies.parse(spec, step("pages-crud", name).reply())
    assert caught.value.message == says
