"""The table of traps names tests that exist, in every row."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TABLE = ROOT / "docs" / "traps.md"


def rows() -> list[tuple[str, str]]:
    """What the server does, and the cell that names the tests."""
    lines = [line for line in TABLE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    cells = [line.strip("| ").split(" | ") for line in lines if not line.startswith("| The server |")]
    return [(cell[0], cell[-1]) for cell in cells]


def named_tests(cell: str) -> list[tuple[str, str]]:
    """File and function of each test in a cell; the function is empty where all of a file is meant."""
    named: list[tuple[str, str]] = []
    file = ""
    for name in re.findall(r"`([^`]+)`", cell):
        if name.endswith(".py"):
            file = name
            named.append((file, ""))
        else:
            named.append((file, name))
    return named


@pytest.mark.parametrize(("trap", "cell"), rows())
def test_a_trap_names_tests_that_exist(trap: str, cell: str) -> None:
    named = named_tests(cell)
    assert named, f"No test is named for: {trap}"
    for file, function in named:
        text = (ROOT / "tests" / file).read_text(encoding="utf-8")
        assert f"def {function}(" in text if function else "def test_" in text, f"{file} has no {function}"
