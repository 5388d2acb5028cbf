from __future__ import annotations

import pytest

from .both import Both


@pytest.fixture(params=["blocking", "async"])
def both(request: pytest.FixtureRequest) -> Both:
    """One of the two clients after the other."""
    return Both(request.param)
