"""What both sides had in common after the last step: a small SQLite file in the folder."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import sqlite3
import zlib
from collections.abc import Generator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from wikijs.core.values.paths import PagePath
from wikijs.exceptions import ConfigurationError

from .assets.model import KnownAsset
from .model import KnownPage, Layout, OpenConflict
from .texts import from_json, to_json

FILE: Final = ".wikijs-sync.db"
VERSION: Final = 2

_TABLES: Final = """
CREATE TABLE about (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE pages (
    locale TEXT NOT NULL,
    path TEXT NOT NULL,
    id INTEGER NOT NULL,
    file TEXT NOT NULL,
    digest TEXT,
    header TEXT NOT NULL,
    body TEXT NOT NULL,
    seen TEXT,
    updatedAt TEXT NOT NULL,
    conflictDigest TEXT,
    conflictFile TEXT,
    conflictWritten TEXT,
    PRIMARY KEY (locale, path)
);
"""
_SECOND: Final = """
ALTER TABLE pages ADD COLUMN conflictMarks INTEGER;
ALTER TABLE pages ADD COLUMN base BLOB;
ALTER TABLE pages ADD COLUMN mergingFrom TEXT;
ALTER TABLE pages ADD COLUMN mergingInto TEXT;
CREATE TABLE assets (
    path TEXT PRIMARY KEY,
    file TEXT NOT NULL,
    here TEXT NOT NULL,
    stamp TEXT NOT NULL,
    there TEXT NOT NULL,
    seen TEXT NOT NULL,
    conflictDigest TEXT,
    conflictFile TEXT,
    conflictWritten TEXT
);
UPDATE pages SET seen = NULL;
PRAGMA user_version = 2;
"""
"""Since version 2 the state holds contents, which pages that are known already get when they are read once more."""
_DAMAGED: Final = (sqlite3.Error, zlib.error, ValueError, TypeError, KeyError, RecursionError)
"""What is raised by reading a state that is none."""
_COLUMNS: Final = "locale, path, id, file, digest, header, body, seen, updatedAt"
_CONFLICT: Final = "conflictDigest, conflictFile, conflictWritten"


def _here(file: Path) -> str:
    """What tells a state in this folder on this machine from one that was copied here: nobody else can foresee it."""
    machine = ""
    for known in ("/etc/machine-id", "/var/lib/dbus/machine-id"):
        with suppress(OSError):
            machine = machine or Path(known).read_text(encoding="utf-8").strip()
    folder = file.parent.resolve()
    parts = [machine, platform.node() if not machine else "", str(folder), folder.stat().st_ino, file.stat().st_ino]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _conflict(digest: str, file: str, written: str, marks: int | None = None) -> OpenConflict:
    return OpenConflict(digest, file, written, marks or 0)


class State:
    """The state of a folder, held by one process at a time until it is closed.

    Args:
        folder: The folder.
        wiki: URL of the wiki.
        layout: Which file a page is.
        keep: Write to disk. Without it, what was kept is read and nothing is written.
        adopt: Take over a state that was made in another folder or on another machine.

    Attributes:
        set_aside: Where a state is now that was made elsewhere; None where there was none.

    Raises:
        ConfigurationError: The folder belongs to another wiki, is being synchronised, or its state cannot be read.
    """

    def __init__(self, folder: Path, wiki: str, layout: Layout, *, keep: bool = True, adopt: bool = False) -> None:
        self.file = folder / FILE
        self.set_aside: Path | None = None
        if self.file.is_symlink():
            raise ConfigurationError(f"{self.file} is a symbolic link.", hint="Delete it.")
        try:
            self._db = self._connect(keep=keep)
        except sqlite3.OperationalError as error:
            raise self._refusal(error, folder) from None
        try:
            if keep:
                self._lock()
            elif self.file.exists():
                self._copy()
            if not adopt and self.file.exists() and self._is_foreign():
                self._set_aside(keep=keep)
            self._open(wiki, layout)
            if keep:
                self._tell("here", _here(self.file))
        except sqlite3.OperationalError as error:
            self.close()
            raise self._refusal(error, folder) from None
        except _DAMAGED:
            self.close()
            raise self._damaged() from None
        except BaseException:
            self.close()
            raise

    def _is_foreign(self) -> bool:
        """Whether this state was made elsewhere: not by runs in this folder on this machine.

        Whoever wrote it decides which pages and files count as deleted or unchanged; one that came with a clone would
        delete pages of whoever runs it.
        """
        self._db.execute("PRAGMA trusted_schema = OFF")
        if not self._db.execute("SELECT 1 FROM sqlite_master").fetchone():
            return False
        try:
            return self._about("here") != _here(self.file)
        except sqlite3.OperationalError:  # other tables than ours
            return True

    def _set_aside(self, *, keep: bool) -> None:
        self._db.close()
        self.set_aside = self.file.with_name(f"{FILE}.elsewhere")
        if keep:
            os.replace(self.file, self.set_aside)
        self._db = self._connect(keep=keep)
        if keep:
            self._lock()

    def _connect(self, *, keep: bool) -> sqlite3.Connection:
        return sqlite3.connect(self.file if keep else ":memory:", isolation_level=None, timeout=0)

    def _lock(self) -> None:
        """Keep others out from now on, until this process closes the file or ends, however it ends."""
        self._db.execute("PRAGMA locking_mode = EXCLUSIVE")
        self._db.execute("BEGIN EXCLUSIVE")
        self._db.execute("COMMIT")

    def _copy(self) -> None:
        with closing(sqlite3.connect(self.file, timeout=0)) as kept:
            kept.execute("SELECT * FROM sqlite_master").fetchall()  # refused at once; the copy would wait for ever
            kept.backup(self._db)

    def _refusal(self, error: sqlite3.OperationalError, folder: Path) -> ConfigurationError:
        if "locked" in str(error):
            return ConfigurationError(f"{folder} is being synchronised by another process.", hint="Wait for its end.")
        return ConfigurationError(
            f"{self.file} cannot be opened or written: {error}.", hint="Check the folder's permissions and space."
        )

    def _damaged(self) -> ConfigurationError:
        return ConfigurationError(
            f"{self.file} is no state of a synchronisation, or is damaged.",
            hint="Delete it: the next run compares all pages and files anew, and deletes nothing.",
        )

    @contextmanager
    def _reading(self) -> Generator[None]:
        """Around what reads: a disk that fails, or another program, may have changed any byte."""
        try:
            yield
        except _DAMAGED:
            raise self._damaged() from None

    def _open(self, wiki: str, layout: Layout) -> None:
        version = self._db.execute("PRAGMA user_version").fetchone()[0]
        if version > VERSION:
            raise ConfigurationError(f"{self.file} was written by a later release of py-wikijs.", hint="Update it.")
        if version < VERSION:
            self._db.executescript(f"BEGIN; {'' if version else _TABLES} {_SECOND} COMMIT;")
            self._tell("assets", "unasked" if version else "")
        whose = (("wiki", wiki, "wiki"), ("locale", layout.main_locale, "main locale"), ("below", layout.below, "path"))
        for key, value, what in whose:
            kept = self._about(key)
            if kept is None and key == "below" and self._about("caller") is not None:
                kept = ""  # a state that knows of no such thing is one of the whole wiki
            if kept is None:
                self._tell(key, value)
            elif kept != value:
                raise ConfigurationError(
                    f"This folder belongs to the {what} {kept or '/'}, not to {value or '/'}.",
                    hint=f"Use another folder; or, if {kept or '/'} is now called {value or '/'}, delete {self.file}.",
                )

    def _about(self, key: str) -> str | None:
        row = self._db.execute("SELECT value FROM about WHERE key = ?", (key,)).fetchone()
        return None if row is None else str(row[0])

    def _tell(self, key: str, value: str) -> None:
        self._db.execute("INSERT OR REPLACE INTO about VALUES (?, ?)", (key, value))

    @property
    def caller(self) -> str | None:
        """Who synchronised the last time; None on the first one."""
        with self._reading():
            return self._about("caller")

    @caller.setter
    def caller(self, caller: str) -> None:
        with self._writing():
            self._tell("caller", caller)

    def pages(self) -> list[KnownPage]:
        """All pages that are known."""
        with self._reading():
            names = f"{_COLUMNS}, mergingFrom, mergingInto, {_CONFLICT}, conflictMarks"
            rows = self._db.execute(f"SELECT {names} FROM pages ORDER BY locale, path").fetchall()  # noqa: S608
            return [
                KnownPage(
                    PagePath(path, locale),
                    page_id,
                    file,
                    digest,
                    from_json(header),
                    body,
                    seen,
                    updated,
                    None if conflict[0] is None else _conflict(*conflict),
                    merging=None if before is None else (before, after),
                )
                for locale, path, page_id, file, digest, header, body, seen, updated, before, after, *conflict in rows
            ]

    def base(self, place: PagePath) -> str | None:
        """The content that both sides had of a page; None where that is not known."""
        with self._reading():
            row = self._db.execute(
                "SELECT base FROM pages WHERE locale = ? AND path = ?", (place.locale, place.path)
            ).fetchone()
            return None if row is None or row[0] is None else zlib.decompress(row[0]).decode("utf-8", "surrogatepass")

    def put(self, page: KnownPage, *, replacing: PagePath | None = None) -> None:
        """Remember a page, its `base` included; `replacing` is where it was known before."""
        conflict = page.conflict
        row = (
            page.place.locale,
            page.place.path,
            page.id,
            page.file,
            page.digest,
            to_json(page.header),
            page.body,
            page.seen,
            page.updated_at,
            *(page.merging or (None, None)),
            *((None, None, None) if conflict is None else (conflict.digest, conflict.file, conflict.written)),
            conflict.marks if conflict else None,
            None if page.base is None else zlib.compress(page.base.encode("utf-8", "surrogatepass")),
        )
        names = f"{_COLUMNS}, mergingFrom, mergingInto, {_CONFLICT}, conflictMarks, base"
        marks = ", ".join("?" * len(row))
        with self._writing():
            self._db.execute("BEGIN")
            if replacing is not None and replacing != page.place:
                self._delete(replacing)
            self._db.execute(f"INSERT OR REPLACE INTO pages ({names}) VALUES ({marks})", row)  # noqa: S608
            self._db.execute("COMMIT")

    def forget(self, place: PagePath) -> None:
        """Forget a page that neither side has any more."""
        with self._writing():
            self._delete(place)

    @contextmanager
    def _writing(self) -> Generator[None]:
        """Around a change: all of it, or nothing and a sentence, such as on a full disk."""
        try:
            yield
        except sqlite3.Error as error:
            if self._db.in_transaction:
                with suppress(sqlite3.Error):
                    self._db.execute("ROLLBACK")
            raise ConfigurationError(
                f"{self.file} cannot be written: {error}.", hint="Check the folder's permissions and space."
            ) from None

    def _delete(self, place: PagePath) -> None:
        self._db.execute("DELETE FROM pages WHERE locale = ? AND path = ?", (place.locale, place.path))

    @property
    def with_assets(self) -> str:
        """Whether files that are no pages are synchronised: "yes", "shown" for those that pages show, "no", "" where
        that was never said, "refused" where the caller could not, and "unasked" where the folder was synchronised
        before they could be.
        """
        with self._reading():
            return self._about("assets") or ""

    @with_assets.setter
    def with_assets(self, answer: str) -> None:
        with self._writing():
            self._tell("assets", answer)

    @property
    def passed_over(self) -> list[str]:
        """Names of files that the last run has passed over."""
        with self._reading():
            return list(json.loads(self._about("passedOver") or "[]"))

    @passed_over.setter
    def passed_over(self, names: list[str]) -> None:
        with self._writing():
            self._tell("passedOver", json.dumps(names))

    def assets(self) -> list[KnownAsset]:
        """All files that are known and no pages."""
        with self._reading():
            names = f"path, file, here, there, stamp, seen, {_CONFLICT}"
            return [
                KnownAsset(path, file, here, there, stamp, seen, None if conflict[0] is None else _conflict(*conflict))
                for path, file, here, there, stamp, seen, *conflict in self._db.execute(
                    f"SELECT {names} FROM assets"  # noqa: S608
                )
            ]

    def put_asset(self, asset: KnownAsset) -> None:
        """Remember a file that is no page."""
        conflict = asset.conflict
        row = (
            *(asset.path, asset.file, asset.here, asset.stamp, asset.there, asset.seen),
            *((None, None, None) if conflict is None else (conflict.digest, conflict.file, conflict.written)),
        )
        with self._writing():
            self._db.execute("INSERT OR REPLACE INTO assets VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)

    def forget_asset(self, path: str) -> None:
        """Forget a file that neither side has any more."""
        with self._writing():
            self._db.execute("DELETE FROM assets WHERE path = ?", (path,))

    def close(self) -> None:
        """Let others have the folder."""
        self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
