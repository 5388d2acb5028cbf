"""Walks through a page as a reader does: runs its blocks in their order, and looks whether they print what is shown.

A block of Python or of shell is run; a block of text behind it holds lines that must have been printed. A block that
cannot be run here has a comment in front of it that says why, `<!-- not run: it needs a mail server -->`, which the
site shows; one that a test of its own runs names it, `<!-- run by: tests/docs/test_mcp_guide.py -->`. Where a page
writes "https://wiki.example.com" and "API-KEY", a reader writes his own wiki's, and so does the walk.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING

from typer.testing import CliRunner

from wikijs.cli.app import app
from wikijs.cli.frame.session import Session

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_BLOCK = re.compile(
    r"^(?: *<!-- (?:not run: (?P<why>[^\n]+?)|run by: (?P<by>\S+)) -->\n+)?"
    r"^(?P<indent> *)```(?P<language>\w*)[^\n]*\n(?P<code>.*?)^(?P=indent)```$",
    re.DOTALL | re.MULTILINE,
)
RUN = {"python", "sh", "console", "ts", "bash", "js"}
"""Languages of blocks that do something."""


@dataclass(frozen=True)
class Block:
    """A block of a page; `why` says why it is not run, `by` which test runs it."""

    language: str
    code: str
    why: str | None
    by: str | None


def blocks(page: Path) -> list[Block]:
    """The blocks of a page in their order."""
    found = _BLOCK.finditer(page.read_text(encoding="utf-8"))
    return [
        Block(
            each["language"], textwrap.dedent(each["code"]) if each["indent"] else each["code"], each["why"], each["by"]
        )
        for each in found
    ]


def given(code: str) -> str:
    """A block with the wiki of the environment in the place of the reader's."""
    for shown, name in (('"https://wiki.example.com"', "WIKIJS_URL"), ('"API-KEY"', "WIKIJS_API_KEY")):
        if name in os.environ:
            code = code.replace(shown, repr(os.environ[name]))
    return code


def walk(page: Path, says: Sequence[str] | None = None) -> int:
    """Run a page in the folder and the environment that are set; how many blocks were run.

    `says` holds, for each block of Python, what it prints, for pages that do not show it.

    Raises:
        AssertionError: A block fails, or does not print what is shown behind it.
    """
    printed, run = "", 0
    expected = iter(says or ())
    for block in blocks(page):
        if block.why is not None or block.by is not None:
            printed = ""
        elif block.language == "python":
            out = io.StringIO()
            with contextlib.redirect_stdout(out):
                exec(compile(given(block.code), page.name, "exec", dont_inherit=True), {"__name__": "page"})  # noqa: S102
            printed, run = out.getvalue(), run + 1
            if says is not None:
                wanted = next(expected)
                assert wanted in printed, f"{page.name}: {wanted!r} is not in {printed!r}"
        elif block.language == "sh":
            printed, run = _shell(block.code), run + 1
        elif block.language == "text":
            for line in block.code.splitlines():
                assert line.strip() in printed, f"{page.name}: {line!r} is not in {printed!r}"
    assert list(expected) == [], f"{page.name} has fewer blocks than what is said of them"
    return run


def _shell(code: str) -> str:
    printed = ""
    for line in code.replace("\\\n", " ").splitlines():
        words = shlex.split(line, comments=True)
        if not words:
            continue
        assert words[0] == "wikijs", f"{line!r} is no command of ours: say why it is not run"
        assert not {"|", ">", "&&", ";"} & set(words), f"{line!r} needs a shell: say why it is not run"
        ended = CliRunner().invoke(app, words[1:], prog_name="wikijs", obj=Session(environment=os.environ), color=False)
        assert ended.exit_code == 0, f"{line}: {ended.output}"
        printed += ended.output
    return printed
