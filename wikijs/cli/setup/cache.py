"""`wikijs cache ...`."""

from __future__ import annotations

from typing import Final

import typer

from ..frame.command import command, group
from ..frame.output import show_done, show_record
from ..frame.session import Session, cache_path

app = typer.Typer(no_args_is_help=True)

_STATS: Final = ("path", "entries", "bytes", "usedBy")


@group(app, example="wikijs cache clear")
def cache(session: Session) -> None:
    """What is kept of the wikis on this machine.

    Nothing is, unless a profile says so: wikijs config set PROFILE.cache true. Then reads are answered from it for an
    hour; what you write through this machine is seen at once, what others write after that hour, or with --no-cache.
    """


@command(app, "clear", example="wikijs cache clear")
def clear(session: Session) -> None:
    """Drop all of it."""
    if not cache_path(session.environment).exists():
        show_done(session, "There is no cache.", {"dropped": 0}, key="dropped")
        return
    dropped = session.cache().clear()
    show_done(session, f"Dropped {dropped} entries.", {"dropped": dropped}, key="dropped")


@command(app, "stats", example="wikijs cache stats --json", fields=_STATS, reads=True)
def stats(session: Session) -> None:
    """Show where it is, how much is in it, and which profiles use it."""
    folder = cache_path(session.environment)
    entries = session.cache().stats().size if folder.exists() else 0
    show_record(
        session,
        {
            "path": str(folder),
            "entries": entries,
            "bytes": sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()),
            "usedBy": [name for name, profile in session.config.profiles.items() if profile.cache],
        },
        key="entries",
    )
