"""Receivers that mean ill: whatever they answer is an outcome, in its time, of a few bytes, and shows no secret."""

from __future__ import annotations

import gzip
import time
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime
from ipaddress import ip_network
from typing import Final

import pytest

from tests.support.raw import Connection, raw_server
from wikijs.feed.filters import EventFilter
from wikijs.webhooks.model import Endpoint, Message
from wikijs.webhooks.sending.http import ANSWER_KEPT, HTTPSender

SECRET: Final = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BOMB: Final = gzip.compress(b"\0" * 20_000_000)
OK: Final = b"HTTP/1.1 200 OK\r\n"


def endless(connection: Connection, piece: bytes, seconds: float = 0.0) -> None:
    """Send a piece again and again until nobody listens."""
    try:
        while True:
            connection.socket.sendall(piece)
            time.sleep(seconds)
    except OSError:
        pass


ANSWERS: Final[dict[str, Callable[[Connection], bytes | None]]] = {
    "endless": lambda c: (c.send(OK + b"content-length: 99999999999999\r\n\r\n"), endless(c, b"x" * 65536))[0],
    "slow": lambda c: endless(c, b"H", 0.05),
    "slow answer": lambda c: (c.send(OK + b"content-length: 100\r\n\r\n"), endless(c, b"x", 0.05))[0],
    "headers": lambda c: (c.send(OK), endless(c, b"x-a: " + b"b" * 1000 + b"\r\n"))[0],
    "one header": lambda c: (c.send(OK + b"x-a: "), endless(c, b"b" * 65536))[0],
    "continue": lambda c: endless(c, b"HTTP/1.1 100 Continue\r\n\r\n"),
    "bomb": lambda _: _with_length(BOMB, b"content-encoding: gzip\r\n"),
    "redirect": lambda _: b"HTTP/1.1 307 T\r\nlocation: http://169.254.169.254/latest\r\ncontent-length: 0\r\n\r\n",
    "garbage": lambda _: b"\xff\x00" * 100,
    "nothing": lambda _: None,
    "surplus": lambda _: _with_length(b"ok", b"") + _with_length(b"more", b""),
    "later": lambda _: b"HTTP/1.1 503 S\r\nretry-after: " + b"9" * 400 + b"\r\ncontent-length: 0\r\n\r\n",
    "control": lambda _: _with_length(b"\x1b]0;owned\x07\xe2\x80\xae" + SECRET.encode(), b""),
}


def _with_length(body: bytes, head: bytes) -> bytes:
    return OK + head + b"content-length: %d\r\n\r\n" % len(body) + body


def message(url: str) -> Message:
    endpoint = Endpoint(
        "ep_1", f"{url}/hook?token={SECRET}", EventFilter(), "thin", "1", "page", "*", {"authorization": SECRET},
        "active", None, None, datetime.now(UTC), "", ((SECRET, None),),
    )  # fmt: skip
    return Message(endpoint, 1, "lane", "evt_1", "page.updated", "page:1", 0, b"{}")


@pytest.mark.parametrize("kind", ANSWERS)
async def test_whatever_a_receiver_answers_is_an_outcome(kind: str) -> None:
    with raw_server(lambda connection, _: ANSWERS[kind](connection)) as server:
        sender = HTTPSender(allowed=[ip_network("127.0.0.0/8")], timeout=1.0, clock=time.time)
        async with sender:
            tracemalloc.start()
            began = time.monotonic()
            outcome = await sender.send(message(server.url))
            took, (_, peak) = time.monotonic() - began, tracemalloc.get_traced_memory()
            tracemalloc.stop()
    assert took < 10
    assert peak < 5_000_000
    assert len(outcome.answer) <= ANSWER_KEPT
    assert SECRET not in repr(outcome)
    assert SECRET not in (outcome.error or "")
    if kind in {"bomb", "surplus", "endless", "control"}:
        assert outcome.status == 200
    else:
        assert outcome.error
    if kind == "redirect":
        assert "redirect" in (outcome.error or "")
        assert server.connections == 1
