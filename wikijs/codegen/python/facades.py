"""The facade's methods on both clients: Python source, written unformatted.

A facade is hand-written once, as flows: `wikijs/resources/<namespace>.py`, or `flows.py` in a folder of that name, has
a class `<Namespace>Flows`. Its public methods appear on both clients with the same names, parameters and documentation.
This module writes those methods, one delegating line each, so that editors and type checkers see ordinary methods. No
logic is copied. What is written imports nothing but the core: types are for type checkers, and the flows come from the
executor.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from wikijs.codegen.errors import CodegenError

from .. import naming
from . import batch_methods
from .rendering import FUTURE, quoted

FOLDER: Final = "facades"
BLOCKING: Final = "blocking"
ASYNCHRONOUS: Final = "asynchronous"
_SHARED: Final = "shared"
"""The folder of what several facades stand on; nothing of it appears on a client."""
_RAISES: Final = "The server refuses, or cannot be asked; see `wikijs.exceptions`."
_TIMEOUT: Final = "Seconds for the whole call; None for as long as it takes."
_STREAM_TIMEOUT: Final = "Seconds to wait for the wiki in all; what the loop does meanwhile does not count."
_ALWAYS: Final = {"TYPE_CHECKING", "Any", "Final", "overload"}
"""Imported by each file."""

Method = ast.FunctionDef


@dataclass(frozen=True)
class _Part:
    """One module that holds flows of a namespace."""

    module: str
    cls: str
    tree: ast.Module
    methods: list[Method]


def modules(resources: Path, generated: Sequence[str], since: Mapping[str, str] | None = None) -> dict[str, str]:
    """The files of both colours, by their paths inside the package.

    Args:
        resources: The folder of the flows; its path from the source root is its dotted name.
        generated: Namespaces that code generation wrote; a facade extends the one of its namespace.
        since: First server version of each operation that not all have, for the documentation of methods that use it.
    """
    flows = {name: _parts(module, resources) for name, module in _namespaces(resources).items()}
    written = {f"{FOLDER}/__init__.py": quoted("The facade's methods, a package for each colour of client.")}
    for colour in (BLOCKING, ASYNCHRONOUS):
        asynchronous = colour == ASYNCHRONOUS
        for name, (cls, parts) in flows.items():
            written[f"{FOLDER}/{colour}/{name}.py"] = _facade(
                name, cls, parts, name in generated, asynchronous, since or {}
            )
        doc = {name: ast.get_docstring(cls, clean=False) or "" for name, (cls, _) in flows.items()}
        written[f"{FOLDER}/{colour}/__init__.py"] = _client(doc, generated, asynchronous=asynchronous)
    return written


def _namespaces(resources: Path) -> dict[str, str]:
    """The module with the flows of each namespace. Parts of one have a class that is not named after the namespace."""
    package = resources.relative_to(resources.parents[1]).as_posix().replace("/", ".")
    folders = {path.parent.name: f"{package}.{path.parent.name}.flows" for path in resources.glob("*/flows.py")}
    files = {
        path.stem: f"{package}.{path.stem}"
        for path in resources.glob("*.py")
        if f"{naming.pascal(path.stem)}Flows" in _classes(path)
    }
    return dict(sorted({**folders, **files}.items()))


def _client(namespaces: Mapping[str, str], generated: Sequence[str], *, asynchronous: bool) -> str:
    """All namespaces as properties, each loaded at first use, and `batch`."""
    prefix, colour = ("Async", "asynchronous") if asynchronous else ("", "blocking")
    homes = {name: f"...methods.{colour}.{name}" for name in generated} | {name: f".{name}" for name in namespaces}
    lines = [
        quoted(f"The namespaces of the {'asynchronous' if asynchronous else 'blocking'} client."),
        FUTURE,
        "from functools import cached_property",
        "from typing import TYPE_CHECKING, Any, Literal, TypeVar, overload",
        "from wikijs.core.batching import settled",
        "if TYPE_CHECKING:",
        "    from collections.abc import Sequence",
        "    from wikijs.core.batching import BatchMode",
        f"    from wikijs.core.executors import {prefix}FacadeExecutor",
        "    from wikijs.core.operations import Operation",
        *(f"    from {home} import {prefix}{naming.pascal(name)}" for name, home in sorted(homes.items())),
        *batch_methods.TYPE_VARIABLES,
        f"class {prefix}Namespaces:",
        quoted("What there is on a client, by namespace.", 4),
        f"    def __init__(self, executor: {prefix}FacadeExecutor) -> None:",
        "        self._executor = executor",
    ]
    for name, home in sorted(homes.items()):
        cls = f"{prefix}{naming.pascal(name)}"
        lines += [
            "    @cached_property",
            f"    def {name}(self) -> {cls}:",
            quoted(namespaces.get(name) or f"Operations of `{name}`.", 8),
            f"        from {home} import {cls}",
            f"        return {cls}(self._executor)",
        ]
    return "\n".join([*lines, *batch_methods.methods(asynchronous=asynchronous)])


def _facade(
    name: str, flows: ast.ClassDef, parts: Sequence[_Part], extends: bool, asynchronous: bool, since: Mapping[str, str]
) -> str:
    """The methods of one namespace."""
    prefix, colour = ("Async", "asynchronous") if asynchronous else ("", "blocking")
    cls = flows.name.removesuffix("Flows")
    methods = [method for part in parts for method in part.methods]
    homes = {method.name: f"{part.module}:{part.cls}" for part in parts for method in part.methods}
    homes = homes if len(set(homes.values())) > 1 else {}
    needed = {node.id for method in methods for default in _defaults(method) for node in ast.walk(default)
              if isinstance(node, ast.Name)}  # fmt: skip
    imports = [node for part in parts for node in _imports(part)]
    lines = [
        quoted(f"Methods of `client.{name}`, see `{parts[-1].module}`."),
        "# The facade's methods replace generated ones of the same name, with safer signatures.",
        "# mypy: disable-error-code=override",
        "# pyright: reportIncompatibleMethodOverride=false",
        FUTURE,
        f"from typing import TYPE_CHECKING, Any, {'Final, ' if homes else ''}overload",
        *dict.fromkeys(ast.unparse(line) for node in imports for line in _only(node, needed, wanted=True)),
        *([f"from ...methods.{colour}.{name} import {prefix}{cls} as _Generated"] if extends else []),
        "if TYPE_CHECKING:",
        "    from collections.abc import AsyncIterator, Iterator",
        f"    from wikijs.core.executors import {prefix}FacadeExecutor",
        f"    from {parts[-1].module} import {flows.name}",
        *dict.fromkeys(f"    {ast.unparse(line)}" for node in imports for line in _only(node, needed, wanted=False)),
        *(
            [
                f"_PARTS: Final = {{{', '.join(f'{method!r}: {home!r}' for method, home in sorted(homes.items()))}}}",
                quoted("Where the flow of each method is: a program loads those that it uses."),
            ]
            if homes
            else []
        ),
        f"class {prefix}{cls}{'(_Generated)' if extends else ''}:",
        quoted(ast.get_docstring(flows, clean=False) or "", 4),
        f"    def __init__(self, executor: {prefix}FacadeExecutor) -> None:",
        *(["        super().__init__(executor)"] if extends else []),
        f'        self._flows: {flows.name} = executor.flows("{name}"{", _PARTS" if homes else ""})',
        "        self._driver = executor.driver",
    ]
    for method in methods:
        lines += _method(method, since, asynchronous=asynchronous)
    return "\n".join(lines)


def _method(method: Method, since: Mapping[str, str], *, asynchronous: bool) -> Iterator[str]:
    kind, result = _result(method)
    overloaded = any(isinstance(node, ast.Name) and node.id == "overload" for node in method.decorator_list)
    stream = kind == "Stream"
    wrapped = {"Flow": result, "Stream": f"{'Async' if asynchronous else ''}Iterator[{result}]"}[kind]
    if overloaded:
        yield "    @overload"
    keyword = "async def" if asynchronous and not stream else "def"
    arguments = _with_timeout(method.args)
    yield f"    {keyword} {method.name}({ast.unparse(arguments)}) -> {wrapped}:" + (" ..." if overloaded else "")
    if overloaded:
        return
    documentation = ast.get_docstring(method, clean=False)
    if documentation is None:
        raise CodegenError(f"{method.name} has no docstring.")
    if arguments is not method.args:
        documentation = _documented(documentation, _STREAM_TIMEOUT if stream else _TIMEOUT)
    documentation = _completed(documentation, since)
    yield f'        """{documentation}"""'
    call = f"self._flows.{method.name}({', '.join(_arguments(method.args))})"
    if arguments is not method.args:
        call += ", timeout"
    runner = "iterate" if stream else "run"
    yield f"        return {'await ' if asynchronous and not stream else ''}self._driver.{runner}({call})"


def _with_timeout(arguments: ast.arguments) -> ast.arguments:
    """The parameters of a method of a client: those of its flow, and how long the call may take."""
    if any(argument.arg == "timeout" for argument in [*arguments.args, *arguments.kwonlyargs]):
        return arguments
    timeout = ast.arg("timeout", ast.parse("float | None", mode="eval").body)
    return ast.arguments(
        posonlyargs=arguments.posonlyargs,
        args=arguments.args,
        vararg=arguments.vararg,
        kwonlyargs=[*arguments.kwonlyargs, timeout],
        kw_defaults=[*arguments.kw_defaults, ast.Constant(None)],
        kwarg=arguments.kwarg,
        defaults=arguments.defaults,
    )


def _documented(documentation: str, timeout: str) -> str:
    """The documentation of a method with that parameter in its place."""
    indent = " " * 8
    line = f"{indent}    timeout: {timeout}"
    paragraphs = documentation.rstrip().split("\n\n")
    for number, paragraph in enumerate(paragraphs):
        if paragraph.startswith(f"{indent}Args:\n"):
            paragraphs[number] = f"{paragraph}\n{line}"
            break
    else:
        sections = ("Returns:", "Raises:", "Yields:", "Permission:", "Operation:", "Server:")
        place = next((at for at, text in enumerate(paragraphs) if text.lstrip().startswith(sections)), len(paragraphs))
        paragraphs.insert(place, f"{indent}Args:\n{line}")
    return "\n\n".join(paragraphs) + f"\n{indent}"


def _completed(documentation: str, since: Mapping[str, str]) -> str:
    """The documentation of a method with what all methods have in common, where it does not say it itself."""
    indent = " " * 8
    paragraphs = documentation.rstrip().split("\n\n")
    if not any(paragraph.startswith(f"{indent}Raises:\n") for paragraph in paragraphs):
        sections = ("Yields:", "Permission:", "Operation:", "Server:")
        place = next((at for at, text in enumerate(paragraphs) if text.lstrip().startswith(sections)), len(paragraphs))
        paragraphs.insert(place, f"{indent}Raises:\n{indent}    WikiJSException: {_RAISES}")
    text = "\n\n".join(paragraphs)
    if "Operation:" in text and f"{indent}Server:" not in text:
        named = dict.fromkeys(re.findall(r"`(\w+\.\w+)`", text[text.rindex("Operation:") :]))
        later = [f"`{name}` from {since[name]} on" for name in named if since.get(name)]
        text += f"\n{indent}Server: {'; '.join(later) if later else 'any'}."
    return f"{text}\n{indent}"


def _result(method: Method) -> tuple[str, str]:
    match method.returns:
        case ast.Subscript(value=ast.Name(id="Flow" | "Stream" as kind), slice=result):
            return kind, ast.unparse(result)
        case _:
            raise CodegenError(f"{method.name} must return Flow[...] or Stream[...].")


def _arguments(arguments: ast.arguments) -> Iterator[str]:
    positional = [*arguments.posonlyargs, *arguments.args][1:]
    yield from (argument.arg for argument in positional)
    if arguments.vararg:
        yield f"*{arguments.vararg.arg}"
    yield from (f"{argument.arg}={argument.arg}" for argument in arguments.kwonlyargs)
    if arguments.kwarg:
        yield f"**{arguments.kwarg.arg}"


def _defaults(method: Method) -> Iterator[ast.expr]:
    yield from method.args.defaults
    yield from (default for default in method.args.kw_defaults if default is not None)


def _parts(module: str, resources: Path) -> tuple[ast.ClassDef, list[_Part]]:
    """The class of flows of a module, and the pieces it is made of: its bases in other modules, then itself."""
    root = resources.parents[1]
    path = root / f"{module.replace('.', '/')}.py"
    tree = ast.parse(path.read_text(encoding="utf-8"))
    flows = next((node for node in tree.body if isinstance(node, ast.ClassDef) and node.name.endswith("Flows")), None)
    if flows is None:
        raise CodegenError(f"{path.relative_to(root).as_posix()} has no class ending in Flows.")
    package = ".".join(resources.relative_to(root).parts)
    part = _Part(module, flows.name, tree, [
        node for node in flows.body if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
    ])  # fmt: skip
    homes = {
        alias.name: node.module or ""
        for node in _imports(part)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    parts: list[_Part] = []
    for base in flows.bases:
        home = homes.get(base.id, "") if isinstance(base, ast.Name) else ""
        if home.startswith(f"{package}.") and home != f"{package}.{_SHARED}.base":
            for each in _parts(home, resources)[1]:  # a piece may be part of several others
                if not any((each.module, each.cls) == (one.module, one.cls) for one in parts):
                    parts.append(each)
    return flows, [*parts, part]


def _imports(part: _Part) -> Iterator[ast.Import | ast.ImportFrom]:
    """Where the names of a module come from, those for type checkers and its own included."""
    for node in ast.walk(
        ast.Module(body=[n for n in part.tree.body if not isinstance(n, ast.ClassDef | Method)], type_ignores=[])
    ):
        if isinstance(node, ast.Import) or (isinstance(node, ast.ImportFrom) and node.module != "__future__"):
            yield _absolute(node, part.module)
    for node in part.tree.body:
        match node:
            case (
                ast.ClassDef(name=name)
                | ast.AnnAssign(target=ast.Name(id=name))
                | ast.Assign(targets=[ast.Name(id=name)])
            ):
                yield ast.ImportFrom(module=part.module, names=[ast.alias(name)], level=0)
            case _:
                pass


def _absolute(node: ast.Import | ast.ImportFrom, module: str) -> ast.Import | ast.ImportFrom:
    if isinstance(node, ast.ImportFrom) and node.level:
        package = ".".join(module.split(".")[: -node.level])
        return ast.ImportFrom(module=f"{package}.{node.module}" if node.module else package, names=node.names, level=0)
    return node


def _only(node: ast.Import | ast.ImportFrom, names: set[str], *, wanted: bool) -> Iterator[ast.stmt]:
    """The import with those of its names that are, or are not, among some. Unused ones are removed afterwards."""
    kept = [
        alias
        for alias in node.names
        if ((alias.asname or alias.name).partition(".")[0] in names) is wanted and alias.name not in _ALWAYS
    ]
    if kept and isinstance(node, ast.ImportFrom):
        yield ast.ImportFrom(module=node.module, names=kept, level=0)
    elif kept:
        yield ast.Import(names=kept)


def _classes(path: Path) -> set[str]:
    return {node.name for node in ast.parse(path.read_text(encoding="utf-8")).body if isinstance(node, ast.ClassDef)}
