"""Figures: what is counted, under which names, and where they can be read."""

from __future__ import annotations

import socket
import sys
import urllib.request
from collections import Counter
from typing import Any

import httpx2
import pytest
from prometheus_client import CollectorRegistry, generate_latest

from tests.plugins.both import READ, Both, LosingGroups, Server, html
from wikijs import exceptions as exc
from wikijs.cache import MemoryCache
from wikijs.middleware import CircuitBreaker, RateLimiter
from wikijs.telemetry import MetricsPlugin
from wikijs.telemetry.metrics import serve


@pytest.fixture(params=["blocking", "async"])
def both(request: pytest.FixtureRequest) -> Both:
    return Both(request.param)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def value(registry: CollectorRegistry, name: str, **labels: str) -> float | None:
    return registry.get_sample_value(f"wikijs_client_{name}", {"wiki": "wiki.example.com", **labels})


def test_calls_requests_and_retries_are_counted_for_prometheus(both: Both) -> None:
    registry = CollectorRegistry()
    plugin = MetricsPlugin("prometheus", registry=registry)
    both.read([plugin], Server(html(503)))
    both.write([plugin])
    refused = httpx2.Response(200, json={"errors": [{"message": "Forbidden"}], "data": None})
    with pytest.raises(exc.PermissionDeniedError):
        both.read([plugin], Server(refused))
    read = {"operation": "comments.list", "type": "query"}
    assert value(registry, "request_duration_seconds_count", outcome="ok", **read) == 1
    assert value(registry, "request_duration_seconds_count", outcome="refused", **read) == 1
    written = {"operation": "comments.delete", "type": "mutation", "outcome": "ok"}
    assert value(registry, "request_duration_seconds_count", **written) == 1
    assert value(registry, "attempts_total", operation="comments.list", status="503") == 1
    assert value(registry, "attempts_total", operation="comments.list", status="200") == 2
    assert value(registry, "attempt_duration_seconds_count", operation="comments.list") == 3
    assert value(registry, "retries_total", operation="comments.list") == 1
    assert value(registry, "calls_in_progress") == 0


def test_lost_requests_waits_caches_and_breakers_are_counted(both: Both) -> None:
    counted: Counter[tuple[str, ...]] = Counter()
    kinds: set[tuple[str, str]] = set()

    def take(name: str, value: float, labels: Any, kind: str) -> None:
        counted[(name, *labels.values())] += 1
        kinds.add((name, kind))

    plugin = MetricsPlugin(take, label=lambda wiki: "one")
    cache = MemoryCache()
    both.read([plugin], Server(httpx2.ReadError("lost")), cache=cache)
    both.read([plugin], cache=cache)
    with pytest.raises(exc.TransportError):
        both.read([plugin], Server(httpx2.ConnectError("no")), retry=False, circuit_breaker=CircuitBreaker(1))
    limiter = RateLimiter(2.0, burst_size=1)  # the second waits, unless this machine takes half a second for the first
    for _ in range(2):
        both.read([plugin], rate_limiter=limiter)
    assert counted["attempts_total", "comments.list", "lost", "one"] == 1
    assert counted["attempts_total", "comments.list", "not_sent", "one"] == 1
    assert counted["request_duration_seconds", "comments.list", "query", "not_sent", "one"] == 1
    assert counted["cache_total", "miss", "one"] == 1
    assert counted["cache_total", "hit", "one"] == 1
    assert counted["breaker_opened_total", "one"] == 1
    assert counted["limit_wait_seconds_total", "one"] >= 1
    assert ("calls_in_progress", "gauge") in kinds


