"""Sandboxes for tests, and clients that need no port."""

from __future__ import annotations

from collections.abc import Iterator

import httpx2
import pytest

from wikijs.sandbox import Sandbox


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A fresh, empty wiki."""
    fresh = Sandbox()
    yield fresh
    fresh.close()


@pytest.fixture
def http(sandbox: Sandbox) -> Iterator[httpx2.Client]:
    """An HTTP client of the sandbox, with its API key."""
    with httpx2.Client(
        transport=sandbox.transport(), base_url=sandbox.url, headers={"authorization": f"Bearer {sandbox.api_key}"}
    ) as client:
        yield client
