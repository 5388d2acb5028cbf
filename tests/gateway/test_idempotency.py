"""`Idempotency-Key`: sent twice, done once."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa

from wikijs.gateway import idempotency
from wikijs.gateway.store import tables

from .conftest import Gate, Gates

NEW = {"path": "docs/once", "title": "Once", "content": "# Once"}
PAGES = "/api/v1/pages"


def paths(gate: Gate) -> list[str]:
    with gate.sandbox.client() as wiki:
        return [page.path for page in wiki.pages.list(folder="docs")]


def test_the_same_again_is_answered_as_before(gate: Gate) -> None:
    key = {"idempotency-key": "a"}
    first, second = gate.client.post(PAGES, json=NEW, headers=key), gate.client.post(PAGES, json=NEW, headers=key)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert (first.headers["etag"], first.headers["location"]) == (second.headers["etag"], second.headers["location"])
    assert "idempotency-replayed" not in first.headers
    assert second.headers["idempotency-replayed"] == "true"
    assert paths(gate).count("docs/once") == 1


def test_another_request_with_the_same_key_is_refused_and_another_caller_has_keys_of_its_own(gate: Gate) -> None:
    key = {"idempotency-key": "a"}
    gate.client.post(PAGES, json=NEW, headers=key)
    other = gate.client.post(PAGES, json=NEW | {"title": "Other"}, headers=key)
    assert (other.status_code, other.json()["type"]) == (422, "/docs/errors#idempotency-key-reused")
    foreign = gate.calls(gate.key()).post(PAGES, json=NEW | {"path": "docs/two"}, headers=key)
    assert foreign.status_code == 201
    for bad in ("", " ", "x" * 256, "a b"):
        assert gate.client.post(PAGES, json=NEW, headers={"idempotency-key": bad}).status_code == 400


@pytest.mark.parametrize(
    ("less", "status"),
    [
        ({"prefixes": ["elsewhere"]}, 409), ({"scopes": ["pages:write"]}, 409), ({"credential": "other"}, 409),
        ({"prefixes": ["docs"]}, 409), ({"name": "Renamed"}, 201),
    ],
)  # fmt: skip
def test_an_answer_is_not_given_again_to_a_key_that_may_do_less_since(
    gate: Gate, less: dict[str, Any], status: int
) -> None:
    """It may tell what the key may not read any more."""
    gate.gateway.credentials.put("other", "api_key", {"key": gate.sandbox.api_key})
    client = gate.calls(gate.key("pages:read", "pages:write"))
    key = {"idempotency-key": "a"}
    first = client.post(PAGES, json=NEW, headers=key)
    assert first.status_code == 201
    gate.gateway.keys.update(client.get("/api/v1/me").json()["id"], **less)
    again = client.post(PAGES, json=NEW, headers=key)
    assert again.status_code == status, again.text
    if status == 409:
        assert again.json()["type"] == "/docs/errors#idempotency-rights"
        assert "# Once" not in again.text
    assert paths(gate).count("docs/once") == 1


def test_an_answer_is_given_again_to_a_key_that_may_do_more_since(gate: Gate) -> None:
    secret = gate.key("pages:read", "pages:write", prefixes=["docs/one", "docs/two"])
    client = gate.calls(secret)
    new, key = NEW | {"path": "docs/one/page"}, {"idempotency-key": "a"}
    assert client.post(PAGES, json=new, headers=key).status_code == 201
    gate.gateway.keys.update(client.get("/api/v1/me").json()["id"], prefixes=["docs"], scopes=["all"])
    assert client.post(PAGES, json=new, headers=key).headers["idempotency-replayed"] == "true"


@pytest.mark.parametrize("is_form", [True, False])
def test_another_file_with_the_same_key_is_refused(gate: Gate, is_form: bool) -> None:
    """Of the same length, so that only its content tells."""

    def send(content: bytes, name: str = "one.bin") -> Any:
        headers = {"idempotency-key": "file"}
        if is_form:
            return gate.client.post("/api/v1/assets", files={"file": (name, content)}, headers=headers)
        return gate.client.post(f"/api/v1/assets?name={name}", content=content, headers=headers)

    first, again = send(b"aaaa"), send(b"aaaa")
    assert (first.status_code, again.status_code, again.json()) == (201, 201, first.json())
    assert again.headers["idempotency-replayed"] == "true"
    for other in (send(b"bbbb"), send(b"aaaa", "two.bin")):
        assert (other.status_code, other.json()["type"]) == (422, "/docs/errors#idempotency-key-reused")
    assert [each["filename"] for each in gate.client.get("/api/v1/assets").json()["items"]] == ["one.bin"]
    assert gate.client.get("/api/v1/assets/one.bin").content == b"aaaa"


def test_a_large_answer_is_given_again_whole_or_not_at_all(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    new = NEW | {"content": "x" * 1_040_000}  # with all the rest its answer is larger than what was sent
    first, again = (gate.client.post(PAGES, json=new, headers={"idempotency-key": "a"}) for _ in range(2))
    assert (first.status_code, again.status_code, again.content == first.content) == (201, 201, True)
    monkeypatch.setattr(idempotency, "_LARGEST", 100)
    other = NEW | {"path": "docs/other"}
    assert gate.client.post(PAGES, json=other, headers={"idempotency-key": "b"}).status_code == 201
    for _ in range(2):
        told = gate.client.post(PAGES, json=other, headers={"idempotency-key": "b"})
        assert (told.status_code, told.json()["type"]) == (409, "/docs/errors#idempotency-large")
        assert told.json()["outcome"] == "applied"
    assert paths(gate).count("docs/other") == 1


def test_many_at_once_are_one(gate: Gate) -> None:
    def send(_: int) -> tuple[int, str | None]:
        answer = gate.client.post(PAGES, json=NEW, headers={"idempotency-key": "storm"})
        return answer.status_code, answer.headers.get("retry-after")

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(send, range(24)))
    assert {status for status, _ in answers} <= {201, 409}
    assert paths(gate).count("docs/once") == 1
    assert gate.client.post(PAGES, json=NEW, headers={"idempotency-key": "storm"}).status_code == 201


def test_a_request_that_did_nothing_may_be_sent_again_with_its_key(gate: Gate) -> None:
    key = {"idempotency-key": "a"}
    gate.client.post(PAGES, json=NEW)
    assert gate.client.post(PAGES, json=NEW, headers=key).status_code == 409
    page = next(item for item in gate.client.get(f"{PAGES}?folder=docs").json()["items"] if item["path"] == "docs/once")
    gate.client.delete(f"{PAGES}/{page['id']}", headers={"if-match": "*"})
    assert gate.client.post(PAGES, json=NEW, headers=key).status_code == 201


def left_behind(gate: Gate, key: str) -> None:
    """As if the process had died while it did this."""
    change = tables.idempotency.update().where(tables.idempotency.c.key == key)
    gate.gateway.database.work(
        lambda sql: sql.execute(change.values(state="running", owner="dead", status=None, body=None))
    )


def test_what_a_dead_process_left_is_found_out_and_never_done_on_a_guess(gates: Gates) -> None:
    now = [time.time()]
    gate = gates(clock=lambda: now[0])
    key = {"idempotency-key": "a"}
    first = gate.client.post(PAGES, json=NEW, headers=key)
    left_behind(gate, "a")
    waiting = gate.client.post(PAGES, json=NEW, headers=key)
    assert (waiting.status_code, waiting.headers["retry-after"]) == (409, "1")
    gate.gateway.idempotency.adopt()
    now[0] += 6
    settled = gate.client.post(PAGES, json=NEW, headers=key)
    assert (settled.status_code, settled.json()["id"]) == (201, first.json()["id"])
    assert settled.headers["etag"] == first.headers["etag"]
    assert gate.client.post(PAGES, json=NEW, headers=key).headers["idempotency-replayed"] == "true"
    # What was not done is done now.
    page = first.json()["id"]
    move = {"idempotency-key": "b"}
    assert gate.client.post(f"{PAGES}/{page}/move", json={"path": "docs/moved"}, headers=move).status_code == 200
    left_behind(gate, "b")
    now[0] += 61
    unknown = gate.client.post(f"{PAGES}/{page}/move", json={"path": "docs/moved"}, headers=move)
    assert (unknown.status_code, unknown.json()["outcome"]) == (504, "unknown")
    assert paths(gate).count("docs/once") == 0


def test_keys_are_forgotten_after_a_day(gates: Gates) -> None:
    now = [time.time()]
    gate = gates(clock=lambda: now[0])
    gate.client.post(PAGES, json=NEW, headers={"idempotency-key": "a"})
    now[0] += 86_401
    gate.client.post(PAGES, json=NEW | {"path": "docs/x"}, headers={"idempotency-key": "b"})
    count = sa.select(sa.func.count()).select_from(tables.idempotency)
    assert gate.gateway.database.work(lambda sql: sql.execute(count).scalar_one()) == 1


def test_changes_and_deletions_are_done_once_too(gate: Gate) -> None:
    made = gate.client.post(PAGES, json=NEW)
    place = f"{PAGES}/{made.json()['id']}"
    headers = {"if-match": made.headers["etag"], "idempotency-key": "change"}
    first = gate.client.patch(place, json={"title": "Twice"}, headers=headers)
    second = gate.client.patch(place, json={"title": "Twice"}, headers=headers)  # its first answer was lost
    assert (first.status_code, second.status_code) == (200, 200)
    assert (first.json(), first.headers["etag"]) == (second.json(), second.headers["etag"])
    other = gate.client.patch(place, json={"title": "Twice"}, headers=headers | {"if-match": "*"})
    assert other.json()["type"] == "/docs/errors#idempotency-key-reused"
    gone = [gate.client.delete(place, headers={"if-match": "*", "idempotency-key": "gone"}) for _ in range(2)]
    assert [answer.status_code for answer in gone] == [204, 204]


def test_an_answer_with_a_secret_is_kept_encrypted(gate: Gate) -> None:
    wanted = {"name": "kept", "scopes": ["read"]}
    answers = [
        gate.client.post("/api/v1/admin/keys", json=wanted, headers={"idempotency-key": "new"}) for _ in range(2)
    ]
    assert answers[0].json() == answers[1].json()
    assert answers[1].headers["cache-control"] == "no-store"
    secret: str = answers[0].json()["key"]
    rows = gate.gateway.database.work(lambda sql: sql.execute(sa.select(tables.idempotency)).all())
    assert rows
    assert not [row for row in rows if secret.encode() in bytes(row.body)]
