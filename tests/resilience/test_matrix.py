"""Every kind of fault meets every kind of write, with both clients; the server's state is the judge.

What a client says is done must be there, once. What it says did not happen must not be there. Where it cannot tell,
both may be, but nothing twice. By default a part is drawn by lot; `WIKIJS_MATRIX=6` runs all of it with so many seeds,
and with `WIKIJS_URL` and `WIKIJS_API_KEY` besides, `WIKIJS_MATRIX_REAL=60` so many writes on that server.
"""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, Final
from urllib.parse import urlsplit

import pytest

from tests.support.faults import FAULTS, Faults, faulty
from tests.support.served import served
from wikijs import AsyncWikiJSClient, WikiJSClient, ops
from wikijs import exceptions as exc
from wikijs.core.outcomes import Outcome, classify

SEEDS: Final = int(os.environ.get("WIKIJS_MATRIX", "0"))
REAL: Final = int(os.environ.get("WIKIJS_MATRIX_REAL", "0"))
PARTS: Final = 24
"""Of the whole matrix, for each seed: what can be run side by side."""
WAITS: Final = (0.05, 0.1, 0.2)
PASSWORD: Final = "correct horse battery"


@dataclass
class Write:
    """One kind of write.

    Attributes:
        prepare: Makes what it changes; gives what the others need.
        act: Does it, on a client of either colour.
        state: What can be seen of it, by another client.
        done: The state when it was done, once.
    """

    prepare: Callable[[WikiJSClient, str], Any]
    act: Callable[[Any, Any, str], Any]
    state: Callable[[WikiJSClient, Any, str], Any]
    done: Any


def page_at(client: WikiJSClient, path: str) -> Any:
    try:
        found = client.pages.get_by_path(path)
    except exc.PageNotFoundError:
        return None
    return found.content, tuple(sorted(tag.tag for tag in found.tags))


def page(client: WikiJSClient, name: str) -> int:
    return client.pages.create(f"matrix/{name}", title=name, content="old", tags=["a"]).id


def user(client: WikiJSClient, name: str) -> int:
    return client.users.create(f"{name}@example.com", name=f"N {name}", password=PASSWORD).id


def users(client: WikiJSClient, name: str) -> int:
    return sum(each.email == f"{name}@example.com" for each in client.users.list())


def groups(client: WikiJSClient, name: str) -> int:
    return sum(each.name == f"G {name}" for each in client.groups.list())


def member(client: WikiJSClient, made: tuple[int, int]) -> bool:
    return any(each.id == made[1] for each in client.groups.get(made[0]).users)


def nothing(client: WikiJSClient, name: str) -> None:
    del client, name


WRITES: Final[dict[str, Write]] = {
    "pages.create": Write(
        nothing,
        lambda client, _, name: client.pages.create(f"matrix/{name}", title=name, content="new", tags=["a", "b"]),
        lambda client, _, name: page_at(client, f"matrix/{name}"),
        ("new", ("a", "b")),
    ),
    "pages.update": Write(
        page,
        lambda client, made, _: client.pages.update(made, content="new", tags=["b"]),
        lambda client, _, name: page_at(client, f"matrix/{name}"),
        ("new", ("b",)),
    ),
    "pages.move": Write(
        page,
        lambda client, made, name: client.pages.move(made, f"moved/{name}"),
        lambda client, _, name: (page_at(client, f"matrix/{name}"), page_at(client, f"moved/{name}")),
        (None, ("old", ("a",))),
    ),
    "pages.delete": Write(
        page,
        lambda client, made, _: client.pages.delete(made),
        lambda client, _, name: page_at(client, f"matrix/{name}"),
        None,
    ),
    "users.create": Write(
        nothing,
        lambda client, _, name: client.users.create(f"{name}@example.com", name=f"N {name}", password=PASSWORD),
        lambda client, _, name: users(client, name),
        1,
    ),
    "users.update": Write(
        user,
        lambda client, made, _: client.users.update(made, location="Here"),
        lambda client, made, _: client.users.get(made).location,
        "Here",
    ),
    "users.delete": Write(
        user,
        lambda client, made, _: client.users.delete(made, replace_with=1),
        lambda client, _, name: users(client, name),
        0,
    ),
    "users.deactivate": Write(
        user,
        lambda client, made, _: client.users.deactivate(made),
        lambda client, made, _: client.users.get(made).is_active,
        False,
    ),
    "groups.create": Write(
        nothing,
        lambda client, _, name: client.groups.create(f"G {name}"),
        lambda client, _, name: groups(client, name),
        1,
    ),
    "groups.update": Write(
        lambda client, name: client.groups.create(f"G {name}").id,
        lambda client, made, _: client.groups.update(made, redirect_on_login="/x"),
        lambda client, made, _: client.groups.get(made).redirect_on_login,
        "/x",
    ),
    "groups.delete": Write(
        lambda client, name: client.groups.create(f"G {name}").id,
        lambda client, made, _: client.groups.delete(made),
        lambda client, _, name: groups(client, name),
        0,
    ),
    "groups.add_user": Write(
        lambda client, name: (client.groups.create(f"G {name}").id, user(client, name)),
        lambda client, made, _: client.groups.add_user(*made),
        lambda client, made, _: member(client, made),
        True,
    ),
    "assets.ensure_folder": Write(
        nothing,
        lambda client, _, name: client.assets.ensure_folder(f"/f-{name}"),
        lambda client, _, name: sum(each.slug == f"f-{name}" for each in client.execute(ops.assets_folders(0))),
        1,
    ),
    "assets.upload": Write(
        nothing,
        lambda client, _, name: client.assets.upload(b"x" * 100, name=f"{name}.png"),
        lambda client, _, name: sum(each.filename == f"{name}.png" for each in client.assets.list("/")),
        1,
    ),
    "site.update_config": Write(
        nothing,
        lambda client, _, name: client.site.update_config(title=f"T {name}"),
        lambda client, _, name: client.site.get().title == f"T {name}",
        True,
    ),
    "comments.create": Write(
        page,
        lambda client, made, _: client.execute(ops.comments_create(made, content="A comment.")),
        lambda client, _, name: len(client.execute(ops.comments_list(f"matrix/{name}", locale="en"))),
        1,
    ),
}  # fmt: skip


