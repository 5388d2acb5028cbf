"""`wikijs hooks`: who is told, and what became of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import Result
from webhooks.receiving_end import ReceivingEnd, receiving_end

from wikijs.feed import ChangeFeed
from wikijs.webhooks import Webhooks

from .conftest import OnSandbox

LOCAL = ("--allow-network", "127.0.0.0/8", "--allow-http")


class Hooks:
    """Runs `wikijs hooks` with a store of its own."""

    def __init__(self, on_sandbox: OnSandbox, folder: Path) -> None:
        self._run = on_sandbox
        self.store = folder / "hooks.db"

    def __call__(self, *arguments: str) -> Result:
        return self._run("hooks", *arguments, environment={"WIKIJS_FEED_STORE": str(self.store)})

    def json(self, *arguments: str) -> object:
        result = self(*arguments, "--json")
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)


@pytest.fixture
def hooks(on_sandbox: OnSandbox, tmp_path: Path) -> Hooks:
    return Hooks(on_sandbox, tmp_path)


@pytest.fixture
def end() -> object:
    with receiving_end() as made:
        yield made


def test_the_life_of_an_endpoint(hooks: Hooks, on_sandbox: OnSandbox, end: ReceivingEnd) -> None:
    added = hooks("add", f"{end.url}/?secret=1", "--event", "page.*", "--path", "docs/**", "--header", "x-a: b", *LOCAL)
    assert added.exit_code == 0, added.output
    assert added.stdout.startswith("whsec_")
    [listed] = hooks.json("list")  # type: ignore[misc]
    assert (listed["url"], listed["events"], listed["state"]) == (f"{end.url}/", ["page.*"], "active")
    id_ = listed["id"]
    assert id_ in hooks("list").stdout
    assert "docs/**" in hooks("show", id_).stdout
    assert hooks.json("show", id_) == listed
    assert hooks.json("update", id_, "--event", "page.created", "--description", "x")["events"] == ["page.created"]  # type: ignore[index]
    tried = hooks("test", id_, *LOCAL)
    assert tried.stdout.startswith("200 in ")
    assert hooks("rotate", id_, "--keep-old-for", "0s").stdout.startswith("whsec_")
    assert hooks.json("rotate", id_)["secret"].startswith("whsec_")  # type: ignore[index]
    assert hooks("list", "--quiet").stdout == f"{id_}\n"
    assert "Nothing was found." in hooks("deliveries").stderr
    assert f"wikijs hooks resume {id_}" in hooks("pause", id_).stdout
    assert hooks.json("show", id_)["state"] == "paused"  # type: ignore[index]
    assert hooks.json("resume", id_) == {"id": id_, "state": "active"}
    end.answer = lambda _: (500, {}, b"broken")
    failed = hooks("test", id_, *LOCAL)
    assert failed.exit_code == 1
    assert "It answered 500." in failed.stderr
    with (
        Webhooks(hooks.store, allow_networks=["127.0.0.0/8"], allow_http=True) as sending,
        ChangeFeed(on_sandbox.client, sending.store) as feed,
    ):
        feed.poll()
        on_sandbox.client.pages.create("docs/new", title="New", content="# New")
        feed.poll()
        assert sending.deliver() == {"failed": 1}
    shown = hooks("deliveries", id_, "--failed", "--since", "24h").stdout
    assert "page.created" in shown
    assert "It answered 500." in shown
    [delivery] = hooks.json("deliveries")  # type: ignore[misc]
    end.answer = lambda _: (200, {}, b"")
    assert hooks.json("redeliver", delivery["id"], *LOCAL)["ok"]  # type: ignore[index]
    assert hooks("deliveries", "--quiet").stdout == f"{delivery['id']}\n"
    assert "0 messages will be sent" in hooks("recover", id_, "--since", "7d").stdout
    assert hooks.json("recover", id_, "--since", "7d") == {"messages": 0}
    assert hooks("rm", id_, "--yes").stdout == f"{id_} is forgotten.\n"
    assert hooks.json("list") == []
    assert "Nothing was found." in hooks("list").stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("add", "http://example.com"), "https://"),
        (("add", "https://10.0.0.1"), "private network"),
        (("add", "https://example.com", "--event", "page.eaten"), "No type"),
        (("add", "https://example.com", "--header", "x"), "NAME: VALUE"),
        (("add", "https://example.com", "--payload", "fat"), "payload must"),
        (("show", "ep_1"), "no endpoint"),
        (("deliveries", "--since", "soon"), "no time"),
        (("redeliver", "x.1"), "no endpoint"),
    ],
)
def test_mistakes(hooks: Hooks, arguments: tuple[str, ...], said: str) -> None:
    result = hooks(*arguments)
    assert result.exit_code != 0
    assert said in result.stderr
