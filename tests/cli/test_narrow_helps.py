"""Helps of all commands, on terminals of few columns: every name is whole, and every explanation can be read."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from wikijs.cli.app import app

from .test_bad_input import ALL


def shown(monkeypatch: pytest.MonkeyPatch, width: int, *words: str) -> list[str]:
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setattr("typer.rich_utils.MAX_WIDTH", width)
    result = CliRunner().invoke(app, [*words, "--help"], prog_name="wikijs")
    assert result.exit_code == 0, result.output
    return result.output.splitlines()


@pytest.mark.parametrize("width", [60, 80])
def test_nothing_is_shortened(monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    groups = [("call",), ("pages",), ("gateway", "keys"), (), ("pages", "import"), ("auth", "login")]
    for words in [*groups, *(words for words, _ in ALL if width < 80)]:
        lines = shown(monkeypatch, width, *words)
        assert not [line for line in lines if "…" in line or len(line) > width], words


def test_what_is_explained_stands_below_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = shown(monkeypatch, 60, "pages", "update")
    at = lines.index("  -f, --file, --content-file FILE")
    assert lines[at + 1] == "    Read the content from a file; - is stdin. Its front"
    assert "--must-change-password" in " ".join(shown(monkeypatch, 60, "users", "create"))


def test_operations_and_groups_of_commands_too(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = shown(monkeypatch, 60, "call")
    assert lines[lines.index("  assets.create-folder") - 1] == "assets:"
    assert lines[lines.index("  assets.create-folder") + 1] == "    Create a folder."


@pytest.mark.parametrize("width", [1, 5, 20])
def test_a_terminal_of_hardly_any_columns_shows_it_all(monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    text = " ".join(shown(monkeypatch, width, "pages", "list"))
    assert "--since" in text
    assert "wikijs pages list" in " ".join(text.split())


def test_with_room_there_are_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    assert any(line.startswith("│") for line in shown(monkeypatch, 120, "pages", "list"))
