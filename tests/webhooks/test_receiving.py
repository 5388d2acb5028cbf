"""Receiving: verified, typed, handled once; in frameworks, in a server, by way of an inbox."""

from __future__ import annotations

import asyncio
import base64
import importlib.util
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from support.django_settings import unconfigured

from wikijs.exceptions import ConfigurationError, DuplicateEvent, WebhookVerificationError
from wikijs.feed import Event, PageCreated, PageEvent, UnknownEvent
from wikijs.webhooks import WebhookReceiver, WebhookServer
from wikijs.webhooks.signing import new_secret, signed_headers

SECRET = new_secret()
EXAMPLES = Path(__file__).parents[2] / "examples" / "webhooks"


def body_of(type_: str = "page.created", id_: str = "evt_1", **more: Any) -> bytes:
    import json

    event = {
        "id": id_,
        "type": type_,
        "version": "1",
        "timestamp": "2026-11-28T12:00:00.000Z",
        "detected_at": "2026-11-28T12:00:01.000Z",
        "wiki": "https://wiki.example.com",
        "sequence": 1,
        "subject": "page:1",
        "data": {"page": {"id": 1, "path": "docs/a", "locale": "en"}, "change": {"kind": "create"}, "url": "u"},
    }
    return json.dumps({**event, **more}).encode()


def headers_of(body: bytes, id_: str = "evt_1", *, now: float | None = None, secret: str = SECRET) -> dict[str, str]:
    return signed_headers([secret], id_, int(now or time.time()), body)


