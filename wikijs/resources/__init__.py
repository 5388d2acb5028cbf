"""The facade, hand-written once as flows: what the schema cannot say, for both clients.

A namespace is a module here, or a folder with `flows.py`; `make generate` writes its public methods onto both clients.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wikijs.core.engine import Engine


def flows(namespace: str, engine: Engine, parts: Mapping[str, str] | None = None) -> Any:
    """The flows of a namespace, imported when a client first uses it, or first uses each of its parts.

    Args:
        namespace: Such as "pages" or "api_keys".
        engine: Of the client that runs them.
        parts: Module and class of each flow, `module:Class`, where there are several.
    """
    if parts is not None:
        return _Parts(engine, parts)
    module = import_module(f"{__name__}.{namespace}")
    if hasattr(module, "__path__"):
        module = import_module(f"{module.__name__}.flows")
    return getattr(module, f"{namespace.title().replace('_', '')}Flows")(engine)


class _Parts:
    """The flows of a namespace, each with the part it stands in. Flows keep nothing, so that parts need not be one."""

    def __init__(self, engine: Engine, parts: Mapping[str, str]) -> None:
        self._engine = engine
        self._homes = parts

    def __getattr__(self, name: str) -> Any:
        if name not in self._homes:
            raise AttributeError(name)
        module, _, cls = self._homes[name].partition(":")
        flow = getattr(getattr(import_module(module), cls)(self._engine), name)
        setattr(self, name, flow)
        return flow
