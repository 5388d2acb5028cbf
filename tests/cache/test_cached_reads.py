"""Reads through a cache: fewer requests, and never what a write has changed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2
import pytest

from wikijs import AsyncWikiJSClient, WikiJSClient, ops
from wikijs import exceptions as exc
from wikijs.cache import Cache, FileCache, MemoryCache
from wikijs.middleware import CacheUsed, Event
from wikijs.sandbox import Sandbox


class Counting(httpx2.BaseTransport, httpx2.AsyncBaseTransport):
    """Counts the requests that reach the sandbox, and loses answers on demand."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._inner = sandbox.transport()
        self.requests = 0
        self.down = False
        self.lose_writes = False

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        self.requests += 1
        if self.down:
            raise httpx2.ConnectError("down", request=request)
        response = self._inner.handle_request(request)
        if self.lose_writes and b"mutation" in request.content:
            raise httpx2.ReadError("lost", request=request)
        return response

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        self.requests += 1
        await asyncio.sleep(0.01)
        return await self._inner.handle_async_request(request)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(20) as wiki:
        yield wiki


@pytest.fixture
def wire(sandbox: Sandbox) -> Counting:
    return Counting(sandbox)


def connect(sandbox: Sandbox, wire: Counting, cache: Cache, seen: list[Event] | None = None) -> WikiJSClient:
    return WikiJSClient(
        sandbox.url,
        auth=sandbox.api_key,
        http_client=httpx2.Client(transport=wire),
        cache=cache,
        retry=False,
        rate_limiter=False,
        on_event=None if seen is None else seen.append,
    )


@pytest.fixture(params=["memory", "file"])
def cache(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Cache]:
    made: Cache = MemoryCache(ttl=60) if request.param == "memory" else FileCache(tmp_path / "cache", ttl=60)
    yield made
    made.close()


@pytest.fixture
def wiki(sandbox: Sandbox, wire: Counting, cache: Cache) -> Iterator[WikiJSClient]:
    with connect(sandbox, wire, cache) as client:
        yield client


def test_the_second_read_costs_nothing(wiki: WikiJSClient, wire: Counting) -> None:
    first, again = wiki.execute(ops.pages_single(1)), wiki.execute(ops.pages_single(1))
    assert first == again
    assert wire.requests == 1
    assert (wiki.cache.stats().hits, wiki.stats().cache_hits, wiki.stats().cache_misses) == (1, 1, 1)


def test_other_variables_are_other_entries(wiki: WikiJSClient, wire: Counting) -> None:
    assert wiki.execute(ops.pages_single(1)).id == 1
    assert wiki.execute(ops.pages_single(2)).id == 2
    assert wire.requests == 2


def test_another_caller_never_gets_our_answers(sandbox: Sandbox, wire: Counting, cache: Cache) -> None:
    with connect(sandbox, wire, cache) as ours:
        assert ours.execute(ops.users_list())
    guest = WikiJSClient(sandbox.url, http_client=httpx2.Client(transport=wire), cache=cache)
    with pytest.raises(exc.PermissionDeniedError):
        guest.execute(ops.users_list())


@pytest.mark.parametrize(
    "write",
    [
        lambda wiki: wiki.pages.update(1, title="Another"),
        lambda wiki: wiki.pages.update(1, title="Yet another"),
        lambda wiki: wiki.graphql("mutation { pages { flushCache { responseResult { succeeded } } } }"),
        lambda wiki: wiki.cache.delete("page:1"),
        lambda wiki: wiki.cache.clear(),
    ],
)
def test_a_write_drops_the_page_it_changes(wiki: WikiJSClient, wire: Counting, write: object) -> None:
    wiki.execute(ops.pages_single(1))
    write(wiki)  # type: ignore[operator]
    before = wire.requests
    wiki.execute(ops.pages_single(1))
    assert wire.requests == before + 1


