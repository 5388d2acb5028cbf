"""Many wikis: opened when used, apart where they must be, and one that is dead disturbs none."""

from __future__ import annotations

import asyncio
import gc
import ssl
import threading
import time
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.plugins.both import Server
from tests.support.jwt import api_key
from wikijs import AsyncWikiJSClient, WikiJSClient
from wikijs import exceptions as exc
from wikijs.cache import MemoryCache
from wikijs.fleet import AsyncWikiFleet, Wiki, WikiFleet
from wikijs.middleware import CircuitBreaker
from wikijs.plugins import HeadersPlugin, Plugin
from wikijs.sandbox import Sandbox
from wikijs.telemetry import MetricsPlugin

READ_OPERATION = "comments.list"


def read(client: WikiJSClient) -> Any:
    from tests.plugins.both import READ

    return client.execute(READ)


class Net:
    """A network of many wikis: each answers with its own name, but for those that are dead."""

    def __init__(self, dead: set[str] = frozenset()) -> None:  # type: ignore[assignment]
        self.dead = dead
        self.asked: list[str] = []
        self.tokens: dict[str, set[str]] = {}
        self._lock = threading.Lock()

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        host = request.url.host
        with self._lock:
            self.asked.append(host)
            self.tokens.setdefault(host, set()).add(request.headers.get("authorization", ""))
        if host in self.dead:
            raise httpx2.ConnectError("dead", request=request)
        return Server().usual(request)

    def options(self) -> dict[str, Any]:
        return {"http_client": httpx2.Client(transport=httpx2.MockTransport(self)), "retry": False}


def wikis(net: Net, count: int) -> dict[str, Wiki]:
    return {
        f"w{number}": Wiki(f"http://w{number}.example.com", api_key(api=number), options=net.options())
        for number in range(count)
    }


def test_clients_are_opened_when_they_are_used_and_kept() -> None:
    net = Net()
    with WikiFleet(wikis(net, 3)) as fleet:
        assert fleet.stats() == {}
        client = fleet["w1"]
        assert client is fleet["w1"]
        assert client.url == "http://w1.example.com"
        read(client)
        assert list(fleet.stats()) == ["w1"]
        assert fleet.stats()["w1"].operations[READ_OPERATION].requests == 1
        assert (len(fleet), list(fleet), "w2" in fleet, "x" in fleet) == (3, ["w0", "w1", "w2"], True, False)
        assert repr(fleet) == "<WikiFleet of 3 wikis, 1 open>"
        with pytest.raises(KeyError, match="there are: w0, w1, w2"):
            fleet["nope"]
    with pytest.raises(exc.ConfigurationError, match="closed"):
        fleet["w1"]


def test_wikis_are_added_and_removed() -> None:
    net = Net()
    with WikiFleet(wikis(net, 1)) as fleet:
        fleet.add("new", Wiki("http://new.example.com", options=net.options()))
        assert read(fleet["new"]) == []
        with pytest.raises(exc.ConfigurationError, match="already"):
            fleet.add("new", Wiki("http://x.example.com"))
        fleet.remove("new")
        with pytest.raises(KeyError):
            fleet["new"]
        with pytest.raises(KeyError):
            fleet.remove("new")
    with pytest.raises(exc.ConfigurationError, match="max_open"):
        WikiFleet({}, max_open=0)


def test_a_function_may_know_the_wikis() -> None:
    net = Net()
    asked: list[str] = []

    def find(name: str) -> Wiki:
        asked.append(name)
        return Wiki(f"http://{name}.example.com", options=net.options())

    with WikiFleet(find) as fleet:
        with pytest.raises(exc.ConfigurationError, match="names="):
            list(fleet.each(read))
        assert dict(fleet.each(read, names=["a", "b"])) == {"a": [], "b": []}
        assert dict(fleet.each(read)) == {"a": [], "b": []}
    assert sorted(asked) == ["a", "b"]


