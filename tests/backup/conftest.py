"""A wiki with something of everything, and its backup."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from wikijs import WikiJSClient
from wikijs.backup.making import back_up
from wikijs.backup.store import Snapshot, Store
from wikijs.sandbox import Sandbox

from .wikis import client_of, empty_wiki, fill


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data of a wiki with something of everything, and its backup beside it."""
    folder = tmp_path_factory.mktemp("wiki")
    with empty_wiki(data=folder / "wiki.db") as sandbox, client_of(sandbox) as client:
        fill(client)
        back_up(client, Store(folder / "backups"))
    return folder


@pytest.fixture
def sandbox(filled: Path, tmp_path: Path) -> Iterator[Sandbox]:
    """A server with something of everything."""
    shutil.copy(filled / "wiki.db", tmp_path / "wiki.db")
    with empty_wiki(data=tmp_path / "wiki.db") as sandbox:
        yield sandbox


@pytest.fixture
def full(sandbox: Sandbox) -> Iterator[WikiJSClient]:
    """A wiki with something of everything."""
    with client_of(sandbox) as client:
        yield client


@pytest.fixture
def empty() -> Iterator[WikiJSClient]:
    """A wiki with nothing in it."""
    with empty_wiki() as sandbox, client_of(sandbox) as client:
        yield client


@pytest.fixture
def store(filled: Path, tmp_path: Path) -> Store:
    """A folder with the backup of the wiki."""
    shutil.copytree(filled / "backups", tmp_path / "backups")
    return Store(tmp_path / "backups")


@pytest.fixture
def snapshot(store: Store) -> Snapshot:
    """The backup."""
    return store.snapshot()
