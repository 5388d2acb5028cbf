"""A gateway over a sandbox, without a port."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.testclient import TestClient

from wikijs.gateway import Gateway, Settings
from wikijs.gateway.access.credentials import master_key
from wikijs.gateway.app import application
from wikijs.sandbox import Sandbox


@dataclass
class Gate:
    """A gateway, what it stands in front of, and a client of it that comes with a key of all scopes."""

    sandbox: Sandbox
    gateway: Gateway
    client: TestClient
    now: list[float] = field(default_factory=lambda: [0.0])

    def key(self, *scopes: str, **options: Any) -> str:
        """A new key; all scopes unless said otherwise."""
        options.setdefault("tier", "enterprise")
        return self.gateway.keys.create("tests", scopes=scopes or ("all",), **options)[1]

    def calls(self, key: str | None) -> TestClient:
        """A client that comes with this key."""
        other = TestClient(self.client.app, raise_server_exceptions=True)
        if key is not None:
            other.headers["authorization"] = f"Bearer {key}"
        return other


def settings_at(folder: Path, wiki: str, **options: Any) -> Settings:
    """Settings of a gateway whose files lie in a folder."""
    known: dict[str, Any] = {"database": str(folder / "gateway.db"), "feed": False} | options
    settings = Settings(wiki=wiki, **known)
    master_key(settings.master_key_file, {}, make=True)
    return settings


Gates = Callable[..., Gate]


@pytest.fixture
def gates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Gates]:
    """Makes gateways over sandboxes."""
    monkeypatch.delenv("WIKIJS_GATEWAY_KEY", raising=False)
    opened: list[AbstractContextManager[Any]] = []
    sandboxes: list[Sandbox] = []

    def make(
        seed: str | int = "demo",
        *,
        sandbox: Sandbox | None = None,
        clock: Callable[[], float] | None = None,
        http: httpx2.AsyncClient | None = None,
        **options: Any,
    ) -> Gate:
        wiki = sandbox or Sandbox(seed)
        sandboxes.append(wiki)
        folder = tmp_path / f"gateway{len(opened)}"
        folder.mkdir()
        settings = settings_at(folder, wiki.url, **options)
        more = {} if clock is None else {"clock": clock}
        transport = wiki.transport()
        http, blocking = http or httpx2.AsyncClient(transport=transport), httpx2.Client(transport=transport)
        gateway = Gateway(settings, http=http, blocking_http=blocking, **more)
        gateway.credentials.put("default", "api_key", {"key": wiki.api_key})
        client = TestClient(application(gateway))
        client.__enter__()
        opened.append(client)
        gate = Gate(wiki, gateway, client)
        client.headers["authorization"] = f"Bearer {gate.key()}"
        return gate

    yield make
    for client in opened:
        client.__exit__(None, None, None)
    for wiki in sandboxes:
        wiki.close()


@pytest.fixture
def gate(gates: Gates) -> Gate:
    """A gateway over a sandbox with some pages."""
    return gates()
