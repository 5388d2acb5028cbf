"""`wikijs pages replace`, `move-tree`, `convert`, `render`: shown before, asked for, told afterwards."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from wikijs.cli.pages import arguments as page_arguments
from wikijs.cli.pages import changing as pages_changing
from wikijs.cli.pages import moving as pages_moving

from .conftest import OnSandbox
from .terminal import Sit, at_terminal

__all__ = ["at_terminal"]


def rows(text: str) -> list[list[str]]:
    return [line.split("\t") for line in text.splitlines()]


@pytest.fixture
def planted(on_sandbox: OnSandbox) -> OnSandbox:
    """A wiki with two pages that say "old" in the folder "odd", and one that does not."""
    pages = on_sandbox.client.pages
    pages.create("odd/a", title="[b]A", content="Old and old\r\nkept", tags=["t"])
    pages.create("odd/b", title="B", content="old [red]\x1b[2J")
    pages.create("odd/c", title="C", content="new")
    return on_sandbox


def contents(wiki: OnSandbox) -> list[str]:
    return [page.content for page in wiki.client.pages.iter_all(content=True, folder="odd")]


BEFORE = ["Old and old\r\nkept", "old [red]\x1b[2J", "new"]
DIFF = """\
--- en/odd/a
+++ replaced
@@ -1,2 +1,2 @@
-Old and old
+Old and new
 kept
