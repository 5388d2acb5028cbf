"""Sends many requests, good and bad ones, to each route of a gateway over a sandbox; see `test_contract`.

No time is spent on what is not needed here: no sockets and no threads between the requests and the application, no
search for the smallest failing example, each case once.
"""

from __future__ import annotations

import asyncio
import inspect
import json
import os
import sqlite3
import sys
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from hypothesis.internal.conjecture.providers import HypothesisProvider
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.python import asgi
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from wikijs import ops
from wikijs.gateway import Gateway, Settings
from wikijs.gateway.access.credentials import master_key
from wikijs.gateway.app import application
from wikijs.gateway.limits.tiers import tiers_of
from wikijs.sandbox import Sandbox

DOCUMENT = json.loads((Path(__file__).parents[2] / "docs/openapi.json").read_text(encoding="utf-8"))
CASES = int(os.environ.get("WIKIJS_GATEWAY_CASES", "15"))
CHECKS = [not_a_server_error, response_schema_conformance, status_code_conformance, content_type_conformance]
ENDING = {
    # They end what the others need: the key that is used, and the wiki's own credential. They come last, and before
    # each case all is as it was.
    "ops_authentication_set_api_state", "ops_authentication_revoke_api_key", "ops_authentication_update_strategies",
    "revoke_key", "rotate_key", "update_key", "put_credential", "delete_credential", "put_override",
    "update_site", "ops_site_update_config",  # another audience of tokens
    "ops_users_deactivate", "ops_users_delete", "act_on_user", "delete_user",
}  # fmt: skip


class Directly:
    """What runs the application: one event loop in this thread, in the place of one in another."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()

    def call(self, function: Any, *arguments: Any) -> Any:
        async def run() -> Any:
            found = function(*arguments)
            return await found if inspect.isawaitable(found) else found

        return self.loop.run_until_complete(run())


def as_far_as_it_says_something(app: Any) -> Any:
    """Streams of events do not end by themselves: whoever reads goes away after the first that they say."""

    async def called(scope: Any, receive: Any, send: Any) -> None:
        if not scope["path"].endswith("/events"):
            await app(scope, receive, send)
            return
        said = asyncio.Event()

        async def first(message: Any) -> None:
            if said.is_set():
                return
            if message.get("body") or not message.get("more_body", True):
                said.set()
                message = {**message, "more_body": False}
            await send(message)

        running = {asyncio.ensure_future(app(scope, receive, first)), asyncio.ensure_future(said.wait())}
        done, pending = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
        for each in pending:
            each.cancel()
        await asyncio.gather(*done, *pending, return_exceptions=True)

    return called


class Wiki:
    """Puts back what cases have ended."""

    def __init__(self, sandbox: Sandbox, gateway: Gateway, client: Any) -> None:
        self._sandbox, self._gateway, self._client = sandbox, gateway, client
        self._api_key = sandbox.api_key
        self._saved = sqlite3.connect(":memory:")
        sandbox.db.connection.backup(self._saved)
        self.tier = "huge"

    def restore(self) -> None:
        """All as it was, and a new key of the gateway."""
        self._saved.backup(self._sandbox.db.connection)
        self._gateway.credentials.put("default", "api_key", {"key": self._api_key})
        key = self._gateway.keys.create("contract", scopes=["all"], tier="huge")[1]
        self._client.headers["authorization"] = f"Bearer {key}"


def attack(operation: Any, client: Any, tried: list[int], before: Callable[[], None]) -> list[str]:
    """What is wrong with one operation."""
    wrong: list[str] = []

    def attempt(case: Any) -> None:
        before()
        tried.append(1)
        try:
            case.call_and_validate(session=client, checks=CHECKS, timeout=300)
        except (Exception, BaseExceptionGroup) as error:  # all that is wrong shall be seen at once
            wrong.append(f"{operation.label}: {str(error)[:1500]}")

    for mode, share in ((GenerationMode.POSITIVE, 3), (GenerationMode.NEGATIVE, 1)):
        options = settings(
            max_examples=max(CASES * share // 4, 1),
            phases=[Phase.generate],
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        try:
            options(given(case=operation.as_strategy(generation_mode=mode))(attempt))()
        except Unsatisfiable:
            continue
    return wrong[:3]


def is_ending(operation: Any) -> bool:
    """Whether an operation can end what the others need."""
    return operation.definition.raw.get("operationId") in ENDING


def main() -> int:
    """Attack all routes; prints the number of cases, and what is wrong."""
    directly = Directly()
    asgi._get_portal = lambda: directly  # type: ignore[assignment,return-value]
    # It looks for constants in all code that it finds, which takes longer than all the rest.
    HypothesisProvider._maybe_draw_constant = lambda *_, **__: None  # type: ignore[assignment,method-assign]
    # The wiki takes a comment each quarter of a minute, and the client waits for that; the sandbox takes all.
    object.__setattr__(ops.comments_create(page_id=1, content="x").spec, "rate_limit", None)
    number = 10**9
    limits = dict.fromkeys(("rate", "burst", "daily", "jobs", "write", "search", "upload", "export"), number)
    tried: list[int] = []
    broken: list[str] = []
    with tempfile.TemporaryDirectory() as folder, Sandbox("demo") as wiki:
        setup = Settings(
            wiki=wiki.url,
            database=f"{folder}/gateway.db",
            feed_interval=3600.0,
            rate=number,
            tiers=tiers_of({"huge": limits}),
        )
        master_key(setup.master_key_file, {}, make=True)
        transport = wiki.transport()
        http, blocking = httpx2.AsyncClient(transport=transport), httpx2.Client(transport=transport)
        gateway = Gateway(setup, http=http, blocking_http=blocking)
        gateway.credentials.put("default", "api_key", {"key": wiki.api_key})
        schema: Any = schemathesis.openapi.from_dict(DOCUMENT)
        schema.app = as_far_as_it_says_something(application(gateway))
        schema.config.analysis.constants.enabled = False  # it reads all modules, for strings that might mean something
        client = asgi.get_client(schema.app)
        client.trust_env = False  # it would look for proxies before each request
        whole = Wiki(wiki, gateway, client)
        whole.restore()
        directly.call(gateway.start)
        found = [each.ok() for each in schema.get_all_operations()]
        for operation in sorted(found, key=is_ending):
            broken += attack(operation, client, tried, whole.restore if is_ending(operation) else lambda: None)
        directly.call(gateway.stop)
    print(len(tried), "cases")
    print("\n\n".join(broken))
    return 1 if broken else 0


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    sys.exit(main())
