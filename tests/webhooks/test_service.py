"""The service: looks, sends, answers those who watch over it, and ends in good order."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
import tomllib
from pathlib import Path

import httpx2
import pytest
from starlette.testclient import TestClient
from support.served import served

from wikijs.exceptions import ConfigurationError
from wikijs.sandbox import Sandbox
from wikijs.webhooks import Webhooks
from wikijs.webhooks.sending.service import serve

from .conftest import Scene
from .receiving_end import OK, Received, ReceivingEnd, until

EXAMPLES = Path(__file__).parents[2] / "examples" / "webhooks"


def types(end: ReceivingEnd) -> list[str]:
    return [json.loads(request.body)["type"] for request in end.received]


def test_an_edit_is_looked_for_and_delivered_and_the_service_says_how_it_is(tmp_path: Path, end: ReceivingEnd) -> None:
    ports: list[int] = []
    with (
        Sandbox() as sandbox,
        sandbox.client() as client,
        Webhooks(tmp_path / "hooks.db", allow_networks=["127.0.0.0/8"], allow_http=True) as hooks,
    ):
        hooks.create(end.url, events=["page.*"])
        service = threading.Thread(
            target=serve,
            args=(hooks, [client]),
            kwargs={
                "interval": 0.05,
                "listen": "127.0.0.1:0",
                "feed": {"sweep_interval": 0.01, "sweep_share": 1.0},
                "ready": ports.append,
            },
        )
        service.start()
        try:
            until(lambda: ports and hooks.store.last_sequence())
            page = client.pages.create("page-a", title="A", content="# A")
            until(lambda: types(end) == ["page.created"])
            client.pages.delete(page.id)
            until(lambda: types(end) == ["page.created", "page.deleted"])
            base = f"http://127.0.0.1:{ports[0]}"
            assert httpx2.get(f"{base}/healthz").text == "ok\n"
            assert httpx2.get(f"{base}/readyz").status_code == 200
            metrics = httpx2.get(f"{base}/metrics").text
            [endpoint] = hooks.list()
            assert f'wikijs_webhook_attempts_total{{endpoint="{endpoint.id}",outcome="delivered"}} 2' in metrics
            assert f'wikijs_webhook_backlog{{endpoint="{endpoint.id}"}} 0' in metrics
            assert f'wikijs_webhook_oldest_seconds{{endpoint="{endpoint.id}"}} 0' in metrics
            assert 'wikijs_feed_suspended{wiki="wikijs.sandbox"} 0' in metrics
            assert 'wikijs_events_total{type="page.deleted"} 1' in metrics
            assert re.search(r'wikijs_feed_polls_seconds_count{wiki="wikijs.sandbox",kind="sweep"} [1-9]', metrics)
            assert httpx2.get(f"{base}/else").status_code == 404
            assert httpx2.post(f"{base}/healthz").status_code == 405
            sandbox.db.run("UPDATE apiKeys SET isRevoked = 1")
            until(lambda: httpx2.get(f"{base}/readyz").status_code == 503)
            assert "revoked" in httpx2.get(f"{base}/readyz").text
        finally:
            for dispatcher in list(hooks._dispatchers):
                dispatcher.stop()
            service.join(60)
        assert not service.is_alive()


def test_a_slow_endpoint_delays_nobody_else(scene: Scene, end: ReceivingEnd) -> None:
    gate = threading.Event()

    def answer(request: Received) -> object:
        if request.path == "/slow":
            gate.wait(30)
        return OK

    end.answer = answer  # type: ignore[assignment]
    scene.hooks.create(f"{end.url}/slow")
    fast = scene.hooks.create(f"{end.url}/fast")
    for page in range(50):
        scene.tell(page=page)
    work = threading.Thread(target=scene.hooks.deliver)
    work.start()
    until(lambda: scene.statuses(fast.id) == ["delivered"] * 50)
    until(lambda: len([request for request in end.received if request.path == "/slow"]) >= 16)
    gate.set()
    work.join()


def test_an_endpoint_that_fails_gets_one_try_at_a_time(scene: Scene, end: ReceivingEnd) -> None:
    made = scene.hooks.create(end.url)
    lock, at_once = threading.Lock(), [0, 0]

    def answer(_: Received) -> object:
        with lock:
            at_once[0] += 1
            if len(end.received) > 40:
                at_once[1] = max(at_once)
        time.sleep(0.005)
        with lock:
            at_once[0] -= 1
        return 500, {}, b""

    end.answer = answer  # type: ignore[assignment]
    for page in range(60):
        scene.tell(page=page)
    scene.hooks.deliver()
    assert len(end.received) == 60
    assert at_once[1] == 1
    assert scene.hooks.get(made.id).failing_since is not None


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_command_ends_what_is_under_way_when_it_is_told_to_end(
    tmp_path: Path, end: ReceivingEnd, number: signal.Signals
) -> None:
    gate = threading.Event()

    def answer(_: Received) -> object:
        gate.set()
        time.sleep(1)
        return OK

    end.answer = answer  # type: ignore[assignment]
    store = tmp_path / "hooks.db"
    with served(tmp_path / "wiki.sqlite", seed="empty") as wiki, wiki.sandbox.client() as client:
        environment = {
            **os.environ,
            "WIKIJS_URL": wiki.url,
            "WIKIJS_API_KEY": wiki.sandbox.api_key,
            "WIKIJS_CONFIG": str(tmp_path / "config.toml"),
        }
        with Webhooks(store, allow_networks=["127.0.0.0/8"], allow_http=True) as hooks:
            made = hooks.create(end.url, events=["page.*"])
        command = [sys.executable, "-m", "wikijs.cli", "hooks", "run", "--interval", "0.2", "--store", str(store)]
        process = subprocess.Popen(
            [*command, "--allow-network", "127.0.0.0/8", "--allow-http"],
            env=environment,
            stderr=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        try:
            with Webhooks(store) as hooks:
                until(lambda: hooks.store.last_sequence() > 0)
                client.pages.create("page-a", title="A", content="# A")
                assert gate.wait(120)
                process.send_signal(number)
                assert process.wait(60) == 0, process.communicate()
                assert [each.status for each in hooks.deliveries(made.id)] == ["delivered"]
        finally:
            if process.poll() is None:
                process.kill()
            process.communicate()


class TestTheApplication:
    """Programs register endpoints by HTTP."""

    @pytest.fixture
    def client(self, scene: Scene) -> TestClient:
        return TestClient(scene.hooks.app(token="t0ken"), headers={"authorization": "Bearer t0ken"})

    def test_the_life_of_an_endpoint(self, scene: Scene, end: ReceivingEnd, client: TestClient) -> None:
        made = client.post("/v1/webhooks", json={"url": f"{end.url}/?secret=1", "events": ["page.*"]})
        assert made.status_code == 201
        content = made.json()
        assert content["secret"].startswith("whsec_")
        place = f"/v1/webhooks/{content['id']}"
        assert "secret" not in client.get(place).json()
        assert client.get(place).json()["url"] == f"{end.url}/"
        assert client.get("/v1/webhooks").json()["webhooks"] == [client.get(place).json()]
        changed = client.patch(place, json={"paths": ["docs/**"], "headers": {"x-a": "b"}, "state": "paused"}).json()
        assert (changed["paths"], changed["state"], changed["headers"]) == (["docs/**"], "paused", ["x-a"])
        assert client.patch(place, json={"state": "active"}).json()["state"] == "active"
        assert client.post(f"{place}/test").json()["ok"]
        scene.tell()
        scene.hooks.deliver()
        [delivery] = client.get(f"{place}/deliveries").json()["deliveries"]
        assert delivery["status"] == "delivered"
        assert client.get(f"{place}/deliveries?failed=true&limit=5").json() == {"deliveries": []}
        assert client.post(f"/v1/deliveries/{delivery['id']}/redeliver").json()["trigger"] == "manual"
        assert client.post(f"{place}/rotate").json()["secret"] != content["secret"]
        recovered = client.post(f"{place}/recover", json={"since": "2000-01-01T00:00:00Z"})
        assert recovered.json() == {"recovered": 0}
        assert client.delete(place).json() == {"id": content["id"]}
        assert client.get(place).status_code == 404

    @pytest.mark.parametrize(
        ("status", "body"),
        [
            (400, b"x"),
            (400, b"[]"),
            (400, b"[" * 20_000),
            (413, b" " * 70_000),
            (422, b"{}"),
            (422, b'{"url": 1}'),
            (422, b'{"url": "https://example.com", "what": 1}'),
            (422, b'{"url": "https://example.com", "events": "page.*"}'),
            (422, b'{"url": "https://example.com", "events": ["page.eaten"]}'),
            (422, b'{"url": "https://example.com", "headers": ["x"]}'),
            (422, b'{"url": "https://10.0.0.1/"}'),
            (422, b'{"url": "redis://localhost:6379/0?stream=x"}'),
            (422, b'{"url": "https://example.com", "payload": "fat"}'),
        ],
    )
    def test_what_cannot_be_is_refused(self, client: TestClient, status: int, body: bytes) -> None:
        answer = client.post("/v1/webhooks", content=body)
        assert answer.status_code == status
        assert answer.json()["error"]

    def test_other_mistakes(self, client: TestClient, end: ReceivingEnd) -> None:
        place = f"/v1/webhooks/{client.post('/v1/webhooks', json={'url': end.url}).json()['id']}"
        for path, body in (("rotate", {"keep_old_for": "x"}), ("recover", {"since": "yesterday"})):
            assert client.post(f"{place}/{path}", json=body).status_code == 422
        assert client.patch(place, json={"state": "gone"}).status_code == 422
        assert client.get(f"{place}/deliveries?limit=x").status_code == 422
        assert client.post("/v1/deliveries/x/redeliver").status_code == 404

    def test_without_the_token_nothing_is_said(self, scene: Scene) -> None:
        for token in ("", "Bearer wrong", "Basic t0ken", "Bearer é"):
            with TestClient(scene.hooks.app(token="t0ken")) as client:
                answer = client.get("/v1/webhooks", headers={"authorization": token.encode()})
                assert answer.status_code == 401
        with pytest.raises(ConfigurationError, match="token"):
            scene.hooks.app(token="")


@pytest.mark.parametrize("listen", ["9464", "localhost:", "localhost:x", "localhost:99999"])
def test_where_to_listen_is_checked(scene: Scene, listen: str) -> None:
    with pytest.raises(ConfigurationError, match="no host and port"):
        scene.hooks.run(listen=listen)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    """As it is but for the program, which is not where it says on this machine."""
    unit = (EXAMPLES / "wikijs-hooks.service").read_text(encoding="utf-8")
    program = tmp_path / "wikijs"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    (tmp_path / "wikijs-hooks.service").write_text(unit.replace("/opt/wikijs/bin/wikijs", str(program)))
    ran = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(tmp_path / "wikijs-hooks.service")],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    complaints = [line for line in ran.stderr.splitlines() if "wikijs-hooks" in line]
    assert (ran.returncode, complaints) == (0, [])


def test_the_unit_and_the_container_start_commands_and_extras_that_there_are() -> None:
    unit = (EXAMPLES / "wikijs-hooks.service").read_text(encoding="utf-8")
    container = (EXAMPLES / "Containerfile").read_text(encoding="utf-8")
    [line] = re.findall(r"^ExecStart=/opt/wikijs/bin/wikijs (.*)$", unit, re.MULTILINE)
    [entry] = re.findall(r"^ENTRYPOINT (.*)$", container, re.MULTILINE)
    for arguments in (line.split(), json.loads(entry)[1:]):
        ran = subprocess.run(
            [sys.executable, "-m", "wikijs.cli", *arguments, "--help"],
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert ran.returncode == 0, ran.stderr
    [extras] = re.findall(r'"\.\[(.*)\]"', container)
    project = tomllib.loads((EXAMPLES.parents[1] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert set(extras.split(",")) <= set(project["optional-dependencies"])
    for setting in re.findall(r"WIKIJS_\w+", unit + container):
        assert setting in {"WIKIJS_URL", "WIKIJS_API_KEY", "WIKIJS_FEED_STORE", "WIKIJS_HOOKS_KEY"}
