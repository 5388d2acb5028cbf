"""Runs the example of each command on a wiki made for it, and keeps what it prints in docs/website/outputs.json.

    cd docs && python -m website.running              # all anew, a minute
    cd docs && python -m website.running 'pages get'  # one

`make docs` only reads the file, so that it stays quick; a test holds that each command is in it, with the example that
its help has today, and runs some again.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import chdir, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from unittest import mock

import httpx2
import typer.main
from click import unstyle
from typer.testing import CliRunner

from wikijs.cli.app import app
from wikijs.cli.frame.session import Session
from wikijs.sandbox import Sandbox

from . import commands, world

KEPT: Final = Path(__file__).with_name("outputs.json")
NOT_RUN: Final = {
    "feed watch": "it goes on until it is stopped",
    "hooks run": "it goes on until it is stopped",
    "interactive": "it asks until it is left",
    "logs tail": "it goes on until it is stopped",
    "mcp": "it goes on until it is stopped, and speaks to a program",
    "metrics serve": "it goes on until it is stopped",
    "pages edit": "it opens an editor",
    "pages open": "it opens a browser",
    "playground": "it goes on until it is stopped",
    "sandbox": "it goes on until it is stopped",
    "gateway serve": "it goes on until it is stopped",
    "gateway demo": "it goes on until it is stopped",
    "sync": "with --watch it goes on until it is stopped",
    "auth login": "it asks for the password",
    "gateway credentials add": "it asks for the key",
    "report links": "with --external it asks other sites",
    "completion": "it writes into your shell's settings",
    "plugins check": "it tries a plugin of yours",
    "hooks redeliver": "it sends to a receiver of yours",
    "mail test": "it needs a server for mail",
    "storage run": "it needs a storage target that is set up",
    "gateway check": "it looks at your gateway",
    "gateway request": "it asks a gateway of yours",
    "users create": "it asks for the password",
    "hooks test": "it sends to a receiver of yours",
    "health stats": "it measures, and every wiki is of another speed",
    "generate": "it compiles queries of yours",
}
"""Commands whose example is not run, and why: the reference shows it."""
_MASKS: Final = (
    (re.compile(r"\b\d{4}-\d\d-\d\d([ T])\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)?"), r"2026-11-28\g<1>09:30:00\g<3>"),
    (re.compile(r"\b\d{4}-\d\d-\d\d \d\d:\d\d\b"), "2026-11-28 09:30"),
    (re.compile(r"\b\d+(\.\d+)? ms\b"), "4 ms"),
    (re.compile(r"\b20\d{6}[T-]\d{4,6}(?:[.\d]*)(Z?)"), r"20261128-093000\g<1>"),
    (re.compile(r"20261128-093000Z-[0-9a-f]{6}"), "20261128-093000Z-4f0c1a"),
    (re.compile(r"(?<=\t)\.\.\.[\w-]{10,}"), "...4f0c1a"),
    (re.compile(r"\b[0-9a-f]{40,64}\b"), "4f0c…"),
    (re.compile(r"\bwhsec_[A-Za-z0-9+/=_-]+"), "whsec_…"),
    (re.compile(r"\bwkg_[A-Za-z0-9_-]+"), "wkg_…"),
    (re.compile(r"\beyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+"), "eyJ…"),
    (re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b"), "1f0c…"),
)
"""What differs from run to run."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What an example prints.

    Attributes:
        line: The example.
        exit: Its exit code.
        printed: Lines of output and errors, as a terminal shows them.
    """

    line: str
    exit: int
    printed: list[str]


def examples() -> Iterator[tuple[str, str]]:
    """Each command, without `wikijs`, and its example."""
    root = typer.main.get_command(app)
    for path, command in commands.leaves(root, ("wikijs",)):
        if path[1] != "call":
            yield " ".join(path[1:]), commands.example(command)


def kept() -> dict[str, Shown]:
    """What the file holds."""
    return {name: Shown(**each) for name, each in json.loads(KEPT.read_text(encoding="utf-8")).items()}


def shown(name: str, line: str) -> Shown:
    """Run an example on a wiki of its own."""
    words = shlex.split(line)[1:]
    if ">" in words:
        words = words[: words.index(">")]
    with wiki() as (sandbox, http, folder, environment, clock):
        named = world.prepare(name, sandbox, lambda before: _run(before, environment, http), Path(folder), clock.wait)
        words = [_placed(word, folder, named) for word in words]
        if world.asks(name):
            words.append("--yes")
        code, printed = _run(words, environment, http)
    if ">" in shlex.split(line):
        printed = ""
    for given, real in named.items():
        printed = re.sub(rf"(?<![\w-]){re.escape(real)}(?![\w-])", given, printed)
    printed = unstyle(printed).replace(f"{folder}/var/", "/var/").replace(f"{folder}/", "").replace(folder, ".")
    for pattern, instead in _MASKS:
        printed = pattern.sub(instead, printed)
    printed = printed.replace("http://wikijs.sandbox", "https://wiki.example.com")
    return Shown(line, code, [each.rstrip() for each in printed.strip("\n").splitlines()])


class Clock:
    """A clock that can be set on."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead

    def wait(self, seconds: float) -> None:
        """Let time go by."""
        self.ahead += seconds


