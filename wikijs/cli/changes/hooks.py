"""`wikijs hooks ...`."""

from __future__ import annotations

import re
from datetime import timedelta
from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from ..frame.command import command, group
from ..frame.confirm import confirm
from ..frame.failures import CommandError, ExitCode
from ..frame.inputs import moment
from ..frame.output import note, printable, show_done, show_list, show_record
from ..frame.session import Session
from ..frame.structured import show_data, wants_data
from .feed import store_of

if TYPE_CHECKING:
    from wikijs.webhooks import Attempt, Delivery, NewEndpoint, Webhooks

app = typer.Typer(no_args_is_help=True)

FIELDS: Final = (
    *("id", "url", "events", "paths", "locales", "tags", "payload", "version", "ordering", "wiki", "state", "reason"),
    *("headers", "created_at", "description"),
)
DELIVERY_FIELDS: Final = ("id", "endpoint", "sequence", "event_id", "event_type", "subject", "status", "attempts")

_AGE: Final = re.compile(r"(\d+)([smhd])")
_UNITS: Final = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}

StoreOption = Annotated[
    str | None, typer.Option("--store", metavar="FILE|URL", help="The store of the feed, which holds the webhooks too.")
]
Id = Annotated[str, typer.Argument(metavar="ID", help="The endpoint.")]
Networks = Annotated[
    list[str] | None, typer.Option("--allow-network", metavar="CIDR", help="A private network that may be sent to.")
]
Http = Annotated[bool, typer.Option("--allow-http", help="Endpoints may be without TLS.")]
Events = Annotated[
    list[str] | None, typer.Option("--event", metavar="TYPE", help="page.created, 'page.*', '-page.touched'.")
]
Paths = Annotated[list[str] | None, typer.Option("--path", metavar="PATTERN", help="Only below these: 'docs/**'.")]
Locales = Annotated[list[str] | None, typer.Option("--locale", metavar="CODE", help="Only these locales.")]
Tags = Annotated[list[str] | None, typer.Option("--tag", metavar="TAG", help="Only pages with one of these tags.")]
Payloads = Annotated[str | None, typer.Option("--payload", metavar="KIND", help="thin, full or cloudevents.")]
Orderings = Annotated[str | None, typer.Option("--ordering", metavar="ORDER", help="page or none.")]
Headers = Annotated[list[str] | None, typer.Option("--header", metavar="NAME: VALUE", help="A header of its own.")]


@group(app, example="wikijs hooks add https://ci.example.com/wiki --event 'page.*'")
def hooks(session: Session) -> None:
    """Who is told what changes in the wiki."""


def opened(session: Session, store: str | None, networks: list[str] | None = None, **options: Any) -> Webhooks:
    """The webhooks of the wiki that a command is about."""
    from wikijs.webhooks import Webhooks

    return Webhooks(store_of(session, store), allow_networks=networks or (), **options)


@command(
    app, "add", example="wikijs hooks add https://ci.example.com/wiki --event 'page.*' --path 'docs/**'", fields=FIELDS
)
def add(
    session: Session,
    address: Annotated[str, typer.Argument(metavar="URL", help="Where messages go.")],
    *,
    event: Events = None,
    path: Paths = None,
    locale: Locales = None,
    tag: Tags = None,
    payload: Payloads = None,
    ordering: Orderings = None,
    header: Headers = None,
    description: Annotated[str, typer.Option(metavar="TEXT", help="What it is for.")] = "",
    allow_network: Networks = None,
    allow_http: Http = False,
    store: StoreOption = None,
) -> None:
    """Tell an address what changes, from now on. Prints the secret to verify messages with, this once.

    `wikijs hooks run` sends.
    """
    with opened(session, store, allow_network, allow_http=allow_http) as all_hooks:
        made = all_hooks.create(
            address,
            events=event or ["*"],
            paths=path or (),
            locales=locale or (),
            tags=tag or (),
            payload=payload or "thin",  # type: ignore[arg-type]  # checked there
            ordering=ordering or "page",  # type: ignore[arg-type]
            headers=_headers(header),
            description=description,
        )
    _show_secret(session, made)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else " ".join(str(each) for each in value)


def _headers(given: list[str] | None) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in given or ():
        name, colon, value = line.partition(":")
        if not colon:
            raise CommandError("A header is given as 'NAME: VALUE'.", code=ExitCode.USAGE)
        found[name.strip()] = value.strip()
    return found


def _show_secret(session: Session, made: NewEndpoint) -> None:
    if wants_data(session):
        show_data(session, {**made.endpoint.shown(), "secret": made.secret})
    else:
        typer.echo(made.secret)
        note(f"{made.id} is told from now on. Keep the secret above: it is not shown again.")


