"""What plugins see and may do, in both clients."""

from __future__ import annotations

import itertools
import logging
from contextlib import suppress
from typing import Any

import httpx2
import pytest

from wikijs import exceptions as exc
from wikijs import ops
from wikijs.auth import PasswordAuth
from wikijs.cache import MemoryCache
from wikijs.middleware import CircuitBreaker
from wikijs.plugins import (
    Attempt,
    Call,
    Flow,
    Plugin,
    PluginError,
    Proceed,
    Request,
    Response,
    blocking,
    pause,
    send,
)

from .both import KEY, READ, WRITE, Both, LosingGroups, Server, html


class Noting(Plugin):
    """Writes down all that it is told."""

    def __init__(self, name: str, notes: list[str]) -> None:
        self.name = name  # type: ignore[misc]  a name of its own for each object
        self.notes = notes

    def note(self, what: str) -> None:
        self.notes.append(f"{self.name} {what}")

    def before_request(self, request: Request) -> None:
        self.note("before")

    def after_request(self, request: Request, response: Response) -> None:
        self.note(f"after {response.status}")

    def on_error(self, request: Request, error: exc.WikiJSException) -> None:
        self.note(f"error {type(error).__name__}")

    def around_call(self, call: Call, proceed: Proceed[Any]) -> Flow[Any]:
        self.note(f"call {call.name}")
        try:
            return (yield from proceed(call))
        finally:
            self.note("call ended")

    def around_attempt(self, attempt: Attempt, proceed: Proceed[Response]) -> Flow[Response]:
        self.note(f"attempt {attempt.number}")
        response = yield from proceed(attempt)
        self.note("attempt ended")
        return response


def test_plugins_stand_around_each_other_in_the_order_of_the_list(both: Both) -> None:
    notes: list[str] = []
    both.read([Noting("a", notes), Noting("b", notes)])
    assert notes == [
        *("a call comments.list", "b call comments.list"),
        *("a before", "a attempt 0", "b before", "b attempt 0"),
        *("b attempt ended", "b after 200", "a attempt ended", "a after 200"),
        *("b call ended", "a call ended"),
    ]


def test_errors_are_told_from_the_inside_outwards_once_a_call_has_failed_for_good(both: Both) -> None:
    notes: list[str] = []
    with pytest.raises(exc.ServerError):
        both.read([Noting("a", notes), Noting("b", notes)], Server(html(), html(), html()))
    assert [note for note in notes if note.startswith("a attempt ")] == [
        *("a attempt 0", "a attempt ended"),
        *("a attempt 1", "a attempt ended"),
        *("a attempt 2", "a attempt ended"),
    ]
    assert [note for note in notes if "error" in note] == ["b error ServerError", "a error ServerError"]


def test_headers_are_added_and_the_token_is_neither_shown_nor_replaced(both: Both) -> None:
    seen: list[Request] = []

    class Adding(Plugin):
        def before_request(self, request: Request) -> Request:
            seen.append(request)
            return request.with_headers({"x-change": "CHG-7", "Authorization": "Bearer other"})

    server = Server()
    both.read([Adding()], server)
    assert server.requests[0].headers["x-change"] == "CHG-7"
    assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"
    [request] = seen
    assert KEY not in repr((request, request.headers, request.content, request.call))
    assert (request.method, request.url, request.operation) == (
        "POST",
        "http://wiki.example.com/graphql",
        "comments.list",
    )


@pytest.mark.parametrize("name", ["content-type", "Content-Type", "host", "a b", "x-\n"])
def test_headers_of_the_client_cannot_be_set(both: Both, name: str) -> None:
    class Bad(Plugin):
        def before_request(self, request: Request) -> Request:
            return request.with_headers({name: "text/plain"})

    server = Server()
    with pytest.raises(exc.ConfigurationError, match="header"):
        both.write([Bad()], server)
    assert server.requests == []


def test_renewed_tokens_are_not_in_what_plugins_see_and_are_taken_over_all_the_same(both: Both) -> None:
    from tests.support.jwt import login_token

    first, second = login_token(iat=1), login_token()
    seen: list[Response] = []

    class Looking(Plugin):
        def after_request(self, request: Request, response: Response) -> None:
            seen.append(response)

    answer = Server().usual(httpx2.Request("POST", "http://x", json={"query": "comments"}))
    answer.headers["new-jwt"] = second
    answer.headers["set-cookie"] = f"jwt={second}"
    from wikijs.auth import JWTAuth

    auth = JWTAuth(first)
    both.read([Looking()], Server(answer), auth=auth)
    assert auth.current is not None
    assert auth.current.value == second
    assert second not in repr(dict(seen[0].headers)) + seen[0].content.decode()
    assert seen[0].json() == {"data": {"comments": {"list": []}}}
    assert seen[0].status_code == 200


