"""The npm package in Chromium, which has rules of its own: other origins, preflights, progress of uploads.

Skipped where Debian's chromium or Node is missing.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, sync_playwright

from tests.support.gated import gated
from tests.support.served import served
from tests.typescript import npm

BROWSER = npm.TESTS / "browser"
"""What pages do there."""
CHROMIUM = shutil.which("chromium")
SOURCE = """
export { Gateway } from "./gateway/index.js";
export { WikiJS } from "./index.js";
export { download, upload } from "./assets.js";
"""
SENTENCE = "Browsers reach only their own origin, or a gateway."
HTML = "<!doctype html><title>A page of another origin</title><script src='/sdk.js'></script>"
DIRECTLY = (BROWSER / "directly.js").read_text(encoding="utf-8")
THROUGH = (BROWSER / "through.js").read_text(encoding="utf-8")
SAME_ORIGIN = (BROWSER / "own_origin.js").read_text(encoding="utf-8")

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs the command chromium")


@contextlib.contextmanager
def page_at(script: str) -> Iterator[str]:
    """A web server with one page and the package for browsers; its origin."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content, kind = (script, "text/javascript") if self.path == "/sdk.js" else (HTML, "text/html")
            self.send_response(200)
            self.send_header("content-type", kind)
            self.end_headers()
            self.wfile.write(content.encode())

        def log_message(self, format: str, *args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join(20)


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The package as one script for browsers."""
    npm.ready()
    folder = tmp_path_factory.mktemp("browser")
    entry = folder / "entry.js"
    source = (npm.PACKAGE / "src").as_posix()
    entry.write_text(SOURCE.replace("./", f"{source}/").replace(".js", ".ts"))
    target = folder / "sdk.js"
    npm.run("esbuild", str(entry), "--bundle", "--format=iife", "--global-name=sdk", f"--outfile={target}")
    return target.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def browser_page() -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_context().new_page()
        slowly = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 4_000_000}
        page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", slowly)
        yield page
        browser.close()


def test_another_origin_reads_through_the_gateway_and_directly_fails_with_our_sentence(
    tmp_path: Path, script: str, browser_page: Page
) -> None:
    with (
        page_at(script) as origin,
        page_at(script) as stranger,
        served(tmp_path / "wiki.db", seed="demo") as wiki,
        gated(tmp_path, wiki.url, wiki.api_key, cors_origins=(origin,)) as gate,
    ):
        given = {"wiki": wiki.url, "api_key": wiki.api_key, "gateway": gate.url, "key": gate.key}
        browser_page.goto(origin)
        direct = browser_page.evaluate(DIRECTLY, given)
        assert direct == {
            "name": "TransportError",
            "message": f"pages.list: There was no answer (Failed to fetch). {SENTENCE}",
            "outcome": "unknown",
        }
        through = browser_page.evaluate(THROUGH, given)
        steps = through.pop("steps")
        assert through.pop("titles") > 3
        assert through.pop("listed") > 3
        assert through.pop("told")[-1] == "browser/page"
        assert through == {"title": "Changed", "tagged": True, "late": "page-changed", "known": True}
        assert steps[-1][0] == steps[-1][1] == 3_000_000
        assert [sent for sent, total in steps if 0 < sent < total], json.dumps(steps)  # told on the way
        browser_page.goto(stranger)  # of which the gateway knows nothing
        refused = browser_page.evaluate(DIRECTLY, given | {"wiki": gate.url, "api_key": gate.key})
        assert refused["message"].endswith(SENTENCE)


def test_files_go_up_and_down_with_progress_on_the_wikis_own_origin(
    tmp_path: Path, script: str, browser_page: Page
) -> None:
    with served(tmp_path / "wiki.db", seed="demo") as wiki:
        place = f"{wiki.url}/own-page"
        browser_page.route(place, lambda route: route.fulfill(body="<!doctype html>", content_type="text/html"))
        browser_page.goto(place)
        browser_page.add_script_tag(content=script)
        found = browser_page.evaluate(SAME_ORIGIN, {"api_key": wiki.api_key})
    assert found["size"] == 3_000_000
    assert [sent for sent, total in found["up"] if 0 < sent < total], json.dumps(found["up"])
    assert found["up"][-1][0] == found["up"][-1][1] > 3_000_000
    assert found["down"][-1][0] == 3_000_000
