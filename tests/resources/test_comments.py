"""Comments: too soon, too short, in answer to nothing, and what readers may see of them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from tests.resources.conftest import Area, answer
from tests.resources.people import NOBODY
from wikijs import AsyncWikiJSClient, WikiJSClient
from wikijs import exceptions as exc
from wikijs.resources.comments.models import PageComment
from wikijs.sandbox import Sandbox


@pytest.fixture
def page(wiki: Area) -> Iterator[int]:
    """A page, on a wiki that lets one account post at any time."""
    delay = wiki.client.comments.provider_settings("default")["minDelay"].value
    wiki.client.comments.update_provider("default", config={"minDelay": 0})
    yield wiki.client.pages.create(path=wiki.path("page"), title="Page", content="x").id
    wiki.client.comments.update_provider("default", config={"minDelay": delay})


def post(client: WikiJSClient, page_id: int, **arguments: Any) -> PageComment:
    """Post when the server lets this address, whether or not the client waits by itself."""
    try:
        return client.comments.create(page_id, **arguments)
    except exc.RateLimitError as error:
        if not error.message.startswith("Too many requests"):
            raise
        time.sleep((error.retry_after or 0) + 0.1)
        return client.comments.create(page_id, **arguments)


def test_a_comment_is_posted_answered_changed_and_deleted(wiki: Area, page: int) -> None:
    comments = wiki.client.comments
    first = post(wiki.client, page, content="Is this **so**?")
    assert (first.content, first.render.strip()) == ("Is this **so**?", "<p>Is this <strong>so</strong>?</p>")
    reply = post(wiki.client, page, content="It is.", reply_to=first.id)
    assert [each.id for each in comments.list(wiki.path("page"))] == [first.id, reply.id]
    assert comments.list("/" + wiki.path("page"))[0] == first
    assert comments.get(reply.id) == reply
    changed = comments.update(first.id, content="It is so.")
    assert (changed.id, changed.content) == (first.id, "It is so.")
    comments.delete(first.id)
    with pytest.raises(exc.CommentNotFoundError):
        comments.get(first.id)

    # Readers get the HTML, and no error because of the source that they may not see.
    [seen] = wiki.limited("read:comments", "read:pages").comments.list(wiki.path("page"))
    assert (seen.id, seen.content, seen.render) == (reply.id, None, reply.render)
    assert wiki.limited("read:comments", "read:pages").comments.get(reply.id).content is None


def test_who_may_post_but_not_read_is_told_that_it_was_posted(wiki: Area, page: int) -> None:
    writer = wiki.limited("write:comments", "read:pages")
    with pytest.raises(exc.FollowUpError, match="The change was made") as caught:
        post(writer, page, content="Blind")
    assert isinstance(caught.value.__cause__, exc.PermissionDeniedError)
    assert [each.content for each in wiki.client.comments.list(wiki.path("page"))] == ["Blind"]


async def test_the_asynchronous_client_does_the_same(wiki: Area, aclient: AsyncWikiJSClient, page: int) -> None:
    comment = post(wiki.client, page, content="Hello")
    assert await aclient.comments.list(wiki.path("page")) == [comment]
    assert (await aclient.comments.update(comment.id, content="Bye")).content == "Bye"


def test_what_does_not_exist_is_an_error(wiki: Area, page: int) -> None:
    comments = wiki.client.comments
    with pytest.raises(exc.CommentNotFoundError):
        comments.create(page, content="An answer", reply_to=NOBODY)
    with pytest.raises(exc.CommentNotFoundError):
        comments.update(NOBODY, content="Nothing")
    with pytest.raises(exc.CommentNotFoundError):
        comments.delete(NOBODY)
    assert comments.list(wiki.path("page")) == []


@pytest.mark.parametrize("content", ["", "x", " \n x "])
def test_a_comment_too_short_is_refused_before_it_costs_the_right_to_post(content: str) -> None:
    with WikiJSClient("http://127.0.0.1:1") as client:
        with pytest.raises(exc.CommentContentError):
            client.comments.create(1, content=content)
        with pytest.raises(exc.CommentContentError):
            client.comments.update(1, content=content)


def test_the_limit_of_an_account_is_a_rate_limit_with_the_time_to_wait(wiki: Area, page: int) -> None:
    wiki.client.comments.update_provider("default", config={"minDelay": 77})
    post(wiki.client, page, content="First")
    with pytest.raises(exc.RateLimitError, match="All API keys are one account") as caught:
        post(wiki.client, page, content="Second")
    assert caught.value.retry_after == 77
    # Who may not read the settings is told the usual time.
    with pytest.raises(exc.RateLimitError) as caught:
        post(wiki.limited("write:comments", "read:comments", "read:pages"), page, content="Third")
    assert caught.value.retry_after == 30


def test_the_limit_of_an_address_says_how_long_to_wait() -> None:
    now = 1_800_000_000.0
    sandbox = Sandbox(rate_limit=True, clock=lambda: now)
    with httpx2.Client(transport=sandbox.transport()) as http:
        client = WikiJSClient(sandbox.url, sandbox.api_key, http_client=http, retry=False, rate_limiter=False)
        page = client.pages.create(path="page", title="Page", content="x")
        client.comments.create(page.id, content="First")
        with pytest.raises(exc.RateLimitError) as caught:
            client.comments.create(page.id, content="Second")
        assert caught.value.retry_after == 15


def test_a_server_that_does_not_tell_the_id_is_not_believed(wiki: Area) -> None:
    def forget(request: dict[str, Any], ask: Any) -> httpx2.Response:
        result = {"succeeded": True, "errorCode": 0, "slug": "ok", "message": ""}
        return answer({"comments": {"create": {"responseResult": result, "id": None}}})

    with pytest.raises(exc.ServerError, match="does not tell its id"):
        wiki.meddled(forget).comments.create(1, content="Hello")


def test_one_provider_is_in_use(wiki: Area) -> None:
    comments = wiki.client.comments
    with pytest.raises(exc.ValidationError, match="cannot be switched off"):
        comments.update_provider("default", enabled=False)
    with pytest.raises(exc.ModuleUnknownError, match="Did you mean 'default'"):
        comments.update_provider("defalt", enabled=True)
    comments.update_provider("commento", enabled=True, config={"instanceUrl": "https://comments.example.com"})
    assert [each.key for each in comments.providers() if each.is_enabled] == ["commento"]
    comments.update_provider("commento", enabled=False, config={"instanceUrl": "https://cdn.commento.io"})
    assert [each.key for each in comments.providers() if each.is_enabled] == ["default"]
