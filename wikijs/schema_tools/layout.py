"""Operations and fragments as text, laid out as in the query files."""

from __future__ import annotations

from typing import Final

from graphql import ExecutableDefinitionNode, OperationDefinitionNode, print_ast

from wikijs.codegen.reading.corrections import changed

_WIDTH: Final = 100


def laid_out(node: ExecutableDefinitionNode) -> str:
    """The text of a definition; its variables have a line each where they do not fit into one."""
    text = print_ast(node)
    if not isinstance(node, OperationDefinitionNode) or len(text.partition("\n")[0]) <= _WIDTH:
        return text
    variables = "".join(f"  {print_ast(variable)}\n" for variable in node.variable_definitions)
    head, brace, body = print_ast(changed(node, variable_definitions=())).partition(" {\n")
    return f"{head}(\n{variables}){brace}{body}"
