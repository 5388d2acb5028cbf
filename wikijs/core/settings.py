"""What a client was told about the server and the network, checked once."""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from dataclasses import field
from typing import TYPE_CHECKING, Final, cast
from urllib.parse import urlsplit, urlunsplit

from wikijs import __version__
from wikijs.exceptions import ConfigurationError

from .values.patterns import LazyPattern
from .values.records import record

if TYPE_CHECKING:
    import ssl

    from .processes.locks import PageLock

_HEADER_NAME: Final = LazyPattern(r"[\w!#$%&'*+.^`|~-]+", re.ASCII)
_HEADER_VALUE: Final = LazyPattern(r"([\x21-\x7e]([\x20-\x7e\t]*[\x21-\x7e])?)?")
MAX_RESPONSE_BYTES: Final = 100 * 1024 * 1024
"""Bytes of an answer at most, unpacked; a list of 100,000 pages has about a third of it."""
PROXIES: Final = frozenset({"http", "https", "socks5", "socks5h"})
"""Schemes of the URLs of proxies."""
TIMEOUT: Final = 30.0
"""Seconds."""
LONGEST: Final = 1_000_000.0
"""Seconds that may be waited at most: clocks of the system end somewhere."""


@record
class Settings:
    """Settings of one client. See `WikiJSClient` for what each means."""

    url: str
    timeout: float = TIMEOUT
    verify_ssl: bool | ssl.SSLContext = True
    headers: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    proxy: str | None = field(default=None, repr=False)
    user_agent: str = ""
    attempt_timeout: float | None = None
    max_response_bytes: int = MAX_RESPONSE_BYTES
    page_lock: PageLock | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "url", normalize_url(self.url))
        if cast("float | None", self.timeout) is None:  # a setting that nobody made
            object.__setattr__(self, "timeout", TIMEOUT)
        for name in ("timeout", "attempt_timeout"):
            seconds: object = getattr(self, name)
            if seconds is None:
                continue
            if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 < seconds <= LONGEST:
                bounds = f"more than 0 seconds and at most {LONGEST:,.0f}"
                raise ConfigurationError(f"{name} must be {bounds}, not {seconds!r}.")
        if self.max_response_bytes < 1:
            raise ConfigurationError(f"max_response_bytes must be at least 1, not {self.max_response_bytes!r}.")
        own = {"user-agent": self.user_agent} if self.user_agent else {}
        for name, value in {**self.headers, **own}.items():
            if not (_HEADER_NAME.fullmatch(name) and _HEADER_VALUE.fullmatch(value)):
                # The value may be a secret: it is not repeated.
                raise ConfigurationError(f"The header {name!r} has a name or a value that HTTP does not allow.")
        if self.proxy is not None and not is_url(self.proxy, PROXIES):
            raise ConfigurationError("proxy must be a URL that starts with http, https, socks5 or socks5h.")
        if not self.user_agent:
            object.__setattr__(self, "user_agent", f"py-wikijs/{__version__}")

    @property
    def longest(self) -> float:
        """Seconds that one request may take as a whole."""
        return 4 * self.timeout if self.attempt_timeout is None else self.attempt_timeout

    @property
    def wiki(self) -> str:
        """What tells one wiki from another, however it is reached."""
        return self.host.lower() + urlsplit(self.url).path

    @property
    def host(self) -> str:
        """Host and, unless it is the usual one, port: what a `Host` header says."""
        parts = urlsplit(self.url)
        usual = {"http": 80, "https": 443}[parts.scheme]
        name = parts.hostname or ""
        name = name if name.isascii() else name.encode("idna").decode()
        name = f"[{name}]" if ":" in name else name
        return name if parts.port in {None, usual} else f"{name}:{parts.port}"

    @property
    def origin(self) -> str:
        """Scheme and host, and the port unless it is the usual one: what tells one server from another."""
        return f"{urlsplit(self.url).scheme}://{self.host}"


def normalize_url(url: str) -> str:
    """The root of a wiki, without a trailing slash and without `/graphql`.

    Raises:
        ConfigurationError: This is no http or https URL, or it holds credentials.
    """
    if not isinstance(url, str):  # pyright: ignore[reportUnnecessaryIsInstance]  an unset variable is None
        raise ConfigurationError(
            f"The URL of the wiki must be a text, not {type(url).__name__}.",
            hint="It should read like https://wiki.example.com",
        )
    url = url.strip().removeprefix("<").removesuffix(">")  # as text puts them in
    if not is_url(url, {"http", "https"}):
        is_near = ":/" not in url and is_url(f"https://{url}", {"https"})
        suggestion = f"https://{url}" if is_near else "https://wiki.example.com"
        if "@" in url:  # what stands before it may be a password
            url, suggestion = f"…@{url.rpartition('@')[2]}", "https://wiki.example.com"
        raise ConfigurationError(f"{url!r} is not the URL of a wiki.", hint=f"It should read like {suggestion}")
    parts = urlsplit(url)
    if parts.username or parts.password:
        # They would show up in every log line that names the URL.
        raise ConfigurationError("The wiki's URL must not hold a user name or password.", hint="Use auth= instead.")
    path = parts.path.rstrip("/").removesuffix("/graphql").rstrip("/")
    return urlunsplit((parts.scheme, parts.netloc, path, "", ""))


def _is_host(name: str) -> bool:
    # The tables for names in other scripts take their time, and most names need none.
    plain = name.isascii() and all(0 < len(part) < 64 for part in name.removesuffix(".").split("."))
    return bool(name) if plain else bool(name.encode("idna"))


def is_url(text: str, schemes: Set[str]) -> bool:
    """Whether a text is a URL of one of these schemes, with a host and a port that can be."""
    try:
        parts = urlsplit(text)
        if not text.isprintable() or " " in text:
            return False
        return parts.scheme in schemes and _is_host(parts.hostname or "") and parts.port != 0
    except ValueError:  # brackets, a port or a name that make no sense
        return False
