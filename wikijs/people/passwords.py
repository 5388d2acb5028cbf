"""Passwords that are made here: written down once, where only the user can read them, before an account has them."""

from __future__ import annotations

import csv
import io
import os
import secrets
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final, Self

from wikijs.core.files.writing import new_file
from wikijs.exceptions import ConfigurationError

LENGTH: Final = 20
_LETTERS: Final = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Without those that look alike."""


def make_password(length: int = LENGTH) -> str:
    """A password that nobody can guess (116 bits at its usual length), of letters that can be told apart."""
    return "".join(secrets.choice(_LETTERS) for _ in range(length))


class PasswordFile:
    """A new file of passwords, for its owner's eyes only (0600). Use it in a `with` block.

    Each password is on the disk before it is given away: an account whose password nobody knows does not come about. A
    file of that name must not be there yet, so that no older passwords are lost.

    Args:
        path: Where to; made when the first password is.

    Raises:
        ConfigurationError: Something of that name is there, or it cannot be written.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._path = Path(path)
        self._file: BinaryIO | None = None
        if self._path.exists() or self._path.is_symlink():
            raise self._there()
        if not self._path.absolute().parent.is_dir():
            raise ConfigurationError(f"There is no folder for {self._path}.")

    def _there(self) -> ConfigurationError:
        return ConfigurationError(
            f"{self._path} is there already, and passwords are written once.", hint="Give the name of a new file."
        )

    def make(self, email: str) -> str:
        """A new password for an account, after it was written down.

        Raises:
            ConfigurationError: It cannot be written.
        """
        password = make_password()
        try:
            if self._file is None:
                self._file = new_file(self._path, 0o600)
                _write(self._file, ["email", "password"])
            _write(self._file, [email, password])
        except FileExistsError:
            raise self._there() from None
        except OSError as error:
            raise ConfigurationError(f"{self._path} cannot be written: {error.strerror}.") from None
        return password

    @property
    def is_written(self) -> bool:
        """Whether any password was made."""
        return self._file is not None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()


def _write(file: BinaryIO, row: list[str]) -> None:
    """A row of CSV, which is on the disk afterwards."""
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(row)
    file.write(line.getvalue().encode())
    file.flush()
    os.fsync(file.fileno())