@command(app, "list", example="wikijs hooks list", fields=FIELDS, lists=True, reads=True)
def list_(session: Session, *, store: StoreOption = None) -> None:
    """List who is told."""
    with opened(session, store) as all_hooks:
        found, waiting = all_hooks.list(), all_hooks.waiting()
    show_list(
        session,
        [each.shown() for each in found],
        {
            "id": itemgetter("id"),
            "url": itemgetter("url"),
            "events": lambda each: " ".join(each["events"]),
            "state": itemgetter("state"),
            "waiting": lambda each: str(waiting.get(each["id"], 0)),
        },
    )


@command(app, "show", example="wikijs hooks show ep_5f0c", fields=FIELDS)
def show(session: Session, id: Id, *, store: StoreOption = None) -> None:
    """Show an endpoint."""
    with opened(session, store) as all_hooks:
        data = all_hooks.get(id).shown()
    show_record(session, data, {name.replace("_", " "): printable(_text(each)) for name, each in data.items() if each})


@command(app, "update", example="wikijs hooks update ep_5f0c --event 'page.*' --event comment.created", fields=FIELDS)
def update(
    session: Session,
    id: Id,
    *,
    to: Annotated[str | None, typer.Option(metavar="URL", help="Where messages go.")] = None,
    event: Events = None,
    path: Paths = None,
    locale: Locales = None,
    tag: Tags = None,
    payload: Payloads = None,
    ordering: Orderings = None,
    header: Headers = None,
    description: Annotated[str | None, typer.Option(metavar="TEXT", help="What it is for.")] = None,
    allow_network: Networks = None,
    allow_http: Http = False,
    store: StoreOption = None,
) -> None:
    """Change an endpoint; what is not given stays as it is. A list that is given replaces the old one."""
    given: dict[str, Any] = {
        "url": to,
        "events": event,
        "paths": path,
        "locales": locale,
        "tags": tag,
        "payload": payload,
        "ordering": ordering,
        "headers": _headers(header) if header else None,
        "description": description,
    }
    with opened(session, store, allow_network, allow_http=allow_http) as all_hooks:
        changed = all_hooks.update(id, **{name: value for name, value in given.items() if value is not None})
    show_done(session, f"Changed {id}.", changed.shown())


@command(app, "test", example="wikijs hooks test ep_5f0c")
def try_out(
    session: Session, id: Id, *, allow_network: Networks = None, allow_http: Http = False, store: StoreOption = None
) -> None:
    """Send webhook.test to an endpoint now and show what it answers."""
    with opened(session, store, allow_network, allow_http=allow_http) as all_hooks:
        _show_attempt(session, all_hooks.test(id))


def _show_attempt(session: Session, attempt: Attempt) -> None:
    if wants_data(session):
        show_data(session, attempt.shown())
    else:
        typer.echo(
            f"{attempt.status or 'no answer'} in {attempt.milliseconds:.0f} ms {printable(attempt.answer)}".strip()
        )
    if not attempt.ok:
        raise CommandError(attempt.error or "It failed.")


@command(app, "rotate", example="wikijs hooks rotate ep_5f0c --keep-old-for 1h", fields=FIELDS)
def rotate(
    session: Session,
    id: Id,
    *,
    keep_old_for: Annotated[
        str, typer.Option(metavar="TIME", help="How long the old secret signs too; 0s if it leaked.")
    ] = "24h",
    store: StoreOption = None,
) -> None:
    """Change the secret of an endpoint, and print the new one."""
    with opened(session, store) as all_hooks:
        _show_secret(session, all_hooks.rotate_secret(id, keep_old_for=_age(keep_old_for).total_seconds()))


@command(app, "pause", example="wikijs hooks pause ep_5f0c")
def pause(session: Session, id: Id, *, store: StoreOption = None) -> None:
    """Let messages for an endpoint wait."""
    with opened(session, store) as all_hooks:
        all_hooks.pause(id)
    show_done(session, f"{id} waits until `wikijs hooks resume {id}`.", {"id": id, "state": "paused"})


@command(app, "resume", example="wikijs hooks resume ep_5f0c")
def resume(session: Session, id: Id, *, store: StoreOption = None) -> None:
    """Send again to an endpoint that was paused or disabled."""
    with opened(session, store) as all_hooks:
        all_hooks.resume(id)
    show_done(session, f"{id} is told again.", {"id": id, "state": "active"})


