"""Everything that goes wrong at once, counted: what a client says happened is what happened.

The full size, as many operations as `WIKIJS_CHAOS=1000` says and ten times as many reads, takes minutes.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Final, Literal, TypeAlias

import pytest

from tests.support.chaos import Chaos, proxied
from tests.support.served import served
from wikijs import WikiJSClient
from wikijs import exceptions as exc
from wikijs.middleware import RetryStrategy
from wikijs.middleware.retry import RetryBudget

SIZE: Final = int(os.environ.get("WIKIJS_CHAOS", "100"))
EACH: Final = {
    "delay": 0.1, "cut before": 0.1, "cut after": 0.1, "truncate": 0.1, "502 before": 0.05, "502 after": 0.05,
    "restart": 0.02,
}  # fmt: skip
"""Ten in a hundred requests of each kind of trouble; restarts are fewer, for they take a while."""

State: TypeAlias = tuple[str, str, tuple[str, ...]]
"""Path, content and tags of a page."""
Said: TypeAlias = Literal["done", "not done", "unknown"]


@dataclass
class Ledger:
    """What there must be afterwards, by what the client said.

    Attributes:
        pages: What each page may be now, by its number; None for not there. More than one where nobody can tell.
    """

    pages: dict[int, set[State | None]] = field(default_factory=dict)
    said: Counter[Said] = field(default_factory=Counter)

    def note(self, number: int, said: Said, wanted: State | None) -> None:
        self.said[said] += 1
        before = self.pages.get(number, {None})
        self.pages[number] = {"done": {wanted}, "not done": before, "unknown": before | {wanted}}[said]

    def certain(self, number: int) -> State | None:
        (state,) = self.pages[number]
        return state


class Writer:
    """Does page writes at random on pages of which it knows the state, and keeps the ledger."""

    def __init__(self, client: WikiJSClient, folder: str, seed: int) -> None:
        self.client = client
        self.folder = folder
        self.random = Random(seed)
        self.ledger = Ledger()
        self.ids: dict[int, int] = {}

    def run(self, operations: int) -> None:
        kinds = [self.update, self.move, self.delete, self.create]
        for index in range(operations):
            kind = kinds[index % 4] if self.ids else self.create
            kind()

    def attempt(self, number: int, wanted: State | None, work: object) -> bool:
        assert callable(work)
        said: Said = "done"
        try:
            work()
        except exc.FollowUpError:
            pass  # it was done, and could not be read afterwards
        except exc.OutcomeUnknownError:
            said = "unknown"
            self.ids.pop(number, None)
        except (exc.TransportError, exc.ServerError):
            # Anything else than `unknown` is a promise: it did not happen.
            said = "not done"
        self.ledger.note(number, said, wanted)
        return said == "done"

    def create(self) -> None:
        number = len(self.ledger.pages)
        state: State = (f"{self.folder}/p{number}", f"# Page {number}", ("new", f"t{number % 5}"))

        def work() -> None:
            page = self.client.pages.create(state[0], title=f"Page {number}", content=state[1], tags=state[2])
            self.ids[number] = page.id

        self.attempt(number, state, work)

    def pick(self) -> tuple[int, int, State]:
        number = self.random.choice(list(self.ids))
        state = self.ledger.certain(number)
        assert state is not None
        return number, self.ids[number], state

    def update(self) -> None:
        number, ident, (path, _, _) = self.pick()
        wanted: State = (path, f"# Version {self.random.random()}", ("changed", f"t{self.random.randrange(5)}"))
        self.attempt(number, wanted, lambda: self.client.pages.update(ident, content=wanted[1], tags=wanted[2]))

    def move(self) -> None:
        number, ident, (_, content, tags) = self.pick()
        wanted: State = (f"{self.folder}/moved/p{number}-{self.random.randrange(10**6)}", content, tags)
        self.attempt(number, wanted, lambda: self.client.pages.move(ident, wanted[0], locale="en"))

    def delete(self) -> None:
        number, ident, _ = self.pick()
        if self.attempt(number, None, lambda: self.client.pages.delete(ident)):
            del self.ids[number]


def check(writer: Writer, direct: WikiJSClient) -> None:
    """Compare the wiki with the ledger: each page as it must be, none twice, none that nobody wanted."""
    listed = [page for page in direct.pages.list() if page.path.startswith(f"{writer.folder}/")]
    assert len({page.path for page in listed}) == len(listed), "a page is there twice"
    found = direct.pages.get_many([page.id for page in listed])
    assert len(found) == len(listed)
    states: set[State] = {(page.path, page.content or "", tuple(sorted(t.tag for t in page.tags))) for page in found}
    allowed = [{state and (*state[:2], tuple(sorted(state[2]))) for state in s} for s in writer.ledger.pages.values()]
    lost = [choice for choice in allowed if None not in choice and not choice & states]
    assert not lost, f"lost: {lost}"
    everything = set[object]().union(*allowed)
    assert states <= everything, f"nobody wanted: {states - everything}"
    for choice in allowed:
        assert len(choice & states) <= 1, f"more than one version of one page: {choice}"
        assert None in choice or len(choice & states) == 1


def patient(client: WikiJSClient, *, waits: tuple[float, ...]) -> WikiJSClient:
    client._policy.settle_waits = waits
    return client


@pytest.mark.parametrize("seed", range(5))
def test_every_write_is_what_the_client_says_it_is(tmp_path: Path, seed: int) -> None:
    with served(tmp_path / "wiki.db") as server:

        def restart() -> None:
            server.stop()
            server.start()

        retry = RetryStrategy(8, initial_delay=0.005, max_delay=0.1, budget=None)
        with (
            proxied(Chaos(EACH, seed, restart), server.port) as chaos,
            WikiJSClient(chaos.url, server.api_key, retry=retry, timeout=20) as client,
        ):
            writer = Writer(patient(client, waits=(0.005, 0.01, 0.03, 0.05)), "chaos", seed)
            started = time.monotonic()
            writer.run(SIZE)
            took = time.monotonic() - started
            chaos.enabled = False
        with WikiJSClient(server.url, server.api_key) as direct:
            check(writer, direct)
        said = writer.ledger.said
        print(f"seed {seed}: {dict(said)}, faults {dict(chaos.struck)}, {took:.1f} s")
        assert sum(said.values()) == SIZE
        assert said["done"] > 0.8 * SIZE
        assert set(EACH) <= set(chaos.struck) or SIZE < 100


def test_all_reads_are_answered(tmp_path: Path) -> None:
    shares = dict.fromkeys(["cut before", "cut after", "truncate", "502 before", "502 after"], 0.04)
    with served(tmp_path / "wiki.db", seed=20) as server, proxied(Chaos(shares), server.port) as chaos:
        retry = RetryStrategy(8, initial_delay=0.001, max_delay=0.05, budget=RetryBudget(1.0, 100))
        with WikiJSClient(chaos.url, server.api_key, retry=retry) as client:
            ids = [page.id for page in client.pages.list()]
            for index in range(10 * SIZE):
                ident = ids[index % len(ids)]
                assert client.pages.get(ident).id == ident
        faulty = 1 - chaos.struck["none"] / chaos.struck.total()
        print(f"{10 * SIZE} reads, {faulty:.1%} of {chaos.struck.total()} requests faulty")
        assert 0.15 < faulty < 0.25


@pytest.mark.live
def test_a_real_server_ends_with_exactly_the_wanted_pages() -> None:
    url, key = os.environ.get("WIKIJS_URL"), os.environ.get("WIKIJS_API_KEY")
    if not url or not key:
        pytest.skip("needs WIKIJS_URL and WIKIJS_API_KEY")
    shares = {name: share for name, share in EACH.items() if name != "restart"}
    port = int(url.rsplit(":", 1)[1])
    folder = f"chaos{int(time.time())}"
    with closing(WikiJSClient(url, key)) as direct, proxied(Chaos(shares, 7), port) as chaos:
        with WikiJSClient(chaos.url, key, timeout=60) as client:
            writer = Writer(client, folder, 7)
            writer.run(60)
        try:
            check(writer, direct)
        finally:
            for page in direct.pages.list():
                if page.path.startswith(f"{folder}/"):
                    direct.pages.delete(page.id)
        print(f"{dict(writer.ledger.said)}, faults {dict(chaos.struck)}")
        assert sum(writer.ledger.said.values()) == 60
