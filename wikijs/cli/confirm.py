"""Asking before something is lost."""

from __future__ import annotations

import sys

from .failures import CommandError, ExitCode
from .session import Session


def confirm(session: Session, question: str) -> None:
    """Ask, unless --yes was given. Where nobody is there to answer the command is refused.

    Raises:
        CommandError: The answer is no, or nobody could be asked.
    """
    if session.yes:
        return
    if not sys.stdin.isatty():
        raise CommandError(
            f"This needs a confirmation: {question}",
            hint="Give --yes to do it without being asked.",
            code=ExitCode.USAGE,
        )
    import typer

    if not typer.confirm(question, err=True):
        raise CommandError("Nothing was changed.")
