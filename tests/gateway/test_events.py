"""What changes, as a stream and to webhooks; and the administration of all that."""

from __future__ import annotations

import asyncio
import threading
import time
from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from wikijs.gateway.changes import Changes, first, fits
from wikijs.webhooks import WebhookReceiver, Webhooks

from .conftest import Gate, Gates

EVENTS = "/api/v1/events"
HOOKS = "/api/v1/webhooks"


def watching(gates: Gates, **options: Any) -> Gate:
    gate = gates(feed=True, feed_interval=0.2, **options)
    changes = gate.gateway.changes
    assert isinstance(changes, Changes)
    until(lambda: changes.store.last_sequence() > 0)  # it has seen the wiki for the first time
    return gate


def until(there: Any) -> Any:
    deadline = time.monotonic() + 120
    while not (found := there()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return found


def test_a_write_is_told_and_only_to_those_who_may_see_it(gates: Gates) -> None:
    gate = watching(gates)
    gate.client.post("/api/v1/pages", json={"path": "team/new", "title": "New", "content": "# New"})

    def created(key: str) -> list[str]:
        items = gate.calls(key).get(f"{EVENTS}/list").json()["items"]
        return [item["data"]["page"]["path"] for item in items if item["type"] == "page.created"]

    everything = gate.key("events")
    until(lambda: created(everything) == ["team/new"])
    assert created(gate.key("events", prefixes=["team"])) == ["team/new"]
    assert created(gate.key("events", prefixes=["other"])) == []
    assert gate.calls(gate.key("read")).get(f"{EVENTS}/list").status_code == 403
    last = gate.client.get(f"{EVENTS}/list").json()["last"]
    assert gate.client.get(f"{EVENTS}/list?after={last}").json() == {"items": [], "last": last}
    assert gate.client.get(f"{EVENTS}/list?after=-1").status_code == 422


def test_a_list_goes_on_behind_what_a_key_may_not_see(gates: Gates) -> None:
    gate = watching(gates)
    for number in range(3):
        gate.client.post("/api/v1/pages", json={"path": f"other/{number}", "title": "O", "content": "# O"})
    gate.client.post("/api/v1/pages", json={"path": "team/new", "title": "New", "content": "# New"})
    confined = gate.calls(gate.key("events", prefixes=["team"]))
    found = until(lambda: confined.get(f"{EVENTS}/list?limit=1").json()["items"])
    assert [item["data"]["page"]["path"] for item in found] == ["team/new"]
    last = confined.get(f"{EVENTS}/list?limit=1").json()["last"]
    assert last == found[0]["sequence"]
    rest = confined.get(f"{EVENTS}/list?limit=1&after={last}").json()
    assert rest["items"] == []
    assert rest["last"] >= last


def test_a_stream_goes_on_where_it_broke_off(gates: Gates) -> None:
    gate = watching(gates)
    gate.client.post("/api/v1/pages", json={"path": "docs/streamed", "title": "New", "content": "# New"})
    until(lambda: any(e["type"] == "page.created" for e in gate.client.get(f"{EVENTS}/list").json()["items"]))
    gate.gateway.draining = True  # a stream then ends at once
    changes = gate.gateway.changes
    caller = gate.gateway.authenticator._of_key(gate.gateway.keys.all()[0])

    async def read(after: int, types: frozenset[str]) -> bytes:
        gate.gateway.draining = False
        parts: list[bytes] = []
        async for part in changes.stream(caller, after, types):
            parts.append(part)
            if b"page.created" in part:
                break
        return b"".join(parts)

    text = asyncio.run(read(0, frozenset({"page.*"})))
    assert text.startswith(b": welcome")
    assert b"event: page.created\ndata: {" in text
    assert b"event: feed.started" not in text
    assert asyncio.run(first(changes.stream(caller, 0, frozenset()))) == b": welcome\n\nretry: 3000\n\n"
    assert (fits("page.moved", frozenset()), fits("page.moved", frozenset({"asset.*"}))) == (True, False)
    gate.gateway.draining = True
    answer = gate.client.get(EVENTS, headers={"last-event-id": "0"})
    assert answer.headers["content-type"].startswith("text/event-stream")
    gate.gateway.draining = False


async def test_a_stream_ends_as_soon_as_the_gateway_stops(gates: Gates, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not at its next word: a process that ends would wait for that."""
    monkeypatch.setattr("wikijs.gateway.changes.BEAT", 3600.0)
    gate = await asyncio.to_thread(watching, gates)
    changes = gate.gateway.changes
    caller = gate.gateway.authenticator._of_key(gate.gateway.keys.all()[0])
    changes._news, changes._loop = asyncio.Condition(), asyncio.get_running_loop()
    stream = changes.stream(caller, changes.store.last_sequence(), frozenset({"nothing"}))
    assert (await anext(stream)).startswith(b": welcome")
    waiting = asyncio.ensure_future(anext(stream, b"end"))
    await asyncio.sleep(0.1)
    gate.gateway.drain()
    async with asyncio.timeout(120):
        assert await waiting == b"end"


async def test_what_comes_between_a_look_and_the_waiting_is_not_missed(
    gates: Gates, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wikijs.gateway.changes.BEAT", 3600.0)
    gate = await asyncio.to_thread(watching, gates)
    changes = gate.gateway.changes
    caller = gate.gateway.authenticator._of_key(gate.gateway.keys.all()[0])
    changes._news, changes._loop = asyncio.Condition(), None  # nobody is woken: it has to see for itself

    def behind(_: int) -> list[Any]:
        gate.gateway.drain()
        return []

    monkeypatch.setattr(changes, "_behind", behind)
    stream = changes.stream(caller, 0, frozenset({"nothing"}))
    assert (await anext(stream)).startswith(b": welcome")
    async with asyncio.timeout(120):
        assert await anext(stream, b"end") == b"end"


def test_a_ticket_opens_one_stream(gates: Gates) -> None:
    gate = watching(gates)
    ticket = gate.calls(gate.key("events")).post(f"{EVENTS}/ticket").json()["ticket"]
    gate.gateway.draining = True
    nobody = gate.calls(None)
    assert nobody.get(f"{EVENTS}?ticket={ticket}").status_code == 200
    assert nobody.get(f"{EVENTS}?ticket={ticket}").status_code == 401
    assert nobody.get(f"/api/v1/pages?ticket={ticket}").status_code == 401
    gate.gateway.draining = False


def test_without_a_feed_that_is_said(gate: Gate) -> None:
    answer = gate.client.get(f"{EVENTS}/list")
    assert (answer.status_code, answer.json()["type"]) == (503, "/docs/errors#feed-off")


def test_webhooks_are_made_changed_and_forgotten_and_no_private_place_is_reached(gates: Gates) -> None:
    gate = watching(gates)
    for bad in (
        "http://example.com/x",
        "https://127.0.0.1/",
        "https://10.0.0.1/",
        "https://[::1]/",
        "redis://x/0",
        "file:///etc",
    ):
        refused = gate.client.post(HOOKS, json={"url": bad})
        assert refused.status_code == 422, (bad, refused.text)
    made = gate.client.post(
        HOOKS, json={"url": "https://example.com/hook?token=word", "events": ["page.*"], "headers": {"x-own": "v"}}
    )
    assert made.status_code == 201, made.text
    assert made.json()["secret"].startswith("whsec_")
    one = f"{HOOKS}/{made.json()['id']}"
    read = gate.client.get(one).json()
    assert read.get("secret") is None
    assert read["headers"] == ["x-own"]
    assert gate.client.patch(one, json={"events": ["page.created"], "state": "paused"}).json()["state"] == "paused"
    assert gate.client.patch(one, json={"state": "active"}).json()["events"] == ["page.created"]
    assert gate.client.patch(one, json={"events": ["nothing.*"]}).status_code == 422
    rotated = gate.client.post(f"{one}/rotate", json={"keepOldFor": 60}).json()
    assert rotated["secret"] != made.json()["secret"]
    assert gate.client.get(f"{one}/deliveries").json() == {"items": []}
    assert gate.client.post(f"{one}/deliveries/other.1/redeliver").status_code == 404
    assert [each["id"] for each in gate.client.get(HOOKS).json()["items"]] == [made.json()["id"]]
    assert gate.client.delete(one).status_code == 204
    assert gate.client.get(one).status_code == 404
    assert gate.client.post(f"{HOOKS}/none/test").status_code == 404


def test_a_used_up_quota_is_an_event(gates: Gates) -> None:
    from wikijs.gateway.limits.tiers import tiers_of

    gate = watching(gates, tiers=tiers_of({"few": {"daily": 4, "burst": 50}}))
    key = gate.key("read", tier="few")
    for _ in range(6):
        gate.calls(key).get("/api/v1/me")

    def told() -> set[str]:
        items = gate.client.get(f"{EVENTS}/list").json()["items"]
        return {item["type"] for item in items if item["subject"] == f"key:{key[4:12]}"}

    until(lambda: told() == {"quota.warning", "quota.exceeded"})


def test_a_webhook_is_told_of_a_quota_that_runs_out(gates: Gates, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the request that goes over it as far as the message, signed, at the other end."""
    from wikijs.gateway.limits.tiers import tiers_of

    monkeypatch.setattr("wikijs.gateway.changes.Webhooks", partial(Webhooks, allow_http=True))
    gate = watching(gates, tiers=tiers_of({"few": {"daily": 4, "burst": 50}}), webhook_networks=("127.0.0.1/32",))
    got: list[tuple[dict[str, str], bytes]] = []

    class There(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            got.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), There) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            url = f"http://127.0.0.1:{server.server_address[1]}/"
            secret = gate.client.post(HOOKS, json={"url": url, "events": ["quota.*"]}).json()["secret"]
            key = gate.key("read", tier="few")
            for _ in range(6):
                gate.calls(key).get("/api/v1/me")
            until(lambda: len(got) == 2)
        finally:
            server.shutdown()
            thread.join()
    events = [WebhookReceiver([secret]).verify(headers, body) for headers, body in got]
    assert {each.type for each in events} == {"quota.warning", "quota.exceeded"}
    assert {each.subject for each in events} == {f"key:{key[4:12]}"}
    assert key.encode() not in b"".join(body for _, body in got)


def test_keys_are_administered(gate: Gate) -> None:
    keys = "/api/v1/admin/keys"
    made = gate.client.post(keys, json={"name": "site", "scopes": ["read"], "expiresAt": "2099-01-01T00:00:00Z"}).json()
    one = f"{keys}/{made['id']}"
    assert gate.calls(made["key"]).get("/api/v1/me").json()["expiresAt"] == "2099-01-01T00:00:00.000Z"
    changed = gate.client.patch(one, json={"tier": "pro", "prefixes": ["docs"], "expiresAt": None}).json()
    assert (changed["tier"], changed["prefixes"], changed["expiresAt"]) == ("pro", ["docs"], None)
    assert gate.client.patch(one, json={"tier": "gold"}).status_code == 422
    assert gate.client.patch(one, json={"scopes": ["everything"]}).status_code == 422
    rotated = gate.client.post(f"{one}/rotate", json={"grace": 0}).json()
    assert gate.calls(made["key"]).get("/api/v1/me").status_code == 401
    assert gate.calls(rotated["key"]).get("/api/v1/me").status_code == 200
    assert gate.client.delete(one).json()["state"] == "revoked"
    assert gate.calls(rotated["key"]).get("/api/v1/me").status_code == 401
    assert gate.client.get(one).json()["createdBy"]
    assert made["id"] in {each["id"] for each in gate.client.get(keys).json()["items"]}
    assert gate.client.get(f"{keys}/nothing1").status_code == 404
    assert gate.calls(gate.key("read")).get(keys).status_code == 403


def test_credentials_limits_usage_and_the_trail(gate: Gate) -> None:
    admin = "/api/v1/admin"
    put = gate.client.put(f"{admin}/credentials/second", json={"kind": "api_key", "key": gate.sandbox.api_key})
    assert put.status_code == 204
    listed = gate.client.get(f"{admin}/credentials")
    assert {each["name"] for each in listed.json()["items"]} == {"default", "second"}
    assert gate.sandbox.api_key not in listed.text
    assert gate.calls(gate.key("read", credential="second")).get("/api/v1/pages/1").status_code == 200
    assert gate.client.put(f"{admin}/credentials/x", json={"kind": "login", "email": "a@b.c"}).status_code == 422
    assert gate.client.delete(f"{admin}/credentials/second").status_code == 204
    key = gate.key("pages:read", "pages:write", tier="free")
    over = f"{admin}/overrides/{key[4:12]}"
    assert gate.client.put(over, json={"limits": {"rate": 999}, "until": "2099-01-01T00:00:00Z"}).status_code == 204
    assert gate.calls(key).get("/api/v1/me/limits").json()["rate"] == 999
    assert gate.client.get(f"{admin}/overrides").json()["items"][0]["limits"] == {"rate": 999}
    assert gate.client.put(over, json={"limits": {"rate": 0}}).status_code == 422
    assert gate.client.delete(over).status_code == 204
    assert gate.client.delete(over).status_code == 404
    assert {each["name"] for each in gate.client.get(f"{admin}/tiers").json()["items"]} >= {"free", "pro", "enterprise"}
    gate.calls(key).post("/api/v1/pages", json={"path": "docs/trail", "title": "t", "content": "c"})
    trail = gate.client.get(f"{admin}/audit?caller={key[4:12]}").json()["items"]
    assert [(each["action"], each["status"]) for each in trail] == [("POST /api/v1/pages", 201)]
    assert trail[0]["address"]
    parts = gate.client.get(f"{admin}/audit?limit=1")
    assert (
        gate.client.get(parts.headers["link"].partition(">")[0][1:]).json()["items"][0]["id"]
        < parts.json()["items"][0]["id"]
    )
    usage = gate.client.get(f"{admin}/usage?key={key[4:12]}").json()["items"]
    assert {row["route"] for row in usage} == {"GET /api/v1/me/limits", "POST /api/v1/pages"}
