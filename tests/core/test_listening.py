"""A port that cannot be used is told in the same words by every program that listens."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from wikijs import exceptions as exc
from wikijs.core.transport.listening import listening
from wikijs.sandbox.http.server import StartError
from wikijs.sandbox.http.server import serve as sandbox
from wikijs.telemetry.metrics import serve as metrics
from wikijs.webhooks import WebhookServer

if TYPE_CHECKING:
    from collections.abc import Callable

SECRET = "whsec_" + "A" * 32
PROGRAMS: dict[str, Callable[[int], object]] = {
    "listening": lambda port: listening("127.0.0.1", port),
    "sandbox": lambda port: sandbox(port=port),
    "metrics": metrics,
    "webhooks": lambda port: WebhookServer(secret=SECRET).run(port=port),
}


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
def test_a_port_that_is_taken(program: Callable[[int], object]) -> None:
    with listening("127.0.0.1", 0) as bound:
        port = bound.getsockname()[1]
        with pytest.raises((exc.ConfigurationError, StartError)) as caught:
            program(port)
    assert f"Port {port} on 127.0.0.1 cannot be used (Address already in use)." in str(caught.value)


def test_a_port_that_is_none() -> None:
    with pytest.raises(exc.ConfigurationError, match=r"Port 99999 on 127\.0\.0\.1 cannot be used"):
        listening("127.0.0.1", 99999)
