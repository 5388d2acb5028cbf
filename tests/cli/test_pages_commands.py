"""`wikijs pages list`, `get`, `delete`, `move`: for people, pipes and programs, and what they refuse."""

from __future__ import annotations

import json
from typing import get_args

import pytest
from wikijs_generated.fragments import Page, PageForEditor, PageMetadata, PageSummary

from wikijs.cli.pages import group as pages
from wikijs.permissions import PagePermission, PageRule
from wikijs.resources.pages.reading import PageOrder

from .conftest import OnSandbox
from .terminal import Sit, at_terminal

__all__ = ["at_terminal"]


def rows(text: str) -> list[list[str]]:
    return [line.split("\t") for line in text.splitlines()]


def aliases(model: type[Page] | type[PageMetadata] | type[PageSummary]) -> set[str]:
    return set(model.model_json_schema(by_alias=True)["properties"])


def limited_key(wiki: OnSandbox, *permissions: PagePermission) -> str:
    """A key that may do only this, everywhere."""
    group = wiki.client.groups.create("Limited", permissions=permissions, rules=[PageRule(roles=permissions)])
    return wiki.client.api_keys.create("limited", group=group.id).key


def test_fields_and_orders_are_those_of_the_models() -> None:
    assert set(pages.LISTED) == aliases(PageSummary)
    assert set(pages.METADATA) == aliases(PageMetadata)
    assert {*pages.METADATA, *pages.CONTENT} == aliases(Page)
    assert set(pages.STATE) <= aliases(PageForEditor)
    assert get_args(pages.Order) == get_args(PageOrder)


def test_pages_are_listed_by_folder_state_and_date(on_sandbox: OnSandbox) -> None:
    below = rows(on_sandbox("pages", "list", "--folder", "handbook").stdout)
    assert {row[2].partition("/")[0] for row in below} == {"handbook"}
    draft = on_sandbox.client.pages.create("a-draft", title="[b]Draft[/b]\tx", content="x", is_published=False)
    assert rows(on_sandbox("pages", "list", "--drafts").stdout)[-1][:4] == [
        str(draft.id),
        "en",
        "a-draft",
        "[b]Draft[/b] x",
    ]
    assert str(draft.id) not in on_sandbox("pages", "list", "--published", "--quiet").stdout.split()
    assert on_sandbox("pages", "list", "--since", "2999-01-01").stdout == ""
    assert on_sandbox("pages", "list", "--since", "2001-01-01T10:00:00", "-q", "--limit", "2").stdout == "1\n2\n"
    assert on_sandbox("pages", "list", "--since", "some day").exit_code == 2


def test_a_list_of_chosen_fields(on_sandbox: OnSandbox) -> None:
    listed = json.loads(on_sandbox("pages", "list", "--json", "id,path", "--limit", "1").stdout)
    assert listed == [{"id": 1, "path": "home"}]
    refused = on_sandbox("pages", "list", "--json=id,content")
    assert (refused.exit_code, "no field 'content'" in refused.stderr) == (2, True)


def test_a_list_on_a_terminal_shows_titles_as_they_are(on_sandbox: OnSandbox, at_terminal: Sit) -> None:
    on_sandbox.client.pages.create("odd", title="[red]x[/red] \x1b[2J", content="x")
    at_terminal()
    shown = on_sandbox("pages", "list", "--folder", "odd").stdout
    assert "PUBLISHED" in shown
    assert "[red]x[/red] �[2J" in shown


def test_a_number_is_an_id_and_with_a_slash_a_path(on_sandbox: OnSandbox) -> None:
    numbered = on_sandbox.client.pages.create("2024", title="The year", content="x")
    assert dict(rows(on_sandbox("pages", "get", "2").stdout))["id"] == "2"
    assert dict(rows(on_sandbox("pages", "get", "/2024").stdout))["id"] == str(numbered.id)
    missing = on_sandbox("pages", "get", "2024")
    assert (missing.exit_code, missing.stdout) == (1, "")
    assert "There is no page 2024." in missing.stderr


NO_PAGES = [
    ("nowhere/at/all", 1, "There is no page en/nowhere/at/all."),
    ("4294967296", 1, "There is no page 4294967296"),
    ("", 2, "A page has no name."),
    (" ", 2, "A page has no name."),
    ("٣", 1, "There is no page en/٣."),
    ("de/handbook", 1, "There is no page de/handbook."),
]


@pytest.mark.parametrize("command", ["get", "history", "delete"])
def test_what_is_no_page_is_said_so(on_sandbox: OnSandbox, command: str) -> None:
    for page, code, text in NO_PAGES:
        result = on_sandbox("pages", command, page)
        assert (result.exit_code, result.stdout) == (code, ""), page
        assert text in result.stderr


