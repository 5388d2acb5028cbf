"""Asking whoever sits at the terminal."""

from __future__ import annotations

import sys
from typing import Final

from .failures import CommandError, ExitCode
from .session import Session

_YES: Final = frozenset({"y", "yes"})
_NO: Final = frozenset({"", "n", "no"})


def somebody_is_there() -> bool:
    """Whether there is anybody to answer."""
    return sys.stdin.isatty()


def confirm(session: Session, question: str) -> None:
    """Ask before something is lost, unless --yes was given. Where nobody is there to answer the command is refused.

    Raises:
        CommandError: The answer is no, or nobody could be asked.
    """
    if session.yes:
        return
    if not somebody_is_there():
        raise CommandError(
            f"This needs a confirmation: {question}",
            hint="Give --yes to do it without being asked.",
            code=ExitCode.USAGE,
        )
    import typer

    while True:
        answer: str = typer.prompt(f"{question} [y/N]", default="n", show_default=False, err=True)
        if (word := answer.strip().lower()) in _NO:
            raise CommandError("Nothing was changed.")
        if word in _YES:
            return
        sys.stderr.write("Answer y for yes or n for no.\n")


def ask(question: str, *, instead: str, default: str | None = None, hidden: bool = False) -> str:
    """Ask for a text.

    Args:
        question: What to ask.
        instead: What to do where nobody is there to answer.
        default: The answer of who just presses Enter; where nobody is there too.
        hidden: Whether the answer is a secret.

    Raises:
        CommandError: Nobody could be asked.
    """
    if not somebody_is_there():
        if default is not None:
            return default
        raise CommandError(f"{question}?", hint=instead, code=ExitCode.USAGE)
    import typer

    answer: str = typer.prompt(question, default=default, hide_input=hidden, err=True)
    return answer.strip()
