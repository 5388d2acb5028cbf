"""Journals of bulk jobs: the file, and going on at every point at which a job can end."""

from __future__ import annotations

import hashlib
import json
import os
import resource
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.middleware.test_readbacks import Lossy
from wikijs import AsyncWikiJSClient, WikiJSClient
from wikijs import exceptions as exc
from wikijs.core.jobs.journal import Journal, digest
from wikijs.resources.pages.many import NewPage, PageUpdate
from wikijs.sandbox import Sandbox

WIKI = "http://wiki"
PAGES: list[NewPage] = [
    {"path": f"docs/p{number}", "title": f"P{number}", "content": f"# {number}", "tags": ["x"]} for number in range(4)
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "job.jsonl"


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def line(sandbox: Sandbox) -> Lossy:
    return Lossy(sandbox)


@pytest.fixture
def client(sandbox: Sandbox, line: Lossy) -> Iterator[WikiJSClient]:
    with (
        httpx2.Client(transport=line) as http,
        WikiJSClient(sandbox.url, sandbox.api_key, http_client=http, retry=False) as client,
    ):
        client._policy.settle_waits = (0.0,)
        yield client


def open_journal(path: Path, items: list[Any], kind: str = "job", wiki: str = WIKI) -> Journal[int]:
    return Journal(path, kind, wiki, items, int)


def states(path: Path) -> list[tuple[int, str]]:
    return [(entry["item"], entry["state"]) for entry in map(json.loads, path.read_text().splitlines()[1:])]


def test_it_says_what_was_intended_sent_and_confirmed(path: Path, client: WikiJSClient) -> None:
    result = client.pages.create_many(PAGES[:2], journal=path)
    assert [page.path for page in result] == ["docs/p0", "docs/p1"]
    assert json.loads(path.read_text().splitlines()[0])["job"] == "pages.create_many"
    assert states(path) == [
        (0, "intended"), (1, "intended"), (0, "sent"), (0, "confirmed"), (1, "sent"), (1, "confirmed"),
    ]  # fmt: skip
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_what_is_confirmed_is_not_sent_again_and_still_a_result(path: Path, client: WikiJSClient, line: Lossy) -> None:
    first = client.pages.create_many(PAGES, journal=path)
    line.sent.clear()
    seen: list[tuple[int, int]] = []
    again = client.pages.create_many(PAGES, journal=path, progress=lambda *done: seen.append(done))
    assert again.success == first.success
    assert not line.sent
    assert seen[-1] == (4, 4)


async def test_the_asynchronous_client_goes_on_likewise(path: Path, sandbox: Sandbox) -> None:
    async with sandbox.async_client() as client:
        await client.pages.create_many(PAGES, journal=path)
        cut_to(path, LINES - 1)
        again = await client.pages.create_many(PAGES, journal=path)
    assert isinstance(client, AsyncWikiJSClient)
    assert [page.path for page in again] == [page["path"] for page in PAGES]


def cut_to(path: Path, lines: int, torn: bytes = b"") -> None:
    """The journal as it was after so many lines."""
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:lines]) + torn)


LINES = 1 + 3 * len(PAGES)


@pytest.mark.parametrize("lines", range(LINES + 1))
def test_a_job_killed_after_any_line_ends_with_each_page_once(path: Path, client: WikiJSClient, lines: int) -> None:
    """The server has done all that the journal says was sent, and nothing else."""
    client.pages.create_many(PAGES, journal=path)
    cut_to(path, lines)
    sent = {index for index, state in states(path) if state == "sent"} if lines else set[int]()
    for page in client.pages.list():
        if int(page.path[-1]) not in sent:
            client.pages.delete(page.id)
    again = client.pages.create_many(PAGES, journal=path)
    assert not again.errors
    assert sorted(page.path for page in client.pages.list()) == [page["path"] for page in PAGES]


@pytest.mark.parametrize("torn", [b'{"item": 3, "sta', b'{"item": 0, "state": "confirmed", "result": {"id"', b"\x00"])
def test_a_torn_last_line_never_happened(path: Path, client: WikiJSClient, torn: bytes) -> None:
    client.pages.create_many(PAGES, journal=path)
    cut_to(path, LINES - 1, torn)
    again = client.pages.create_many(PAGES, journal=path)
    assert not again.errors
    assert len(again.success) == len(client.pages.list()) == len(PAGES)
    assert all(json.loads(line) for line in path.read_text().splitlines())


def test_a_page_in_flight_that_lacks_its_tags_is_completed(path: Path, client: WikiJSClient) -> None:
    client.pages.create_many(PAGES[:1], journal=path)
    client.pages.update(1, tags=[])
    cut_to(path, 3)
    assert [tag.tag for tag in client.pages.create_many(PAGES[:1], journal=path).success[0].tags] == ["x"]


