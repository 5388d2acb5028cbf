"""What an incremental backup of an unchanged wiki costs, beside the request for its list of pages.

eval "$(…)"                     # WIKIJS_URL and WIKIJS_API_KEY of a wiki with pages in it
python benchmarks/backup.py [FOLDER [PID]]

With the process id of a server on this machine (Linux), CPU of both sides is measured: it does not depend on what else
runs, as times do. The two take turns.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from wikijs import WikiJSClient
from wikijs.backup import BackupOptions, Store, back_up
from wikijs.backup.reading.operations import list_briefly

ROUNDS = 15
REPEATED = 10
"""Calls of one kind in a row: the server's CPU is told in hundredths of a second."""


class Contender:
    """Something that is measured, in turn with others."""

    def __init__(self, name: str, call: Callable[[], object], server: int | None) -> None:
        self.name, self._call, self._server = name, call, server
        self.times: list[float] = []
        self.ours: list[float] = []
        self.theirs: list[float] = []

    def turn(self) -> None:
        """Measure some calls."""
        ours, theirs = time.process_time(), self._cpu()
        for _ in range(REPEATED if self._server else 1):
            started = time.perf_counter()
            self._call()
            self.times.append((time.perf_counter() - started) * 1000)
        self.ours.append((time.process_time() - ours) * 1000 / REPEATED)
        self.theirs.append((self._cpu() - theirs) * 1000 / REPEATED)

    def _cpu(self) -> float:
        if self._server is None:
            return 0.0
        fields = Path(f"/proc/{self._server}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    @property
    def cpu(self) -> float:
        """Milliseconds of both sides, for one call."""
        return statistics.mean(self.ours) + statistics.mean(self.theirs)

    def tell(self) -> None:
        """Print what was measured."""
        line = f"{self.name}: {statistics.median(self.times):.0f} ms (fastest {min(self.times):.0f})"
        if self._server is not None:
            line += f"; CPU {statistics.mean(self.ours):.1f} ms here and {statistics.mean(self.theirs):.1f} ms there"
        print(line)


def main() -> None:
    folder = sys.argv[1] if len(sys.argv) > 1 else tempfile.mkdtemp()
    server = int(sys.argv[2]) if len(sys.argv) > 2 else None
    store, options = Store(folder), BackupOptions(incremental=True)
    with WikiJSClient(os.environ["WIKIJS_URL"], auth=os.environ["WIKIJS_API_KEY"]) as client:
        started = time.perf_counter()
        whole = back_up(client, store, options)
        print(f"first backup: {whole.read} pages read in {time.perf_counter() - started:.1f} s")
        assert back_up(client, store, options).read == 0
        listed = Contender("pages.list", client.pages.list, server)
        light = Contender(
            "its fields that tell what changed, unparsed", lambda: client.execute(list_briefly(), cache=False), server
        )
        backup = Contender("incremental backup of the unchanged wiki", lambda: back_up(client, store, options), server)
        for _ in range(ROUNDS):
            for contender in (listed, light, backup):
                contender.turn()
    print(f"{whole.snapshot.parts['pages'].count} pages, {ROUNDS} rounds")
    for contender in (listed, light, backup):
        contender.tell()
    for other in (listed, light):
        ratios = [f"median {statistics.median(backup.times) / statistics.median(other.times):.2f}"]
        ratios.append(f"fastest {min(backup.times) / min(other.times):.2f}")
        if server is not None:
            ratios.append(f"CPU {backup.cpu / other.cpu:.2f}")
        print(f"ratio to {other.name}: {', '.join(ratios)}")


if __name__ == "__main__":
    main()
