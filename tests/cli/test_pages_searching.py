"""`wikijs pages search`, `grep`, `tree`, `links`."""

from __future__ import annotations

import json
import re

import pytest

from wikijs.cli.pages import finding as pages_finding

from .conftest import OnSandbox
from .terminal import Sit, at_terminal

__all__ = ["at_terminal"]


def rows(text: str) -> list[list[str]]:
    return [line.split("\t") for line in text.splitlines()]


@pytest.fixture
def odd(on_sandbox: OnSandbox) -> OnSandbox:
    """A wiki with a page whose text would steer a terminal."""
    on_sandbox.client.pages.create(
        "odd/[b]x", title="[b]Odd\x1b[2J", content="needle\tone\r\nnone\r\n [red]NEEDLE\x1b[2J and needle\u2028needle é"
    )
    return on_sandbox


# search


def test_search_lists_pages(on_sandbox: OnSandbox) -> None:
    found = rows(on_sandbox("pages", "search", "handbook", "--folder", "handbook").stdout)
    assert found[0][2] == "handbook"
    as_json = json.loads(on_sandbox("pages", "search", "writing", "--json").stdout)
    assert [hit["path"] for hit in as_json] == ["handbook/writing"]
    assert set(as_json[0]) == set(pages_finding.FOUND)
    assert on_sandbox("pages", "search", "writing", "-q").stdout == f"{as_json[0]['id']}\n"


def test_nothing_found_is_no_failure_but_is_said(on_sandbox: OnSandbox) -> None:
    for command in ("search", "grep"):
        result = on_sandbox("pages", command, "xyzzy")
        assert (result.exit_code, result.stdout, result.stderr) == (0, "", "Nothing was found.\n")
        assert on_sandbox("pages", command, "xyzzy", "--json").output == "[]\n"
        assert on_sandbox("pages", command, "xyzzy", "--quiet").output == ""
        assert on_sandbox("pages", command, "Harbour", "--locale", "fr").stdout == ""


# grep


def test_grep_prints_a_row_for_each_line_in_a_pipe(odd: OnSandbox) -> None:
    result = odd("pages", "grep", "needle", "--folder", "odd")
    assert result.exit_code == 0
    assert rows(result.stdout) == [
        ["en/odd/[b]x", "1", "needle one"],
        ["en/odd/[b]x", "3", " [red]NEEDLE�[2J and needle"],
        ["en/odd/[b]x", "4", "needle é"],
    ]


def test_grep_takes_text_or_expressions(odd: OnSandbox) -> None:
    def lines(*options: str) -> list[str]:
        return [row[1] for row in rows(odd("pages", "grep", *options, "--folder", "odd").stdout)]

    assert lines("-i", "^ .*needle") == ["3"]
    assert lines("[red]", "--fixed") == ["3"]
    assert lines("-F", "-i", "[RED]") == ["3"]
    assert lines("e$") == ["1", "2", "3"]
    assert lines("--", "-x") == []
    refused = odd("pages", "grep", "[red")
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "'[red' is no regular expression" in refused.stderr
    assert "--fixed" in refused.stderr


def test_grep_as_data(odd: OnSandbox) -> None:
    found = json.loads(odd("pages", "grep", "é", "--folder", "odd", "--json").stdout)
    page = odd.client.pages.get_by_path("odd/[b]x")
    assert found == [
        {
            "id": page.id,
            "locale": "en",
            "path": "odd/[b]x",
            "title": "[b]Odd\x1b[2J",
            "lineNumber": 4,
            "line": "needle é",
            "start": 7,
            "end": 8,
        }
    ]
    assert set(found[0]) == set(pages_finding.MATCH)
    assert json.loads(odd("pages", "grep", "e é", "--json", "path,lineNumber").stdout) == [
        {"path": "odd/[b]x", "lineNumber": 4}
    ]


def test_grep_can_name_or_count_pages_only(odd: OnSandbox) -> None:
    page = odd.client.pages.get_by_path("odd/[b]x")
    place = [str(page.id), "en", "odd/[b]x", "[b]Odd�[2J"]
    assert rows(odd("pages", "grep", "-l", "needle").stdout) == [place]
    assert rows(odd("pages", "grep", "-c", "needle").stdout) == [[*place, "3"]]
    assert odd("pages", "grep", "needle", "--quiet").stdout == f"{page.id}\n"
    assert json.loads(odd("pages", "grep", "-c", "needle", "--json").stdout)[0]["lines"] == 3
    tagged = odd("pages", "grep", "-l", ".", "--tag", "style", "--tag", "handbook").stdout
    assert [row[2] for row in rows(tagged)] == ["handbook/writing", "handbook/meetings"]