def test_a_page_of_somebody_else_stays_an_error_each_time(path: Path, client: WikiJSClient) -> None:
    client.pages.create("docs/p0", title="Of another", content="# Of another")
    for _ in range(2):
        result = client.pages.create_many(PAGES, journal=path)
        assert [type(error.exception) for error in result.errors] == [exc.PageExistsError]
    assert states(path).count((0, "refused")) == 2
    cut_to(path, 1 + len(PAGES) + 1)  # killed while it was in flight
    error = client.pages.create_many(PAGES, journal=path).errors[0]
    assert (error.index, type(error.exception)) == (0, exc.OutcomeUnknownError)


def test_what_was_unknown_is_settled_the_next_time(path: Path, client: WikiJSClient, line: Lossy) -> None:
    assert not client.pages.exists(PAGES[0]["path"])  # after it the main locale is known
    line.plan = ["after"]
    line.reads = ["none", "none", "before"]  # what is there is looked at before: for the journal, and for settling
    result = client.pages.create_many(PAGES[:1], journal=path)
    assert [type(error.exception) for error in result.errors] == [exc.OutcomeUnknownError]
    line.sent.clear()
    assert client.pages.create_many(PAGES[:1], journal=path).success[0].id == 1
    assert "PagesCreate" not in line.sent


def test_updates_go_on(path: Path, client: WikiJSClient, line: Lossy) -> None:
    ids = [page.id for page in client.pages.create_many(PAGES)]
    seen = client.pages.get(ids[0])
    updates: list[PageUpdate] = [{"id": page, "content": "# New", "tags": ["y"]} for page in ids]
    updates[0]["expected"] = seen
    client.pages.update_many(updates, journal=path)
    line.sent.clear()
    cut_to(path, LINES - 1)
    assert not client.pages.update_many(updates, journal=path).errors
    cut_to(path, 1 + len(PAGES) + 1)  # the first one in flight, and done: not as expected, but as wanted
    assert not client.pages.update_many(updates, journal=path).errors
    assert "PagesUpdate" not in line.sent
    client.pages.update(ids[3], content="# Old")
    cut_to(path, LINES - 1)
    assert client.pages.update_many(updates, journal=path).success[3].content == "# New"


def test_deletions_go_on(path: Path, client: WikiJSClient) -> None:
    ids = [page.id for page in client.pages.create_many(PAGES)]
    client.pages.delete_many(ids, journal=path)
    cut_to(path, LINES - 1)
    assert client.pages.delete_many(ids, journal=path).success == ids
    assert client.pages.list() == []


@pytest.mark.parametrize(
    ("kind", "wiki", "items", "what"),
    [
        ("other", WIKI, [1, 2], "kind of job"),
        ("job", "http://other", [1, 2], "wiki"),
        ("job", WIKI, [1], "number of items"),
        ("job", WIKI, [1, 3], "input"),
    ],
)
def test_the_journal_of_another_job_is_refused(path: Path, kind: str, wiki: str, items: list[int], what: str) -> None:
    open_journal(path, [1, 2]).close()
    before = path.read_bytes()
    with pytest.raises(exc.ConfigurationError, match=f"journal of another job: its {what} is a different one"):
        open_journal(path, items, kind, wiki)
    assert path.read_bytes() == before


@pytest.mark.parametrize("line", ["nonsense", "[]", '{"item": 0}', '{"item": 0, "state": "confirmed", "result": "x"}'])
def test_a_damaged_journal_is_refused(path: Path, line: str) -> None:
    open_journal(path, [1]).close()
    path.write_text(path.read_text() + line + "\n")
    with pytest.raises(exc.ConfigurationError, match=r"Line 3 of .* is not one of a journal"):
        open_journal(path, [1])


@pytest.mark.parametrize("content", ["precious\n", "precious", "{}\n", "precious\nend"])
def test_a_file_that_is_no_journal_is_refused_and_kept(path: Path, content: str) -> None:
    path.write_text(content)
    with pytest.raises(exc.ConfigurationError, match=r"Line 1|another job"):
        open_journal(path, [1])
    assert path.read_text() == content


def test_a_torn_first_line_is_begun_anew(path: Path) -> None:
    open_journal(path, [1]).close()
    whole = path.read_bytes()
    path.write_bytes(whole[:20])
    open_journal(path, [1]).close()
    assert path.read_bytes() == whole


def test_two_processes_cannot_share_a_journal(path: Path) -> None:
    journal = open_journal(path, [1])
    with pytest.raises(exc.ConfigurationError, match="in use"):
        open_journal(path, [1])
    journal.close()
    open_journal(path, [1]).close()


def test_the_digest_knows_an_input_again() -> None:
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    assert digest([{"a": 1, "tags": {"x", "y", "z"}, "at": moment}]) == digest(
        [{"tags": {"z", "y", "x"}, "at": moment, "a": 1}]
    )
    assert digest([["x"]]) != digest([["y"]])
    with pytest.raises(exc.ConfigurationError, match="cannot take a generator"):
        digest([{"tags": (tag for tag in "xy")}])


