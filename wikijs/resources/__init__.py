"""The facade, hand-written once as flows: what the schema cannot say, for both clients.

A namespace is a module here, or a folder with `flows.py`; `make generate` writes its public methods onto both clients.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wikijs.core.engine import Engine


def flows(namespace: str, engine: Engine) -> Any:
    """The flows of a namespace, imported when a client first uses it.

    Args:
        namespace: Such as "pages" or "api_keys".
        engine: Of the client that runs them.
    """
    module = import_module(f"{__name__}.{namespace}")
    if hasattr(module, "__path__"):
        module = import_module(f"{module.__name__}.flows")
    return getattr(module, f"{namespace.title().replace('_', '')}Flows")(engine)
