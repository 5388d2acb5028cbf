"""One command for several wikis: `--profile a,b` and `--all-profiles`, for commands that only read."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import replace
from typing import Any

import typer

from .failures import CommandError, ExitCode, report
from .session import Gathered, Session
from .structured import write_json, write_yaml
from .text import printable


def asks_several(session: Session) -> bool:
    """Whether several wikis are meant."""
    return session.all_profiles or "," in (session.profile or "")


def each_wiki(session: Session, run: Callable[[Session], None], *, reads: bool) -> None:
    """Run a command once for each wiki that is meant, and show whose each line is.

    For programs the results are one object, by profile. Exit code 3 when it failed for some of several.
    """
    try:
        names = _names(session, reads)
    except Exception as error:
        raise typer.Exit(report(error, has_credentials=True)) from None
    results: dict[str, Any] = {}
    codes: dict[str, int] = {}
    as_data = session.json is not None or session.yaml
    gathered = Gathered()
    for name in names:
        one = replace(
            session,
            profile=name,
            all_profiles=False,
            yaml=False,
            json=session.json or ("*" if as_data else None),
            gathered=gathered,
        )
        written = io.StringIO()
        try:
            with redirect_stdout(written):
                run(one)
        except typer.Exit as end:
            codes[name] = end.exit_code
            if end.exit_code:
                sys.stderr.write(printable(f"wikijs: that was {name}.") + "\n")
        text = written.getvalue()
        if as_data:
            results[name] = _data(text)
        else:
            sys.stdout.writelines(f"{name}\t{line}\n" for line in text.splitlines())
    if as_data:
        (write_yaml if session.yaml else write_json)(results)
    gathered.write()
    failed = [code for code in codes.values() if code]
    if failed:
        raise typer.Exit(failed[0] if len(failed) == len(names) else ExitCode.PARTLY)


def _names(session: Session, reads: bool) -> list[str]:
    if not reads:
        raise CommandError(
            "This command may change a wiki, or writes files: it takes one wiki at a time.",
            hint="Give one --profile.",
            code=ExitCode.USAGE,
        )
    if session.url:
        raise CommandError(
            "--url names one wiki, and --profile several.", hint="Give one of them.", code=ExitCode.USAGE
        )
    if session.all_profiles:
        names = list(session.config.profiles)
    else:
        names = [name.strip() for name in (session.profile or "").split(",") if name.strip()]
    if not names:
        raise CommandError("No wiki is configured.", hint="wikijs config init NAME --url URL", code=ExitCode.USAGE)
    for name in names:
        session.config.profile(name)  # a mistyped one is said before anything is asked
    return names


def _data(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):  # it failed, or its result is a line of text
        return text.strip() or None
