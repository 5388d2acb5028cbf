"""Passwords that are made here: written down once, where only the user can read them, before an account has them."""

from __future__ import annotations

import csv
import io
import os
import secrets
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final, Self

from wikijs.core.files.writing import new_file
from wikijs.core.outcomes import Outcome, classify
from wikijs.exceptions import ConfigurationError, WikiJSException

LENGTH: Final = 20
_LETTERS: Final = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Without those that look alike."""


def make_password(length: int = LENGTH) -> str:
    """A password that nobody can guess (116 bits at its usual length), of letters that can be told apart."""
    return "".join(secrets.choice(_LETTERS) for _ in range(length))


class PasswordFile:
    """A new file of passwords, for its owner's eyes only (0600). Use it in a `with` block.

    Each password is on the disk before it is given away: an account whose password nobody knows does not come about.
    One that no account has got is taken out again: whoever stands in the file has this password. A file of that name
    must not be there yet, so that no older passwords are lost.

    Args:
        path: Where to; made when the first password is.

    Raises:
        ConfigurationError: Something of that name is there, or it cannot be written.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._path = Path(path)
        self._file: BinaryIO | None = None
        self._rows = 0
        if self._path.exists() or self._path.is_symlink():
            raise self._there()
        if not self._path.absolute().parent.is_dir():
            raise ConfigurationError(f"There is no folder for {self._path}.")

    def _there(self) -> ConfigurationError:
        return ConfigurationError(
            f"{self._path} is there already, and passwords are written once.", hint="Give the name of a new file."
        )

    @contextmanager
    def made_for(self, email: str, operation: str = "users.create") -> Generator[str]:
        """A new password for an account, after it was written down. The block gives it to the account.

        Should the block fail so that no account can have it, it is taken out again.

        Args:
            email: Address of the account.
            operation: The field of the server that the block calls.

        Raises:
            ConfigurationError: It cannot be written.
        """
        password = make_password()
        try:
            if self._file is None:
                self._file = new_file(self._path, 0o600)
                _write(self._file, ["email", "password"])
            before = self._file.tell()
            _write(self._file, [email, password])
        except FileExistsError:
            raise self._there() from None
        except OSError as error:
            raise ConfigurationError(f"{self._path} cannot be written: {error.strerror}.") from None
        self._rows += 1
        try:
            yield password
        except WikiJSException as error:
            if classify(error, operation) in {Outcome.NOT_SENT, Outcome.REJECTED}:
                self._rows -= 1
                self._file.seek(before)
                self._file.truncate()
                os.fsync(self._file.fileno())
            raise

    @property
    def is_written(self) -> bool:
        """Whether there is any password in it."""
        return self._rows > 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()
            if not self.is_written:
                self._path.unlink(missing_ok=True)


def _write(file: BinaryIO, row: list[str]) -> None:
    """A row of CSV, which is on the disk afterwards."""
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(row)
    file.write(line.getvalue().encode())
    file.flush()
    os.fsync(file.fileno())
