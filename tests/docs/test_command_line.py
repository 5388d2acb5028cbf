"""What the guide of the command line shows is what the commands print."""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from typer.testing import CliRunner

from wikijs.cli.app import Commands, app
from wikijs.cli.frame.session import Session
from wikijs.config.profiles import KEYS, problems
from wikijs.sandbox import Sandbox

from .conftest import Served

DOCS = Path(__file__).parents[2] / "docs"
GUIDE = (DOCS / "command-line.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```console\n(.*?)^```$", GUIDE, re.DOTALL | re.MULTILINE)


def shown(block: str) -> Iterator[tuple[str, str]]:
    """Each command of a block, and what it is said to print."""
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        line, _, printed = part.partition("\n")
        yield line, printed


@pytest.mark.parametrize("block", BLOCKS, ids=range(len(BLOCKS)))
def test_a_block_prints_what_it_shows(block: str, tmp_path: Path) -> None:
    with Sandbox(seed="demo") as sandbox, httpx2.Client(transport=sandbox.transport()) as http:
        environment = {
            "WIKIJS_URL": sandbox.url,
            "WIKIJS_API_KEY": sandbox.api_key,
            "WIKIJS_CONFIG": str(tmp_path / "config.toml"),
            "WIKIJS_CACHE_DIR": str(tmp_path / "cache"),
        }
        for line, printed in shown(block):
            session = Session(environment=environment, http=http)
            result = CliRunner().invoke(app, shlex.split(line)[1:], prog_name="wikijs", obj=session)
            assert result.exit_code == 0, f"{line}: {result.output}"
            assert printed in {"...\n", result.stdout}, line


def test_a_script_uses_the_configuration(
    wiki: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "config.toml").write_text(f'[profiles.docs]\nurl = "{wiki.url}"\n', encoding="utf-8")
    monkeypatch.setenv("WIKIJS_CONFIG", str(tmp_path / "config.toml"))
    [code] = re.findall(r"^```python\n(.*?)^```$", GUIDE, re.DOTALL | re.MULTILINE)
    exec(compile(code, "guide", "exec"), {})  # noqa: S102  that is the test
    assert capsys.readouterr().out == "API key 1, rights of group 1 (Administrators)\n"


def test_each_command_is_in_the_guide() -> None:
    assert [name for name, _, _ in Commands.table if f"`{name}`" not in GUIDE] == []


def test_each_setting_is_in_the_guide(tmp_path: Path) -> None:
    import tomllib

    assert [name for name in KEYS if f"`{name}`" not in GUIDE] == []
    [example] = re.findall(r"^```toml\n(.*?)^```$", GUIDE, re.DOTALL | re.MULTILINE)
    assert list(problems(tomllib.loads(example), tmp_path)) == []


def test_each_picture_is_there() -> None:
    pictures = re.findall(r"\]\((images/.*?\.svg)\)", GUIDE)
    assert len(pictures) > 5
    assert all((DOCS / picture).read_text(encoding="utf-8").startswith("<svg") for picture in pictures)


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_a_picture_is_made_of_what_a_command_prints_on_a_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(DOCS))
    import os

    import screenshots

    printed = screenshots.output("wikijs --version", dict(os.environ), tmp_path)
    assert printed.startswith("py-wikijs ")
    assert "py-wikijs" in screenshots.svg("version", [("wikijs --version", printed)])


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_a_picture_that_is_made_again_is_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(DOCS))
    import screenshots

    with screenshots.demo_wiki() as environment:
        shots = [(line, screenshots.output(line, environment, tmp_path)) for line in screenshots.PICTURES["tree"]]
    made = screenshots.svg("tree", shots)
    assert made == (DOCS / "images/tree.svg").read_text(encoding="utf-8"), "run: make pictures"
