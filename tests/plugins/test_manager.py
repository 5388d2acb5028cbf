"""Registering plugins, finding them by name, and the ready ones that change what a client does."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import EntryPoint
from typing import Any

import httpx2
import pytest
from wikijs_generated import operations

from wikijs import WikiJSClient, ops
from wikijs import exceptions as exc
from wikijs.auth import Auth, NoAuth
from wikijs.core.operations import Operation, OperationSpec
from wikijs.plugins import DryRunPlugin, HeadersPlugin, Plugin, PluginManager, ReadOnlyPlugin, Request, discovery
from wikijs.plugins.made_up import leaf_of
from wikijs.sandbox import Sandbox

from .both import READ, WRITE, Both, Server


class Nothing(Plugin):
    pass


class MyOwnHTTPPlugin(Plugin):
    pass


@pytest.fixture
def client() -> Iterator[WikiJSClient]:
    with WikiJSClient("http://wiki.example.com") as client:
        yield client


def test_plugins_are_registered_found_and_taken_out(client: WikiJSClient) -> None:
    plugin = client.plugins.register(Nothing())
    client.plugins.register(MyOwnHTTPPlugin())
    assert isinstance(client.plugins, PluginManager)
    assert client.plugins.names == ("nothing", "my-own-http")
    assert client.plugins["nothing"] is plugin
    assert "nothing" in client.plugins
    assert plugin in client.plugins
    assert len(client.plugins) == 2
    assert [each.name for each in client.plugins] == ["nothing", "my-own-http"]
    assert repr(client.plugins) == "<plugins nothing, my-own-http>"
    assert repr(plugin) == "<plugin nothing>"
    assert client.plugins.unregister("nothing") is plugin
    assert "nothing" not in client.plugins
    with pytest.raises(KeyError, match="there are: my-own-http"):
        client.plugins["nothing"]
    with pytest.raises(KeyError):
        client.plugins.unregister(plugin)


def test_a_name_is_taken_once_and_only_plugins_are_taken(client: WikiJSClient) -> None:
    client.plugins.register(Nothing())
    with pytest.raises(exc.ConfigurationError, match="already"):
        client.plugins.register(Nothing())
    wrong: list[Any] = [Nothing, object(), 5]
    for each in wrong:
        with pytest.raises(exc.ConfigurationError):
            client.plugins.register(each)
    with pytest.raises(exc.ConfigurationError, match="There are: audit, dry-run"):
        client.plugins.register("loging")
    assert client.plugins.names == ("nothing",)


def test_a_single_plugin_and_a_name_are_taken_too() -> None:
    for given in (Nothing(), "headers", ["headers"]):
        with WikiJSClient("http://wiki.example.com", plugins=given) as client:  # type: ignore[arg-type]
            assert len(client.plugins) == 1


def test_async_hooks_are_refused_when_they_are_given(client: WikiJSClient) -> None:
    class Wrong(Plugin):
        async def before_request(self, request: Request) -> None:  # type: ignore[override]
            pass

    with pytest.raises(exc.ConfigurationError, match=r"before_request .* is async"):
        client.plugins.register(Wrong())
    assert len(client.plugins) == 0


def test_hooks_that_cannot_be_called_are_refused(client: WikiJSClient) -> None:
    class NoArgument(Plugin):
        def before_request(self) -> None:  # type: ignore[override]
            pass

    class NoMethod(Plugin):
        on_event = 5  # type: ignore[assignment]

    class Twice(Plugin):
        def before_request(self, request: Request) -> None:
            pass

        def on_request(self, request: Request) -> None:
            pass

    for wrong in (NoArgument(), NoMethod(), Twice()):
        with pytest.raises(exc.ConfigurationError):
            client.plugins.register(wrong)


def test_hooks_may_take_any_number_of_arguments(both: Both) -> None:
    seen: list[int] = []

    class Anything(Plugin):
        def after_request(self, *given: Any) -> None:
            seen.append(len(given))

    both.read([Anything()])
    assert seen == [2]


def test_clients_say_when_they_take_a_plugin_and_when_they_let_go_of_it(both: Both) -> None:
    notes: list[str] = []

    class Noting(Plugin):
        def attach(self, wiki: str) -> None:
            notes.append(f"attach {wiki}")

        def detach(self, wiki: str) -> None:
            notes.append(f"detach {wiki}")

    both.read([Noting()])
    assert notes == ["attach http://wiki.example.com", "detach http://wiki.example.com"]


def test_plugins_may_change_while_others_work() -> None:
    server = Server()
    stop = threading.Event()

    def turn(client: WikiJSClient) -> None:
        while not stop.is_set():
            client.plugins.register(HeadersPlugin())
            client.plugins.unregister("headers")

    def work(client: Any) -> None:
        other = threading.Thread(target=turn, args=(client,))
        other.start()
        try:
            for _ in range(100):
                client.execute(WRITE)
        finally:
            stop.set()
            other.join()

    Both("blocking").run(work, [Nothing()], server)
    assert server.writes == 100


class Entry(EntryPoint):
    """An entry point of a package that is not there."""

    def load(self) -> Any:
        if self.value == "broken":
            raise ImportError("no such module")
        return {"Nothing": Nothing, "instance": Nothing(), "wrong": 5, "auth": NoAuth, "raises": _raises}[self.value]


def _raises() -> Plugin:
    raise ValueError("cannot")


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    def put(**entries: str) -> None:
        found = [Entry(name.rstrip("_"), value, "group") for name, value in entries.items()]
        monkeypatch.setattr(discovery, "entry_points", lambda group: found)

    return put


def test_installed_plugins_are_found_by_name_and_none_is_loaded_by_being_there(
    installed: Callable[..., None], client: WikiJSClient
) -> None:
    installed(mine="Nothing", made="instance", broken="broken", wrong="wrong", raises="raises", raises_="raises")
    assert {found.name for found in discovery.available()} > {"mine", "broken", "logging"}
    assert client.plugins.register("mine").name == "nothing"
    assert isinstance(discovery.load("made"), Nothing)
    for name in ("broken", "wrong", "raises", "nothing-like-it"):
        with pytest.raises(exc.ConfigurationError):
            discovery.load(name)
    made = {found.name: plugin for found, plugin in discovery.every()}
    assert isinstance(made["mine"], Nothing)
    assert isinstance(made["broken"], exc.ConfigurationError)


def test_a_plugin_that_cannot_be_made_says_why(installed: Callable[..., None]) -> None:
    installed(raises="raises")
    with pytest.raises(exc.ConfigurationError, match="ValueError: cannot"):
        discovery.load("raises")


def test_credentials_of_others_are_found_by_name(installed: Callable[..., None]) -> None:
    installed(corp="auth", wrong="wrong")
    assert isinstance(discovery.load_auth("corp"), Auth)
    with pytest.raises(exc.ConfigurationError, match=r"no wikijs\.auth\.Auth"):
        discovery.load_auth("wrong")
    installed()
    with pytest.raises(exc.ConfigurationError, match="Install the package"):
        discovery.load_auth("corp")


def test_all_ready_plugins_can_be_made_by_name(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WIKIJS_AUDIT_FILE", str(tmp_path / "audit.jsonl"))
    for found, plugin in discovery.every():
        assert isinstance(plugin, Plugin), (found, plugin)
        assert plugin.name == found.name


# Ready plugins


@contextmanager
def sandboxed(*plugins: Plugin) -> Iterator[WikiJSClient]:
    """A client of a sandbox with plugins."""
    sandbox = Sandbox()
    http = httpx2.Client(transport=sandbox.transport())
    with http, WikiJSClient(sandbox.url, sandbox.api_key, http_client=http, plugins=plugins) as client:
        yield client


def test_read_only_lets_reads_and_logins_pass_and_nothing_else() -> None:
    with sandboxed(ReadOnlyPlugin(allow=("comments.create",))) as client:
        assert client.pages.list() is not None
        with pytest.raises(exc.PermissionDeniedError, match=r"pages\.create writes"):
            client.pages.create("docs/a", title="A", content="a")
        with pytest.raises(exc.PermissionDeniedError, match="graphql writes"):
            client.graphql("mutation { pages { flushCache { responseResult { succeeded } } } }")
        with pytest.raises(exc.PermissionDeniedError):
            client.assets.upload(b"x", name="x.bin")
        with pytest.raises(exc.PermissionDeniedError, match=r"groups\.create, users\.delete"):
            client.batch(ops.users_delete(9, replace_id=1), ops.groups_create("x"))
        assert client.pages.list() == []


def test_a_dry_run_records_writes_and_sends_none() -> None:
    told: list[str] = []
    dry = DryRunPlugin(report=lambda write: told.append(write.operation))
    with sandboxed(dry) as client:
        page = client.pages.create("docs/a", title="A", content="text", tags=["x"])
        assert (page.title, page.path, page.id) == ("A", "docs/a", 0)
        assert client.graphql("mutation { pages { flushCache { responseResult { succeeded } } } }") == {}
        outcomes = client.batch(ops.groups_create("a"), ops.groups_create("b"))
        assert len(outcomes) == 2
        with pytest.raises(exc.PermissionDeniedError, match="dry run"):
            client.assets.upload(b"x", name="x.bin")
        assert client.pages.list() == []
        assert [write.operation for write in dry.writes] == told
        assert told[:4] == ["pages.create", "graphql", "groups.create", "groups.create"]
        assert dry.writes[0].variables["path"] == "docs/a"
        assert "text" not in repr(dry.writes[0])


def test_an_answer_can_be_made_up_for_every_write() -> None:
    made = 0
    for spec in vars(operations).values():
        if isinstance(spec, OperationSpec) and spec.kind == "mutation":
            leaf = leaf_of(Operation(spec, {}))
            result = getattr(leaf, "response_result", leaf)
            assert result.succeeded
            made += 1
    assert made > 60


def test_headers_and_request_ids_are_added(both: Both) -> None:
    server = Server()
    both.read([HeadersPlugin({"x-change": "CHG-7", "x-now": lambda: "later"})], server)
    headers = server.requests[0].headers
    assert (headers["x-change"], headers["x-now"], len(headers["x-request-id"])) == ("CHG-7", "later", 16)
    both.read([HeadersPlugin(request_id=None)], server)
    assert "x-request-id" not in server.requests[1].headers


def test_headers_that_are_not_allowed_are_refused_at_once() -> None:
    for headers in ({"content-type": "x"}, {"a b": "c"}, {"x": "a\nb"}, {"host": lambda: "x"}):
        with pytest.raises(exc.ConfigurationError):
            HeadersPlugin(headers)  # type: ignore[arg-type]


def test_a_request_id_is_the_same_for_all_attempts_of_a_call(both: Both) -> None:
    server = Server(httpx2.ConnectError("no"))
    both.read([HeadersPlugin()], server)
    both.read([HeadersPlugin()], server)
    ids = [request.headers["x-request-id"] for request in server.requests]
    assert ids[0] == ids[1]
    assert ids[2] != ids[0]
    assert READ.variables
