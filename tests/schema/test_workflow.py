"""The scheduled workflow asks for no more than it needs, and runs nothing that may change under it."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / ".github/workflows/schema.yml").read_text(encoding="utf-8")
WORKFLOW: dict[Any, Any] = yaml.safe_load(TEXT)
[JOB] = WORKFLOW["jobs"].values()
SCRIPTS = {step["name"]: step["run"] for step in JOB["steps"] if "run" in step}


def test_it_may_push_a_branch_and_open_a_pull_request_and_nothing_else() -> None:
    assert WORKFLOW["permissions"] == {}
    assert JOB["permissions"] == {"contents": "write", "pull-requests": "write"}


def test_actions_are_pinned_to_commits_and_come_from_github() -> None:
    used = [step["uses"] for step in JOB["steps"] if "uses" in step]
    assert used
    assert all(re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40}", action) for action in used)


def test_it_runs_on_a_schedule_and_when_asked() -> None:
    assert WORKFLOW[True].keys() == {"schedule", "workflow_dispatch"}  # YAML takes `on` for a truth value


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS)
def test_scripts_parse_and_hold_no_expression(script: str) -> None:
    assert subprocess.run(["bash", "-n"], input=script, text=True, check=False).returncode == 0
    assert "${{" not in script  # what is put into a script by an expression is executed


def test_the_command_it_runs_exists() -> None:
    assert "make schema-upgrade" in SCRIPTS["Upgrade"]
    variables = set(re.findall(r"\b([A-Z]+)=", SCRIPTS["Upgrade"]))
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert variables == {"URL", "REPORT", "TESTS"}
    assert all(f"$({name})" in makefile for name in variables)


def test_what_it_commits_exists() -> None:
    [paths] = re.findall(r"git add --all -- (.*)", SCRIPTS["Open a pull request"])
    assert all((ROOT / path).exists() for path in paths.split())