--- en/odd/b
+++ replaced
@@ -1 +1 @@
-old [red]\x1b[2J
+new [red]\x1b[2J
"""


# replace


def test_a_dry_run_shows_a_diff_of_each_page(planted: OnSandbox) -> None:
    result = planted("pages", "replace", "old", "new", "--folder", "odd", "--dry-run")
    assert (result.exit_code, result.stdout) == (0, DIFF)
    assert result.stderr == "This would replace 2 matches on 2 pages. Nothing was written.\n"
    found = json.loads(planted("pages", "replace", "old", "new", "--folder", "odd", "-n", "--json").stdout)
    assert [(page["path"], page["count"], page["diff"]) for page in found] == [
        ("odd/a", 1, DIFF[: DIFF.index("--- en/odd/b")]),
        ("odd/b", 1, DIFF[DIFF.index("--- en/odd/b") :]),
    ]
    ids = planted("pages", "replace", "old", "new", "--folder", "odd", "-n", "-q").stdout.split()
    assert ids == [str(page["id"]) for page in found]
    assert contents(planted) == BEFORE


def test_a_dry_run_on_a_terminal_is_coloured(planted: OnSandbox, at_terminal: Sit) -> None:
    at_terminal()
    shown = planted("pages", "replace", "old", "new", "--folder", "odd/b", "--dry-run").stdout
    assert "\x1b[31m-old [red]�[2J\x1b[0m\n\x1b[32m+new [red]�[2J\x1b[0m\n" in shown


def test_text_is_replaced_after_a_confirmation(planted: OnSandbox, at_terminal: Sit) -> None:
    line = ("pages", "replace", "old", "new", "--folder", "odd", "-i")
    refused = planted(*line)
    assert (refused.exit_code, refused.stdout, contents(planted)) == (2, "", BEFORE)
    assert "Replace 3 matches on 2 pages?" in refused.stderr
    at_terminal("stdin")
    assert (planted(*line, stdin="n\n").exit_code, contents(planted)) == (1, BEFORE)
    done = planted(*line, stdin="y\n")
    assert done.exit_code == 0
    assert done.stderr.endswith("2 of 2 changed.\n")
    assert contents(planted) == ["new and new\r\nkept", "new [red]\x1b[2J", "new"]
    page = planted.client.pages.get_by_path("odd/a")
    assert (page.title, [tag.tag for tag in page.tags]) == ("[b]A", ["t"])


def test_progress_is_shown_around_the_question(planted: OnSandbox, at_terminal: Sit) -> None:
    at_terminal("stdin", "stderr")
    shown = planted("pages", "replace", "old", "new", "--folder", "odd", stdin="y\n").output
    assert shown.index("Reading") < shown.index("Replace 2 matches on 2 pages?") < shown.index("Writing")
    assert shown.endswith("2 of 2 changed.\n")


def test_what_was_replaced_as_data(planted: OnSandbox) -> None:
    line = ("pages", "replace", r"(\w+) and (\w+)\r?\n", r"\2, \1 ", "--across-lines", "--yes")
    (done,) = json.loads(planted(*line, "--json").stdout)["success"]
    assert done == {"id": done["id"], "locale": "en", "path": "odd/a", "title": "[b]A"}
    assert set(done) == set(page_arguments.SAVED)
    assert contents(planted)[0] == "old, Old kept"
    quiet = planted("pages", "replace", "[red]", "", "--fixed", "--yes", "--quiet")
    assert quiet.stdout == f"{planted.client.pages.get_by_path('odd/b').id}\n"


def test_nothing_to_replace_is_said(planted: OnSandbox) -> None:
    for option in ("--dry-run", "--yes"):
        result = planted("pages", "replace", "xyzzy", "", option)
        assert (result.exit_code, result.stdout, result.stderr) == (0, "", "Nothing was found.\n")
    assert json.loads(planted("pages", "replace", "xyzzy", "", "--json").stdout)["success"] == []
    assert json.loads(planted("pages", "replace", "xyzzy", "", "--json", "--dry-run").stdout) == []


def test_a_page_that_cannot_be_written_does_not_stop_the_rest(planted: OnSandbox) -> None:
    result = planted("pages", "replace", r"^new$|^(old) ", "", "--folder", "odd", "--yes")
    assert result.exit_code == 3
    assert "(en/odd/c): " in result.stderr
    assert "1 of 2 changed, 1 failed.\n" in result.stderr
    assert contents(planted) == ["Old and old\r\nkept", "[red]\x1b[2J", "new"]
    alone = planted("pages", "replace", "^new$", "", "--folder", "odd", "--yes")
    assert (alone.exit_code, alone.stdout) == (1, "")
    assert "cannot be empty" in alone.stderr


def test_a_page_that_changed_meanwhile_is_left(planted: OnSandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    def meanwhile(_: object, question: str) -> None:
        planted.client.pages.update(planted.client.pages.find_ids(["odd/b"])[0], content="old, theirs")

    monkeypatch.setattr(pages_changing, "confirm", meanwhile)
    result = planted("pages", "replace", "old", "new", "--folder", "odd/b")
    assert (result.exit_code, result.stdout, contents(planted)[1]) == (1, "", "old, theirs")
    assert "(en/odd/b) changed since it was read. Nothing was written." in result.stderr
    assert "Run the command again" in result.stderr


def test_a_job_goes_on_with_its_journal(planted: OnSandbox, tmp_path: Path) -> None:
    journal = str(tmp_path / "journal")
    line = ("pages", "replace", "o", "oo", "--folder", "odd", "--journal", journal)
    assert planted(*line).exit_code == 2  # not confirmed: nothing is noted
    assert planted(*line, "--yes").exit_code == 0
    after = contents(planted)
    assert after == ["Old and oold\r\nkept", "oold [red]\x1b[2J", "new"]
    again = planted(*line)  # it was confirmed when it was begun
    assert (again.exit_code, again.stderr, contents(planted)) == (0, "2 of 2 changed.\n", after)
    other = planted("pages", "replace", "o", "x", "--folder", "odd", "--journal", journal, "--yes")
    assert (other.exit_code, other.stderr) == (0, "2 of 2 changed.\n")  # the one before is finished


@pytest.mark.parametrize(("pattern", "replacement"), [("[", ""), ("a", r"\1"), ("a", r"\g<x>")])
def test_what_is_no_pattern_is_refused(on_sandbox: OnSandbox, pattern: str, replacement: str) -> None:
    result = on_sandbox("pages", "replace", pattern, replacement, "--yes")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.count("\n") <= 2


def test_guests_cannot_replace(on_sandbox: OnSandbox) -> None:
    assert on_sandbox("pages", "replace", "a", "b", "--yes", guest=True).exit_code == 4


# move-tree


def test_a_folder_is_moved_after_a_look(planted: OnSandbox, tmp_path: Path) -> None:
    looked = planted("pages", "move-tree", "odd", "even/more", "--dry-run")
    ids = [str(page.id) for page in planted.client.pages.list(folder="odd")]
    assert rows(looked.stdout) == [
        [page, f"en/odd/{name}", f"en/even/more/{name}"] for page, name in zip(ids, "abc", strict=True)
    ]
    planned = json.loads(planted("pages", "move-tree", "/odd/", "even", "-n", "--json").stdout)
    assert set(planned[0]) == set(pages_moving.MOVE)
    refused = planted("pages", "move-tree", "odd", "even/more")
    assert refused.exit_code == 2
    assert "Move 3 pages from odd to even/more?" in refused.stderr
    assert [page.path for page in planted.client.pages.list(folder="even")] == []
    journal = str(tmp_path / "journal")
    done = planted("pages", "move-tree", "odd", "even/more", "--yes", "--journal", journal)
    again = planted("pages", "move-tree", "odd", "even/more", "--journal", journal)
    assert (again.exit_code, again.stderr) == (0, "3 of 3 moved.\n")  # it was confirmed when it was begun
    assert (done.exit_code, done.stderr) == (0, "3 of 3 moved.\n")
    assert [page.path for page in planted.client.pages.list(folder="even")] == [f"even/more/{name}" for name in "abc"]
    moved = json.loads(planted("pages", "move-tree", "even/more", "odd", "--yes", "--json").stdout)
    assert [page["path"] for page in moved["success"]] == ["odd/a", "odd/b", "odd/c"]


def test_a_folder_that_cannot_be_moved_is_refused_whole(planted: OnSandbox) -> None:
    planted.client.pages.create("even/b", title="B", content="x")
    for folder, destination, text in (
        ("odd", "even", "There is a page at en/even/b already; nothing was moved."),
        ("nowhere", "even", "There is no page at or below en/nowhere."),
        ("odd", "x", "one character"),
        ("", "even", "A page has no name."),
    ):
        result = planted("pages", "move-tree", folder, destination, "--yes")
        assert (result.exit_code, result.stdout) == (1 if folder else 2, "")
        assert text in result.stderr


# convert and render


def test_pages_are_converted(planted: OnSandbox) -> None:
    result = planted("pages", "convert", "odd/a", "odd/b", "--to", "ckeditor")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "2 of 2 converted.\n")
    assert planted.client.pages.get_by_path("odd/a").content_type == "html"
    done = json.loads(planted("pages", "convert", "odd/a", "--to", "markdown", "--json").stdout)
    assert [page["path"] for page in done["success"]] == ["odd/a"]
    assert planted("pages", "convert", "odd/a", "--to", "word").exit_code == 2
    alone = planted("pages", "convert", "999999", "--to", "markdown")
    assert (alone.exit_code, "There is no page 999999." in alone.stderr) == (1, True)
    refused = planted("pages", "convert", "odd/a", "999999", "--to", "asciidoc")
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "0 of 2 converted, 2 failed." in refused.stderr


def test_pages_are_rendered(planted: OnSandbox) -> None:
    before = planted.client.pages.get_by_path("odd/a")
    ids = planted("pages", "list", "--folder", "odd", "-q").stdout
    assert planted("pages", "render", "-", "--quiet", stdin=ids).stdout == ids
    assert planted.client.pages.get_by_path("odd/a").updated_at > before.updated_at
    assert planted("pages", "render", "odd/a", "999999").exit_code == 3
    assert planted("pages", "render", "home", guest=True).exit_code == 4
    empty = planted("pages", "render", "-")
    assert (empty.exit_code, empty.output) == (0, "No pages were given.\n")
