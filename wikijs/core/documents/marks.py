"""What kind of operation a GraphQL document asks for: told by its tokens, without a parser and without a schema."""

from __future__ import annotations

import re
from typing import Final, cast

from ..operations import OperationKind

_TOKEN: Final = re.compile(
    r"""
    (?P<skipped> "{3} (?: [^"\\] | \\"{3} | \\ | "{1,2}(?!") )*+ "{3}   # a block string
        | "(?!"") (?: [^"\\\r\n] | \\[^\r\n] )*+ "                      # a string
        | \#[^\r\n]* | [\$@]\s*+\w+ )                                   # a comment, a variable, a directive
    | (?P<name> [_A-Za-z]\w* )
    | (?P<opening> [({\[] )
    | (?P<closing> [)}\]] )
    | (?P<broken> "(?s:.*) )
    """,
    re.VERBOSE | re.ASCII,
)
_KINDS: Final = frozenset({"query", "mutation", "subscription", "fragment"})


def writes(document: str, operation_name: str | None = None) -> bool:
    """Whether a document asks for a mutation.

    A document that makes no sense, or from which no operation can be chosen, is a write if any of it looks like one:
    then it is sent at most once, and the server says what is wrong with it.

    Args:
        document: The GraphQL text.
        operation_name: Which operation is meant, where the document has several.
    """
    if "mutation" not in document:
        return False
    found = operations(document)
    if found is None:
        return True
    named = [kind for name, kind in found if operation_name in {None, name}]
    meant = named if len(named) == 1 else [kind for _, kind in found]
    return "mutation" in meant


def with_nonce(document: str, operation_name: str | None, nonce: str) -> str | None:
    """A document that also asks for `__typename` under this name; None where it is not clear what would be executed.

    Args:
        document: The GraphQL text.
        operation_name: Which operation is meant, where the document has several.
        nonce: The response key.
    """
    found = _definitions(document) or ()
    meant = [place for name, kind, place in found if operation_name in {None, name} and kind != "subscription"]
    if len(meant) != 1:
        return None
    (place,) = meant
    return f"{document[:place]}{nonce}:__typename {document[place:]}"


def operations(document: str) -> list[tuple[str | None, OperationKind]] | None:
    """Name and kind of each operation of a document; None where its brackets or strings do not match."""
    found = _definitions(document)
    return None if found is None else [(name, kind) for name, kind, _ in found]


def _definitions(document: str) -> list[tuple[str | None, OperationKind, int]] | None:
    """Name and kind of each operation, and where its selection begins."""
    found: list[tuple[str | None, OperationKind, int]] = []
    kind: str | None = None  # of the definition that is being read
    name: str | None = None
    depth = begin = 0
    for token in _TOKEN.finditer(document):
        match token.lastgroup:
            case "name" if not depth and kind is None:
                kind = token[0] if token[0] in _KINDS else "unknown"
            case "name" if not depth and name is None:
                name = token[0]
            case "opening":
                if not depth and token[0] == "{":
                    begin = token.end()
                depth += 1
            case "closing" if depth:
                depth -= 1
                if not depth and token[0] == "}":
                    kind = kind or "query"  # braces alone are one
                    if kind in _KINDS and kind != "fragment":
                        found.append((name, cast("OperationKind", kind), begin))
                    kind = name = None
            case "closing" | "broken":
                return None
            case _:
                pass
    return None if depth else found