def test_a_write_to_one_page_leaves_the_others_but_not_the_lists(wiki: WikiJSClient, wire: Counting) -> None:
    wiki.execute(ops.pages_single(2))
    wiki.execute(ops.pages_list())
    wiki.pages.update(1, title="Changed")
    before = wire.requests
    wiki.execute(ops.pages_single(2))
    assert wire.requests == before
    assert "Changed" in {page.title for page in wiki.execute(ops.pages_list())}


def test_what_was_read_by_path_is_dropped_by_its_id(wiki: WikiJSClient) -> None:
    page = wiki.execute(ops.pages_single(3))
    by_path = ops.pages_single_by_path(page.path, locale=page.locale)
    assert wiki.execute(by_path).title == page.title
    wiki.pages.update(3, title="Found by path")
    assert wiki.execute(by_path).title == "Found by path"


def test_a_write_whose_answer_was_lost_drops_it_too(wiki: WikiJSClient, wire: Counting) -> None:
    known = {group.id for group in wiki.execute(ops.groups_list())}
    wire.lose_writes = True
    created = wiki.execute(ops.groups_create("Lost")).group
    assert {group.id for group in wiki.execute(ops.groups_list())} - known == {created.id}


def test_reading_past_it_and_for_another_time(wiki: WikiJSClient, wire: Counting) -> None:
    wiki.execute(ops.pages_single(4))
    wiki.execute(ops.pages_single(4), cache=False)
    assert wire.requests == 2
    wiki.execute(ops.pages_single(5), cache=3600.0)
    wiki.execute(ops.pages_single(5), cache=3600.0)
    assert wire.requests == 3


def test_errors_are_never_kept(wiki: WikiJSClient, wire: Counting) -> None:
    for _ in range(2):
        with pytest.raises(exc.PageNotFoundError):
            wiki.execute(ops.pages_single(99_999))
    assert wire.requests == 2


def test_what_changes_by_itself_is_never_kept(wiki: WikiJSClient, wire: Counting) -> None:
    for _ in range(2):
        wiki.whoami()
    assert wire.requests == 3  # the name of the key's group is kept, who the key is is not


def test_a_batch_asks_only_for_what_is_missing(wiki: WikiJSClient, wire: Counting) -> None:
    wiki.execute(ops.pages_single(1))
    wiki.execute(ops.pages_single(3))
    bodies: list[bytes] = []
    inner, wire._inner = wire._inner, None  # type: ignore[assignment]

    class Spy(httpx2.BaseTransport):
        def handle_request(self, request: httpx2.Request) -> httpx2.Response:
            bodies.append(request.content)
            return inner.handle_request(request)

    wire._inner = Spy()  # type: ignore[assignment]
    pages = wiki.batch(*(ops.pages_single(number) for number in (1, 2, 3, 4)))
    assert [page.id for page in pages] == [1, 2, 3, 4]
    assert bodies[0].count(b"single(id:") == 2
    assert [page.id for page in wiki.batch(*(ops.pages_single(number) for number in (4, 2)))] == [4, 2]
    assert len(bodies) == 1


def test_a_batch_keeps_the_good_and_reports_the_bad(wiki: WikiJSClient, wire: Counting) -> None:
    operations = [ops.pages_single(1), ops.pages_single(99_999), ops.pages_single(2)]
    for requests in (1, 2):
        good, bad, other = wiki.batch(*operations, return_exceptions=True)
        assert isinstance(bad, exc.PageNotFoundError)
        assert not isinstance(good, Exception)
        assert not isinstance(other, Exception)
        assert wire.requests == requests


async def test_many_tasks_cost_one_request(sandbox: Sandbox, wire: Counting, cache: Cache) -> None:
    http = httpx2.AsyncClient(transport=wire)
    async with AsyncWikiJSClient(sandbox.url, auth=sandbox.api_key, http_client=http, cache=cache) as client:
        pages = await asyncio.gather(*(client.execute(ops.pages_single(1)) for _ in range(50)))
    await http.aclose()
    assert {page.id for page in pages} == {1}
    assert wire.requests == 1


