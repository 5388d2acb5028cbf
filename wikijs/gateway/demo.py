"""A gateway over a sandbox, to try things out: nothing is kept."""

from __future__ import annotations

import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx2

from wikijs.sandbox import Sandbox

from .app import application
from .runtime import Gateway
from .settings import Settings

_TEXT = """\
A gateway of a sandbox is on {base}

The key, with all scopes:
  {key}

Try it:
  curl -s '{base}/api/v1/pages?limit=3' -H 'Authorization: Bearer {key}'
  curl -s {base}/api/v1/pages/1 -i -H 'Authorization: Bearer {key}'
  curl -s {base}/api/v1/pages -H 'Authorization: Bearer {key}' -H 'Content-Type: application/json' \
-d '{{"path": "docs/demo", "title": "Demo", "content": "# Demo"}}'

The portal is at {base}/portal (sign in with the key), the reference at {base}/docs,
the contract at {base}/openapi.json. Ctrl+C ends it.
"""


class Demo:
    """A sandbox, a gateway over it, and a key.

    Args:
        port: Port that it listens on.
        seed: What is in the sandbox.
    """

    def __init__(self, port: int, seed: str | int = "demo") -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="wikijs-gateway-")
        self.sandbox = Sandbox(seed)
        place = Path(self._folder.name)
        self.settings = Settings(
            wiki=self.sandbox.url,
            database=str(place / "gateway.db"),
            key_file=str(place / "gateway.key"),
            port=port,
            pass_through=True,
            feed_interval=2.0,
            drain_seconds=2.0,
        )
        from .access.credentials import master_key

        master_key(self.settings.master_key_file, make=True)
        transport = self.sandbox.transport()
        http, blocking = httpx2.AsyncClient(transport=transport), httpx2.Client(transport=transport)
        self.gateway = Gateway(self.settings, http=http, blocking_http=blocking)
        self.gateway.credentials.put("default", "api_key", {"key": self.sandbox.api_key})
        _, self.key = self.gateway.keys.create("demo", scopes=["all"], tier="pro", created_by="demo")
        self.app = application(self.gateway)
        self.base = f"http://127.0.0.1:{port}"

    @property
    def text(self) -> str:
        """What people see first."""
        return _TEXT.format(base=self.base, key=self.key)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.sandbox.close()
        self._folder.cleanup()
