"""A restore that is killed again and again: whether the wiki is equal in the end, and what it took.

python -m benchmarks.restoring [PAGES] [KILLS]                    # from a sandbox to a sandbox
WIKIJS_URL=... WIKIJS_API_KEY=... python -m benchmarks.restoring --backup DIR [KILLS] [SECONDS]  # to a real, empty wiki

Each attempt is a process of its own that gets SIGKILL at a random moment, the latest after SECONDS (8): more of them
spread the kills over all of a long restore.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.backup.wikis import LOCALES, Hurried, client_of, content_of, differing, empty_wiki, fill
from tests.support.served import served
from wikijs import WikiJSClient
from wikijs.backup import Store, back_up
from wikijs.sandbox.seeds.pages import dated

ATTEMPT = """
import sys
from wikijs import WikiJSClient
from wikijs.backup import Store, restore
url, key, backups, journal, hurried = sys.argv[1:]
store = Store(backups)
with WikiJSClient(url, key, retry=False) as client:
    waiting = {"sleep": lambda seconds: None} if hurried == "yes" else {}
    report = restore(client, store, store.snapshot(), journal=journal, **waiting)
for step, error in report.failed:
    print(step, error)
sys.exit(0 if report.is_whole else 3)
"""


def killed_again_and_again(
    url: str, key: str, backups: Path, journal: Path, kills: int, *, hurried: bool, latest: float = 8
) -> int:
    """Run attempts until one is through, the first ones until a random moment. Returns how many were killed."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", ATTEMPT, url, key, str(backups), str(journal), "yes" if hurried else "no"]
    chance, done = random.Random(20), 0
    while True:
        attempt = subprocess.Popen(command, env=environment)
        try:
            wait = chance.uniform(0.5, latest) if done < kills else None
            code = attempt.wait(wait)
        except subprocess.TimeoutExpired:
            attempt.send_signal(signal.SIGKILL)
            attempt.wait()
            done += 1
            continue
        assert code == 0, code
        return done


def compared(client: WikiJSClient, backups: Path, folder: Path) -> list[str]:
    """What differs between a backup and the wiki it was restored to."""
    store, there = Store(backups), Store(folder / "there")
    one, two = content_of(store, store.snapshot()), content_of(there, back_up(client, there).snapshot)
    for content in (one, two):
        content["site"].pop("host")  # where the wiki is: a restore says that it leaves that alone
    return differing(one, two)


def on_sandboxes(folder: Path, pages: int, kills: int) -> None:
    with empty_wiki() as sandbox, client_of(sandbox) as client:
        fill(client, pages=pages)
        back_up(client, Store(folder / "backups"))
    with served(folder / "wiki.db", clock=Hurried()) as server:
        day = dated("2026-01-01T00:00:00.000Z")
        for code, name in LOCALES.items():
            server.sandbox.db.put("locales", {"code": code, "name": name, "nativeName": name, **day})
        started = time.perf_counter()
        journal = folder / "journal"
        done = killed_again_and_again(server.url, server.api_key, folder / "backups", journal, kills, hurried=True)
        print(f"{pages} pages, {done} kills, {time.perf_counter() - started:.0f} s")
        with WikiJSClient(server.url, server.api_key, retry=False) as client:
            found = compared(client, folder / "backups", folder)
    print("\n".join(found) or "all that can come back is equal")


def on_a_server(folder: Path, backups: Path, kills: int, latest: float) -> None:
    url, key = os.environ["WIKIJS_URL"], os.environ["WIKIJS_API_KEY"]
    started = time.perf_counter()
    done = killed_again_and_again(url, key, backups, folder / "journal", kills, hurried=False, latest=latest)
    print(f"{done} kills, {time.perf_counter() - started:.0f} s")
    with WikiJSClient(url, key) as client:
        print("\n".join(compared(client, backups, folder)) or "all that can come back is equal")


def main() -> None:
    folder = Path(tempfile.mkdtemp())
    try:
        if sys.argv[1:2] == ["--backup"]:
            numbers = [float(each) for each in sys.argv[3:]]
            kills, latest = numbers + [50, 8][len(numbers) :]
            on_a_server(folder, Path(sys.argv[2]), int(kills), latest)
        else:
            numbers = [int(each) for each in sys.argv[1:]]
            on_sandboxes(folder, *(numbers + [1000, 50][len(numbers) :]))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