def test_a_login_shows_neither_password_nor_token_and_says_what_it_is(both: Both) -> None:
    calls: list[tuple[str, str]] = []
    texts: list[str] = []

    class Looking(Plugin):
        def around_call(self, call: Call, proceed: Proceed[Any]) -> Flow[Any]:
            calls.append((call.name, call.purpose))
            return (yield from proceed(call))

        def around_attempt(self, attempt: Attempt, proceed: Proceed[Response]) -> Flow[Response]:
            response = yield from proceed(attempt)
            if attempt.call.purpose == "login":
                texts.append(attempt.request.content.decode() + response.content.decode())
            return response

    both.read([Looking()], auth=PasswordAuth("ada@example.com", "s3cret-word"))
    assert calls == [("comments.list", "call"), ("authentication.login", "login")]
    assert texts == [""]


def test_the_other_names_of_hooks_work_with_as_many_arguments_as_they_take(both: Both) -> None:
    notes: list[Any] = []

    class Old(Plugin):
        def on_request(self, request: Request) -> None:
            notes.append(request.operation)

        def on_response(self, response: Response) -> None:
            notes.append(response.status)

        def on_error(self, error: exc.WikiJSException) -> None:  # type: ignore[override]
            notes.append(type(error).__name__)

        def on_event(self, event: Any, wiki: str = "") -> None:
            notes.append(wiki)

    refused = httpx2.Response(200, json={"errors": [{"message": "Forbidden"}], "data": None})
    with pytest.raises(exc.PermissionDeniedError):
        both.read([Old()], Server(refused))
    assert notes == [
        *("comments.list", "http://wiki.example.com", 200),
        *("http://wiki.example.com", "PermissionDeniedError"),  # the event that the server said no
    ]


def test_an_event_may_be_taken_alone(both: Both) -> None:
    events: list[str] = []

    class Listening(Plugin):
        def on_event(self, event: Any) -> None:
            events.append(type(event).__name__)

    both.read([Listening()], Server(html(503)))
    assert events == ["Finished", "Retrying", "Finished"]


def test_a_plugin_may_send_wait_and_answer_by_itself(both: Both) -> None:
    class Busy(Plugin):
        def around_call(self, call: Call, proceed: Proceed[Any]) -> Flow[Any]:
            if call.kind == "mutation":
                before = yield from send(READ)
                yield from pause(0)
                assert (yield from blocking(lambda: 3)) == 3
                return before, (yield from proceed(call))
            return "answered"

    server = Server()
    before, done = both.write([Busy()], server)
    assert before == []
    assert done.succeeded
    assert ["mutation" in request.content.decode() for request in server.requests] == [False, True]
    assert both.read([Busy()]) == "answered"


def test_what_a_plugin_sends_passes_only_those_behind_it(both: Both) -> None:
    notes: list[str] = []

    class Asking(Plugin):
        def around_call(self, call: Call, proceed: Proceed[Any]) -> Flow[Any]:
            if call.kind == "mutation":
                yield from send(READ)
            return (yield from proceed(call))

    both.write([Noting("out", notes), Asking(), Noting("in", notes)])
    assert [note for note in notes if "call c" in note] == [
        "out call comments.delete",
        "in call comments.list",
        "in call comments.delete",
    ]


def test_a_plugin_may_send_during_a_login_without_waiting_for_itself(both: Both) -> None:
    class Asking(Plugin):
        def around_call(self, call: Call, proceed: Proceed[Any]) -> Flow[Any]:
            if call.purpose == "login":
                yield from send(READ)
            return (yield from proceed(call))

    server = Server()
    assert both.read([Asking()], server, auth=PasswordAuth("ada@example.com", "s3cret")) == []
    assert [("authorization" in request.headers) for request in server.requests] == [False, False, True]


def test_an_error_of_what_a_plugin_sends_reaches_it(both: Both) -> None:
    class Asking(Plugin):
        def around_call(self, call: Call, proceed: Proceed[Any]) -> Flow[Any]:
            with pytest.raises(exc.PermissionDeniedError):
                yield from send(READ)
            return (yield from proceed(call))

    refused = httpx2.Response(200, json={"errors": [{"message": "Forbidden"}], "data": None})
    assert both.write([Asking()], Server(refused)).succeeded


