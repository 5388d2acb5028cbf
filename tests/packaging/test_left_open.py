"""What keeps a file open and was not closed by its user closes itself: Python 3.13 warns of connections left open."""

from __future__ import annotations

import gc
import warnings
from typing import TYPE_CHECKING

import pytest

from wikijs.cache import FileCache
from wikijs.feed.database import SQLiteDatabase
from wikijs.reports.external.verdicts import Memory
from wikijs.sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def cache(folder: Path) -> None:
    FileCache(folder).begin()


def broken_verdicts(folder: Path) -> None:
    file = folder / "links.db"
    file.write_text("this is no database, but a long enough text to be looked at as one" * 20)
    Memory(file, fresh=1.0, retry=1.0)


MAKERS: dict[str, Callable[[Path], object]] = {
    "cache": cache,
    "store": lambda folder: SQLiteDatabase(folder / "feed.db") and None,
    "sandbox": lambda folder: Sandbox(data=folder / "wiki.db") and None,
    "verdicts": broken_verdicts,
}


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_nothing_is_left_open(make: Callable[[Path], object], tmp_path: Path) -> None:
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always", ResourceWarning)
        make(tmp_path)
        gc.collect()
    assert [str(each.message) for each in said] == []
    for file in tmp_path.rglob("*-wal"):  # SQLite removes it when the last connection ends
        pytest.fail(f"{file.name} is still open")
