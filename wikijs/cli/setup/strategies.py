"""`wikijs auth strategies ...`."""

from __future__ import annotations

from typing import Annotated, Any, Final

import typer

from ..administration.modules import DryRunOption, KeyArgument, SettingsArgument, show_changes, show_module, values_of
from ..frame.command import command, group
from ..frame.confirm import confirm
from ..frame.failures import CommandError, ExitCode
from ..frame.output import show_done, show_list
from ..frame.session import Session

app = typer.Typer(no_args_is_help=True)

STRATEGY: Final = (
    *("key", "displayName", "order", "isEnabled", "selfRegistration", "domainWhitelist", "autoEnrollGroups"),
    "settings",
)

NameOption = Annotated[str | None, typer.Option(metavar="TEXT", help="Name to show at the login.")]
RegistrationOption = Annotated[
    bool | None, typer.Option("--registration/--no-registration", help="Let whoever logs in there become a user.")
]
DomainsOption = Annotated[
    list[str] | None, typer.Option("--domain", metavar="DOMAIN", help="Only with mail addresses there; repeat it.")
]
GroupsOption = Annotated[
    list[str] | None, typer.Option("--group", metavar="GROUP", help="Group of new users; repeat it.")
]


@group(app, example="wikijs auth strategies list")
def strategies(session: Session) -> None:
    """The ways to log in to the wiki."""


@command(app, "list", example="wikijs auth strategies list", fields=STRATEGY, lists=True, reads=True)
def list_strategies(
    session: Session,
    *,
    modules: Annotated[bool, typer.Option("--modules", help="Those that could be added, instead.")] = False,
) -> None:
    """List login strategies."""
    with session.client() as client:
        if modules:
            known = [each for each in client.authentication.strategies() if each.is_available]
            show_list(session, known, ("key", "title", "description"), key="key")
            return
        found = client.authentication.active_strategies_for_admin()
    show_list(
        session,
        found,
        {
            "key": lambda each: each.key,
            "name": lambda each: each.display_name,
            "module": lambda each: each.strategy.key,
            "enabled": lambda each: each.is_enabled,
            "registration": lambda each: each.self_registration,
        },
        key="key",
    )


@command(app, "get", example="wikijs auth strategies get local", fields=STRATEGY, reads=True)
def get(session: Session, key: KeyArgument) -> None:
    """Show a login strategy and its settings; secrets are hidden, but for --json."""
    with session.client() as client:
        found, settings = client.authentication.get_strategy(key), client.authentication.strategy_settings(key)
    from dataclasses import replace

    if not session.json:
        settings = {
            name: replace(each, value="********") if each.secret and each.value else each
            for name, each in settings.items()
        }
    fields = {
        "key": found.key,
        "name": found.display_name,
        "module": found.strategy.key,
        "registration": found.self_registration,
        "domains": found.domain_whitelist or None,
        "groups": [str(each) for each in found.auto_enroll_groups] or None,
    }
    show_module(session, found, settings, fields)


@command(app, "set", example="wikijs auth strategies set local --registration", fields=STRATEGY)
def set_settings(
    session: Session,
    key: KeyArgument,
    settings: SettingsArgument = [],  # noqa: B006  typer copies it
    *,
    name: NameOption = None,
    registration: RegistrationOption = None,
    domain: DomainsOption = None,
    group_: GroupsOption = None,
    dry_run: DryRunOption = False,
) -> None:
    """Change a login strategy. What is not named is kept, the other strategies too."""
    given: dict[str, Any] = {
        "name": name,
        "self_registration": registration,
        "domain_whitelist": domain,
        "auto_enroll_groups": _groups(group_),
    }
    changes = {field: value for field, value in given.items() if value is not None}
    values = values_of(settings)
    if not (changes or values):
        raise CommandError("Say what to change.", hint="For example: --registration.", code=ExitCode.USAGE)
    with session.client() as client:
        if dry_run:
            show_changes(session, key, client.authentication.strategy_settings(key), values)
            return
        changed = client.authentication.update_strategy(key, config=values, **changes)
    show_done(session, f"Changed {changed.display_name}.", changed, key="key")


@command(app, "enable", example="wikijs auth strategies enable local", fields=STRATEGY)
def enable(session: Session, key: KeyArgument) -> None:
    """Offer a login strategy."""
    with session.client() as client:
        changed = client.authentication.update_strategy(key, enabled=True)
    show_done(session, f"{changed.display_name} is offered.", changed, key="key")


@command(app, "disable", example="wikijs auth strategies disable ldap --yes", fields=STRATEGY)
def disable(session: Session, key: KeyArgument) -> None:
    """Offer a login strategy no more. Who logs in with nothing else is locked out."""
    with session.client() as client:
        confirm(session, f"Let nobody log in with {client.authentication.get_strategy(key).display_name} any more?")
        changed = client.authentication.update_strategy(key, enabled=False)
    show_done(session, f"{changed.display_name} is not offered any more.", changed, key="key")


@command(app, "add", example="wikijs auth strategies add oidc --name Staff clientId=wiki", fields=STRATEGY)
def add(
    session: Session,
    module: Annotated[str, typer.Argument(metavar="MODULE", help="What it is made of; see `list --modules`.")],
    settings: SettingsArgument = [],  # noqa: B006  typer copies it
    *,
    name: Annotated[str, typer.Option(metavar="TEXT", help="Name to show at the login.")],
    registration: RegistrationOption = None,
    domain: DomainsOption = None,
    group_: GroupsOption = None,
    disabled: Annotated[bool, typer.Option("--disabled", help="Do not offer it yet.")] = False,
) -> None:
    """Add a login strategy; the others are kept."""
    with session.client() as client:
        made = client.authentication.add_strategy(
            module,
            name=name,
            enabled=not disabled,
            config=values_of(settings),
            self_registration=bool(registration),
            domain_whitelist=domain or (),
            auto_enroll_groups=_groups(group_) or (),
        )
    show_done(session, f"Added {made.display_name} as {made.key}.", made, key="key")


@command(app, "remove", example="wikijs auth strategies remove 1f0c... --yes")
def remove(session: Session, key: KeyArgument) -> None:
    """Remove a login strategy that no user logs in with."""
    with session.client() as client:
        found = client.authentication.get_strategy(key)
        confirm(session, f"Remove the login strategy {found.display_name}?")
        client.authentication.remove_strategy(key)
    show_done(session, f"Removed {found.display_name}.", {"key": key}, key="key")


def _groups(given: list[str] | None) -> list[int | str] | None:
    """Groups by id or name."""
    if given is None:
        return None
    return [int(each) if each.isascii() and each.isdecimal() else each for each in given]