@pytest.mark.parametrize("what", [ops.pages_delete(1), "pages.list", None])
def test_page_writes_and_what_is_no_operation_cannot_be_sent_by_a_plugin(both: Both, what: Any) -> None:
    class Asking(Plugin):
        def around_call(self, call: Call, proceed: Proceed[Any]) -> Flow[Any]:
            yield from send(what)
            return (yield from proceed(call))

    server = Server()
    with pytest.raises(PluginError):
        both.write([Asking()], server)
    assert server.requests == []


def test_an_attempt_can_be_answered_or_changed(both: Both) -> None:
    class Answering(Plugin):
        def around_attempt(self, attempt: Attempt, proceed: Proceed[Response]) -> Flow[Response]:
            if attempt.number == 0:
                return Response(503)
            yield from proceed(attempt.with_headers({"x-number": str(attempt.number)}))
            return Response(200, content=b'{"data": {"comments": {"list": []}}}')

    server = Server()
    assert both.read([Answering()], server) == []
    assert [request.headers.get("x-number") for request in server.requests] == ["1"]


def test_an_error_may_be_replaced_and_the_cause_stays(both: Both) -> None:
    class Mine(exc.WikiJSException):
        pass

    class Replacing(Plugin):
        def on_error(self, request: Request, error: exc.WikiJSException) -> exc.WikiJSException:
            return Mine(f"{request.operation} failed")

    with pytest.raises(Mine, match=r"comments\.list failed") as caught:
        both.read([Replacing()], Server(html(), html(), html()))
    assert isinstance(caught.value.__cause__, exc.ServerError)


def test_replacing_the_error_of_a_lost_write_does_not_make_it_be_sent_again(both: Both) -> None:
    class Replacing(Plugin):
        def on_error(self, request: Request, error: exc.WikiJSException) -> exc.WikiJSException:
            return exc.TransportError("never sent, honestly", sent=False)

    server = Server(httpx2.ReadError("lost"))
    with pytest.raises(exc.OutcomeUnknownError):
        both.write([Replacing()], server)
    assert server.writes == 1


def test_a_failure_before_anything_was_sent_has_a_request_too(both: Both) -> None:
    seen: list[str] = []

    class Looking(Plugin):
        def on_error(self, request: Request, error: exc.WikiJSException) -> None:
            seen.append(f"{request.operation} {type(error).__name__}")

    breaker = CircuitBreaker(failure_threshold=1)
    server = Server(httpx2.ConnectError("no"))

    def twice(client: Any) -> Any:
        for _ in range(2):
            with suppress(exc.WikiJSException):
                client.execute(READ)

    Both("blocking").run(twice, [Looking()], server, circuit_breaker=breaker, retry=False)
    assert seen == ["comments.list TransportError", "comments.list CircuitOpenError"]


def test_batches_documents_and_downloads_are_calls_too(both: Both) -> None:
    calls: list[tuple[str, str, int]] = []

    class Looking(Plugin):
        def around_call(self, call: Call, proceed: Proceed[Any]) -> Flow[Any]:
            calls.append((call.name, call.kind, len(call.operations)))
            return (yield from proceed(call))

    both.run(lambda client: client.batch(READ, READ), [Looking()])
    both.run(lambda client: client.graphql("query { comments { list } }"), [Looking()])
    both.run(lambda client: client.graphql("mutation { comments { delete(id: 1) { x } } }"), [Looking()])
    assert calls == [("batch", "query", 2), ("graphql", "query", 0), ("graphql", "mutation", 0)]


def test_a_cache_keeps_no_answer_that_a_plugin_made_up(both: Both) -> None:
    class Making(Plugin):
        def __init__(self) -> None:
            self.answers = itertools.count()

        def around_call(self, call: Call, proceed: Proceed[Any]) -> Flow[Any]:
            yield from proceed(call)
            return [next(self.answers)]

    cache = MemoryCache()
    plugin = Making()
    assert both.read([plugin], cache=cache) == [0]
    assert both.read([plugin], cache=cache) == [1]
    assert both.read([], cache=cache) == []
    assert both.read([plugin], cache=cache) == [] or cache.stats().hits == 1


def test_settling_says_so(both: Both) -> None:
    calls: list[tuple[str, str]] = []

    class Looking(Plugin):
        def around_call(self, call: Call, proceed: Proceed[Any]) -> Flow[Any]:
            calls.append((call.name, call.purpose))
            return (yield from proceed(call))

    write = ops.groups_delete(3)
    assert both.run(lambda client: client.execute(write), [Looking()], LosingGroups()) is not None
    sent = calls.index(("groups.delete", "call"))
    assert {purpose for _, purpose in calls[sent + 1 :]} == {"settle"}


