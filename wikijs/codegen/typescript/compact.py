"""All operations as one text, from which the client with all namespaces makes them: a third of the bytes of functions.

A line is an operation below the line of its namespace, and says what the rest follows from:

    list PageSummary limit:Int tags:[String!]    query PagesList: `pages { list(...) { ...PageSummary } }`
    single+ForEditor PageForEditor id:Int!       query PagesSingleForEditor
    !move = id:Int! destinationPath:String!      mutation whose leaf is `responseResult { ...ResponseStatus }`
    searchTags - query:String!                   a leaf without fields

What does not follow is left to the functions of that operation: `others` adds them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from wikijs.codegen.typescript import text
from wikijs.codegen.typescript.modules import Package, TypedOperation, namespace_key
from wikijs.core.operations import MARK

STATUS: Final = "{responseResult{...ResponseStatus}}"


def line(operation: TypedOperation) -> str | None:
    """The line of an operation; None where it does not follow from one."""
    source = operation.source
    key, _, field = source.server_field.partition(".")
    definitions = text.definitions(source)
    variables = definitions.replace(f"${MARK}", " ").split(" ")[1:] if definitions else []
    prefix = key[:1].upper() + key[1:] + field[:1].upper() + field[1:]
    head = f"{text.ROOT_MARK}{key}{{{field}{text.ARGUMENTS_MARK if variables else ''}"
    rest = text.selection(source).removeprefix(head)
    known = {"}": "-", f"{STATUS}}}": "="}
    if rest.startswith("{...") and rest.endswith("}}") and rest[4:-2] in source.fragments:
        known[rest] = rest[4:-2]
    fits = (
        source.name.startswith(prefix)
        and rest in known
        and definitions.count("$") == len(variables)
        and source.kind != "subscription"
        and source.keys[:2] == (key, field)
    )
    if not fits:
        return None
    suffix = source.name.removeprefix(prefix)
    mark = "!" if source.kind == "mutation" else ""
    return " ".join([f"{mark}{field}{f'+{suffix}' if suffix else ''}", known[rest], *variables])


def others(package: Package) -> list[TypedOperation]:
    """Operations that do not follow from a line, besides subscriptions, which no namespace has."""
    return [each for each in package.operations if line(each) is None and each.source.kind != "subscription"]


def module(package: Package) -> str:
    """Operations and fragments as text."""
    fragments = "\n".join(
        source.removeprefix("fragment ").replace(" on ", " ", 1) for source in package.sources.values()
    )
    left = others(package)
    imports = "".join(
        f'import {{ {", ".join(names)} }} from "./operations/{key}.js";\n'
        for key, names in sorted(_homes(left).items())
    )
    calls = "".join(f'  add("{namespace_key(each.source)}", "{each.method}", {each.function});\n' for each in left)
    body = f"{{\n{calls}}}" if left else "{}"
    return f"""\
/** All operations as one text, see `wiki.ts`. */

{imports}
/** Each namespace with its operations. */
export const OPERATIONS = {_template(_lines(package))};

/** Name, type and selection of each fragment. */
export const FRAGMENTS = {_template([fragments])};

type Add = (namespace: string, method: string, make: (variables?: any) => any) => void;

/** Operations that the text cannot hold. */
export function others({"" if left else "_"}add: Add): void {body}
"""


def _lines(package: Package) -> Iterable[str]:
    for members in package.namespaces.values():
        lines = [found for each in members if (found := line(each)) is not None]
        if lines:
            yield "\n".join([f":{namespace_key(members[0].source)}", *lines])


def _homes(operations: Iterable[TypedOperation]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for each in operations:
        found.setdefault(namespace_key(each.source), []).append(each.function)
    return found


def _template(lines: Iterable[str]) -> str:
    source = "\n".join(lines).replace("\\", "\\\\").replace("`", "\\`").replace("${", "\\${")
    return f"`{source}`"
