"""`--json` of each command: JSON on stdout and nothing else, also of a dry run, of nothing, and of a failure."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from .conftest import OnSandbox
from .walking import is_json, lines, prepared


def test_json_is_json_and_nothing_else(on_sandbox: OnSandbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("WIKIJS_FEED_STORE", str(tmp_path / "feed.db"))
    monkeypatch.setenv("EDITOR", "true")
    monkeypatch.chdir(tmp_path)
    prepared(on_sandbox, tmp_path)
    wrong: list[str] = []
    done = 0
    for _, _, line in lines(tmp_path):
        result = on_sandbox(*line, "--json")
        done += result.exit_code == 0
        if result.exit_code == 0 or result.stdout:
            wrong += [] if is_json(result.stdout) else [f"{' '.join(line)}: {result.stdout[:80]!r}"]
    assert wrong == []
    assert done > 120


def test_exports_to_stdout_have_the_form_that_was_asked_for(on_sandbox: OnSandbox) -> None:
    for line in (
        ("export", "pages", "--format", "yaml"),
        ("pages", "export", "-"),
        ("export", "users", "--format", "yaml"),
    ):
        assert is_json(on_sandbox(*line, "--json").stdout), line
        told = on_sandbox(*line, "--yaml").stdout
        assert yaml.safe_load(told), line
        assert not is_json(told), line
