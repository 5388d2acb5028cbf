"""The one error of code generation."""

from __future__ import annotations

from collections.abc import Iterable

from graphql import GraphQLError, Node
from graphql.language import get_location


class CodegenError(Exception):
    """The input cannot be compiled. The message has one line a problem, each naming its file."""

    def __init__(self, *problems: str) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))


def located(node: Node, problem: str) -> str:
    """A problem with the file and line of the node that has it."""
    return f"{place(node)}: {problem}"


def place(node: Node) -> str:
    """File and line of a node."""
    if node.loc is None:  # everything is parsed with locations
        raise TypeError(node)
    return f"{node.loc.source.name}:{get_location(node.loc.source, node.loc.start).line}"


def from_graphql(error: GraphQLError) -> str:
    """A graphql-core error as one sentence with its file and line."""
    message = " ".join(error.message.split()).replace(". Did you mean", "; did you mean").rstrip(".")
    message = message if message.endswith("?") else f"{message}."
    if error.nodes:
        return located(error.nodes[0], message)
    if error.source and error.locations:
        return f"{error.source.name}:{error.locations[0].line}: {message}"
    return message


def raise_problems(problems: Iterable[str]) -> None:
    """Raise one `CodegenError` with all problems, each told once; do nothing when there are none."""
    if found := tuple(dict.fromkeys(problems)):
        raise CodegenError(*found)
