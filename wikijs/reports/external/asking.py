"""Asking other sites whether there is something at an address: politely, and never for longer than was allowed."""

from __future__ import annotations

import asyncio
import ssl
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urljoin

import httpcore2
import httpx2

from wikijs import __version__
from wikijs.core.answers.waiting import retry_after
from wikijs.exceptions import WebhookRefusedError

from .options import ExternalOptions
from .verdicts import Verdict

_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_LASTING: Final = frozenset({301, 308})
_REFUSALS: Final = frozenset({401, 403, 407, 451})
_GONE: Final = frozenset({404, 410})
_TOO_MANY: Final = 429
_AGAIN: Final = frozenset({"slow", "unreachable", "failing", "busy"})
_READ: Final = 2_048
"""Bytes of an answer that are read at most."""
_FIRST_PAUSE: Final = 0.5
_HEADERS: Final = (
    ("User-Agent", f"py-wikijs-link-check/{__version__}"),
    ("Accept", "*/*"),
)


@dataclass
class _Host:
    """How a site is treated.

    Attributes:
        waiting: Addresses that are still to be asked for.
        next_at: When it may be asked next, by the clock of the loop.
        failures: How often in a row it could not be reached.
    """

    waiting: deque[str] = field(default_factory=deque[str])
    next_at: float = 0.0
    failures: int = 0


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    location: str | None
    retry_after: float | None


class Asker:
    """Asks for many addresses at once, and for few of one site.

    Args:
        options: How.
        told: Called with each address and what became of it.
        backend: What opens connections, for tests.
        ssl_context: What certificates are checked with.
    """

    def __init__(
        self,
        options: ExternalOptions,
        told: Callable[[str, Verdict], None],
        *,
        backend: httpcore2.AsyncNetworkBackend | None = None,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        from wikijs.webhooks.sending.guard import GuardedBackend, networks

        self._options = options
        self._told = told
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=ssl_context,
            max_connections=options.in_flight,
            max_keepalive_connections=options.in_flight,
            keepalive_expiry=5.0,
            network_backend=backend or GuardedBackend(networks(options.allow_networks)),
        )
        self._places = asyncio.Semaphore(options.in_flight)
        self._hosts: dict[str, _Host] = {}
        self._ends_at = 0.0

    async def ask(self, urls: Iterable[str]) -> None:
        """Ask for all of them; what is not asked in time is told as such."""
        loop = asyncio.get_running_loop()
        self._ends_at = loop.time() + self._options.seconds
        for url in urls:
            self._host(url).waiting.append(url)
        try:
            async with asyncio.TaskGroup() as tasks:
                for host in list(self._hosts.values()):
                    for _ in range(min(self._options.per_host, len(host.waiting))):
                        tasks.create_task(self._work(host))
        finally:
            await self._pool.aclose()

    def _host(self, url: str) -> _Host:
        parts = httpx2.URL(url)
        return self._hosts.setdefault(f"{parts.host}:{parts.port or parts.scheme}", _Host())

    def _left(self) -> float:
        return self._ends_at - asyncio.get_running_loop().time()

    async def _work(self, host: _Host) -> None:
        while host.waiting:
            url = host.waiting.popleft()
            if self._left() <= 0:
                self._told(url, Verdict("unasked", "There was no time left to look."))
            elif host.failures >= self._options.give_up:
                self._told(url, Verdict("unasked", "The site could not be reached several times before."))
            else:
                self._told(url, await self._one(url, host))

    async def _one(self, url: str, host: _Host) -> Verdict:
        """What became of one address, after some attempts."""
        verdict = Verdict("unasked", "There was no time left to look.")
        for attempt in range(self._options.attempts):
            if attempt:
                await asyncio.sleep(min(_FIRST_PAUSE * 2 ** (attempt - 1), max(self._left(), 0)))
            if self._left() <= 0:
                return verdict
            try:
                verdict = await self._follow(url)
            except WebhookRefusedError:
                return Verdict("private", "It leads into a private network, where this report does not look.")
            except (TimeoutError, httpcore2.TimeoutException):
                verdict = Verdict("slow", f"No answer within {self._options.timeout:g} s.")
            except (httpcore2.NetworkError, httpcore2.ProtocolError, ssl.SSLError, OSError) as error:
                verdict = Verdict("unreachable", _reason(error))
            except (httpx2.InvalidURL, ValueError, OverflowError):
                return Verdict("unreachable", "It is no address.")
            if verdict.fate not in _AGAIN:
                break
        host.failures = host.failures + 1 if verdict.fate in {"slow", "unreachable"} else 0
        return verdict

    async def _follow(self, url: str) -> Verdict:
        """Ask for an address and for where it leads to."""
        seen = {url}
        here, is_moved = url, True
        while True:
            answer = await self._exchange(here)
            if answer.status not in _REDIRECTS or not answer.location:
                return self._judged(answer, url, here if here != url and is_moved else "")
            is_moved = is_moved and answer.status in _LASTING
            here = urljoin(here, answer.location).partition("#")[0]
            if not here.lower().startswith(("http://", "https://")):
                return Verdict("failing", "It leads to something that is no web page.", answer.status)
            if here in seen:
                return Verdict("loop", "It leads in a circle.", answer.status)
            if len(seen) > self._options.redirects:
                return Verdict("loop", f"It leads on more than {self._options.redirects} times.", answer.status)
            seen.add(here)

    def _judged(self, answer: _Answer, url: str, moved_to: str) -> Verdict:
        status = answer.status
        if status in _GONE:
            return Verdict("gone", f"There is nothing ({status}).", status)
        if status == _TOO_MANY:
            return Verdict("busy", "The site was asked too often (429).", status)
        if status in _REFUSALS:
            return Verdict("refused", f"The site lets nobody in without a login, or no programs ({status}).", status)
        if status >= 400:
            return Verdict("failing", f"The site answers {status}.", status)
        if moved_to:
            return Verdict("moved", f"It moved to {moved_to}.", status, moved_to)
        return Verdict("fine", "", status)

    async def _exchange(self, url: str) -> _Answer:
        """HEAD, and GET where the answer to that means little: many servers know no HEAD."""
        answer = await self._request("HEAD", url)
        if answer.status >= 400 and answer.status != _TOO_MANY:
            answer = await self._request("GET", url)
        return answer

    async def _request(self, method: str, url: str) -> _Answer:
        host = self._host(url)
        await self._turn(host)
        parts = httpx2.URL(url)
        port = f":{parts.port}" if parts.port is not None else ""
        name = parts.raw_host.decode("ascii")
        shown = f"[{name}]" if ":" in name else name
        seconds = max(min(self._options.timeout, self._left()), 0.001)
        request = httpcore2.Request(
            method,
            httpcore2.URL(scheme=parts.raw_scheme, host=parts.raw_host, port=parts.port, target=parts.raw_path),
            headers=[("Host", f"{shown}{port}"), *_HEADERS],
            extensions={"timeout": dict.fromkeys(("connect", "read", "write"), seconds)},
        )
        async with self._places, asyncio.timeout(seconds):
            response = await self._pool.handle_async_request(request)
            try:
                if method == "GET":
                    await _some_of(response)
            finally:
                await response.aclose()
        headers = {key.lower(): value.decode("latin-1") for key, value in response.headers}
        pause = retry_after(headers.get(b"retry-after"))
        if response.status == _TOO_MANY or (response.status == 503 and pause is not None):
            wait = min(self._options.longest_wait if pause is None else pause, self._options.longest_wait)
            host.next_at = max(host.next_at, asyncio.get_running_loop().time() + wait)
        return _Answer(response.status, headers.get(b"location"), pause)

    async def _turn(self, host: _Host) -> None:
        """Wait until a site may be asked again."""
        now = asyncio.get_running_loop().time()
        at = max(host.next_at, now)
        host.next_at = at + self._options.pause
        if at > now:
            await asyncio.sleep(min(at - now, max(self._left(), 0)))
        if self._left() <= 0:
            raise TimeoutError