def test_the_one_that_was_used_least_recently_is_let_go_of_and_closed_when_nobody_holds_it() -> None:
    opened: list[str] = []
    closed: list[str] = []

    class Watching(Plugin):
        def attach(self, wiki: str) -> None:
            opened.append(wiki)

        def detach(self, wiki: str) -> None:
            closed.append(wiki)

    net = Net()
    with WikiFleet(wikis(net, 4), max_open=2, plugins=[Watching()]) as fleet:
        held = fleet["w0"]
        fleet["w1"]
        fleet["w0"]
        fleet["w2"]
        gc.collect()
        assert closed == ["http://w1.example.com"]
        fleet["w3"]
        gc.collect()
        assert "http://w0.example.com" not in closed
        assert read(held) == []  # whoever holds it can go on
        del held
        gc.collect()
        assert closed[-1] == "http://w0.example.com"
        assert len(fleet.stats()) == 2
    assert sorted(closed) == sorted(opened)


def test_each_gives_a_value_or_an_exception_and_one_dead_wiki_harms_none() -> None:
    """200 wikis, one of them dead: 199 answers, and no request of theirs waits for the dead one."""
    net = Net(dead={"w77.example.com"})
    with WikiFleet(wikis(net, 200), circuit_breaker=CircuitBreaker(1)) as fleet:
        found = dict(fleet.each(read))
        again = dict(fleet.each(read))
    assert len(found) == 200
    assert isinstance(found.pop("w77"), exc.TransportError)
    assert set(map(str, found.values())) == {"[]"}
    # The circuit of the dead one is open; those of the others are not.
    assert type(again.pop("w77")).__name__ == "CircuitOpenError"
    assert set(map(str, again.values())) == {"[]"}
    assert net.asked.count("w77.example.com") == 1


def slow(net: Net, seconds: float) -> Any:
    class Slow(Net):
        def __call__(self, request: httpx2.Request) -> httpx2.Response:
            if request.url.host in net.dead:
                time.sleep(seconds)
            return net(request)

    return Slow()


def p95(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.95)]


def test_a_wiki_that_hangs_does_not_make_the_others_slow() -> None:
    """The others' 95th percentile beside a hanging one and without it, three rounds: a ratio, not a time."""

    def measured(dead: set[str]) -> float:
        net = Net(dead)
        hanging = slow(net, 0.5)
        times: list[float] = []

        def timed(client: WikiJSClient) -> None:
            started = time.perf_counter()
            read(client)
            times.append(time.perf_counter() - started)

        with WikiFleet(wikis(hanging, 100)) as fleet:
            for name in fleet:
                fleet[name]
            list(fleet.each(timed, parallel=4))
        assert len(times) == 100 - len(dead)
        return p95(times)

    rounds = [(measured({"w3.example.com"}), measured(set())) for _ in range(3)]
    assert min(beside for beside, _ in rounds) < 0.25  # half of what the hanging one takes
    assert min(beside / alone for beside, alone in rounds) < 5


def test_credentials_stay_apart() -> None:
    net = Net()
    with WikiFleet(wikis(net, 20)) as fleet:
        list(fleet.each(read))
    assert all(len(tokens) == 1 for tokens in net.tokens.values())
    assert len({token for tokens in net.tokens.values() for token in tokens}) == 20


def test_no_answer_of_one_tenant_is_in_anothers_cache() -> None:
    """One cache for all: other wikis, other callers, and the same caller at another wiki, 400 reads in threads."""
    cache = MemoryCache()
    sandboxes = [Sandbox() for _ in range(4)]
    found: dict[str, Wiki] = {}
    for number, sandbox in enumerate(sandboxes):
        http = httpx2.Client(transport=sandbox.transport())
        with WikiJSClient(f"http://s{number}.example.com", sandbox.api_key, http_client=http) as client:
            client.pages.create("docs/name", title=f"wiki {number}", content="x")
        options = {"http_client": http}
        found[f"{number}"] = Wiki(f"http://s{number}.example.com", sandbox.api_key, options=options)
        found[f"{number} guest"] = Wiki(f"http://s{number}.example.com", options=options)
    with WikiFleet(found, cache=cache) as fleet:

        def titles(client: WikiJSClient) -> tuple[list[str], bool]:
            try:
                users = bool(client.users.list())
            except exc.APIError:
                users = False
            return [page.title for page in client.pages.list()], users

        for _ in range(50):
            for name, outcome in fleet.each(titles):
                number, _, guest = name.partition(" ")
                assert outcome == ([f"wiki {number}"], not guest), (name, outcome)
        assert cache.stats().hits > 100


