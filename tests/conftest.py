"""Settings of all tests."""

from __future__ import annotations

import os
from collections.abc import Generator

import pytest
from hypothesis import settings
from support.reports import without_secrets

# Time limits per example fail by chance on busy machines; CI tries the same examples each time.
settings.register_profile("default", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "default")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """No report of a failure shows a key or a token: pytest prints the arguments of every function on the way."""
    report = yield
    without_secrets(report)
    return report
