"""What became of an attempt: each row of the tables, and that recorded answers are told apart by them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import pytest

from tests.support.recordings import step
from wikijs import exceptions as exc
from wikijs import ops
from wikijs.core.operations import Operation
from wikijs.core.outcomes import BY_CLASS, BY_CODE, BY_SLUG, BY_TEXT, Outcome, classify, is_answer
from wikijs.sandbox import Sandbox


def made(cls: type[exc.WikiJSException]) -> exc.WikiJSException:
    return cls("x")


@pytest.mark.parametrize(("cls", "outcome"), [row[:2] for row in BY_CLASS])
def test_the_class_decides_first(cls: type[exc.WikiJSException], outcome: Outcome) -> None:
    assert classify(made(cls), "pages.create") is outcome
    assert classify(made(cls), "anything") is outcome


@pytest.mark.parametrize(("operation", "code"), BY_CODE)
def test_some_codes_do_not_mean_that_nothing_happened(operation: str, code: int) -> None:
    error = exc.CLASS_FOR_CODE[code]("x", code=code)
    assert classify(error, operation) is BY_CODE[operation, code][0]
    assert classify(error, "another.operation") is Outcome.REJECTED


@pytest.mark.parametrize(("operation", "slug"), BY_SLUG)
def test_some_failures_without_a_code_are_known_by_their_slug(operation: str, slug: str) -> None:
    error = exc.APIError("x", code=1, slug=slug)
    assert classify(error, operation) is BY_SLUG[operation, slug][0]
    assert classify(error, "another.operation") is Outcome.UNKNOWN


@pytest.mark.parametrize("start", [start for start, _ in BY_TEXT])
def test_some_messages_prove_that_nothing_happened(start: str) -> None:
    assert classify(exc.APIError(f"{start} and more", code=1), "pages.update") is Outcome.REJECTED
    assert classify(exc.APIError("x", code=1, errors=[{"message": start}]), "pages.update") is Outcome.REJECTED
    assert classify(exc.APIError(f"It says {start}", code=1), "pages.update") is Outcome.UNKNOWN


@pytest.mark.parametrize(
    "error",
    [
        exc.TransportError("cut", sent=True),
        exc.TimeoutError("late", sent=True),
        exc.ServerError("bad gateway", status=502),
        exc.BrokenReplyError("half", status=200),
        exc.APIError("failed late", code=1),
        KeyboardInterrupt(),
        RuntimeError(),
    ],
    ids=lambda error: type(error).__name__,
)
def test_whatever_no_row_covers_is_unknown(error: Exception) -> None:
    assert classify(error, "pages.create") is Outcome.UNKNOWN


def test_what_was_not_sent_had_no_effect() -> None:
    assert classify(exc.TransportError("refused", sent=False), "pages.create") is Outcome.NOT_SENT


@pytest.mark.parametrize(
    ("error", "answers"),
    [
        (exc.APIError("no", code=1), True),
        (exc.PageExistsError("no"), True),
        (exc.BrokenReplyError("half"), False),
        (exc.ServerError("bad gateway", status=502), False),
        (exc.TransportError("cut"), False),
    ],
    ids=lambda part: type(part).__name__,
)
def test_an_answer_of_the_server_itself_is_its_last_word(error: Exception, answers: bool) -> None:
    assert is_answer(error) is answers


# Rows that can be had from a sandbox: what the server answers is read as this outcome, and the state agrees.

REFUSED: Final[dict[str, tuple[Callable[[], Operation[object]], type[exc.APIError]]]] = {
    "locale": (lambda: new(locale="xx"), exc.APIError),
    "editor": (lambda: new(editor="none"), exc.APIError),
    "title": (lambda: new(title="x" * 300), exc.APIError),
    "content": (lambda: new(content=" "), exc.PageEmptyContentError),
    "path": (lambda: new(path="a b"), exc.PageIllegalPathError),
    "gone": (lambda: ops.pages_delete(99), exc.PageNotFoundError),
    "member": (lambda: ops.groups_assign_user(1, user_id=1), exc.ConflictError),
    "same editor": (lambda: ops.pages_convert(1, editor="markdown"), exc.APIError),
}


def new(**changes: str) -> Operation[object]:
    wanted: dict[str, Any] = {
        "title": "New",
        "content": "# New",
        "editor": "markdown",
        "locale": "en",
        "path": "new",
    } | changes
    return ops.pages_create(**wanted, description="", is_published=True, is_private=False, tags=[])


@pytest.mark.parametrize("name", REFUSED)
def test_refusals_of_the_server_are_read_as_proof_that_nothing_changed(name: str) -> None:
    make, cls = REFUSED[name]
    operation = make()
    with Sandbox() as sandbox, sandbox.client() as client:
        client.pages.create("there", title="There", content="# There")
        with pytest.raises(cls) as caught:
            client.execute(operation)
        assert classify(caught.value, operation.spec.server_field) is Outcome.REJECTED
        assert is_answer(caught.value)
        assert [page.path for page in client.pages.list()] == ["there"]


def test_recorded_limits_are_refusals() -> None:
    message = step("comments", "create: second within 15 s is refused").body["errors"][0]["message"]
    assert classify(exc.RateLimitError(message), "comments.create") is Outcome.REJECTED
