"""Writing texts in the user's editor, and never losing them."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from itertools import chain, repeat
from pathlib import Path
from tempfile import mkdtemp
from typing import Final

from .failures import CommandError, ExitCode
from .output import note

SUFFIXES: Final = {"markdown": ".md", "html": ".html", "asciidoc": ".adoc"}
"""Suffix of a file by the content type of its page, so that the editor knows the language."""


@contextmanager
def edited(text: str, *, content_type: str, environment: Mapping[str, str]) -> Generator[str]:
    """A text as the user's editor left it. If it cannot be used, its file is kept and the user is told where.

    Args:
        text: What to begin with.
        content_type: What the text is, such as "markdown".
        environment: Where VISUAL and EDITOR are looked for.

    Raises:
        CommandError: There is no editor, or it failed.
    """
    command = _editor(environment)
    folder = Path(mkdtemp(prefix="wikijs-"))
    file = folder / f"page{SUFFIXES.get(content_type, '.txt')}"
    file.write_bytes(text.encode())
    try:
        _run([*command, str(file)])
        yield as_before(text, _read(file))
    except BaseException:
        if file.exists() and file.read_bytes() not in {text.encode(), b""}:
            note(f"wikijs: Your text is kept in {file}")
        else:
            shutil.rmtree(folder, ignore_errors=True)
        raise
    shutil.rmtree(folder, ignore_errors=True)


def as_before(text: str, new: str) -> str:
    """A text without what editors change unasked: a mark of its encoding, line ends, whether the last line has one."""
    if not text.startswith("\ufeff"):
        new = new.removeprefix("\ufeff")
    if "\r\n" in text and "\r" not in new:
        new = _with_line_ends_of(text, new)
    if text and not text.endswith("\n"):
        new = new.removesuffix("\n").removesuffix("\r")
    return new


def _with_line_ends_of(text: str, new: str) -> str:
    """Lines that were there, changed or not, get the line end they had; others the commonest one."""
    from wikijs.core.values.differences import blocks

    before, after = text.split("\n"), new.split("\n")
    bare = [line.removesuffix("\r") for line in before]
    commonest = "\r" if 2 * text.count("\r\n") > text.count("\n") else ""
    lines: list[str] = []
    for _, start, stop, first, last in blocks(bare, after):
        ends = ["\r" if line.endswith("\r") else "" for line in before[start:stop]]
        lines += [line + end for line, end in zip(after[first:last], chain(ends, repeat(commonest)), strict=False)]
    joined = "\n".join(lines)
    return joined if text.endswith("\r") else joined.removesuffix("\r")


def _editor(environment: Mapping[str, str]) -> list[str]:
    chosen = environment.get("VISUAL") or environment.get("EDITOR")
    if chosen:
        try:
            return shlex.split(chosen)
        except ValueError:
            raise CommandError(f"EDITOR is no command line: {chosen}", code=ExitCode.USAGE) from None
    if not sys.stdin.isatty():
        raise CommandError(
            "There is no editor to write in.",
            hint="Set EDITOR, or give --file; --file - is stdin.",
            code=ExitCode.USAGE,
        )
    return ["notepad" if os.name == "nt" else "vi"]


def _run(command: list[str]) -> None:
    try:
        code = subprocess.run(command, check=False).returncode  # noqa: S603  the user's own editor
    except OSError as error:
        raise CommandError(
            f"The editor {command[0]} cannot be started: {error.strerror}.", hint="Set EDITOR to another one."
        ) from None
    if code:
        raise CommandError(f"The editor ended with code {code}; nothing was sent.")


def _read(file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8")
    except OSError as error:
        raise CommandError(f"The editor left no text: {error.strerror}. Nothing was sent.") from None
    except UnicodeDecodeError:
        raise CommandError("The editor left what is no text in UTF-8; nothing was sent.") from None
