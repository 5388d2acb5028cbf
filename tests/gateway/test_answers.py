"""Answers that are given again: only while they are right, and only to those who may have them."""

from __future__ import annotations

from typing import Any

import pytest

from wikijs import exceptions as exc
from wikijs.gateway.access import checks
from wikijs.gateway.answers import Answers
from wikijs.gateway.http import problems
from wikijs.gateway.http.problems import Refused

from .conftest import Gate, Gates

PAGE = "/api/v1/pages/1"


def kept(gate: Gate) -> dict[Any, Any]:
    answers = gate.gateway.answers
    assert isinstance(answers, Answers)
    return answers._known


def test_the_same_read_is_answered_with_the_same_bytes_and_costs_less(gate: Gate) -> None:
    client = gate.calls(gate.key("read", tier="free"))
    answers = [client.get(PAGE) for _ in range(4)]
    assert len({answer.content for answer in answers}) == 1
    assert len({answer.headers["etag"] for answer in answers}) == 1
    assert len(kept(gate)) == 1
    used = client.get("/api/v1/me/limits").json()["usedToday"]
    assert used == 1 + 3 * 0.2 + 1  # the wiki was asked once
    for name in ("content-type", "content-length", "x-request-id", "ratelimit", "cache-control"):
        assert name in answers[-1].headers, name
    assert set(answers[0].headers) == set(answers[-1].headers)
    rows = client.get("/api/v1/me/usage").json()["items"]
    assert {(row["route"], row["count"]) for row in rows} >= {("GET /api/v1/pages/{id}", 4)}
    figures = client.get("/metrics").text
    assert 'wikijs_gateway_requests_total{method="GET",route="/api/v1/pages/{id}",status="200"} 4' in figures


def test_a_write_is_seen_by_the_next_read(gate: Gate) -> None:
    first = [gate.client.get(PAGE) for _ in range(3)][-1]
    listed = [gate.client.get("/api/v1/pages?limit=5").json() for _ in range(3)][-1]
    done = gate.client.patch(PAGE, json={"title": "Another title"}, headers={"if-match": first.headers["etag"]})
    assert done.status_code == 200
    now = gate.client.get(PAGE)
    assert (now.json()["title"], now.headers["etag"]) == ("Another title", done.headers["etag"])
    items = gate.client.get("/api/v1/pages?limit=5").json()["items"]
    assert items != listed["items"]
    assert "Another title" in {item["title"] for item in items}


def test_who_has_the_state_gets_no_body_and_who_asks_past_the_cache_gets_past_it(gate: Gate) -> None:
    tag = [gate.client.get(PAGE) for _ in range(3)][-1].headers["etag"]
    for header in (tag, f"W/{tag}", "*", f'"other", {tag}'):
        answer = gate.client.get(PAGE, headers={"if-none-match": header})
        assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", tag)
        assert "content-type" not in answer.headers
    assert gate.client.get(PAGE, headers={"if-none-match": '"other"'}).status_code == 200
    assert gate.client.get(PAGE, headers={"if-none-match": "nonsense"}).status_code == 400
    with gate.sandbox.client() as wiki:
        wiki.pages.update(1, title="Changed beside the gateway")
    assert gate.client.get(PAGE).json()["title"] != "Changed beside the gateway"
    past = gate.client.get(PAGE, headers={"cache-control": "no-cache"})
    assert past.json()["title"] == "Changed beside the gateway"


def test_an_answer_is_for_those_who_may_read_it(gate: Gate) -> None:
    for _ in range(3):
        assert gate.client.get(PAGE).status_code == 200
    assert gate.calls(None).get(PAGE).status_code == 401
    assert gate.calls(gate.key("users:read")).get(PAGE).status_code == 403
    assert gate.calls(gate.key("read", prefixes=["nowhere"])).get(PAGE).status_code == 403
    key = gate.key("read")
    mine = gate.calls(key)
    assert mine.get(PAGE).status_code == 200
    gate.gateway.keys.revoke(key[4:12])
    assert mine.get(PAGE).status_code == 401
    far = gate.calls(gate.key("read", origins=["https://app.example.com"]))
    assert far.get(PAGE, headers={"origin": "https://evil.example.com"}).status_code == 403
    assert far.get(PAGE, headers={"origin": "https://app.example.com"}).status_code == 200


def test_a_changed_credential_makes_all_answers_anew(gate: Gate) -> None:
    for _ in range(3):
        assert gate.client.get(PAGE).status_code == 200
    put = gate.client.put("/api/v1/admin/credentials/default", json={"kind": "api_key", "key": "e30.e30.e30"})
    assert put.status_code == 204
    assert gate.client.get(PAGE).status_code != 200


def test_limits_hold_for_answers_that_are_given_again(gates: Gates) -> None:
    from wikijs.gateway.limits.tiers import tiers_of

    gate = gates(tiers=tiers_of({"few": {"rate": 60, "burst": 2}}))
    client = gate.calls(gate.key("read", tier="few"))
    statuses = [client.get(PAGE).status_code for _ in range(40)]
    assert statuses[:2] == [200, 200]
    assert 429 in statuses


