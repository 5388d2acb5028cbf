"""Settings of all tests."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Generator, Iterator
from typing import Any

import pytest
from hypothesis import settings
from support.redis_server import RedisServer, redis_server
from support.reports import without_secrets

# Time limits per example fail by chance on busy machines; CI tries the same examples each time.
settings.register_profile("default", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "default")


if signal.getsignal(signal.SIGINT) is signal.SIG_IGN and threading.current_thread() is threading.main_thread():
    # A shell that runs the tests in the background has them ignore Ctrl-C, and all programs that they start.
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_configure(config: pytest.Config) -> None:
    """The package is imported as anybody imports it.

    It brings fixtures, so pytest would rewrite the assertions of its modules, which have none: seconds in each process.
    """
    hook: Any = config.pluginmanager.rewrite_hook
    getattr(hook, "_must_rewrite", set()).discard("wikijs")
    getattr(hook, "_marked_for_rewrite_cache", {}).clear()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """No report of a failure shows a key or a token: pytest prints the arguments of every function on the way."""
    report = yield
    without_secrets(report)
    return report


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """A Redis shared by the tests of this run; each uses key prefixes of its own."""
    with redis_server() as server:
        yield server.url


@pytest.fixture
def own_redis() -> Iterator[RedisServer]:
    """A Redis that the test may kill."""
    with redis_server() as server:
        yield server
