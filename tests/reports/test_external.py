"""Links to other sites, against one that misbehaves: what is told of each, and that nothing is overdone.

WIKIJS_LINKS sets how many addresses are asked for (5000 for the whole measurement).
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
import time
from pathlib import Path

import pytest
from support.bad_site import BadSite

from wikijs.reports import external_links, external_links_async, read_wiki
from wikijs.reports.external.checking import check_urls
from wikijs.reports.external.options import ExternalOptions
from wikijs.reports.external.verdicts import Memory, Verdict

from .conftest import Planted

HERE = ("127.0.0.0/8",)
FATES = {
    "ok": "fine",
    "nohead": "fine",
    "flaky": "fine",
    "later": "fine",
    "gone": "gone",
    "fails": "failing",
    "login": "refused",
    "busy": "busy",
    "moved": "moved",
    "loop": "loop",
    "chain": "loop",
    "inside": "private",
    "slow": "slow",
    "drip": "slow",
    "huge": "fine",
    "heads": "unreachable",
    "garbage": "unreachable",
    "close": "unreachable",
}
WORST = {"slow", "drip", "garbage", "close", "heads", "fails", "busy"}


def test_a_site_that_misbehaves_is_judged_right_and_asked_within_the_limits() -> None:
    total = int(os.environ.get("WIKIJS_LINKS", "120"))
    with BadSite() as site:
        # Most links are good; each way to misbehave comes now and then.
        kinds = [kind for kind in FATES if kind not in WORST] * 6 + sorted(WORST)
        urls = [f"{site.url}/{kinds[number % len(kinds)]}/{number}" for number in range(total)]
        options = ExternalOptions(
            timeout=1.0,
            pause=0.0,
            per_host=8,
            attempts=2,
            allow_networks=HERE,
            longest_wait=0.1,
            give_up=1000,
            seconds=420,
        )
        began = time.monotonic()
        verdicts = check_urls(urls, options)
        took = time.monotonic() - began
        wrong = {url: verdict for url, verdict in verdicts.items() if verdict.fate != FATES[url.split("/")[3]]}
        assert not wrong
        assert list(verdicts) == urls
        assert site.most <= options.per_host
        once = {name: count for name, count in site.asked.items() if not name.endswith("/ok/after")}
        assert max(once.values()) <= options.attempts
        endless = sum(count for name, count in site.asked.items() if name.startswith("GET /huge"))
        assert site.sent <= endless * 8 * 1024 * 1024  # what the system's buffers take, and no more
    print(f"{total} addresses in {took:.1f} s, at most {site.most} at once, {site.sent:,} bytes of endless answers")


def test_the_whole_time_is_bounded() -> None:
    with BadSite() as site:
        urls = [f"{site.url}/slow/{number}" for number in range(60)]
        began = time.monotonic()
        verdicts = check_urls(
            urls, ExternalOptions(timeout=30.0, seconds=1.0, pause=0.0, allow_networks=HERE, attempts=5)
        )
        assert time.monotonic() - began < 20
    assert {verdict.fate for verdict in verdicts.values()} <= {"slow", "unasked"}
    assert "There was no time left to look." in {verdict.says for verdict in verdicts.values()}


def test_a_site_that_cannot_be_reached_is_left_alone_after_a_while() -> None:
    with BadSite() as site:
        urls = [f"{site.url}/close/{number}" for number in range(30)]
        options = ExternalOptions(pause=0.0, per_host=1, attempts=1, give_up=3, allow_networks=HERE)
        verdicts = list(check_urls(urls, options).values())
        assert sum(site.asked.values()) == 3
    assert [verdict.fate for verdict in verdicts[:4]] == ["unreachable"] * 3 + ["unasked"]


def test_a_pause_is_kept_between_requests_to_one_site() -> None:
    with BadSite() as site:
        began = time.monotonic()
        check_urls([f"{site.url}/ok/{number}" for number in range(6)], ExternalOptions(pause=0.1, allow_networks=HERE))
        assert time.monotonic() - began >= 0.5


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:9/",
        "http://localhost:9/",
        "http://[::1]:9/",
        "http://2130706433:9/",
        "http://169.254.169.254/x",
    ],
)
def test_private_addresses_are_not_asked_for(url: str) -> None:
    (verdict,) = check_urls([url], ExternalOptions(pause=0.0, attempts=1, timeout=5)).values()
    assert verdict.fate in {"private", "unreachable"}
    if "2130706433" not in url:
        assert verdict.fate == "private"


def test_what_is_no_address_is_told() -> None:
    odd = ["http://", "https://user:secret@example.com/", "http://[x/", "https://exa mple.com/"]
    verdicts = check_urls(odd, ExternalOptions(attempts=1))
    assert [verdict.fate for verdict in verdicts.values()][:2] == ["unreachable", "unasked"]


def test_a_good_answer_holds_until_the_next_day(tmp_path: Path) -> None:
    cache = tmp_path / "deep" / "links.sqlite"
    with BadSite() as site:
        options = ExternalOptions(pause=0.0, attempts=1, allow_networks=HERE, cache=cache)
        urls = [f"{site.url}/ok/1", f"{site.url}/gone/1", f"{site.url}/busy/1"]
        first = check_urls(urls, options)
        asked = site.asked.total()
        assert check_urls(urls[:2], options) == {url: first[url] for url in urls[:2]}
        assert site.asked.total() == asked
        check_urls(urls[2:], options)  # what may be better soon is not remembered
        assert site.asked.total() > asked


def test_verdicts_get_old(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "links.sqlite", fresh=100, retry=10)
    memory.keep([("a", Verdict("fine", "", 200)), ("b", Verdict("gone", "x", 404)), ("c", Verdict("busy", "x"))], 1000)
    assert set(memory.recall(["a", "b", "c"], 1005)) == {"a", "b"}
    assert set(memory.recall(["a", "b"], 1050)) == {"a"}
    memory.keep([], 1000 + 31 * 86_400)
    assert not memory.recall(["a"], 1001)
    memory.close()


def test_a_file_that_cannot_be_used_is_done_without(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no database, and long enough to be seen as none" * 50, encoding="utf-8")
    for place in (tmp_path / "file", tmp_path / "file" / "below"):
        memory = Memory(place, fresh=1, retry=1)
        memory.keep([("a", Verdict("fine", ""))], 0)
        assert memory.recall(["a"], 0) == {}
        memory.close()
    with sqlite3.connect(tmp_path / "other.sqlite") as other:
        other.execute("CREATE TABLE links (x)")
    other.close()
    memory = Memory(tmp_path / "other.sqlite", fresh=1, retry=1)
    memory.keep([("a", Verdict("fine", ""))], 0)
    assert memory.recall(["a"], 0) == {}
    memory.close()


async def test_a_program_with_an_event_loop_is_not_kept_waiting(planted: Planted) -> None:
    with BadSite() as site:
        links = " ".join(f"[{kind}]({site.url}/{kind}/1)" for kind in ("ok", "gone", "login", "ignored", "slow"))
        planted.write("outside", links)
        wiki = await asyncio.to_thread(read_wiki, planted.client, folder="outside")
        options = ExternalOptions(
            timeout=1.0, pause=0.0, attempts=1, allow_networks=HERE, ignored=["*/ignored/*"], most=4
        )
        turns = 0

        async def others() -> None:
            nonlocal turns
            while True:
                turns += 1
                await asyncio.sleep(0.01)

        busy = asyncio.create_task(others())
        report = await external_links_async(wiki, options)
        busy.cancel()
        assert turns > 5
        blocking = await asyncio.to_thread(external_links, wiki, options)
    assert {(finding.rule, finding.detail.split("/")[3]) for finding in report.findings} == {
        ("external-gone", "gone"),
        ("external-refused", "login"),
        ("external-slow", "slow"),
    }
    assert (report.findings, report.notes, report.looked_at) == (
        blocking.findings,
        blocking.notes,
        blocking.looked_at,
    )


@pytest.mark.parametrize("at", [b"\xff", None, "soon"])
def test_a_damaged_memory_knows_nothing(tmp_path: Path, at: object) -> None:
    memory = Memory(tmp_path / "links.db", fresh=60, retry=60)
    assert memory._connection is not None
    memory._connection.execute("INSERT INTO links VALUES ('https://a.example', ?, 'fine', '', 200, '')", (at,))
    assert memory.recall(["https://a.example"], 1.0) == {}
    memory.close()
