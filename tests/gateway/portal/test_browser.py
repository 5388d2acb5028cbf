"""The portal in a real browser: with a mouse, by keyboard alone, without JavaScript; no page asks another host.

One browser serves all tests. Skipped where Debian's chromium is missing. Everything waits as long as a slow machine
needs.
"""

from __future__ import annotations

import asyncio
import gzip
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
import uvicorn
from playwright.sync_api import Browser, Page, Request, expect, sync_playwright

from wikijs.gateway import Gateway
from wikijs.gateway.app import application
from wikijs.gateway.serving import config, listening
from wikijs.sandbox import Sandbox

from ..conftest import settings_at

CHROMIUM = shutil.which("chromium")
PATIENCE = 120_000
AXE = Path(__file__).with_name("axe.min.js.gz")

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs the command chromium")
expect.set_options(timeout=PATIENCE)


@dataclass
class Served:
    """A gateway that listens, and what browsers asked for."""

    base: str
    key: str
    gateway: Gateway
    browser: Browser

    @contextmanager
    def page(self, *, signed_in: bool = True, alone: bool = True, **options: Any) -> Iterator[Page]:
        """A page of a browser of its own, which can reach nothing but this machine, and asks nobody else (`alone`)."""
        context = self.browser.new_context(**{"viewport": {"width": 1280, "height": 800}, **options})
        context.set_default_timeout(PATIENCE)
        problems: list[str] = []
        asked: list[str] = []

        def noted(request: Request) -> None:
            asked.append(request.url)

        context.on("request", noted)
        context.on("weberror", lambda error: problems.append(str(error.error)))
        context.on("console", lambda told: problems.append(told.text) if is_refusal(told.text) else None)
        page = context.new_page()
        if signed_in:
            page.goto(f"{self.base}/portal/sign-in")
            page.fill("#key", self.key)
            page.press("#key", "Enter")
            page.wait_for_selector("h1:has-text('Overview')")
        yield page
        context.close()
        assert not problems
        hosts = {url.split("/")[2] for url in asked if not url.startswith(("data:", "blob:"))}
        assert hosts == {self.base[7:]} or not alone


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    patch = pytest.MonkeyPatch()
    patch.delenv("WIKIJS_GATEWAY_KEY", raising=False)
    with Sandbox("demo") as sandbox, sync_playwright() as playwright:
        settings = settings_at(tmp_path_factory.mktemp("gateway"), sandbox.url, port=0, feed=True, drain_seconds=1.0)
        gateway = Gateway(settings, http=httpx2.AsyncClient(transport=sandbox.transport()))
        gateway.credentials.put("default", "api_key", {"key": sandbox.api_key})
        _, key = gateway.keys.create("Ada", scopes=["all"], tier="enterprise")
        bound = listening(settings)
        server = uvicorn.Server(config(application(gateway), settings))
        thread = threading.Thread(target=lambda: asyncio.run(server.serve([bound])))
        thread.start()
        end = time.monotonic() + 120
        while not server.started and time.monotonic() < end:
            time.sleep(0.02)
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]
        )
        try:
            yield Served(f"http://127.0.0.1:{bound.getsockname()[1]}", key, gateway, browser)
        finally:
            browser.close()
            server.should_exit = True
            thread.join()
            patch.undo()


def is_refusal(text: str) -> bool:
    """Whether a page of ours wants what our policy refuses. That others cannot frame it is as it should be."""
    return "Content Security" in text and "frame-ancestors" not in text


def call(served: Served, key: str, path: str) -> int:
    return httpx2.get(f"{served.base}/api/v1/{path}", headers={"authorization": f"Bearer {key}"}).status_code


def test_a_key_is_made_used_seen_and_revoked_and_nothing_of_another_host_is_asked(served: Served) -> None:
    with served.page() as page:
        page.click("nav >> text=Keys")
        page.click("text=Make a key")
        page.fill("#name", "docs site")
        page.select_option("#tier", "pro")
        page.click("button:has-text('Make the key')")
        secret = page.inner_text("#secret")
        assert call(served, secret, "pages") == 200
        assert call(served, secret, "users") == 403
        page.click("text=I have kept it")
        assert secret not in page.content()
        page.click("main >> text=Usage")
        expect(page.locator("h1")).to_contain_text("Usage of docs site")
        expect(page.locator("table >> text=GET /api/v1/pages")).to_be_visible()
        assert page.locator("svg[role=img] rect.good").count() == 1
        page.go_back()
        page.click("summary:has-text('Revoke')")
        page.click("button:has-text('Revoke this key')")
        expect(page.locator("[role=status].notice")).to_contain_text("not taken any more")
        assert call(served, secret, "pages") == 401
        page.goto(f"{served.base}/portal/playground")
        page.wait_for_selector(".graphiql-query-editor .CodeMirror")
        page.wait_for_load_state("networkidle")
        page.click(".graphiql-execute-button")
        page.wait_for_selector(".result-window:has-text('path')")
        storage = page.evaluate("JSON.stringify([localStorage, sessionStorage, document.cookie])")
        assert "wkg_" not in storage
        assert "wkp_" not in storage


