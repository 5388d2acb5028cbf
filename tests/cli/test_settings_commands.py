"""Comments, navigation, settings, keys, the server and its log on a demo wiki, for people and for programs."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest

from .conftest import OnSandbox


def data(result: Any) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.fixture
def comment(on_sandbox: OnSandbox) -> int:
    return on_sandbox.client.comments.create(2, content="Well said.").id


def test_comments_are_listed_by_path_and_by_id(on_sandbox: OnSandbox, comment: int) -> None:
    assert "\tWell said.\n" in on_sandbox("comments", "list", "handbook").stdout
    assert data(on_sandbox("comments", "list", "2", "--json", "id,content"))[-1] == {
        "id": comment,
        "content": "Well said.",
    }


def test_a_page_without_comments_is_told_from_one_that_is_not_there(on_sandbox: OnSandbox) -> None:
    assert on_sandbox("comments", "list", "handbook/holidays").exit_code == 0
    assert "There is no page en/nowhere" in on_sandbox("comments", "list", "nowhere").stderr


def test_the_text_of_a_comment_is_printed(on_sandbox: OnSandbox, comment: int) -> None:
    assert on_sandbox("comments", "get", str(comment)).stdout == "Well said."
    assert data(on_sandbox("comments", "get", str(comment), "--json"))["content"] == "Well said."
    assert on_sandbox("comments", "get", str(comment), "-q").stdout == f"{comment}\n"


def test_comments_are_posted_changed_and_deleted(on_sandbox: OnSandbox, tmp_path: Path) -> None:
    posted = data(on_sandbox("comments", "add", "handbook", "First.", "--json"))
    (tmp_path / "text").write_text("Better.", encoding="utf-8")
    changed = on_sandbox("comments", "update", str(posted["id"]), "--file", str(tmp_path / "text"))
    assert changed.stdout == f"Changed comment {posted['id']}.\n"
    assert on_sandbox.client.comments.get(posted["id"]).content == "Better."
    assert on_sandbox("comments", "delete", str(posted["id"])).exit_code == 2
    assert on_sandbox("comments", "delete", str(posted["id"]), "--yes").stdout == f"Deleted comment {posted['id']}.\n"
    assert on_sandbox("comments", "add", "2", "both", "--file", "-").exit_code == 2


def test_a_comment_is_read_from_stdin(on_sandbox: OnSandbox) -> None:
    assert on_sandbox("comments", "add", "handbook", stdin="From stdin.").stdout.startswith("Posted comment ")
    assert on_sandbox.client.comments.list("handbook")[-1].content == "From stdin."


def test_the_navigation_survives_a_round_trip(on_sandbox: OnSandbox, tmp_path: Path) -> None:
    before = on_sandbox.client.navigation.get()
    for option, name in (("--yaml", "items.yaml"), ("--json", "items.json")):
        (tmp_path / name).write_text(on_sandbox("navigation", "list", option).stdout, encoding="utf-8")
        assert on_sandbox("navigation", "set", str(tmp_path / name)).exit_code == 2
        result = on_sandbox("navigation", "set", str(tmp_path / name), "--yes")
        assert result.stdout == f"The navigation of en has {len(before)} items.\n"
        assert on_sandbox.client.navigation.get() == before


def test_navigation_items_come_and_go(on_sandbox: OnSandbox) -> None:
    added = data(on_sandbox("navigation", "add", "Book", "--target", "/en/handbook", "--index", "0", "--json"))
    assert on_sandbox.client.navigation.get()[0].label == "Book"
    assert "\tlink\tBook\tpage\t/en/handbook\tall\n" in on_sandbox("navigation", "list").stdout
    assert on_sandbox("navigation", "remove", added["id"]).stdout == f"Removed item {added['id']}.\n"
    assert on_sandbox("navigation", "remove", added["id"]).exit_code == 1


@pytest.mark.parametrize("content", ["- 3", "- {colour: red}"])
def test_a_file_of_items_that_is_none_changes_nothing(on_sandbox: OnSandbox, content: str) -> None:
    before = on_sandbox.client.navigation.get()
    result = on_sandbox("navigation", "set", "-", "--yes", stdin=content)
    assert result.exit_code == 2
    assert "holds no list of items" in result.stderr
    assert on_sandbox.client.navigation.get() == before


def test_the_mode_of_the_navigation(on_sandbox: OnSandbox) -> None:
    assert on_sandbox("navigation", "mode", "STATIC").stdout == "The navigation is STATIC.\n"
    assert data(on_sandbox("navigation", "mode", "--json")) == {"mode": "STATIC"}


def test_settings_of_the_site(on_sandbox: OnSandbox) -> None:
    assert on_sandbox("site", "set", "title=Harbour", "feature_page_comments=false").stdout == (
        "Changed title, feature_page_comments.\n"
    )
    assert "title\tHarbour\n" in on_sandbox("site", "get").stdout
    assert on_sandbox("site", "get", "--filter", "title").stdout == "Harbour\n"
    assert on_sandbox.client.site.get().feature_page_comments is False


@pytest.mark.parametrize(
    ("word", "message"), [("titel=x", "Did you mean 'title'?"), ("title", "'title' is no setting."), ("=x", "is no")]
)
def test_settings_that_do_not_exist(on_sandbox: OnSandbox, word: str, message: str) -> None:
    result = on_sandbox("site", "set", word)
    assert result.exit_code == 2
    assert message in result.stderr


def test_the_theme_keeps_what_is_not_named(on_sandbox: OnSandbox) -> None:
    assert on_sandbox("theme", "set", "--css", "-", stdin="a { color: red }").stdout == "Changed inject css.\n"
    assert data(on_sandbox("theme", "set", "--dark", "--json"))["darkMode"] is True
    assert "color: red" in (on_sandbox.client.theming.get().inject_css or "")
    assert "dark mode\tyes\n" in on_sandbox("theme", "get").stdout
    assert on_sandbox("theme", "set").exit_code == 2


def test_a_key_is_created_into_a_file_that_only_its_owner_reads(on_sandbox: OnSandbox, tmp_path: Path) -> None:
    file = tmp_path / "key"
    made = on_sandbox("api-keys", "create", "backup", "--full-access", "--expires", "90d", "--key-file", str(file))
    assert made.stdout.endswith(f"(backup) in {file}.\n")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.read_text(encoding="utf-8").startswith("eyJ")
    assert on_sandbox("api-keys", "create", "b", "--full-access", "--key-file", str(file)).exit_code == 2


def test_a_key_that_cannot_be_written_is_printed_rather_than_lost(on_sandbox: OnSandbox, tmp_path: Path) -> None:
    result = on_sandbox("api-keys", "create", "b", "--full-access", "--key-file", str(tmp_path / "no" / "key"))
    assert result.exit_code == 3
    assert result.stdout.startswith("eyJ")


def test_a_key_is_printed_alone(on_sandbox: OnSandbox) -> None:
    made = on_sandbox("api-keys", "create", "backup", "--group", "Readers")
    assert made.stdout.startswith("eyJ")
    assert "shown this once" in made.stderr
    assert data(on_sandbox("api-keys", "create", "other", "--full-access", "--json"))["key"].startswith("eyJ")


def test_keys_are_listed_and_revoked(on_sandbox: OnSandbox) -> None:
    number = on_sandbox.client.api_keys.create("old", full_access=True).id
    assert "\told\t..." in on_sandbox("api-keys", "list").stdout
    assert on_sandbox("api-keys", "revoke", str(number)).exit_code == 2
    assert on_sandbox("api-keys", "revoke", str(number), "--yes").stdout == f"Revoked API key {number} (old).\n"
    assert "old" not in {row["name"] for row in data(on_sandbox("api-keys", "list", "--active", "--json"))}


def test_keys_are_accepted_or_not(on_sandbox: OnSandbox) -> None:
    assert on_sandbox("api-keys", "state").stdout == "API keys are accepted.\n"
    assert on_sandbox("api-keys", "state", "--enable").exit_code in {0, 1}
    assert on_sandbox("api-keys", "state", "--disable").exit_code == 2
    assert on_sandbox("api-keys", "state", "--disable", "--yes").stdout == "API keys are refused.\n"


@pytest.mark.parametrize("time", ["9x", "d", "-3d", "90"])
def test_times_that_are_none(on_sandbox: OnSandbox, time: str) -> None:
    result = on_sandbox("api-keys", "create", "b", "--full-access", f"--expires={time}")
    assert result.exit_code == 2
    assert "is no time" in result.stderr


def test_the_server_exports_to_its_own_disk(on_sandbox: OnSandbox, tmp_path: Path) -> None:
    result = on_sandbox("system", "export", str(tmp_path / "export"), "--only", "pages")
    assert result.exit_code == 0, result.output
    assert "on the server" in result.stdout
    assert on_sandbox("system", "export", "relative").exit_code == 1
    assert "Did you mean 'pages'?" in on_sandbox("system", "export", "/x", "--only", "page").stderr


def test_the_log_is_refused_to_a_key_with_what_to_do(on_sandbox: OnSandbox) -> None:
    result = on_sandbox("logs", "tail")
    assert result.exit_code == 4
    assert "wikijs auth login" in result.stderr


def test_an_expression_that_is_none_is_refused_before_anything_is_sent(on_sandbox: OnSandbox) -> None:
    result = on_sandbox("logs", "tail", "--grep", "(")
    assert result.exit_code == 2
    assert "is no regular expression" in result.stderr
