"""What the prompts offer: commands and options, names of things of the wiki, GraphQL."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
import typer.main
from hypothesis import given
from hypothesis import strategies as st

from wikijs import exceptions
from wikijs.cli.app import app
from wikijs.cli.prompt import command_words, graphql_words
from wikijs.cli.prompt.wiki_words import WikiWords
from wikijs.core.documents.validation import bundled_schema
from wikijs.sandbox import Sandbox

ROOT = typer.main.get_command(app)
THINGS = {
    "pages": ["home", "docs/a b"],
    "tags": ["start"],
    "users": ["ann@example.com"],
    "groups": ["Editors"],
    "locales": ["en", "fr"],
}


def offered(line: str) -> list[str]:
    return [word.text for word in command_words.next_words(ROOT, line, THINGS.__getitem__)[1]]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("pag", ["pages"]),
        ("pages g", ["get", "grep"]),
        ("pages get ", ["home", "docs/a b"]),
        ("pages get ho", ["home"]),
        ('pages get "docs/a', ["docs/a b"]),
        ("pages get home --loc", ["--locale"]),
        ("pages get home --locale ", ["en", "fr"]),
        ("pages get --locale fr ", ["home", "docs/a b"]),
        ("pages delete home ", ["home", "docs/a b"]),
        ("pages list --tag ", ["start"]),
        ("pages list --order-by u", ["updated"]),
        ("pages list --json ", []),
        ("users get ", ["ann@example.com"]),
        ("groups add ", ["Editors"]),
        ("groups add Editors ", ["ann@example.com"]),
        ("groups rules add Editors --match E", ["EXACT", "END"]),
        ("--pro", ["--profile"]),
        ("nonsense ", []),
        ("pages get home more ", []),
    ],
)
def test_words_of_a_command_line(line: str, words: list[str]) -> None:
    assert offered(line) == words


def test_an_empty_line_offers_the_commands_with_what_they_do() -> None:
    begun, found = command_words.next_words(ROOT, "", THINGS.__getitem__)
    assert begun == ""
    assert command_words.Word("pages", "Pages.") in found


def test_files_of_this_machine_are_offered_where_files_are_wanted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes.md").touch()
    monkeypatch.chdir(tmp_path)
    assert offered("assets upload no") == ["notes/", "notes.md"]
    assert offered("--api-key-file notes.") == []  # a group's own options stand before the command


@given(st.text("pages get-'\"\\ \tx", max_size=20))
def test_no_line_breaks_the_completion(line: str) -> None:
    offered(line)


def graphql(text: str) -> list[str]:
    return [word.text for word in graphql_words.next_words(bundled_schema(), text)[1]]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("mu", ["mutation"]),
        ("{ pa", ["pages"]),
        ("{ pages { li", ["list", "links"]),
        ("{ pages { list(orderBy: U", ["UPDATED"]),
        ("{ pages { list(orderBy: ID, loc", ["locale: "]),
        ("{ pages { list(locale: ", []),
        ("{ pages { list { pat", ["path"]),
        ("{ pages { list { id } searchT", ["searchTags"]),
        ("{ pages { list { id } } use", ["users"]),
        ("{ pages { a: single(id: 1) { titl", ["title"]),
        ("{ pages { single(id: 1) { ... on Page { titl", ["title"]),
        ("query Q($id: Int!) { pages { single(id: $id) { tags { ta", ["tag"]),
        ("mutation { pages { delet", ["delete", "deleteTag"]),
        ("mutation { pages { create(isPrivate: ", ["true", "false"]),
        ("mutation { navigation { updateTree(tree: ", ["{"]),
        ("{ pages { list { nonsense { ", []),
        ("{ pages { # li", []),
        ('{ pages { search(query: "pa', []),
        ("} } { pag", ["pages"]),
    ],
)
def test_words_of_a_document(text: str, words: list[str]) -> None:
    assert graphql(text) == words


@given(st.text("{}()[]:$.!#\"' \n pageslistidon", max_size=40))
def test_no_document_breaks_the_completion(text: str) -> None:
    graphql(text)


def test_names_are_those_of_the_wiki_and_kept_for_a_while() -> None:
    now = [0.0]
    with Sandbox(seed="demo") as sandbox, sandbox.client() as client:
        words = WikiWords(client, clock=lambda: now[0])
        assert "handbook" in words("pages")
        assert "start" in words("tags")
        assert "admin@example.com" in words("users")
        assert "Editors" in words("groups")
        assert "en" in words("locales")
        client.groups.create("Pilots")
        assert "Pilots" not in words("groups")
        now[0] = 61
        assert "Pilots" in words("groups")
        client.groups.create("Sailors")
        words.forget()
        assert "Sailors" in words("groups")


def test_what_may_not_be_seen_is_not_offered_and_no_error() -> None:
    with Sandbox(seed="demo") as sandbox, sandbox.client(guest=True) as client:
        assert list(WikiWords(client)("users")) == []


def test_a_wiki_that_does_not_answer_offers_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**options: object) -> Sequence[str]:
        raise exceptions.TransportError("gone")

    with Sandbox() as sandbox, sandbox.client() as client:
        monkeypatch.setattr(client.groups, "list", fail)
        assert list(WikiWords(client)("groups")) == []
