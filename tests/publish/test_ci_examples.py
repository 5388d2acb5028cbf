"""The workflows for CI are valid, and their commands do what they say, on a sandbox."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import httpx2
import pytest
import yaml
from typer.testing import CliRunner

from wikijs.cli.app import app
from wikijs.cli.frame.session import Session
from wikijs.sandbox import Sandbox

EXAMPLES = Path(__file__).parents[2] / "examples" / "ci"


def lines(name: str) -> list[str]:
    """The lines of a workflow that publish."""
    loaded: dict[Any, Any] = yaml.safe_load((EXAMPLES / name).read_text())
    if name == "github.yml":
        assert {"push", "pull_request"} == loaded[True].keys()  # YAML takes `on` for a truth value
        return [step["run"] for step in loaded["jobs"]["publish"]["steps"] if "publish docs/" in step.get("run", "")]
    return [line for job in ("wiki check", "wiki publish") for line in loaded[job]["script"]]


@pytest.mark.parametrize("name", ["github.yml", "gitlab.yml"])
def test_workflow(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("docs").mkdir()
    Path("docs/index.md").write_text("# Boats\n\nText.\n")
    check, publish = lines(name)
    with Sandbox() as sandbox, httpx2.Client(transport=sandbox.transport()) as http:
        given = {
            "WIKIJS_URL": sandbox.url,
            "WIKIJS_API_KEY": sandbox.api_key,
            "WIKIJS_CONFIG": str(tmp_path / "none.toml"),
            "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md"),
        }
        for line, stored in ((check, list[int]()), (publish, [1])):
            known = line.replace("$GITHUB_STEP_SUMMARY", "summary.md").replace("$EDIT_URL", "https://e/{file}")
            words = shlex.split(known)
            assert words.pop(0) == "wikijs"
            result = CliRunner().invoke(app, words, obj=Session(environment=given, http=http))
            assert result.exit_code == 0, result.output
            pages = sandbox.db.all("SELECT content FROM pages")
            assert [str(page["content"]).count("[Edit this page](https://e/index.md)") for page in pages] == stored
            assert Path("summary.md").read_text().startswith("## ")
