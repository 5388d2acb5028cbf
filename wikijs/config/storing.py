"""Writing files that are nobody else's business: 0600 from the first byte, and whole or not at all."""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..exceptions import ConfigurationError
from .profiles import problems, read_toml


def write_private(path: Path, text: str) -> None:
    """Replace a file by one that only its owner can read.

    Raises:
        ConfigurationError: It cannot be written.
    """
    path = path.resolve()  # a link to a file in a folder under version control stays one
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with open(descriptor, "w", encoding="utf-8", newline="\n") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
        except BaseException:
            with contextlib.suppress(OSError):
                temporary.unlink()
            raise
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be written: {error.strerror}.") from None


def warning(path: Path) -> str | None:
    """What to say when others can read a file that is nobody else's business."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return None
    if os.name != "posix" or not mode & (stat.S_IRGRP | stat.S_IROTH):
        return None
    return f"Others can read {path}: run `chmod 600 {path}`."


def others_can_write(path: Path) -> bool:
    """Whether somebody else could have written what is in a file."""
    return os.name == "posix" and path.exists() and bool(path.stat().st_mode & (stat.S_IWGRP | stat.S_IWOTH))


def change(path: Path, profile: str | None, values: Mapping[str, Any]) -> None:
    """Set values in the configuration, and leave its comments and its order as they are.

    Args:
        path: The file; it is made when it is not there.
        profile: Whose settings they are; None for those of no profile, such as `default`.
        values: The new values; None removes one.

    Raises:
        ConfigurationError: The result would not be valid, and was not written; or it cannot be written.
    """
    import tomlkit

    document = _document(path)
    table = document
    if profile is not None:
        profiles = document.setdefault("profiles", tomlkit.table(is_super_table=True))
        table = profiles.setdefault(profile, tomlkit.table())
    for key, value in values.items():
        if value is not None:
            table[key] = value
        elif key in table:
            del table[key]
    _write(path, document)


def remove(path: Path, profile: str) -> None:
    """Take a profile out of the configuration; where it was the default one, there is none any more.

    Raises:
        ConfigurationError: The file cannot be read or written.
    """
    document = _document(path)
    del document["profiles"][profile]
    if not document["profiles"]:
        del document["profiles"]
    if document.get("default") == profile:
        del document["default"]
    _write(path, document)


def _document(path: Path) -> Any:
    import tomlkit

    read_toml(path)  # says what is wrong with a broken file
    return tomlkit.parse(path.read_text(encoding="utf-8-sig") if path.exists() else "")


def _write(path: Path, document: Any) -> None:
    import tomlkit

    wrong = next(problems(document.unwrap(), path.parent), None)
    if wrong is not None:
        raise ConfigurationError(f"Nothing was written, for {wrong[0].lower()}{wrong[1:]}")
    write_private(path, tomlkit.dumps(document))
