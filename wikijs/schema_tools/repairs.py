"""Query files made to fit another schema, as far as that needs no thought.

What is gone is left out, what was renamed gets its new name, a new required argument becomes a variable, and a variable
gets the type that its argument has now. Each edit is told, so that somebody can look at it. Definitions that need no
edit stay as they are written; comments inside of one that does are lost, those above it are not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from graphql import (
    ArgumentNode,
    DefinitionNode,
    DocumentNode,
    ExecutableDefinitionNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLField,
    GraphQLSchema,
    NameNode,
    Node,
    NonNullTypeNode,
    OperationDefinitionNode,
    SelectionSetNode,
    Source,
    TypeInfo,
    TypeInfoVisitor,
    VariableDefinitionNode,
    VariableNode,
    Visitor,
    is_required_argument,
    parse,
    parse_type,
    print_ast,
    visit,
)

from wikijs.codegen.reading.corrections import changed

from .coordinates import argument_type
from .layout import laid_out


@dataclass(frozen=True)
class Edit:
    """One change of a query file.

    Attributes:
        file: The file.
        line: The line of it that was changed, counted before.
        definition: The operation or fragment that was changed.
        text: What was done, in one sentence.
        removed: Whether the whole definition is gone.
    """

    file: Path
    line: int
    definition: str
    text: str
    removed: bool = False


def repair(files: Iterable[Path], schema: GraphQLSchema, renamed: Mapping[str, str]) -> tuple[Edit, ...]:
    """Change query files so that they fit a schema. What cannot be mended that way is left as it is.

    Args:
        files: The files; they parse.
        schema: What they are to fit.
        renamed: Old and new coordinates of fields and arguments.
    """
    edits: list[Edit] = []
    for path in files:
        text = path.read_text(encoding="utf-8-sig")
        document = parse(Source(text, path.as_posix()))
        found: list[Edit] = []
        for definition in reversed(document.definitions):  # from the end, so that the places before stay right
            text, made = _mended(text, path, definition, schema, renamed)
            found = [*made, *found]
        if found:
            path.write_text(text.lstrip("\n"), encoding="utf-8")
        edits += found
    return tuple(edits)


def _mended(
    text: str, path: Path, definition: DefinitionNode, schema: GraphQLSchema, renamed: Mapping[str, str]
) -> tuple[str, list[Edit]]:
    """The file with one definition mended."""
    if not isinstance(definition, OperationDefinitionNode | FragmentDefinitionNode) or definition.loc is None:
        return text, []
    types = TypeInfo(schema)
    mending = _Mending(types, renamed)
    new: DocumentNode = visit(DocumentNode(definitions=(definition,)), TypeInfoVisitor(types, mending))
    name = definition.name.value if definition.name else ""
    if not mending.told:
        return text, []
    start, end = definition.loc.start, definition.loc.end
    edits = [Edit(path, _line(node), name, sentence) for node, sentence in mending.told]
    mended = cast("ExecutableDefinitionNode", new.definitions[0])
    if _is_hollow(mended):
        head, tail = _without_comment_below(text[:start]).rstrip("\n"), text[end:].lstrip("\n")
        gone = f"{edits[0].text.partition(':')[0]}: {name} was removed."
        return "\n\n".join(part for part in (head, tail) if part), [Edit(path, _line(definition), name, gone, True)]
    return text[:start] + laid_out(mended) + text[end:], edits


def _without_comment_below(text: str) -> str:
    """The text without the lines of comment that it ends with."""
    lines = text.split("\n")
    while len(lines) > 1 and not lines[-1] and lines[-2].lstrip(" \t").startswith("#"):
        del lines[-2]
    return "\n".join(lines)


class _Mending(Visitor):
    """Mends one operation or fragment.

    Attributes:
        told: What was done, with the node that it was done to.
        added: Types of new variables by name.
        wanted: Arguments that variables are given to, and the types of these arguments.
    """

    def __init__(self, types: TypeInfo, renamed: Mapping[str, str]) -> None:
        super().__init__()
        self.told: list[tuple[Node, str]] = []
        self.added: dict[str, str] = {}
        self.wanted: dict[str, tuple[ArgumentNode, str]] = {}
        self._types = types
        self._renamed = renamed

    def enter_field(self, node: FieldNode, *_: Any) -> FieldNode | Any:
        parent = self._types.get_parent_type()
        if parent is None or node.name.value.startswith("__"):
            return None
        at = f"{parent.name}.{node.name.value}"
        known = cast("Mapping[str, GraphQLField]", getattr(parent, "fields", {}))
        new = self._renamed.get(at, "").rpartition(".")[2]
        if node.name.value in known:
            return self._with_arguments(node, at, known[node.name.value])
        if new not in known:
            self.told.append((node, f"{at} is gone: it is not selected any more."))
            return self.REMOVE
        self.told.append((node, f"{at} became {new}."))
        return self._with_arguments(changed(node, name=NameNode(value=new)), at, known[new])

    def leave_field(self, node: FieldNode, *_: Any) -> Any:
        return self.REMOVE if node.selection_set is not None and not node.selection_set.selections else None

    def _with_arguments(self, node: FieldNode, at: str, known: GraphQLField) -> FieldNode:
        kept: list[ArgumentNode] = []
        for argument in node.arguments:
            name, coordinate = argument.name.value, f"{at}({argument.name.value})"
            new = self._renamed.get(coordinate, "").rstrip(")").rpartition("(")[2]
            if name in known.args:
                kept.append(argument)
            elif new in known.args:
                self.told.append((argument, f"{coordinate} became {new}."))
                kept.append(changed(argument, name=NameNode(value=new)))
            else:
                self.told.append((argument, f"{coordinate} is gone: it is not sent any more."))
        given = {argument.name.value for argument in kept}
        for name, lacking in known.args.items():
            if name not in given and is_required_argument(lacking):
                self.told.append((node, f"{at} takes `{name}` now: the operation got a required variable for it."))
                self.added[name] = argument_type(lacking)
                kept.append(ArgumentNode(name=NameNode(value=name), value=VariableNode(name=NameNode(value=name))))
        for argument in kept:
            if isinstance(argument.value, VariableNode):
                self.wanted[argument.value.name.value] = (argument, argument_type(known.args[argument.name.value]))
        return changed(node, arguments=tuple(kept))

    def leave_operation_definition(self, node: OperationDefinitionNode, *_: Any) -> OperationDefinitionNode:
        """Bring the variables in line with the arguments."""
        used = _variables_of(node.selection_set)
        definitions = [self._retyped(given) for given in node.variable_definitions if given.variable.name.value in used]
        known = {given.variable.name.value for given in definitions}
        new = [
            VariableDefinitionNode(
                variable=VariableNode(name=NameNode(value=name)), type=parse_type(type_), directives=()
            )
            for name, type_ in self.added.items()
            if name not in known
        ]
        required = [given for given in definitions if _is_required(given)]
        optional = [given for given in definitions if not _is_required(given)]
        return changed(node, variable_definitions=(*required, *new, *optional))

    def _retyped(self, definition: VariableDefinitionNode) -> VariableDefinitionNode:
        """A variable of the type that its argument has now, unless what it has fits."""
        name, before = definition.variable.name.value, print_ast(definition.type)
        argument, now = self.wanted.get(name, (None, before))
        fits = before in {now, f"{now}!"} or (definition.default_value and f"{before}!" == now)
        if argument is None or fits:
            return definition
        self.told.append((argument, f"`{argument.name.value}` is of type {now} now, no longer {before}."))
        return changed(definition, type=parse_type(now), default_value=None)


def _variables_of(node: Node) -> set[str]:
    found: set[str] = set()

    class Variables(Visitor):
        def enter_variable(self, variable: VariableNode, *_: Any) -> None:
            found.add(variable.name.value)

    visit(node, Variables())
    return found


def _is_required(definition: VariableDefinitionNode) -> bool:
    return isinstance(definition.type, NonNullTypeNode) and definition.default_value is None


def _is_hollow(node: DefinitionNode) -> bool:
    """Whether nothing is left that it selects."""
    selected: SelectionSetNode | None = getattr(node, "selection_set", None)
    return selected is not None and not selected.selections


def _line(node: Node) -> int:
    return node.loc.start_token.line if node.loc else 1
