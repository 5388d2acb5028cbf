"""Small things that people meet every day: names of commands in errors, times, pipes, labels, units, groups."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from wikijs.cli.frame.failures import CommandError
from wikijs.cli.frame.inputs import moment

from .conftest import OnSandbox


@pytest.mark.parametrize(
    ("line", "begins"),
    [
        (("pages", "get", "nothing/such"), "wikijs: pages get: There is no page en/nothing/such."),
        (("pages", "move", "home", "handbook"), "wikijs: pages move: "),
        (("users", "get", "999"), "wikijs: users get: "),
        (("call", "pages.single", "--id", "999999"), "wikijs: pages.single: "),
    ],
)
def test_an_error_names_what_was_typed(on_sandbox: OnSandbox, line: tuple[str, ...], begins: str) -> None:
    result = on_sandbox(*line)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(begins)


def test_all_pages_that_are_not_there_are_named_and_the_others_deleted(on_sandbox: OnSandbox) -> None:
    page = on_sandbox.client.pages.get_by_path("handbook/holidays").id
    line = ("pages", "delete", "none/a", str(page), "999999", "none/b", "handbook/writing", "--yes")
    result = on_sandbox(*line)
    assert result.exit_code == 3
    for missing in ("none/a", "999999", "none/b"):
        assert f"wikijs: page {missing}: There is no page " in result.stderr
    assert result.stderr.endswith("2 of 5 deleted, 3 failed.\n")
    assert not on_sandbox.client.pages.exists("handbook/writing")
    assert on_sandbox("pages", "delete", "none/a", "none/b", "--yes").exit_code == 1
    rendered = on_sandbox("pages", "render", "none/a", "home", "none/b")
    assert (rendered.exit_code, "There is no page at en/none/a, en/none/b." in rendered.stderr) == (1, True)


def test_since_takes_what_the_tool_prints(on_sandbox: OnSandbox) -> None:
    page = on_sandbox.client.pages.create("docs/new", title="New", content="x")
    [row] = on_sandbox("pages", "list", "--filter", f"id:{page.id}").stdout.splitlines()
    printed = row.split("\t")[-1]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ", printed)
    data = json.loads(on_sandbox("pages", "list", "--json", "id,updatedAt", "--filter", f"id:{page.id}").stdout)
    for text in (printed, data[0]["updatedAt"], "yesterday", "30d", "2 weeks ago", "12h"):
        assert str(page.id) in on_sandbox("pages", "list", "--since", text, "--quiet").stdout.split(), text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-01-31 12:00:00Z", datetime(2026, 1, 31, 12, tzinfo=UTC)),
        ("2026-01-31 12:00:00 UTC", datetime(2026, 1, 31, 12, tzinfo=UTC)),
        ("2026-01-31T12:00:00.5+01:00", datetime(2026, 1, 31, 11, 0, 0, 500000, tzinfo=UTC)),
        ("2026-01-31T12:00:00+0100", datetime(2026, 1, 31, 11, tzinfo=UTC)),
        ("2026-01-31", datetime(2026, 1, 31).astimezone()),
    ],
)
def test_moments(text: str, expected: datetime) -> None:
    assert moment(text, "--since") == expected


def test_moments_that_count_from_now() -> None:
    now = datetime.now(UTC)
    for text, span in (
        ("3 days ago", timedelta(days=3)),
        ("90 min", timedelta(minutes=90)),
        ("1y", timedelta(days=365)),
    ):
        assert abs(now - span - moment(text, "--since")) < timedelta(minutes=5), text
    midnight = moment("yesterday", "--since").astimezone()
    assert (midnight.hour, midnight.minute) == (0, 0)
    assert timedelta(hours=22) < moment("today", "--since") - midnight < timedelta(hours=26)
    assert abs(moment("now", "--since") - now) < timedelta(minutes=5)
    assert moment(None, "--since") is None


@pytest.mark.parametrize("text", ["", "soon", "30", "5mour", "9999999d", "2026-13-01"])
def test_what_is_no_moment(text: str) -> None:
    with pytest.raises(CommandError, match=f"^--since cannot read {text!r}: that is no time"):
        moment(text, "--since")


def test_publication_dates_are_written_as_all_others(on_sandbox: OnSandbox) -> None:
    line = ("pages", "update", "home", "--publish-from", "2030-01-31 12:00:00Z", "--publish-until", "2031-01-01")
    assert on_sandbox(*line).exit_code == 0
    page = on_sandbox.client.pages.single_for_editor(on_sandbox.client.pages.get_by_path("home").id)
    assert page.publish_start_date == datetime(2030, 1, 31, 12, tzinfo=UTC)
    refused = on_sandbox("pages", "update", "home", "--publish-from", "some day")
    assert (refused.exit_code, "--publish-from cannot read 'some day'" in refused.stderr) == (2, True)


def test_a_document_comes_through_a_pipe(on_sandbox: OnSandbox) -> None:
    asked = on_sandbox("graphql", stdin="{ pages { list { id } } }")
    assert asked.stdout == on_sandbox("graphql", "{ pages { list { id } } }").stdout
    assert on_sandbox("graphql", "-", stdin="{ pages { list { id } } }").stdout == asked.stdout
    assert on_sandbox("graphql", stdin=" \n").exit_code == 2


def test_an_item_of_the_navigation_is_removed_by_its_label(on_sandbox: OnSandbox) -> None:
    for label in ("Handbook", "Twice", "Twice"):
        assert on_sandbox("navigation", "add", label, "--target", "/en/handbook").exit_code == 0
    assert on_sandbox("navigation", "remove", "handbook").stdout == "Removed item handbook.\n"
    assert "Handbook" not in on_sandbox("navigation", "list").stdout
    several = on_sandbox("navigation", "remove", "Twice")
    assert (several.exit_code, "2 items are called 'Twice'." in several.stderr) == (1, True)
    number = several.stderr.partition("one of the ids ")[2].partition(",")[0]
    assert on_sandbox("navigation", "remove", number).exit_code == 0
    missing = on_sandbox("navigation", "remove", "Nothing")
    assert (missing.exit_code, "The navigation has no item 'Nothing'." in missing.stderr) == (1, True)
    assert "Twice" in missing.stderr


def test_measured_times_have_units_for_people_and_seconds_for_programs(on_sandbox: OnSandbox) -> None:
    shown = dict(line.split("\t") for line in on_sandbox("health", "stats", "--requests", "2").stdout.splitlines())
    assert re.fullmatch(r"\d+\.\d ms", shown["median"])
    assert 0 < json.loads(on_sandbox("health", "stats", "--requests", "2", "--json").stdout)["median"] < 100


def test_users_are_listed_with_their_groups(on_sandbox: OnSandbox) -> None:
    rows = [line.split("\t") for line in on_sandbox("users", "list").stdout.splitlines()]
    assert [row[-1] for row in rows if row[0] in {"1", "2"}] == ["Administrators", "Guests"]
    data = json.loads(on_sandbox("users", "list", "--json", "id,groups").stdout)
    assert {"id": 1, "groups": ["Administrators"]} in data
    assert on_sandbox("users", "list", "--filter", "groups:administrators", "--quiet").stdout == "1\n"
    assert "groups" not in json.loads(on_sandbox("users", "list", "--json", "id,name").stdout)[0]


def test_a_page_is_shown_with_state_author_editor_and_address(on_sandbox: OnSandbox) -> None:
    on_sandbox.client.pages.update(on_sandbox.client.pages.get_by_path("handbook").id, is_published=False)
    fields = dict(line.split("\t") for line in on_sandbox("pages", "get", "handbook").stdout.splitlines())
    assert (fields["state"], fields["editor"]) == ("draft", "markdown")
    assert fields["url"] == f"{on_sandbox.sandbox.url}/en/handbook"
    assert re.fullmatch(r".+ <\S+@\S+>", fields["author"])
    data = json.loads(on_sandbox("pages", "get", "handbook", "--json", "isPublished,editor,authorName,url").stdout)
    assert (data["isPublished"], data["editor"], data["url"]) == (False, "markdown", fields["url"])


def test_one_who_may_only_read_sees_a_page_without_its_state(on_sandbox: OnSandbox) -> None:
    from wikijs.permissions import PageRule

    rule = PageRule(roles=["read:pages", "read:source", "delete:pages"])
    group = on_sandbox.client.groups.create(
        "Readers only", permissions=["read:pages", "read:source", "delete:pages"], rules=[rule]
    )
    key = on_sandbox.client.api_keys.create("reader", group=group.id).key
    result = on_sandbox("pages", "get", "handbook", environment={"WIKIJS_API_KEY": key})
    assert result.exit_code == 0, result.stderr
    fields = dict(line.split("\t") for line in result.stdout.splitlines())
    assert (fields["path"], "editor" in fields, "url" in fields) == ("handbook", False, True)
    data = json.loads(on_sandbox("pages", "get", "handbook", "--json", environment={"WIKIJS_API_KEY": key}).stdout)
    assert (data["editor"], data["isPublished"]) == (None, None)


def test_an_export_goes_to_stdout(on_sandbox: OnSandbox) -> None:
    whole = json.loads(on_sandbox("pages", "export", "-").stdout)
    assert {page["path"] for page in whole["pages"] if isinstance(whole, dict)} or whole
    assert json.loads(on_sandbox("export", "pages", "--output", "-").stdout) == whole
    assert json.loads(on_sandbox("export", "assets", "--output", "-").stdout) == json.loads(
        on_sandbox("export", "assets").stdout
    )


def test_a_file_of_a_kind_that_is_not_known_is_refused(on_sandbox: OnSandbox, tmp_path: Path) -> None:
    for line in (("pages", "export", f"{tmp_path}/wiki.csv"), ("export", "pages", "--output", f"{tmp_path}/wiki.csv")):
        result = on_sandbox(*line)
        assert (result.exit_code, "cannot be written as .csv" in result.stderr) == (2, True), line
    assert not (tmp_path / "wiki.csv").exists()
    assert on_sandbox("pages", "export", f"{tmp_path}/wiki.d/").exit_code == 0
    assert on_sandbox("pages", "export", f"{tmp_path}/wiki.d").exit_code == 0  # it is there, and a folder


def test_global_options_are_named_once_in_each_help(on_sandbox: OnSandbox) -> None:
    top = on_sandbox("--help").stdout
    assert top.count("Root of the wiki") == 1
    for line in (("pages",), ("pages", "list"), ("users", "create")):
        shown = on_sandbox(*line, "--help").stdout
        assert ("Root of the wiki" in shown, "--no-cache" in shown) == (False, True), line
        assert "<bool>" not in top + shown, line  # what is just there takes no word
        words = " ".join(shown.split())
        assert words.count("Global options, see `wikijs --help`:") == 1, line
    assert on_sandbox("pages", "list", "--url", on_sandbox.sandbox.url).exit_code == 0


def test_help_can_be_asked_twice(on_sandbox: OnSandbox) -> None:
    assert on_sandbox("pages", "list", "--help").stdout == on_sandbox("pages", "list", "--help").stdout


def test_settings_are_known_by_any_spelling(on_sandbox: OnSandbox, tmp_path: Path) -> None:
    assert on_sandbox("site", "set", "featurePageComments=false").stdout == "Changed feature_page_comments.\n"
    assert on_sandbox("site", "set", "feature-page-comments=true").exit_code == 0
    (tmp_path / "config.toml").write_text('[profiles.docs]\nurl = "http://wiki.example.com"\n', encoding="utf-8")
    assert on_sandbox("config", "set", "docs.verifySsl", "false").exit_code == 0
    assert "verify_ssl = false" in (tmp_path / "config.toml").read_text(encoding="utf-8")
    assert on_sandbox("config", "unset", "docs.verify-ssl").exit_code == 0


def test_an_account_that_is_disabled_is_told_so(on_sandbox: OnSandbox, tmp_path: Path) -> None:
    client = on_sandbox.client
    user = client.users.create("off@example.com", name="Off", password="Passw0rd!y")
    client.users.deactivate(user.id)
    text = f'[profiles.docs]\nurl = "{on_sandbox.sandbox.url}"\nemail = "off@example.com"\n'
    (tmp_path / "config.toml").write_text(text, encoding="utf-8")
    result = on_sandbox("auth", "login", "--profile", "docs", "--password-stdin", stdin="Passw0rd!y\n", guest=True)
    assert result.exit_code == 4
    assert "disabled" in result.stderr
    assert "`wikijs users activate ADDRESS`" in result.stderr
    assert "You are a guest" not in result.stderr


@pytest.mark.parametrize(
    "line", [("navigation", "list"), ("pages", "list"), ("pages", "tree"), ("pages", "links"), ("pages", "export", "-")]
)
def test_a_locale_that_is_not_in_use_is_told_with_those_that_are(on_sandbox: OnSandbox, line: tuple[str, ...]) -> None:
    result = on_sandbox(*line, "--locale", "zz")
    assert result.exit_code != 0
    assert "The locale 'zz' is not in use on this wiki. In use: en, fr." in result.stderr


def test_a_file_of_people_that_is_not_there_is_told(on_sandbox: OnSandbox) -> None:
    result = on_sandbox("users", "import", "nowhere.csv", "--dry-run")
    assert (result.exit_code, result.stderr) == (2, "wikijs: nowhere.csv is not there, or is no file.\n")
