"""Plugins and credentials that other packages bring along, by name. Nothing is loaded by being installed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING, Any, Final

from wikijs.exceptions import ConfigurationError, WikiJSException

from .types import Plugin

if TYPE_CHECKING:
    from wikijs.auth import Auth

GROUP: Final = "wikijs.plugins"
AUTH_GROUP: Final = "wikijs.auth"
READY: Final = {
    "audit": "wikijs.telemetry.audit:AuditPlugin",
    "dry-run": "wikijs.plugins.ready:DryRunPlugin",
    "headers": "wikijs.plugins.ready:HeadersPlugin",
    "logging": "wikijs.telemetry.logs:LoggingPlugin",
    "metrics": "wikijs.telemetry.metrics:MetricsPlugin",
    "read-only": "wikijs.plugins.ready:ReadOnlyPlugin",
    "tracing": "wikijs.telemetry.tracing:TracingPlugin",
}
"""Plugins of this package: `module:Class` by name."""


@dataclass(frozen=True)
class Found:
    """A plugin that can be had by name.

    Attributes:
        name: What to write into `plugins=`.
        package: The distribution that brings it, and its version.
        target: Where its class is, `module:Class`.
    """

    name: str
    package: str
    target: str


def available() -> list[Found]:
    """All plugins that can be had by name, ours first; nothing of them is imported."""
    from wikijs import __version__

    ours = [Found(name, f"py-wikijs {__version__}", target) for name, target in READY.items()]
    return ours + [Found(each.name, _package(each), each.value) for each in sorted(entry_points(group=GROUP))]


def _package(entry: EntryPoint) -> str:
    return f"{entry.dist.name} {entry.dist.version}" if entry.dist is not None else "unknown"


def load(name: str) -> Plugin:
    """An object of the plugin of that name.

    Raises:
        ConfigurationError: None is installed, several packages bring one, or it cannot be made.
    """
    if name in READY:
        made: Any = _made(name, _target(READY[name]))
    else:
        made = _made(name, _entry(GROUP, name, "plugin", READY))
    if not isinstance(made, Plugin):
        raise ConfigurationError(f"What is installed as the plugin {name!r} is none: {type(made).__name__}.")
    return made


def load_auth(name: str) -> Auth:
    """Credentials of that name (entry point group `wikijs.auth`): an object of `wikijs.auth.Auth`.

    Raises:
        ConfigurationError: None is installed, several packages bring one, or it cannot be made.
    """
    from wikijs.auth import Auth

    made = _made(name, _entry(AUTH_GROUP, name, "kind of credentials", ()))
    if not isinstance(made, Auth):
        raise ConfigurationError(f"What is installed as the credentials {name!r} is no wikijs.auth.Auth.")
    return made


def _target(target: str) -> Callable[[], Any]:
    module, _, attribute = target.partition(":")
    found: Callable[[], Any] = getattr(import_module(module), attribute)
    return found


def _entry(group: str, name: str, what: str, ours: Any) -> Any:
    known = entry_points(group=group)
    found = [entry for entry in known if entry.name == name]
    if not found:
        names = sorted({*ours, *(entry.name for entry in known)})
        raise ConfigurationError(
            f"No {what} {name!r} is installed.",
            hint=f"There are: {', '.join(names)}." if names else f"Install the package that brings it ({group}).",
        )
    if len(found) > 1:
        packages = ", ".join(_package(entry) for entry in found)
        raise ConfigurationError(f"Several packages bring a {what} {name!r}: {packages}.", hint="Remove all but one.")
    try:
        return found[0].load()
    except Exception as error:
        raise ConfigurationError(
            f"The {what} {name!r} of {_package(found[0])} cannot be loaded: {type(error).__name__}: {error}."
        ) from error


def _made(name: str, target: Any) -> Any:
    if not callable(target):
        return target
    try:
        return target()
    except WikiJSException:
        raise
    except Exception as error:
        raise ConfigurationError(f"{name!r} cannot be made: {type(error).__name__}: {error}.") from error


def every() -> Iterator[tuple[Found, Plugin | WikiJSException]]:
    """Each plugin that can be had by name, made, or why it cannot be."""
    for found in available():
        try:
            yield found, load(found.name)
        except WikiJSException as error:
            yield found, error
