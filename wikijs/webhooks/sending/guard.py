"""Where a webhook may be sent to: never into the network of whoever runs this.

Addresses are checked where the connection is opened, and the address that was checked is the one that is used. A name
that resolves to something else the second time, a redirect, a spelling such as 2130706433: none of them matters then.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Iterable, Sequence
from typing import Any, Final, TypeAlias, cast
from urllib.parse import SplitResult, urlsplit

import httpcore2

from wikijs.exceptions import WebhookError, WebhookRefusedError

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network

# Python calls these global, or did in some release; they lead inside, everywhere at once, or nowhere.
_REFUSED: Final = [
    ipaddress.ip_network(text)
    for text in (
        "0.0.0.0/8",
        "100.64.0.0/10",
        "192.0.0.0/24",
        "192.88.99.0/24",
        "198.18.0.0/15",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "100::/64",
        "2001::/23",
        "2001:db8::/32",
        "2002::/16",
        "3fff::/20",
        "5f00::/16",
        "fc00::/7",
        "fe80::/10",
        "fec0::/10",
        "ff00::/8",
    )
]
_OWN_HEADERS: Final = ("host", "transfer-encoding", "connection", "content-", "webhook-", "svix-")


def networks(allowed: Iterable[str]) -> list[Network]:
    """Networks that are allowed although they are private.

    Raises:
        WebhookError: One is none.
    """
    try:
        return [ipaddress.ip_network(text) for text in allowed]
    except ValueError as error:
        raise WebhookError(f"This is no network: {error}.", hint="Give one such as 10.1.0.0/16.") from None


def is_allowed(address: Address, allowed: Sequence[Network] = ()) -> bool:
    """Whether an address may be connected to."""
    inner = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    address = inner or address
    if any(address in network for network in allowed if network.version == address.version):
        return True
    if isinstance(address, ipaddress.IPv6Address) and address.scope_id is not None:
        return False
    if any(address in network for network in _REFUSED if network.version == address.version):
        return False
    return address.is_global and not address.is_multicast


def check_url(url: str, *, allow_http: bool = False, allowed: Sequence[Network] = ()) -> SplitResult:
    """The parts of the URL of an endpoint.

    Raises:
        WebhookError: It is none that may be sent to, whatever its name resolves to.
    """
    try:
        parts = urlsplit(url)
        name, port = parts.hostname or "", parts.port
    except ValueError:
        raise WebhookError("The URL of the endpoint is none.") from None
    if not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        raise WebhookError("The URL of the endpoint has characters that a URL does not have.")
    if parts.scheme not in {"https", "http"} or not name or port == 0:
        raise WebhookError("The URL of the endpoint must begin with https://.")
    if parts.scheme == "http" and not allow_http:
        raise WebhookError(
            "The URL of the endpoint must begin with https://.", hint="Or allow http with allow_http=True."
        )
    if parts.username is not None or parts.password is not None:
        raise WebhookError("The URL of the endpoint must not hold a user name or password.", hint="Use headers=.")
    if parts.fragment:
        raise WebhookError("The URL of the endpoint must not have a fragment.")
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return parts
    if not is_allowed(address, allowed):
        raise WebhookError(f"The address {address} leads into a private network.", hint="See allow_networks=.")
    return parts


def check_headers(headers: dict[str, str]) -> dict[str, str]:
    """Headers of a user's own.

    Raises:
        WebhookError: One is reserved, or none.
    """
    for name, value in headers.items():
        if not name or not all(part.isalnum() for part in name.split("-")) or not name.isascii():
            raise WebhookError(f"{name!r} is no name of a header.")
        if name.lower().startswith(_OWN_HEADERS):
            raise WebhookError(f"The header {name!r} is ours to set.")
        if not (value.isascii() and value.isprintable()):
            raise WebhookError(f"The value of the header {name!r} has characters that a header does not have.")
    return dict(headers)


class GuardedBackend(httpcore2.AsyncNetworkBackend):
    """Opens connections to addresses that are allowed, and to no others.

    Args:
        allowed: Private networks that are allowed.
        backend: What opens sockets, for tests.
    """

    def __init__(self, allowed: Sequence[Network] = (), backend: httpcore2.AsyncNetworkBackend | None = None) -> None:
        self._allowed = allowed
        self._backend: httpcore2.AsyncNetworkBackend = backend or cast("Any", httpcore2).AnyIOBackend()

    async def addresses(self, host: str, port: int) -> list[str]:
        """The addresses of a name.

        Raises:
            WebhookRefusedError: One of them is not allowed: a name with good and bad ones is an attack.
            httpcore2.ConnectError: It has none.
        """
        try:
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            raise httpcore2.ConnectError(f"{host} cannot be resolved") from None
        names = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        for name in names:
            if not is_allowed(ipaddress.ip_address(name), self._allowed):
                raise WebhookRefusedError(f"{host} leads into a private network.")
        return names

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  the library's interface
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """Connect to the first address of a name that answers."""
        error: Exception = httpcore2.ConnectError(f"{host} has no address")
        for address in await self.addresses(host, port):
            try:
                return await self._backend.connect_tcp(
                    address, port, timeout=timeout, local_address=local_address, socket_options=socket_options
                )
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as failure:
                error = failure
        raise error

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ASYNC109
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """No endpoint is a socket of this machine."""
        raise WebhookRefusedError("An endpoint is never a socket of this machine.")

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)
