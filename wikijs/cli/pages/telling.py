"""How commands say what became of many files: what `pages export` and `pages import` have in common."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import Final

import typer

from ..frame.failures import CommandError, ExitCode, explained
from ..frame.output import note

SHOWN: Final = 20
"""Failures that are told one by one."""


def leave(is_left: bool, is_done: bool) -> None:
    """End with the exit code that says how much was done."""
    if is_left:
        raise typer.Exit(ExitCode.PARTLY if is_done else ExitCode.FAILED)


def failures(failed: Sequence[tuple[str, Exception]]) -> list[dict[str, str]]:
    """Failures for programs."""
    return [{"name": name, "error": explained(error)} for name, error in failed]


def tell(failed: Sequence[tuple[str, Exception]]) -> None:
    """Say what went wrong with files, a line each."""
    for name, error in failed[:SHOWN]:
        text = explained(error)
        note(f"wikijs: {text}" if name in text else f"wikijs: {name}: {text}")
    if len(failed) > SHOWN:
        note(f"wikijs: and {len(failed) - SHOWN} more; --json lists all.")


def remark(names: Sequence[str], text: str) -> None:
    """Name some files, a line for all."""
    if names:
        more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
        note(f"{text}: {', '.join(names[:SHOWN])}{more}.")


def sum_up(counts: dict[str, Sequence[object]]) -> None:
    """How many of each kind, on stderr: what is not zero."""
    known = [f"{len(found)} {name}" for name, found in counts.items() if found]
    note(f"{', '.join(known) or 'Nothing to do'}.")


def files(count: int) -> str:
    """How many files, with their verb."""
    return "1 file is" if count == 1 else f"{count} files are"


def write_lines(names: Sequence[str]) -> None:
    """Print names, a line each."""
    for name in names:
        typer.echo(name)


@contextmanager
def disk(path: str, verb: str) -> Generator[None]:
    """Errors of the disk in one sentence."""
    try:
        yield
    except BrokenPipeError:  # who reads stdout has had enough: for all commands alike
        raise
    except OSError as error:
        where = error.filename or ("stdout" if path == "-" else path)
        reason = error.strerror or type(error).__name__
        raise CommandError(
            f"{where} cannot be {verb}: {reason}.", hint="Mend that and run it again; what is done stays done."
        ) from None