def test_a_page_is_shown(on_sandbox: OnSandbox) -> None:
    fields = dict(rows(on_sandbox("pages", "get", "handbook/writing").stdout))
    assert (fields["title"], fields["tags"], fields["locale"]) == ("Writing", "handbook, style", "en")
    assert on_sandbox("pages", "get", "/en/handbook/writing/", "--content").stdout.startswith("# Writing\n")
    whole = json.loads(on_sandbox("pages", "get", "handbook/writing", "--json").stdout)
    assert set(whole) == {*pages.METADATA, *pages.CONTENT, *pages.STATE, "url"}
    assert on_sandbox("pages", "get", fields["id"], "--quiet").stdout == f"{fields['id']}\n"
    assert on_sandbox("pages", "get", fields["id"], "--filter", "content").stdout.startswith("# Writing\n")


@pytest.mark.parametrize("page", ["1", "home"])
def test_the_source_is_read_only_where_it_is_shown(on_sandbox: OnSandbox, page: str) -> None:
    key = {"WIKIJS_API_KEY": limited_key(on_sandbox, "read:pages", "manage:pages")}
    fields = on_sandbox("pages", "get", page, "--json", "id,title", environment=key)
    assert json.loads(fields.stdout) == {"id": 1, "title": "Welcome to Harbour Lights"}
    assert on_sandbox("pages", "get", page, environment=key).exit_code == 0
    for wanted in (["--json", "id,content"], ["--json"], ["--yaml"], ["--content"]):
        refused = on_sandbox("pages", "get", page, *wanted, environment=key)
        assert (refused.exit_code, refused.stdout) == (1, "")
        assert "read:source" in refused.stderr


def test_pages_are_deleted_by_id_and_path(on_sandbox: OnSandbox) -> None:
    holidays, writing = on_sandbox.client.pages.find_ids(["handbook/holidays", "handbook/writing"])
    result = on_sandbox("pages", "delete", "handbook/holidays", str(writing), "handbook/holidays", "--yes")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "2 of 2 deleted.\n")
    assert {holidays, writing}.isdisjoint(page.id for page in on_sandbox.client.pages.list())


def test_pages_are_deleted_from_a_pipe(on_sandbox: OnSandbox) -> None:
    ids = on_sandbox("pages", "list", "--folder", "handbook", "--quiet").stdout
    listed = on_sandbox("pages", "list", "--folder", "engineering").stdout
    assert on_sandbox("pages", "delete", *ids.split(), "--yes", "--quiet").stdout == ids
    done = json.loads(on_sandbox("pages", "delete", "-", "--yes", "--json", stdin=listed).stdout)
    assert done["success"] == [{"id": int(row[0])} for row in rows(listed)]
    nothing = on_sandbox("pages", "delete", "-", stdin="\n")
    assert (nothing.exit_code, nothing.stderr) == (0, "No pages were given.\n")


def test_some_that_cannot_be_deleted_do_not_stop_the_rest(on_sandbox: OnSandbox) -> None:
    result = on_sandbox("pages", "delete", "999999", "1", "--yes")
    assert result.exit_code == 3
    assert "page 999999: " in result.stderr
    assert "1 of 2 deleted, 1 failed.\n" in result.stderr
    assert on_sandbox("pages", "delete", "999998", "999999", "--yes").exit_code == 1
    alone = on_sandbox("pages", "delete", "999999", "--yes")
    assert (alone.exit_code, alone.stderr.count("\n")) == (1, 1)


def test_deleting_asks_first(on_sandbox: OnSandbox, at_terminal: Sit) -> None:
    refused = on_sandbox("pages", "delete", "handbook/holidays", "1", "2", "3")
    assert refused.exit_code == 2
    assert "Delete 4 pages (en/handbook/holidays, en/home, en/handbook and 1 more)?" in refused.stderr
    assert "--yes" in refused.stderr
    at_terminal("stdin")
    no = on_sandbox("pages", "delete", "home", stdin="n\n")
    assert (no.exit_code, "Delete page 1 (en/home)?" in no.output) == (1, True)
    assert "Delete page 999999?" in on_sandbox("pages", "delete", "999999", stdin="n\n").output
    assert on_sandbox.client.pages.exists("home")
    assert on_sandbox("pages", "delete", "home", stdin="y\n").exit_code == 0
    assert not on_sandbox.client.pages.exists("home")


def test_guests_are_told_to_log_in(on_sandbox: OnSandbox) -> None:
    for command in (["delete", "home", "--yes"], ["move", "home", "new"], ["update", "home", "--title", "x"]):
        result = on_sandbox("pages", *command, guest=True)
        assert (result.exit_code, result.stdout) == (4, "")
        assert "guest" in result.stderr


def test_a_page_is_moved(on_sandbox: OnSandbox) -> None:
    result = on_sandbox("pages", "move", "handbook/holidays", "people/holidays")
    page = on_sandbox.client.pages.get_by_path("people/holidays")
    assert result.stdout == f"Moved page {page.id} to en/people/holidays.\n"
    moved = json.loads(on_sandbox("pages", "move", str(page.id), "handbook/holidays", "--json", "id,path").stdout)
    assert moved == {"id": page.id, "path": "handbook/holidays"}
    taken = on_sandbox("pages", "move", str(page.id), "home")
    assert (taken.exit_code, taken.stdout) == (1, "")
    assert on_sandbox("pages", "move", str(page.id), "a b").exit_code == 1
