"""`wikijs mcp`, as far as it needs no assistant; tests/mcp has the rest."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest
from support.jwt import api_key

from .conftest import Run


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--toolsets", "pages,users,nothing"), "There is no toolset 'nothing'."),
        (("--tools", "get_page,no_such"), "There is no tool 'no_such'."),
        (("--files", "/no/such/folder"), "/no/such/folder is no folder."),
        (("--confirm", "never"), "--confirm: 'never' is not one of"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_sent(run: Run, options: tuple[str, ...], says: str) -> None:
    result = run("mcp", *options)
    assert result.exit_code != 0
    assert says in result.stderr
    assert result.stdout == ""
    assert len(result.stderr.splitlines()) <= 3


def test_its_help_says_how_hosts_start_it(run: Run) -> None:
    shown = " ".join(run("mcp", "--help").output.replace("│", " ").split())
    assert "--read-only" in shown
    assert "docs/mcp.md" in shown


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals")
def test_a_person_at_a_terminal_is_told_what_it_is_and_ends_it_with_ctrl_c() -> None:
    import pty

    mine, other = pty.openpty()
    environment = os.environ | {"WIKIJS_URL": "http://127.0.0.1:9", "WIKIJS_API_KEY": api_key()}
    line = [sys.executable, "-m", "wikijs.cli", "mcp"]
    with subprocess.Popen(
        line, stdin=other, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, env=environment
    ) as process:
        try:
            assert process.stderr is not None
            said = process.stderr.readline()
            assert b"docs/mcp.md" in said
            process.send_signal(signal.SIGINT)
            assert process.wait(120) == 130
            assert process.stderr.read().endswith(b"Stopped.\n")
        finally:
            process.kill()
            os.close(mine)
            os.close(other)
