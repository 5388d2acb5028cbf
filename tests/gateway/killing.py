"""A gateway's jobs in processes that are killed with -9 at random moments; see `test_killed`.

The interpreter imports everything once; each process is a fork of it, which costs next to nothing.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import sys
import time
from typing import Any

from wikijs.gateway import Gateway, Settings
from wikijs.gateway.access.keys import KeyRing
from wikijs.gateway.jobs import worker
from wikijs.gateway.jobs.store import ENDED, JobStore
from wikijs.gateway.jobs.worker import Jobs
from wikijs.gateway.store.database import Database

SETTLING = 0.2
"""The wiki here is quick: nothing of a dead process is under way after that."""


def gateway_of(settings: Settings) -> Gateway:
    gateway = Gateway(settings)
    gateway.jobs = Jobs(gateway)
    return gateway


def lives(settings: Settings) -> None:
    """The life of one process: it does jobs until it is killed."""
    worker.SETTLING = SETTLING  # type: ignore[misc]

    async def run() -> None:
        gateway = gateway_of(settings)
        await gateway.start()
        await asyncio.sleep(3600)

    asyncio.run(run())


def begin(database: Database, name: str, pages: int) -> list[str]:
    """Two jobs: pages are created, and then changed."""
    store = JobStore(database, "tests")
    new = [{"path": f"docs/{name}-{n}", "title": "t", "content": f"# {name} {n}"} for n in range(pages)]
    key, _ = KeyRing(database).create("tests", scopes=["all"])
    job = store.create("pages.create_many", {"pages": new}, caller=key.id, credential="default", most=10**6)
    assert job is not None
    return [job.id]


def main() -> None:
    """Kill until it is enough, then let the rest be done; prints what became of the jobs."""
    url, folder, kills, pages, seed = sys.argv[1], sys.argv[2], *map(int, sys.argv[3:6])
    settings = Settings(wiki=url, database=f"{folder}/gateway.db", feed=False)
    chance = random.Random(seed)
    database = Database(settings.database)
    jobs: list[str] = []
    killed = 0
    while True:
        states = {job: JobStore(database, "tests").get(job) for job in jobs}
        waiting = [job for job, state in states.items() if state is not None and state.state not in ENDED]
        if not waiting:
            if killed >= kills:
                break
            jobs += begin(database, f"job{len(jobs)}", pages)
        database.engine.dispose()
        process = os.fork()
        if process == 0:
            try:
                lives(settings)
            finally:
                os._exit(1)
        if killed < kills:
            time.sleep(SETTLING + chance.random() * 0.6)
            killed += 1
        else:
            until = time.monotonic() + 300
            while time.monotonic() < until:
                time.sleep(0.1)
                now = [JobStore(database, "tests").get(job) for job in jobs]
                if all(each is not None and each.state in ENDED for each in now):
                    break
            database.engine.dispose()
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
    found: list[Any] = [JobStore(database, "tests").get(job) for job in jobs]
    told = [{"state": job.state, "done": job.done, "failed": job.failed, "attempt": job.attempt} for job in found]
    print(json.dumps({"killed": killed, "jobs": told, "pages": pages}))


if __name__ == "__main__":
    main()
