from __future__ import annotations

from collections.abc import Iterator

import pytest
from support.redis_server import RedisServer, redis_server


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