@contextmanager
def wiki() -> Iterator[tuple[Sandbox, httpx2.Client, str, dict[str, str], Clock]]:
    """A demo wiki, a client for it, a folder to be in, and the environment that leads to both."""
    clock = Clock()
    with tempfile.TemporaryDirectory() as made:
        folder = os.path.realpath(made)
        with (
            Sandbox(seed="demo", clock=clock) as sandbox,
            chdir(folder),
            httpx2.Client(transport=sandbox.transport()) as http,
        ):
            environment = {
                "WIKIJS_URL": sandbox.url,
                "WIKIJS_API_KEY": sandbox.api_key,
                "WIKIJS_CONFIG": f"{folder}/config.toml",
                "WIKIJS_CACHE_DIR": f"{folder}/cache",
                "HOME": folder,
                "COLUMNS": "100",
                "PATH": f"{folder}/bin:{os.environ['PATH']}",
            }
            with mock.patch.dict(os.environ, {**environment, "XDG_DATA_HOME": folder, "XDG_CONFIG_HOME": folder}):
                yield sandbox, http, folder, environment, clock


def _run(words: list[str], environment: dict[str, str], http: httpx2.Client) -> tuple[int, str]:
    session = Session(environment=environment, http=http)
    ended = CliRunner().invoke(app, words, prog_name="wikijs", obj=session, color=False, env={"COLUMNS": "100"})
    return ended.exit_code, ended.output


def _placed(word: str, folder: str, named: dict[str, str]) -> str:
    """A word of an example, for the wiki that is here."""
    if word.startswith(("/var/", "~/")):
        return folder + word.removeprefix("~")
    if word == "https://wiki.example.com":
        return "http://wikijs.sandbox"
    for given, real in named.items():
        word = word.replace(given, real)
    return word


def main(wanted: list[str]) -> None:
    """Run them and keep what they print."""
    found: dict[str, Any] = {}
    if wanted:
        found = json.loads(KEPT.read_text(encoding="utf-8"))
    for name, line in examples():
        if name in NOT_RUN or (wanted and name not in wanted):
            continue
        begun = time.monotonic()
        try:
            result = shown(name, line)
        except Exception as error:
            sys.stderr.write(f"FAILED {line}: {error!r}\n")
            continue
        found[name] = {"line": result.line, "exit": result.exit, "printed": result.printed}
        took = time.monotonic() - begun
        with suppress(BrokenPipeError):
            sys.stderr.write(f"{result.exit} {len(result.printed):4} lines {took:5.1f} s  {line}\n")
    KEPT.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
