"""A wiki with a single sign-on and its OpenID Connect provider, as two servers on this machine.

The wiki does what Wiki.js 2 does: `/login/<key>` sends to the provider with a fixed way back, and the way back sets the
token as a cookie that scripts can read. The provider asks for a name and a password, unless it knows the caller. It is
whole enough for a real Wiki.js, which asks it behind the caller's back for tokens and for who that is.
"""

from __future__ import annotations

import base64
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

from tests.support.echo import echoed
from tests.support.jwt import login_token
from tests.support.recordings import step

FORM = b"""<html><head><title>Sign in</title></head><body><form method="post">
<input name="user"><input type="password" name="password"><button id="go">Sign in</button></form></body></html>"""


@dataclass
class SingleSignOn:
    """Addresses, and what happened.

    Attributes:
        knows: Whether the provider knows the caller by a cookie `session=known`.
        codes: Codes that the provider gave and nobody has used.
        claims: What the provider tells about a person.
    """

    wiki: str = ""
    provider: str = ""
    knows: bool = True
    codes: set[str] = field(default_factory=set)
    logins: int = 0
    token: str = field(default_factory=login_token)
    seen: list[str] = field(default_factory=list)
    claims: dict[str, str] = field(
        default_factory=lambda: {"sub": "4711", "email": "oidc@example.com", "displayName": "Olga Oidc"}
    )


class _Handler(BaseHTTPRequestHandler):
    sso: SingleSignOn

    def log_message(self, format: str, *args: object) -> None:
        pass

    def answer(self, status: int, content: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


class _Wiki(_Handler):
    def do_GET(self) -> None:
        sso, parts = self.sso, urlsplit(self.path)
        sso.seen.append(parts.path)
        if parts.path == "/login/kc":
            query = {
                "response_type": "code",
                "client_id": "wiki",
                "redirect_uri": f"{sso.wiki}/login/kc/callback",
                "state": "s",
            }
            self.answer(302, location=f"{sso.provider}/authorize?{urlencode(query)}")
        elif parts.path == "/login/kc/callback":
            code = parse_qs(parts.query).get("code", [""])[0]
            if code not in sso.codes:
                self.answer(403, b"bad code")
                return
            sso.codes.remove(code)
            sso.logins += 1
            self.answer(302, location="/", set_cookie=f"jwt={sso.token}; Path=/; Max-Age=1209600")
        else:
            self.answer(200, b"<html><body>The wiki</body></html>", content_type="text/html")

    def do_POST(self) -> None:
        sent = self.rfile.read(int(self.headers["content-length"]))
        content = json.loads(sent)
        self.sso.seen.append(self.headers.get("authorization") or self.headers.get("cookie") or "")
        if "login" in content.get("operationName", "").lower():
            location = f"{self.sso.provider}/authorize?client_id=wiki&redirect_uri=x"
            self.answer(302, location=location)
            return
        profile = step("users", "profile with a user token").reply()
        self.answer(200, echoed(sent, profile.content), content_type="application/json; charset=utf-8")


class _Provider(_Handler):
    def do_GET(self) -> None:
        if urlsplit(self.path).path == "/userinfo":
            self._tell(self.sso.claims)
        elif self.sso.knows and "session=known" in self.headers.get("cookie", ""):
            self._back()
        else:
            self.answer(200, FORM, content_type="text/html")

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["content-length"])).decode())
        if urlsplit(self.path).path == "/token":
            self._give_token(form)
        elif form.get("password") == ["right"]:
            self._back()
        else:
            self.answer(200, FORM, content_type="text/html")

    def _give_token(self, form: dict[str, list[str]]) -> None:
        code = form.get("code", [""])[0]
        if code not in self.sso.codes:
            self.answer(400, b'{"error": "invalid_grant"}', content_type="application/json")
            return
        self.sso.codes.remove(code)
        self.sso.logins += 1
        now = int(time.time())
        claims = {**self.sso.claims, "iss": self.sso.provider, "aud": "wiki", "iat": now, "exp": now + 300}
        parts = [{"alg": "RS256", "typ": "JWT"}, claims]
        signed = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts]
        self._tell({"access_token": "at", "token_type": "Bearer", "id_token": ".".join([*signed, "c2ln"])})

    def _tell(self, what: dict[str, str]) -> None:
        self.answer(200, json.dumps(what).encode(), content_type="application/json")

    def _back(self) -> None:
        asked = parse_qs(urlsplit(self.path).query)
        code = secrets.token_hex(8)
        self.sso.codes.add(code)
        # A cookie of this name from somebody else is no token of the wiki.
        way_back = urlencode({"code": code, "state": asked.get("state", ["s"])[0]})
        location = f"{asked['redirect_uri'][0]}?{way_back}"
        self.answer(302, location=location, set_cookie="jwt=eyJmb3JlaWdu.eyJ4IjoxfQ.foreign; Path=/")


@contextmanager
def single_sign_on() -> Iterator[SingleSignOn]:
    """Both servers, until the end of the block."""
    sso = SingleSignOn()
    servers = [
        ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (handler,), {"sso": sso}))
        for handler in (_Wiki, _Provider)
    ]
    threads = [threading.Thread(target=server.serve_forever, args=(0.05,)) for server in servers]
    for thread in threads:
        thread.start()
    sso.wiki, sso.provider = (f"http://127.0.0.1:{server.server_port}" for server in servers)
    try:
        yield sso
    finally:
        for server, thread in zip(servers, threads, strict=True):
            server.shutdown()
            thread.join()
            server.server_close()
