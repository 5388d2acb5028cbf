"""`wikijs feed`: what changes, for people and for programs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from wikijs.feed import ChangeFeed

from .conftest import OnSandbox


def changed(on_sandbox: OnSandbox, store: Path) -> None:
    """A store with a reader "me" who has read nothing of a few changes."""
    with ChangeFeed(on_sandbox.client, store) as feed:
        feed.store.consumer("me", beginning=0)
        feed.poll()
        page = on_sandbox.client.pages.create("docs/new", title="New", content="# New")
        feed.poll()
        on_sandbox.client.pages.move(page.id, "docs/newer")
        on_sandbox.client.pages.update(on_sandbox.client.pages.get_by_path("home").id, title="Start")
        feed.poll()


def test_watching_shows_a_line_for_each_change(on_sandbox: OnSandbox, tmp_path: Path) -> None:
    store = tmp_path / "feed.db"
    changed(on_sandbox, store)
    result = on_sandbox("feed", "watch", "--store", str(store), "--consumer", "me", "-n", "3", "--type", "page.*")
    assert result.exit_code == 0, result.output
    lines = [line[20:].split() for line in result.stdout.splitlines()]
    assert lines == [
        ["page.created", "en/docs/new", "by", "Administrator"],
        ["page.moved", "docs/new", "->", "en/docs/newer", "(path)"],
        ["page.updated", "en/home", "(title)", "by", "Administrator"],
    ]


def test_programs_get_a_line_of_json_each_and_may_choose(on_sandbox: OnSandbox, tmp_path: Path) -> None:
    store = tmp_path / "feed.db"
    changed(on_sandbox, store)
    result = on_sandbox(
        "feed",
        "watch",
        "--store",
        str(store),
        "--consumer",
        "me",
        "-n",
        "2",
        "--path",
        "docs/**",
        "--type",
        "page.*",
        "--json",
    )
    found = [json.loads(line) for line in result.stdout.splitlines()]
    assert [(event["type"], event["data"]["page"]["path"]) for event in found] == [
        ("page.created", "docs/new"),
        ("page.moved", "docs/newer"),
    ]


def test_a_type_that_does_not_exist_is_refused(on_sandbox: OnSandbox, tmp_path: Path) -> None:
    result = on_sandbox("feed", "watch", "--store", str(tmp_path / "feed.db"), "--type", "page.eaten")
    assert result.exit_code != 0
    assert "No type of event fits 'page.eaten'." in result.stderr


def test_the_status_says_what_is_known(on_sandbox: OnSandbox, tmp_path: Path) -> None:
    environment = {"WIKIJS_FEED_STORE": str(tmp_path / "feed.db")}
    before = json.loads(on_sandbox("feed", "status", "--json", environment=environment).stdout)
    assert (before["started"], before["last_poll"], before["pages"]) == (False, None, 0)
    changed(on_sandbox, tmp_path / "feed.db")
    after = json.loads(on_sandbox("feed", "status", "--json", environment=environment).stdout)
    assert after["started"]
    assert after["pages"] > 10
    assert after["behind"] == {"me": after["sequence"]}
    shown = on_sandbox("feed", "status", environment=environment)
    assert "consumer me" in shown.stdout
    with on_sandbox.sandbox.client(guest=True) as guest, ChangeFeed(guest, tmp_path / "feed.db") as feed:
        feed.poll()
    assert "takes the feed for a guest" in on_sandbox("feed", "status", environment=environment).stderr


def test_each_wiki_has_a_store_of_its_own(
    on_sandbox: OnSandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    assert on_sandbox("feed", "status").exit_code == 0
    assert len(list((tmp_path / "state" / "wikijs" / "feeds").glob("*.db"))) == 1
