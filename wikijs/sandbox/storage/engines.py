"""The databases that Wiki.js runs on, as far as its clients meet them: what each compares, keeps, checks and says.

All of it was measured on Wiki.js 2.5.314 with PostgreSQL 15, MariaDB 10.11 (with its usual collation,
`utf8mb4_general_ci`, and its usual `max_allowed_packet` of 16 MiB) and SQLite 3.44.
"""

from __future__ import annotations

import re
import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import lru_cache
from typing import ClassVar, Final, TypeAlias

from .sql_patterns import like

DEFAULT: Final = "postgres"
LONGEST_TEXT: Final = 65_535
"""Bytes that a column of long text keeps on MariaDB."""

Matches: TypeAlias = Callable[[str], bool]
"""A test whether a text matches a pattern."""


class UnknownDatabaseError(ValueError):
    """A database that the sandbox cannot pose as; the message is one sentence for the user."""


class Engine(ABC):
    """A database."""

    key: ClassVar[str]
    title: ClassVar[str]
    version: ClassVar[str]
    collation: ClassVar[str] = "BINARY"
    """How columns of text compare, by SQLite's name for it."""
    moves_rows: ClassVar[bool] = False
    """Whether a row that is changed goes to the end of its table, where lists without an order find it."""
    checks: ClassVar[bool] = True
    """Whether lengths of texts and references to other tables are checked."""
    takes_nul: ClassVar[bool] = True
    """Whether a text may hold a NUL."""
    doubles_links: ClassVar[bool] = False
    """Whether the server's query of links gives each twice."""
    links_first: ClassVar[bool] = True
    """Whether pages with links come before those without."""
    tells_contents: ClassVar[bool] = True
    """Whether a table of contents comes back as the text that the schema says it is."""
    inserts_several: ClassVar[bool] = True
    """Whether the server's library puts several rows of one user into a table at once; else it fails."""
    counts_flags: ClassVar[bool] = False
    """Whether what is true or false is a number where the server writes it into a text."""
    largest_file: ClassVar[int | None] = None
    """Bytes of a file that can be stored in one piece."""

    def sort_key(self, text: str) -> str:
        """What a text is sorted by."""
        return text

    def like(self, pattern: str, *, exactly: bool = False) -> Matches:
        """A test whether a text matches a pattern of LIKE; `exactly` where the server does not use ILIKE."""
        return like(pattern, exactly=exactly)

    @abstractmethod
    def too_long(self, column: str, length: int) -> str:
        """What is said of a text that is too long."""

    @abstractmethod
    def no_reference(self, table: str, constraint: str, column: str, target: str, target_column: str) -> str:
        """What is said of a reference to a row that is not there."""

    @abstractmethod
    def duplicate(self, constraint: str, column: str, value: str) -> str:
        """What is said of a value that is there already."""

    @abstractmethod
    def missing(self, table: str, column: str) -> str:
        """What is said of a null where there must be a value."""

    def negative(self, word: str, number: int) -> str | None:
        """What is said of a negative LIMIT or OFFSET; None where it is taken."""
        del word, number
        return None

    def unfitting(self, table: str, column: str, text: str) -> str | None:
        """What is said of a long text that its column has no room for; None where it has."""
        del table, column, text
        return None


class PostgreSQL(Engine):
    """PostgreSQL 15."""

    key = "postgres"
    title = "PostgreSQL"
    version = "15.18"
    moves_rows = True
    takes_nul = False
    tells_contents = False

    def too_long(self, column: str, length: int) -> str:
        """What is said of a text that is too long."""
        del column
        return f"value too long for type character varying({length})"

    def no_reference(self, table: str, constraint: str, column: str, target: str, target_column: str) -> str:
        """What is said of a reference to a row that is not there."""
        del column, target, target_column
        return f'insert or update on table "{table}" violates foreign key constraint "{constraint}"'

    def duplicate(self, constraint: str, column: str, value: str) -> str:
        """What is said of a value that is there already."""
        del column, value
        return f'duplicate key value violates unique constraint "{constraint}"'

    def missing(self, table: str, column: str) -> str:
        """What is said of a null where there must be a value."""
        return f'null value in column "{column}" of relation "{table}" violates not-null constraint'

    def negative(self, word: str, number: int) -> str | None:
        """What is said of a negative LIMIT or OFFSET."""
        del number
        return f"{word} must not be negative"


