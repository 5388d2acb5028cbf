"""Comments in the sandbox: a story measured on a real server, and what it cannot tell."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest
from stories import load, repeated

from wikijs.core.values.emoji import emoji, smileys
from wikijs.sandbox import Sandbox
from wikijs.sandbox.markup.comments import rendered_comment


def test_comments_are_as_measured() -> None:
    assert {step: wrong for step, wrong in repeated("comments").items() if wrong} == {}


def test_story_is_whole() -> None:
    assert len({step["step"] for step in load("comments")}) == 112


def ask(http: httpx2.Client, query: str) -> Any:
    """A reply."""
    return http.post("/graphql", json={"query": query}).json()


PAGE = """mutation { pages { create(content: "x", description: "", editor: "markdown", isPublished: true,
isPrivate: false, locale: "en", path: "p", tags: [], title: "p") { responseResult { succeeded } } } }"""
COMMENT = """mutation { comments { create(pageId: 1, content: "hello") { id responseResult { message } } } }"""


def test_limits_are_per_address_and_per_account() -> None:
    now = 1_795_252_099.0
    with (
        Sandbox(rate_limit=True, clock=lambda: now) as sandbox,
        httpx2.Client(
            transport=sandbox.transport(), base_url=sandbox.url, headers={"authorization": f"Bearer {sandbox.api_key}"}
        ) as http,
    ):
        ask(http, PAGE)
        assert ask(http, COMMENT)["data"]["comments"]["create"]["id"] == 1
        assert "Too many requests" in ask(http, COMMENT)["errors"][0]["message"]
        now += 16
        assert "time limit" in ask(http, COMMENT)["data"]["comments"]["create"]["responseResult"]["message"]
        now += 16
        assert ask(http, COMMENT)["data"]["comments"]["create"]["id"] == 2


@pytest.mark.parametrize(
    ("content", "html"),
    [
        ("", ""),
        ("    code\n", "<pre><code>code\n</code></pre>\n"),
        ("    code", "<pre><code>code</code></pre>\n"),
        ("www.x.de.", '<p><a href="http://www.x.de">www.x.de</a>.</p>\n'),
        (":nope: :tada:", "<p>:nope: 🎉</p>\n"),
    ],
)
def test_comments_are_rendered(content: str, html: str) -> None:
    assert rendered_comment(content) == html


def test_emoji_are_known() -> None:
    assert emoji()["smile"] == "😄"
    assert len(emoji()) > 1500
    assert smileys()[":)"] == "😃"
