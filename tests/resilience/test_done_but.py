"""Work of several requests: once its write is applied a failure says "done, but"; nothing reads as undone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx2
import pytest

from wikijs import AsyncWikiJSClient, WikiJSClient
from wikijs import exceptions as exc
from wikijs.core.outcomes import Outcome, after_write, classify
from wikijs.people import Person, carry_out, plan_import
from wikijs.publish import PublishOptions, plan_publish, run_publish
from wikijs.sandbox import Sandbox


class Breaking(httpx2.BaseTransport, httpx2.AsyncBaseTransport):
    """Nothing but 503 comes after a write that holds these words, and so many requests behind it."""

    def __init__(self, sandbox: Sandbox, words: bytes, spared: int) -> None:
        self._inner, self._words, self._left = sandbox.transport(), words, spared
        self.is_written = False

    def _is_broken(self, request: httpx2.Request) -> bool:
        content = request.read()
        if self.is_written:
            self._left -= 1
            return self._left < 0
        self.is_written = content.startswith(b'{"query":"mutation') and self._words in content
        return False

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        if self._is_broken(request):
            return httpx2.Response(503, text="down")
        return self._inner.handle_request(request)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        await request.aread()
        if self._is_broken(request):
            return httpx2.Response(503, text="down")
        return await self._inner.handle_async_request(request)


def blocking(sandbox: Sandbox, words: bytes, spared: int) -> WikiJSClient:
    http = httpx2.Client(transport=Breaking(sandbox, words, spared))
    client = WikiJSClient("http://wiki.localhost", sandbox.api_key, http_client=http, retry=False)
    client._policy.settle_waits = (0.0,)
    return client


def admits(error: BaseException) -> bool:
    """Whether an error leaves open, or says, that something was done."""
    return classify(error, getattr(error, "operation", "") or "") in {Outcome.APPLIED, Outcome.UNKNOWN}  # type: ignore[arg-type]


@pytest.mark.parametrize("spared", range(6))
def test_an_account_that_was_made_and_could_not_be_finished(spared: int) -> None:
    with Sandbox() as sandbox, sandbox.client() as direct:
        person = Person(email="ada@example.com", name="Ada", password="a long secret", location="Here", active=False)
        plan = plan_import(direct, [person])
        with blocking(sandbox, b"UsersCreate", spared) as client:
            result = carry_out(client, plan)
        assert [user.email for user in direct.users.list() if user.email == "ada@example.com"]
        for failed in result.errors:
            assert admits(failed.exception), failed.exception


@pytest.mark.parametrize("spared", range(6))
def test_a_page_that_was_moved_and_could_not_be_brought_up_to_date(tmp_path: Path, spared: int) -> None:
    with Sandbox() as sandbox, sandbox.client() as direct:
        options = PublishOptions(delete=True)
        text = "# Boats\n\nA long text about boats, which is known again wherever it is put.\n"
        (tmp_path / "one.md").write_text(text)
        run_publish(direct, plan_publish(direct, tmp_path, "docs", options))
        (tmp_path / "one.md").rename(tmp_path / "two.md")
        (tmp_path / "two.md").write_text(f"{text}\nAnd more.\n")
        plan = plan_publish(direct, tmp_path, "docs", options)
        assert "move" in [step.action for step in plan.steps]
        with blocking(sandbox, b"PagesMove", spared) as client:
            report = run_publish(client, plan)
        assert direct.pages.exists("docs/two")
        for _, error in report.failed:
            assert admits(error), error
        assert report.stopped_by is None


@pytest.mark.parametrize("spared", range(3))
@pytest.mark.parametrize("tool", ["create_page", "edit_page", "set_page"])
async def test_an_assistant_is_not_told_that_its_write_failed(tool: str, spared: int) -> None:
    mcp = pytest.importorskip("mcp.client.client", reason="needs mcp")
    from wikijs.mcp import Settings, create_server

    arguments: dict[str, dict[str, Any]] = {
        "create_page": {"path": "docs/new", "title": "New", "content": "Text."},
        "edit_page": {"page": "1", "replace": [{"old": "teh", "new": "the"}]},
        "set_page": {"page": "1", "title": "Other"},
    }
    with Sandbox() as sandbox, sandbox.client() as direct:
        direct.pages.create("docs/guide", title="Guide", content="Run teh thing.")
        words = b"PagesCreate" if tool == "create_page" else b"PagesUpdate"
        http = httpx2.AsyncClient(transport=Breaking(sandbox, words, spared))
        async with AsyncWikiJSClient("http://wiki.localhost", sandbox.api_key, http_client=http, retry=False) as client:
            client._policy.settle_waits = (0.0,)
            async with mcp.Client(create_server(client, Settings())) as host:
                result = await host.call_tool(tool, arguments[tool])
        told = " ".join(part.text for part in result.content)
        assert not result.is_error or "change was made" in told or "cannot be told" in told, told
        done = {"create_page": direct.pages.exists("docs/new"), "edit_page": "the" in direct.pages.get(1).content}
        assert done.get(tool, direct.pages.get(1).title == "Other")


def test_what_follows_a_write_says_so_itself() -> None:
    with pytest.raises(exc.FollowUpError, match=r"was made, but .*: Not there\.") as caught, after_write("x"):
        raise exc.PageNotFoundError("Not there.")
    assert classify(caught.value, "x") is Outcome.APPLIED
    with pytest.raises(exc.FollowUpError) as again, after_write("x"):
        raise caught.value
    assert again.value is caught.value
    with pytest.raises(KeyError), after_write("x"):
        raise KeyError
