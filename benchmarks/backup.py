"""What an incremental backup of an unchanged wiki costs, beside the request for its list of pages.

eval "$(…)"                     # WIKIJS_URL and WIKIJS_API_KEY of a wiki with pages in it
python benchmarks/backup.py [FOLDER]
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable

from wikijs import WikiJSClient
from wikijs.backup import BackupOptions, Store, back_up
from wikijs.backup.reading.operations import list_pages

ROUNDS = 15


def median_ms(call: Callable[[], object]) -> float:
    """The median of some calls, in milliseconds."""
    taken: list[float] = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        call()
        taken.append((time.perf_counter() - started) * 1000)
    return statistics.median(taken)


def main() -> None:
    folder = sys.argv[1] if len(sys.argv) > 1 else tempfile.mkdtemp()
    store, options = Store(folder), BackupOptions(incremental=True)
    with WikiJSClient(os.environ["WIKIJS_URL"], auth=os.environ["WIKIJS_API_KEY"]) as client:
        started = time.perf_counter()
        whole = back_up(client, store, options)
        print(f"first backup: {whole.read} pages read in {time.perf_counter() - started:.1f} s")
        assert back_up(client, store, options).read == 0
        backup = median_ms(lambda: back_up(client, store, options))
        listed = median_ms(client.pages.list)
        light = median_ms(lambda: client.execute(list_pages(), cache=False))
        pages = whole.snapshot.parts["pages"].count
    print(f"{pages} pages, medians of {ROUNDS}")
    print(f"pages.list: {listed:.0f} ms; its fields that a backup needs, unparsed: {light:.0f} ms")
    print(f"incremental backup of the unchanged wiki: {backup:.0f} ms")
    print(f"ratio {backup / listed:.2f} to pages.list, {backup / light:.2f} to the lighter list")


if __name__ == "__main__":
    main()
