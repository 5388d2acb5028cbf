"""Every Python block of the README runs, and what it promises of commands is there."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from wikijs import WikiJSClient
from wikijs.cli.app import app

from .conftest import URL, Served

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
SAYS = [
    "How to do it",
    "Introduction",
    "3 ['Administrators', 'Guests']",
    "",
    "pages.single",
    "1 home\n2 docs/intro",
    "2.5.314",
    "1 created; [(1, 'PageIllegalPathError')]\n['Introduction', 'One']",
    "6003 PageNotFound There is no page 999999.",
    "True True",
]


def test_each_block_has_its_expectation() -> None:
    assert len(BLOCKS) == len(SAYS)


@pytest.mark.parametrize("number", range(len(SAYS)))
def test_block(number: int, wiki: Served, capsys: pytest.CaptureFixture[str]) -> None:
    block = BLOCKS[number].replace(URL, wiki.url).replace("API-KEY", wiki.api_key)
    code = compile(block, f"README.md, block {number}", "exec", dont_inherit=True)
    try:
        exec(code, {"__name__": "readme"})  # noqa: S102  that is the test
    finally:
        with WikiJSClient(wiki.url, auth=wiki.api_key) as client:
            for page in client.pages.list(folder="guides"):
                client.pages.delete(page.id)
    assert SAYS[number] in capsys.readouterr().out


@pytest.mark.parametrize("target", re.findall(r"^make (\w+)", README, re.MULTILINE))
def test_make_knows_what_the_readme_names(target: str) -> None:
    assert subprocess.run(["make", "-n", target], cwd=ROOT, capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize("link", re.findall(r"\]\(([^):]+)\)", README))
def test_links_lead_to_files(link: str) -> None:
    assert (ROOT / link).is_file()


def command_lines() -> list[str]:
    """Every line of a shell block that calls the command, in the README and the guides."""
    texts = [README, *(guide.read_text(encoding="utf-8") for guide in sorted((ROOT / "docs").glob("*.md")))]
    blocks = [block for text in texts for block in re.findall(r"^```sh\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)]
    lines = [line.split("  #")[0].strip() for block in blocks for line in block.splitlines()]
    return [line.partition(" | ")[0].partition(" > ")[0] for line in lines if line.startswith("wikijs ")]


@pytest.mark.parametrize("line", command_lines())
def test_the_command_has_what_is_written_of_it(line: str) -> None:
    words = shlex.split(line)[1:]
    result = CliRunner().invoke(app, [*words, "--help"], prog_name="wikijs")
    assert result.exit_code == 0, result.output
