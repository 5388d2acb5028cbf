"""A wiki with something of everything, and its backup."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from wikijs import WikiJSClient
from wikijs.backup.making import back_up
from wikijs.backup.store import Snapshot, Store

from .wikis import client_of, empty_wiki, fill


@pytest.fixture
def full() -> Iterator[WikiJSClient]:
    """A wiki with something of everything."""
    with empty_wiki() as sandbox, client_of(sandbox) as client:
        fill(client)
        yield client


@pytest.fixture
def empty() -> Iterator[WikiJSClient]:
    """A wiki with nothing in it."""
    with empty_wiki() as sandbox, client_of(sandbox) as client:
        yield client


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A store that is not there yet."""
    return Store(tmp_path / "backups")


@pytest.fixture
def snapshot(full: WikiJSClient, store: Store) -> Snapshot:
    """A backup of the wiki."""
    return back_up(full, store).snapshot
