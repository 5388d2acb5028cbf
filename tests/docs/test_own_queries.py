"""The guide to one's own queries, followed from its first line to its last in an empty folder."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from wikijs.cli.app import app
from wikijs.codegen.reading.project import EXAMPLE

from .conftest import Served
from .walking import given

GUIDE = (Path(__file__).parents[2] / "docs/your-own-queries.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", GUIDE, re.DOTALL | re.MULTILINE)


def blocks(language: str) -> list[str]:
    return [text for name, text in BLOCKS if name == language]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    before = {name: sys.modules.pop(name) for name in list(sys.modules) if name.partition(".")[0] == "my_wiki"}
    yield tmp_path
    for name in [name for name in sys.modules if name.partition(".")[0] == "my_wiki"]:
        del sys.modules[name]
    sys.modules.update(before)


def test_following_it_works(folder: Path, wiki: Served, capsys: pytest.CaptureFixture[str]) -> None:
    (console,) = blocks("console")
    _, install, *steps = re.split(r"^\$ ", console, flags=re.MULTILINE)
    assert install == 'pip install "py-wikijs[cli,codegen]"\n'
    for step in steps:
        command, _, expected = step.partition("\n")
        done = CliRunner().invoke(app, command.split()[1:])
        assert done.output == expected

    example, more = blocks("graphql")
    assert EXAMPLE.endswith(example)
    (folder / "queries/more.graphql").write_text(more)
    assert CliRunner().invoke(app, ["generate"]).output == "Wrote my_wiki: from my_wiki import MyWiki\n"
    said: list[str] = []
    for code in blocks("python"):
        exec(compile(given(code), "guide", "exec"), {})  # noqa: S102  that is the test
        said.append(capsys.readouterr().out)
    first, second, third = said
    assert "docs/intro" in first
    assert re.search(r"^Introduction \w{40} # Introduction", second, re.MULTILINE)
    assert re.search(r"^\d pages, \d users\ngroup \d+$", second, re.MULTILINE)
    assert third.startswith("[PagesRecentItem(id=")


def test_the_settings_that_it_shows_are_accepted(folder: Path) -> None:
    server, scalar = blocks("toml")
    (folder / "schema").mkdir()
    (folder / "schema/wikijs.graphql").write_text("type Query { a: Int }\n")
    (folder / "queries").mkdir()
    (folder / "codegen.toml").write_text(f"{server}\n{scalar}")
    assert CliRunner().invoke(app, ["generate"]).output == "queries: there is no operation in it.\n"
