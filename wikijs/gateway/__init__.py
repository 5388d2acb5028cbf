"""A gateway in front of a Wiki.js: REST with keys, limits, jobs and events. Needs the extra `gateway`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..core.values.installing import pip_line

if TYPE_CHECKING:
    from .app import create_app as create_app
    from .runtime import Gateway as Gateway
    from .settings import Settings as Settings

__all__ = ["Gateway", "Settings", "create_app"]

_HOMES = {"create_app": "app", "Gateway": "runtime", "Settings": "settings"}


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    try:
        module = import_module(f".{home}", __name__)
    except ModuleNotFoundError as missing:
        if (missing.name or "").startswith("wikijs"):
            raise
        from wikijs.exceptions import ConfigurationError

        raise ConfigurationError("The gateway is an extra.", hint=pip_line("gateway")) from None
    return getattr(module, name)
