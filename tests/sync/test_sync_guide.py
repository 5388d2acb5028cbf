"""What the guide shows works."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import httpx2
import pytest
import typer.testing

from wikijs.cli.app import app
from wikijs.cli.frame.session import Session
from wikijs.sandbox import Sandbox
from wikijs.transfer.format import load

GUIDE = (Path(__file__).parents[2] / "docs" / "sync.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    """The only block of a language."""
    (text,) = re.findall(rf"^```{language}\n(.*?)^```$", GUIDE, re.DOTALL | re.MULTILINE)
    return str(text)


def stop(_: float) -> None:
    raise KeyboardInterrupt


def test_the_lines_of_the_shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("wikijs.sync.run.sleep", stop)
    with Sandbox("demo") as sandbox, httpx2.Client(transport=sandbox.transport()) as http:
        environment = {
            "WIKIJS_URL": sandbox.url,
            "WIKIJS_API_KEY": sandbox.api_key,
            "WIKIJS_CONFIG": str(tmp_path / "config.toml"),
        }
        made, *lines = block("sh").splitlines()
        assert made == "mkdir docs"
        Path("docs").mkdir()
        for line in lines:
            session = Session(environment=environment, http=http)
            result = typer.testing.CliRunner().invoke(app, shlex.split(line)[1:], obj=session)
            assert result.exit_code == (130 if "--watch" in line else 0), result.output
    assert Path("docs/home.md").exists()


def test_the_lines_of_python(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    with Sandbox("demo") as sandbox, httpx2.Client(transport=sandbox.transport()) as http:
        shown = 'WikiJSClient("https://wiki.example.com", "API-KEY")'
        code = block("python").replace(shown, "WikiJSClient(url, key, http_client=http)")
        exec(compile(code, "guide", "exec"), {"url": sandbox.url, "key": sandbox.api_key, "http": http})  # noqa: S102
    printed = capsys.readouterr().out
    assert "write-file en/home home.md\n" in printed
    assert printed.endswith("True 0\n")


def test_the_header_of_a_file() -> None:
    page = load(f"{block('yaml')}\ntext\n", "md")
    assert (page.title, page.tags, page.content) == ("Setup: part #1", ("howto", "server"), "text\n")
