"""Serving a sandbox on a port, for `python -m wikijs.sandbox` and `wikijs sandbox`."""

from __future__ import annotations

import sys
from collections.abc import Callable

import uvicorn

from wikijs.core.transport.listening import listening
from wikijs.exceptions import ConfigurationError

from ..sandbox import Sandbox
from ..seeds.planting import UnknownSeedError
from ..storage.database import DataFileError
from ..storage.engines import DEFAULT, UnknownDatabaseError
from ..versions import NEWEST, UnknownVersionError
from .faults import FaultError
from .hosts import LoopbackOnly, is_loopback


class StartError(Exception):
    """A sandbox that cannot start; the message is one sentence for the user."""


def serve(
    *,
    host: str = "127.0.0.1",
    port: int = 3000,
    seed: str = "empty",
    data: str | None = None,
    latency: str = "0",
    rate_limit: bool = True,
    fail: str | None = None,
    version: str = NEWEST,
    database: str = DEFAULT,
    say: Callable[[str], None] = lambda line: print(line, flush=True),  # noqa: T201  # a command's output
) -> None:
    """Serve a sandbox until interrupted, after saying where it is and how to sign in.

    Raises:
        StartError: with one sentence about what is wrong.
    """
    try:
        bound = listening(host, port)
    except ConfigurationError as error:
        raise StartError(f"{error.message} Choose another with --port.") from None
    url = f"http://{host}:{bound.getsockname()[1]}"
    try:
        sandbox = Sandbox(
            seed,
            data=data,
            latency=latency,
            rate_limit=rate_limit,
            fail=fail,
            url=url,
            version=version,
            database=database,
        )
    except (DataFileError, UnknownDatabaseError, FaultError, UnknownSeedError, UnknownVersionError) as error:
        bound.close()
        raise StartError(str(error)) from error
    say(f"URL       {url}")
    say(f"Login     {sandbox.admin_email}  {sandbox.admin_password}")
    say(f"API key   {sandbox.api_key}")
    say("\nFor commands and programs in another terminal, paste there:\n")
    say(f"export WIKIJS_URL={url}")
    say(f"export WIKIJS_API_KEY={sandbox.api_key}")
    try:
        app = LoopbackOnly(sandbox.asgi) if is_loopback(host) else sandbox.asgi
        config = uvicorn.Config(app, log_level="warning", timeout_keep_alive=5, lifespan="off")
        uvicorn.Server(config).run(sockets=[bound])
    except KeyboardInterrupt:
        pass
    finally:
        sandbox.close()
        bound.close()


def fail_with(error: StartError) -> None:
    """Say what is wrong on one line, and end with exit code 1."""
    print(f"wikijs sandbox: {error}", file=sys.stderr)  # noqa: T201  # a command's output
    raise SystemExit(1)
