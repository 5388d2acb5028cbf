"""Sinks: a real Redis, a real NATS; a Svix server and Kafka by what they are told, since neither can be had here."""

from __future__ import annotations

import asyncio
import json
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from redis import Redis
from support.redis_server import RedisServer, redis_server

from wikijs.exceptions import WebhookError
from wikijs.webhooks import Webhooks

from .conftest import WIKI, Scene
from .receiving_end import ReceivingEnd


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("redis://localhost:6379/0", "no stream"),
        ("redis://localhost:6379/0?stream=x&maxlen=many", "maxlen"),
        ("redis://?stream=x", "no host"),
        ("nats://localhost:4222", "no subject"),
        ("kafka://localhost:9092", "no topic"),
        ("svix://localhost/app", "token"),
    ],
)
def test_a_sink_that_cannot_work_is_refused(scene: Scene, url: str, said: str) -> None:
    with pytest.raises(WebhookError, match=said):
        scene.hooks.create(url)


def test_sinks_may_be_forbidden(scene: Scene) -> None:
    with pytest.raises(WebhookError, match="https"):
        Webhooks(scene.hooks.store, allow_sinks=False).create("redis://localhost:6379/0?stream=x")


@pytest.fixture
def redis() -> Iterator[RedisServer]:
    with redis_server() as server:
        yield server


class TestRedis:
    def test_events_come_in_order_as_cloud_events(self, scene: Scene, redis: RedisServer) -> None:
        made = scene.hooks.create(f"{redis.url}?stream=wiki&maxlen=1000")
        numbers = [scene.tell() for _ in range(5)]
        assert scene.hooks.deliver() == {"delivered": 5}
        with Redis(port=redis.port) as client:
            entries = [entry for _, entry in client.xrange("wiki")]
        events = [json.loads(entry[b"event"]) for entry in entries]
        assert [int(event["sequence"]) for event in events] == numbers
        assert events[0]["type"] == "org.wikijs.page.updated.v1"
        assert (events[0]["source"], events[0]["subject"]) == (WIKI, "page/1")
        assert entries[0][b"type"] == b"page.updated"
        assert scene.hooks.test(made.id).ok

    def test_a_redis_that_is_down_is_tried_again(self, scene: Scene, redis: RedisServer) -> None:
        made = scene.hooks.create(f"{redis.url}?stream=wiki")
        redis.kill()
        scene.tell()
        assert scene.hooks.deliver() == {"failed": 1}
        assert "ConnectionError" in (scene.hooks.deliveries(made.id)[0].attempts[0].error or "")
        redis.start()
        scene.now += 10
        assert scene.hooks.deliver() == {"delivered": 1}


@pytest.fixture
def nats_url(tmp_path: Path) -> Iterator[str]:
    program = shutil.which("nats-server") or shutil.which("nats-server", path="/usr/sbin")
    if program is None:
        pytest.skip("nats-server is not installed")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [program, "-a", "127.0.0.1", "-p", str(port), "-js", "-sd", str(tmp_path / "nats")], stderr=subprocess.DEVNULL
    )
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            break
        except OSError:
            time.sleep(0.05)
    yield f"nats://127.0.0.1:{port}"
    process.terminate()
    process.wait()


def test_jetstream_keeps_each_event_once(scene: Scene, nats_url: str) -> None:
    import nats

    async def prepare() -> None:
        client = await nats.connect(nats_url)
        await client.jetstream().add_stream(name="WIKI", subjects=["wiki.>"])
        await client.close()

    async def read(count: int) -> list[Any]:
        client = await nats.connect(nats_url)
        subscription = await client.jetstream().subscribe("wiki.>", ordered_consumer=True)
        found = [await subscription.next_msg(timeout=10) for _ in range(count)]
        with pytest.raises(TimeoutError):
            await subscription.next_msg(timeout=0.3)
        await client.close()
        return found

    made = scene.hooks.create(f"{nats_url}/?subject=wiki")
    first = scene.tell()
    assert scene.hooks.deliver() == {"failed": 1}  # no stream takes the subject yet
    asyncio.run(prepare())
    scene.now += 100
    second = scene.tell("page.moved")
    assert scene.hooks.deliver() == {"delivered": 2}
    assert scene.hooks.redeliver(f"{made.id}.{first}").ok  # which JetStream knows by its id
    messages = asyncio.run(read(2))
    assert [message.subject for message in messages] == ["wiki.page.updated", "wiki.page.moved"]
    assert [int(json.loads(message.data)["sequence"]) for message in messages] == [first, second]
    assert messages[0].headers["Nats-Msg-Id"] == scene.hooks.store.events()[0].id


def test_svix_is_told_as_its_interface_says(scene: Scene, end: ReceivingEnd) -> None:
    host = end.url.removeprefix("http://")
    scene.hooks.create(f"svix+http://t%3Akn@{host}/app_1")
    answers = iter([202, 500, 409])
    end.answer = lambda _: (next(answers), {}, b"{}")
    scene.tell(page=1)
    assert scene.hooks.deliver() == {"delivered": 1}
    scene.tell(page=2)
    assert scene.hooks.deliver() == {"failed": 1}
    scene.now += 100
    assert scene.hooks.deliver() == {"delivered": 1}  # Svix had it already
    request = end.received[0]
    assert (request.path, request.headers["authorization"]) == ("/api/v1/app/app_1/msg/", "Bearer t:kn")
    body = json.loads(request.body)
    assert (body["eventType"], body["eventId"]) == ("page.updated", scene.hooks.store.events()[0].id)
    assert body["payload"]["data"]["page"]["id"] == 1


def test_kafka_is_told_topic_key_and_event(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[Any] = []
    starts = iter([ConnectionError("no broker"), None])

    class Producer:
        def __init__(self, **options: Any) -> None:
            assert options["bootstrap_servers"] == "kafka.example.com:9092"
            assert options["acks"] == "all"

        async def start(self) -> None:
            error = next(starts)
            if error is not None:
                raise error

        async def stop(self) -> None:
            sent.append("stopped")

        async def send_and_wait(self, topic: str, value: bytes, key: bytes, headers: Any) -> None:
            sent.append((topic, key, json.loads(value)["type"], dict(headers)["id"]))

    module = ModuleType("aiokafka")
    module.AIOKafkaProducer = Producer  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "aiokafka", module)
    scene.hooks.create("kafka://kafka.example.com:9092/wiki")
    scene.tell()
    assert scene.hooks.deliver() == {"failed": 1}
    scene.now += 10
    assert scene.hooks.deliver() == {"delivered": 1}
    event = scene.hooks.store.events()[0]
    assert sent == ["stopped", ("wiki", b"page:1", "org.wikijs.page.updated.v1", event.id.encode()), "stopped"]


@pytest.mark.parametrize(
    ("module", "url"),
    [
        ("redis.asyncio", "redis://localhost:1/0?stream=x"),
        ("nats", "nats://localhost:1/?subject=x"),
        ("aiokafka", "kafka://localhost:1/x"),
    ],
)
def test_a_missing_extra_is_said(scene: Scene, monkeypatch: pytest.MonkeyPatch, module: str, url: str) -> None:
    made = scene.hooks.create(url)
    monkeypatch.setitem(sys.modules, module, None)
    assert "extra" in (scene.hooks.test(made.id).error or "")
