"""The project's own clients, talking to a sandbox in the same process."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx2

from ..aio import AsyncWikiJSClient
from ..client import WikiJSClient
from .http.transport import SandboxTransport

if TYPE_CHECKING:
    from ..auth import Auth
    from .wiki import Wiki


class SandboxClient(WikiJSClient):
    """A blocking client of a sandbox in this process. Closing it leaves the sandbox as it is."""

    def __init__(self, sandbox: Wiki, auth: Auth | str | None) -> None:
        self._http = httpx2.Client(transport=SandboxTransport(sandbox))
        super().__init__(sandbox.url, auth, http_client=self._http)

    def close(self) -> None:
        """Close the client. It cannot be used afterwards."""
        super().close()
        self._http.close()


class AsyncSandboxClient(AsyncWikiJSClient):
    """An async client of a sandbox in this process. Closing it leaves the sandbox as it is."""

    def __init__(self, sandbox: Wiki, auth: Auth | str | None) -> None:
        self._http = httpx2.AsyncClient(transport=SandboxTransport(sandbox))
        super().__init__(sandbox.url, auth, http_client=self._http)

    async def aclose(self) -> None:
        """Close the client. It cannot be used afterwards."""
        await super().aclose()
        await self._http.aclose()