def test_rates_are_kept_for_each_wiki() -> None:
    net = Net()
    limited = wikis(net, 2)
    limited["w0"] = Wiki("http://w0.example.com", rate=5, options=net.options())
    with WikiFleet(limited) as fleet:
        for _ in range(7):
            read(fleet["w0"])
            read(fleet["w1"])
        stats = fleet.stats()
    assert stats["w0"].limit_waits >= 1
    assert stats["w1"].limit_waits == 0


def test_the_tls_context_is_made_once_and_given_ones_are_kept() -> None:
    mine = ssl.create_default_context()
    found = {f"w{number}": Wiki(f"https://w{number}.example.com") for number in range(3)}
    found["own"] = Wiki("https://own.example.com", options={"verify_ssl": mine})
    found["none"] = Wiki("https://none.example.com", options={"verify_ssl": False})
    with WikiFleet(found) as fleet:
        contexts = [fleet[name]._settings.verify_ssl for name in ("w0", "w1", "w2", "own", "none")]
    assert contexts[0] is contexts[1] is contexts[2]
    assert isinstance(contexts[0], ssl.SSLContext)
    assert contexts[3] is mine
    assert contexts[4] is False


def test_plugins_are_shared_and_figures_say_whose_they_are() -> None:
    net = Net()
    counted: set[str] = set()
    plugin = MetricsPlugin(lambda name, value, labels, kind: counted.add(labels["wiki"]))
    with WikiFleet(wikis(net, 3), plugins=[plugin, HeadersPlugin()]) as fleet:
        list(fleet.each(read))
    assert counted == {"w0.example.com", "w1.example.com", "w2.example.com"}


def test_leaving_each_early_ends_the_work() -> None:
    net = Net()
    with WikiFleet(wikis(net, 50)) as fleet:
        work = fleet.each(read, parallel=2)
        next(work)
        work.close()
        asked = len(net.asked)
        assert asked < 50
        time.sleep(0.02)
        assert len(net.asked) == asked


async def test_the_asynchronous_fleet_does_the_same() -> None:
    net = Net(dead={"w3.example.com"})

    async def handle(request: httpx2.Request) -> httpx2.Response:
        await asyncio.sleep(0)
        return net(request)

    def wiki(name: str) -> Wiki:
        http = httpx2.AsyncClient(transport=httpx2.MockTransport(handle))
        return Wiki(f"http://{name}.example.com", options={"http_client": http, "retry": False})

    async def read_it(client: AsyncWikiJSClient) -> Any:
        from tests.plugins.both import READ

        return await client.execute(READ)

    async with AsyncWikiFleet({f"w{number}": wiki(f"w{number}") for number in range(12)}, max_open=5) as fleet:
        found = {name: outcome async for name, outcome in fleet.each(read_it)}
        assert len(found) == 12
        assert isinstance(found.pop("w3"), exc.TransportError)
        assert set(map(str, found.values())) == {"[]"}
        assert len(fleet.stats()) == 5
        held = fleet["w0"]
        for number in range(1, 12):
            fleet[f"w{number}"]
        assert (await read_it(held)) == []
        async for _ in fleet.each(read_it):
            break
    with pytest.raises(exc.ConfigurationError, match="closed"):
        fleet["w0"]


def test_profiles_are_a_fleet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "key").write_text(api_key(api=3))
    config = tmp_path / "config.toml"
    config.write_text(
        '[profiles.docs]\nurl = "http://docs.example.com"\napi_key_file = "key"\nplugins = ["headers"]\n'
        'token_in = "cookie"\n[profiles.hr]\nurl = "http://hr.example.com"\ntimeout = 5\n'
    )
    monkeypatch.setenv("WIKIJS_CONFIG", str(config))
    with WikiFleet.from_profiles() as fleet:
        assert fleet.names == ("docs", "hr")
        assert "key 3" in repr(fleet["docs"])
        assert fleet["docs"].plugins.names == ("headers",)
    assert AsyncWikiFleet.from_profiles(["hr"]).names == ("hr",)
    with pytest.raises(exc.ConfigurationError, match="no profile"):
        WikiFleet.from_profiles(["nope"])
    config.write_text("")
    with pytest.raises(exc.ConfigurationError, match="No wiki is configured"):
        WikiFleet.from_profiles()