def attempt(colour: str, url: str, key: str, act: Callable[[Any], Any]) -> Exception | None:
    """Do a write with a client of this colour; what it says."""
    try:
        if colour == "sync":
            with WikiJSClient(url, key, timeout=3, attempt_timeout=0.6, retry=False, rate_limiter=False) as client:
                client._policy.settle_waits = WAITS
                client.whoami()  # a kept connection
                act(client)
            return None

        async def main() -> None:
            async with AsyncWikiJSClient(
                url, key, timeout=3, attempt_timeout=0.6, retry=False, rate_limiter=False
            ) as client:
                client._policy.settle_waits = WAITS
                await client.whoami()
                await act(client)

        asyncio.run(main())
    except exc.WikiJSException as error:
        return error
    return None


def judged(name: str, error: Exception | None, before: Any, after: Any) -> str:
    """What was said, where it is true."""
    done = WRITES[name].done
    if error is None or isinstance(error, exc.FollowUpError):
        assert after == done, f"said to be done, and it is {after!r}"
        return "done"
    field = getattr(error, "operation", "") or ""
    if isinstance(error, exc.OutcomeUnknownError) or classify(error, field) is Outcome.UNKNOWN:
        assert after in (before, done) or after is None or isinstance(after, tuple), f"twice or by halves: {after!r}"
        return "unknown, done" if after == done else "unknown, not done"
    assert after == before, f"said not to be done ({error}), and it is {after!r}"
    return "not done"


def run(server_port: int, url: str, key: str, cases: list[tuple[str, str, str]], seed: int, mark: str) -> Counter[str]:
    """Run cases of fault, write, colour; how often what was said."""
    verdicts: Counter[str] = Counter()
    wrong: list[str] = []
    with faulty(Faults(seed=seed), server_port) as faults, WikiJSClient(url, key, rate_limiter=False) as direct:
        for number, (fault, name, colour) in enumerate(cases):
            label, write = f"{mark}{seed}x{number}", WRITES[name]
            made = write.prepare(direct, label)
            before = write.state(direct, made, label)
            faults.fault = fault
            error = attempt(colour, faults.url, key, lambda client, w=write, m=made, n=label: w.act(client, m, n))
            if "late" in fault:
                asyncio.run(asyncio.sleep(0.15))
            try:
                verdicts[judged(name, error, before, write.state(direct, made, label))] += 1
            except AssertionError as failure:
                wrong.append(f"{fault}, {name}, {colour}: {failure}")
            verdicts["struck"] += not faults.fault
            faults.fault = ""
        paths = Counter((each.path, each.locale) for each in direct.pages.list())
        wrong += [f"twice: {path}" for path, count in paths.items() if count > 1]
    assert not wrong, "\n".join(wrong)
    return verdicts


def test_there_are_enough_kinds() -> None:
    assert len(set(FAULTS)) == len(FAULTS) >= 30


@pytest.mark.parametrize("seed", range(max(SEEDS, 1)))
@pytest.mark.parametrize("part", range(PARTS if SEEDS else 1))
def test_what_a_client_says_is_true_whatever_happens_to_a_write(seed: int, part: int, tmp_path: Path) -> None:
    everything = [(fault, name, colour) for fault in FAULTS for name in WRITES for colour in ("sync", "async")]
    if SEEDS:
        Random(seed).shuffle(everything)
        chosen = everything[part::PARTS]
    else:
        chosen = Random(os.environ.get("WIKIJS_LOT", "7")).sample(everything, 60)
    with served(tmp_path / "wiki.db") as server:
        total = run(server.port, server.url, server.api_key, chosen, seed, f"m{part}x")
    print(f"seed {seed}, part {part}: {len(chosen)} writes, {total['struck']} faults: {dict(total)}")
    assert total["struck"] >= 0.8 * len(chosen)
    assert total["done"]
    assert total["unknown, not done"]


@pytest.mark.skipif(not REAL, reason="set WIKIJS_MATRIX_REAL, WIKIJS_URL and WIKIJS_API_KEY for a real server")
def test_on_a_real_server() -> None:
    names = [name for name in WRITES if name not in {"comments.create", "site.update_config"}]
    lot = Random(11)
    cases = [(lot.choice(FAULTS), lot.choice(names), lot.choice(["sync", "async"])) for _ in range(REAL)]
    url = os.environ["WIKIJS_URL"]
    total = run(urlsplit(url).port or 80, url, os.environ["WIKIJS_API_KEY"], cases, 0, f"r{os.getpid()}x")
    print(f"{REAL} writes: {dict(total)}")
