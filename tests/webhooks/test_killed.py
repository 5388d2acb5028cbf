"""Killed with -9 again and again, with an endpoint that fails: nothing is lost, and each page's events stay in order.

WIKIJS_HOOKS_KILLS="seeds,events,kills" sets how much of that is tried, a little by default; with
WIKIJS_HOOKS_STORE=postgres the store is a PostgreSQL that the test starts.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import defaultdict
from pathlib import Path

import pytest
from support.postgres_server import a_database

from wikijs.webhooks import Webhooks

from .killing import PAGES
from .receiving_end import OK, Received, ReceivingEnd

SEEDS, EVENTS, KILLS = map(int, os.environ.get("WIKIJS_HOOKS_KILLS", "1,300,6").split(","))
FAULTS = 0.2
STORE = os.environ.get("WIKIJS_HOOKS_STORE", "sqlite")


@pytest.mark.parametrize("seed", range(SEEDS))
def test_nothing_is_lost_and_order_is_kept(tmp_path: Path, end: ReceivingEnd, seed: int) -> None:
    chance, lock = random.Random(seed), threading.Lock()
    lost_answers: set[tuple[str, str]] = set()
    taken: dict[str, list[tuple[str, int]]] = defaultdict(list)

    def answer(request: Received) -> object:
        with lock:
            event = json.loads(request.body)
            fault = chance.random()
            if fault < FAULTS / 2:
                return 503, {}, b""
            taken[request.path].append((event["subject"], event["sequence"]))
            if fault < FAULTS:
                lost_answers.add((request.path, request.id))
                return None if chance.random() < 0.5 else (500, {}, b"")
            return OK

    end.answer = answer  # type: ignore[assignment]
    where = a_database() if STORE == "postgres" else str(tmp_path / "hooks.db")
    with Webhooks(where, allow_networks=["127.0.0.0/8"], allow_http=True) as hooks:
        paths = [f"/{number}" for number in range(3)]
        for path in paths:
            hooks.create(end.url + path)

        def start(role: str, *arguments: str) -> subprocess.Popen[bytes]:
            return subprocess.Popen([sys.executable, "-m", "tests.webhooks.killing", role, where, *arguments])

        processes = {"produce": start("produce", str(EVENTS)), "one": start("dispatch"), "two": start("dispatch")}
        kills, began = 0, time.monotonic()
        try:
            while True:
                time.sleep(0.15 + chance.random() / 2)
                assert time.monotonic() - began < 240 + EVENTS / 4, hooks.waiting()
                if kills < KILLS:
                    name = chance.choice(list(processes))
                    if processes[name].poll() is None:
                        processes[name].send_signal(signal.SIGKILL)
                        processes[name].wait()
                        kills += 1
                    processes[name] = start("produce", str(EVENTS)) if name == "produce" else start("dispatch")
                elif processes["produce"].poll() is not None:
                    if processes["produce"].returncode:  # it was killed last
                        processes["produce"] = start("produce", str(EVENTS))
                    elif not hooks.waiting() and hooks.store.consumer("webhooks") == hooks.store.last_sequence():
                        break
        finally:
            for process in processes.values():
                process.kill()
                process.wait()
        sequences = [event.sequence for event in hooks.store.events(limit=EVENTS * 2)]
    assert len(sequences) == EVENTS
    assert kills >= KILLS
    for path in paths:
        assert {sequence for _, sequence in taken[path]} == set(sequences), "lost"
        for page in range(PAGES):
            order = [sequence for subject, sequence in taken[path] if subject == f"page:{page}"]
            first = list(dict.fromkeys(order))
            assert first == sorted(first), "out of order"
    twice = sum(len(found) for found in taken.values()) - 3 * EVENTS
    print(f"seed {seed}: {twice} came twice, {len(lost_answers)} answers were lost, {kills} kills")
