"""The prompt itself: reads lines, completes them, keeps a history, and hands each line to the command it names."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from prompt_toolkit import PromptSession
from prompt_toolkit.auto_suggest import AutoSuggestFromHistory
from prompt_toolkit.completion import CompleteEvent, Completer, Completion, ThreadedCompleter
from prompt_toolkit.document import Document
from prompt_toolkit.filters import Condition
from prompt_toolkit.history import FileHistory
from prompt_toolkit.lexers import PygmentsLexer

from ..frame.failures import ExitCode
from ..frame.output import note
from .command_words import Word, next_words, quoted

LEAVE: Final = {"exit", "quit"}
HELP: Final = {"help", "?"}


class WordCompleter(Completer):
    """Offers the words that a function finds for the text before the cursor."""

    def __init__(self, find: Callable[[str], tuple[str, list[Word]]], quote: Callable[[str], str] = str) -> None:
        self._find = find
        self._quote = quote

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        """Words for the place of the cursor."""
        before = document.text_before_cursor
        begun, found = self._find(before)
        typed = _as_typed(before, begun)
        for word in found:
            yield Completion(
                self._quote(word.text), start_position=-len(typed), display=word.text, display_meta=word.meaning
            )


def _as_typed(line: str, begun: str) -> str:
    """The word that was begun as it stands on the line, with its quote."""
    for quote in ("'", '"'):
        if line.endswith(quote + begun):
            return quote + begun
    return begun


class CommandLoop:
    """Reads command lines until the user leaves.

    Args:
        root: The command that lines are for.
        execute: Runs the words of a line; returns the exit code.
        things: Names of things of the wiki by kind, for completion.
        status: What the status line says of the wiki and the user.
        history: File that keeps the lines.
    """

    def __init__(
        self,
        root: Any,
        *,
        execute: Callable[[list[str]], int],
        things: Callable[[str], Iterable[str]],
        status: str,
        history: Path,
    ) -> None:
        self._execute = execute
        self._status = status
        self._code = 0
        completer = WordCompleter(lambda line: next_words(root, line, things), quoted)
        self._prompt: PromptSession[str] = PromptSession(
            history=FileHistory(str(private(history))),
            completer=ThreadedCompleter(completer),  # asking the wiki must not hold up typing
            auto_suggest=AutoSuggestFromHistory(),
            complete_while_typing=False,
            bottom_toolbar=self._status_line,
        )

    def _status_line(self) -> str:
        last = f"last command: exit code {self._code}" if self._code else "Tab completes, Ctrl+D leaves"
        return f" {self._status} | {last} "

    def run(self) -> None:
        """Read and run lines."""
        while True:
            try:
                line = self._prompt.prompt("wikijs> ")
            except KeyboardInterrupt:
                continue  # what was typed is dropped, as in a shell
            except EOFError:
                return
            try:
                words = shlex.split(line)
            except ValueError:
                note("wikijs: A quote is not closed.")
                continue
            if words[:1] == ["wikijs"]:  # pasted from a text
                words = words[1:]
            if not words:
                continue
            if words[0] in LEAVE and len(words) == 1:
                return
            self._code = self._execute(["--help"] if words[0] in HELP and len(words) == 1 else words)


def ask_document(schema: Any) -> str:
    """Ask for a GraphQL document: Enter ends it once all its braces are closed.

    Args:
        schema: The schema for completion, or None.

    Raises:
        EOFError, KeyboardInterrupt: The user wants to leave.
    """
    completer = None
    if schema is not None:
        from . import graphql_words

        completer = WordCompleter(lambda text: graphql_words.next_words(schema, text))
    session: PromptSession[str] = PromptSession(
        completer=completer,
        lexer=PygmentsLexer.from_filename("document.graphql"),
        complete_while_typing=False,
        bottom_toolbar=" Tab completes, Enter sends once all braces are closed, Ctrl+D leaves ",
    )
    session.multiline = Condition(lambda: not is_closed(session.default_buffer.text))
    return session.prompt("graphql> ")


def is_closed(document: str) -> bool:
    """Whether something was written, and each brace of it is closed."""
    return bool(document.strip()) and document.count("{") <= document.count("}")


def private(file: Path) -> Path:
    """A file that only its owner can read, made unless it exists."""
    file.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(file, os.O_CREAT | os.O_APPEND, 0o600))
    return file


def history_path(environment: Mapping[str, str]) -> Path:
    """Where the history is: WIKIJS_HISTORY_FILE, or in the user's folder for such things."""
    if environment.get("WIKIJS_HISTORY_FILE"):
        return Path(environment["WIKIJS_HISTORY_FILE"]).expanduser()
    from platformdirs import user_state_path

    return user_state_path("wikijs", appauthor=False) / "history"


def exit_code_of(run: Callable[[], object]) -> int:
    """Run a command that ends by leaving the program, and return its exit code instead."""
    try:
        run()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except KeyboardInterrupt:
        sys.stderr.write("\n")
        return ExitCode.INTERRUPTED
    return ExitCode.DONE
