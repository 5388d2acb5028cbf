"""Cancelled requests leave a client that still works, and neither sockets nor tasks behind."""

from __future__ import annotations

import asyncio
import gc
import os
import random
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from support.echo import echoed
from support.jwt import api_key
from support.recordings import Step
from support.wiki import PROFILE, login_body

from wikijs import AsyncWikiJSClient, ops
from wikijs.auth import PasswordAuth


class SlowServer:
    """Answers each request with a recorded profile, after a while, over asyncio."""

    def __init__(self, generator: random.Random) -> None:
        self._random = generator
        self.gate = asyncio.Event()
        """Most requests are answered only once it is open, so that they can be cancelled before."""
        self.open: set[asyncio.StreamWriter] = set()
        self.answered = 0
        self.url = ""

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open.add(writer)
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
                body = await reader.readexactly(length)
                if self._random.random() < 0.7:
                    await self.gate.wait()
                await asyncio.sleep(self._random.uniform(0, 0.02))
                writer.write(_response(body, login_body() if b"AuthenticationLogin" in body else PROFILE.body))
                await writer.drain()
                self.answered += 1
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the client hung up, as cancelled requests do
        finally:
            self.open.discard(writer)
            writer.close()


def _response(request: bytes, body: Any) -> bytes:
    answer = Step("", "", {}, {"status": 200, "content_type": "application/json", "headers": {}, "body": body})
    content = echoed(request, answer.reply().content)
    return b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%s" % (
        len(content),
        content,
    )


@asynccontextmanager
async def slow_server(generator: random.Random) -> AsyncIterator[SlowServer]:
    answering = SlowServer(generator)
    server = await asyncio.start_server(answering, "127.0.0.1", 0)
    answering.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        yield answering
        for _ in range(200):  # connections that the client has closed end by themselves
            if not answering.open:
                break
            await asyncio.sleep(0.01)
        assert not answering.open


def _sockets() -> int:
    folder = "/proc/self/fd"
    found = 0
    for name in os.listdir(folder):
        try:
            found += os.readlink(f"{folder}/{name}").startswith("socket:")
        except OSError:
            continue
    return found


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="counts sockets in /proc")
@pytest.mark.parametrize("auth", ["key", "password"])
@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_a_client_survives_two_hundred_calls_of_which_half_are_cancelled(seed: int, auth: str) -> None:
    generator = random.Random(seed)
    sockets, tasks = _sockets(), asyncio.all_tasks()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        async with slow_server(generator) as server:
            who = api_key() if auth == "key" else PasswordAuth("ada@example.com", "secret")
            async with AsyncWikiJSClient(server.url, who, timeout=60, retry=False) as client:
                calls = [asyncio.create_task(client.execute(ops.users_profile())) for _ in range(200)]
                cancelled = set(generator.sample(range(200), 100))
                for index in sorted(cancelled, key=lambda _: generator.random()):
                    calls[index].cancel()
                    if generator.random() < 0.1:
                        await asyncio.sleep(generator.uniform(0, 0.003))
                server.gate.set()
                outcomes = await asyncio.gather(*calls, return_exceptions=True)
                for index, outcome in enumerate(outcomes):
                    if index not in cancelled:
                        assert not isinstance(outcome, BaseException)
                    elif isinstance(outcome, BaseException):  # a few were done before they could be cancelled
                        assert isinstance(outcome, asyncio.CancelledError)
                assert sum(isinstance(outcome, asyncio.CancelledError) for outcome in outcomes) > 50
                for _ in range(5):
                    assert (await client.execute(ops.users_profile())).name == "Administrator"
                together = await asyncio.gather(*(client.execute(ops.users_profile()) for _ in range(110)))
                assert len(together) == 110
        gc.collect()
    assert [str(warning.message) for warning in caught] == []
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == tasks
    assert _sockets() == sockets


async def test_a_batch_takes_its_requests_along_when_it_is_cancelled() -> None:
    tasks = asyncio.all_tasks()
    async with slow_server(random.Random(4)) as server, AsyncWikiJSClient(server.url, api_key()) as client:
        driver = client._async.driver
        flow = client._engine.batch([ops.users_profile()] * 40, mode="array", size=2)
        work = asyncio.create_task(driver.run(flow))
        await asyncio.sleep(0.01)
        work.cancel()
        server.gate.set()
        with pytest.raises(asyncio.CancelledError):
            await work
        assert asyncio.all_tasks() - tasks == {task for task in asyncio.all_tasks() if "SlowServer" in repr(task)}
        assert (await client.execute(ops.users_profile())).name == "Administrator"
    assert asyncio.all_tasks() == tasks
