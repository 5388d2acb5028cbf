"""One gateway for all tests that need no other: making one takes a while."""

from __future__ import annotations

from collections.abc import Iterator

import httpx2
import pytest
from starlette.testclient import TestClient

from wikijs.gateway import Gateway
from wikijs.gateway.app import application
from wikijs.gateway.limits.buckets import LocalLimits
from wikijs.gateway.portal.visits import Pace
from wikijs.sandbox import Sandbox

from ..conftest import Gate, settings_at


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gate]:
    """A gateway over a sandbox, for the tests of one file."""
    with pytest.MonkeyPatch.context() as patch, Sandbox("demo") as wiki:
        patch.delenv("WIKIJS_GATEWAY_KEY", raising=False)
        settings = settings_at(tmp_path_factory.mktemp("gateway"), wiki.url)
        gateway = Gateway(settings, http=httpx2.AsyncClient(transport=wiki.transport()))
        gateway.credentials.put("default", "api_key", {"key": wiki.api_key})
        with TestClient(application(gateway)) as client:
            gate = Gate(wiki, gateway, client)
            client.headers["authorization"] = f"Bearer {gate.key()}"
            yield gate


@pytest.fixture
def gate(shared: Gate) -> Gate:
    """The same, as if nobody had guessed or hurried yet."""
    shared.client.app.state.desk.pace = Pace()  # type: ignore[attr-defined]
    shared.gateway.authenticator._guesses = LocalLimits()
    return shared
