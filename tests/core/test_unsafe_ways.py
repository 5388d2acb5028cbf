"""Connections that are not what they should be: a certificate that nobody checks, a handshake that is cut off."""

from __future__ import annotations

import logging
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest

from wikijs import AsyncWikiJSClient, WikiJSClient
from wikijs.exceptions import TransportError
from wikijs.middleware import RetryStrategy

UNCHECKED = "verify_ssl=False"


@pytest.mark.parametrize("client", [WikiJSClient, AsyncWikiJSClient])
def test_certificates_that_are_not_checked_are_warned_of(
    client: type[WikiJSClient] | type[AsyncWikiJSClient], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "wikijs"):
        client("https://wiki.test", verify_ssl=ssl.create_default_context())
        client("http://wiki.test", verify_ssl=False)
        assert UNCHECKED not in caplog.text
        client("https://wiki.test", verify_ssl=False)
    assert UNCHECKED in caplog.text


@pytest.fixture
def cutting() -> Iterator[tuple[str, list[bytes]]]:
    """A server that hangs up when a handshake has begun."""
    begun: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            with suppress(OSError):
                while True:
                    connection = listening.accept()[0]
                    begun.append(connection.recv(65536))
                    connection.close()

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"https://127.0.0.1:{listening.getsockname()[1]}", begun
        listening.shutdown(socket.SHUT_RDWR)
        thread.join()


def test_a_handshake_that_is_cut_off_is_begun_again(cutting: tuple[str, list[bytes]]) -> None:
    url, begun = cutting
    retry = RetryStrategy(2, initial_delay=0.01)
    with (
        WikiJSClient(url, retry=retry, verify_ssl=False) as client,
        pytest.raises(TransportError) as lost,
    ):
        client.pages.delete(1)
    assert (lost.value.sent, lost.value.permanent) == (False, False)
    assert len(begun) == 3


async def test_by_the_asynchronous_client_as_well(cutting: tuple[str, list[bytes]]) -> None:
    url, begun = cutting
    async with AsyncWikiJSClient(url, retry=RetryStrategy(2, initial_delay=0.01), verify_ssl=False) as client:
        with pytest.raises(TransportError) as lost:
            await client.pages.delete(1)
    assert (lost.value.sent, lost.value.permanent) == (False, False)
    assert len(begun) == 3