def test_swagger_ui_sends_a_request_with_a_key(served: Served) -> None:
    with served.page(signed_in=False) as page:
        elsewhere = "https%3A%2F%2Fevil.example.com%2Fx.json"
        page.goto(f"{served.base}/docs/try?url={elsewhere}&configUrl={elsewhere}#/me/get_me")
        page.wait_for_selector("#swagger[data-ready=yes]")
        page.click("button.authorize >> nth=0")
        page.fill(".auth-container input", served.key)
        page.click(".auth-btn-wrapper button.authorize")
        page.click(".auth-btn-wrapper button:has-text('Close')")
        page.click(".try-out__btn")
        page.click("button.execute")
        expect(page.locator(".live-responses-table .response-col_status").nth(1)).to_contain_text("200")
        assert served.key not in page.evaluate("JSON.stringify([localStorage, sessionStorage])")


def test_a_job_is_watched_live(served: Served) -> None:
    pages = [{"path": f"live/{n}", "title": f"Live {n}", "content": "x"} for n in range(25)]
    headers = {"authorization": f"Bearer {served.key}"}
    body = {"kind": "pages.create_many", "input": {"pages": pages}}
    with served.page() as page:
        job = httpx2.post(f"{served.base}/api/v1/jobs", json=body, headers=headers).json()
        page.goto(f"{served.base}/portal/jobs/{job['id']}")
        expect(page.locator("#job-state")).to_have_text("done")
        expect(page.locator("#job-done")).to_have_text("25")
        expect(page.locator("h2:has-text('Items')")).to_be_visible()  # it came by itself when the job had ended
        expect(page.locator("td:has-text('live/3')").first).to_be_visible()


def test_everything_is_done_without_javascript(served: Served) -> None:
    with served.page(java_script_enabled=False) as page:
        page.click("nav >> text=Keys")
        page.click("text=Make a key")
        page.fill("#name", "no script")
        page.click("button:has-text('Make the key')")
        secret = page.inner_text("#secret")
        assert call(served, secret, "pages") == 200
        page.click("text=I have kept it")
        page.click("summary:has-text('Rotate')")
        page.select_option("#grace", "0")
        page.click("button:has-text('Make a new secret')")
        fresh = page.inner_text("#secret")
        assert (call(served, secret, "pages"), call(served, fresh, "pages")) == (401, 200)
        page.click("nav >> text=API reference")
        page.fill("#q", "page history")
        page.press("#q", "Enter")
        page.click("code:has-text('/api/v1/pages/{id}/history')")
        for label in ("curl", "Python", "TypeScript", "Command line"):  # one below the other
            expect(page.locator(f"h3:has-text('{label}')")).to_be_visible()
        expect(page.locator(".copy").first).to_be_hidden()
        page.click("button:has-text('Sign out')")
        expect(page.locator("h1")).to_have_text("Sign in")


def test_everything_is_reached_by_keyboard(served: Served) -> None:
    with served.page() as page:

        def tab_to(words: str, most: int = 60) -> None:
            for _ in range(most):
                page.keyboard.press("Tab")
                if page.evaluate("document.activeElement.innerText || document.activeElement.id").strip() == words:
                    shown = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
                    assert shown != "none", words
                    return
            pytest.fail(f"The keyboard does not reach {words!r}.")

        tab_to("Skip to content")
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"
        page.goto(f"{served.base}/portal")
        tab_to("Keys")
        page.keyboard.press("Enter")
        page.wait_for_url("**/portal/keys")
        tab_to("Make a key")
        page.keyboard.press("Enter")
        page.wait_for_url("**/portal/keys/new")
        tab_to("name")
        page.keyboard.type("by keyboard")
        tab_to("Make the key")
        page.keyboard.press("Enter")
        page.wait_for_selector("#secret")
        page.goto(f"{served.base}/docs/api/get_page")
        tab = page.get_by_role("tab")
        tab.first.focus()
        page.keyboard.press("ArrowRight")
        expect(tab.nth(1)).to_be_focused()
        expect(page.get_by_role("tabpanel")).to_contain_text("httpx2")
        page.goto(f"{served.base}/docs/api")
        page.keyboard.press("/")
        page.keyboard.type("webhook")
        expect(page.locator("#found")).to_contain_text("found")
        assert page.locator("[data-words]:visible").count() < 20


