"""A visitor of the portal without a browser: keeps cookies, sends forms as a page of the portal would."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import httpx2
from starlette.testclient import TestClient

from ..conftest import Gate

TOKEN = re.compile(r'name="token" value="([0-9a-f]{64})"')


class Visitor:
    """Somebody with a browser without JavaScript.

    Args:
        gate: The gateway.
        key: What they sign in with; nobody is signed in unless given.
        base: The address they think they are at.
    """

    def __init__(self, gate: Gate, key: str | None = None, base: str = "http://testserver") -> None:
        self.gate = gate
        self.http = TestClient(gate.client.app, base_url=base)
        if key is not None:
            assert "Overview" in self.sign_in(key).text

    def get(self, path: str, **options: Any) -> httpx2.Response:
        """A page."""
        return self.http.get(path, **options)

    def token(self, path: str) -> str:
        """The token of the forms of a page."""
        found = TOKEN.search(self.get(path).text)
        assert found is not None, path
        return found[1]

    def post(self, path: str, form: dict[str, Any] | None = None, **options: Any) -> httpx2.Response:
        """Send a form, with the token that its page has."""
        signed_in = any("login" in name for name in self.http.cookies)
        page = "/portal/usage" if signed_in else "/portal/sign-in"
        return self.http.post(path, data={"token": self.token(page), **(form or {})}, **options)

    def sign_in(self, key: str, **more: str) -> httpx2.Response:
        """Sign in."""
        return self.post("/portal/sign-in", {"key": key, **more})

    def make(self, **fields: Any) -> tuple[str, str]:
        """Make a key: its id and its secret."""
        text = self.post("/portal/keys/new", {"name": "made", "scope": ["read"], "tier": "free", **fields}).text
        found = re.search(r'id="secret">(wkg_(\w{8})_\w+)<', text)
        assert found is not None, words(text)
        return found[2], found[1]


def words(page: str) -> str:
    """What a page says, without its tags."""
    body = re.sub(r"<(script|style|title)\b.*?</\1>", " ", page, flags=re.DOTALL)
    return unescape(" ".join(re.sub(r"<[^>]+>", " ", body).split()))