def test_a_call_says_who_asks(both: Both) -> None:
    seen: list[tuple[str, str]] = []

    class Looking(Plugin):
        def around_call(self, call: Call, proceed: Proceed[Any]) -> Flow[Any]:
            assert call.id == call.id
            assert len(call.id) == 16
            seen.append((call.caller, repr(call)))
            return proceed(call)

    both.read([Looking()])
    both.read([Looking()], auth=None)
    both.read([Looking()], auth=PasswordAuth("a@example.com", "s3cret"))
    assert [caller for caller, _ in seen] == ["key 1 of group 1", "guest", "guest", "guest"]
    assert seen[0][1] == "<Call query comments.list>"


# Defects of plugins


def raising(stage: str, error: type[Exception], kind: str = "mutation") -> Plugin:
    """A plugin that raises at one stage of calls of one kind."""

    class Bad(Plugin):
        name = "bad"

        def before_request(self, request: Request) -> None:
            if stage == "before_request" and request.call.kind == kind:
                raise error("on purpose")

        def after_request(self, request: Request, response: Response) -> None:
            if stage == "after_request" and request.call.kind == kind:
                raise error("on purpose")

        def on_error(self, request: Request, failure: exc.WikiJSException) -> None:
            if stage == "on_error" and request.call.kind == kind:
                raise error("on purpose")

        def on_event(self, event: Any) -> None:
            if stage == "on_event":
                raise error("on purpose")

        def around_call(self, call: Call, proceed: Proceed[Any]) -> Flow[Any]:
            if stage == "call before" and call.kind == kind:
                raise error("on purpose")
            result = yield from proceed(call)
            if stage == "call after" and call.kind == kind:
                raise error("on purpose")
            if stage == "call twice" and call.kind == kind:
                yield from proceed(call)
            return result

        def around_attempt(self, attempt: Attempt, proceed: Proceed[Response]) -> Flow[Response]:
            if stage == "attempt before" and attempt.call.kind == kind:
                raise error("on purpose")
            result = yield from proceed(attempt)
            if stage == "attempt after" and attempt.call.kind == kind:
                raise error("on purpose")
            if stage == "attempt twice" and attempt.call.kind == kind:
                yield from proceed(attempt)
            return result

    return Bad()


BEFORE = ("before_request", "call before", "attempt before")
AFTER = ("after_request", "on_error", "on_event", "call after", "attempt after", "call twice", "attempt twice")


@pytest.mark.parametrize("stage", BEFORE)
def test_a_defect_before_a_write_is_sent_stops_it_and_it_is_not_tried_again(both: Both, stage: str) -> None:
    server = Server()
    with pytest.raises(PluginError, match="plugin 'bad'") as caught:
        both.write([raising(stage, ValueError)], server)
    assert server.requests == []
    assert caught.value.plugin == "bad"
    assert isinstance(caught.value.__cause__, ValueError)


@pytest.mark.parametrize("stage", AFTER)
def test_a_defect_after_a_write_was_sent_does_not_make_it_look_failed(
    both: Both, stage: str, caplog: pytest.LogCaptureFixture
) -> None:
    server = Server()
    assert both.write([raising(stage, ValueError)], server).succeeded
    assert server.writes == 1
    if stage != "on_error":
        assert "the plugin 'bad' failed in" in caplog.text


@pytest.mark.parametrize("stage", ["call after", "attempt after"])
def test_a_defect_after_a_read_is_raised(both: Both, stage: str) -> None:
    with pytest.raises(PluginError):
        both.read([raising(stage, ValueError, "query")])


@pytest.mark.parametrize("stage", ["call twice", "attempt twice"])
def test_reads_may_proceed_twice(both: Both, stage: str) -> None:
    server = Server()
    assert both.read([raising(stage, ValueError, "query")], server) == []
    assert len(server.requests) == 2


@pytest.mark.parametrize("stage", [*BEFORE, *AFTER])
@pytest.mark.parametrize("outcome", ["applied", "not connected", "lost", "refused", "502"])
@pytest.mark.parametrize("error", [ValueError, "unsent", "refusal", "unknown"])
def test_whatever_a_plugin_raises_wherever_a_write_takes_place_at_most_once(
    both: Both, stage: str, outcome: str, error: Any
) -> None:
    made = {
        "unsent": lambda text: exc.TransportError(text, sent=False),
        "refusal": exc.RateLimitError,
        "unknown": exc.ServerError,
    }.get(error, error)
    first: list[Any] = {
        "applied": [],
        "not connected": [httpx2.ConnectError("no")],
        "lost": [httpx2.ReadError("lost")],
        "refused": [httpx2.Response(200, json={"errors": [{"message": "Forbidden"}], "data": None})],
        "502": [html()],
    }[outcome]
    server = Server(*first)
    try:
        both.write([raising(stage, made)], server)
    except exc.WikiJSException as failure:
        ended: object = failure
    else:
        ended = None
    reached = server.writes - (1 if outcome == "not connected" and server.writes else 0)
    assert reached <= 1
    if stage in BEFORE:
        assert server.writes == 0
        assert ended is not None
    elif error is ValueError:
        # Without the plugin it would have ended in the same way.
        bare: object = None
        try:
            both.write([], Server(*first))
        except exc.WikiJSException as failure:
            bare = failure
        assert type(ended) is type(bare)