def test_many_threads_cost_one_request(wiki: WikiJSClient, wire: Counting) -> None:
    with ThreadPoolExecutor(16) as pool:
        pages = list(pool.map(lambda _: wiki.execute(ops.pages_single(6)), range(64)))
    assert {page.id for page in pages} == {6}
    assert wire.requests == 1


def test_a_stale_answer_is_better_than_none(sandbox: Sandbox, wire: Counting) -> None:
    now = [0.0]
    seen: list[Event] = []
    with connect(sandbox, wire, MemoryCache(ttl=10, stale=100, clock=lambda: now[0]), seen) as wiki:
        page = wiki.execute(ops.pages_single(1))
        now[0], wire.down = 50.0, True
        assert wiki.execute(ops.pages_single(1)) == page
        assert CacheUsed("pages.single", "stale") in seen
        now[0] = 200.0
        with pytest.raises(exc.TransportError):
            wiki.execute(ops.pages_single(1))


async def test_while_one_fetches_the_others_get_what_is_stale(sandbox: Sandbox, wire: Counting) -> None:
    now = [0.0]
    cache = MemoryCache(ttl=10, stale=100, clock=lambda: now[0])
    http = httpx2.AsyncClient(transport=wire)
    async with AsyncWikiJSClient(sandbox.url, auth=sandbox.api_key, http_client=http, cache=cache) as client:
        old = await client.execute(ops.pages_single(9))
        with sandbox.client() as somebody:
            somebody.pages.update(9, title="Newer")
        now[0] = 50.0
        fetching = asyncio.create_task(client.execute(ops.pages_single(9)))
        await asyncio.sleep(0)
        assert await client.execute(ops.pages_single(9)) == old
        assert (await fetching).title == "Newer"
        assert (await client.execute(ops.pages_single(9))).title == "Newer"
    await http.aclose()
    assert wire.requests == 2


def test_an_entry_of_another_shape_is_a_miss(sandbox: Sandbox, wire: Counting) -> None:
    cache = MemoryCache()
    with connect(sandbox, wire, cache) as wiki:
        wiki.execute(ops.pages_single(1))
        for stored in cache._entries.values():
            object.__setattr__(stored, "value", b'{"data": {"pages": {"single": {"id": "an older client"}}}}')
        assert wiki.execute(ops.pages_single(1)).id == 1
        assert wire.requests == 2


def test_a_broken_cache_is_no_cache(sandbox: Sandbox, wire: Counting, caplog: pytest.LogCaptureFixture) -> None:
    class Broken(MemoryCache):
        def _read(self, key: str) -> None:
            raise OSError("disk on fire")

    with connect(sandbox, wire, Broken()) as wiki:
        for _ in range(3):
            assert wiki.execute(ops.pages_single(1)).id == 1
    assert wire.requests == 3
    assert caplog.text.count("disk on fire") == 1


def test_a_client_without_one_shows_an_empty_one(sandbox: Sandbox) -> None:
    with sandbox.client() as wiki:
        assert (wiki.cache.clear(), wiki.cache.stats().hits) == (0, 0)


def test_a_write_is_based_on_what_is_there_not_on_what_is_remembered(
    sandbox: Sandbox, wire: Counting, cache: Cache
) -> None:
    number, place = (7, "moved/one") if isinstance(cache, MemoryCache) else (8, "moved/two")
    with connect(sandbox, wire, cache) as wiki, sandbox.client() as somebody:
        known = wiki.pages.get(number)
        somebody.pages.update(number, description="Changed in the browser")
        wiki.pages.update(number, title="Changed by us")
        page = wiki.pages.get(number)
        assert (page.title, page.description) == ("Changed by us", "Changed in the browser")
        somebody.pages.move(number, place)
        assert wiki.pages.upsert(known.path, title="Back", content="# Back").created
        assert somebody.pages.get(number).path == place
