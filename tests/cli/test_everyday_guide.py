"""What the guide shows works, line by line."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from .conftest import OnSandbox

GUIDE = (Path(__file__).parents[2] / "docs" / "everyday.md").read_text(encoding="utf-8")
LINES = [
    line for block in re.findall(r"^```sh\n(.*?)^```$", GUIDE, re.DOTALL | re.MULTILINE) for line in block.splitlines()
]


def test_the_lines_of_the_shell(on_sandbox: OnSandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("webbrowser.open", lambda address: True)
    create = on_sandbox.client.pages.create
    for path in ("docs/intro", "handbook-links"):
        if not on_sandbox.client.pages.exists(path):
            create(path, title=path, content="[intro](/docs/intro)\n")
    for line in LINES:
        stdin = ""
        for command in line.partition("  #")[0].split(" | "):
            words = [word for word in shlex.split(command) if word not in {"--profile", "old", "new"}]
            result = on_sandbox(*words[1:], stdin=stdin)
            assert result.exit_code == 0, f"{line}: {result.output}"
            stdin = result.stdout
    assert on_sandbox.client.pages.exists("meetings/one")
