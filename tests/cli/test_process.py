"""The command as a process of its own: start-up, help, missing extras, pipes, a sandbox on a port."""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main

from wikijs import WikiJSClient
from wikijs.cli.app import Commands, app
from wikijs.cli.frame.lazy import load

from .conftest import Run

BLOCK = "import sys; sys.modules[{module!r}] = None; from wikijs.cli import main; sys.argv = {arguments!r}; main()"


def python(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    plain = {name: value for name, value in os.environ.items() if not name.startswith("WIKIJS_")}
    return subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**plain, **environment},
    )


def helps() -> Iterator[tuple[str, ...]]:
    yield ()
    for name, module, _ in Commands.table:
        yield from [("call",), ("call", "users.deactivate")] if name == "call" else paths(load(name, module), name)


def paths(command: object, *names: str) -> Iterator[tuple[str, ...]]:
    yield names
    for name, below in getattr(command, "commands", {}).items():
        yield from paths(below, *names, name)


@pytest.mark.parametrize("arguments", list(helps()), ids=" ".join)
def test_each_help_has_an_example(arguments: tuple[str, ...], run: Run) -> None:
    result = run(*arguments, "--help")
    assert result.exit_code == 0
    shown = arguments[1:] if arguments[:2] == ("pages", "tags") else arguments  # the same group at two places
    assert f"Example: wikijs {' '.join(shown)}".strip() in " ".join(result.stdout.split())


def examples() -> Iterator[str]:
    for name, module, _ in Commands.table:
        yield from examples_of(load(name, module))


def examples_of(command: Any) -> Iterator[str]:
    yield command.epilog.splitlines()[0].removeprefix("Example: ")
    for below in getattr(command, "commands", {}).values():
        if below.epilog:  # what stands for an operation that was not loaded has none
            yield from examples_of(below)


@pytest.mark.parametrize("example", sorted(set(examples())))
def test_each_example_is_understood(example: str) -> None:
    words = re.split(r" [>|] ", example.removeprefix("wikijs "))[0]
    command: Any = typer.main.get_command(app)
    name, rest, context = "wikijs", shlex.split(words), None
    while True:  # down to the command itself, which is not run
        context = command.make_context(name, rest, parent=context)
        rest = [*context._protected_args, *context.args]
        if not rest:
            return
        name, command, rest = command.resolve_command(context, rest)


@pytest.mark.parametrize(("name", "module", "line"), Commands.table, ids=[row[0] for row in Commands.table])
def test_the_first_help_says_of_each_command_what_its_own_help_says(name: str, module: str, line: str) -> None:
    command = load(name, module)
    assert command.name == name
    assert command.help.startswith(line.removesuffix("."))


def test_a_placeholder_is_never_what_runs() -> None:
    top: Any = typer.main.get_command(app)  # a group, which the types do not say
    with top.make_context("wikijs", ["pages", "list"], resilient_parsing=True) as context:
        name, command, rest = top.resolve_command(context, ["pages", "list"])
    assert (name, rest) == ("pages", ["list"])
    assert "list" in command.commands


def completed(line: str) -> list[str]:
    words = len(line.split(" ")) - 1
    shown = python("-m", "wikijs.cli", _WIKIJS_COMPLETE="complete_bash", COMP_WORDS=line, COMP_CWORD=str(words))
    assert shown.stderr == ""
    return shown.stdout.split()


def test_a_shell_completes_commands_of_groups_that_were_not_imported() -> None:
    assert "graphql" in completed("wikijs ")
    assert "list" in completed("wikijs pages ")
    assert "--order-by" in completed("wikijs pages list --o")


def loaded_by(*arguments: str) -> set[str]:
    shown = python("-X", "importtime", "-m", "wikijs.cli", *arguments)
    assert shown.returncode == 0
    return {line.rpartition("|")[2].strip() for line in shown.stderr.splitlines()}


@pytest.mark.parametrize("arguments", [(), ("pages", "list"), ("graphql",)], ids=" ".join)
def test_help_loads_neither_the_http_library_nor_a_model(arguments: tuple[str, ...]) -> None:
    packages = {name.partition(".")[0] for name in loaded_by(*arguments, "--help")}
    assert "typer" in packages
    assert not packages & {"httpx2", "websockets", "wikijs_generated"}


def test_the_first_help_does_without_pydantic() -> None:
    # For the help of a command typer itself loads it, to read the options before that command.
    assert "pydantic" not in loaded_by("--help")


