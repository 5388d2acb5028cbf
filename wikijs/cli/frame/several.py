"""One thing done to several: one bad one never stops the rest, and each outcome is told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from wikijs.exceptions import WikiJSException

from .failures import CommandError, ExitCode
from .output import show_batch, show_done
from .progress import progress
from .session import Session

T = TypeVar("T")


def for_each(
    session: Session,
    names: Sequence[str],
    act: Callable[[str], T],
    *,
    done: Callable[[T], str],
    verb: str,
    key: str = "id",
) -> None:
    """Do something to each, in turn.

    Args:
        session: The global options.
        names: What the user named.
        act: What to do to one.
        done: What to say of a single one, of what `act` returned.
        verb: What was done to several, such as "deleted".
        key: What --quiet prints of each.
    """
    from wikijs.core.jobs.results import BatchError, BatchResult

    if len(names) == 1:  # told as by any other command
        outcome = act(names[0])
        show_done(session, done(outcome), outcome, key=key)
        return
    result = BatchResult[str, T]()
    with progress(session, verb.capitalize(), total=len(names)) as step:
        for index, name in enumerate(names):
            try:
                result.success.append(act(name))
            except WikiJSException as error:
                result.errors.append(BatchError(index, name, error))
            step(1)
    show_batch(session, result, verb=verb, key=key)


def in_words(kind: str, names: Sequence[object]) -> str:
    """Things in a question: "user ann", or "3 users"."""
    return f"{kind} {names[0]}" if len(names) == 1 else f"{len(names)} {kind}s"


def one_of(word: str | None, option: str | None, name: str, flag: str) -> str:
    """What was given by its place on the line, or by an option.

    Args:
        word: The word at its place.
        option: The value of the option.
        name: How the place is called.
        flag: The option.

    Raises:
        CommandError: Nothing was given, or two different things.
    """
    given = option if word is None else word
    if given is None:
        raise CommandError(f"{name} is missing.", hint=f"Give it at its place, or with {flag}.", code=ExitCode.USAGE)
    if word is not None and option is not None and word != option:
        raise CommandError(f"{name} is given twice, as {word!r} and with {flag}.", code=ExitCode.USAGE)
    return given
