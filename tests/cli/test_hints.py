"""No hint of the library reaches the command line in words of Python."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import wikijs
from wikijs.cli.frame.hints import for_commands

from .conftest import OnSandbox

SOURCES = Path(wikijs.__file__).parent
ELSEWHERE = {"cli", "codegen", "generated", "interop", "plugins", "sandbox", "schema_tools"}
# An argument with a value, a call, an attribute, a method of a namespace.
PYTHON = re.compile(
    r"\b[a-z]\w*=(?:\W|None|True|\w+\()|\w\(|(?<!\w)\.[a-z_]+\b(?!\.)|\bclient\."
    r"|(?<![`\w ])\b(?:pages|users|tags|assets|groups|site|system)\.[a-z_]+"
)
ALLOWED = {
    "Give each(..., names=).",  # fleets are made by programs; the command line names its profiles
    "Use a folder, a .zip or a .tar.gz.",
    "Use a folder, an archive (.zip or .tar.gz), or one Markdown file.",
    # Only for programs with an event loop of their own.
    "Under trio, use the blocking client in a thread: trio.to_thread.run_sync(client.pages.get, 1).",
}


def hints() -> Iterator[str]:
    """All hints that the sources hold, a 7 for each value that is filled in."""
    for file in sorted(SOURCES.rglob("*.py")):
        place = file.relative_to(SOURCES)
        if place.parts[0] in ELSEWHERE:
            continue
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            keywords = node.keywords if isinstance(node, ast.Call) else ()
            for value in [keyword.value for keyword in keywords if keyword.arg == "hint"]:
                match value:
                    case ast.Constant(value=str(text)):
                        yield text
                    case ast.JoinedStr(values=parts):
                        yield "".join(str(part.value) if isinstance(part, ast.Constant) else "7" for part in parts)
                    case _:
                        pass  # made elsewhere


def test_hints_speak_of_commands() -> None:
    found = list(hints())
    assert len(found) > 100
    python = {text: for_commands(text) for text in found if PYTHON.search(for_commands(text))}
    assert {text: said for text, said in python.items() if text not in ALLOWED} == {}


@pytest.mark.parametrize(
    ("python", "said"),
    [
        ("Pass overwrite=True to replace it, or a name=.", "Give --overwrite to replace it."),
        ("Give full_access=True, or group=.", "Give --full-access, or --group."),
        ("Do not create it again: users.get(12) reads it.", "Do not create it again: `wikijs users get 12` reads it."),
        (
            "Use another first segment, or give locale='de' for a page of that locale.",
            "Use another first segment, or give --locale de for a page of that locale.",
        ),
        ("Check the URL and whether the wiki is running.", "Check the URL and whether the wiki is running."),
    ],
)
def test_words_of_python_are_replaced(python: str, said: str) -> None:
    assert for_commands(python) == said


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (("tags", "rename", "start", "decision"), "`wikijs tags merge` makes one of two."),
        (("api-keys", "create", "backup", "--expires", "90d"), "Give --full-access, or --group."),
        (("pages", "restore", "home", "99"), "`wikijs pages history` lists the versions it has."),
    ],
)
def test_a_failure_hints_at_a_command(on_sandbox: OnSandbox, line: tuple[str, ...], says: str) -> None:
    failed = on_sandbox(*line)
    assert failed.exit_code == 1
    assert failed.stderr.splitlines()[1:] == [f"  {says}"]
