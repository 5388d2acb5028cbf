"""How a token comes from a browser to a program: a page on this machine that a bookmarklet hands it to, or a window.

The token of Wiki.js is a cookie that scripts of the wiki's pages can read. The bookmarklet puts it into the fragment of
an address on this machine, which no server and no log sees; the page there sends it to the program.
"""

from __future__ import annotations

import hmac
import json
import secrets
import threading
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Final, Self

from wikijs import exceptions as exc
from wikijs.core.tokens import read_token
from wikijs.core.values.installing import pip_line

_PAGE: Final = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>wikijs: log in</title>
<style>body{font:16px/1.5 sans-serif;max-width:40em;margin:3em auto;padding:0 1em}
a.b{background:#1976d2;color:#fff;padding:.4em .8em;border-radius:4px;text-decoration:none}</style></head><body>
<h1>Log in to the wiki</h1><ol>
<li>Drag this to your bookmarks: <a class="b" href="%(bookmarklet)s">hand over to wikijs</a></li>
<li><a href="%(address)s" target="_blank" rel="noreferrer">Log in to %(address)s</a></li>
<li>On the page of the wiki that you see then, click the bookmark.</li></ol>
<p>Or copy the value of the cookie <code>jwt</code> and paste it at the prompt.</p></body></html>"""
_DONE: Final = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>wikijs: log in</title></head><body>
<p id="said">Handing over...</p><script>
const [state, token] = location.hash.slice(1).split("~"); history.replaceState(null, "", "/done");
fetch("/token", {method: "POST", headers: {"content-type": "application/json"}, body: JSON.stringify({state, token})})
  .then(r => r.text()).then(text => { document.getElementById("said").textContent = text; });
</script></body></html>"""
_LONGEST: Final = 20_000


class Handover:
    """Waits on this machine for a token that a bookmarklet hands over. Use it in a `with` block.

    Args:
        address: Where the wiki's login begins.

    Attributes:
        url: The page to open.
    """

    def __init__(self, address: str) -> None:
        self._address = address
        self._state = secrets.token_urlsafe(24)
        self._arrived = threading.Event()
        self._token: str | None = None
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, format: str, *args: object) -> None:
                """Nothing: addresses and contents are nobody's business."""

            def do_GET(self) -> None:
                outer.get(self)

            def do_POST(self) -> None:
                outer.post(self)

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.1,), daemon=True)
        self._host = f"127.0.0.1:{self._server.server_port}"
        self.url = f"http://{self._host}/"

    @property
    def bookmarklet(self) -> str:
        """What reads the cookie on a page of the wiki."""
        return (
            "javascript:(()=>{const m=document.cookie.match(/(?:^|; )jwt=([^;]+)/);"
            f"location.href='{self.url}done#{self._state}~'+(m?m[1]:'')}})()"
        )

    def get(self, request: BaseHTTPRequestHandler) -> None:
        """Show the pages; only to who asked for this very address, so that no other name leads here."""
        if request.headers.get("host") != self._host:
            _answer(request, 403, "Forbidden.")
        elif request.path == "/":
            page = _PAGE % {"bookmarklet": self.bookmarklet.replace('"', "&quot;"), "address": self._address}
            _answer(request, 200, page, "text/html; charset=utf-8")
        elif request.path == "/done":
            _answer(request, 200, _DONE, "text/html; charset=utf-8")
        else:
            _answer(request, 404, "There is nothing here.")

    def post(self, request: BaseHTTPRequestHandler) -> None:
        """Take the token, once, from our own page with our own word in it: nobody else can log us in as somebody."""
        length = int(request.headers.get("content-length") or 0)
        if (
            request.path != "/token"
            or request.headers.get("host") != self._host
            or request.headers.get("origin") != f"http://{self._host}"
            or not 0 < length <= _LONGEST
        ):
            _answer(request, 403, "Forbidden.")
            return
        sent: Any = None
        with suppress(ValueError, RecursionError):
            sent = json.loads(request.rfile.read(length))
        state, token = (sent.get(name) if isinstance(sent, dict) else None for name in ("state", "token"))  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
        if not (isinstance(state, str) and hmac.compare_digest(state.encode(), self._state.encode())):
            _answer(request, 403, "Forbidden.")
        elif self._arrived.is_set():
            _answer(request, 409, "A token was handed over already.")
        elif not isinstance(token, str) or not _is_login(token):
            _answer(request, 400, "There was no login on that page: log in to the wiki first, then click the bookmark.")
        else:
            self._token = token
            self._arrived.set()
            _answer(request, 200, "Done. You can close this window.")

    def wait(self, seconds: float) -> str | None:
        """The token, once it is here; None when it did not come in time."""
        self._arrived.wait(seconds)
        return self._token

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def _is_login(token: str) -> bool:
    try:
        return not read_token(token).is_api_key
    except exc.InvalidTokenError:
        return False


def _answer(request: BaseHTTPRequestHandler, status: int, text: str, kind: str = "text/plain; charset=utf-8") -> None:
    content = text.encode()
    request.send_response(status)
    for name, value in (
        ("content-type", kind),
        ("content-length", str(len(content))),
        ("cache-control", "no-store"),
        ("referrer-policy", "no-referrer"),
        ("x-frame-options", "DENY"),
    ):
        request.send_header(name, value)
    request.end_headers()
    request.wfile.write(content)


def from_window(address: str, url: str, *, seconds: float = 300.0, options: dict[str, Any] | None = None) -> str:
    """Open a window of a browser, wait until somebody has logged in there, and return the token.

    Args:
        address: Where the wiki's login begins.
        url: Root of the wiki.
        seconds: How long to wait.
        options: For the start of the browser (Playwright's `launch`).

    Raises:
        ConfigurationError: Playwright or its browser is not installed.
        SSORequiredError: Nobody logged in in time, or the window was closed.
    """
    try:
        from playwright.sync_api import Error, sync_playwright
    except ModuleNotFoundError:
        raise exc.ConfigurationError(
            "A window to log in needs Playwright, which is an extra.",
            hint=f"{pip_line('sso')} && playwright install chromium",
        ) from None
    with sync_playwright() as playwright:
        try:
            launch: Any = playwright.chromium.launch
            browser = launch(**{"headless": False, **(options or {})})
        except Error as error:
            reason = error.message.splitlines()[0]
            raise exc.ConfigurationError(
                f"The browser cannot be started: {reason}", hint="Run: playwright install chromium"
            ) from None
        try:
            context = browser.new_context()
            page = context.new_page()
            page.goto(address)
            ends = time.monotonic() + seconds
            while time.monotonic() < ends and not page.is_closed():
                found = [cookie for cookie in context.cookies(url) if cookie.get("name") == "jwt"]
                token = found[0].get("value") if found else None
                if token and _is_login(token):
                    return str(token)
                page.wait_for_timeout(200)
        except Error:
            pass  # the window was closed
        finally:
            with suppress(Error):
                browser.close()
    raise exc.SSORequiredError("Nobody logged in in the window.", address=address)
