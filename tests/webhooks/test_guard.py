"""No socket is opened to an address of the network that this runs in, however it is spelled."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

import httpcore2
import pytest

from wikijs.exceptions import WebhookRefusedError
from wikijs.webhooks.sending.guard import GuardedBackend, networks

from .conftest import Scene
from .receiving_end import ReceivingEnd

SPELLINGS = [
    "127.0.0.1",
    "127.1",
    "127.0.1",
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "0x7f.0.0.1",
    "017700000001",
    "0177.0.0.1",
    "0",
    "0.0.0.0",
    "localhost",
    "::1",
    "::",
    "::ffff:127.0.0.1",
    "::ffff:7f00:1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "10.0.0.1",
    "10.255.255.255",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.0.1",
    "192.168.255.255",
    "3232235521",
    "169.254.169.254",
    "2852039166",
    "0xa9fea9fe",
    "100.64.0.1",
    "100.127.255.255",
    "192.0.0.8",
    "192.0.0.170",
    "192.0.2.1",
    "192.88.99.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "fe80::1",
    "fe80::1%lo",
    "fc00::1",
    "fd12:3456::1",
    "fec0::1",
    "ff02::1",
    "64:ff9b::7f00:1",
    "64:ff9b:1::1",
    "100::1",
    "2001:db8::1",
    "2001::1",
    "2002:7f00:1::",
    "3fff::1",
    "5f00::1",
]


class Sockets(httpcore2.AsyncNetworkBackend):
    """Opens nothing, and remembers what it was to open."""

    def __init__(self) -> None:
        self.opened: list[str] = []
        self.refusing = False

    async def connect_tcp(self, host: str, port: int, **_: Any) -> httpcore2.AsyncNetworkStream:
        self.opened.append(host)
        if self.refusing:
            raise httpcore2.ConnectError("refused")
        return httpcore2.AsyncMockStream([])


def connect(host: str, *allowed: str) -> list[str]:
    """Which addresses a connection to a name opens."""
    sockets = Sockets()
    asyncio.run(GuardedBackend(networks(allowed), sockets).connect_tcp(host, 443))
    return sockets.opened


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_no_spelling_of_a_private_address_is_connected_to(spelling: str) -> None:
    sockets = Sockets()
    with pytest.raises((WebhookRefusedError, httpcore2.ConnectError)):
        asyncio.run(GuardedBackend((), sockets).connect_tcp(spelling, 443))
    assert sockets.opened == []


def test_there_are_at_least_forty() -> None:
    assert len(SPELLINGS) >= 40


@pytest.mark.parametrize("address", ["93.184.216.34", "8.8.8.8", "2606:4700:4700::1111", "::ffff:8.8.8.8"])
def test_public_addresses_are_connected_to(address: str) -> None:
    assert connect(address) == [address]


def test_networks_may_be_allowed() -> None:
    assert connect("10.1.2.3", "10.1.0.0/16") == ["10.1.2.3"]
    with pytest.raises(WebhookRefusedError):
        connect("10.2.0.1", "10.1.0.0/16")


def resolving(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[int]:
    """Let names resolve to these, one answer after the other."""
    asked: list[int] = []

    async def getaddrinfo(_self: object, _host: str, port: int, **_: Any) -> list[Any]:
        found = answers[min(len(asked), len(answers) - 1)]
        asked.append(1)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]

    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", getaddrinfo)
    return asked


def test_a_name_with_a_good_and_a_bad_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    resolving(monkeypatch, ["8.8.8.8", "10.0.0.1"])
    sockets = Sockets()
    with pytest.raises(WebhookRefusedError, match="private network"):
        asyncio.run(GuardedBackend((), sockets).connect_tcp("mixed.example.com", 443))
    assert sockets.opened == []


def test_a_name_that_resolves_to_something_else_the_second_time_gains_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = resolving(monkeypatch, ["8.8.8.8"], ["127.0.0.1"])
    sockets = Sockets()
    guard = GuardedBackend((), sockets)
    asyncio.run(guard.connect_tcp("rebinding.example.com", 443))
    assert (sockets.opened, len(asked)) == (["8.8.8.8"], 1)
    with pytest.raises(WebhookRefusedError):
        asyncio.run(guard.connect_tcp("rebinding.example.com", 443))
    assert sockets.opened == ["8.8.8.8"]


def test_the_next_address_is_tried_where_one_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    resolving(monkeypatch, ["8.8.8.8", "8.8.4.4"])
    sockets = Sockets()
    sockets.refusing = True
    with pytest.raises(httpcore2.ConnectError):
        asyncio.run(GuardedBackend((), sockets).connect_tcp("example.com", 443))
    assert sockets.opened == ["8.8.8.8", "8.8.4.4"]


def test_a_name_that_does_not_exist_and_sockets_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    async def getaddrinfo(*_: Any, **__: Any) -> list[Any]:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", getaddrinfo)
    with pytest.raises(httpcore2.ConnectError, match="cannot be resolved"):
        connect("nowhere.invalid")
    with pytest.raises(WebhookRefusedError):
        asyncio.run(GuardedBackend().connect_unix_socket("/run/docker.sock"))
    asyncio.run(GuardedBackend().sleep(0))


def test_a_private_name_is_a_failed_attempt_and_nothing_is_sent(
    scene: Scene, end: ReceivingEnd, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", end.url)
    monkeypatch.setenv("ALL_PROXY", end.url)
    port = end.url.rpartition(":")[2]
    from wikijs.webhooks import Webhooks

    strict = Webhooks(scene.hooks.store, allow_http=True)
    made = strict.create(f"http://localhost:{port}/")
    attempt = strict.test(made.id)
    assert attempt.error == "localhost leads into a private network."
    assert end.received == []


def test_through_a_proxy_the_proxy_decides(scene: Scene, end: ReceivingEnd) -> None:
    from wikijs.webhooks import Webhooks

    proxied = Webhooks(scene.hooks.store, allow_http=True, proxy=end.url)
    made = proxied.create("http://example.com/x")
    assert proxied.test(made.id).status == 200
    assert end.received[0].path == "http://example.com/x"
