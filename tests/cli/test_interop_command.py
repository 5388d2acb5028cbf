"""`wikijs pages import --from`: another program's wiki becomes pages of this one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .conftest import OnSandbox

SAMPLES = Path(__file__).parents[1] / "interop" / "samples"


def test_pages_links_and_images_arrive(on_sandbox: OnSandbox) -> None:
    line = ("pages", "import", str(SAMPLES / "mkdocs"), "--from", "mkdocs", "--prefix", "boats")
    plan = on_sandbox(*line, "--dry-run", "--json")
    assert {step["action"] for step in json.loads(plan.stdout)["steps"]} == {"create", "upload"}
    result = on_sandbox(*line)
    assert result.exit_code == 0, result.output
    assert "2 pages and 1 files converted, 3 remarks." in result.stderr
    assert "index.md: The link to nowhere.md leads nowhere." in result.stderr
    page = on_sandbox.client.pages.get_by_path("boats")
    assert "[mooring](/boats/guide/mooring#lines" in page.content
    assert on_sandbox.client.assets.download("/media/boats/img/harbour-plan.png") == b"plan"
    again = on_sandbox(*line, "--json")
    assert len(json.loads(again.stdout)["unchanged"]) == 3


def test_the_converted_files_can_be_kept(on_sandbox: OnSandbox, tmp_path: Path) -> None:
    line = ("pages", "import", str(SAMPLES / "docusaurus"), "--from", "docusaurus", "--prefix", "docs", "--dry-run")
    assert on_sandbox(*line, "--converted", str(tmp_path / "kept")).exit_code == 0
    assert (tmp_path / "kept/docs/guide/mooring.md").exists()
    refused = on_sandbox(*line, "--converted", str(tmp_path / "kept"))
    assert refused.exit_code == 2
    assert "is not empty" in refused.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ((str(SAMPLES / "mkdocs"), "--from", "dokuwiki"), 2, "holds no page of DokuWiki"),
        ((str(SAMPLES / "mkdocs"), "--converted", "x"), 2, "goes with --from"),
        ((str(SAMPLES / "mkdocs"), "--prefix", "img/x"), 1, "where the server has something else"),
        ((str(SAMPLES / "mkdocs"), "--from", "evernote"), 2, "evernote"),
    ],
)
def test_mistakes(on_sandbox: OnSandbox, arguments: tuple[str, ...], code: int, message: str) -> None:
    result = on_sandbox("pages", "import", *arguments)
    assert result.exit_code == code
    assert message in result.stderr
