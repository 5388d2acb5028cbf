"""The examples run and print what they say."""

from __future__ import annotations

import json
import runpy
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"
SAYS = {
    "quickstart": ["docs/intro  howto", "characters, changed last"],
    "quickstart_async": ["Wiki.js 2.5.314: 3 pages, groups Administrators, Guests"],
    "raw_graphql": ["as a dictionary: 3 pages", "as a model: home, docs/intro, docs/install"],
    "errors": ["(code 6003, PageNotFound)", 'Cannot query field "nosuchfield"'],
    "demo": [
        "takes us for API key 1, rights of group 1 (Administrators)",
        "The first page -> A better title; kept: content, description, path, tags",
        "PageExistsError: pages.create: Cannot create this page",
        "3 files, 52 bytes: en/py-wikijs-demo/one.md",
        "3 pages deleted",
    ],
}
ELSEWHERE = {"live_log", "search_chunks", "search_chunks_by_meaning", "test_with_sandbox"}  # have tests of their own


def test_every_example_is_tried() -> None:
    assert {file.stem for file in EXAMPLES.glob("*.py")} == SAYS.keys() | ELSEWHERE


@pytest.mark.usefixtures("wiki")
@pytest.mark.parametrize("name", SAYS)
def test_example(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    runpy.run_path(str(EXAMPLES / f"{name}.py"), run_name="__main__")
    printed = capsys.readouterr().out
    assert [text for text in SAYS[name] if text not in printed] == []


def test_the_demo_runs_on_a_sandbox_of_its_own_when_no_wiki_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("WIKIJS_URL", raising=False)
    runpy.run_path(str(EXAMPLES / "demo.py"), run_name="__main__")
    printed = capsys.readouterr().out
    assert printed.startswith("No WIKIJS_URL is set: this runs on a sandbox")
    assert "it has 27 pages" in printed
    assert "export into a folder       30 files" in printed
    assert "3 pages deleted" in printed


def test_the_demo_stops_with_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WIKIJS_URL", "wiki.example.com")
    with pytest.raises(SystemExit, match=r"^The demo stopped: 'wiki.example.com' is not the URL of a wiki"):
        runpy.run_path(str(EXAMPLES / "demo.py"), run_name="__main__")


@pytest.mark.usefixtures("wiki")
def test_chunks_are_searched_without_a_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["search_chunks.py"])
    runpy.run_path(str(EXAMPLES / "search_chunks.py"), run_name="__main__")
    assert capsys.readouterr().out.startswith("Installation > Installation\n")
    chunks = tmp_path / "chunks.jsonl"
    chunk = {"id": "1#a.0", "url": "u", "title": "T", "headings": ["H"], "text": 'the "quoted" text'}
    for line, shown in ((chunk, "T > H"), ({"id": "1#a.0", "deleted": True}, "")):
        chunks.write_text(json.dumps(line) + "\n", encoding="utf-8")
        monkeypatch.setattr(sys, "argv", ["search_chunks.py", str(chunks), '"quoted" AND NOT *'])
        runpy.run_path(str(EXAMPLES / "search_chunks.py"), run_name="__main__")
        assert capsys.readouterr().out.startswith(shown)
    assert capsys.readouterr().out == ""


@pytest.mark.usefixtures("wiki")
def test_chunks_are_searched_by_meaning(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("wordllama", reason="the example's model is not installed: pip install wordllama")
    monkeypatch.setattr(sys, "argv", ["search_chunks_by_meaning.py"])
    runpy.run_path(str(EXAMPLES / "search_chunks_by_meaning.py"), run_name="__main__")
    assert "Installation > Installation" in capsys.readouterr().out.splitlines()[0]


def test_live_log_refuses_before_it_connects(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"URL": "http://127.0.0.1:9", "EMAIL": "a@example.com", "PASSWORD": "x"}.items():
        monkeypatch.setenv(f"WIKIJS_{name}", value)
    monkeypatch.setattr(sys, "argv", ["live_log.py", "1"])
    with pytest.raises(Exception, match="No connection to"):
        runpy.run_path(str(EXAMPLES / "live_log.py"), run_name="__main__")
