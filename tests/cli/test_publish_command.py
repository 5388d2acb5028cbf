"""`wikijs publish`, on the sandbox with the demo wiki."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .conftest import OnSandbox


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "index.md").write_text("# Our docs\n\n[more](more.md), [gone](gone.md)\n")
    (folder / "more.md").write_text("# More\n\nText.\n")
    return folder


def publish(on_sandbox: OnSandbox, docs: Path, *options: str, code: int = 0) -> tuple[str, str]:
    result = on_sandbox("publish", str(docs), "--to", "product/docs", *options)
    assert result.exit_code == code, result.output
    return result.stdout, result.stderr


def test_published_and_then_nothing_to_do(on_sandbox: OnSandbox, docs: Path) -> None:
    out, told = publish(on_sandbox, docs, "--check", code=1)
    assert out == "created\ten/product/docs\tindex.md\ncreated\ten/product/docs/more\tmore.md\n"
    assert told == "index.md: The link to gone.md leads nowhere.\nWould be: 2 created.\n"
    assert not on_sandbox.client.pages.exists("product/docs")
    assert publish(on_sandbox, docs, "--quiet")[0] == "en/product/docs\nen/product/docs/more\n"
    assert publish(on_sandbox, docs, "--check")[1].endswith("2 unchanged.\n")
    assert publish(on_sandbox, docs, "--dry-run", "--json")[0]
    _, told = publish(on_sandbox, docs, "--strict", code=1)
    assert "The first one: index.md: The link to gone.md leads nowhere." in told


def test_programs_get_all_of_it(on_sandbox: OnSandbox, docs: Path) -> None:
    publish(on_sandbox, docs)
    page = on_sandbox.client.pages.get_by_path("product/docs/more")
    on_sandbox.client.pages.update(page.id, content=page.content + "By hand.\n")
    on_sandbox.client.pages.create("product/docs/new", title="New", content="By hand.\n")
    (docs / "new.md").write_text("# New\n\nNew.\n")
    (docs / "index.md").rename(docs / "readme.md")
    (docs / "big.md").write_text("x" * (6 * 1024 * 1024))
    out, told = publish(on_sandbox, docs, "--json", code=3)
    data = json.loads(out)
    assert [(row["action"], row["page"]) for row in data["done"]] == [
        ("update", "en/product/docs/more"),
        ("update", "en/product/docs"),
    ]
    assert data["edited"] == ["en/product/docs/more"]
    assert {row["file"] for row in data["refused"]} == {"new.md", "big.md"}
    assert "wikijs: --adopt takes such pages over." in told
    (docs / "more.md").rename(docs / "much.md")
    data = json.loads(publish(on_sandbox, docs, "--json", "--adopt", code=3)[0])
    assert {row["action"]: row.get("was") for row in data["done"]} == {"move": "en/product/docs/more", "update": None}


def test_what_was_edited_or_is_gone_is_told(on_sandbox: OnSandbox, docs: Path) -> None:
    (docs / "other.md").write_text("# Other\n\nAll else entirely.\n")
    publish(on_sandbox, docs)
    for path in ("product/docs/more", "product/docs"):
        page = on_sandbox.client.pages.get_by_path(path)
        on_sandbox.client.pages.update(page.id, content=page.content + "By hand.\n")
    (docs / "other.md").unlink()
    _, told = publish(on_sandbox, docs, "--keep-edited")
    assert "more.md was edited on the wiki since, and is left alone." in told
    assert "Gone here, and still on the wiki: en/product/docs/other. --delete removes them." in told
    _, told = publish(on_sandbox, docs, "--delete")
    assert "en/product/docs/more was edited on the wiki since; that was overwritten." in told
    assert told.endswith("2 updated, 1 deleted.\n")


def test_the_summary_is_markdown(on_sandbox: OnSandbox, docs: Path, tmp_path: Path) -> None:
    target = tmp_path / "summary.md"
    publish(on_sandbox, docs, "--summary", str(target))
    text = target.read_text()
    assert text.startswith(
        "## Published to /product/docs\n\n2 created.\n\n| what | page | file |\n|---|---|---|\n| created | [en/"
    )
    assert text.endswith("### Remarks\n\n- index.md: The link to gone.md leads nowhere.\n")
    out, _ = publish(on_sandbox, docs, "--summary", "-")
    assert out.startswith("## Published to /product/docs\n\n2 unchanged.\n")
    _, told = publish(on_sandbox, docs, "--summary", str(tmp_path / "none/x.md"))
    assert "cannot be written" in told
    on_sandbox.environment["GITHUB_STEP_SUMMARY"] = str(target)
    publish(on_sandbox, docs, "--summary", str(target))
    assert target.read_text().count("## Published") == 2


def test_much_is_deleted_only_with_yes(on_sandbox: OnSandbox, docs: Path) -> None:
    for number in range(14):
        (docs / f"page{number}.md").write_text(f"# {number}\n\n{number * 7919}\n")
    publish(on_sandbox, docs)
    for number in range(14):
        (docs / f"page{number}.md").unlink()
    _, told = publish(on_sandbox, docs, "--delete", code=2)
    assert "This would delete 14 of 16 published pages. Delete them?" in told
    assert publish(on_sandbox, docs, "--delete", "--yes")[1].endswith("14 deleted, 2 unchanged.\n")


@pytest.mark.parametrize(
    ("options", "message"),
    [(("--as", "plain", "--exclude", "*"), "is left out"), (("--to", "img/x"), "something else")],
)
def test_mistakes(on_sandbox: OnSandbox, docs: Path, options: tuple[str, ...], message: str) -> None:
    result = on_sandbox("publish", str(docs), "--to", "product/docs", *options)
    assert result.exit_code in {1, 2}
    assert message in result.stderr
