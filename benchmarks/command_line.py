"""The start of the command, each in a fresh interpreter."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Final

from measure import Result, compare

ROUNDS: Final = 21
_BARE: Final = """
import typer
app = typer.Typer()
@app.command()
def hello(name: str) -> None:
    '''Say hello.'''
    print(name)
app()
"""
_OURS: Final = "from wikijs.cli import main\nmain()"


def measure() -> list[Result]:
    """CPU of `wikijs --help` over that of a typer app with one command; both with the start of the interpreter."""
    programs = {"ours": _OURS, "bare": _BARE}
    for program in programs.values():
        _cpu_of(program)
    samples: dict[str, list[float]] = {name: [] for name in programs}
    for _ in range(ROUNDS):
        for name, program in programs.items():
            samples[name].append(_cpu_of(program))
    return [compare(samples, "ours", "bare", "wikijs --help", "a bare typer app with one command", 1.2)]


def _cpu_of(program: str) -> float:
    process = subprocess.Popen([sys.executable, "-c", program, "--help"], stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return used.ru_utime + used.ru_stime
