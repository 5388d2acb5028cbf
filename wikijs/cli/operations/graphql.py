"""`wikijs graphql`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, Final, NoReturn, cast

import typer

from wikijs import exceptions as exc

from ..frame.command import command
from ..frame.failures import CommandError, ExitCode
from ..frame.inputs import read_text
from ..frame.output import show_data
from ..frame.session import Session

app = typer.Typer()

EXAMPLE: Final = "wikijs graphql 'query($id: Int!) { pages { single(id: $id) { title } } }' -v id=1"


@command(app, "graphql", example=EXAMPLE)
def graphql(
    session: Session,
    query: Annotated[str | None, typer.Argument(help="The GraphQL document; without it, or as -, from a pipe.")] = None,
    *,
    file: Annotated[
        str | None, typer.Option("-f", "--file", metavar="FILE", help="Read the document from a file; - is stdin.")
    ] = None,
    variable: Annotated[
        list[str] | None,
        typer.Option(
            "-v", "--variable", metavar="NAME=VALUE", help="A variable: JSON where the value is JSON, else a string."
        ),
    ] = None,
    operation_name: Annotated[
        str | None, typer.Option(metavar="NAME", help="Which operation to execute, where the document has several.")
    ] = None,
) -> None:
    """Send any GraphQL document and print its data as JSON.

    Without a document it reads one from a pipe; on a terminal it asks for one, and completes fields, arguments and
    values of the schema.
    Exit code 1 also when a mutation's responseResult says that it failed; the data is printed all the same.
    """
    document = _document(query, file) if query or file or not sys.stdin.isatty() else _asked()
    variables = dict(_variable(text) for text in variable or ())
    with session.client() as client:
        try:
            data = client.graphql(document, variables, operation_name=operation_name)
        except exc.APIError as error:
            if error.data is not None:
                show_data(session, error.data)
            raise
    show_data(session, data)
    for refusal in _refusals(data):
        raise CommandError(refusal)


def _asked() -> str:
    """A document that is typed at a prompt."""
    from importlib.util import find_spec

    from ..prompt.loop import ask_document

    schema = None
    if find_spec("graphql") is not None:  # without it there is a prompt all the same
        from wikijs.core.documents.validation import bundled_schema

        schema = bundled_schema()
    try:
        return ask_document(schema)
    except EOFError:
        raise typer.Exit from None
    except KeyboardInterrupt:
        raise typer.Exit(ExitCode.INTERRUPTED) from None


def _document(query: str | None, file: str | None) -> str:
    """The document of the line, of a file, or of a pipe."""
    given = query is None or file is None
    if given and query not in {None, "-"}:
        return query or ""
    if given and file not in {None, "-"}:
        return _read(Path(file or ""))
    document = read_text("-") if given else ""
    if not document.strip():
        raise CommandError(
            "Give either a GraphQL document or --file.", hint=f"For example: {EXAMPLE}", code=ExitCode.USAGE
        )
    return document


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = (error.strerror or "unreadable") if isinstance(error, OSError) else "not a text file"
        raise CommandError(f"The file {file} cannot be read: {reason}.", code=ExitCode.USAGE) from None


def _variable(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise CommandError(f"{text!r} is not a variable.", hint="Write -v name=value.", code=ExitCode.USAGE)
    try:
        return name, json.loads(value, parse_constant=_no_json)
    except (ValueError, RecursionError):
        return name, value


def _no_json(constant: str) -> NoReturn:
    raise ValueError(constant)  # NaN and Infinity, which only Python takes for JSON


def _refusals(data: object) -> Iterator[str]:
    """What each failed `responseResult` says."""
    if isinstance(data, list):
        for item in cast("Sequence[object]", data):
            yield from _refusals(item)
    elif isinstance(data, dict):
        for value in (fields := cast("dict[str, object]", data)).values():
            yield from _refusals(value)
        if fields.get("succeeded") is False:
            yield f"The server refused: {fields.get('message') or fields.get('slug') or 'it gave no reason.'}"
