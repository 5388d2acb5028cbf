"""How results look: a table on a terminal, tab-separated text in a pipe, JSON and the like when asked for."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields as dataclass_fields
from dataclasses import is_dataclass
from typing import TYPE_CHECKING, Any, TypeVar, cast

import typer

from .failures import ExitCode, explained
from .structured import chosen, kept, show_data, wants_data, write_json, write_yaml
from .text import cell, printable, printable_lines

if TYPE_CHECKING:
    from wikijs.core.jobs.results import BatchResult

    from .session import Session

__all__ = [
    "note",
    "nothing_found",
    "printable",
    "show_batch",
    "show_data",
    "show_done",
    "show_list",
    "show_record",
    "show_text",
    "wants_data",
    "write_json",
    "write_record",
    "write_table",
    "write_text",
    "write_yaml",
]

T = TypeVar("T")
In = TypeVar("In")
Columns = Mapping[str, Callable[[T], object]] | Sequence[str]


def show_list(
    session: Session,
    items: Iterable[T],
    columns: Columns[T],
    *,
    key: str = "id",
    limit: int | None = None,
    offset: int = 0,
    empty_is_good: bool = False,
) -> None:
    """Print things: a row each, or as data. Those that --filter leaves out are not shown.

    Args:
        session: The global options.
        items: Models, dataclasses or dicts.
        columns: Heads and how to get the values, or names of attributes.
        key: Name of what --quiet prints of each.
        limit: Rows at most, of those that --filter leaves.
        offset: Rows of those to leave out first.
        empty_is_good: Whether no row is what one hopes for; otherwise it is said, on stderr, that nothing was found.
    """
    found = kept(session, items)[offset : None if limit is None else offset + limit]
    if wants_data(session):
        show_data(session, found)
    elif session.quiet:
        _write_keys(found, key)
    elif not found and empty_is_good:
        return
    elif not found:
        nothing_found()
    else:
        readers = columns if isinstance(columns, Mapping) else {name: _reader(name) for name in columns}
        readers = chosen(session, readers)
        write_table(
            [name.replace("_", " ") for name in readers],
            [[read(item) for read in readers.values()] for item in found],
            key=key,
        )


def show_record(
    session: Session, item: object, fields: Mapping[str, object] | Sequence[str] | None = None, *, key: str = "id"
) -> None:
    """Print one thing: a field a line, or as data.

    Args:
        session: The global options.
        item: A model, a dataclass or a dict; what programs get.
        fields: What people get: names and values, or names of attributes; everything that is not empty without it.
        key: Name of what --quiet prints.
    """
    if wants_data(session):
        show_data(session, item)
    elif session.quiet:
        _write_keys([item], key)
    elif isinstance(fields, Mapping):
        write_record(fields)
    elif fields is not None:
        write_record({name.replace("_", " "): _value(item, name) for name in fields})
    else:
        write_record({_words(name): value for name, value in _members(item) if value not in (None, "", (), [], {})})


def show_done(session: Session, text: str, data: object = None, *, key: str = "id") -> None:
    """Say that something was done; programs get `data`, and --quiet prints its key, if it has one."""
    if wants_data(session):
        show_data(session, {"done": text} if data is None else data)
    elif not session.quiet:
        sys.stdout.write(printable(text) + "\n")
    elif key in dict(_members(data)):
        _write_keys([data], key)


def show_batch(
    session: Session,
    result: BatchResult[In, T],
    *,
    verb: str = "created",
    name: Callable[[In], str] = str,
    key: str = "id",
) -> None:
    """Say what became of many things: how many were done, and each failure, on stderr; programs get all of it.

    Raises:
        typer.Exit: 130 when the work was interrupted, 3 when only some were done, 1 when none of several was.
    """
    done, failed, left = result.success, result.errors, result.not_attempted
    if wants_data(session):
        show_data(
            session,
            {
                "success": done,
                "errors": [
                    {"index": error.index, "input": name(error.input), "error": explained(error.exception)}
                    for error in failed
                ],
                "notAttempted": [name(item) for item in left],
            },
        )
    elif session.quiet:
        _write_keys(done, key)
    for error in failed:
        note(f"wikijs: {name(error.input)}: {explained(error.exception)}")
    if not session.quiet:
        outcome = f"{len(done)} of {len(done) + len(failed) + len(left)} {verb}"
        note(f"{outcome}{f', {len(failed)} failed' if failed else ''}{f', {len(left)} not attempted' if left else ''}.")
    if left:  # only Ctrl+C leaves anything
        raise typer.Exit(ExitCode.INTERRUPTED)
    if failed:
        raise typer.Exit(ExitCode.PARTLY if done else ExitCode.FAILED)


def write_table(columns: Sequence[str], rows: Sequence[Sequence[object]], *, key: str = "") -> None:
    """Print rows: with their heads and aligned on a terminal, else tab-separated without heads.

    Args:
        columns: Heads.
        rows: Values, as many a row as there are heads.
        key: The column that other commands take; it is never shortened.
    """
    texts = [[cell(value) for value in row] for row in rows]
    if not sys.stdout.isatty():
        sys.stdout.writelines("\t".join(row) + "\n" for row in texts)
    elif rows:
        from .terminal.tables import show

        numbers = {at for at in range(len(columns)) if all(_is_number(row[at]) for row in rows)}
        show(columns, texts, numbers=numbers, key=key.replace("_", " "))


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def write_record(fields: Mapping[str, object]) -> None:
    """Print one thing, a field a line; missing ones are left out."""
    known = [(name, value) for name, value in fields.items() if value is not None]
    if not sys.stdout.isatty():
        sys.stdout.writelines(f"{name}\t{cell(value)}\n" for name, value in known)
        return
    from .terminal.tables import show_fields

    show_fields({name: cell(value) for name, value in known})


def write_text(text: str) -> None:
    """Print a text as it is; on a terminal without control characters and on a line of its own."""
    if sys.stdout.isatty():
        text = printable_lines(text)
        text = text if text.endswith("\n") else text + "\n"
    sys.stdout.write(text)


def show_text(session: Session, text: str, **more: object) -> None:
    """Print a text; as data, with what else is known of it, when that is asked for."""
    if wants_data(session):
        show_data(session, {**more, "text": text})
    else:
        write_text(text)


def nothing_found() -> None:
    """Say, on stderr, that a list is empty: silence could as well be a failure."""
    note("Nothing was found.")


def note(text: str) -> None:
    """Print a remark on stderr, out of the way of results."""
    sys.stderr.write(printable(text) + "\n")


def _write_keys(items: Iterable[object], key: str) -> None:
    sys.stdout.writelines(f"{cell(_value(item, key))}\n" for item in items)


def _reader(name: str) -> Callable[[object], object]:
    return lambda item: _value(item, name)


def _value(item: object, name: str) -> object:
    if isinstance(item, Mapping):
        return cast("Mapping[str, object]", item)[name]
    return cast("object", getattr(item, name))


def _words(name: str) -> str:
    """A name of a field for people."""
    return re.sub(r"(?<=[a-z])[A-Z]", lambda letter: f" {letter[0].lower()}", name).replace("_", " ")


def _members(item: object) -> Iterable[tuple[str, Any]]:
    """Names and values of a model, a dataclass or a dict; nothing for anything else."""
    if isinstance(item, Mapping):
        return cast("Mapping[str, Any]", item).items()
    if is_dataclass(item):
        return [(field.name, getattr(item, field.name)) for field in dataclass_fields(item) if field.repr]
    fields: Mapping[str, Any] = getattr(type(item), "model_fields", {})
    return [(name, getattr(item, name)) for name in fields]