def test_without_the_extra_one_line_says_what_to_install() -> None:
    ended = python("-c", BLOCK.format(module="typer", arguments=["wikijs", "--help"]))
    assert ended.returncode == 1
    assert ended.stderr == 'The command line is an extra: pip install "py-wikijs[cli]"\n'


def test_another_missing_module_is_not_taken_for_the_extra() -> None:
    ended = python("-c", BLOCK.format(module="wikijs.cli.frame.session", arguments=["wikijs", "--help"]))
    assert "ModuleNotFoundError" in ended.stderr or "ImportError" in ended.stderr


def test_without_the_sandbox_extra_one_line_says_what_to_install() -> None:
    ended = python("-c", BLOCK.format(module="uvicorn", arguments=["wikijs", "sandbox"]))
    assert ended.returncode == 1
    assert ended.stderr == 'wikijs: The sandbox is an extra.\n  pip install "py-wikijs[sandbox]"\n'


@pytest.mark.parametrize("words", [("system", "info"), ("pages", "chunks", "-")], ids=" ".join)
def test_a_reader_that_has_left_is_no_error(sandbox: dict[str, str], words: tuple[str, ...]) -> None:
    with WikiJSClient(sandbox["WIKIJS_URL"], auth=sandbox["WIKIJS_API_KEY"]) as client:
        client.pages.create("long", title="Long", content="# Part\n\nText of a part.\n\n" * 2000)
    reader, writer = os.pipe()
    os.close(reader)
    ended = subprocess.run(
        [sys.executable, "-m", "wikijs.cli", *words],
        stdout=writer,
        stderr=subprocess.PIPE,
        timeout=60,
        check=False,
        env={**os.environ, **sandbox},
    )
    os.close(writer)
    assert ended.returncode == 0
    assert b"wikijs:" not in ended.stderr


def test_what_an_output_cannot_encode_is_replaced() -> None:
    code = "import wikijs.cli, wikijs.cli.app as place; place.app = lambda **_: print('a → b'); wikijs.cli.main()"
    ended = python("-c", code, PYTHONIOENCODING="cp1252")
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "a ? b\n", "")


@pytest.mark.skipif(sys.platform == "win32", reason="has no such signal")
@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_a_signal_to_end_ends_as_ctrl_c_does(name: str) -> None:
    code = f"import signal; signal.signal(signal.{name}, signal.SIG_DFL)\n"  # tests may run behind nohup
    code += "import wikijs.cli.app as place, wikijs.cli\n" + textwrap.dedent("""
        def wait(**_):
            print("at work", flush=True)
            signal.pause()
        place.app = wait
        wikijs.cli.main()
    """)
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "at work\n"
    process.send_signal(signal.Signals[name])
    _, said = process.communicate(timeout=60)
    assert "KeyboardInterrupt" in said


@pytest.fixture
def sandbox() -> Iterator[dict[str, str]]:
    """A sandbox on a free port, started by the command; the environment that leads to it."""
    process = subprocess.Popen(
        [sys.executable, "-m", "wikijs.cli", "sandbox", "--port", "0"], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        told = {}
        for line in process.stdout:
            name, value = re.split(r"\s{2,}", line.strip(), maxsplit=1)
            told[name] = value
            if name == "API key":
                break
        yield {"WIKIJS_URL": told["URL"], "WIKIJS_API_KEY": told["API key"]}
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)
    assert process.returncode == 0


def test_commands_talk_to_a_sandbox_that_the_command_started(sandbox: dict[str, str]) -> None:
    shown = python("-m", "wikijs.cli", "system", "info", **sandbox)
    assert shown.stderr == ""
    assert "current version\t2.5.314\n" in shown.stdout


def test_a_sandbox_that_cannot_start_says_why() -> None:
    ended = python("-m", "wikijs.cli", "sandbox", "--seed", "nothing-like-that", "--port", "0")
    assert ended.returncode == 1
    assert ended.stderr.startswith("wikijs: There is no seed 'nothing-like-that'")


@pytest.mark.skipif(sys.platform == "win32", reason="closes streams as shells do")
def test_a_closed_stdin_holds_nothing(tmp_path: Path) -> None:
    line = f"{shlex.quote(sys.executable)} -m wikijs.cli"
    environment = {**os.environ, "WIKIJS_CONFIG": str(tmp_path / "none.toml")}
    for words, code in (("config list", 0), ("users import - --url http://127.0.0.1:9", 1)):
        ended = subprocess.run(
            ["/bin/sh", "-c", f"{line} {words} <&-"], capture_output=True, text=True, check=False, env=environment
        )
        assert "bug in" not in ended.stderr, words
        assert ended.returncode == code, ended.stderr
