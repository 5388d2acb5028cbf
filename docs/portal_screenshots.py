"""Make the pictures of the portal in docs/images from what a gateway over the demo wiki really shows.

    python docs/portal_screenshots.py [FOLDER] [--only NAME]

Requests are really made, with a clock that is turned on by hand, so that there is a day to show. Needs Debian's
chromium, playwright and pillow.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import random
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx2
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from wikijs.gateway import Gateway, Settings
from wikijs.gateway.access.credentials import master_key
from wikijs.gateway.app import application
from wikijs.gateway.serving import _Server, config, listening
from wikijs.sandbox import Sandbox

COLOURS: Final = 160
PICTURES: Final = {
    "portal-overview": ("portal", 1280, 860, "light"),
    "portal-usage": ("portal/usage", 1280, 860, "dark"),
    "portal-key": ("portal/keys/new", 1280, 860, "light"),
    "portal-reference": ("docs/api/get_page", 1280, 860, "dark"),
    "portal-phone": ("portal", 390, 844, "light"),
    "portal-phone-dark": ("portal/keys", 390, 844, "dark"),
}


@dataclass
class Shown:
    """A gateway with a day behind it."""

    base: str
    key: str
    gateway: Gateway
    now: list[float]


def main() -> None:
    """Make all pictures, or one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=Path(__file__).parent / "images")
    parser.add_argument("--only", choices=PICTURES)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    with gateway() as shown, sync_playwright() as playwright:
        live(shown)
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for name, (path, width, height, scheme) in PICTURES.items():
            if options.only in {None, name}:
                page = signed_in(browser, shown, width, height, scheme)
                page.goto(f"{shown.base}/{path}")
                (options.folder / f"{name}.png").write_bytes(small(page.screenshot()))
                page.context.close()
        browser.close()


@contextmanager
def gateway() -> Iterator[Shown]:
    """A gateway over the demo wiki, listening, whose clock is turned on by hand."""
    now = [float(int(time.time()) // 86_400 * 86_400 - 8 * 3600)]
    with tempfile.TemporaryDirectory() as folder, Sandbox("demo") as sandbox:
        place = Path(folder)
        settings = Settings(
            wiki="https://wiki.example.com",
            database=str(place / "gateway.db"),
            key_file=str(place / "key"),
            port=0,
            public_url="https://api.example.com",
            feed_interval=3600.0,
            drain_seconds=1.0,
        )
        master_key(settings.master_key_file, {}, make=True)
        made = Gateway(
            settings,
            http=httpx2.AsyncClient(transport=_Elsewhere(sandbox.url, sandbox.transport())),
            clock=lambda: now[0],
        )
        made.credentials.put("default", "api_key", {"key": sandbox.api_key})
        _, key = made.keys.create("Ada, operations", scopes=["all"], tier="pro", created_by="command line")
        bound = listening(settings)
        server = _Server(config(application(made), settings), lambda: None)
        thread = threading.Thread(target=lambda: asyncio.run(server.serve([bound])))
        thread.start()
        while not server.started:
            time.sleep(0.05)
        try:
            yield Shown(f"http://127.0.0.1:{bound.getsockname()[1]}", key, made, now)
        finally:
            server.should_exit = True
            thread.join()


class _Elsewhere(httpx2.AsyncBaseTransport):
    """Leads from the name that is shown to the sandbox."""

    def __init__(self, to: str, inner: httpx2.AsyncBaseTransport) -> None:
        self._to = httpx2.URL(to)
        self._inner = inner

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        request.url = request.url.copy_with(scheme=self._to.scheme, host=self._to.host, port=self._to.port)
        request.headers["host"] = self._to.netloc.decode()
        return await self._inner.handle_async_request(request)


def live(shown: Shown) -> None:
    """A day of several programs, in a few seconds."""
    chance = random.Random(7)  # noqa: S311  nothing secret
    keys = [
        shown.gateway.keys.create(name, scopes=scopes, tier=tier, **more)[1]
        for name, scopes, tier, more in (
            ("docs site, search", ["read"], "pro", {"prefixes": ("handbook",)}),
            ("release notes bot", ["write"], "pro", {}),
            ("chat assistant", ["pages:read"], "enterprise", {"expires_at": shown.now[0] + 40 * 86_400}),
        )
    ]
    revoked, _ = shown.gateway.keys.create("old importer", scopes=["write"])
    shown.gateway.keys.revoke(revoked.id)
    with httpx2.Client(base_url=shown.base) as client:
        for hour in range(30):
            for _ in range(6 + int(26 * max(0.0, 1 - abs(hour - 19) / 11)) + chance.randrange(8)):
                key = chance.choice([*keys, keys[2], keys[2], shown.key])
                path = chance.choice(
                    [
                        "pages?limit=5",
                        "pages/1",
                        "pages/2",
                        "search?q=lamp",
                        "tree",
                        "pages?folder=handbook",
                        "recent",
                        "tags",
                        "pages/99999",
                        "users",
                    ]
                )
                client.get(f"/api/v1/{path}", headers={"authorization": f"Bearer {key}"})
                shown.now[0] += 20.0
            body = {"path": f"notes/{hour}", "title": f"Note {hour}", "content": "# Note"}
            headers: dict[str, Any] = {"authorization": f"Bearer {keys[1]}"}
            if hour % 6 == 0:
                client.post("/api/v1/pages", json=body, headers=headers)
            if hour < 29:
                shown.now[0] += 3600.0 - shown.now[0] % 3600.0 + 30.0


def signed_in(browser: Browser, shown: Shown, width: int, height: int, scheme: Any) -> Page:
    """A page of somebody who is signed in."""
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
    page = context.new_page()
    page.goto(f"{shown.base}/portal/sign-in")
    page.fill("#key", shown.key)
    page.click("text=Sign in >> nth=-1")
    page.wait_for_selector("h1:has-text('Overview')")
    return page


def small(picture: bytes) -> bytes:
    """A picture with few colours, as a page of text has them."""
    out = io.BytesIO()
    whole = Image.open(io.BytesIO(picture)).convert("RGB")
    whole.quantize(COLOURS, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()


if __name__ == "__main__":
    main()
