"""Proxies and certificates of the environment: what cannot be used is said in one sentence that names the variable."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from wikijs import AsyncWikiJSClient, WikiJSClient, exceptions
from wikijs.core.settings import Settings
from wikijs.core.transport.surroundings import proxy_of
from wikijs.middleware import RetryStrategy

WIKI = "http://wiki.example.com"
ONCE = RetryStrategy(max_retries=0)
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the machine's own."""
    for name in (*PROXIES, "SSL_CERT_FILE"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ALL_PROXY", "socks4://127.0.0.1:1080"),
        ("HTTP_PROXY", "ftp://proxy.example.com"),
        ("HTTP_PROXY", "http://127.0.0.1:99999"),
        ("https_proxy", "http://user:secret@"),
        ("all_proxy", "http://[::1"),
    ],
)
@pytest.mark.parametrize("make", [WikiJSClient, AsyncWikiJSClient])
def test_a_proxy_that_cannot_be_names_its_variable(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, make: type
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(exceptions.ConfigurationError, match=f"^{name} is not the URL of a proxy: ") as raised:
        make(WIKI)
    assert "secret" not in str(raised.value)


def test_a_socks_proxy_without_its_package_names_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:1080")
    monkeypatch.setattr("wikijs.core.transport.surroundings.find_spec", lambda name: None)
    with pytest.raises(exceptions.ConfigurationError, match=r"^ALL_PROXY names a SOCKS proxy.*httpx2\[socks\]"):
        WikiJSClient(WIKI)


def test_a_file_of_certificates_that_is_gone_names_its_variable(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for path, reason in ((tmp_path / "gone.pem", "No such file"), (tmp_path, "directory"), (tmp_path / "x", "no cert")):
        (tmp_path / "x").write_text("x", encoding="utf-8")
        monkeypatch.setenv("SSL_CERT_FILE", str(path))
        with pytest.raises(exceptions.ConfigurationError, match=f"^SSL_CERT_FILE names {path}, .*{reason}"):
            WikiJSClient(WIKI)
    WikiJSClient(WIKI, verify_ssl=False).close()


@pytest.fixture
def closed_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def test_a_proxy_that_refuses_connections_is_named(monkeypatch: pytest.MonkeyPatch, closed_port: int) -> None:
    monkeypatch.setenv("http_proxy", f"http://user:secret@127.0.0.1:{closed_port}")
    with WikiJSClient(WIKI, retry=ONCE) as client, pytest.raises(exceptions.TransportError) as raised:
        client.pages.list()
    text = str(raised.value)
    assert f"the proxy http://127.0.0.1:{closed_port} that http_proxy names: Connection refused." in text
    assert ("secret" in text, raised.value.sent, "NO_PROXY" in text) == (False, False, True)


@pytest.fixture
def refusing() -> Iterator[int]:
    """A proxy that lets nobody through."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    connection.recv(4096)
                    connection.sendall(b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n")

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
    thread.join(10)


def test_a_proxy_that_lets_nobody_through_is_named(monkeypatch: pytest.MonkeyPatch, refusing: int) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{refusing}")
    refusal = pytest.raises(exceptions.TransportError, match=r"that HTTPS_PROXY names: 403 Forbidden")
    with WikiJSClient("https://wiki.example.com", retry=ONCE) as client, refusal:
        client.pages.list()


@pytest.mark.parametrize(
    ("environment", "url", "found"),
    [
        ({"HTTP_PROXY": "http://p:1"}, WIKI, ("HTTP_PROXY", "http://p:1")),
        ({"HTTP_PROXY": "http://p:1", "http_proxy": ""}, WIKI, None),
        ({"all_proxy": "socks5://u:w@p:1"}, "https://wiki.example.com", ("all_proxy", "socks5://p:1")),
        ({"HTTPS_PROXY": "http://p:1"}, WIKI, None),
        ({}, WIKI, None),
    ],
)
def test_which_proxy_is_used(environment: dict[str, str], url: str, found: tuple[str, str] | None) -> None:
    assert proxy_of(Settings(url), environment) == found
    assert proxy_of(Settings(url, proxy="http://u:w@own:1"), environment) == ("proxy", "http://own:1")


def test_a_host_that_needs_no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://p:1")
    monkeypatch.setenv("NO_PROXY", "wiki.example.com")
    assert proxy_of(Settings(WIKI)) is None


def test_no_timeout_is_the_usual_one() -> None:
    assert Settings(WIKI, timeout=None).timeout == 30.0  # type: ignore[arg-type]
    with WikiJSClient(WIKI, timeout=None):  # type: ignore[arg-type]
        pass


@pytest.mark.parametrize("wrong", ["30", True, 0, -1, float("inf"), float("nan"), 1e308])
def test_what_is_no_timeout_is_said_so(wrong: object) -> None:
    for name in ("timeout", "attempt_timeout"):
        with pytest.raises(exceptions.ConfigurationError, match=f"^{name} must be more than 0 seconds"):
            WikiJSClient(WIKI, **{name: wrong})  # type: ignore[arg-type]
