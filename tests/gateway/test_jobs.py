"""Jobs: long work that goes on by itself, ends when told, and goes on after a crash."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest

from .conftest import Gate, Gates

JOBS = "/api/v1/jobs"


def pages(number: int, name: str = "job") -> dict[str, Any]:
    return {
        "pages": [{"path": f"docs/{name}-{each}", "title": f"{each}", "content": f"# {each}"} for each in range(number)]
    }


def begun(gate: Gate, kind: str, given: dict[str, Any]) -> str:
    answer = gate.client.post(JOBS, json={"kind": kind, "input": given})
    assert answer.status_code == 202, answer.text
    assert answer.headers["location"] == f"{JOBS}/{answer.json()['id']}"
    return answer.json()["id"]


def ended(gate: Gate, job_id: str) -> dict[str, Any]:
    deadline = time.monotonic() + 120
    while True:
        job = gate.client.get(f"{JOBS}/{job_id}").json()
        if job["state"] not in {"queued", "running"}:
            return job
        assert time.monotonic() < deadline, job
        time.sleep(0.05)


def paths(gate: Gate) -> list[str]:
    with gate.sandbox.client() as wiki:
        return sorted(page.path for page in wiki.pages.list(folder="docs"))


def test_pages_are_created_each_once_and_what_failed_is_done_again(gate: Gate) -> None:
    gate.client.post("/api/v1/pages", json={"path": "docs/job-1", "title": "x", "content": "x"})
    job_id = begun(gate, "pages.create_many", pages(3))
    job = ended(gate, job_id)
    assert (job["state"], job["done"], job["total"], job["failed"]) == ("done", 3, 3, 1)
    items = gate.client.get(f"{JOBS}/{job_id}/items").json()["items"]
    assert [item["status"] for item in items] == ["done", "failed", "done"]
    assert items[1]["type"] == "page-exists"
    assert items[0]["result"]["path"] == "docs/job-0"
    assert "content" not in items[0]["result"]
    failed = gate.client.get(f"{JOBS}/{job_id}/items?status=failed&limit=1").json()["items"]
    assert [item["index"] for item in failed] == [1]
    assert gate.client.get(f"{JOBS}/{job_id}/result").json()["items"] == items
    page = next(
        each for each in gate.client.get("/api/v1/pages?folder=docs").json()["items"] if each["path"] == "docs/job-1"
    )
    gate.client.delete(f"/api/v1/pages/{page['id']}", headers={"if-match": "*"})
    again = gate.client.post(f"{JOBS}/{job_id}/retry").json()
    assert again["retryOf"] == job_id
    assert ended(gate, again["id"])["done"] == 1
    assert [path for path in paths(gate) if "job-" in path] == ["docs/job-0", "docs/job-1", "docs/job-2"]
    assert gate.client.post(f"{JOBS}/{again['id']}/retry").status_code == 409


def test_each_kind_does_what_it_says(gate: Gate) -> None:
    ended(gate, begun(gate, "pages.create_many", pages(2)))
    ids = {each["path"]: each["id"] for each in gate.client.get("/api/v1/pages?folder=docs").json()["items"]}
    one, two = ids["docs/job-0"], ids["docs/job-1"]
    for kind, given in (
        (
            "pages.update_many",
            {"updates": [{"id": one, "tags": ["red"], "description": None}, {"id": two, "tags": ["rouge"]}]},
        ),
        ("pages.render", {"ids": [one]}),
        ("tags.merge", {"tags": ["rouge"], "into": "red"}),
        ("pages.replace", {"text": "# 0", "replacement": "# Zero", "folder": "docs"}),
        ("pages.move_tree", {"folder": "docs/job-1", "destination": "docs/moved"}),
    ):
        job = ended(gate, begun(gate, kind, given))
        assert (job["state"], job["failed"], job["problem"]) == ("done", 0, None), (kind, job)
    now = gate.client.get(f"/api/v1/pages/{one}").json()
    assert (now["content"], now["tags"]) == ("# Zero", ["red"])
    assert gate.client.get(f"/api/v1/pages/{two}").json()["path"] == "docs/moved"
    assert ended(gate, begun(gate, "pages.delete_many", {"ids": [one, two]}))["done"] == 2
    missing = ended(gate, begun(gate, "pages.move_tree", {"folder": "nowhere", "destination": "docs/x"}))
    assert missing["state"] == "failed"
    assert missing["problem"]


def test_a_job_ends_when_it_is_told_and_says_what_is_left(gates: Gates) -> None:
    from wikijs.sandbox import Sandbox

    gate = gates(sandbox=Sandbox("empty", latency=0.02))
    job_id = begun(gate, "pages.create_many", pages(400))
    while gate.client.get(f"{JOBS}/{job_id}").json()["done"] < 2:
        time.sleep(0.02)
    assert gate.client.post(f"{JOBS}/{job_id}/cancel").status_code == 202
    job = ended(gate, job_id)
    assert job["state"] == "cancelled"
    assert 2 <= job["done"] < 400
    left = gate.client.get(f"{JOBS}/{job_id}/items?status=left&limit=500").json()["items"]
    assert len(left) == 400 - job["done"]
    assert len(paths(gate)) == job["done"]
    assert gate.client.post(f"{JOBS}/{job_id}/cancel").status_code == 409


def test_a_job_is_watched_to_its_end(gate: Gate) -> None:
    job_id = begun(gate, "pages.create_many", pages(3))
    with gate.client.stream("GET", f"{JOBS}/{job_id}/events") as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        assert stream.headers["x-accel-buffering"] == "no"
        text = "".join(stream.iter_text())
    assert text.startswith(": welcome")
    assert 'event: end\ndata: {"id":"' in text


def test_jobs_are_their_callers_own_and_only_so_many(gate: Gate) -> None:
    job_id = begun(gate, "pages.render", {"ids": [1]})
    other = gate.calls(gate.key("jobs", "pages:write"))
    assert other.get(f"{JOBS}/{job_id}").status_code == 404
    assert other.get(JOBS).json()["items"] == []
    assert [job["id"] for job in gate.client.get(JOBS).json()["items"]] == [job_id]
    ended(gate, job_id)
    assert gate.client.get(f"{JOBS}?state=queued").json()["items"] == []
    weak = gate.calls(gate.key("jobs"))
    refused = weak.post(JOBS, json={"kind": "pages.render", "input": {"ids": [1]}})
    assert (refused.status_code, refused.json()["requiredScope"]) == (403, "pages:write")
    for given in ({}, {"ids": []}, {"ids": ["x"]}, {"other": 1}):
        wrong = gate.client.post(JOBS, json={"kind": "pages.render", "input": given})
        assert (wrong.status_code, wrong.json()["errors"][0]["pointer"][:6]) == (422, "/input")
    assert gate.client.post(JOBS, json={"kind": "unknown", "input": {}}).status_code == 422
    assert gate.client.get(f"{JOBS}/none").status_code == 404


def test_a_free_key_has_one_job_at_a_time(gates: Gates) -> None:
    from wikijs.sandbox import Sandbox

    gate = gates(sandbox=Sandbox("empty", latency=0.05))
    client = gate.calls(gate.key("all", tier="free"))
    first = client.post(JOBS, json={"kind": "pages.create_many", "input": pages(30)})
    second = client.post(JOBS, json={"kind": "pages.create_many", "input": pages(3, "more")})
    assert (first.status_code, second.status_code) == (202, 429)
    assert second.headers["retry-after"]
    client.post(f"{JOBS}/{first.json()['id']}/cancel")
    ended(gate, first.json()["id"])


LESS: list[tuple[dict[str, Any], str]] = [
    ({"revoked": True}, "revoked"),
    ({"expires_at": 1.0}, "expired"),
    ({"scopes": ["jobs", "pages:read"]}, "scope pages:write"),
    ({"scopes": ["pages:write"]}, "scope jobs"),
    ({"prefixes": ["docs"]}, "confined"),
]


def lessened(gate: Gate, key: str, less: dict[str, Any]) -> None:
    keys = gate.gateway.keys
    keys.revoke(key) if "revoked" in less else keys.update(key, **less)


def queued(gate: Gate, key: str, kind: str, given: dict[str, Any], *, writes: bool = True) -> str:
    job = gate.gateway.jobs.store.create(kind, given, caller=key, credential="default", most=9, writes=writes)
    return job.id


def test_a_job_that_waits_is_not_done_for_a_key_that_may_not_any_more(gate: Gate) -> None:
    waiting: list[tuple[str, str]] = []
    for less, why in LESS:
        key, _ = gate.gateway.keys.create("worker", scopes=["jobs", "pages:write"])
        lessened(gate, key.id, less)
        waiting.append((queued(gate, key.id, "pages.create_many", pages(1)), why))
    waiting.append((queued(gate, "wkg_nobody", "pages.create_many", pages(1)), "unknown"))
    for job_id, why in waiting:
        job = ended(gate, job_id)
        assert (job["state"], why in job["problem"]) == ("failed", True), job
    assert "docs/job-0" not in paths(gate)


def test_a_job_needs_what_its_input_needs_when_it_is_done(gate: Gate) -> None:
    key, _ = gate.gateway.keys.create("worker", scopes=["jobs", "pages:read"])
    job = ended(gate, queued(gate, key.id, "export", {"assets": True}, writes=False))
    assert (job["state"], "assets:read" in job["problem"]) == ("failed", True)
    assert ended(gate, queued(gate, key.id, "export", {}, writes=False))["state"] == "done"


@pytest.mark.parametrize("less", [{"revoked": True}, {"scopes": ["jobs", "pages:read"]}])
def test_a_job_under_way_ends_when_its_key_may_not_any_more(gates: Gates, less: dict[str, Any]) -> None:
    from wikijs.sandbox import Sandbox

    gate = gates(sandbox=Sandbox("empty", latency=0.02))
    key, _ = gate.gateway.keys.create("worker", scopes=["jobs", "pages:write"])
    job_id = queued(gate, key.id, "pages.create_many", pages(2_000))
    while gate.client.get(f"{JOBS}/{job_id}").json()["done"] < 2:
        time.sleep(0.02)
    lessened(gate, key.id, less)
    job = ended(gate, job_id)
    assert job["state"] == "cancelled"
    assert ("revoked" if "revoked" in less else "pages:write") in job["problem"]
    assert len(paths(gate)) == job["done"] < 2_000


def test_a_job_is_done_with_the_credential_that_its_key_has_now(gate: Gate) -> None:
    key, _ = gate.gateway.keys.create("worker", scopes=["jobs", "pages:write"], credential="gone")
    job = ended(gate, queued(gate, key.id, "pages.create_many", pages(1)))  # queued with the credential "default"
    assert job["state"] == "failed"
    assert "docs/job-0" not in paths(gate)


def test_a_gateway_that_only_reads_leaves_jobs_that_write_for_later(gates: Gates) -> None:
    gate = gates(read_only=True)
    key, _ = gate.gateway.keys.create("worker", scopes=["all"])
    upload = {"files": [{"name": "a.txt", "content": "YQ=="}]}
    waiting = [
        queued(gate, key.id, "pages.create_many", pages(1)),
        queued(gate, key.id, "assets.upload_many", upload, writes=False),
    ]
    assert ended(gate, queued(gate, key.id, "export", {}, writes=False))["state"] == "done"
    assert {gate.client.get(f"{JOBS}/{each}").json()["state"] for each in waiting} == {"queued"}


def test_who_watches_is_not_told_more_when_the_key_is_revoked(gates: Gates) -> None:
    from wikijs.sandbox import Sandbox

    gate = gates(sandbox=Sandbox("empty", latency=0.02))
    job_id = begun(gate, "pages.create_many", pages(2_000))
    watcher = gate.calls(gate.key("jobs", "admin"))
    id = watcher.get("/api/v1/me").json()["id"]  # noqa: A001

    def revoke() -> None:
        deadline = time.monotonic() + 60
        while not gate.gateway.jobs.watching and time.monotonic() < deadline:
            time.sleep(0.01)
        gate.gateway.keys.revoke(id)

    thread = threading.Thread(target=revoke)
    thread.start()
    text = watcher.get(f"{JOBS}/{job_id}/events").text
    thread.join()
    assert text.startswith(": welcome")
    assert "event: end" not in text
    assert gate.gateway.jobs.watching == 0
    assert gate.client.post(f"{JOBS}/{job_id}/cancel").status_code == 202
    ended(gate, job_id)


def test_so_many_watch_at_once(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    job_id = begun(gate, "pages.render", {"ids": [1]})
    monkeypatch.setattr(gate.gateway.jobs, "watching", 500)
    answer = gate.client.get(f"{JOBS}/{job_id}/events")
    assert (answer.status_code, answer.json()["type"]) == (503, "/docs/errors#streams")