def test_a_gateway_that_keeps_nothing_asks_each_time(gates: Gates) -> None:
    gate = gates(cache_seconds=0.0)
    assert gate.gateway.answers is None
    title = gate.client.get(PAGE).json()["title"]
    with gate.sandbox.client() as wiki:
        wiki.pages.update(1, title="Elsewhere")
    assert gate.client.get(PAGE).json()["title"] == "Elsewhere" != title


def test_odd_numbers_and_unknown_parameters_are_refused_as_before(gate: Gate) -> None:
    for address in ("/api/v1/pages/x", "/api/v1/pages/1.5", f"/api/v1/pages/{'9' * 30}", "/api/v1/pages/1?unknown=1"):
        answer = gate.client.get(address)
        assert answer.status_code in {404, 422}, (address, answer.text)
        assert answer.headers["content-type"] == "application/problem+json"


def test_only_so_much_is_kept(gate: Gate, monkeypatch: Any) -> None:
    from wikijs.gateway import answers

    monkeypatch.setattr(answers, "MOST", 2)
    for page in (1, 2, 3):
        for _ in range(2):
            gate.client.get(f"/api/v1/pages/{page}")
    assert len(kept(gate)) <= 2
    assert gate.gateway.answers is not None
    assert gate.gateway.answers._bytes == sum(len(each.body) for each in kept(gate).values())
    monkeypatch.setattr(answers, "LARGEST", 10)
    gate.client.get("/api/v1/pages?limit=9")
    gate.client.get("/api/v1/pages?limit=9")
    assert not any(place[1] == b"limit=9" for place in kept(gate))


def test_long_lists_are_understood_once(gates: Gates, monkeypatch: Any) -> None:
    from wikijs.core import replies

    gate = gates(600)
    first = gate.client.get("/api/v1/pages?limit=50")
    understood: list[str] = []
    decoder = replies.decoder_for

    def counted(spec: Any) -> Any:
        understood.append(spec.server_field)
        return decoder(spec)

    monkeypatch.setattr(replies, "decoder_for", counted)
    gate.client.get("/api/v1/pages?limit=50")
    understood.clear()
    link = first.headers["link"].partition(">")[0][1:]
    seen = [item["id"] for item in first.json()["items"]]
    while link:
        answer = gate.client.get(link)
        seen += [item["id"] for item in answer.json()["items"]]
        link = answer.headers.get("link", "").partition(">")[0][1:]
    assert len(seen) == len(set(seen)) == first.json()["total"]
    assert understood == []


@pytest.mark.parametrize("address", [PAGE, f"{PAGE}?fields=id", "/api/v1/pages"])
def test_no_way_to_an_answer_leads_past_a_check(gate: Gate, monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    """There are three: answers given again, routes without the framework's machinery, and all of it."""
    looked_at: list[str] = []

    def noted(check: checks.Check) -> checks.Check:
        def look(asked: checks.Asked) -> Refused | None:
            looked_at.append(check.__name__)
            return check(asked)

        return look

    def new(asked: checks.Asked) -> Refused | None:
        return Refused(403, "new-check", "New check", "A check that was added.") if refusing else None

    refusing = False
    every = [check.__name__ for check in checks.CHECKS]
    monkeypatch.setattr(checks, "CHECKS", (*map(noted, checks.CHECKS), new))
    for _ in range(3):
        looked_at.clear()
        assert gate.client.get(address).status_code == 200
        assert looked_at[: len(every)] == every
    assert kept(gate), "the last one was given again"
    refusing = True
    assert gate.client.get(address).json()["type"] == "/docs/errors#new-check"
    kept(gate).clear()
    assert gate.client.get(address).json()["type"] == "/docs/errors#new-check"
    assert gate.client.post("/api/v1/pages", json={}).json()["type"] == "/docs/errors#new-check"


def test_keys_for_certain_web_pages_have_no_way_around_that(gate: Gate) -> None:
    for _ in range(3):
        assert gate.client.get(PAGE).status_code == 200
    far = gate.calls(gate.key("read", origins=["https://app.example.com"]))
    for _ in range(2):
        assert far.get(PAGE, headers={"origin": "https://evil.example.com"}).status_code == 403
        assert far.get(PAGE, headers={"origin": "https://app.example.com"}).status_code == 200
        assert far.get(PAGE).status_code == 200  # no browser


@pytest.mark.parametrize(("asked", "said"), [(float("inf"), "86400"), (1e300, "86400"), (0.2, "1"), (None, "1")])
def test_a_wait_is_a_number_that_a_program_can_wait_for(asked: float | None, said: str) -> None:
    told = problems.refused(exc.RateLimitError("Too many.", retry_after=asked, status=429))
    assert (told.status, told.headers["Retry-After"]) == (429, said)
