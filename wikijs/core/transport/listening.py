"""A port to listen on: where programs of this package say that it cannot be used, in the same words."""

from __future__ import annotations

import socket

from wikijs.exceptions import ConfigurationError


def listening(host: str, port: int) -> socket.socket:
    """A socket that takes connections, so that the address works once it is printed.

    Args:
        host: Address to listen on, such as "127.0.0.1" or "::1".
        port: From 0 to 65535; 0 takes a free one.

    Raises:
        ConfigurationError: The port cannot be used: it is taken, or this user may not listen on it.
    """
    # asyncio turns Nagle's algorithm off only where the protocol is named; with it, small answers take 40 ms more.
    bound = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
        bound.listen(2048)
    except (OSError, OverflowError) as error:
        bound.close()
        raise unusable(host, port, error) from None
    return bound


def unusable(host: str, port: int, error: OSError | OverflowError) -> ConfigurationError:
    """What is said of a port that cannot be used."""
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return ConfigurationError(f"Port {port} on {host} cannot be used ({reason}).", hint="Choose another port.")
