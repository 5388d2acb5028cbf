"""`MetricsPlugin`: figures for Prometheus, OpenTelemetry, or a function of yours."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol, TypeAlias, TypeVar

from wikijs.core.events import BreakerOpened, CacheUsed, Event, LimitWait, Retrying, Settled
from wikijs.core.flow import Flow
from wikijs.core.transport.listening import unusable
from wikijs.core.values.installing import pip_line
from wikijs.exceptions import ConfigurationError, TransportError
from wikijs.plugins.types import Attempt, Call, Plugin, Proceed, Response

from . import names
from .outcome import ending

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

    from .health import Health

T = TypeVar("T")

Kind: TypeAlias = Literal["counter", "histogram", "gauge"]
Labels: TypeAlias = Mapping[str, str]
Report: TypeAlias = Callable[[str, float, Labels, Kind], object]
"""Gets the name of a figure, its value, its labels, and what it is: a counter is told what to add."""

_TABLE: Final[Mapping[str, tuple[Kind, str, tuple[str, ...]]]] = {
    "request_duration_seconds": (
        "histogram", "Time of a call, retries and waits included.", ("operation", "type", "outcome", "wiki"),
    ),
    "attempts_total": ("counter", "HTTP requests by the status of their answer.", ("operation", "status", "wiki")),
    "attempt_duration_seconds": ("histogram", "Time of one HTTP request.", ("operation", "wiki")),
    "retries_total": ("counter", "Attempts that were repeated.", ("operation", "wiki")),
    "settled_total": ("counter", "Writes of unknown outcome that were settled by reading.", ("outcome", "wiki")),
    "cache_total": ("counter", "Reads looked up in the cache.", ("result", "wiki")),
    "limit_wait_seconds_total": ("counter", "Time spent waiting for rate limits.", ("wiki",)),
    "breaker_opened_total": ("counter", "Times the circuit breaker opened.", ("wiki",)),
    "circuit_open": ("gauge", "Whether a circuit breaker lets nothing through to this server.", ("server", "wiki")),
    "calls_in_progress": ("gauge", "Calls under way.", ("wiki",)),
}  # fmt: skip
"""What there is: kind, help, labels. No path, user or id is a label: their number has no bound."""


class Backend(Protocol):
    """Takes figures."""

    def __call__(self, name: str, value: float, labels: Labels, kind: Kind, /) -> object:
        """Add to a counter, note a value of a histogram, or move a gauge by a value."""


class Prometheus:
    """Figures in a registry of `prometheus_client`; its own mode for several processes works.

    Args:
        registry: Where they are; the library's own one without it.
    """

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        try:
            import prometheus_client as library
        except ModuleNotFoundError:
            raise ConfigurationError(
                "MetricsPlugin(backend='prometheus') needs prometheus_client, which is an extra.",
                hint=pip_line("metrics"),
            ) from None
        self.registry = registry if registry is not None else library.REGISTRY
        self._metrics: dict[str, Any] = {}
        known: Mapping[str, Any] = getattr(self.registry, "_names_to_collectors", {})
        for name, (kind, text, labels) in _TABLE.items():
            full = names.PREFIX + name
            # Several plugins may share a registry, which takes each name once.
            found = known.get(full)
            if found is not None:
                self._metrics[name] = found
            elif kind == "histogram":
                self._metrics[name] = library.Histogram(
                    full, text, labels, registry=self.registry, buckets=names.BUCKETS
                )
            elif kind == "gauge":
                self._metrics[name] = library.Gauge(
                    full, text, labels, registry=self.registry, multiprocess_mode="livesum"
                )
            else:
                self._metrics[name] = library.Counter(full, text, labels, registry=self.registry)
        self._children: dict[tuple[str, ...], Any] = {}

    def __call__(self, name: str, value: float, labels: Labels, kind: Kind, /) -> None:
        """Take a figure."""
        key = (name, *labels.values())
        child = self._children.get(key)
        if child is None:
            child = self._children[key] = self._metrics[name].labels(**labels)
        if kind == "histogram":
            child.observe(value)
        else:
            child.inc(value)


class OpenTelemetry:
    """Figures for OpenTelemetry's metrics API, which does nothing until the program has set up its SDK.

    Args:
        meter: A meter of yours; without it one named `wikijs` of the program's provider.
    """

    _NAMES: Final = {
        "request_duration_seconds": (names.CALL_DURATION, "s"),
        "attempt_duration_seconds": (names.ATTEMPT_DURATION, "s"),
    }
    _LABELS: Final = {
        "operation": names.OPERATION_NAME,
        "type": names.OPERATION_TYPE,
        "outcome": names.OUTCOME,
        "status": names.STATUS,
        "wiki": names.SERVER,
    }

    def __init__(self, meter: Any = None) -> None:
        if meter is None:
            try:
                from opentelemetry import metrics
            except ModuleNotFoundError:
                raise ConfigurationError(
                    "MetricsPlugin(backend='otel') needs the OpenTelemetry API, which is an extra.",
                    hint=pip_line("otel"),
                ) from None
            meter = metrics.get_meter("wikijs")
        self._instruments: dict[str, Any] = {}
        for name, (kind, text, _) in _TABLE.items():
            called, unit = self._NAMES.get(name, (f"wikijs.client.{name.removesuffix('_total')}", "1"))
            make = {
                "histogram": meter.create_histogram,
                "counter": meter.create_counter,
                "gauge": meter.create_up_down_counter,
            }[kind]
            self._instruments[name] = make(called, unit=unit, description=text)

    def __call__(self, name: str, value: float, labels: Labels, kind: Kind, /) -> None:
        """Take a figure."""
        attributes = {self._LABELS.get(label, f"wikijs.{label}"): given for label, given in labels.items()}
        instrument = self._instruments[name]
        if kind == "histogram":
            instrument.record(value, attributes)
        else:
            instrument.add(value, attributes)


class MetricsPlugin(Plugin):
    """Counts and times calls, requests, retries, waits and uses of the cache.

    Args:
        backend: "prometheus", "otel", or a function that gets name, value, labels and kind of each figure, for StatsD
            and the like.
        registry: Of Prometheus: the registry to use.
        meter: Of OpenTelemetry: the meter to use.
        label: What stands in the label `wiki`, instead of host and port: a function of the root of the wiki.

    Raises:
        ConfigurationError: The library of that backend is not installed, or there is no such backend.
    """

    name = "metrics"

    def __init__(
        self,
        backend: Literal["prometheus", "otel"] | Report = "prometheus",
        *,
        registry: CollectorRegistry | None = None,
        meter: Any = None,
        label: Callable[[str], str] | None = None,
    ) -> None:
        self._backend: Report
        if backend == "prometheus":
            self._backend = Prometheus(registry)
        elif backend == "otel":
            self._backend = OpenTelemetry(meter)
        elif callable(backend):
            self._backend = backend
        else:
            raise ConfigurationError(f"The backend is prometheus, otel or a function, not {backend!r}.")
        self._label = label or _host
        self._wikis: dict[str, str] = {}
        self._opened: dict[str, float] = {}

    def _wiki(self, wiki: str) -> str:
        shown = self._wikis.get(wiki)
        if shown is None:
            shown = self._wikis[wiki] = self._label(wiki)
        return shown

    def around_call(self, call: Call, proceed: Proceed[T]) -> Flow[T]:
        """Time a call."""
        wiki, report = self._wiki(call.wiki), self._backend
        started, failure = time.perf_counter(), None
        report("calls_in_progress", 1, {"wiki": wiki}, "gauge")
        try:
            return (yield from proceed(call))
        except BaseException as error:
            failure = error
            raise
        finally:
            seconds = time.perf_counter() - started
            report("calls_in_progress", -1, {"wiki": wiki}, "gauge")
            labels = {"operation": call.name, "type": call.kind, "outcome": ending(failure, call.name), "wiki": wiki}
            report("request_duration_seconds", seconds, labels, "histogram")

    def around_attempt(self, attempt: Attempt, proceed: Proceed[Response]) -> Flow[Response]:
        """Count and time a request."""
        name, wiki, report = attempt.call.name, self._wiki(attempt.call.wiki), self._backend
        started, status = time.perf_counter(), "error"
        try:
            response = yield from proceed(attempt)
            status = str(response.status)
            if self._opened and response.status < 500:
                self._closed(attempt.call.wiki, started)
        except TransportError as error:
            status = "lost" if error.sent else "not_sent"
            raise
        finally:
            seconds = time.perf_counter() - started
            report("attempts_total", 1, {"operation": name, "status": status, "wiki": wiki}, "counter")
            report("attempt_duration_seconds", seconds, {"operation": name, "wiki": wiki}, "histogram")
        return response

    def on_event(self, event: Event, wiki: str = "") -> None:
        """Count what is no call."""
        shown, report = self._wiki(wiki), self._backend
        match event:
            case Retrying(operation):
                report("retries_total", 1, {"operation": operation, "wiki": shown}, "counter")
            case Settled(_, outcome):
                report("settled_total", 1, {"outcome": str(outcome), "wiki": shown}, "counter")
            case CacheUsed(_, found):
                report("cache_total", 1, {"result": found, "wiki": shown}, "counter")
            case LimitWait(_, seconds):
                report("limit_wait_seconds_total", seconds, {"wiki": shown}, "counter")
            case BreakerOpened():
                report("breaker_opened_total", 1, {"wiki": shown}, "counter")
                if wiki not in self._opened:
                    self._move_circuit(wiki, 1)
                self._opened[wiki] = time.perf_counter()
            case _:
                pass  # requests are timed above

    def attach(self, wiki: str) -> None:
        """Let the figure of the circuit begin with 0."""
        self._move_circuit(wiki, 0)

    def _closed(self, wiki: str, started: float) -> None:
        """A server answers again: to a request that was sent after its circuit had opened."""
        if self._opened.get(wiki, started) < started and self._opened.pop(wiki, None) is not None:
            self._move_circuit(wiki, -1)

    def _move_circuit(self, wiki: str, by: int) -> None:
        server = wiki.partition("://")[2].partition("/")[0] or "unknown"
        self._backend("circuit_open", by, {"server": server, "wiki": self._wiki(wiki)}, "gauge")


def _host(wiki: str) -> str:
    return wiki.partition("://")[2] or "unknown"


def serve(port: int, *, address: str = "127.0.0.1", registry: CollectorRegistry | None = None) -> Callable[[], None]:
    """Offer the figures at `http://address:port/metrics`, in a thread of its own.

    Args:
        port: Where to listen.
        address: On which address.
        registry: Whose figures; the library's own registry without it.

    Returns:
        A function that stops it.

    Raises:
        ConfigurationError: prometheus_client is not installed, or the port is taken.
    """
    try:
        import prometheus_client as library
    except ModuleNotFoundError:
        raise ConfigurationError(
            "Serving metrics needs prometheus_client, which is an extra.", hint=pip_line("metrics")
        ) from None
    try:
        server, thread = library.start_http_server(
            port, addr=address, registry=registry if registry is not None else library.REGISTRY
        )
    except OSError as error:
        raise unusable(address, port, error) from None

    def stop() -> None:
        server.shutdown()
        server.server_close()
        thread.join()

    return stop


class Watch:
    """Keeps what `client.health()` finds as gauges for Prometheus, for a program that only watches.

    Args:
        registry: Where they are; the library's own one without it.
    """

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        try:
            import prometheus_client as library
        except ModuleNotFoundError:
            raise ConfigurationError(
                "Figures for Prometheus need prometheus_client, which is an extra.",
                hint=pip_line("metrics"),
            ) from None
        used = registry if registry is not None else library.REGISTRY

        def gauge(name: str, text: str, *labels: str) -> Any:
            known: Any = getattr(used, "_names_to_collectors", {}).get(f"wikijs_{name}")
            return known or library.Gauge(f"wikijs_{name}", text, ("wiki", *labels), registry=used)

        self._up = gauge("up", "Whether the wiki can be worked with.")
        self._latency = gauge("latency_seconds", "Time of one small request.")
        self._expiry = gauge("key_expires_in_days", "Days until the API key ends.")
        self._version = gauge("version_info", "The release of the server.", "version")

    def take(self, health: Health) -> None:
        """Take over what was found."""
        wiki = _host(health.url)
        self._up.labels(wiki=wiki).set(float(health.ok))
        if health.latency is not None:
            self._latency.labels(wiki=wiki).set(health.latency)
        if health.expires_in_days is not None:
            self._expiry.labels(wiki=wiki).set(health.expires_in_days)
        if health.version:
            self._version.labels(wiki=wiki, version=health.version).set(1)
