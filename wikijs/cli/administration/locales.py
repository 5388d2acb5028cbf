"""`wikijs locales ...`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

import typer

from ..frame.command import command, group
from ..frame.failures import CommandError, ExitCode
from ..frame.output import show_done, show_list, show_record
from ..frame.session import Session
from .modules import DryRunOption, values_of

if TYPE_CHECKING:
    from wikijs.models import Locale

app = typer.Typer(no_args_is_help=True)

LOCALE: Final = ("code", "name", "nativeName", "isRTL", "availability", "isInstalled", "installDate")
SETTINGS: Final = ("locale", "autoUpdate", "namespacing", "namespaces")
_TYPES: Final = {"locale": str, "auto_update": bool, "namespacing": bool, "namespaces": list[str]}
_NAMES: Final = ("locale", "auto_update", "namespacing", "namespaces")

CodeArgument = Annotated[str, typer.Argument(metavar="CODE", help="Code of the locale, such as fr.")]


@group(app, example="wikijs locales list")
def locales(session: Session) -> None:
    """The languages of the wiki."""


@command(app, "list", example="wikijs locales list --all", fields=LOCALE, lists=True, reads=True)
def list_locales(
    session: Session,
    *,
    everything: Annotated[bool, typer.Option("--all", help="Also those that are not installed.")] = False,
) -> None:
    """List locales that are installed, and whether pages can be in them."""
    with session.client() as client:
        found = [each for each in client.localization.locales() if everything or each.is_installed]
        used = client.localization.in_use()

    def use(locale: Locale) -> str:
        return "main" if locale.code == used[0] else "in use" if locale.code in used else ""

    show_list(
        session,
        found,
        {
            "code": lambda each: each.code,
            "name": lambda each: each.name,
            "installed": lambda each: each.is_installed,
            "use": use,
        },
        key="code",
    )


@command(app, "get", example="wikijs locales get --json", fields=SETTINGS, reads=True)
def get(session: Session) -> None:
    """Show the main locale, and those that pages can be in."""
    with session.client() as client:
        found = client.localization.get()
    show_record(session, found, {name.replace("_", " "): getattr(found, name) for name in _NAMES}, key="locale")


@command(app, "set", example='wikijs locales set namespacing=true namespaces=\'["en","fr"]\'', fields=SETTINGS)
def set_settings(
    session: Session,
    settings: Annotated[
        list[str], typer.Argument(metavar="NAME=VALUE...", help=f"{', '.join(_NAMES)}; values as JSON, or a,b,c.")
    ],
    *,
    dry_run: DryRunOption = False,
) -> None:
    """Change locale settings. What is not named is kept."""
    changes = values_of(settings, _TYPES)
    for name in changes:
        if name not in _NAMES:
            raise CommandError(f"There is no setting {name!r}.", hint=f"Use {', '.join(_NAMES)}.", code=ExitCode.USAGE)
    with session.client() as client:
        now = client.localization.get()
        if dry_run:
            rows = {name: {"now": getattr(now, name), "then": value} for name, value in changes.items()}
            text = "\n".join(f"{name}: {row['now']} -> {row['then']}" for name, row in rows.items())
            show_done(session, text, {"dryRun": True, "changes": rows})
            return
        changed = client.localization.update(**changes)
    show_done(session, f"Changed {', '.join(changes)}.", changed, key="locale")


@command(app, "install", example="wikijs locales install fr", fields=LOCALE)
def install(session: Session, code: CodeArgument) -> None:
    """Have the server download a locale. Pages can be in it once `locales set` says so."""
    with session.client() as client:
        found = client.localization.install(code)
    show_done(session, f"Installed {found.name} ({found.code}).", found, key="code")
