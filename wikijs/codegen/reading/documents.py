"""Query files: parsed, and checked for everything that does not need to know how Python is written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from graphql import (
    DefinitionNode,
    DocumentNode,
    ExecutableDefinitionNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSchema,
    InlineFragmentNode,
    LoneAnonymousOperationRule,
    Node,
    NoUnusedFragmentsRule,
    OperationDefinitionNode,
    Source,
    Token,
    TokenKind,
    UniqueFragmentNamesRule,
    UniqueOperationNamesRule,
    VariableNode,
    Visitor,
    parse,
    specified_rules,
    validate,
    visit,
)

from wikijs.codegen.errors import CodegenError, from_graphql, located, place, raise_problems

SUFFIXES = (".graphql", ".gql")
MAX_ERRORS = 10_000
"""graphql-core stops at 100 unless told otherwise; everything that is wrong is told here."""

# Unused fragments are allowed: they may be there for others to spread. The rest is reported with both places below.
RULES = [
    rule
    for rule in specified_rules
    if rule
    not in (NoUnusedFragmentsRule, LoneAnonymousOperationRule, UniqueOperationNamesRule, UniqueFragmentNamesRule)
]


@dataclass(frozen=True)
class Documents:
    """Checked definitions of all query files, in the order of their names."""

    operations: tuple[OperationDefinitionNode, ...]
    fragments: Mapping[str, FragmentDefinitionNode]

    @property
    def definitions(self) -> tuple[ExecutableDefinitionNode, ...]:
        """Operations and fragments."""
        return (*self.operations, *self.fragments.values())


def graphql_files(path: Path) -> list[Path]:
    """A file by itself, or the GraphQL files below a folder."""
    return sorted(file for file in path.rglob("*") if file.suffix in SUFFIXES) if path.is_dir() else [path]


def parse_files(files: Iterable[Path], shown: Callable[[Path], str]) -> Iterator[DocumentNode]:
    """Parse files under the names that messages use for them."""
    for file in files:
        try:
            yield parse(Source(file.read_text(encoding="utf-8-sig"), shown(file)))
        except GraphQLError as error:
            raise CodegenError(from_graphql(error)) from None
        except OSError as error:
            raise CodegenError(f"{shown(file)}: cannot be read: {error.strerror}.") from None
        except UnicodeDecodeError:
            raise CodegenError(f"{shown(file)}: not UTF-8 text.") from None


def read(path: Path, shown: Callable[[Path], str]) -> list[DefinitionNode]:
    """Parse query files.

    Raises:
        CodegenError: A file cannot be parsed, or definitions lack names or share them.
    """
    definitions = [
        definition for document in parse_files(graphql_files(path), shown) for definition in document.definitions
    ]
    raise_problems(_naming_problems(definitions))
    return definitions


def check(
    definitions: Sequence[DefinitionNode], schema: GraphQLSchema, borrowed: Sequence[DefinitionNode] = ()
) -> Documents:
    """Check operations and fragments against the schema that the server really has.

    Args:
        definitions: Those of the query files.
        schema: The server's own schema.
        borrowed: Fragments from elsewhere that they spread. What is wrong with those is not told here.

    Raises:
        CodegenError: Names every problem found, with its file and line.
    """
    document = DocumentNode(definitions=(*definitions, *borrowed))
    errors = validate(schema, document, RULES, max_errors=MAX_ERRORS)
    elsewhere = {node.loc.source.name for node in borrowed if node.loc}
    raise_problems(from_graphql(error) for error in errors if not error.source or error.source.name not in elsewhere)
    definitions = [*definitions, *borrowed]
    operations = [node for node in definitions if isinstance(node, OperationDefinitionNode)]
    fragments = [node for node in definitions if isinstance(node, FragmentDefinitionNode)]
    raise_problems(problem for node in definitions for problem in unsupported(node))
    return Documents(
        operations=tuple(sorted(operations, key=name_of)),
        fragments={name_of(fragment): fragment for fragment in sorted(fragments, key=name_of)},
    )


def name_of(node: ExecutableDefinitionNode) -> str:
    """Name of a definition that has passed the checks."""
    if node.name is None:
        raise TypeError(node)
    return node.name.value


def comment_above(node: Node) -> str:
    """The block of comment lines that ends on the line above a node, without the `#`."""
    if node.loc is None:
        raise TypeError(node)
    lines: list[str] = []
    first = node.loc.start_token
    token: Token | None = first.prev
    while token and token.kind is TokenKind.COMMENT and token.line == first.line - len(lines) - 1:
        lines.insert(0, (token.value or "").removeprefix(" ").rstrip())
        token = token.prev
    return "\n".join(lines).strip()


def spreads(node: Node, fragments: Mapping[str, FragmentDefinitionNode]) -> set[str]:
    """Names of all fragments that a definition needs, nested ones included."""
    found: set[str] = set()

    class Spreads(Visitor):
        def enter_fragment_spread(self, spread: FragmentSpreadNode, *_: object) -> None:
            found.add(spread.name.value)

    visit(node, Spreads())
    return found.union(*(spreads(fragments[name], fragments) for name in found))


def _naming_problems(definitions: Iterable[Node]) -> Iterator[str]:
    seen: dict[tuple[str, str], Node] = {}
    for node in definitions:
        if not isinstance(node, OperationDefinitionNode | FragmentDefinitionNode):
            yield located(node, "only operations and fragments belong in a query file.")
        elif isinstance(node, OperationDefinitionNode) and node.name is None:
            kind = node.operation.value
            yield located(node, f"this {kind} has no name; write `{kind} <Namespace><Field>`.")
        else:
            what = "operation" if isinstance(node, OperationDefinitionNode) else "fragment"
            first = seen.setdefault((what, name_of(node)), node)
            if first is not node:
                yield located(node, f"{what} `{name_of(node)}` is already defined at {place(first)}.")


def unsupported(definition: Node) -> Iterator[str]:
    """What is valid GraphQL but cannot be compiled, each with file and line."""
    problems: list[str] = []

    class Unsupported(Visitor):
        def enter_inline_fragment(self, node: InlineFragmentNode, *_: object) -> None:
            problems.append(located(node, "inline fragments are not supported; write a named fragment and spread it."))

        def enter_variable(self, node: VariableNode, *_: object) -> None:
            # Fragments are shared by the operations of a batch, whose variables are told apart by a prefix each.
            if isinstance(definition, FragmentDefinitionNode):
                problems.append(
                    located(
                        node,
                        f"fragment `{name_of(definition)}` uses `${node.name.value}`; fragments take no variables.",
                    )
                )

    visit(definition, Unsupported())
    return iter(problems)