def test_grep_marks_matches_on_a_terminal(odd: OnSandbox, at_terminal: Sit) -> None:
    at_terminal()
    shown = odd("pages", "grep", "-i", "needle", "--folder", "odd").stdout
    head, first, third, fourth = shown.splitlines()
    assert "en/odd/[b]x" in head
    assert "[b]Odd�[2J" in head
    assert first == "\x1b[32m1\x1b[0m:\x1b[1;31mneedle\x1b[0m one"
    assert third == "\x1b[32m3\x1b[0m: [red]\x1b[1;31mNEEDLE\x1b[0m�[2J and \x1b[1;31mneedle\x1b[0m"
    assert fourth.endswith(" é")


def test_colours_are_off_with_no_color(odd: OnSandbox, at_terminal: Sit, monkeypatch: pytest.MonkeyPatch) -> None:
    at_terminal()
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[3" not in odd("pages", "grep", "needle", "--folder", "odd").stdout


def test_guests_without_the_source_cannot_grep(on_sandbox: OnSandbox) -> None:
    result = on_sandbox("pages", "grep", "wiki", guest=True)
    assert (result.exit_code, result.stdout) == (4, "")


# tree


def test_the_tree_is_drawn_on_a_terminal(
    on_sandbox: OnSandbox, at_terminal: Sit, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_sandbox.client.pages.create("zoo/[b]deep/x", title="[red]X\x1b[2J", content="x")
    at_terminal()
    monkeypatch.setenv("NO_COLOR", "1")
    drawn = [line.rstrip() for line in on_sandbox("pages", "tree").stdout.replace("\x1b[0m", "").splitlines()]
    text = "\n".join(plain(line) for line in drawn)
    page = on_sandbox.client.pages.get_by_path("zoo/[b]deep/x")
    assert text.startswith("en\n├── docs\n│   ├── intro  Introduction  ")
    assert f"└── zoo\n    └── [b]deep\n        └── x  [red]X�[2J  {page.id}" in text
    one = on_sandbox("pages", "tree", "zoo", "--depth", "1").stdout
    assert [plain(line) for line in one.splitlines()] == ["en/zoo", "└── [b]deep"]


def plain(line: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", line)


def test_the_tree_in_a_pipe_and_as_data(on_sandbox: OnSandbox) -> None:
    on_sandbox.client.pages.create("handbook-2", title="Second", content="x")
    on_sandbox.client.pages.create("only/folder/page", title="P", content="x")
    listed = rows(on_sandbox("pages", "tree").stdout)
    paths = [row[1] for row in listed]
    assert paths.index("handbook") < paths.index("handbook/writing") < paths.index("handbook-2")
    assert ["", "only", "only"] in listed
    tree = json.loads(on_sandbox("pages", "tree", "only", "--json").stdout)
    page = on_sandbox.client.pages.get_by_path("only/folder/page")
    assert tree == [
        {"id": None, "path": "only/folder", "title": "folder", "depth": 0, "isFolder": True},
        {"id": page.id, "path": "only/folder/page", "title": "P", "depth": 1, "isFolder": False},
    ]
    assert on_sandbox("pages", "tree", "only", "--quiet").stdout == f"{page.id}\n"
    assert on_sandbox("pages", "tree", "home").stdout == ""


def test_the_tree_has_all_pages_of_the_locale(on_sandbox: OnSandbox) -> None:
    ids = {page.id for page in on_sandbox.client.pages.list(locale="en")}
    assert {int(line) for line in on_sandbox("pages", "tree", "-q").stdout.split()} == ids


def test_there_is_no_tree_of_nowhere(on_sandbox: OnSandbox) -> None:
    result = on_sandbox("pages", "tree", "/nowhere/")
    assert (result.exit_code, result.stdout, result.stderr) == (1, "", "wikijs: There is no folder en/nowhere.\n")


# links


@pytest.fixture
def linked(on_sandbox: OnSandbox) -> OnSandbox:
    on_sandbox.client.pages.create("odd/links", title="L", content="[a](/home) [b](/lost/where) [c](/lost/where/else)")
    return on_sandbox


def test_links_are_listed(linked: OnSandbox) -> None:
    page = linked.client.pages.get_by_path("odd/links")
    found = rows(linked("pages", "links", "--folder", "odd").stdout)
    assert sorted(row[2:] for row in found) == [
        ["en/home", "no"],
        ["en/lost/where", "yes"],
        ["en/lost/where/else", "yes"],
    ]
    broken = rows(linked("pages", "links", "--broken", "--folder", "odd").stdout)
    assert sorted(row[2] for row in broken) == ["en/lost/where", "en/lost/where/else"]
    (as_json,) = json.loads(linked("pages", "links", "--broken", "--folder", "odd", "--json").stdout)
    assert set(as_json) == set(pages_finding.LINKED)
    assert (as_json["id"], sorted(as_json["broken"])) == (page.id, ["en/lost/where", "en/lost/where/else"])
    assert linked("pages", "links", "--broken", "--folder", "odd", "-q").stdout == f"{page.id}\n"


def test_a_wiki_without_broken_links_says_so(linked: OnSandbox) -> None:
    result = linked("pages", "links", "--broken", "--folder", "handbook")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "Nothing was found.\n")
