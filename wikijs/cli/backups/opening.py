"""What the commands around backups share: opening a backup, and options."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..frame.failures import CommandError

if TYPE_CHECKING:
    from wikijs.backup.store import Store

BackupArgument = Annotated[
    Path, typer.Argument(metavar="BACKUP", help="A folder of backups, or a file such as wiki.tar.zst.")
]
IdentityOption = Annotated[
    list[str] | None,
    typer.Option("--identity", "-i", metavar="FILE", help="File with a secret key that opens an encrypted backup."),
]
NameOption = Annotated[
    str | None,
    typer.Option(
        "--backup", metavar="NAME", help="Which one of several, by the beginning of its name; else the newest."
    ),
]


@contextmanager
def opened(backup: Path, identities: list[str] | None) -> Generator[Store]:
    """A backup that is there.

    Raises:
        ConfigurationError: It is none, or no key opens it.
    """
    from wikijs.backup.archives import is_archive, unpacked
    from wikijs.backup.store import Store

    if is_archive(backup) and not backup.is_dir():
        with unpacked(backup, identities or ()) as store:
            yield store
    elif not backup.exists():
        raise CommandError(f"{backup} does not exist.", hint="Give a folder or a file that `wikijs backup` made.")
    else:
        yield Store(backup)
