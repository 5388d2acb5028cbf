"""The command lines of the guide run as they stand there."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from .conftest import OnSandbox

GUIDE = Path(__file__).parents[2] / "docs" / "export-import.md"
LINES = [
    line
    for block in re.findall(r"^```sh\n(.*?)^```$", GUIDE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    for line in block.splitlines()
]


def test_the_guide(on_sandbox: OnSandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert len(LINES) > 10
    for line in LINES:
        command, *arguments = shlex.split(line)
        assert command == "wikijs"
        result = on_sandbox(*arguments)
        assert (result.exit_code, line) == (0, line), result.stderr
    assert sorted(path.name for path in tmp_path.iterdir() if path.name != "cache") == [
        "howto",
        "import.journal",
        "kitchen",
        "wiki",
        "wiki.json",
        "wiki.tar.gz",
    ]


def test_the_number_in_the_guide(on_sandbox: OnSandbox, tmp_path: Path) -> None:
    on_sandbox("pages", "export", str(tmp_path / "wiki"), "--assets")
    result = on_sandbox("pages", "import", str(tmp_path / "wiki"), "--assets", "--dry-run")
    assert result.stderr.rstrip(".\n") in GUIDE.read_text(encoding="utf-8")
