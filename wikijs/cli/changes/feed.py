"""`wikijs feed ...`."""

from __future__ import annotations

import sys
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from ..frame.command import command, group
from ..frame.output import note, printable, show_data, show_record, write_table
from ..frame.session import Session
from ..frame.structured import wants_data
from ..frame.text import compact

if TYPE_CHECKING:
    from wikijs.feed import Event, FeedStatus

app = typer.Typer(no_args_is_help=True)

STATUS_FIELDS: Final = (
    "wiki",
    "watching",
    "started",
    "last_poll",
    "last_sweep",
    "sweep_seconds",
    "pages",
    "unseen",
    "suspended_since",
    "reason",
    "lag",
    "sequence",
    "behind",
    "troubles",
)
StoreOption = Annotated[
    str | None,
    typer.Option("--store", metavar="FILE|URL", help="Where the feed remembers what it saw."),
]


def store_of(session: Session, store: str | None) -> str:
    """The store of the wiki that a command is about."""
    if store is not None:
        return store
    from platformdirs import user_state_path

    chosen = session.environment.get("WIKIJS_FEED_STORE")
    if chosen:
        return chosen
    folder = user_state_path("wikijs", appauthor=False) / "feeds"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return str(folder / f"{sha256(session.target.url.encode()).hexdigest()[:16]}.db")


@group(app, example="wikijs feed watch --type 'page.*'")
def feed(session: Session) -> None:
    """What changes in the wiki."""


@command(app, "watch", example="wikijs feed watch --type 'page.*' --path 'docs/**' --json")
def watch(
    session: Session,
    *,
    type_: Annotated[
        list[str] | None,
        typer.Option("--type", metavar="PATTERN", help="Only these: page.created, 'page.*'."),
    ] = None,
    path: Annotated[list[str] | None, typer.Option(metavar="PATTERN", help="Only below these: 'docs/**'.")] = None,
    source: Annotated[list[str] | None, typer.Option(metavar="NAME", help="What to watch; pages unless given.")] = None,
    interval: Annotated[float, typer.Option(min=0.1, metavar="SECONDS", help="How often to look at the wiki.")] = 10,
    lines: Annotated[int | None, typer.Option("-n", "--lines", min=1, help="Stop after this many events.")] = None,
    consumer: Annotated[
        str | None, typer.Option(metavar="NAME", help="Remember what was shown, and go on there the next time.")
    ] = None,
    store: StoreOption = None,
) -> None:
    """Show what changes in the wiki until Ctrl+C; with --json a line of JSON each.

    The first time, all pages are looked at and nothing is shown. What happened since the last time is shown with
    --consumer only.
    """
    from wikijs.feed import ChangeFeed
    from wikijs.feed.filters import checked

    wanted = checked(type_ or (), path or ())
    session.no_cache = True  # what is compared must not be old
    with (
        session.client() as client,
        ChangeFeed(client, store_of(session, store), watch=source or ["pages"]) as changes,
    ):
        if sys.stdout.isatty() and not session.quiet:
            note(f"Looks at {client.url} every {interval:g} s until Ctrl+C.")
        events = (
            event
            for event in changes.listen(interval=interval, consumer=consumer)
            if wanted.wants(event.type, event.model_dump(mode="json")["data"])
        )
        for event in islice(events, lines):
            _show(session, event)


def _show(session: Session, event: Event) -> None:
    if wants_data(session):
        sys.stdout.write(compact(event.model_dump(mode="json")) + "\n")
    else:
        sys.stdout.write(printable(f"{event.timestamp:%Y-%m-%d %H:%M:%S} {event.type:<17} {_about(event)}") + "\n")
    sys.stdout.flush()


def _about(event: Event) -> str:
    """What an event is about, on a line."""
    from wikijs.feed.filters import part

    data: dict[str, Any] = event.model_dump(mode="json")["data"]
    place = part(data, "page") or part(data, "asset") or part(data, "folder") or part(data, "comment", "page")
    who = part(data, "user") or part(data, "group")
    path = place.get("path")
    name = path if path is not None else who.get("name") or data.get("reason") or event.subject
    if place.get("locale"):
        name = f"{place['locale']}/{path}"
    previous = part(data, "change", "previous").get("path")
    fields = part(data, "change").get("fields")
    author = part(data, "change", "author").get("name")
    parts = [f"{previous} -> {name}" if previous else str(name)]
    parts += [f"({', '.join(fields)})"] if fields else []
    parts += [f"by {author}"] if author else []
    parts += ["?"] if not event.certain else []
    return " ".join(parts)


@command(app, "status", example="wikijs feed status", fields=STATUS_FIELDS, reads=True)
def status(session: Session, *, store: StoreOption = None) -> None:
    """Show how the feed of the wiki is: when the wiki was last seen, and whether anything is in the way."""
    from wikijs.feed import ChangeFeed

    where = store_of(session, store)
    with session.client(or_guest=True) as client, ChangeFeed(client, where) as changes:
        found = changes.status()
    if wants_data(session):
        show_data(session, {name: _plain(getattr(found, name)) for name in STATUS_FIELDS})
    elif session.quiet:
        show_record(session, {"wiki": found.wiki}, key="wiki")
    else:
        write_table(("what", "value"), list(_rows(found, where)))
    if found.reason:
        note(f"wikijs: Nothing can be seen: {found.reason}")


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def _rows(found: FeedStatus, where: str) -> list[tuple[str, str]]:
    rows = [
        ("wiki", found.wiki),
        ("store", Path(where).name if "://" in where else where),
        ("last seen", f"{found.last_poll:%Y-%m-%d %H:%M:%S}" if found.last_poll else "never"),
        ("all pages seen", f"{found.last_sweep:%Y-%m-%d %H:%M:%S}" if found.last_sweep else "never"),
        ("pages", str(found.pages)),
        ("hidden from the feed", str(found.unseen)),
        ("newest event", str(found.sequence)),
    ]
    rows += [(f"consumer {name}", f"{behind} behind") for name, behind in found.behind.items()]
    rows += [(f"source {name}", reason) for name, reason in found.troubles.items()]
    return rows
