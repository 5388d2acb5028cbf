"""`wikijs pages chunks` and `wikijs pages llms-txt`."""

from __future__ import annotations

import json
from pathlib import Path

from .conftest import OnSandbox


def test_chunks_are_written_and_then_only_what_changed(on_sandbox: OnSandbox, tmp_path: Path) -> None:
    out, state = tmp_path / "out.jsonl", str(tmp_path / "state")
    first = on_sandbox("pages", "chunks", str(out), "--state", state, "--json")
    counts = json.loads(first.stdout)
    assert counts["written"] == len(out.read_text(encoding="utf-8").splitlines()) > 5
    assert counts["failed"] == []
    page = on_sandbox.client.pages.list(published=True)[0]
    on_sandbox.client.pages.update(page.id, title="Another title")
    again = on_sandbox("pages", "chunks", str(out), "--state", state)
    assert "1 of " in again.stdout
    assert {json.loads(line)["page"] for line in out.read_text(encoding="utf-8").splitlines()} == {page.id}


def test_chunks_can_be_printed(on_sandbox: OnSandbox) -> None:
    result = on_sandbox("pages", "chunks", "-", "--max-chars", "300")
    assert all(len(json.loads(line)["text"]) <= 300 for line in result.stdout.splitlines())
    assert "pages read." in result.stderr


def test_where_nothing_can_be_written_that_is_said(on_sandbox: OnSandbox, tmp_path: Path) -> None:
    result = on_sandbox("pages", "chunks", str(tmp_path / "no" / "out.jsonl"))
    assert result.exit_code == 1
    assert "cannot be written" in result.stderr


def test_llms_txt_is_printed_or_written(on_sandbox: OnSandbox, tmp_path: Path) -> None:
    shown = on_sandbox("pages", "llms-txt").stdout
    assert shown.startswith("# ")
    assert "](http" in shown
    on_sandbox("pages", "llms-txt", "-o", str(tmp_path / "llms.txt"))
    assert (tmp_path / "llms.txt").read_text(encoding="utf-8") == shown
