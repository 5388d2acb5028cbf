"""Python source of a user's own client: classes that add methods to those of py-wikijs. Written unformatted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from wikijs.codegen.intermediate import OperationIR, PackageIR

from .. import naming
from ..reading import ours
from ..reading.config import Config
from .rendering import FUTURE, method, quoted, typing_imports

OPERATIONS = "ops"
"""The module of operation values: `my_wiki.ops.pages_recent()`."""


def client_module(package: PackageIR, config: Config, *, asynchronous: bool) -> str:
    """The client of one colour, and the namespaces that it extends."""
    prefix, module = ("Async", "aio") if asynchronous else ("", "client")
    base, attribute = f"{prefix}WikiJSClient", "_async" if asynchronous else "_sync"
    namespaces = {name: members for name, members in package.namespaces.items() if name}
    own = package.namespaces.get("", [])
    names = {operation.method for operation in own}
    iterator = "AsyncIterator" if asynchronous else "Iterator"
    return "\n".join(
        [
            quoted(f"The {'asynchronous' if asynchronous else 'blocking'} client with the operations of this project."),
            FUTURE,
            "import builtins",
            "from functools import cached_property",
            "from typing import TYPE_CHECKING, Any",
            f"from wikijs.{module} import {base}",
            f"from {config.operations_module} import UNSET, UnsetType",
            f"from . import {OPERATIONS} as _operations",
            *_imports(namespaces, asynchronous=asynchronous),
            typing_imports(
                package.operations,
                exclude=("Any",),
                more=[("collections.abc", iterator), (config.executors_module, f"{prefix}Executor")],
            ),
            *(_namespace(name, members, asynchronous=asynchronous) for name, members in namespaces.items()),
            f"class {prefix}{config.client}({base}):",
            quoted(f"`{base}` with the operations of this project.", 4),
            *(_property(name, prefix, attribute) for name in namespaces),
            *(method(operation, names, asynchronous=asynchronous) for operation in own),
        ]
    )


def package_module(exports: dict[str, str], config: Config) -> str:
    """The package's `__init__`: both clients, the module of operations, and all models; loaded at first use."""
    homes = {**exports, config.client: ".client", f"Async{config.client}": ".aio"}
    imports = "".join(f"    from {homes[name]} import {name}\n" for name in sorted(homes))
    table = "".join(f"    {name!r}: {homes[name]!r},\n" for name in sorted(homes))
    public = "".join(f"    {name!r},\n" for name in sorted({*homes, OPERATIONS}))
    return f"""{quoted(f"A client of this project's wiki: `{config.client}`, its operations and their models.")}
{FUTURE}
from importlib import import_module
from typing import TYPE_CHECKING, Final
if TYPE_CHECKING:
    from . import {OPERATIONS}
{imports}
_MODULES: Final[dict[str, str]] = {{
{table}}}

def __getattr__(name: str) -> object:
    if name == {OPERATIONS!r}:
        return import_module(".{OPERATIONS}", __name__)
    if name not in _MODULES:
        raise AttributeError(f"module {{__name__!r}} has no attribute {{name!r}}")
    value: object = getattr(import_module(_MODULES[name], __name__), name)
    globals()[name] = value
    return value

def __dir__() -> list[str]:
    return sorted(__all__)

__all__ = [
{public}]
"""


def _imports(namespaces: dict[str, list[OperationIR]], *, asynchronous: bool) -> Iterator[str]:
    for name in namespaces:
        if base := ours.namespace(name):
            module, _, last = (base.asynchronous_module if asynchronous else base.module).rpartition(".")
            yield f"from {module} import {last} as _our_{name}"


def _namespace(name: str, operations: Sequence[OperationIR], *, asynchronous: bool) -> str:
    prefix = "Async" if asynchronous else ""
    class_name = f"{prefix}{naming.pascal(name)}"
    methods = {operation.method for operation in operations}
    lines = [
        f"class {class_name}(_our_{name}.{class_name}):" if ours.namespace(name) else f"class {class_name}:",
        quoted(f"Operations of `{name}`, with those of this project.", 4),
        *(method(operation, methods, asynchronous=asynchronous) for operation in operations),
    ]
    if not ours.namespace(name):
        start = f"    def __init__(self, executor: {prefix}Executor) -> None:\n        self._executor = executor\n"
        lines.insert(2, start)
    return "\n".join(lines)


def _property(name: str, prefix: str, attribute: str) -> str:
    class_name = f"{prefix}{naming.pascal(name)}"
    return (
        f"    @cached_property\n    def {name}(self) -> {class_name}:\n"
        f"{quoted(f'Operations of `{name}`, with those of this project.', 8)}\n"
        f"        return {class_name}(self.{attribute})\n"
    )
