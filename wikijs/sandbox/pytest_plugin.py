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


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--wikijs-version`."""
    purpose = "Wiki.js version that wikijs_sandbox poses as, such as 2.5.201, where a test has no mark that tells"
    parser.getgroup("wikijs").addoption("--wikijs-version", metavar="VERSION", help=purpose)


def pytest_configure(config: pytest.Config) -> None:
    """Make the mark known."""
    config.addinivalue_line("markers", "wikijs_version(version): the Wiki.js version that wikijs_sandbox poses as")


def version_for(request: pytest.FixtureRequest) -> str | None:
    """The version that a test's mark asks for, else the one of the command line."""
    mark: pytest.Mark | None = request.node.get_closest_marker("wikijs_version")
    if mark is None:
        version: str | None = request.config.getoption("--wikijs-version")
        return version
    if len(mark.args) != 1 or not isinstance(mark.args[0], str):
        pytest.fail('The mark takes one version: @pytest.mark.wikijs_version("2.5.201")', pytrace=False)
    return mark.args[0]


@pytest.fixture
def wikijs_sandbox(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """A fresh, empty wiki in this process, with the administrator, the guest, and an API key with full access.

    It poses as an older Wiki.js where the test is marked with `wikijs_version`, or pytest called with
    `--wikijs-version`.
    """
    try:
        from wikijs.sandbox import Sandbox, UnknownVersionError
    except ImportError as error:
        from wikijs.core.values.installing import pip_line

        pytest.fail(f"The sandbox needs {error.name}: {pip_line('sandbox')}", pytrace=False)
    version = version_for(request)
    try:
        sandbox = Sandbox() if version is None else Sandbox(version=version)
    except UnknownVersionError as error:
        pytest.fail(str(error), pytrace=False)
    with sandbox:
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
