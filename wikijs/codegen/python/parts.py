"""The same package in parts, a module for each namespace: a program loads the operations that it uses, not all.

`specs` has the operations of a namespace, `methods` its generated methods in either colour. `operations.py`,
`client.py` and `aio.py` gather them for whoever wants all. Small packages, such as those of users' projects, have no
parts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from wikijs.codegen.intermediate import OperationIR, PackageIR

from .. import naming
from ..reading.config import Config
from . import rendering
from .rendering import FUTURE, quoted

SPECS = "specs"
METHODS = "methods"
_FRAGMENTS = "fragment_sources"


def modules(package: PackageIR, config: Config) -> dict[str, str]:
    """The modules of the parts, by their files."""
    fragments = "".join(
        f"    {name!r}: {rendering.literal(source)},\n" for name, source in package.fragment_sources.items()
    )
    found = {
        f"{SPECS}/{_FRAGMENTS}.py": "\n".join(
            [
                quoted("Sources of all fragments."),
                FUTURE,
                "from collections.abc import Mapping",
                "from typing import Final",
                f"FRAGMENTS: Final[Mapping[str, str]] = {{\n{fragments}}}\n",
            ]
        )
    }
    for namespace, members in package.namespaces.items():
        found[f"{SPECS}/{namespace}.py"] = _specs(namespace, members, config)
        for colour in ("blocking", "asynchronous"):
            asynchronous = colour == "asynchronous"
            found[f"{METHODS}/{colour}/{namespace}.py"] = _methods(
                namespace, members, config, asynchronous=asynchronous
            )
    return found


def gathering(package: PackageIR, config: Config) -> dict[str, str]:
    """The modules that gather the parts, by their files."""
    constructors = {
        name: f".{namespace}"
        for namespace, members in package.namespaces.items()
        for operation in members
        for name in (operation.constant, operation.constructor)
    }
    return {
        f"{SPECS}/__init__.py": rendering.lazy_module(
            "Every operation, each loaded with its namespace at first use.", constructors
        ),
        f"{METHODS}/__init__.py": quoted("Generated methods of the namespaces, in either colour.") + "\n",
        f"{METHODS}/blocking/__init__.py": quoted("Of the blocking client.") + "\n",
        f"{METHODS}/asynchronous/__init__.py": quoted("Of the asynchronous client.") + "\n",
        "operations.py": _gathered(
            "Every operation: its spec, and a constructor that fills in variables. All are loaded at once.",
            {name: f".{SPECS}{home}" for name, home in constructors.items()} | {"FRAGMENTS": f".{SPECS}.{_FRAGMENTS}"},
        ),
        "client.py": _clients(package, config, asynchronous=False),
        "aio.py": _clients(package, config, asynchronous=True),
    }


def _specs(namespace: str, members: Sequence[OperationIR], config: Config) -> str:
    operations = sorted(members, key=lambda operation: operation.constructor)
    return "\n".join(
        [
            quoted(f"Operations of `{namespace}`: their specs, and constructors that fill in variables."),
            FUTURE,
            "from typing import TYPE_CHECKING, Any, Final",
            f"from {config.operations_module} import UNSET, Operation, OperationSpec, UnsetType, given",
            f"from .{_FRAGMENTS} import FRAGMENTS",
            rendering.typing_imports(operations, exclude=("Any",), above="."),
            *(rendering.spec(operation, config) for operation in operations),
            *(rendering.constructor(operation) for operation in operations),
        ]
    )


def _methods(namespace: str, members: Sequence[OperationIR], config: Config, *, asynchronous: bool) -> str:
    executor, iterator = ("AsyncExecutor", "AsyncIterator") if asynchronous else ("Executor", "Iterator")
    return "\n".join(
        [
            quoted(f"Operations of `{namespace}` as methods."),
            FUTURE,
            "import builtins",
            "from typing import TYPE_CHECKING, Any",
            f"from {config.operations_module} import UNSET, UnsetType",
            f"from ...{SPECS} import {namespace} as _operations",
            rendering.typing_imports(
                members,
                exclude=("Any",),
                more=[("collections.abc", iterator), (config.executors_module, executor)],
                above="..",
            ),
            rendering.namespace(namespace, members, asynchronous=asynchronous),
        ]
    )


def _clients(package: PackageIR, config: Config, *, asynchronous: bool) -> str:
    """All namespaces of one colour, and a base class of clients that has them."""
    prefix, colour = ("Async", "asynchronous") if asynchronous else ("", "blocking")
    executor = f"{prefix}Executor"
    names = {f"{prefix}{naming.pascal(name)}": name for name in package.namespaces}
    public = "".join(f"    {name!r},\n" for name in sorted({*names, f"{prefix}GeneratedClient"}))
    return "\n".join(
        [
            quoted(f"Namespaces of the {'asynchronous' if asynchronous else 'synchronous'} client."),
            FUTURE,
            "from functools import cached_property",
            "from typing import TYPE_CHECKING",
            *(f"from .{METHODS}.{colour}.{home} import {name}" for name, home in sorted(names.items())),
            "if TYPE_CHECKING:",
            f"    from {config.executors_module} import {executor}",
            *rendering.generated_client(package, prefix=prefix, executor=executor),
            f"__all__ = [\n{public}]",
        ]
    )


def _gathered(doc: str, homes: Mapping[str, str]) -> str:
    ordered = sorted(homes)
    imports = "".join(f"from {homes[name]} import {name}\n" for name in ordered)
    public = "".join(f"    {name!r},\n" for name in ordered)
    return f"{quoted(doc)}\n{FUTURE}\n{imports}\n__all__ = [\n{public}]\n"
