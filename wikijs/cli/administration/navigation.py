"""`wikijs navigation ...`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final, Literal

import typer

from ..frame.command import command, group
from ..frame.confirm import confirm
from ..frame.failures import CommandError, ExitCode
from ..frame.inputs import DataFile, read_data
from ..frame.output import show_done, show_list
from ..frame.session import Session
from ..pages.arguments import check_locale

if TYPE_CHECKING:
    from wikijs import WikiJSClient

app = typer.Typer(no_args_is_help=True)

_FIELDS: Final = (
    *("id", "kind", "label", "icon", "targetType", "target"),
    *("visibilityMode", "visibilityGroups"),
)

Mode = Literal["NONE", "TREE", "MIXED", "STATIC"]
Kind = Literal["link", "header", "divider"]
TargetType = Literal["home", "page", "external", "search"]
Locale = Annotated[str | None, typer.Option(metavar="CODE", help="Locale of the items; else the wiki's main one.")]


@group(app, example="wikijs navigation list")
def navigation(session: Session) -> None:
    """The navigation beside the pages."""


@command(app, "list", example="wikijs navigation list --yaml > navigation.yaml", fields=_FIELDS, lists=True, reads=True)
def list_items(session: Session, *, locale: Locale = None) -> None:
    """List the items of a locale."""
    with session.client() as client:
        found = client.navigation.get(locale=locale)
        if not found:
            check_locale(client, locale)
    show_list(session, found, ("id", "kind", "label", "target_type", "target", "visibility_mode"))


@command(app, "set", example="wikijs navigation set navigation.yaml", fields=_FIELDS)
def set_items(session: Session, file: DataFile, *, locale: Locale = None) -> None:
    """Replace the items of a locale by those of a file, in the form that `list --yaml` prints."""
    from pydantic.alias_generators import to_snake

    from wikijs.models import NavigationItem

    rows = read_data(file)
    try:
        items = [NavigationItem(**{to_snake(name): value for name, value in row.items()}) for row in rows]
    except (TypeError, AttributeError):
        raise CommandError(
            f"The file {file} holds no list of items.",
            hint=f"Each item may have {', '.join(_FIELDS)}.",
            code=ExitCode.USAGE,
        ) from None
    with session.client() as client:
        locale = locale or client.localization.default()
        now = len(client.navigation.get(locale=locale))
        if now:
            confirm(session, f"Replace the {now} items of {locale} by {len(items)}?")
        made = client.navigation.set(items, locale=locale)
    show_done(session, f"The navigation of {locale} has {len(made)} items.", made)


@command(app, "add", example="wikijs navigation add Handbook --target /en/handbook", fields=_FIELDS)
def add(
    session: Session,
    label: Annotated[str, typer.Argument(help="Text of the link or header.")] = "",
    *,
    kind: Annotated[Kind, typer.Option(help="What it is.")] = "link",
    target: Annotated[str, typer.Option(help="Path of a page with its locale, address, or text to search for.")] = "",
    target_type: Annotated[TargetType, typer.Option(help="Where it leads.")] = "page",
    icon: Annotated[str, typer.Option(help="Name of an icon, such as mdi-home.")] = "",
    index: Annotated[int | None, typer.Option(min=0, help="Place among the items, from 0; else at the end.")] = None,
    locale: Locale = None,
) -> None:
    """Add an item."""
    from wikijs.models import NavigationItem

    item = NavigationItem(kind=kind, label=label, icon=icon, target_type=target_type, target=target)
    with session.client() as client:
        made = client.navigation.add_item(item, locale=locale, index=index)
    show_done(session, f"Added {made.kind} {made.label or made.id}.", made)


@command(app, "remove", example="wikijs navigation remove Handbook")
def remove(
    session: Session,
    item: Annotated[str, typer.Argument(metavar="ITEM", help="Label or id of the item, as `list` shows it.")],
    *,
    locale: Locale = None,
) -> None:
    """Remove an item."""
    with session.client() as client:
        number = _item_id(client, item, locale)
        client.navigation.remove_item(number, locale=locale)
    show_done(session, f"Removed item {item}.", {"id": number})


def _item_id(client: WikiJSClient, item: str, locale: str | None) -> str:
    """The id of an item given by its id or its label."""
    items = client.navigation.get(locale=locale)
    if any(each.id == item for each in items):
        return item
    ids = [each.id for each in items if (each.label or "").casefold() == item.casefold()]
    if len(ids) == 1:
        return ids[0]
    if ids:
        raise CommandError(f"{len(ids)} items are called {item!r}.", hint=f"Give one of the ids {', '.join(ids)}.")
    labels = [each.label for each in items if each.label]
    raise CommandError(
        f"The navigation has no item {item!r}.",
        hint=f"It has: {', '.join(labels)}." if labels else "It has no items with a label in this locale.",
    )


@command(app, "mode", example="wikijs navigation mode MIXED")
def mode(
    session: Session,
    mode: Annotated[
        Mode | None, typer.Argument(help="What to show: nothing, the tree of pages, both, or the items.")
    ] = None,
) -> None:
    """Tell which navigation is shown, or choose it."""
    with session.client() as client:
        if mode is not None:
            client.navigation.set_mode(mode)
        shown = client.navigation.mode() if mode is None else mode
    show_done(session, f"The navigation is {shown}.", {"mode": shown}, key="mode")
