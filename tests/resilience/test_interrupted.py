"""Ctrl-C during a page write of the blocking client: the server is still at work on it, so the next one waits."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

from tests.resilience.test_page_lock import DONE, Counting
from tests.support.echo import echoed
from tests.support.raw import Connection, answer, raw_server
from wikijs import AsyncWikiJSClient, WikiJSClient, ops
from wikijs import exceptions as exc
from wikijs.cache import MemoryCache
from wikijs.middleware import FileLock

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs signals that interrupt a wait")


class Gated(Counting):
    """A page write takes until the test says so."""

    def __init__(self) -> None:
        super().__init__(0)
        self.begun, self.may_end = threading.Event(), threading.Event()

    def __call__(self, connection: Connection, body: bytes) -> bytes:
        self.begun.set()
        assert self.may_end.wait(60)
        return super().__call__(connection, body)


@contextmanager
def interrupted(when: threading.Event) -> Iterator[None]:
    """Press Ctrl-C when this has happened."""

    def press() -> None:
        if when.wait(30):
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)

    thread = threading.Thread(target=press)
    thread.start()
    try:
        with pytest.raises(KeyboardInterrupt):
            yield
    finally:
        thread.join()


def test_the_next_write_waits_until_the_interrupted_one_is_answered() -> None:
    gated = Gated()
    with raw_server(gated) as server, WikiJSClient(server.url, retry=False, cache=MemoryCache()) as client:
        with interrupted(gated.begun):
            client.execute(ops.pages_render(1))
        with WikiJSClient(server.url, retry=False) as other, pytest.raises(exc.TimeoutError) as caught:
            other.execute(ops.pages_render(1), timeout=0.2)
        assert not caught.value.sent
        gated.may_end.set()
        client.execute(ops.pages_render(1))
        assert gated.writes == 2
        assert gated.most == 1


def test_so_does_that_of_an_asynchronous_client() -> None:
    gated = Gated()

    async def write(url: str) -> None:
        async with AsyncWikiJSClient(url, retry=False) as other:
            with pytest.raises(exc.TimeoutError):
                await other.execute(ops.pages_render(1), timeout=0.2)
            gated.may_end.set()
            await other.execute(ops.pages_render(1))

    with raw_server(gated) as server, WikiJSClient(server.url, retry=False) as client:
        with interrupted(gated.begun):
            client.execute(ops.pages_render(1))
        asyncio.run(write(server.url))
        assert gated.most == 1


def test_closing_waits_for_it_and_a_second_time_ends_that() -> None:
    gated = Gated()
    with raw_server(gated) as server:
        client = WikiJSClient(server.url, retry=False)
        with interrupted(gated.begun):
            client.execute(ops.pages_render(1))
        closing = threading.Event()
        with interrupted(closing):
            closing.set()
            client.close()
            time.sleep(30)  # so that it is told when closing did not wait
        gated.may_end.set()
        client.close()
        with pytest.raises(exc.ConfigurationError, match="closed"):
            client.whoami()
        until = time.monotonic() + 30
        while not gated.writes and time.monotonic() < until:  # nobody waits for the server any more
            time.sleep(0.01)
        assert gated.writes == 1


def test_what_is_never_answered_is_given_up_after_its_time() -> None:
    gated = Gated()
    with (
        raw_server(gated) as server,
        WikiJSClient(server.url, retry=False, attempt_timeout=1) as client,
    ):
        with interrupted(gated.begun):
            client.execute(ops.pages_render(1))
        with pytest.raises(exc.OutcomeUnknownError):
            client.execute(ops.pages_render(1))
        gated.may_end.set()


def test_an_error_of_the_write_is_the_callers() -> None:
    def refuse(_: Connection, body: bytes) -> bytes:
        return answer(echoed(body, DONE.replace(b"true", b"false").replace(b'"errorCode":0', b'"errorCode":6003')))

    with (
        raw_server(refuse) as server,
        WikiJSClient(server.url, retry=False) as client,
        pytest.raises(exc.PageNotFoundError),
    ):
        client.execute(ops.pages_render(1))


PROGRAM: Final = """
import sys
from wikijs import WikiJSClient, ops
from wikijs.middleware import FileLock

client = WikiJSClient(sys.argv[1], page_lock=FileLock(sys.argv[2]), retry=False)
client.execute(ops.pages_render(1))
"""


def test_a_program_keeps_the_lock_of_other_processes_until_the_answer(tmp_path: Path) -> None:
    gated, path = Gated(), tmp_path / "lock"
    with raw_server(gated) as server:
        command = [sys.executable, "-W", "ignore", "-c", PROGRAM, server.url, str(path)]
        process = subprocess.Popen(command, stderr=subprocess.PIPE)
        try:
            assert gated.begun.wait(60)
            process.send_signal(signal.SIGINT)
            assert not FileLock(path).acquire(0.5)
            assert process.poll() is None
            gated.may_end.set()
            lock = FileLock(path)
            assert lock.acquire(30)
            lock.release()
            assert b"KeyboardInterrupt" in process.communicate(timeout=60)[1]
        finally:
            process.kill()
            process.wait()
