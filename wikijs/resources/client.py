"""What both clients are: their settings, their policy, their engine, and what they tell of themselves."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from wikijs.auth import Auth, as_auth
from wikijs.core.engine import Engine
from wikijs.core.settings import MAX_RESPONSE_BYTES, Settings
from wikijs.core.values.locales import Locales
from wikijs.middleware.named import one_limiter, one_retry, show_log
from wikijs.middleware.policy import Policy, make_policy
from wikijs.middleware.stats import Stats

if TYPE_CHECKING:
    import ssl

    from wikijs.cache import Cache, CacheStats
    from wikijs.cache.reads import ReadCache
    from wikijs.core.events import Listener
    from wikijs.core.operations import Operation
    from wikijs.core.processes.locks import PageLock
    from wikijs.middleware.breaker import BreakerStats, Circuit, CircuitBreaker
    from wikijs.middleware.limiter import ServerLimits
    from wikijs.middleware.retry import RetryStrategy
    from wikijs.middleware.stats import ClientStats, Metrics
    from wikijs.plugins.manager import PluginManager
    from wikijs.plugins.types import Plugin

log = logging.getLogger("wikijs")
HttpClient = TypeVar("HttpClient")


class ClientBase(Generic[HttpClient]):
    """Base of the clients of both colours; nothing here sends or waits."""

    def __init__(
        self,
        url: str,
        auth: Auth | str | None = None,
        *,
        timeout: float = 30.0,
        verify_ssl: bool | ssl.SSLContext = True,
        headers: Mapping[str, str] | None = None,
        proxy: str | None = None,
        user_agent: str = "",
        attempt_timeout: float | None = None,
        max_response_bytes: int = MAX_RESPONSE_BYTES,
        page_lock: PageLock | None = None,
        http_client: HttpClient | None = None,
        retry: RetryStrategy | bool = True,
        circuit_breaker: CircuitBreaker | None = None,
        rate_limiter: ServerLimits | bool = True,
        cache: Cache | None = None,
        on_event: Listener | None = None,
        plugins: Sequence[Plugin | str] = (),
        locale: str | None = None,
        retry_strategy: RetryStrategy | bool | None = None,
        rate_limit: float | None = None,
        rate_limit_timeout: float | None = None,
        log_level: int | str | None = None,
    ) -> None:
        """Make a client. Nothing is sent yet.

        Args:
            url: Root of the wiki, such as "https://wiki.example.com".
            auth: An API key as plain text, or `APIKeyAuth`, `JWTAuth`, `PasswordAuth`; None to come as a guest.
            timeout: Seconds to wait for connecting, sending and each part of an answer.
            attempt_timeout: Seconds that one request may take as a whole, from connecting to the last byte of its
                answer; four times `timeout` unless given. Uploads and downloads may take longer than that.
            max_response_bytes: Bytes of an answer at most, unpacked; 100 MiB unless given. Downloads may be larger.
            page_lock: What keeps page writes of several processes apart, such as `wikijs.middleware.FileLock(path)`.
                Those of one process never run side by side.
            verify_ssl: Whether to check the server's certificate, or an `ssl.SSLContext` of your own.
            headers: Headers added to every request, for a proxy in front of the wiki for instance.
            proxy: URL of an HTTP or SOCKS proxy to go through.
            user_agent: Name to send instead of "py-wikijs/<version>".
            http_client: An HTTP client of your own; timeout, verify_ssl, headers, proxy and user_agent are then its
                business, and closing it is yours.
            retry: When failed requests are repeated: True for a modest strategy, False for never, or one of your own.
            circuit_breaker: Stops asking a server that is down, one circuit for each server; none by default.
            rate_limiter: Rates to keep: True for the server's own limits only, False for none, or a `RateLimiter`.
            cache: Keeps answers of reads: `MemoryCache`, `FileCache` or `RedisCache`; none by default.
            on_event: Called with each event: requests, retries, waits.
            plugins: Objects of `wikijs.plugins`, or names of installed ones; the first stands around all others.
            locale: Code of the locale that paths mean where a call does not say; the wiki's main one unless given, for
                which it is asked once.
            retry_strategy: Another name of retry.
            rate_limit: Requests per second at most, counted over any second; short for a `RateLimiter`.
            rate_limit_timeout: Seconds a request waits for the rate at most, else `RateLimitExceeded` is raised; None
                for as long as it takes.
            log_level: Level of the logger "wikijs", such as `logging.DEBUG` or "DEBUG", for the whole program. Where
                nobody has set up logging yet, it then goes to stderr.

        Raises:
            ConfigurationError: The URL, the token or a setting cannot be right, or one is given by two names.
            ExpiredTokenError: The token has expired.
        """
        self._settings = Settings(
            url,
            timeout,
            verify_ssl,
            headers or {},
            proxy,
            user_agent,
            attempt_timeout=attempt_timeout,
            max_response_bytes=max_response_bytes,
            page_lock=page_lock,
        )
        if log_level is not None:
            show_log(log_level)
        if verify_ssl is False and self._settings.url.startswith("https"):
            log.warning("verify_ssl=False: anybody on the way can be %s, and read the token.", self._settings.url)
        retry = one_retry(retry, retry_strategy)
        rate_limiter = one_limiter(rate_limiter, rate_limit, rate_limit_timeout)
        self._stats = Stats()
        self._policy = make_policy(self._settings.origin, self._stats, retry, circuit_breaker, rate_limiter, on_event)
        self._auth = as_auth(auth)
        self._auth.attach(self._settings.url)
        self._reads = _read_through(cache, self._settings.url, self._policy)
        locales = Locales(_ask_locales, locale)
        self._engine = Engine(self._auth, self._settings.url, self._policy, self._reads, _ask_version, locales)
        if plugins:
            self.plugins.add(plugins)
        self._start(http_client)

    def _start(self, http_client: HttpClient | None) -> None:
        """Make what sends: the only part that differs by colour."""
        raise NotImplementedError

    @property
    def url(self) -> str:
        """Root of the wiki."""
        return self._settings.url

    @property
    def circuit_breaker(self) -> Circuit | None:
        """What the circuit breaker given to the client knows of this server, for its `stats()` and `reset()`."""
        return self._policy.circuit

    @property
    def cache(self) -> ReadCache:
        """The cache given to the client, for `clear()`, `delete("page:12")` and `stats()`; without one an empty one."""
        from wikijs.cache.reads import no_cache

        return self._reads or no_cache()

    @cached_property
    def plugins(self) -> PluginManager:
        """The plugins, for `register`, `unregister`, and `client.plugins["metrics"]`."""
        from wikijs.plugins.manager import PluginManager

        return PluginManager(self._engine)

    def _watched(self) -> tuple[BreakerStats | None, CacheStats | None]:
        """What `health` tells of the circuit breaker and the cache."""
        circuit = self._policy.circuit
        return None if circuit is None else circuit.stats(), None if self._reads is None else self._reads.stats()

    def _let_go(self) -> None:
        """Detach the plugins, and drop from the cache what could not be dropped yet."""
        if self._reads is not None:
            self._reads.flush()
        if "plugins" in self.__dict__:
            self.plugins.close()

    def stats(self) -> ClientStats:
        """Counts and latencies of this client's requests so far."""
        return self._stats.snapshot()

    def get_metrics(self, *, reset: bool = False) -> Metrics:
        """What this client has done so far, in figures: requests, errors, latency in milliseconds, counters.

        They are attributes and entries of a dictionary: `get_metrics().latency.p95`, `get_metrics()["total_errors"]`.
        `stats()` has the figures of each operation.

        Args:
            reset: Whether to count from zero afterwards, `stats()` included.
        """
        return self._stats.metrics(reset=reset)

    def reset_metrics(self) -> None:
        """Count from zero from here on; see `get_metrics`."""
        self._stats.metrics(reset=True)

    def __repr__(self) -> str:
        if "_auth" not in self.__dict__:  # it could not be made
            return f"<{type(self).__name__}>"
        return f"<{type(self).__name__} {self.url} {self._auth!r}>"


def _read_through(cache: Cache | None, url: str, policy: Policy) -> ReadCache | None:
    if cache is None:
        return None
    from wikijs.cache.reads import ReadCache

    return ReadCache(cache, url, policy.events)


def _ask_version() -> Operation[Any]:
    """The operation that tells the server's release, imported when it is wanted."""
    from wikijs import ops

    return ops.system_info_version()


def _ask_locales() -> Operation[Any]:
    """The operation that tells the wiki's locales, imported when it is wanted."""
    from wikijs import ops

    return ops.localization_config()
