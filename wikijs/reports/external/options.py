"""How other sites are asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class ExternalOptions:
    """How other sites are asked.

    Attributes:
        timeout: Seconds for one request.
        seconds: Seconds for all of them: what is left then is not looked at.
        most: Addresses that are looked at, at most.
        in_flight: Requests at the same time.
        per_host: Requests to one site at the same time.
        pause: Seconds between the beginnings of two requests to one site.
        attempts: Attempts for an address whose site fails or does not answer.
        redirects: How often an address may lead on.
        longest_wait: Seconds at most that a site which says "too many requests" is waited for.
        give_up: After so many failures in a row a site is left alone.
        ignored: Patterns of addresses that are not looked at, such as "https://intranet.*" or "*.example.com/*".
        allow_networks: Private networks that may be looked into, such as "10.0.0.0/8". None otherwise: a page could
            make whoever runs this ask things that only they can reach.
        cache: File with earlier verdicts.
        fresh: Seconds for which a good verdict holds.
        retry: Seconds for which a bad one holds.
    """

    timeout: float = 15.0
    seconds: float = 600.0
    most: int = 10_000
    in_flight: int = 20
    per_host: int = 2
    pause: float = 0.1
    attempts: int = 3
    redirects: int = 5
    longest_wait: float = 30.0
    give_up: int = 5
    ignored: Sequence[str] = ()
    allow_networks: Sequence[str] = ()
    cache: Path | None = None
    fresh: float = 24 * 3600.0
    retry: float = 3600.0
