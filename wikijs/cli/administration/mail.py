"""`wikijs mail ...`."""

from __future__ import annotations

from typing import Annotated, Any, Final

import typer

from ..frame.command import command, group
from ..frame.failures import CommandError, ExitCode
from ..frame.inputs import read_text
from ..frame.output import show_done, show_record
from ..frame.session import Session
from .modules import DryRunOption, values_of

app = typer.Typer(no_args_is_help=True)

MAIL: Final = (
    *("senderName", "senderEmail", "host", "port", "name", "secure", "verifySSL", "user", "pass"),
    *("useDKIM", "dkimDomainName", "dkimKeySelector", "dkimPrivateKey"),
)
_NAMES: Final = (
    *("sender_name", "sender_email", "host", "port", "name", "secure", "verify_ssl", "user", "password"),
    *("use_dkim", "dkim_domain_name", "dkim_key_selector", "dkim_private_key"),
)
_TYPES: Final = dict.fromkeys(_NAMES, str) | {"port": int, "secure": bool, "verify_ssl": bool, "use_dkim": bool}
_SECRETS: Final = ("password", "dkim_private_key")


@group(app, example="wikijs mail get")
def mail(session: Session) -> None:
    """How the wiki sends mail."""


@command(app, "get", example="wikijs mail get --json host,port", fields=MAIL, reads=True)
def get(session: Session) -> None:
    """Show the mail settings. The password reads ********."""
    with session.client() as client:
        found = client.mail.get()
    shown = {name: getattr(found, "pass_" if name == "password" else name) for name in _NAMES}
    if shown["dkim_private_key"]:
        shown["dkim_private_key"] = "********"
    show_record(session, found, shown, key="host")


@command(app, "set", example="wikijs mail set host=mail.example.com port=465 secure=true", fields=MAIL)
def set_settings(
    session: Session,
    settings: Annotated[
        list[str] | None, typer.Argument(metavar="NAME=VALUE...", help="Settings as `mail get` names them.")
    ] = None,
    *,
    password_file: Annotated[
        str | None, typer.Option(metavar="FILE", help="File with the password; - is stdin.")
    ] = None,
    dkim_key_file: Annotated[
        str | None, typer.Option(metavar="FILE", help="File with the DKIM key; - is stdin.")
    ] = None,
    dry_run: DryRunOption = False,
) -> None:
    """Change mail settings. What is not named is kept, the password too."""
    changes: dict[str, Any] = values_of(settings or [], _TYPES)
    for name in changes:
        if name in _SECRETS:
            option = "--password-file" if name == "password" else "--dkim-key-file"
            raise CommandError(
                f"{name} on the command line can be read by others.", hint=f"Give {option} FILE.", code=ExitCode.USAGE
            )
        if name not in _NAMES:
            raise CommandError(f"There is no setting {name!r}.", hint=f"Use {', '.join(_NAMES)}.", code=ExitCode.USAGE)
    if password_file is not None:
        changes["password"] = read_text(password_file).rstrip("\r\n")
    if dkim_key_file is not None:
        changes["dkim_private_key"] = read_text(dkim_key_file)
    if not changes:
        raise CommandError("Say what to change.", hint="For example: host=mail.example.com.", code=ExitCode.USAGE)
    shown = ", ".join(changes)
    if dry_run:
        show_done(session, f"Would change {shown}.", {"dryRun": True, "changes": list(changes)})
        return
    with session.client() as client:
        changed = client.mail.update(**changes)
    show_done(session, f"Changed {shown}.", changed, key="host")


@command(app, "test", example="wikijs mail test ada@example.com")
def test(
    session: Session, address: Annotated[str, typer.Argument(metavar="ADDRESS", help="Whom to send a mail to.")]
) -> None:
    """Have the wiki send a mail, to see whether it can."""
    with session.client() as client:
        client.mail.send_test(address)
    show_done(session, f"The wiki sent a mail to {address}.", {"address": address}, key="address")