def test_a_plugin_that_raises_an_error_of_its_own_after_a_write_is_obeyed(both: Both) -> None:
    server = Server()
    with pytest.raises(exc.RateLimitError) as caught:
        both.write([raising("call after", exc.RateLimitError)], server)
    assert server.writes == 1
    assert caught.value.effect == "applied"


def test_hooks_that_give_something_else_are_named(both: Both) -> None:
    class NoFlow(Plugin):
        def around_call(self, call: Call, proceed: Proceed[Any]) -> Any:
            return 5

    class NoResponse(Plugin):
        def around_attempt(self, attempt: Attempt, proceed: Proceed[Response]) -> Any:
            yield from ()
            return "x"

    class NoRequest(Plugin):
        def before_request(self, request: Request) -> Any:
            return "x"

    class NoError(Plugin):
        def on_error(self, request: Request, error: exc.WikiJSException) -> Any:
            return "x"

    class OtherCall(Plugin):
        def around_call(self, call: Call, proceed: Proceed[Any]) -> Flow[Any]:
            return (yield from proceed(Call("x", "query")))

    for bad in (NoFlow, NoResponse, NoRequest, OtherCall):
        server = Server()
        with pytest.raises(PluginError):
            both.write([bad()], server)
        assert server.requests == []
    with pytest.raises(exc.ServerError):
        both.read([NoError()], Server(html(), html(), html()))


def test_an_error_that_is_nobodys_passes_as_it_is(both: Both) -> None:
    class Through(Plugin):
        def around_call(self, call: Call, proceed: Proceed[Any]) -> Flow[Any]:
            return (yield from proceed(call))

        def around_attempt(self, attempt: Attempt, proceed: Proceed[Response]) -> Flow[Response]:
            return (yield from proceed(attempt))

    for action in (both.read, both.write):
        with pytest.raises(LookupError, match="of the HTTP client"):
            action([Through()], Server(LookupError("of the HTTP client")))


def test_what_a_plugin_asks_to_be_tried_again_is(both: Both) -> None:
    class Flaky(Plugin):
        def __init__(self) -> None:
            self.failed = False

        def before_request(self, request: Request) -> None:
            if not self.failed:
                self.failed = True
                raise exc.TransportError("not yet", sent=False)

    server = Server()
    assert both.write([Flaky()], server).succeeded
    assert server.writes == 1


def test_a_thousand_writes_with_a_plugin_that_raises_at_every_stage_are_a_thousand_effects(both: Both) -> None:
    stages = itertools.cycle(AFTER)

    class Changing(Plugin):
        name = "changing"

        def __init__(self) -> None:
            self.stage = ""

        def after_request(self, request: Request, response: Response) -> None:
            if self.stage == "after_request":
                raise ValueError

        def on_event(self, event: Any) -> None:
            if self.stage == "on_event":
                raise ValueError

        def around_call(self, call: Call, proceed: Proceed[Any]) -> Flow[Any]:
            self.stage = next(stages)
            result = yield from proceed(call)
            if self.stage == "call after":
                raise ValueError
            if self.stage == "call twice":
                yield from proceed(call)
            return result

        def around_attempt(self, attempt: Attempt, proceed: Proceed[Response]) -> Flow[Response]:
            result = yield from proceed(attempt)
            if self.stage == "attempt after":
                raise ValueError
            if self.stage == "attempt twice":
                yield from proceed(attempt)
            return result

    server = Server()
    logging.getLogger("wikijs").setLevel(logging.CRITICAL)
    try:

        def work(client: Any) -> Any:
            return [client.execute(WRITE) for _ in range(1_000)]

        async def work_async(client: Any) -> Any:
            return [await client.execute(WRITE) for _ in range(1_000)]

        results = both.run(work if both.colour == "blocking" else work_async, [Changing()], server)
    finally:
        logging.getLogger("wikijs").setLevel(logging.NOTSET)
    assert len(results) == 1_000
    assert all(result.succeeded for result in results)
    assert server.writes == 1_000
