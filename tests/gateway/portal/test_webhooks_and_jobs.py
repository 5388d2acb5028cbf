"""Webhooks and jobs in the portal, without JavaScript."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest

from ..conftest import Gate, Gates
from .visiting import Visitor, words

NOBODY = "https://127.0.0.1:9/hook"
"""An address where nobody listens."""


@pytest.fixture
def watched(gates: Gates) -> Gate:
    return gates(feed=True, feed_interval=0.2, webhook_networks=("127.0.0.0/8",))


def test_a_webhook_is_made_tried_paused_rotated_and_deleted(watched: Gate) -> None:
    admin = Visitor(watched, watched.key())
    assert "Nobody is told of changes yet" in words(admin.get("/portal/webhooks").text)
    assert 'value="page.*" checked' in admin.get("/portal/webhooks/new").text
    form = {"url": NOBODY, "event": ["page.*"], "payload": "thin", "paths": "docs/**", "form": "a" * 32}
    made = admin.post("/portal/webhooks/new", form).text
    secret = re.search(r'id="secret">(whsec_[^<]+)<', made)
    assert secret is not None
    assert admin.post("/portal/webhooks/new", form).url.path == "/portal/webhooks"  # a reload makes no second one
    hooks = watched.client.get("/api/v1/webhooks").json()["items"]
    assert [(hook["url"], hook["paths"]) for hook in hooks] == [(NOBODY, ["docs/**"])]
    page = f"/portal/webhooks/{hooks[0]['id']}"
    tried = words(admin.post(f"{page}/test").text)
    assert "It did not arrive." in tried
    assert "paused" in words(admin.post(f"{page}/state", {"state": "paused"}).text)
    assert "The webhook goes on" in words(admin.post(f"{page}/state", {"state": "active"}).text)
    fresh = re.search(r'id="secret">(whsec_[^<]+)<', admin.post(f"{page}/rotate").text)
    assert fresh is not None
    assert fresh[1] != secret[1]
    assert secret[1] not in admin.get(page).text
    assert "is gone" in words(admin.post(f"{page}/delete").text)
    assert admin.get(page).status_code == 404


def test_deliveries_are_shown_and_sent_again(watched: Gate) -> None:
    admin = Visitor(watched, watched.key())
    admin.post("/portal/webhooks/new", {"url": NOBODY, "event": ["page.*"]})
    hook = watched.client.get("/api/v1/webhooks").json()["items"][0]["id"]
    deliveries = f"/api/v1/webhooks/{hook}/deliveries"
    deadline = time.monotonic() + 120
    number = 0
    while not (found := watched.client.get(deliveries).json()["items"]):  # once the feed has seen the wiki
        number += 1
        body = {"path": f"docs/told-{number}", "title": "Told", "content": "x"}
        watched.client.post("/api/v1/pages", json=body)
        assert time.monotonic() < deadline
        time.sleep(0.3)
    page = f"/portal/webhooks/{hook}"
    shown = words(admin.get(page).text)
    assert "page.created" in shown
    again = admin.post(f"{page}/redeliver", {"delivery": found[0]["id"]})
    assert "It did not arrive." in words(again.text)
    for strange in ("x", "../../keys", f"{hook}.99999999", ""):
        assert admin.post(f"{page}/redeliver", {"delivery": strange}).status_code == 404, strange
    assert admin.get(f"{page}?failed=1").status_code == 200


def ended(gate: Gate, job_id: str) -> dict[str, Any]:
    deadline = time.monotonic() + 120
    while True:
        job: dict[str, Any] = gate.client.get(f"/api/v1/jobs/{job_id}").json()
        if job["state"] not in {"queued", "running"}:
            return job
        assert time.monotonic() < deadline, job
        time.sleep(0.05)


def test_a_job_is_shown_done_again_and_cancelled(gate: Gate) -> None:
    key = gate.key()
    caller, admin = gate.calls(key), Visitor(gate, key)
    pages = [{"path": "docs/x y" if n == 1 else f"docs/shown-{n}", "title": f"{n}", "content": "x"} for n in range(3)]
    given = {"kind": "pages.create_many", "input": {"pages": pages}}
    job = caller.post("/api/v1/jobs", json=given).json()["id"]
    assert ended(gate, job)["failed"] == 1
    assert "Create pages" in words(admin.get("/portal/jobs").text)
    page = words(admin.get(f"/portal/jobs/{job}").text)
    assert "docs/shown-0" in page
    assert "2 left" not in page
    assert "docs/shown-0" not in words(admin.get(f"/portal/jobs/{job}?status=failed").text)
    again = admin.post(f"/portal/jobs/{job}/retry")
    assert "tried again" in words(again.text)
    other = again.url.path.rpartition("/")[2]
    assert ended(gate, other)["retryOf"] == job
    assert f"portal/jobs/{job}" in admin.get(f"/portal/jobs/{other}").text
    late = admin.post(f"/portal/jobs/{job}/cancel")
    assert (late.status_code, "done already" in words(late.text)) == (409, True)
    many = [{"path": f"docs/many-{n}", "title": f"{n}", "content": "x"} for n in range(3000)]
    running = caller.post("/api/v1/jobs", json={"kind": "pages.create_many", "input": {"pages": many}}).json()["id"]
    assert "Cancel after the item under way" in admin.get(f"/portal/jobs/{running}").text
    assert "ends after the item" in words(admin.post(f"/portal/jobs/{running}/cancel").text)
    assert ended(gate, running)["state"] == "cancelled"
    with admin.http.stream("GET", f"/portal/jobs/{running}/events") as stream:
        assert any(line == "event: end" for line in stream.iter_lines())
    other_key = Visitor(gate, gate.key("jobs"))
    assert other_key.get(f"/portal/jobs/{job}").status_code == 404