class TestTheReceiver:
    def test_an_event_comes_typed_and_once(self, tmp_path: Path) -> None:
        body = body_of()
        with WebhookReceiver([new_secret(), SECRET], seen=tmp_path / "seen.db") as receiver:
            event = receiver.receive(headers_of(body), body)
            assert isinstance(event, PageCreated)
            with pytest.raises(DuplicateEvent) as caught:
                receiver.receive(headers_of(body), body)
            assert caught.value.in_progress
            receiver.failed(event)
            receiver.receive(headers_of(body), body)
            receiver.done(event)
        with WebhookReceiver([SECRET], seen=tmp_path / "seen.db") as receiver:
            with pytest.raises(DuplicateEvent) as caught:
                receiver.receive(headers_of(body), body)
            assert not caught.value.in_progress

    @pytest.mark.parametrize("kept", [True, False])
    def test_a_handler_that_never_ended_loses_its_place_after_a_minute(self, tmp_path: Path, kept: bool) -> None:
        now = [1_800_000_000.0]
        body = body_of()
        receiver = WebhookReceiver([SECRET], seen=tmp_path / "seen.db" if kept else None, clock=lambda: now[0])
        receiver.receive(headers_of(body, now=now[0]), body)
        now[0] += 61
        event = receiver.receive(headers_of(body, now=now[0]), body)
        receiver.done(event)
        now[0] += 6 * 86400
        with pytest.raises(DuplicateEvent):
            receiver.receive(headers_of(body, now=now[0]), body)
        now[0] += 2 * 86400
        receiver.receive(headers_of(body, now=now[0]), body)
        receiver.close()

    def test_only_one_of_many_at_once_handles_an_event(self, tmp_path: Path) -> None:
        body, handled = body_of(), []
        receiver = WebhookReceiver([SECRET], seen=tmp_path / "seen.db")

        def handle(event: Event) -> None:
            handled.append(event.id)
            time.sleep(0.05)

        answers: list[int] = []
        threads = [
            threading.Thread(target=lambda: answers.append(receiver.handle(headers_of(body), body, handle)[0]))
            for _ in range(10)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert handled == ["evt_1"]
        assert sorted(set(answers)) in ([200, 409], [200])
        receiver.close()

    def test_later_events_are_unknown_and_no_errors(self) -> None:
        receiver = WebhookReceiver([SECRET])
        for id_, more in (("evt_a", {"type_": "page.sung"}), ("evt_b", {"version": "2"})):
            body = body_of(id_=id_, **more)
            assert isinstance(receiver.receive(headers_of(body, id_), body), UnknownEvent)

    @pytest.mark.parametrize("body", [b"{}", b"[]", b"x", b"[" * 100_000, b"\xff", b'{"id": 1}'])
    def test_what_is_signed_and_no_event_is_refused(self, body: bytes) -> None:
        with pytest.raises(WebhookVerificationError, match="no event"):
            WebhookReceiver([SECRET]).verify(headers_of(body), body)

    def test_header_and_body_must_name_the_same_event(self) -> None:
        body = body_of()
        with pytest.raises(WebhookVerificationError, match="different events"):
            WebhookReceiver([SECRET]).verify(headers_of(body, "evt_9"), body)

    def test_a_replay_is_refused(self) -> None:
        body = body_of()
        with pytest.raises(WebhookVerificationError, match="differs"):
            WebhookReceiver([SECRET]).verify(headers_of(body, now=time.time() - 301), body)

    def test_what_cannot_work_says_why(self) -> None:
        for secrets in ([], SECRET, ["short"]):
            with pytest.raises(ConfigurationError):
                WebhookReceiver(secrets)
        with pytest.raises(ConfigurationError, match="must be bytes"):
            WebhookReceiver([SECRET]).verify({}, "text")  # type: ignore[arg-type]

    def test_answers_for_each_case(self) -> None:
        receiver, body = WebhookReceiver([SECRET]), body_of()

        def broken(_: Event) -> None:
            raise RuntimeError("broken")

        with pytest.raises(RuntimeError):
            receiver.handle(headers_of(body), body, broken)
        assert receiver.handle(headers_of(body), body, lambda _: None) == (200, "ok")
        assert receiver.handle(headers_of(body), body, broken)[0] == 200
        assert receiver.handle({}, body, broken)[0] == 400

    def test_memory_does_not_grow_without_end(self) -> None:
        now = [1_800_000_000.0]
        receiver = WebhookReceiver([SECRET], clock=lambda: now[0])
        seen = receiver._seen
        for number in range(10_100):
            seen.begin(f"evt_{number}")
            now[0] += 1
        assert len(seen._memory) < 10_100


@pytest.fixture
def example(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Loads an example with its secret set."""
    monkeypatch.setenv("WIKIJS_WEBHOOK_SECRET", SECRET)

    def load(name: str) -> Any:
        spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        monkeypatch.setitem(sys.modules, name, module)
        spec.loader.exec_module(module)
        return module

    return load


class TestExamples:
    """The four frameworks: right, wrong, and twice."""

    def check(self, post: Any) -> None:
        body = body_of()
        assert post(headers_of(body), body) == 200
        assert post(headers_of(body), body) == 200
        assert post(headers_of(body), body + b" ") == 400
        assert post({}, body) == 400

    def test_fastapi(self, example: Any, capsys: pytest.CaptureFixture[str]) -> None:
        from starlette.testclient import TestClient

        with TestClient(example("with_fastapi").app) as client:
            self.check(lambda headers, body: client.post("/wiki", headers=headers, content=body).status_code)
        assert capsys.readouterr().out == "page.created docs/a\n"

    def test_flask(self, example: Any, capsys: pytest.CaptureFixture[str]) -> None:
        client = example("with_flask").app.test_client()
        self.check(lambda headers, body: client.post("/wiki", headers=headers, data=body).status_code)
        assert capsys.readouterr().out == "page.created docs/a\n"

    def test_django(self, example: Any, capsys: pytest.CaptureFixture[str]) -> None:
        with unconfigured():
            example("with_django")
            from django.test import Client

            client = Client()

            def post(headers: dict[str, str], body: bytes) -> int:
                answer = client.post("/wiki", data=body, content_type="application/json", headers=headers)
                return int(answer.status_code)

            self.check(post)
        assert capsys.readouterr().out == "page.created docs/a\n"

    def test_lambda(self, example: Any, capsys: pytest.CaptureFixture[str]) -> None:
        handler = example("with_lambda").handler
        encoded = iter([True, False, True, False])

        def post(headers: dict[str, str], body: bytes) -> int:
            if next(encoded):
                request = {"headers": headers, "body": base64.b64encode(body).decode(), "isBase64Encoded": True}
            else:
                request = {"headers": headers, "body": body.decode()}
            return int(handler(request, None)["statusCode"])

        self.check(post)
        assert capsys.readouterr().out == "page.created docs/a\n"

    async def test_the_server(self, example: Any, capsys: pytest.CaptureFixture[str]) -> None:
        server: WebhookServer = example("server").server
        server.path = "/wiki"
        async with client_of(server) as client:
            body = body_of()
            assert (await client.post("/wiki", headers=headers_of(body), content=body)).status_code == 200
            assert (await client.post("/else", headers=headers_of(body), content=body)).status_code == 404
        assert capsys.readouterr().out == "new: None u\npage.created docs/a []\n"


def client_of(server: WebhookServer) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app=server.app), base_url="http://hooks")  # type: ignore[arg-type]


class TestTheServer:
    async def test_handlers_are_chosen_by_type_and_failures_are_told(self) -> None:
        server = WebhookServer(SECRET)
        called: list[str] = []
        failures: list[str] = []

        @server.on("page.created", "page.moved")
        def one(event: PageEvent) -> None:
            called.append(f"one {event.type}")

        @server.on()
        async def every(event: Event) -> None:
            called.append(f"every {event.type}")
            if event.type == "page.deleted":
                raise RuntimeError("broken")

        @server.on_error
        def failed(event: Event, error: Exception) -> None:
            failures.append(f"{event.type} {error}")

        async with client_of(server) as client:
            statuses = []
            for number, type_ in enumerate(("page.created", "page.updated", "page.deleted")):
                body = body_of(type_, f"evt_{number}")
                statuses.append(
                    (await client.post("/", headers=headers_of(body, f"evt_{number}"), content=body)).status_code
                )
            assert statuses == [200, 200, 500]
            again = body_of("page.created", "evt_0")
            assert (await client.post("/", headers=headers_of(again, "evt_0"), content=again)).status_code == 200
            assert (await client.get("/")).status_code == 405
            assert (await client.post("/", content=b"x" * 1_000_001)).status_code == 413
            assert (await client.post("/", content=b"{}")).status_code == 400
        assert called == ["one page.created", "every page.created", "every page.updated", "every page.deleted"]
        assert failures == ["page.deleted broken"]
        server.close()

    async def test_one_in_progress_is_a_conflict(self) -> None:
        server = WebhookServer(SECRET)
        gate, begun = asyncio.Event(), asyncio.Event()

        @server.on("*")
        async def slow(_: Event) -> None:
            begun.set()
            await gate.wait()

        body = body_of()
        async with client_of(server) as client:
            first = asyncio.create_task(client.post("/", headers=headers_of(body), content=body))
            await begun.wait()
            assert (await client.post("/", headers=headers_of(body), content=body)).status_code == 409
            gate.set()
            assert (await first).status_code == 200
        server.close()

    async def test_with_an_inbox_it_is_stored_first_and_tried_again(self, tmp_path: Path) -> None:
        now = [1_800_000_000.0]
        server = WebhookServer(SECRET, inbox=tmp_path / "inbox.db", clock=lambda: now[0])
        assert server.inbox is not None
        tries: list[str] = []

        @server.on("*")
        def handle(event: Event) -> None:
            tries.append(event.id)
            if len(tries) < 3:
                raise RuntimeError("not yet")

        body = body_of()
        async with client_of(server) as client:
            answer = await client.post("/", headers=headers_of(body, now=now[0]), content=body)
            assert answer.status_code == 202
            assert (await client.post("/", headers=headers_of(body, now=now[0]), content=body)).status_code == 200
            await self.until(server, now, {"done": 1})
        assert len(tries) == 3
        await server.aclose()
        server.close()

    async def test_what_waits_in_an_inbox_survives_and_dies_at_last(self, tmp_path: Path) -> None:
        now = [1_800_000_000.0]
        body = body_of()
        first = WebhookServer(SECRET, inbox=tmp_path / "inbox.db", clock=lambda: now[0])
        assert first.inbox is not None
        first.inbox.put("evt_1", body)
        first.close()
        server = WebhookServer(SECRET, inbox=tmp_path / "inbox.db", clock=lambda: now[0])
        assert server.inbox is not None
        tries: list[int] = []

        @server.on("*")
        def handle(_: Event) -> None:
            tries.append(1)
            raise RuntimeError("never")

        messages = iter([{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}])
        sent: list[str] = []
        ended = asyncio.Event()

        async def receive() -> dict[str, Any]:
            message = next(messages)
            if message["type"] == "lifespan.shutdown":
                await ended.wait()
            return message

        async def send(message: Any) -> None:
            sent.append(message["type"])

        life = asyncio.create_task(server.app({"type": "lifespan"}, receive, send))
        await self.until(server, now, {"dead": 1})
        assert len(tries) == 8
        ended.set()
        await life
        assert sent == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
        server.close()

    async def until(self, server: WebhookServer, now: list[float], counts: dict[str, int]) -> None:
        """Let time go by until the inbox is like this."""
        assert server.inbox is not None
        for _ in range(3000):
            if server.inbox.counts() == counts:
                return
            await asyncio.sleep(0.02)
            now[0] += 200
            server._arrived.set()
        raise AssertionError(server.inbox.counts())

    def test_it_runs(self, unused_tcp_port: int) -> None:
        import subprocess

        code = (
            "import sys; from wikijs.webhooks import WebhookServer; server = WebhookServer(sys.argv[1]);"
            "server.on('*')(lambda event: print(event.id, flush=True)); server.run(port=int(sys.argv[2]), path='/wiki')"
        )
        process = subprocess.Popen(
            [sys.executable, "-c", code, SECRET, str(unused_tcp_port)], stdout=subprocess.PIPE, text=True
        )
        try:
            body, status = body_of(), 0
            for _ in range(300):
                try:
                    url = f"http://127.0.0.1:{unused_tcp_port}/wiki"
                    status = httpx2.post(url, headers=headers_of(body), content=body).status_code
                    break
                except httpx2.ConnectError:
                    time.sleep(0.1)
            assert status == 200
        finally:
            process.terminate()
            out, _ = process.communicate(timeout=30)
        assert out == "evt_1\n"

    def test_a_secret_is_needed(self) -> None:
        with pytest.raises(ConfigurationError):
            WebhookServer()
