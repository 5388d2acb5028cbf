"""The workflows call the commands of `make help`, run what the project claims, and take nothing that may change."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".github" / "workflows"
WORKFLOWS: dict[str, dict[Any, Any]] = {
    path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.yml"))
}
STEPS = [
    (f"{name}-{job_name}-{number}", step)
    for name, workflow in WORKFLOWS.items()
    for job_name, job in workflow["jobs"].items()
    for number, step in enumerate(job["steps"])
]
SCRIPTS = [(where, step["run"]) for where, step in STEPS if "run" in step]
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_there_are_the_workflows_that_a_reader_expects() -> None:
    assert {"ci", "release", "security", "schema"} <= WORKFLOWS.keys()


@pytest.mark.parametrize("step", [step for _, step in STEPS if "uses" in step], ids=lambda step: step["uses"])
def test_actions_are_pinned_to_commits(step: dict[str, Any]) -> None:
    assert re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40}", step["uses"])


@pytest.mark.parametrize("script", [script for _, script in SCRIPTS], ids=[where for where, _ in SCRIPTS])
def test_scripts_parse_call_what_exists_and_hold_no_expression(script: str) -> None:
    assert subprocess.run(["bash", "-n"], input=script, text=True, check=False).returncode == 0
    assert "${{" not in script  # what is put into a script by an expression is executed
    assert set(re.findall(r"\bmake ([a-z-]+)", script)) <= TARGETS


def test_ci_tries_each_python_and_system_that_is_claimed() -> None:
    jobs = WORKFLOWS["ci"]["jobs"]
    claimed = [name.rpartition(" ")[2] for name in PROJECT["classifiers"] if re.search(r"Python :: 3\.\d+$", name)]
    assert jobs["test"]["strategy"]["matrix"]["python"] == claimed
    systems = {re.split("-", name)[0] for name in jobs["elsewhere"]["strategy"]["matrix"]["os"]}
    assert systems == {"macos", "windows"}


@pytest.mark.parametrize("name", WORKFLOWS)
def test_no_workflow_has_more_rights_than_it_names(name: str) -> None:
    assert WORKFLOWS[name]["permissions"] in ({}, {"contents": "read"})


def test_hooks_before_a_commit_call_the_same_commands() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"][0]["hooks"]
    assert {hook["entry"] for hook in hooks} == {"make check", "make generate-check"}


def test_issue_forms_can_be_read() -> None:
    for form in (ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml"):
        if form.stem != "config":
            assert {"name", "description", "body"} <= yaml.safe_load(form.read_text(encoding="utf-8")).keys()


def test_release_notes_are_the_part_of_the_changelog(tmp_path: Path) -> None:
    sys.path.insert(0, str(ROOT / "docs"))
    try:
        from release_notes import notes
    finally:
        sys.path.pop(0)
    text = "\n\n".join(
        ["## [Unreleased]", "- later", "## [1.2.0] - 2026-12-01", "### Added", "- this", "## [1.1.0]", "- old"]
    )
    assert notes(text, "1.2.0") == "### Added\n\n- this\n"
    with pytest.raises(SystemExit, match="no part"):
        notes(text, "1.3.0")
