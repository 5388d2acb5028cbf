"""What each command prints, for people, for pipes and as JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.recordings import step

from .conftest import AS_GUEST, Run

LIST = step("pages-crud", "list all")
SINGLE = step("pages-crud", "single")
BY_PATH = step("pages-crud", "single by path")
INFO = step("config-reads", "system.info")
PROFILE = step("users", "profile with an API key")


def rows(text: str) -> list[list[str]]:
    return [line.split("\t") for line in text.splitlines()]


def test_whoami_names_the_account_and_the_key(run: Run) -> None:
    result = run("whoami", answers=(PROFILE,))
    assert result.exit_code == 0
    assert dict(rows(result.stdout)) == {
        "kind": "api_key",
        "user id": "1",
        "name": "API key 1",
        "key id": "1",
        "key group id": "1",
        "acts as": "Administrator",
    }


def test_whoami_as_json(run: Run) -> None:
    identity = json.loads(run("whoami", "--json", answers=(PROFILE,)).stdout)
    assert identity["kind"] == "api_key"
    assert identity["userId"] == 1
    assert identity["warning"] is None


def test_whoami_tells_a_guest_how_to_log_in(run: Run) -> None:
    result = run("whoami", answers=(step("users", "profile as guest"),), environment=AS_GUEST)
    assert result.exit_code == 4
    assert result.stdout.startswith("kind\tguest\n")
    assert "WIKIJS_API_KEY" in result.stderr


def test_whoami_finds_out_that_a_key_was_ignored(run: Run) -> None:
    result = run("whoami", answers=(step("users", "profile as guest"),))
    assert result.exit_code == 4
    assert "ignored the token" in dict(rows(result.stdout))["warning"]


def test_pages_list_is_tab_separated_in_a_pipe(run: Run) -> None:
    result = run("pages", "list", answers=(LIST,))
    recorded = LIST.body["data"]["pages"]["list"]
    assert result.exit_code == 0
    listed = rows(result.stdout)
    assert [row[0] for row in listed] == [str(page["id"]) for page in recorded]
    assert {len(row) for row in listed} == {7}
    assert listed[0][1:4] == ["en", "home", "Title home"]


def test_pages_list_as_json_has_the_servers_names(run: Run) -> None:
    listed = json.loads(run("pages", "list", "--json", answers=(LIST,)).stdout)
    recorded = LIST.body["data"]["pages"]["list"]
    assert [page["path"] for page in listed] == [page["path"] for page in recorded]
    assert listed[0]["isPublished"] is recorded[0]["isPublished"]


def test_pages_list_counts_its_limit_in_pages(run: Run) -> None:
    result = run("pages", "list", "--limit", "3", answers=(LIST,))
    assert len(result.stdout.splitlines()) == 3
    assert "limit" not in run.replay.sent[0]["variables"]


def test_pages_list_sorts_and_filters(run: Run) -> None:
    result = run(
        *("pages", "list", "--tag", "alpha", "--locale", "en", "--order-by", "updated", "--descending"), answers=(LIST,)
    )
    sent = run.replay.sent[0]["variables"]
    assert (sent["locale"], sent["orderBy"], sent["orderByDirection"]) == ("en", "UPDATED", "DESC")
    tagged = [page for page in LIST.body["data"]["pages"]["list"] if "alpha" in page["tags"]]
    assert 0 < len(tagged) < len(LIST.body["data"]["pages"]["list"])
    assert sorted(row[0] for row in rows(result.stdout)) == sorted(str(page["id"]) for page in tagged)


def test_pages_get_shows_the_fields_of_a_page(run: Run) -> None:
    result = run("pages", "get", "1", answers=(SINGLE,))
    recorded = SINGLE.body["data"]["pages"]["single"]
    fields = dict(rows(result.stdout))
    assert fields["title"] == recorded["title"]
    assert fields["tags"] == ", ".join(tag["tag"] for tag in recorded["tags"])
    assert run.replay.sent[0]["variables"] == {"id": 1}
    assert "content" not in fields


def test_pages_get_prints_the_content_and_nothing_else(run: Run) -> None:
    result = run("pages", "get", "1", "--content", answers=(SINGLE,))
    assert result.stdout == SINGLE.body["data"]["pages"]["single"]["content"]


@pytest.mark.parametrize("path", ["docs/guide/intro", "/docs/guide/intro"])
def test_pages_get_takes_a_path(run: Run, path: str) -> None:
    page = json.loads(run("pages", "get", path, "--locale", "en", "--json", answers=(BY_PATH,)).stdout)
    recorded = BY_PATH.body["data"]["pages"]["singleByPath"]
    assert (page["id"], page["content"]) == (recorded["id"], recorded["content"])
    assert run.replay.sent[0]["variables"] == {"path": "docs/guide/intro", "locale": "en"}


def test_pages_get_reads_the_fields_by_path(run: Run) -> None:
    result = run("--locale", "en", "pages", "get", "/docs/guide/intro", answers=(BY_PATH,))
    assert run.replay.sent[0]["variables"] == {"path": "docs/guide/intro", "locale": "en"}
    assert dict(rows(result.stdout))["path"] == "docs/guide/intro"


def test_system_info(run: Run) -> None:
    fields = dict(rows(run("system", "info", answers=(INFO,)).stdout))
    assert fields["current version"] == "2.5.314"
    assert fields["telemetry"] in {"yes", "no"}
    assert json.loads(run("system", "info", "--json", answers=(INFO,)).stdout)["currentVersion"] == "2.5.314"


def test_graphql_prints_the_data(run: Run) -> None:
    result = run("graphql", "{ pages { list { id } } }", answers=(LIST,))
    assert json.loads(result.stdout) == LIST.body["data"]


def test_graphql_reads_variables_as_json_where_they_are(run: Run) -> None:
    values = {"n": "1", "b": "true", "l": '["x"]', "s": "plain text", "nan": "NaN", "eq": "a=b", "none": "null"}
    given = [part for name, value in values.items() for part in ("-v", f"{name}={value}")]
    run("graphql", "{ x }", *given, "--operation-name", "Q", answers=(LIST,))
    assert run.replay.sent[0] == {
        "query": "{ x }",
        "operationName": "Q",
        "variables": {"n": 1, "b": True, "l": ["x"], "s": "plain text", "nan": "NaN", "eq": "a=b", "none": None},
    }


def test_graphql_reads_its_document_from_a_file_or_stdin(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "query.graphql"
    file.write_text("{ from { file } }", encoding="utf-8")
    run("graphql", "-f", str(file), answers=(LIST,))
    assert run.replay.sent[0]["query"] == "{ from { file } }"
    run("graphql", "-f", "-", answers=(LIST,), stdin="{ from { stdin } }")
    assert run.replay.sent[0]["query"] == "{ from { stdin } }"


def test_graphql_prints_the_data_that_came_with_an_error(run: Run) -> None:
    missing = step("pages-crud", "single: missing")
    result = run("graphql", "{ x }", answers=(missing,))
    assert result.exit_code == 1
    assert json.loads(result.stdout) == missing.body["data"]
    assert "This page does not exist." in result.stderr


def test_graphql_fails_when_the_server_refused_a_mutation(run: Run) -> None:
    refused = step("users", "create: same email")
    result = run("graphql", "mutation { x }", answers=(refused,))
    assert result.exit_code == 1
    assert json.loads(result.stdout) == refused.body["data"]
    assert "The server refused: An account already exists" in result.stderr
