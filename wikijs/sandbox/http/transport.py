"""In-process transports for httpx2: a client talks to a sandbox without a port, a thread or an event loop."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx2

from .messages import NoAnswerError, Request, Response

if TYPE_CHECKING:
    from ..wiki import Wiki


class SandboxTransport(httpx2.BaseTransport, httpx2.AsyncBaseTransport):
    """Answers from a sandbox, for `httpx2.Client` and `httpx2.AsyncClient` alike.

    A request that the server never answers is a read timeout at once.
    """

    def __init__(self, sandbox: Wiki) -> None:
        self._sandbox = sandbox

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Answer a request of a sync client."""
        try:
            return received(request, self._sandbox.handle(sent(request, request.read())))
        except NoAnswerError as error:
            raise httpx2.ReadTimeout("the server does not answer", request=request) from error

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Answer a request of an async client."""
        try:
            return received(request, await self._sandbox.handle_async(sent(request, await request.aread())))
        except NoAnswerError as error:
            raise httpx2.ReadTimeout("the server does not answer", request=request) from error


def sent(request: httpx2.Request, body: bytes) -> Request:
    """The request of an httpx2 client as the sandbox takes it."""
    headers = {name.lower(): value for name, value in request.headers.items()}
    path = request.url.raw_path.decode("ascii").partition("?")[0]
    return Request(request.method, path, request.url.query.decode(), headers, body)


def received(request: httpx2.Request, response: Response) -> httpx2.Response:
    """The sandbox's response as httpx2 takes it."""
    body = b"" if request.method == "HEAD" else response.body
    headers = [*response.headers, ("content-length", str(len(response.body)))]
    if response.content_type:
        headers.insert(0, ("content-type", response.content_type))
    plain = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]  # as they travel
    return httpx2.Response(response.status, headers=plain, content=body, request=request)
