"""Pulling writes a schema and keeps what introspection does not show."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from graphql import build_schema

from wikijs.codegen.errors import CodegenError
from wikijs.core.documents import bundled
from wikijs.schema_tools import sources
from wikijs.schema_tools.merging import TO_FILL_IN
from wikijs.schema_tools.pulling import Pulled, pull
from wikijs.schema_tools.sources import Loaded

SDL = bundled.schema().read_text(encoding="utf-8")
FACTS = bundled.facts().read_text(encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that holds what this client was compiled from."""
    (tmp_path / "wikijs.graphql").write_text(SDL, encoding="utf-8")
    (tmp_path / "facts.json").write_text(FACTS, encoding="utf-8")
    return tmp_path


def with_changes(*changes: tuple[str, str]) -> Loaded:
    text = SDL
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return Loaded("changed", build_schema(text))


def facts(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "facts.json").read_text(encoding="utf-8"))


NEW_OPERATION = ("  tags: [PageTag]!\n", "  tags: [PageTag]!\n  archived(limit: Int): [PageListItem!]!\n")


def test_what_is_known_comes_out_byte_for_byte(tmp_path: Path) -> None:
    pulled = pull(sources.load("bundled"), tmp_path / "schema")
    assert pulled.changed == ("wikijs.graphql", "facts.json")
    assert (tmp_path / "schema/wikijs.graphql").read_text(encoding="utf-8") == SDL
    assert (tmp_path / "schema/facts.json").read_text(encoding="utf-8") == FACTS
    assert pull(sources.load("bundled"), tmp_path / "schema").changed == ()


def test_a_new_operation_gets_an_entry_to_fill_in(folder: Path) -> None:
    pulled = pull(with_changes(NEW_OPERATION), folder, "2.6.0")
    assert pulled.to_fill_in == ("pages.archived",)
    now = facts(folder)
    assert now["operations"]["pages.archived"] == {
        "kind": "query",
        "type": "PageQuery",
        "since": "2.6.0",
        "requires": [],
        "rate_limit": None,
        "todo": TO_FILL_IN,
    }
    assert now["since_later"]["PageQuery.archived(limit)"] == "2.6.0"
    assert now["versions_with_a_schema_change"][-1] == "2.6.0"


def test_known_facts_are_kept_with_a_new_operation(folder: Path) -> None:
    pull(with_changes(NEW_OPERATION), folder, "2.6.0")
    before, now = json.loads(FACTS), facts(folder)
    assert {**now["operations"], "pages.archived": None} == {**before["operations"], "pages.archived": None}
    assert now["field_permissions"] == before["field_permissions"]
    assert now["removed"] == before["removed"]


def test_what_was_filled_in_is_kept_at_the_next_pull(folder: Path) -> None:
    pull(with_changes(NEW_OPERATION), folder, "2.6.0")
    filled = facts(folder)
    filled["operations"]["pages.archived"] |= {"requires": ["read:pages"]}
    del filled["operations"]["pages.archived"]["todo"]
    (folder / "facts.json").write_text(json.dumps(filled, indent=1), encoding="utf-8")
    assert pull(with_changes(NEW_OPERATION), folder, "2.6.1").changed == ()
    assert facts(folder)["operations"]["pages.archived"]["requires"] == ["read:pages"]


def test_what_is_gone_or_of_another_type_is_told(folder: Path) -> None:
    loaded = with_changes(("  searchTags(query: String!): [String]!\n", ""), ("  hash: String!\n", "  hash: Int!\n"))
    pull(loaded, folder, "2.6.0")
    now = facts(folder)
    assert now["removed"]["PageQuery.searchTags"] == "2.6.0"
    assert now["removed"]["PageQuery.searchTags(query)"] == "2.6.0"
    assert "pages.searchTags" not in now["operations"]
    assert {"at": "2.6.0", "from": "String!", "to": "Int!"} in now["type_changes"]["Page.hash"]


def test_what_comes_back_is_no_longer_removed(folder: Path) -> None:
    pull(with_changes(("  searchTags(query: String!): [String]!\n", "")), folder, "2.6.0")
    pull(sources.load("bundled"), folder, "2.7.0")
    now = facts(folder)
    assert "PageQuery.searchTags" not in now["removed"]
    assert now["since_later"]["PageQuery.searchTags"] == "2.7.0"


def test_a_difference_needs_the_version(folder: Path) -> None:
    with pytest.raises(CodegenError, match=r"differs at PageQuery\.archived, and the version .* give --server-version"):
        pull(with_changes(NEW_OPERATION), folder)
    assert (folder / "wikijs.graphql").read_text(encoding="utf-8") == SDL