async def _some_of(response: httpcore2.Response) -> None:
    """Read the beginning of an answer, and no more, however long it is."""
    read = 0
    async for chunk in response.aiter_stream():
        read += len(chunk)
        if read >= _READ:
            return


def _reason(error: Exception) -> str:
    if isinstance(error, ssl.SSLError) or "SSL" in str(error) or "certificate" in str(error).lower():
        return "Its certificate is not good."
    if "cannot be resolved" in str(error) or "has no address" in str(error):
        return "There is no site of this name."
    if isinstance(error, httpcore2.ProtocolError):
        return "The site answers something that is no HTTP, or nothing at all."
    return "The site cannot be reached."


def check_hosts(urls: Sequence[str]) -> tuple[list[str], list[tuple[str, Verdict]]]:
    """Addresses that can be asked for, and what is said of the others."""
    good: list[str] = []
    bad: list[tuple[str, Verdict]] = []
    for url in urls:
        try:
            parts = httpx2.URL(url)
            has_host, has_user = bool(parts.raw_host), bool(parts.userinfo)
        except (httpx2.InvalidURL, ValueError, UnicodeError):
            has_host, has_user = False, False
        if not has_host:
            bad.append((url, Verdict("unreachable", "It is no address.")))
        elif has_user:
            bad.append((url, Verdict("unasked", "It holds a user name or a password, which is not sent anywhere.")))
        else:
            good.append(url)
    return good, bad
