"""A journal that cannot be written any more, such as on a full disk: what is done by then is told as done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

import pytest

from tests.backup.wikis import client_of, empty_wiki, fill
from tests.support.cutting import admits
from wikijs import WikiJSClient
from wikijs import exceptions as exc
from wikijs.backup.making import back_up
from wikijs.backup.restoring import running
from wikijs.backup.store import Store
from wikijs.core.jobs.journal import Journal, JournalError
from wikijs.models import Upload
from wikijs.sandbox import Sandbox
from wikijs.transfer.importing import planned, run_import
from wikijs.transfer.reports import ImportReport

PAGES: Final = 3
_OF_THE_BEGINNING: Final = (b'"intended"', b'"planned"', b'{"journal"')


@contextmanager
def room_for(lines: int) -> Iterator[None]:
    """Let so many lines be written to journals, and no more."""
    write, left = Journal._write, lines

    def limited(journal: Journal[Any], *written: bytes) -> None:
        nonlocal left
        left -= sum(not any(word in line for word in _OF_THE_BEGINNING) for line in written)
        if left < 0:
            raise JournalError("The journal x cannot be written: No space left on device.")
        write(journal, *written)

    with patch.object(Journal, "_write", limited):
        yield


def imported(client: WikiJSClient, folder: Path, journal: Path) -> ImportReport:
    with planned(client, folder) as plan:
        return run_import(client, plan, journal=journal)


@pytest.mark.parametrize("lines", range(2 * PAGES + 1))
def test_an_import_tells_what_it_did_and_goes_on(tmp_path: Path, lines: int) -> None:
    folder, journal = tmp_path / "pages", tmp_path / "journal"
    folder.mkdir()
    for number in range(PAGES):
        (folder / f"page-{number}.md").write_text(f"---\ntitle: Page {number}\n---\n\nText {number}.\n")
    with Sandbox() as sandbox, sandbox.client() as client:
        with room_for(lines):
            report = imported(client, folder, journal)
        assert isinstance(report.stopped_by, JournalError)
        assert all(admits(error) for _, error in report.failed)
        made = [*report.created, *(name for name, _ in report.failed)]
        assert sorted(f"{page.path}.md" for page in client.pages.list()) == sorted(made)
        assert len(made) + len(report.not_attempted) == PAGES
        whole = imported(client, folder, journal)
        assert not whole.failed
        assert whole.stopped_by is None
        assert Counter(page.path for page in client.pages.list()) == {f"page-{number}": 1 for number in range(PAGES)}


def test_a_restore_tells_what_it_did_and_goes_on(tmp_path: Path) -> None:
    with empty_wiki() as sandbox, client_of(sandbox) as client:
        fill(client, pages=2)
        back_up(client, Store(tmp_path / "store"))
    store = Store(tmp_path / "store")
    for lines in range(2, 42, 13):
        journal = tmp_path / f"journal-{lines}"
        with empty_wiki() as sandbox, client_of(sandbox) as client:
            with room_for(lines):
                report = running.restore(client, store, store.snapshot(), journal=journal)
            assert isinstance(report.stopped_by, JournalError)
            assert all(admits(error) for _, error in report.failed)
            assert report.not_attempted
            whole = running.restore(client, store, store.snapshot(), journal=journal)
            assert not whole.failed
            paths = Counter(page.path for page in client.pages.list())
            assert set(paths.values()) == {1}
            assert len({group.name for group in client.groups.list()}) == len(client.groups.list())


@pytest.mark.parametrize("lines", range(1, 6))
def test_many_uploads_tell_what_they_did_and_go_on(tmp_path: Path, lines: int) -> None:
    uploads = [Upload(b"x" * 30, name=f"{name}.png") for name in "pqr"]
    with Sandbox() as sandbox, sandbox.client() as client:
        with room_for(lines):
            result = client.assets.upload_many(uploads, journal=tmp_path / "journal")
        there = {asset.filename for asset in client.assets.list()}
        told = {asset.filename for asset in result.success}
        told |= {getattr(failed.input, "name", "") for failed in result.errors if admits(failed.exception)}
        assert there == told
        assert any(isinstance(failed.exception, exc.FollowUpError | JournalError) for failed in result.errors)
        again = client.assets.upload_many(uploads, journal=tmp_path / "journal")
        assert not again.errors
        assert len(client.assets.list()) == len(uploads)
