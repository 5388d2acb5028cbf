"""What one process holds in memory and another one changes: two gateways over one database learn of each other."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx2
import pytest
from starlette.testclient import TestClient
from support.postgres_server import a_database

from wikijs.gateway import Gateway
from wikijs.gateway.app import application
from wikijs.gateway.limits.policy import Policy
from wikijs.sandbox import Sandbox

from .conftest import settings_at

PAGE = "/api/v1/pages/1"


class Pair:
    """Two gateways over one database. They learn of each other when the test says so."""

    def __init__(self, folder: Path, database: str, all_of: ExitStack) -> None:
        self.sandbox = Sandbox("demo")
        transport = self.sandbox.transport()
        files = {"key_file": str(folder / "gateway.key"), "journals": str(folder / "journals")}
        settings = settings_at(folder, self.sandbox.url, database=database, feed=True, **files)
        self.gateways = [
            Gateway(
                settings,
                http=httpx2.AsyncClient(transport=transport),
                blocking_http=httpx2.Client(transport=transport),
            )
            for _ in range(2)
        ]
        self.one, self.other = self.gateways
        self.one.credentials.put("default", "api_key", {"key": self.sandbox.api_key})
        self.secret = self.one.keys.create("tests", scopes=["all"], tier="enterprise")[1]
        self.clients: list[TestClient] = []
        for gateway in self.gateways:
            app = application(gateway)
            gateway.hooks.clear()  # nobody looks at the wiki
            gateway.after_write.clear()
            client = TestClient(app, headers={"authorization": f"Bearer {self.secret}"})
            self.clients.append(all_of.enter_context(client))
        self.learn()

    def learn(self) -> None:
        """What is done each second."""
        for gateway, client in zip(self.gateways, self.clients, strict=False):
            assert client.portal is not None
            client.portal.call(gateway.catch_up)


@pytest.fixture(params=["sqlite", "postgres"])
def pair(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pair]:
    monkeypatch.delenv("WIKIJS_GATEWAY_KEY", raising=False)
    database = str(tmp_path / "gateway.db") if request.param == "sqlite" else a_database()
    with ExitStack() as all_of:
        yield Pair(tmp_path, database, all_of)


def test_a_credential_that_was_replaced_or_deleted_elsewhere_is_not_gone_on_with(pair: Pair) -> None:
    one, other = pair.clients
    assert [each.get(PAGE).status_code for each in (one, other)] == [200, 200]
    body = {"kind": "api_key", "key": "e30.e30.e30"}  # what it was must not be used any more, though it would do
    assert one.put("/api/v1/admin/credentials/default", json=body).status_code == 204
    pair.learn()
    answers = [each.get(PAGE).status_code for each in (one, other)]
    assert answers[0] == answers[1] != 200
    pair.one.credentials.put("default", "api_key", {"key": pair.sandbox.api_key})  # as the command line does
    pair.learn()
    assert [each.get(PAGE).status_code for each in (one, other)] == [200, 200]
    assert other.delete("/api/v1/admin/credentials/default").status_code == 204
    pair.learn()
    assert [each.get(PAGE).status_code for each in (one, other)] == [502, 502]


def test_limits_that_were_given_or_taken_back_elsewhere_hold_here(pair: Pair) -> None:
    one, other = pair.clients
    name = pair.one.keys.all()[0].id

    def limits() -> list[str]:
        return [each.get("/api/v1/me").headers["x-ratelimit-limit"] for each in (one, other)]

    before = limits()
    assert before[0] == before[1] != "777"
    assert one.put(f"/api/v1/admin/overrides/{name}", json={"limits": {"burst": 777}}).status_code == 204
    pair.learn()
    assert limits() == ["777", "777"]
    assert other.delete(f"/api/v1/admin/overrides/{name}").status_code == 204
    assert other.delete(f"/api/v1/admin/overrides/{name}").status_code == 404
    pair.learn()
    assert limits() == before


def test_a_ticket_of_one_is_taken_by_the_other_once(pair: Pair) -> None:
    one, other = pair.clients
    for gateway in pair.gateways:
        gateway.draining = True  # streams end after their first word
    ticket = one.post("/api/v1/events/ticket").json()["ticket"]
    del other.headers["authorization"]
    assert [other.get(f"/api/v1/events?ticket={ticket}").status_code for _ in range(2)] == [200, 401]


def test_a_ticket_is_worth_no_more_than_the_key_behind_it(pair: Pair) -> None:
    one, other = pair.clients
    for gateway in pair.gateways:
        gateway.draining = True
    ticket = one.post("/api/v1/events/ticket").json()["ticket"]
    pair.one.keys.revoke(pair.one.keys.all()[0].id)
    pair.learn()
    del other.headers["authorization"]
    assert other.get(f"/api/v1/events?ticket={ticket}").status_code == 401


def test_a_stream_ends_when_its_key_may_see_less(pair: Pair) -> None:
    gateway = pair.other
    assert gateway.changes is not None
    caller = gateway.authenticator.known(f"Bearer {pair.secret}".encode())
    assert caller is not None

    async def look(change: Callable[[], object]) -> bytes | None:
        stream = gateway.changes.stream(caller, 0, frozenset())
        assert await anext(stream) == b": welcome\n\nretry: 3000\n\n"
        change()
        return await anext(stream, None)

    def confine() -> None:
        pair.one.keys.update(caller.id, prefixes=["docs"])
        gateway.keys.refresh()

    assert asyncio.run(look(confine)) is None


def test_what_was_said_of_a_credential_is_not_said_of_the_one_in_its_place(pair: Pair) -> None:
    book = pair.one.credentials
    (seen,) = book.all()
    pair.other.credentials.put("default", "api_key", {"key": pair.sandbox.api_key})
    book.checked(seen, "It was refused.")
    (now,) = book.all()
    assert (now.problem, now.checked_at) == (None, None)
    book.checked(now, "It was refused.")
    assert book.all()[0].problem == "It was refused."


def test_overrides_of_two_at_once_are_both_there(pair: Pair) -> None:
    def give(policy: Policy, key: str) -> None:
        policy.override(key, {"rate": 5}, until=None, created_by="tests", reason="")

    give(pair.one.policy, "a")
    give(pair.other.policy, "b")
    pair.learn()
    for gateway in pair.gateways:
        assert {each.key for each in gateway.policy.overrides()} == {"a", "b"}
