"""What both sides had in common after the last step: a small SQLite file in the folder."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from wikijs.core.paths import PagePath
from wikijs.exceptions import ConfigurationError

from .model import KnownPage, OpenConflict
from .texts import from_json, to_json

FILE: Final = ".wikijs-sync.db"
VERSION: Final = 1

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
PRAGMA user_version = 1;
"""


class State:
    """The state of a folder, held by one process at a time until it is closed.

    Args:
        folder: The folder.
        wiki: URL of the wiki.
        main_locale: The wiki's main locale, on which the names of files depend.
        keep: Write to disk. Without it, what was kept is read and nothing is written.

    Raises:
        ConfigurationError: The folder belongs to another wiki, is being synchronised, or its state cannot be read.
    """

    def __init__(self, folder: Path, wiki: str, main_locale: str, *, keep: bool = True) -> None:
        self.file = folder / FILE
        try:
            self._db = sqlite3.connect(self.file if keep else ":memory:", isolation_level=None, timeout=0)
        except sqlite3.OperationalError as error:
            raise self._refusal(error, folder) from None
        try:
            if keep:
                self._lock()
            elif self.file.exists():
                self._copy()
            self._open(wiki, main_locale)
        except sqlite3.OperationalError as error:
            self.close()
            raise self._refusal(error, folder) from None
        except sqlite3.DatabaseError:
            self.close()
            raise ConfigurationError(
                f"{self.file} is no state of a synchronisation, or is damaged.",
                hint="Delete it: the next run compares all pages and files anew, and deletes nothing.",
            ) from None
        except BaseException:
            self.close()
            raise

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
        return ConfigurationError(f"{self.file} cannot be opened or written.", hint="Check the folder's permissions.")

    def _open(self, wiki: str, main_locale: str) -> None:
        version = self._db.execute("PRAGMA user_version").fetchone()[0]
        if version == 0:
            self._db.executescript(f"BEGIN; {_TABLES} COMMIT;")
        elif version != VERSION:
            raise ConfigurationError(f"{self.file} was written by a later release of py-wikijs.", hint="Update it.")
        for key, value, what in (("wiki", wiki, "wiki"), ("locale", main_locale, "main locale")):
            kept = self._about(key)
            if kept is None:
                self._tell(key, value)
            elif kept != value:
                raise ConfigurationError(
                    f"This folder belongs to the {what} {kept}, not to {value}.",
                    hint=f"Use another folder; or, if {kept} is now called {value}, delete {self.file}.",
                )

    def _about(self, key: str) -> str | None:
        row = self._db.execute("SELECT value FROM about WHERE key = ?", (key,)).fetchone()
        return None if row is None else str(row[0])

    def _tell(self, key: str, value: str) -> None:
        self._db.execute("INSERT OR REPLACE INTO about VALUES (?, ?)", (key, value))

    def exchange_caller(self, caller: str) -> str | None:
        """Note who synchronises this time; who it was the last time, None on the first one."""
        before = self._about("caller")
        self._tell("caller", caller)
        return before

    def pages(self) -> list[KnownPage]:
        """All pages that are known."""
        rows = self._db.execute("SELECT * FROM pages ORDER BY locale, path").fetchall()
        return [
            KnownPage(
                PagePath(path, locale),
                page_id,
                file,
                digest,
                from_json(header),
                body,
                seen,
                updated_at,
                None if conflict[0] is None else OpenConflict(*conflict),
            )
            for locale, path, page_id, file, digest, header, body, seen, updated_at, *conflict in rows
        ]

    def put(self, page: KnownPage, *, replacing: PagePath | None = None) -> None:
        """Remember a page; `replacing` is where it was known before."""
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
            *((None, None, None) if conflict is None else (conflict.digest, conflict.file, conflict.written)),
        )
        self._db.execute("BEGIN")
        if replacing is not None and replacing != page.place:
            self._delete(replacing)
        self._db.execute(f"INSERT OR REPLACE INTO pages VALUES ({', '.join('?' * len(row))})", row)  # noqa: S608
        self._db.execute("COMMIT")

    def forget(self, place: PagePath) -> None:
        """Forget a page that neither side has any more."""
        self._delete(place)

    def _delete(self, place: PagePath) -> None:
        self._db.execute("DELETE FROM pages WHERE locale = ? AND path = ?", (place.locale, place.path))

    def close(self) -> None:
        """Let others have the folder."""
        self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
