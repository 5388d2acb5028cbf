"""What the service counts, for Prometheus. No paths of pages, no names of people: ids of endpoints only."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from wikijs.feed import ChangeFeed
    from wikijs.feed.types import Event

    from .dispatch import Dispatcher
    from .doors import Sending

TABLE: Final[Mapping[str, tuple[str, str]]] = {
    "wikijs_feed_lag_seconds": ("gauge", "Seconds since the wiki was last seen."),
    "wikijs_feed_suspended": ("gauge", "Whether nothing can be seen."),
    "wikijs_feed_polls_seconds": ("summary", "Time of a look, of the newest pages (head) or at all of them (sweep)."),
    "wikijs_feed_sequence": ("counter", "Number of the newest event."),
    "wikijs_events_total": ("counter", "Events that this process found, by their type."),
    "wikijs_webhook_attempts_total": ("counter", "Attempts of this process, by endpoint and how they ended."),
    "wikijs_webhook_backlog": ("gauge", "Messages that wait."),
    "wikijs_webhook_oldest_seconds": ("gauge", "Age of the oldest message that waits."),
}
"""All that `/metrics` shows: kind and meaning."""


class Looks:
    """What came of the looks at one wiki."""

    def __init__(self) -> None:
        self.count: Counter[str] = Counter()
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self.events: Counter[str] = Counter()

    def note(self, kind: str, seconds: float, events: Iterable[Event]) -> None:
        """Take one look into account."""
        self.count[kind] += 1
        self.seconds[kind] += seconds
        self.events.update(event.type for event in events)


def exposition(hooks: Sending, looking: Sequence[tuple[ChangeFeed, Looks]], dispatcher: Dispatcher) -> str:
    """All figures in Prometheus' text format."""
    statuses = [feed.status() for feed, _ in looking]
    waiting, now = hooks.waiting(), hooks.store.clock()
    oldest = hooks.outbox.oldest()
    endpoints = [each.id for each in hooks.list()]
    found = Counter[str]()
    for _, each in looking:
        found.update(each.events)
    looks = [(_host(status.wiki), looks) for status, (_, looks) in zip(statuses, looking, strict=True)]
    rows: dict[str, list[tuple[str, float]]] = {
        "wikijs_feed_lag_seconds": [(_labels(wiki=_host(each.wiki)), each.lag or 0.0) for each in statuses],
        "wikijs_feed_suspended": [
            (_labels(wiki=_host(each.wiki)), float(each.suspended_since is not None)) for each in statuses
        ],
        "wikijs_feed_polls_seconds": [
            (f"_{part}{_labels(wiki=wiki, kind=kind)}", float(figure))
            for wiki, each in looks
            for kind in ("head", "sweep")
            for part, figure in (("count", each.count[kind]), ("sum", each.seconds[kind]))
        ],
        "wikijs_feed_sequence": [("", hooks.store.last_sequence())],
        "wikijs_events_total": [(_labels(type=name), count) for name, count in sorted(found.items())],
        "wikijs_webhook_attempts_total": [
            (_labels(endpoint=endpoint, outcome=outcome), dispatcher.attempts[endpoint, outcome])
            for endpoint in endpoints
            for outcome in ("delivered", "failed")
        ],
        "wikijs_webhook_backlog": [(_labels(endpoint=each), waiting.get(each, 0)) for each in endpoints],
        "wikijs_webhook_oldest_seconds": [
            (_labels(endpoint=each), max(now - oldest[each], 0.0) if each in oldest else 0.0) for each in endpoints
        ],
    }
    lines: list[str] = []
    for name, (kind, meaning) in TABLE.items():
        lines += [f"# HELP {name} {meaning}", f"# TYPE {name} {kind}"]
        lines += [f"{name}{labels} {value:.10g}" for labels, value in rows[name]]
    return "\n".join(lines) + "\n"


def _host(wiki: str) -> str:
    # As `MetricsPlugin` names it, so that both can be looked at side by side.
    return wiki.partition("://")[2] or wiki


def _labels(**values: str) -> str:
    return "{" + ",".join(f'{name}="{_escaped(text)}"' for name, text in values.items()) + "}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
