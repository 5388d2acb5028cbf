"""Every Python block of the README runs, and what it promises of commands is there."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from wikijs import WikiJSClient

from .conftest import URL, Served

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
SAYS = [
    "Introduction",
    "3 ['Administrators', 'Guests']",
    "",
    "pages.single",
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
