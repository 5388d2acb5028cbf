"""Exporting a wiki to a folder, beside reading its pages in raw batches by hand."""

from __future__ import annotations

import tempfile
import time
from itertools import count
from pathlib import Path
from typing import Any, Final

import httpx2
from facade import EXPORTED, EXPORTS, ByHand
from measure import Result, compare, cpu, take_turns
from sandboxed import served

from wikijs import WikiJSClient
from wikijs.transfer.exporting import ExportOptions, export_pages

AIM: Final = 1.2
MEMORY: Final = Path("/dev/shm")  # noqa: S108
"""Where the files go if it is there: what a busy disk needs says nothing about the export."""


def measure() -> list[Result]:
    """A first export, every page read and every file written, and one more where nothing has changed."""
    with (
        tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder,
        served(EXPORTED) as (url, key),
        WikiJSClient(url, auth=key) as client,
        httpx2.Client() as http,
    ):
        by_hand, numbers = ByHand(http, url, key), count()

        def fresh() -> Any:
            return export_pages(client, Path(folder) / str(next(numbers)))

        def again() -> Any:
            return export_pages(client, Path(folder) / "kept", ExportOptions(incremental=True))

        assert len(fresh().written) == len(by_hand.export()) == EXPORTED
        again()
        assert again().written == []
        contenders = {"export": fresh, "again": again, "raw": by_hand.export}
        waited = take_turns(contenders, EXPORTS, time.perf_counter)
        used = take_turns(contenders, EXPORTS, cpu)
    over, name = "raw batches and json.loads", f"an export of {EXPORTED:,} pages to a folder"
    return [
        compare(waited, "export", "raw", f"time of {name}", over, AIM),
        compare(used, "export", "raw", f"CPU of {name}", over),
        compare(waited, "again", "raw", f"time of {name}, incremental, nothing changed", over),
    ]
