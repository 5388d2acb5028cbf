"""Plugins: code of others around each call and each request of a client, the same for both clients.

See docs/plugins.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wikijs.core.flow import Flow, blocking, pause
from wikijs.exceptions import PluginError

from .types import Attempt, Call, Plugin, Proceed, Request, Response, send

if TYPE_CHECKING:
    from wikijs.telemetry.audit import AuditPlugin as AuditPlugin
    from wikijs.telemetry.logs import LoggingPlugin as LoggingPlugin
    from wikijs.telemetry.metrics import MetricsPlugin as MetricsPlugin
    from wikijs.telemetry.tracing import TracingPlugin as TracingPlugin

    from .manager import PluginManager as PluginManager
    from .ready import DryRunPlugin as DryRunPlugin
    from .ready import HeadersPlugin as HeadersPlugin
    from .ready import ReadOnlyPlugin as ReadOnlyPlugin

_HOMES: Final = {
    "AuditPlugin": "wikijs.telemetry.audit",
    "DryRunPlugin": "wikijs.plugins.ready",
    "HeadersPlugin": "wikijs.plugins.ready",
    "LoggingPlugin": "wikijs.telemetry.logs",
    "MetricsPlugin": "wikijs.telemetry.metrics",
    "PluginManager": "wikijs.plugins.manager",
    "ReadOnlyPlugin": "wikijs.plugins.ready",
    "TracingPlugin": "wikijs.telemetry.tracing",
}

__all__ = [
    "Attempt",
    "AuditPlugin",
    "Call",
    "DryRunPlugin",
    "Flow",
    "HeadersPlugin",
    "LoggingPlugin",
    "MetricsPlugin",
    "Plugin",
    "PluginError",
    "PluginManager",
    "Proceed",
    "ReadOnlyPlugin",
    "Request",
    "Response",
    "TracingPlugin",
    "blocking",
    "pause",
    "send",
]


def __getattr__(name: str) -> object:
    # Each ready plugin is loaded by those who use it.
    from importlib import import_module

    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
