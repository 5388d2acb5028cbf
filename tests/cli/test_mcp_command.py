"""`wikijs mcp`, as far as it needs no assistant; tests/mcp has the rest."""

from __future__ import annotations

import pytest

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