class MariaDB(Engine):
    """MariaDB 10.11, which sees neither case nor accents, and of emoji only that they are some."""

    key = "mariadb"
    title = "MariaDB"
    version = "10.11.19-MariaDB-0+deb12u1"
    collation = "FOLDED"
    doubles_links = True
    inserts_several = False
    largest_file = 8 * 1024 * 1024 - 1

    def sort_key(self, text: str) -> str:
        """What a text is sorted by."""
        return weights(text)

    def like(self, pattern: str, *, exactly: bool = False) -> Matches:
        """A test whether a text matches a pattern of LIKE."""
        del exactly
        matches = like(weights(pattern), exactly=True)

        def folded(text: str) -> bool:
            return matches(weights(text))

        return folded

    def too_long(self, column: str, length: int) -> str:
        """What is said of a text that is too long."""
        del length
        return f"Data too long for column '{column}' at row 1"

    def no_reference(self, table: str, constraint: str, column: str, target: str, target_column: str) -> str:
        """What is said of a reference to a row that is not there."""
        return (
            f"Cannot add or update a child row: a foreign key constraint fails (`wiki`.`{table}`, CONSTRAINT"
            f" `{constraint}` FOREIGN KEY (`{column}`) REFERENCES `{target}` (`{target_column}`))"
        )

    def duplicate(self, constraint: str, column: str, value: str) -> str:
        """What is said of a value that is there already; what needs four bytes it cannot write."""
        del column
        return f"Duplicate entry '{_BEYOND.sub('?', value)}' for key '{constraint}'"

    def missing(self, table: str, column: str) -> str:
        """What is said of a null where there must be a value."""
        del table
        return f"Column '{column}' cannot be null"

    def negative(self, word: str, number: int) -> str | None:
        """What is said of a negative LIMIT or OFFSET."""
        del word
        return (
            "You have an error in your SQL syntax; check the manual that corresponds to your MariaDB server version for"
            f" the right syntax to use near '{number}' at line 1"
        )

    def unfitting(self, table: str, column: str, text: str) -> str | None:
        """What is said of a long text that its column has no room for; None where it has."""
        content = text.encode()
        if len(content) <= LONGEST_TEXT:
            return None
        kept = content[:LONGEST_TEXT].decode(errors="ignore").encode()
        if len(kept) == LONGEST_TEXT:
            return f"Data too long for column '{column}' at row 1"
        cut = content[len(kept) :].decode()[0].encode()
        written = "".join(f"\\x{byte:02X}" for byte in cut)
        return f"Incorrect string value: '{written}' for column `wiki`.`{table}`.`{column}` at row 1"


class SQLite(Engine):
    """SQLite 3, which checks next to nothing as the server uses it."""

    key = "sqlite"
    title = "SQLite"
    version = "3.44.2"
    checks = False
    doubles_links = True
    inserts_several = False
    links_first = False
    counts_flags = True

    def like(self, pattern: str, *, exactly: bool = False) -> Matches:
        """A test whether a text matches a pattern of LIKE: of letters it knows the English ones."""
        del exactly
        matches = like(_lowered(pattern), exactly=True)

        def lowered(text: str) -> bool:
            return matches(_lowered(text))

        return lowered

    def too_long(self, column: str, length: int) -> str:
        """Never said."""
        raise NotImplementedError

    def no_reference(self, table: str, constraint: str, column: str, target: str, target_column: str) -> str:
        """Never said."""
        raise NotImplementedError

    def duplicate(self, constraint: str, column: str, value: str) -> str:
        """What is said of a value that is there already."""
        del constraint, value
        return f"SQLITE_CONSTRAINT: UNIQUE constraint failed: {column}"

    def missing(self, table: str, column: str) -> str:
        """What is said of a null where there must be a value."""
        return f"SQLITE_CONSTRAINT: NOT NULL constraint failed: {table}.{column}"


ENGINES: Final[dict[str, type[Engine]]] = {engine.key: engine for engine in (PostgreSQL, MariaDB, SQLite)}


def engine(key: str) -> Engine:
    """A database by its name.

    Raises:
        UnknownDatabaseError: There is none of this name.
    """
    if key not in ENGINES:
        raise UnknownDatabaseError(f"{key!r} is no database of the sandbox; take one of {', '.join(ENGINES)}.")
    return ENGINES[key]()


_BEYOND: Final = re.compile(r"[^\u0000-\uffff]")
_UPPER: Final = re.compile(r"[A-Z]+")


def _lowered(text: str) -> str:
    return _UPPER.sub(lambda match: match[0].lower(), text)


@lru_cache(maxsize=4096)
def weights(text: str) -> str:
    """What `utf8mb4_general_ci` compares of a text: each letter's base in upper case, and spaces at its end not."""
    return "".join(map(_weight, text)).rstrip(" ")


@lru_cache(maxsize=4096)
def _weight(letter: str) -> str:
    if letter > "\uffff":
        return "\ufffd"
    if letter == "ß":
        return "S"
    base = unicodedata.normalize("NFD", letter)[0].upper()
    return base if len(base) == 1 else letter


def compare(left: str, right: str) -> int:
    """Compare two texts as `utf8mb4_general_ci` does."""
    one, other = weights(left), weights(right)
    return (one > other) - (one < other)
