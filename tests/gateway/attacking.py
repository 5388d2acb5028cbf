"""Sends many requests, good and bad ones, to each route of a gateway over a sandbox; see `test_contract`.

python attacking.py [PART OF]: only the routes of one part, so that parts can run side by side.

No time is spent on what is not needed here: no sockets and no threads between the requests and the application, no
search for the smallest failing example, each case once.
"""

from __future__ import annotations

import asyncio
import inspect
import json
import os
import sys
import tempfile
import warnings
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

from wikijs.gateway import Gateway, Settings
from wikijs.gateway.access.credentials import master_key
from wikijs.gateway.app import application
from wikijs.gateway.limits.tiers import tiers_of
from wikijs.sandbox import Sandbox

DOCUMENT = json.loads((Path(__file__).parents[2] / "docs/openapi.json").read_text(encoding="utf-8"))
CASES = int(os.environ.get("WIKIJS_GATEWAY_CASES", "16"))
CHECKS = [not_a_server_error, response_schema_conformance, status_code_conformance, content_type_conformance]
LEFT_OUT = {
    # They end what the others need: the key that is used, and the wiki's own credential.
    "ops_authentication_set_api_state", "ops_authentication_revoke_api_key", "ops_authentication_update_strategies",
    "revoke_key", "rotate_key", "update_key", "put_credential", "delete_credential", "put_override",
    "ops_users_deactivate", "ops_users_delete", "act_on_user", "delete_user",
    # These do not end by themselves.
    "stream_events", "watch_job",
    # The wiki takes one each quarter of a minute, and the client waits for that.
    "ops_comments_create",
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


def attack(operation: Any, client: Any, tried: list[int]) -> list[str]:
    """What is wrong with one operation."""
    wrong: list[str] = []

    def attempt(case: Any) -> None:
        tried.append(1)
        try:
            case.call_and_validate(session=client, checks=CHECKS, timeout=300)
        except (Exception, BaseExceptionGroup) as error:  # all that is wrong shall be seen at once
            wrong.append(f"{operation.label}: {str(error)[:1500]}")

    for mode, share in ((GenerationMode.POSITIVE, 2), (GenerationMode.NEGATIVE, 1)):
        options = settings(
            max_examples=max(CASES * share // 3, 1),
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


def main() -> int:
    """Attack all routes; prints the number of cases, and what is wrong."""
    part, parts = (int(each) for each in (*sys.argv[1:], "0", "1")[:2])
    directly = Directly()
    asgi._get_portal = lambda: directly  # type: ignore[assignment,return-value]
    # It looks for constants in all code that it finds, which takes longer than all the rest.
    HypothesisProvider._maybe_draw_constant = lambda *_, **__: None  # type: ignore[assignment,method-assign]
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
        key = gateway.keys.create("contract", scopes=["all"], tier="huge")[1]
        schema: Any = schemathesis.openapi.from_dict(DOCUMENT)
        schema.app = application(gateway)
        client = asgi.get_client(schema.app)
        client.headers["authorization"] = f"Bearer {key}"
        directly.call(gateway.start)
        for place, found in enumerate(schema.get_all_operations()):
            operation = found.ok()
            if place % parts == part and operation.definition.raw.get("operationId") not in LEFT_OUT:
                broken += attack(operation, client, tried)
        directly.call(gateway.stop)
    print(len(tried), "cases")
    print("\n\n".join(broken))
    return 1 if broken else 0


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    sys.exit(main())
