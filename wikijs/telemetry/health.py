"""Whether a wiki can be worked with: reachable, who one is there, how long the key lasts, how fast it answers."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from pydantic_core import from_json

from wikijs.core import identity
from wikijs.core.flow import Flow, Send
from wikijs.exceptions import AuthenticationRequiredError, PermissionDeniedError, WikiJSException

if TYPE_CHECKING:
    from wikijs.cache import CacheStats
    from wikijs.core.engine import Engine
    from wikijs.core.identity import Identity
    from wikijs.middleware.breaker import BreakerStats

SOON: Final = 14.0
"""Days before its end from which a key is worth a warning."""
SLOW: Final = 5.0
"""Seconds from which one small answer is worth a warning: a wiki on the same continent takes a tenth."""
_DAY: Final = 24 * 3600.0


@dataclass(frozen=True, slots=True)
class Health:
    """What was found. True when the wiki can be worked with, as `if client.health():`.

    Attributes:
        url: Root of the wiki.
        reachable: Whether something answers there.
        healthy: What the server says of itself at `/healthz`; None where it says nothing, as behind some proxies.
        latency: Seconds of one small request on an open connection; None where none was answered.
        identity: Who the server takes us for; None where that could not be told.
        expires_in_days: Days until the API key ends; None for what has no end, or is renewed.
        version: The server's release; None for those who may not see it.
        circuit: State and counts of the circuit breaker; None without one.
        cache: Counts of the cache; None without one.
        problems: Why the wiki cannot be worked with, a sentence each.
        warnings: What will be a problem, or may be one.
    """

    url: str
    reachable: bool = False
    healthy: bool | None = None
    latency: float | None = None
    identity: Identity | None = None
    expires_in_days: float | None = None
    version: str | None = None
    circuit: BreakerStats | None = None
    cache: CacheStats | None = None
    problems: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether the wiki can be worked with."""
        return not self.problems

    def __bool__(self) -> bool:
        return self.ok


@dataclass
class _Found:
    healthy: bool | None = None
    latency: float | None = None
    who: Identity | None = None
    version: str | None = None
    problems: list[str] = field(default_factory=list[str])
    warnings: list[str] = field(default_factory=list[str])


def health(
    engine: Engine,
    *,
    circuit: BreakerStats | None,
    cache: CacheStats | None,
    now: Callable[[], float] = time.time,
    clock: Callable[[], float] = time.perf_counter,
) -> Flow[Health]:
    """Look at a wiki. Nothing is tried twice for it, and an open circuit breaker does not keep it from looking.

    Args:
        engine: Of the client.
        circuit: What its circuit breaker knows.
        cache: What its cache knows.
        now: Seconds since the epoch.
        clock: Monotonic seconds.
    """
    found = _Found()
    try:
        reply = yield from engine.exchange(Send("/healthz", b"", {}, method="GET"), None, "healthz")
    except WikiJSException as error:
        return Health(engine.url, circuit=circuit, cache=cache, problems=(_said(error),))
    found.healthy = _healthz(reply.status_code, reply.content)
    if found.healthy is False:
        found.problems.append(f"The server says at /healthz that it is not well (HTTP {reply.status_code}).")
    yield from _who(engine, found, clock)
    yield from _version(engine, found)
    days = _days_left(engine, now())
    if days is not None and days <= SOON:
        found.warnings.append(f"The API key expires in {days:.1f} days: make a new one before that.")
    if circuit is not None and circuit.state != "closed":
        found.warnings.append(f"The circuit breaker is {circuit.state}: requests are held back.")
    if found.latency is not None and found.latency >= SLOW:
        found.warnings.append(f"A small request took {found.latency:.1f} s.")
    return Health(
        engine.url,
        reachable=True,
        healthy=found.healthy,
        latency=found.latency,
        identity=found.who,
        expires_in_days=days,
        version=found.version,
        circuit=circuit,
        cache=cache,
        problems=tuple(found.problems),
        warnings=tuple(found.warnings),
    )


def _who(engine: Engine, found: _Found, clock: Callable[[], float]) -> Flow[None]:
    try:
        started = clock()
        yield from engine.exchange(Send("/healthz", b"", {}, method="GET"), None, "healthz")
        found.latency = clock() - started  # the connection was open
        found.who = yield from identity.whoami(engine, cache=False)
    except WikiJSException as error:
        found.problems.append(_said(error))
    else:
        if found.who.warning:
            found.problems.append(found.who.warning)


def _version(engine: Engine, found: _Found) -> Flow[None]:
    from wikijs_generated import operations as ops

    if found.who is None:
        return
    try:
        info = yield from engine.execute(ops.system_info_version(), False)
    except (PermissionDeniedError, AuthenticationRequiredError):
        return  # only those with manage:system may see it
    except WikiJSException as error:
        found.warnings.append(_said(error))
        return
    found.version = info.current_version
    if not (found.version or "").startswith("2."):
        found.warnings.append(f"This client is made for Wiki.js 2, and the server says {found.version}.")


def _healthz(status: int, content: bytes) -> bool | None:
    try:
        said = from_json(content)
    except ValueError:
        return None
    if isinstance(said, dict) and isinstance(said.get("ok"), bool):  # pyright: ignore[reportUnknownMemberType]
        return bool(said["ok"]) and status < 500  # pyright: ignore[reportUnknownArgumentType]
    return None


def _days_left(engine: Engine, now: float) -> float | None:
    token = engine.auth.current
    if token is None or not token.is_api_key or token.expires_at is None:
        return None
    return (token.expires_at - now) / _DAY


def _said(error: WikiJSException) -> str:
    return f"{error.message}{f' {error.hint}' if error.hint else ''}"