PAGES = (
    "portal",
    "portal/keys",
    "portal/keys/new",
    "portal/usage",
    "portal/limits",
    "portal/webhooks",
    "portal/webhooks/new",
    "portal/jobs",
    "portal/audit",
    "docs",
    "docs/api?q=pages",
    "docs/api/create_page",
    "docs/errors",
)


CUT_OFF = """() => {
  const width = document.documentElement.clientWidth, found = [];
  if (document.documentElement.scrollWidth > width) found.push(`page: ${document.documentElement.scrollWidth}`);
  for (const each of document.querySelectorAll("header *, .side *, main *")) {
    const box = each.getBoundingClientRect();
    if (!box.width || !box.height || box.right <= width + 1 || each.closest(".playground, .swagger, .unseen")) continue;
    let above = each.parentElement;
    while (above && !/auto|scroll/.test(getComputedStyle(above).overflowX)) above = above.parentElement;
    if (!above || above.closest(".side")) found.push(`${each.tagName}: ${each.textContent.trim().slice(0, 40)}`);
  }
  return found.slice(0, 5);
}"""
"""What sticks out at the right, where nobody could scroll to it; the navigation does not have to be scrolled."""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_labels_roles_landmarks_and_contrast_are_right(served: Served, scheme: Any) -> None:
    """axe finds nothing to complain of, on any page, in either colours; on a phone nothing is wider than the screen."""
    axe = gzip.decompress(AXE.read_bytes()).decode()
    found: dict[str, Any] = {}
    width, pages = (1280, PAGES) if scheme == "light" else (390, PAGES[::3])
    with served.page(color_scheme=scheme, viewport={"width": width, "height": 844}) as page:
        for path in PAGES:
            page.goto(f"{served.base}/{path}")
            if cut := page.evaluate(CUT_OFF):
                found[f"{path}: cut off"] = cut
            if path not in pages:
                continue
            page.evaluate(axe)
            answer = page.evaluate("axe.run({ resultTypes: ['violations'] })")
            for rule in answer["violations"]:
                nodes = [f"{node['html'][:160]} {node['failureSummary'][:160]}" for node in rule["nodes"][:3]]
                found[f"{path}: {rule['id']}"] = nodes
    assert not found


def test_the_colours_are_switched_and_kept(served: Served) -> None:
    with served.page(color_scheme="light") as page:
        light = page.evaluate("getComputedStyle(document.body).backgroundColor")
        page.click("[data-theme-switch]")
        dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert light != dark
        page.goto(f"{served.base}/docs/errors")
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == dark


def test_what_is_copied_is_what_is_shown(served: Served) -> None:
    with served.page(permissions=["clipboard-read", "clipboard-write"]) as page:
        page.goto(f"{served.base}/docs/api/get_page")
        page.click(".copy:visible >> nth=0")
        expect(page.locator("#said")).to_have_text("Copied")
        assert page.evaluate("navigator.clipboard.readText()").startswith(
            'curl -s "$WIKIJS_GATEWAY_URL/api/v1/pages/1"'
        )


def test_other_sites_cannot_frame_it_or_post_to_it(served: Served) -> None:
    """A page of another origin: the frame stays empty, and its form arrives without the cookie and is refused."""
    with served.page(alone=False) as page:
        evil = served.base.replace("127.0.0.1", "localhost")
        context = page.context
        context.route(
            f"{evil}/evil",
            lambda route: route.fulfill(
                content_type="text/html",
                body=f"<iframe src='{served.base}/portal'></iframe>"
                f"<form method=post action='{served.base}/portal/keys/new'>"
                "<input name=name value=forged><input name=scope value=all><button>go</button></form>",
            ),
        )
        other = context.new_page()
        other.goto(f"{evil}/evil")
        frame = other.frames[1]
        assert "Overview" not in frame.content()
        other.click("button")
        other.wait_for_load_state()
        assert "shown this once" not in other.content()
    assert "forged" not in [key.name for key in served.gateway.keys.all()]