def test_a_version_that_is_none_is_refused_and_what_follows_the_numbers_is_left_out(folder: Path) -> None:
    with pytest.raises(CodegenError, match=r"^newest is no version of Wiki\.js; write it like 2\.5\.314\.$"):
        pull(with_changes(NEW_OPERATION), folder, "newest")
    assert pull(with_changes(NEW_OPERATION), folder, "v2.6.0-beta.1").version == "2.6.0"
    assert facts(folder)["since_later"]["PageQuery.archived"] == "2.6.0"


def test_a_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "schema").write_text("", encoding="utf-8")
    with pytest.raises(CodegenError, match="schema: cannot be written: File exists"):
        pull(sources.carried(), tmp_path / "schema")


def test_an_older_server_gets_the_facts_of_its_version(tmp_path: Path) -> None:
    pull(sources.load("bundled@2.4.75"), tmp_path)
    now = facts(tmp_path)
    assert now["versions_with_a_schema_change"][-1] == "2.4.75"
    assert "pages.singleByPath" not in now["operations"]
    assert "Page.scriptJs" not in now["since_later"]
    assert all(row["at"] <= "2.4.75" for rows in now["type_changes"].values() for row in rows)


def test_a_folder_of_an_older_server_learns_from_this_client(tmp_path: Path) -> None:
    pull(sources.load("bundled@2.4.75"), tmp_path)
    pulled = pull(sources.load("bundled"), tmp_path, "2.5.314")
    assert pulled.to_fill_in == ()
    assert facts(tmp_path)["operations"] == json.loads(FACTS)["operations"]
    assert facts(tmp_path)["since_later"] == json.loads(FACTS)["since_later"]


DIRECTIVES = (
    "directive @auth(requires: [String]) on FIELD_DEFINITION\n"
    "type Query { pages: PageQuery }\n"
    'type PageQuery { list: [Page] @auth(requires: ["read:pages"]) old: Int @rateLimit(limit: 3, duration: 10) }\n'
    'type Page { id: Int content: String @auth(requires: ["read:source"]) }\n'
)


def own(tmp_path: Path, sdl: str, version: str) -> Pulled:
    file = tmp_path / "source.graphql"
    file.write_text(sdl, encoding="utf-8")
    return pull(sources.load(str(file)), tmp_path / "schema", version, own_facts=True)


def test_sdl_with_directives_fills_in_permissions_and_tells_what_changed(tmp_path: Path) -> None:
    first = own(tmp_path, DIRECTIVES, "2.6.0")
    assert first.to_fill_in == ()
    rows = facts(tmp_path / "schema")
    assert rows["operations"]["pages.list"]["requires"] == ["read:pages"]
    assert rows["operations"]["pages.old"]["rate_limit"] == {"limit": 3, "duration": 10}
    assert rows["field_permissions"]["Page.content"] == ["read:source"]
    changed = DIRECTIVES.replace('["read:pages"]', '["read:pages", "manage:pages"]').replace("limit: 3", "limit: 4")
    changed = changed.replace("id: Int", 'id: Int @auth(requires: ["read:pages"])')
    assert own(tmp_path, changed.replace(' @auth(requires: ["read:source"])', ""), "2.6.1").permissions == (
        "pages.list: read:pages became read:pages or manage:pages.",
        "pages.old: no permission, 3 calls in 10 s became no permission, 4 calls in 10 s.",
        "Page.content: read:source became no permission.",
        "Page.id: no permission became read:pages.",
    )
    assert facts(tmp_path / "schema")["field_permissions"] == {"Page.id": ["read:pages"]}


@pytest.mark.parametrize("broken", ["{", "[]", '{"operations": {}}'])
def test_broken_facts_are_named_and_nothing_is_written(folder: Path, broken: str) -> None:
    (folder / "facts.json").write_text(broken, encoding="utf-8")
    with pytest.raises(CodegenError, match=r"facts\.json: "):
        pull(with_changes(NEW_OPERATION), folder, "2.6.0")
    assert (folder / "wikijs.graphql").read_text(encoding="utf-8") == SDL


def test_what_cannot_be_written_leaves_both_files_as_they_were(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device", "facts.json")

    monkeypatch.setattr("pathlib.Path.chmod", full)
    with pytest.raises(CodegenError, match=r"facts\.json: cannot be written: No space left on device\."):
        pull(with_changes(NEW_OPERATION), folder, "2.6.0")
    assert {path.name for path in folder.iterdir()} == {"wikijs.graphql", "facts.json"}
    assert (folder / "wikijs.graphql").read_text(encoding="utf-8") == SDL
    assert (folder / "facts.json").read_text(encoding="utf-8") == FACTS