@contextmanager
def room_for(size: int) -> Iterator[None]:
    """A disk on which files cannot grow beyond this size: the last write before that is cut short, as on a full one."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("room", range(0, 1200, 61))
def test_on_a_full_disk_nothing_is_sent_that_is_not_noted(
    path: Path, client: WikiJSClient, line: Lossy, room: int
) -> None:
    with room_for(room):
        failures: list[Exception] = []
        try:
            failures = [error.exception for error in client.pages.create_many(PAGES, journal=path).errors]
        except exc.ConfigurationError as error:
            failures = [error]
    assert failures
    for error in failures:  # of one that is done by then it is not said that nothing was sent
        assert " cannot be written: File too large." in str(error)
        done = isinstance(error, exc.FollowUpError)
        assert done == (" is done, but this could not be noted" in str(error))
        assert done or str(error).endswith("Give a path where there is room and this program may write.")
    noted = {index for index, state in states(path) if state == "sent"} if path.read_bytes() else set[int]()
    assert line.sent["PagesCreate"] == len(noted)
    assert not client.pages.create_many(PAGES, journal=path).errors
    assert line.sent["PagesCreate"] == len(PAGES) == len(client.pages.list())


@pytest.mark.parametrize(("name", "reason"), [("no/folder/job", "No such file"), (".", "Is a directory")])
def test_where_no_journal_can_be_nothing_is_sent(
    tmp_path: Path, client: WikiJSClient, line: Lossy, name: str, reason: str
) -> None:
    with pytest.raises(exc.ConfigurationError, match=f"cannot be written: {reason}"):
        client.pages.create_many(PAGES, journal=tmp_path / name)
    assert not line.sent


@pytest.mark.parametrize("wrong", [5.0, ["job"], "a\0b"])
def test_what_is_no_path_is_refused(client: WikiJSClient, line: Lossy, wrong: Any) -> None:
    with pytest.raises(exc.ConfigurationError, match="journal must be the path of a file"):
        client.pages.create_many(PAGES, journal=wrong)
    assert not line.sent


def test_a_device_keeps_nothing_and_is_no_journal(client: WikiJSClient, line: Lossy) -> None:
    with pytest.raises(exc.ConfigurationError, match="The journal /dev/null is not a file"):
        client.pages.create_many(PAGES, journal=os.devnull)
    assert not line.sent


def test_a_whole_line_without_its_end_counts(path: Path, client: WikiJSClient, line: Lossy) -> None:
    """Some editors take the end of the last line away."""
    client.pages.create_many(PAGES[:1], journal=path)
    cut_to(path, 3)  # sent, and the server has done it
    path.write_bytes(path.read_bytes().rstrip(b"\n"))
    line.sent.clear()
    assert not client.pages.create_many(PAGES[:1], journal=path).errors
    assert "PagesCreate" not in line.sent
    assert all(json.loads(each) for each in path.read_text().splitlines())


def test_a_file_that_was_open_to_all_is_closed_to_others(path: Path) -> None:
    path.touch(0o644)
    open_journal(path, [1]).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_passwords_are_in_the_digest_but_cannot_be_read_or_tried_quickly() -> None:
    one, other = ({"name": "Ada", "password": word} for word in ("hunter2", "hunter3"))
    assert digest([one]) == digest([dict(one)])
    assert digest([one]) != digest([other])
    assert digest([one]) != hashlib.sha256(json.dumps([one], sort_keys=True).encode()).hexdigest()
    begun = time.process_time()
    digest([one])
    assert time.process_time() - begun > 0.005


def test_the_plan_of_a_job_counts_only_when_it_is_whole(path: Path) -> None:
    def plan() -> Journal[int]:
        return Journal(path, "job", WIKI, (), int, about="x", planned=True)

    journal = plan()
    assert journal.plan is None
    journal.write_plan(["a", {"b": [1]}])
    journal.close()
    whole = path.read_bytes()
    for size in range(len(whole) - 1):
        path.write_bytes(whole[:size])
        journal = plan()
        assert journal.plan is None
        assert not path.read_bytes()
        journal.close()
    path.write_bytes(whole)
    journal = plan()
    assert journal.plan == ["a", {"b": [1]}]
    journal.close()


def test_the_journal_of_a_finished_job_gives_way_to_the_next(path: Path, client: WikiJSClient) -> None:
    client.pages.create_many(PAGES, journal=path)
    more = [{"path": "next", "title": "Next", "content": "x"}]
    assert len(client.pages.create_many(more, journal=path).success) == 1  # type: ignore[arg-type]
    assert len(client.pages.create_many(more, journal=path).success) == 1  # type: ignore[arg-type]  known, not sent
    assert [page.path for page in client.pages.list()].count("next") == 1


def test_a_job_of_which_an_item_failed_does_not(path: Path, client: WikiJSClient) -> None:
    assert client.pages.create_many([*PAGES, PAGES[0]], journal=path).errors
    before = path.read_bytes()
    with pytest.raises(exc.ConfigurationError, match="journal of another job"):
        client.pages.create_many(PAGES, journal=path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("content", [b"[]\n", b"{}\n", b'{"journal": 1}\n{"item": 0}\n', b"1\n", b"text\n"])
def test_what_is_no_journal_is_never_taken_for_a_finished_one(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(exc.ConfigurationError):
        open_journal(path, [1])
    assert path.read_bytes() == content
