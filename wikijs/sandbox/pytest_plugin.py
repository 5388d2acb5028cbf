"""Fixtures for tests of programs that work with a wiki. pytest finds them by itself once the package is installed.

    def test_report_is_published(wikijs_sandbox, wikijs_client):
        publish_report(wikijs_client)
        assert wikijs_client.pages.get("reports/today").title == "Today"

Every pytest run of whoever has the package installed loads this module, so it imports nothing of the package until a
fixture is used.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from wikijs import AsyncWikiJSClient, WikiJSClient
    from wikijs.sandbox import Sandbox


@pytest.fixture
def wikijs_sandbox() -> Iterator[Sandbox]:
    """A fresh, empty wiki in this process, with the administrator, the guest, and an API key with full access."""
    try:
        from wikijs.sandbox import Sandbox
    except ImportError as error:
        pytest.fail(f"The sandbox needs {error.name}: pip install 'py-wikijs[sandbox]'", pytrace=False)
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def wikijs_client(wikijs_sandbox: Sandbox) -> Iterator[WikiJSClient]:
    """A blocking client of `wikijs_sandbox` that may do everything."""
    with wikijs_sandbox.client() as client:
        yield client


@pytest.fixture
def async_wikijs_client(wikijs_sandbox: Sandbox) -> AsyncWikiJSClient:
    """An async client of `wikijs_sandbox` that may do everything, for whichever event loop the test runs.

    It has no connection that would want closing, so the fixture itself needs no event loop and no plugin for one.
    """
    return wikijs_sandbox.async_client()
