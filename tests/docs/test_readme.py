"""What the README promises of `make`, of files and of commands is there. Its blocks run in `test_walks.py`."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from wikijs.cli.app import app

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("target", re.findall(r"^make (\w+)", README, re.MULTILINE))
def test_make_knows_what_the_readme_names(target: str) -> None:
    assert subprocess.run(["make", "-n", target], cwd=ROOT, capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize("link", re.findall(r"\]\(([^):#]+)(?:#[^)]*)?\)", README))
def test_links_lead_to_files(link: str) -> None:
    assert (ROOT / link).is_file()


def test_it_is_read_in_a_minute() -> None:
    assert len(README.splitlines()) <= 200


def _whole(block: str) -> list[str]:
    """Its lines; those that end with a backslash go on in the next."""
    return block.replace("\\\n", " ").splitlines()


def command_lines() -> list[str]:
    """Every line of a shell block that calls the command, in the README and the guides."""
    texts = [README, *(guide.read_text(encoding="utf-8") for guide in sorted((ROOT / "docs").glob("*.md")))]
    blocks = [block for text in texts for block in re.findall(r"^```sh\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)]
    lines = [line.split("  #")[0].strip() for block in blocks for line in _whole(block)]
    return [line.partition(" | ")[0].partition(" > ")[0] for line in lines if line.startswith("wikijs ")]


@pytest.mark.parametrize("line", command_lines())
def test_the_command_has_what_is_written_of_it(line: str) -> None:
    words = shlex.split(line)[1:]
    result = CliRunner().invoke(app, [*words, "--help"], prog_name="wikijs")
    assert result.exit_code == 0, result.output
