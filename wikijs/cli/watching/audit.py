"""`wikijs audit ...`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from ..frame.command import command, group
from ..frame.failures import CommandError, ExitCode
from ..frame.output import note, show_record, write_text
from ..frame.session import Session
from ..frame.structured import show_data, wants_data

app = typer.Typer(no_args_is_help=True)

_VERDICT: Final = ("file", "ok", "lines", "problems", "open", "torn", "last", "sequence")
_SHOWN: Final = ("seq", "time", "event", "call", "wiki", "caller", "operation", "operations", "outcome", "error", "id")

File = Annotated[Path, typer.Argument(help="The file that AuditPlugin wrote.")]


@group(app, example="wikijs audit verify audit.jsonl")
def audit(session: Session) -> None:
    """Look at the file in which AuditPlugin writes down what a program did."""


@command(app, "verify", example="wikijs audit verify audit.jsonl --key-file audit.key", fields=_VERDICT)
def verify(
    session: Session,
    file: File,
    *,
    key_file: Annotated[
        Path | None, typer.Option("--key-file", help="File with the key it was written with; else WIKIJS_AUDIT_KEY.")
    ] = None,
    previous: Annotated[
        str | None, typer.Option(metavar="HASH", help="Hash of the last line of the file before this one.")
    ] = None,
    checkpoint: Annotated[
        str | None, typer.Option(metavar="LINE:HASH", help="A line that must be there, as the log noted it.")
    ] = None,
) -> None:
    """Look for lines that were changed, put in, moved or deleted. Exit code 1 when something is wrong.

    Writes that were begun and of which no end is written are shown too: the program was ended in between.
    """
    from wikijs.telemetry import chain

    key, noted = _key(session, key_file), _checkpoint(checkpoint)
    try:
        with file.open(encoding="utf-8", errors="replace") as lines:
            found = chain.verify(lines, key, previous=previous or chain.GENESIS, checkpoint=noted)
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}.") from None
    shown = {
        "file": str(file),
        "ok": found.ok,
        "lines": found.lines,
        "problems": found.problems,
        "open": sorted(found.open.values()),
        "torn": found.torn,
        "last": found.last,
        "sequence": found.sequence,
    }
    show_record(session, shown, key="ok")
    if found.open:
        note(f"wikijs: {len(found.open)} writes were begun and their end is not written: look at the wiki.")
    if not found.ok:
        raise typer.Exit(ExitCode.FAILED)


@command(app, "show", example="wikijs audit show audit.jsonl", fields=_SHOWN)
def show(session: Session, file: File) -> None:
    """Show what was done, a line each. This does not look for changed lines: see `verify`."""
    from wikijs.telemetry.audit import as_line, read

    entries = read(file)
    if wants_data(session):
        show_data(session, entries)
        return
    for entry in entries:
        write_text(as_line(entry) + "\n")


def _key(session: Session, file: Path | None) -> bytes | None:
    from wikijs.config.credentials import read_key
    from wikijs.telemetry.audit import audit_key

    return audit_key(read_key(file) if file is not None else session.environment.get("WIKIJS_AUDIT_KEY") or None)


def _checkpoint(value: str | None) -> tuple[int, str] | None:
    if value is None:
        return None
    line, colon, digest = value.partition(":")
    if not (colon and digest and line.isdecimal()):
        raise CommandError(
            f"{value!r} is no checkpoint.",
            hint="Give the number of the line and its hash: 1000:9f86...",
            code=ExitCode.USAGE,
        )
    return int(line), digest
