"""Whatever is typed wrongly, for each command: one sentence and no traceback, in a pipe and at a terminal."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from wikijs.cli.app import Commands
from wikijs.cli.frame.lazy import Placeholder, load

from .conftest import OnSandbox
from .terminal import Sit, at_terminal

__all__ = ["at_terminal"]

LASTING = {
    "sandbox",
    "playground",
    "interactive",
    "watch",
    "run",
    "serve",
    "listen",
    "gateway",
    "mcp",
    "portal",
    "open",
}
"""Commands that go on until they are stopped, or open a browser."""
NAMES = {
    "nothing": "",
    "missing": "nothing/such",
    "huge": "999999999999",
    "long": "x" * 5_000,
    "odd": "ünï ☃\u202e\x1b[2J",
    "up": "../../etc/passwd",
    "dash": "-",
}
"""What names of pages, users, files and the like may be by mistake."""


def commands() -> Iterator[tuple[tuple[str, ...], Any]]:
    """Words and command of each command of the program."""
    for name, module, _ in Commands.table:
        if name != "call":
            yield from below(load(name, module), name)


def below(command: Any, *words: str) -> Iterator[tuple[tuple[str, ...], Any]]:
    command = command.load() if isinstance(command, Placeholder) else command
    if not getattr(command, "commands", None):
        yield words, command
    for name, each in getattr(command, "commands", {}).items():
        yield from below(each, *words, name)


ALL = [(words, command) for words, command in commands() if words[:2] != ("pages", "tags")]


def arguments(command: Any) -> list[Any]:
    return [each for each in command.params if each.param_type_name == "argument"]


def mistakes() -> Iterator[tuple[str, ...]]:
    """Lines that cannot be understood."""
    for words, command in ALL:
        yield (*words, "--no-such-option")
        yield (*words, "--json", "--yaml", *("x" for each in arguments(command) if each.required))
        if any(each.required for each in arguments(command)):
            yield words
        if all(each.nargs == 1 for each in arguments(command)):
            yield (*words, *("1" for _ in arguments(command)), "surplus")
        for option in command.params:
            kind = str(option.type_descriptor.annotation) if option.param_type_name == "option" else ""
            if "int" in kind or "float" in kind or "Literal" in kind:
                yield (*words, *("1" for each in arguments(command) if each.required), option.opts[0], "not-a-value")


def one_sentence(result: Result, line: Sequence[str]) -> None:
    """A failure is at most a sentence with a hint, and never a bug."""
    assert "Traceback" not in result.output, line
    assert "bug in py-wikijs" not in result.output, line
    assert "\x1b[2J" not in result.output, line


@pytest.mark.parametrize("place", ["in a pipe", "at a terminal"])
def test_a_line_that_is_not_understood_is_one_sentence(on_sandbox: OnSandbox, at_terminal: Sit, place: str) -> None:
    if place == "at a terminal":
        at_terminal("stdout", "stderr", "stdin")
    lines = list(mistakes())
    assert len(lines) > 400
    for line in lines:
        result = on_sandbox(*line)
        assert (result.exit_code, result.stdout) == (2, ""), line
        one_sentence(result, line)
        assert 1 <= result.stderr.count("\n") <= 2, line
        assert result.stderr.startswith("wikijs: "), line


@pytest.mark.parametrize(
    ("kind", "place"), [*((kind, "in a pipe") for kind in NAMES), ("odd", "at a terminal"), ("dash", "at a terminal")]
)
def test_a_name_that_cannot_be_is_never_a_traceback(
    on_sandbox: OnSandbox, at_terminal: Sit, kind: str, place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EDITOR", "false")
    if place == "at a terminal":
        at_terminal("stdout", "stderr")
    name, tried = NAMES[kind], 0
    for words, command in ALL:
        wanted = [each for each in arguments(command) if str(each.type_descriptor.annotation).count("str")]
        if not wanted or LASTING & set(words) or words[0] in {"generate", "completion", "schema"}:
            continue
        line = (*words, *(name for each in wanted if each.required or each.nargs == 1), "--yes")
        result = on_sandbox(*line)
        assert result.exit_code in {0, 1, 2, 3, 4}, (line, result.exit_code, result.exception)
        one_sentence(result, line)
        tried += 1
    assert tried > 60
    assert not (tmp_path / "-").exists(), "a file named - was made"


def no_streams() -> Iterator[tuple[str, ...]]:
    """Lines with a - for a file that is neither stdin nor stdout."""
    for words, command in ALL:
        given = ["x" for each in arguments(command) if each.required]
        needed = [each for each in command.params if each.param_type_name == "option" and each.required]
        given += [word for each in needed for word in (each.opts[0], "x")]
        for each in command.params:
            is_file = (
                each.param_type_name == "option" and "FILE" in (each.metavar or "") and each.name != "api_key_file"
            )
            if is_file and not re.search("stdin|stdout|printed", each.help or ""):
                yield (*words, *given, each.opts[0], "-")


def test_a_dash_is_no_name_of_a_file(on_sandbox: OnSandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    lines = [*no_streams(), ("backup", "make", "-"), ("sync", "-"), ("gateway", "backup", "-")]
    assert len(lines) > 30
    for line in lines:
        if LASTING & set(line) - {"gateway"}:
            continue
        result = on_sandbox(*line, "--yes")
        assert (line, result.exit_code, result.stdout) == (line, 2, ""), result.output
        assert "has to be the name of a file" in result.stderr, line
    assert not [*tmp_path.glob("**/-")]


def test_a_moment_of_access_can_be_printed(on_sandbox: OnSandbox, tmp_path: Path) -> None:
    printed = on_sandbox("access", "save", "-")
    assert printed.exit_code == 0
    (tmp_path / "before.json").write_text(printed.stdout)
    assert on_sandbox("access", "diff", str(tmp_path / "before.json")).exit_code == 0


FILES = {
    "empty": b"",
    "binary": b"\xff\xfe\x00\x01" * 10,
    "yaml": b"a: [",
    "list": b"[1, 2]",
    "nul": b'{"a": "\\u0000"}',
}


@pytest.mark.parametrize("kind", sorted(FILES))
def test_a_file_that_cannot_be_is_never_a_traceback(
    on_sandbox: OnSandbox, kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "file.json"
    file.write_bytes(FILES[kind])
    for words, command in ALL:
        if LASTING & set(words) or words[0] in {"generate", "schema", "completion"}:
            continue
        names = [each for each in command.params if (each.metavar or "").startswith(("FILE", "SOURCE"))]
        for each in names:
            if "--json" in each.opts or each.name == "output":
                continue
            rest = ["home" for other in arguments(command) if other is not each and other.required]
            given = [str(file)] if each.param_type_name == "argument" else [each.opts[0], str(file)]
            line = (*words, *rest, *given, "--yes")
            result = on_sandbox(*line)
            assert result.exit_code in {0, 1, 2, 3, 4}, (line, result.exit_code, result.exception)
            one_sentence(result, line)


@pytest.mark.skipif(sys.platform == "win32" or shutil.which("script") is None, reason="needs script for a terminal")
@pytest.mark.parametrize(
    "line", ["pages list --no-such", "pages lst", "pages get", "pages list --limit x", "frobnicate", "config use none"]
)
def test_at_a_real_terminal_too(line: str, tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("WIKIJS_")}
    environment |= {"WIKIJS_CONFIG": str(tmp_path / "config.toml"), "WIKIJS_URL": "http://127.0.0.1:9", "COLUMNS": "80"}
    command = f"{sys.executable} -m wikijs.cli {line}"
    ended = subprocess.run(
        ["script", "--quiet", "--return", "--command", command, "/dev/null"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env=environment,
    )
    assert ended.returncode == 2, ended.stdout
    assert "Traceback" not in ended.stdout
    assert ended.stdout.startswith("wikijs: ")
    assert ended.stdout.count("\n") <= 2
