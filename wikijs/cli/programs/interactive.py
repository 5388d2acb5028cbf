"""`wikijs interactive`."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import typer

from wikijs.core.values.installing import pip_line
from wikijs.exceptions import WikiJSException

from ..frame.command import command
from ..frame.failures import CommandError, ExitCode
from ..frame.output import note
from ..frame.session import Session

if TYPE_CHECKING:
    from wikijs import WikiJSClient

app = typer.Typer()

_OTHER_WIKI: Final = ("--url", "--profile", "--api-key-file")


@command(app, "interactive", example="wikijs interactive --profile docs")
def interactive(session: Session) -> None:
    """Type commands at a prompt, without `wikijs` in front: Tab completes paths, tags, users and groups of the wiki.

    `help` lists the commands, Ctrl+R searches the history, `exit` or Ctrl+D leaves.
    """
    if not sys.stdin.isatty():
        raise CommandError(
            "This needs a terminal.", hint="In scripts call the commands themselves.", code=ExitCode.USAGE
        )
    try:
        from ..prompt.loop import CommandLoop, exit_code_of, history_path
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "prompt_toolkit":
            raise
        raise CommandError("The prompt needs prompt_toolkit.", hint=pip_line("cli")) from None
    from ..app import app as everything
    from ..prompt.wiki_words import WikiWords

    root = typer.main.get_command(everything)
    with session.client(or_guest=True) as client:
        words = WikiWords(client)

        def execute(line: list[str]) -> int:
            if line[0] == "interactive":
                note("wikijs: You are at the prompt already.")
                return ExitCode.USAGE
            code = exit_code_of(lambda: root(args=line, prog_name="wikijs", obj=_for_one_line(session, line)))
            words.forget()
            return code

        loop = CommandLoop(
            root,
            execute=execute,
            things=words,
            status=f"{client.url} as {_who(client)}",
            history=history_path(session.environment),
        )
        loop.run()


def _who(client: WikiJSClient) -> str:
    try:
        return client.whoami().name or "a guest"
    except WikiJSException as error:
        note(f"wikijs: {error}")
        return "nobody: the wiki did not answer"


def _for_one_line(session: Session, line: list[str]) -> Session:
    """The options that the prompt was started with, for a line that may add others."""
    fresh = replace(session)
    if not any(word.startswith(_OTHER_WIKI) for word in line):
        # Else each line would run the command that gets the token.
        for name in ("config", "target", "credentials"):
            fresh.__dict__[name] = getattr(session, name)
        fresh.has_credentials = session.has_credentials
    return fresh
