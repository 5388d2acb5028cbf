"""The playground in a real browser without a network. Skipped where Debian's chromium is missing."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Request, sync_playwright

from wikijs.playground.server import PlaygroundServer
from wikijs.sandbox import Sandbox

CHROMIUM = shutil.which("chromium")
SCREENSHOT = os.environ.get("PLAYGROUND_SCREENSHOT")
"""Where to put a picture for the documentation, if anywhere."""

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs the command chromium")


@pytest.fixture
def page() -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        # Everything but this machine is out of reach, so that whatever is loaded must come from the playground.
        context = browser.new_context(offline=False, viewport={"width": 1280, "height": 720})
        context.route(lambda url: not url.startswith(("http://127.0.0.1:", "data:")), lambda route: route.abort())
        yield context.new_page()
        browser.close()


def test_it_loads_completes_a_field_and_runs_a_query(page: Page) -> None:
    requests: list[Request] = []
    page.on("request", lambda request: requests.append(request))  # noqa: PLW0108  builtins cannot be wrapped
    with Sandbox(seed="demo") as sandbox, sandbox.client() as client, PlaygroundServer(client) as server:
        thread = threading.Thread(target=server.serve)
        thread.start()
        page.goto(server.url)
        page.wait_for_load_state("networkidle")  # then it knows the schema
        editor = page.locator(".graphiql-query-editor .CodeMirror")
        editor.click()
        page.keyboard.press("Control+A")
        page.keyboard.type("{ pages { list(orderBy: ID) { id pa", delay=5)
        page.keyboard.press("Control+Space")
        hints = page.locator(".CodeMirror-hints")
        hints.wait_for()
        assert "path" in hints.inner_text().split()
        page.keyboard.press("Enter")
        assert " path" in editor.evaluate("node => node.CodeMirror.getValue()")
        page.locator(".graphiql-execute-button").click()
        result = page.locator(".result-window .CodeMirror")
        page.locator(".result-window", has_text="handbook").wait_for()
        assert '"path": "handbook"' in result.evaluate("node => node.CodeMirror.getValue()")
        if SCREENSHOT:
            page.screenshot(path=SCREENSHOT)
        key, content, storage = sandbox.api_key, page.content(), page.evaluate("JSON.stringify(localStorage)")
    thread.join(5)
    assert {request.url.partition("?")[0].startswith(server.url) for request in requests} == {True}
    sent = [f"{request.url} {request.all_headers()} {request.post_data}" for request in requests]
    for text in (content, storage, *sent):
        assert key not in text
        assert "authorization" not in text.lower()
