"""`wikijs pages history`, `version`, `diff`, `restore`, `purge-history`."""

from __future__ import annotations

import json

import pytest
from wikijs_generated.fragments import PageHistoryEntry, PageVersion

from wikijs.cli.pages import versions as pages_versions

from .conftest import OnSandbox
from .terminal import Sit, at_terminal

__all__ = ["at_terminal"]


def rows(text: str) -> list[list[str]]:
    return [line.split("\t") for line in text.splitlines()]


@pytest.fixture
def changed(on_sandbox: OnSandbox) -> OnSandbox:
    """A wiki with a page of three versions, two of them old: docs/x says "one", "two", "three"."""
    pages = on_sandbox.client.pages
    page = pages.create("docs/x", title="[b]X", content="same\none\n", tags=["t"])
    pages.update(page.id, content="same\ntwo\n")
    pages.update(page.id, content="same\n[red]three\x1b[2J\n", title="Y")
    return on_sandbox


def versions(wiki: OnSandbox) -> list[str]:
    """Ids of the old versions, newest first."""
    return wiki("pages", "history", "docs/x", "--quiet").stdout.split()


def test_fields_are_those_of_the_models() -> None:
    names = set(PageHistoryEntry.model_json_schema(by_alias=True)["properties"])
    assert set(pages_versions.ENTRY) == names
    assert set(pages_versions.VERSION) <= set(PageVersion.model_json_schema(by_alias=True)["properties"])


def test_the_history_lists_old_versions(changed: OnSandbox) -> None:
    page = changed.client.pages.get_by_path("docs/x")
    second, first = rows(changed("pages", "history", str(page.id)).stdout)
    assert (second[2:], first[2:]) == (["Administrator", "edit", "", ""], ["Administrator", "initial", "", ""])
    (entry,) = json.loads(changed("pages", "history", "docs/x", "--limit", "1", "--json").stdout)
    assert set(entry) == set(pages_versions.ENTRY)
    assert [str(entry["versionId"])] == versions(changed)[:1] == [second[0]]
    changed.client.pages.move(page.id, "docs/y")
    changed.client.pages.move(page.id, "docs/x")
    assert ["docs/x", "docs/y"] in [row[4:] for row in rows(changed("pages", "history", "docs/x").stdout)]


def test_an_old_version_is_shown(changed: OnSandbox) -> None:
    newest, oldest = versions(changed)
    assert changed("pages", "version", "docs/x", oldest, "--content").stdout == "same\none\n"
    fields = dict(rows(changed("pages", "version", "docs/x", newest).stdout))
    assert (fields["version"], fields["title"], fields["published"]) == (newest, "[b]X", "yes")
    whole = json.loads(changed("pages", "version", "docs/x", newest, "--json").stdout)
    assert whole["content"] == "same\ntwo\n"
    assert set(pages_versions.VERSION) <= set(whole)
    assert changed("pages", "version", "docs/x", newest, "-q").stdout == f"{newest}\n"


def test_versions_are_compared(changed: OnSandbox) -> None:
    newest, oldest = versions(changed)
    last = changed("pages", "diff", "docs/x").stdout
    assert last == f"--- version {newest}\n+++ current\n@@ -1,2 +1,2 @@\n same\n-two\n+[red]three\x1b[2J\n"
    both = changed("pages", "diff", "docs/x", oldest, newest, "-U", "0").stdout
    assert both == f"--- version {oldest}\n+++ version {newest}\n@@ -2 +2 @@\n-one\n+two\n"
    as_json = json.loads(changed("pages", "diff", "docs/x", oldest, "--json").stdout)
    page = changed.client.pages.get_by_path("docs/x")
    assert set(as_json) == set(pages_versions.DIFF)
    assert (as_json["id"], as_json["old"], as_json["new"]) == (page.id, int(oldest), None)
    same = changed("pages", "diff", "docs/x", oldest, oldest)
    assert (same.exit_code, same.stdout, same.stderr) == (0, "", "The content is the same.\n")


def test_a_diff_is_coloured_on_a_terminal(changed: OnSandbox, at_terminal: Sit) -> None:
    at_terminal()
    lines = changed("pages", "diff", "docs/x").stdout.splitlines()
    assert lines[1:] == [
        "\x1b[1m+++ current\x1b[0m",
        "\x1b[36m@@ -1,2 +1,2 @@\x1b[0m",
        " same",
        "\x1b[31m-two\x1b[0m",
        "\x1b[32m+[red]three�[2J\x1b[0m",
    ]


def test_a_version_is_restored(changed: OnSandbox) -> None:
    _, oldest = versions(changed)
    page = changed.client.pages.get_by_path("docs/x")
    result = changed("pages", "restore", "docs/x", oldest)
    assert (result.exit_code, result.stdout) == (0, f"Restored version {oldest} of page {page.id} (en/docs/x).\n")
    restored = changed.client.pages.get(page.id)
    assert (restored.content, restored.title, [tag.tag for tag in restored.tags]) == ("same\none\n", "[b]X", ["t"])
    changed.client.pages.move(page.id, "docs/y")
    saved = json.loads(changed("pages", "restore", "docs/y", oldest, "--move-back", "--json").stdout)
    assert saved == {"id": page.id, "locale": "en", "path": "docs/x", "title": "[b]X"}


def test_a_version_that_is_not_there(changed: OnSandbox) -> None:
    for command in ("version", "diff", "restore"):
        result = changed("pages", command, "docs/x", "999999")
        assert (result.exit_code, result.stdout) == (1, "")
        assert "has no version 999999" in result.stderr
        assert changed("pages", command, "docs/x", "x").exit_code == 2
    new = changed.client.pages.create("docs/new", title="n", content="x")
    assert rows(changed("pages", "history", "docs/new").stdout) == []
    never = changed("pages", "diff", str(new.id))
    assert (never.exit_code, never.stderr) == (1, f"wikijs: Page {new.id} has no old version: it was never changed.\n")


def test_the_history_is_purged_after_a_confirmation(changed: OnSandbox) -> None:
    refused = changed("pages", "purge-history", "--older-than", "PT0S")
    assert (refused.exit_code, len(versions(changed))) == (2, 2)
    assert "Delete all versions older than PT0S" in refused.stderr
    kept = changed("pages", "purge-history", "--older-than", "1y", "--yes")
    assert (kept.stdout, len(versions(changed))) == ("Deleted all versions older than 1y.\n", 2)
    gone = changed("pages", "purge-history", "--older-than", "pt0s", "--yes", "--json")
    assert (json.loads(gone.stdout), versions(changed)) == ({"olderThan": "PT0S"}, [])


@pytest.mark.parametrize("age", ["", "1", "P", "PT", "1h", "soon", "P1Y2"])
def test_what_is_no_age_is_refused(on_sandbox: OnSandbox, age: str) -> None:
    result = on_sandbox("pages", "purge-history", "--older-than", age, "--yes")
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"{age!r} is no age." in result.stderr