def test_an_open_circuit_shows_until_the_server_answers_again(both: Both) -> None:
    registry, now = CollectorRegistry(), [0.0]
    plugin = MetricsPlugin(registry=registry)
    breaker = CircuitBreaker(1, 10.0, 1, clock=lambda: now[0])

    def shown() -> float | None:
        return value(registry, "circuit_open", server="wiki.example.com")

    both.read([plugin], circuit_breaker=breaker)
    assert shown() == 0
    for failure in (httpx2.ConnectError("no"), html(502)):  # the second is the probe, which opens it again
        with pytest.raises(exc.WikiJSException):
            both.read([plugin], Server(failure), retry=False, circuit_breaker=breaker)
        assert shown() == 1
        with pytest.raises(exc.TransportError, match="failed too often"):
            both.read([plugin], retry=False, circuit_breaker=breaker)
        assert shown() == 1
        now[0] += 11
    both.read([plugin], circuit_breaker=breaker)
    assert shown() == 0
    assert value(registry, "breaker_opened_total") == 2


def test_settled_writes_are_counted() -> None:
    from wikijs import ops

    counted: Counter[tuple[str, ...]] = Counter()

    plugin = MetricsPlugin(lambda name, value, labels, kind: counted.update([(name, *labels.values())]))
    Both("blocking").run(lambda client: client.execute(ops.groups_delete(3)), [plugin], LosingGroups())
    assert counted["settled_total", "applied", "wiki.example.com"] == 1


def test_one_registry_serves_several_plugins_and_wikis() -> None:
    registry = CollectorRegistry()
    for _ in range(2):
        Both("blocking").read([MetricsPlugin(registry=registry)])
    text = generate_latest(registry).decode()
    assert 'wikijs_client_attempts_total{operation="comments.list",status="200",wiki="wiki.example.com"} 2.0' in text


def test_no_path_user_or_id_is_a_label() -> None:
    registry = CollectorRegistry()
    Both("blocking").read([MetricsPlugin(registry=registry)])
    labels = {label for metric in registry.collect() for sample in metric.samples for label in sample.labels}
    assert labels <= {"operation", "type", "outcome", "wiki", "status", "le", "result", "server"}


def test_figures_go_to_opentelemetry(both: Both) -> None:
    from opentelemetry.sdk.metrics import MeterProvider
    from opentelemetry.sdk.metrics.export import InMemoryMetricReader

    reader = InMemoryMetricReader()
    provider = MeterProvider([reader])
    both.read([MetricsPlugin("otel", meter=provider.get_meter("test"))], Server(html(503)))
    data = reader.get_metrics_data()
    assert data is not None
    found = {
        metric.name: metric.data.data_points
        for resource in data.resource_metrics
        for scope in resource.scope_metrics
        for metric in scope.metrics
    }
    [call] = found["graphql.client.request.duration"]
    assert dict(call.attributes or {}) == {
        "graphql.operation.name": "comments.list",
        "graphql.operation.type": "query",
        "wikijs.outcome": "ok",
        "server.address": "wiki.example.com",
    }
    [request] = found["http.client.request.duration"]
    assert request.count == 2  # type: ignore[union-attr]
    assert found["wikijs.client.retries"]
    provider.shutdown()
    MetricsPlugin("otel")  # without an SDK it does nothing


def test_wrong_backends_and_missing_libraries_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong: Any = "statsd"
    with pytest.raises(exc.ConfigurationError, match="prometheus, otel or a function"):
        MetricsPlugin(wrong)
    monkeypatch.setitem(sys.modules, "prometheus_client", None)
    with pytest.raises(exc.ConfigurationError, match=r'pip install "py-wikijs\[metrics\]"'):
        MetricsPlugin()
    with pytest.raises(exc.ConfigurationError, match=r'pip install "py-wikijs\[metrics\]"'):
        serve(0)
    monkeypatch.setitem(sys.modules, "opentelemetry", None)
    with pytest.raises(exc.ConfigurationError, match=r'pip install "py-wikijs\[otel\]"'):
        MetricsPlugin("otel")


def test_programs_without_a_web_server_can_offer_their_figures() -> None:
    registry, port = CollectorRegistry(), free_port()
    Both("blocking").read([MetricsPlugin(registry=registry)])
    stop = serve(port, registry=registry)
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
            assert "wikijs_client_attempts_total" in answer.read().decode()
        with pytest.raises(exc.ConfigurationError, match=r"Port \d+ on .* cannot be used"):
            serve(port, registry=registry)
    finally:
        stop()
    assert READ.name
