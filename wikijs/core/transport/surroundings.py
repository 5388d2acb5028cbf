"""What of the network comes from the environment: proxies, and the authorities that are trusted.

The HTTP library reads the variables and fails on them with errors of its own; here each problem names its variable.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from typing import Final
from urllib.parse import urlsplit
from urllib.request import proxy_bypass

from wikijs.exceptions import ConfigurationError

from ..settings import PROXIES, Settings, is_url

_KINDS: Final = ("http", "https", "all")
_CERTIFICATES: Final = "SSL_CERT_FILE"
_MOST_BYTES: Final = 1_000_000
"""Of a file of certificates that are looked at."""


def check_proxies(environment: Mapping[str, str] = os.environ) -> None:
    """Refuse proxies of the environment that cannot be used.

    Raises:
        ConfigurationError: One is no URL of a proxy, or needs a package that is not installed.
    """
    for name, value in _proxies(environment):
        url = value if "://" in value else f"http://{value}"
        if not is_url(url, PROXIES):
            raise ConfigurationError(
                f"{name} is not the URL of a proxy: {_shown(value)}.",
                hint=f"Write it as http://host:port, or unset {name}; NO_PROXY names hosts that need none.",
            )
        if url.startswith("socks") and find_spec("socksio") is None:
            raise ConfigurationError(
                f"{name} names a SOCKS proxy, which needs a package that is not installed.",
                hint=f"pip install 'httpx2[socks]', or unset {name}.",
            )


def check_certificates(environment: Mapping[str, str] = os.environ) -> None:
    """Refuse a file of certificates of the environment that cannot be read.

    Raises:
        ConfigurationError: There are none where the variable says.
    """
    path = environment.get(_CERTIFICATES)
    if not path:
        return
    try:
        with open(path, "rb") as file:
            reason = None if b"-----BEGIN" in file.read(_MOST_BYTES) else "it holds no certificate"
    except OSError as error:
        reason = error.strerror or type(error).__name__
    if reason is not None:
        raise ConfigurationError(
            f"{_CERTIFICATES} names {path}, which cannot be used: {reason}.",
            hint=f"Name a file of certificates in PEM form, or unset {_CERTIFICATES}.",
        )


def proxy_of(settings: Settings, environment: Mapping[str, str] = os.environ) -> tuple[str, str] | None:
    """What says which proxy requests go through, and that proxy without its password; None where they go directly."""
    if settings.proxy is not None:
        return "proxy", _shown(settings.proxy)
    parts = urlsplit(settings.url)
    known = {kind: (name, value) for kind, name, value in _by_kind(environment)}
    found = known.get(parts.scheme) or known.get("all")
    if found is None or proxy_bypass(parts.netloc):
        return None
    return found[0], _shown(found[1])


def _proxies(environment: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    return ((name, value) for _, name, value in _by_kind(environment))


def _by_kind(environment: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """Kind, name and value of each variable that counts: in lower case it wins, and even an empty one does."""
    for kind in _KINDS:
        lower, upper = f"{kind}_proxy", f"{kind.upper()}_PROXY"
        name = lower if lower in environment else upper
        if environment.get(name):
            yield kind, name, environment[name]


def _shown(url: str) -> str:
    """A URL without what stands before its @, which may hold a password, in one line."""
    scheme, mark, rest = url.rpartition("://")
    return ascii(scheme + mark + rest.rpartition("@")[2])[1:-1]
