"""Watching a client: logs, metrics, traces, an audit file. Each is a plugin, loaded by those who use it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from wikijs.logging import JSONFormatter as JSONFormatter
    from wikijs.logging import setup_logging as setup_logging

    from .audit import AuditPlugin as AuditPlugin
    from .logs import LoggingPlugin as LoggingPlugin
    from .metrics import MetricsPlugin as MetricsPlugin
    from .tracing import TracingPlugin as TracingPlugin

_HOMES: Final = {
    "AuditPlugin": "wikijs.telemetry.audit",
    "JSONFormatter": "wikijs.logging",
    "LoggingPlugin": "wikijs.telemetry.logs",
    "MetricsPlugin": "wikijs.telemetry.metrics",
    "TracingPlugin": "wikijs.telemetry.tracing",
    "setup_logging": "wikijs.logging",
}

__all__ = [
    "AuditPlugin",
    "JSONFormatter",
    "LoggingPlugin",
    "MetricsPlugin",
    "TracingPlugin",
    "setup_logging",
]


def __getattr__(name: str) -> object:
    from importlib import import_module

    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
