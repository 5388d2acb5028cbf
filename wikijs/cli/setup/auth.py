"""`wikijs auth ...`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Final

import typer

from ..frame.command import command, group
from ..frame.confirm import ask, somebody_is_there
from ..frame.failures import CommandError, ExitCode
from ..frame.output import note, show_done, show_record
from ..frame.session import Session, code_asker
from . import strategies

if TYPE_CHECKING:
    from wikijs.auth import Auth
    from wikijs.config import Profile

app = typer.Typer(no_args_is_help=True)

IDENTITY: Final = (
    *("kind", "userId", "name", "email", "groups"),
    *("keyId", "keyGroupId", "permissions", "warning", "actsAs"),
)
_STATUS: Final = ("url", "profile", "chosenBy", "credentials", "expires", "kind", "name", "email", "warning")


@group(app, example="wikijs auth login --profile docs")
def auth(session: Session) -> None:
    """Logging in, with user name and password or by single sign-on; and the ways to log in that the wiki offers."""


@command(app, "login", example="wikijs auth login --profile docs --email ada@example.com", fields=IDENTITY)
def login(
    session: Session,
    *,
    email: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Who logs in; else WIKIJS_EMAIL, or the profile's.")
    ] = None,
    strategy: Annotated[str, typer.Option(metavar="KEY", help="The wiki's strategy for logins.")] = "local",
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from the first line of stdin.")
    ] = False,
    sso: Annotated[
        bool, typer.Option("--sso", help="Log in at the identity provider, in your browser; give --strategy.")
    ] = False,
    browser: Annotated[
        bool, typer.Option("--browser", help="With --sso: in a window that closes by itself (extra `sso`).")
    ] = False,
    wait: Annotated[
        float, typer.Option(min=1, metavar="SECONDS", help="With --sso: how long to wait for the login.")
    ] = 300.0,
) -> None:
    """Log in with user name, password and, if the account asks for it, a two-factor code; or by single sign-on.

    What is kept is the token that the wiki gives, not the password: in a file that only you can read, or in the
    system's keyring where the profile says so. The wiki renews it as long as you come back within two weeks.
    """
    from wikijs.auth import JWTAuth, PasswordAuth

    profile = _profile(session)
    if profile.token_source not in {None, "keyring"}:
        raise CommandError(
            f"The profile {profile.name!r} takes its token from {profile.token_source}.",
            hint=f"To log in instead: wikijs config unset {profile.name}.{profile.token_source}",
            code=ExitCode.USAGE,
        )
    if sso or browser:
        _keep(session, profile, JWTAuth(_by_sso(profile, strategy, browser=browser, seconds=wait)))
        return
    who = email or session.environment.get("WIKIJS_EMAIL") or profile.email
    who = who or ask("Email address", instead="Give --email, or set WIKIJS_EMAIL.")
    password = sys.stdin.readline().rstrip("\n") if password_stdin else session.environment.get("WIKIJS_PASSWORD", "")
    password = password or ask("Password", hidden=True, instead="Set WIKIJS_PASSWORD, or give --password-stdin.")
    _keep(session, profile, PasswordAuth(who, password, strategy=strategy, totp=code_asker()))


def _keep(session: Session, profile: Profile, auth: Auth) -> None:
    """Ask the wiki who that is, and store the token that it gave last."""
    from wikijs.config.credentials import LoginStore

    with session.client(auth) as client:
        identity = client.whoami()
    token = auth.current
    if token is None or identity.is_guest:
        raise CommandError("The wiki took the login, and yet serves a guest.", code=ExitCode.LOGIN_NEEDED)
    LoginStore(session.config, profile).write(token.value)
    show_done(session, f"Logged in to {profile.url} as {identity.described}.", identity, key="name")


def _by_sso(profile: Profile, strategy: str, *, browser: bool, seconds: float) -> str:
    """The token of a login in a browser: from a window of ours, from the bookmarklet, or pasted."""
    from wikijs.auth.base import login_address
    from wikijs.auth.handover import Handover, from_window

    if strategy == "local":
        raise CommandError(
            "Which strategy? The one called local has no single sign-on.",
            hint="Give --strategy; `wikijs call authentication.activeStrategies` lists them.",
            code=ExitCode.USAGE,
        )
    address = login_address(profile.url, strategy)
    if browser:
        note(f"wikijs: log in in the window. It begins at {address}")
        return from_window(address, profile.url, seconds=seconds)
    with Handover(address) as handover:
        note(f"wikijs: open {handover.url} in your browser and follow it. The login begins at {address}")
        if somebody_is_there():
            import webbrowser

            webbrowser.open(handover.url)
            pasted = ask(
                "Paste the cookie jwt, or press Enter once the page says Done", hidden=True, default="", instead=""
            )
            if pasted:
                return pasted.strip().removeprefix("jwt=")
            seconds = 1.0
        token = handover.wait(seconds)
    if token is None:
        raise CommandError(
            "No token was handed over.", hint="Try again, or log in with --browser.", code=ExitCode.LOGIN_NEEDED
        )
    return token


@command(app, "logout", example="wikijs auth logout --profile docs")
def logout(session: Session) -> None:
    """Forget the login of a profile.

    Wiki.js cannot take a token back: a copy of it that somebody made works until it expires.
    """
    from wikijs.config.credentials import LoginStore

    profile = _profile(session)
    if LoginStore(session.config, profile).delete():
        show_done(session, f"Logged out of {profile.url}.")
    else:
        show_done(session, f"There was no login for {profile.url}.")


@command(app, "status", example="wikijs auth status --json", fields=_STATUS, reads=True)
def status(session: Session) -> None:
    """Show which wiki is chosen, by what, where the credentials come from, and who the wiki takes you for.

    Exit code 4 means: you are a guest.
    """
    target, found = session.target, session.credentials
    with session.client(or_guest=True) as client:
        identity = client.whoami()
    token = found.auth.current if found else None
    show_record(
        session,
        {
            "url": target.url,
            "profile": target.profile.name if target.profile else None,
            "chosenBy": target.source,
            "credentials": found.source if found else None,
            "expires": token.expiry if token else None,
            "kind": identity.kind,
            "name": identity.described if identity.kind == "api_key" else identity.name,
            "email": identity.email or None,
            "warning": identity.warning,
        },
        key="name",
    )
    if identity.is_guest:
        if found is None:
            note("wikijs: No credentials were given: set WIKIJS_API_KEY, or log in with `wikijs auth login`.")
        raise typer.Exit(ExitCode.LOGIN_NEEDED)


def _profile(session: Session) -> Profile:
    """The profile that a login belongs to."""
    target = session.target
    if target.profile is None:
        raise CommandError(
            f"There is no profile for {target.url}, and a login belongs to one.",
            hint=f"wikijs config init NAME --url {target.url}",
            code=ExitCode.USAGE,
        )
    return target.profile


app.add_typer(strategies.app, name="strategies")
