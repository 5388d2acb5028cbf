"""A wiki that fails once a write was answered: what fails then must not be told as the write's failure."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import httpx2

from wikijs import WikiJSClient
from wikijs import exceptions as exc
from wikijs.core.outcomes import Outcome
from wikijs.sandbox import Sandbox
from wikijs.sandbox.http.transport import SandboxTransport

MUTATION = b'"query":"mutation'


class Cutting(httpx2.BaseTransport, httpx2.AsyncBaseTransport):
    """Once a write was answered, and so many requests behind it, nothing but this failure comes.

    Args:
        inner: The wiki.
        spared: Requests that come through after the first write.
        at: The number of the write behind which it fails.
        begins: What is in the address or content of the write that counts as the first.
        failure: `down` for what a proxy says, `forbidden` for Wiki.js' own words, which prove that nothing happened.
    """

    def __init__(
        self,
        inner: SandboxTransport,
        spared: int = 0,
        failure: str = "forbidden",
        begins: bytes = MUTATION,
        at: int = 1,
    ) -> None:
        self._inner, self._left, self._failure, self._begins = inner, spared, failure, begins
        self.at, self.writes = at, 0
        self.is_on = self.is_written = self.has_struck = False

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Answer."""
        content = request.read()
        if self._is_cut():
            return self._failed(request, content)
        response = self._inner.handle_request(request)
        self._note(request, content)
        return response

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Answer."""
        content = await request.aread()
        if self._is_cut():
            return self._failed(request, content)
        response = await self._inner.handle_async_request(request)
        self._note(request, content)
        return response

    def _is_cut(self) -> bool:
        if not self.is_on or not self.is_written:
            return False
        self._left -= 1
        self.has_struck = self.has_struck or self._left < 0
        return self._left < 0

    def _note(self, request: httpx2.Request, content: bytes) -> None:
        if not self.is_on or self._begins not in request.url.raw_path + content:
            return
        self.writes += 1
        if self.writes == self.at:
            self.is_written = True

    def _failed(self, request: httpx2.Request, content: bytes) -> httpx2.Response:
        if self._failure == "down" or not content.startswith(b"{") or request.url.path == "/u":
            return httpx2.Response(503, text="down")
        refusal = {"data": None, "errors": [{"message": "Forbidden", "path": ["x"]}]}
        return httpx2.Response(200, json=refusal)


def wiki_in(folder: Path, prepare: Callable[[WikiJSClient], None]) -> Path:
    """The data of a wiki with something to change, to be copied for each try."""
    data = folder / "wiki.db"
    with Sandbox(data=data) as sandbox, sandbox.client() as client:
        prepare(client)
    return data


def admits(error: BaseException) -> bool:
    """Whether it is said of an error that the write took place, or that nobody knows."""
    if isinstance(error, exc.FollowUpError | exc.OutcomeUnknownError):
        return True
    return isinstance(error, exc.WikiJSException) and error.effect in {Outcome.APPLIED, Outcome.UNKNOWN}
