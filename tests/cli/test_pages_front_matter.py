"""What a file says of its page in front matter is used by create, update and upsert, and never published as text."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .conftest import OnSandbox

HEADED = """---
title: "Foo: bar"
description: About it
tags: [Howto, docs]
published: false
---

# A heading

text
"""


def written(folder: Path, text: str, name: str = "page.md") -> str:
    (folder / name).write_text(text, encoding="utf-8")
    return str(folder / name)


def test_a_page_is_created_as_its_front_matter_says(on_sandbox: OnSandbox, tmp_path: Path) -> None:
    result = on_sandbox("pages", "create", "docs/x", "--file", written(tmp_path, HEADED))
    assert (result.exit_code, result.stderr) == (0, "")
    page = on_sandbox.client.pages.single_for_editor(on_sandbox.client.pages.get_by_path("docs/x").id)
    assert (page.title, page.description, page.is_published) == ("Foo: bar", "About it", False)
    assert sorted(tag.tag for tag in page.tags) == ["docs", "howto"]
    assert page.content == "# A heading\n\ntext\n"


def test_options_win_over_front_matter(on_sandbox: OnSandbox, tmp_path: Path) -> None:
    file = written(tmp_path, HEADED)
    line = ("pages", "create", "docs/x", "--file", file, "--title", "T", "--description", "D", "--tag", "t")
    assert on_sandbox(*line).exit_code == 0
    page = on_sandbox.client.pages.get_by_path("docs/x")
    assert (page.title, page.description, [tag.tag for tag in page.tags]) == ("T", "D", ["t"])


def test_front_matter_comes_through_a_pipe_too(on_sandbox: OnSandbox) -> None:
    assert on_sandbox("pages", "create", "docs/x", stdin=HEADED.replace("\n", "\r\n")).exit_code == 0
    assert on_sandbox.client.pages.get_by_path("docs/x").title == "Foo: bar"
    html = "<!--\ntitle: Markup\n-->\n\n<p>x</p>"
    assert on_sandbox("pages", "create", "docs/y", "--file", "-", stdin=html).exit_code == 0
    page = on_sandbox.client.pages.get_by_path("docs/y")
    assert (page.title, page.content, page.content_type) == ("Markup", "<p>x</p>", "html")


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Setext\n======\n\nx", "Setext"),
        ("# Heading {#own}\n\nx", "Heading"),
        ("<!-- licence -->\n# Below a comment\n", "Below a comment"),
        ("## Second level only", "intro-to"),
        ("---\n\ntext between rules\n\n---\n", "intro-to"),
    ],
)
def test_a_title_that_nobody_says_is_that_of_an_import(
    on_sandbox: OnSandbox, tmp_path: Path, text: str, title: str
) -> None:
    assert on_sandbox("pages", "create", "docs/intro-to", "--file", written(tmp_path, text)).exit_code == 0
    page = on_sandbox.client.pages.get_by_path("docs/intro-to")
    assert (page.title, page.content) == (title, text)
    (tmp_path / "site/docs").mkdir(parents=True)
    written(tmp_path / "site/docs", text, "other.md")
    assert on_sandbox("pages", "import", str(tmp_path / "site")).exit_code == 0
    assert on_sandbox.client.pages.get_by_path("docs/other").title == title.replace("intro-to", "other")


def test_an_update_takes_what_front_matter_says_and_keeps_the_rest(on_sandbox: OnSandbox, tmp_path: Path) -> None:
    before = on_sandbox.client.pages.get_by_path("handbook/writing")
    assert on_sandbox("pages", "update", "handbook/writing", "--file", written(tmp_path, "# Other\n\nx")).exit_code == 0
    now = on_sandbox.client.pages.get_by_path("handbook/writing")
    assert (now.title, now.tags, now.content) == (before.title, before.tags, "# Other\n\nx")
    header = "---\ntitle: New\ntags: one\n---\n"
    assert on_sandbox("pages", "update", "handbook/writing", "--file", written(tmp_path, header)).exit_code == 0
    now = on_sandbox.client.pages.get_by_path("handbook/writing")
    assert (now.title, [tag.tag for tag in now.tags], now.content) == ("New", ["one"], "# Other\n\nx")
    draft = on_sandbox("pages", "update", "handbook/writing", "--file", written(tmp_path, "---\ndraft: true\n---\ny"))
    assert draft.exit_code == 0
    assert "handbook/writing" in {page.path for page in on_sandbox.client.pages.list(published=False)}


def test_what_means_nothing_is_told_and_what_is_broken_is_refused(on_sandbox: OnSandbox, tmp_path: Path) -> None:
    result = on_sandbox("pages", "create", "docs/x", "--file", written(tmp_path, "---\ntitle: X\nowner: me\n---\nx"))
    assert (result.exit_code, "Front matter that means nothing here: owner." in result.stderr) == (0, True)
    mended = on_sandbox("pages", "create", "docs/z", "--file", written(tmp_path, "---\ntitle: Foo: bar\n---\nx"))
    assert (mended.exit_code, "It was read as it is meant." in mended.stderr) == (0, True)
    assert on_sandbox.client.pages.get_by_path("docs/z").title == "Foo: bar"
    broken = on_sandbox("pages", "create", "docs/y", "--file", written(tmp_path, "---\ntitle: [x\n---\nx"))
    assert (broken.exit_code, broken.stderr.count("\n")) == (1, 2)
    assert "is broken" in broken.stderr
    assert not on_sandbox.client.pages.exists("docs/y")


def test_upsert_says_what_it_did(on_sandbox: OnSandbox, tmp_path: Path) -> None:
    line = ("pages", "upsert", "docs/x", "--file", written(tmp_path, HEADED))
    made = on_sandbox(*line)
    page = on_sandbox.client.pages.get_by_path("docs/x")
    assert made.stdout == f"Page {page.id} (en/docs/x) was created.\n"
    assert on_sandbox(*line).stdout == f"Page {page.id} (en/docs/x) is as it should be.\n"
    changed = json.loads(on_sandbox("pages", "upsert", "docs/x", "--content", "# No title\n", "--json").stdout)
    assert changed == {"id": page.id, "locale": "en", "path": "docs/x", "title": "Foo: bar", "outcome": "updated"}
    assert on_sandbox("pages", "upsert", "docs/x", stdin="# No title\n").stdout.endswith("is as it should be.\n")


def test_upsert_keeps_the_editor_of_the_same_language(on_sandbox: OnSandbox, tmp_path: Path) -> None:
    made = on_sandbox.client.pages.create("docs/h", title="H", content="<p>1</p>", editor="code")
    assert on_sandbox("pages", "upsert", "docs/h", "-f", written(tmp_path, "<p>2</p>", "h.html")).exit_code == 0
    page = on_sandbox.client.pages.single_for_editor(made.id)
    assert (page.editor, page.content, page.title) == ("code", "<p>2</p>", "H")