@command(app, "rm", example="wikijs hooks rm ep_5f0c")
def rm(session: Session, id: Id, *, store: StoreOption = None) -> None:
    """Forget an endpoint and all that waits for it."""
    with opened(session, store) as all_hooks:
        endpoint = all_hooks.get(id)
        confirm(
            session, f"Forget {endpoint.address} and the {all_hooks.waiting().get(id, 0)} messages that wait for it?"
        )
        all_hooks.delete(id)
    show_done(session, f"{id} is forgotten.", {"id": id})


@command(
    app,
    "deliveries",
    example="wikijs hooks deliveries ep_5f0c --failed --since 24h",
    fields=DELIVERY_FIELDS,
    lists=True,
    reads=True,
)
def deliveries(
    session: Session,
    id: Annotated[str | None, typer.Argument(metavar="[ID]", help="The endpoint; all unless given.")] = None,
    *,
    failed: Annotated[bool, typer.Option("--failed", help="Only those of which the last attempt failed.")] = False,
    since: Annotated[
        str | None, typer.Option(metavar="TIME", help="Only since then: 30m, 24h, 7d, or a moment.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many at most.")] = 50,
    store: StoreOption = None,
) -> None:
    """Show what became of messages, the newest first."""
    with opened(session, store) as all_hooks:
        found = all_hooks.deliveries(id, failed=failed, since=moment(since, "--since"), limit=limit)
    if wants_data(session):
        show_data(session, [each.shown() for each in found])
        return
    show_list(
        session,
        found,
        {
            "id": attrgetter("id"),
            "event": attrgetter("event_type"),
            "about": attrgetter("subject"),
            "status": attrgetter("status"),
            "attempts": lambda each: str(len(each.attempts)),
            "last": _last,
        },
        empty_is_good=failed,
    )


def _last(delivery: Delivery) -> str:
    """What its last attempt came to."""
    if not delivery.attempts:
        return ""
    return printable(delivery.attempts[-1].error or str(delivery.attempts[-1].status))


@command(app, "redeliver", example="wikijs hooks redeliver ep_5f0c.42")
def redeliver(
    session: Session,
    id: Annotated[str, typer.Argument(metavar="ID", help="The delivery.")],
    *,
    allow_network: Networks = None,
    allow_http: Http = False,
    store: StoreOption = None,
) -> None:
    """Send a message again now, with the same id."""
    with opened(session, store, allow_network, allow_http=allow_http) as all_hooks:
        _show_attempt(session, all_hooks.redeliver(id))


@command(app, "recover", example="wikijs hooks recover ep_5f0c --since 24h")
def recover(
    session: Session,
    id: Id,
    *,
    since: Annotated[str, typer.Option(metavar="TIME", help="Since when: 30m, 24h, 7d ago, or a moment.")],
    store: StoreOption = None,
) -> None:
    """Let an endpoint have again what it wanted and never took."""
    with opened(session, store) as all_hooks:
        count = all_hooks.recover(id, since=moment(since, "--since"))
    show_done(session, f"{count} message{'s' * (count != 1)} will be sent by `wikijs hooks run`.", {"messages": count})


@command(app, "run", example="wikijs hooks run --interval 10 --listen 127.0.0.1:9464")
def run(
    session: Session,
    *,
    interval: Annotated[float, typer.Option(min=0.1, metavar="SECONDS", help="How often to look at the wiki.")] = 10,
    source: Annotated[list[str] | None, typer.Option(metavar="NAME", help="What to watch; pages unless given.")] = None,
    listen: Annotated[
        str | None, typer.Option(metavar="HOST:PORT", help="Serve /healthz, /readyz and /metrics there.")
    ] = None,
    allow_network: Networks = None,
    allow_http: Http = False,
    proxy: Annotated[str | None, typer.Option(metavar="URL", help="Send through this proxy.")] = None,
    store: StoreOption = None,
) -> None:
    """Look at the wiki and send what is to be sent until SIGTERM or Ctrl+C; what is under way is ended first."""
    session.no_cache = True  # what is compared must not be old
    with (
        session.client() as client,
        opened(session, store, allow_network, allow_http=allow_http, proxy=proxy) as all_hooks,
    ):
        if not session.quiet:
            note(f"Looks at {client.url} every {interval:g} s and sends, until Ctrl+C or SIGTERM.")
        all_hooks.run(client, interval=interval, watch=source or ["pages"], listen=listen)


def _age(text: str) -> timedelta:
    match = _AGE.fullmatch(text)
    if match is None:
        raise CommandError(f"{text!r} is no time such as 30m, 24h or 7d.", code=ExitCode.USAGE)
    return timedelta(**{_UNITS[match[2]]: int(match[1])})
