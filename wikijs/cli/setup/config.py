"""`wikijs config ...`."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Final
from urllib.parse import urlsplit

import typer

from ..frame.command import command, group
from ..frame.confirm import ask, confirm, somebody_is_there
from ..frame.failures import CommandError, ExitCode
from ..frame.output import note, show_data, show_done, show_list, wants_data
from ..frame.session import Session

if TYPE_CHECKING:
    from wikijs import Identity
    from wikijs.auth import Auth
    from wikijs.config import Profile

app = typer.Typer(no_args_is_help=True)

_LISTED: Final = ("name", "url", "default", "token", "email", "cache")


@group(app, example="wikijs config init docs --url https://wiki.example.com")
def config(session: Session) -> None:
    """The wikis you work with."""


@dataclass(frozen=True)
class _Way:
    """How a new profile gets its token.

    Attributes:
        settings: What to write for it.
        secret: A key to store: in the keyring, or in a file for its owner only.
    """

    settings: Mapping[str, Any]
    secret: str | None = None


@command(app, "init", example="wikijs config init docs --url https://wiki.example.com --token-command 'pass show wiki'")
def init(
    session: Session,
    name: Annotated[str | None, typer.Argument(help="What to call the wiki here.", show_default=False)] = None,
    *,
    token_command: Annotated[
        str | None, typer.Option(metavar="COMMAND", help="Command that prints the API key on its first line.")
    ] = None,
    keyring: Annotated[bool, typer.Option("--keyring", help="Keep the token in the system's keyring.")] = False,
    email: Annotated[str | None, typer.Option(metavar="ADDRESS", help="Who logs in, with `wikijs auth login`.")] = None,
    no_test: Annotated[bool, typer.Option("--no-test", help="Do not try the connection first.")] = False,
) -> None:
    """Set up a wiki: ask what is not given, try the connection, and write the configuration.

    The file is for you alone (0600). It never holds a key: that goes into a file of its own, or into the keyring.
    """
    from wikijs.config.storing import change
    from wikijs.core.settings import normalize_url

    url = normalize_url(
        session.url
        or ask(
            "URL of the wiki",
            default=session.environment.get("WIKIJS_URL") or None,
            instead="Give --url, or set WIKIJS_URL.",
        )
    )
    host = (urlsplit(url).hostname or "wiki").split(".")[0]
    name = name or ask("Name for it here", default=host, instead="")
    known = session.config
    if name in known.profiles:
        confirm(session, f"Replace the profile {name!r} of {known.path}?")
    way = _way(session, token_command=token_command, keyring=keyring, email=email)
    profile = _checked(session, name, {"url": url, **way.settings})
    if not no_test:
        _try(session, profile, way)
    settings = dict(way.settings)
    if way.secret is not None and not settings.get("keyring"):
        settings["api_key_file"] = _write_key(session, name, way.secret)
    elif way.secret is not None:
        from wikijs.config.credentials import LoginStore

        LoginStore(known, profile).write(way.secret)
    from wikijs.config.profiles import KEYS

    change(known.path, name, {**dict.fromkeys(KEYS), "url": url, **settings})
    if known.default is None:
        change(known.path, None, {"default": name})
    show_done(session, f"Wrote the profile {name!r} to {known.path}.", {"path": str(known.path), "profile": name})
    if "email" in settings:
        note(f"Log in with: wikijs auth login --profile {name}")


@command(app, "validate", example="wikijs config validate")
def validate(session: Session) -> None:
    """Check the configuration and the project's file, and say all that is wrong."""
    from pathlib import Path

    from wikijs.config import config_path
    from wikijs.config.profiles import problems, read_toml
    from wikijs.config.storing import warning
    from wikijs.config.targets import find_project

    path = config_path(session.environment)
    if not path.exists() and (session.url or session.environment.get("WIKIJS_URL")):
        _validate_environment(session)
        return
    if not path.exists():
        raise CommandError(f"There is no configuration at {path}.", hint="`wikijs config init` makes one.")
    found = list(problems(read_toml(path), path.parent))
    said = warning(path)
    if said:
        found.append(said)
    if not found and find_project(Path.cwd()) is not None:
        _ = session.target  # says what is wrong with the project's file
    if wants_data(session):
        show_data(session, {"path": str(path), "problems": found})
    elif not found:
        show_done(session, f"{path} is valid.")
    for problem in found:
        note(f"wikijs: {path}: {problem}")
    if found:
        raise typer.Exit(ExitCode.FAILED)


def _validate_environment(session: Session) -> None:
    """Check what the environment and the options say, where there is no configuration."""
    from wikijs.core.values.locales import checked
    from wikijs.exceptions import ConfigurationError, ValidationError

    target, credentials = session.target, session.credentials  # each says what is wrong with it
    locale = session.locale or session.environment.get("WIKIJS_LOCALE")
    if locale:
        try:
            checked(locale)
        except ValidationError as error:
            raise ConfigurationError(f"WIKIJS_LOCALE: {error.message}", hint=error.hint) from None
    token = credentials.source if credentials is not None else None
    data: dict[str, object] = {"path": None, "problems": [], "url": target.url, "token": token}
    who = f"the token is that of {token}" if token else "no token is given: you are a guest"
    show_done(session, f"{target.source} is valid: {target.url}, and {who}.", data)


@command(app, "list", example="wikijs config list --json name,url", fields=_LISTED, lists=True)
def list_profiles(session: Session) -> None:
    """List the wikis of the configuration. Tokens are never shown."""
    from wikijs.config.credentials import LoginStore

    known = session.config

    def token(profile: Profile) -> str | None:
        stored = "login" if LoginStore(known, profile).file.exists() else None
        return profile.token_source or stored

    show_list(
        session,
        [
            {
                "name": profile.name,
                "url": profile.url,
                "default": profile.name == known.default,
                "token": token(profile),
                "email": profile.email,
                "cache": profile.cache,
            }
            for profile in known.profiles.values()
        ],
        _LISTED,
        key="name",
    )


@command(app, "set", example="wikijs config set docs.timeout 60")
def set_value(
    session: Session,
    setting: Annotated[str, typer.Argument(help="default, or PROFILE.NAME, such as docs.url.")],
    value: Annotated[str, typer.Argument(help="The new value.")],
) -> None:
    """Change a setting. A profile that is not there is made when its url is set."""
    from wikijs.config.storing import change

    profile, key = _split(setting)
    change(session.config.path, profile, {key: _parsed(key, value)})
    show_done(session, f"Set {setting} to {value}.", {"setting": setting, "value": _parsed(key, value)})


@command(app, "unset", example="wikijs config unset docs.timeout")
def unset(
    session: Session, setting: Annotated[str, typer.Argument(help="default, or PROFILE.NAME, such as docs.timeout.")]
) -> None:
    """Remove a setting."""
    from wikijs.config.profiles import read_toml
    from wikijs.config.storing import change

    profile, key = _split(setting)
    if profile is not None:
        session.config.profile(profile)
    settings = read_toml(session.config.path)
    if key not in (settings if profile is None else settings["profiles"][profile]):
        raise CommandError(
            f"{session.config.path} does not set {setting}.",
            hint="`wikijs config list` shows the profiles.",
            code=ExitCode.USAGE,
        )
    change(session.config.path, profile, {key: None})
    show_done(session, f"Removed {setting}.", {"setting": setting})


@command(app, "path", example="wikijs config path")
def path(session: Session) -> None:
    """Show where the configuration is."""
    from wikijs.config import config_path

    where = config_path(session.environment)
    if wants_data(session):
        show_data(session, {"path": str(where), "exists": where.exists()})
    else:
        sys.stdout.write(f"{where}\n")


def _way(session: Session, *, token_command: str | None, keyring: bool, email: str | None) -> _Way:
    """Where the token comes from: as the options say, else as whoever is there answers."""
    settings: dict[str, Any] = {"email": email} if email else {}
    if session.api_key_file is not None:
        return _Way({**settings, "api_key_file": str(session.api_key_file.expanduser().absolute())})
    if token_command:
        return _Way({**settings, "token_command": token_command})
    if keyring:
        key = None if email else ask("API key", hidden=True, instead="Give --email too, and log in afterwards.")
        return _Way({**settings, "keyring": True}, key)
    return _Way(settings) if email or not somebody_is_there() else _asked_way()


def _asked_way() -> _Way:
    question = "Log in with an API key, a command that prints one, an email address, or as a guest"
    answer = ask(question, default="key", instead="").lower()
    if answer in {"key", "api key", "an api key"}:
        return _Way({}, ask("API key", hidden=True, instead=""))
    if "command" in answer:
        return _Way({"token_command": ask("Command", instead="")})
    if "email" in answer:
        return _Way({"email": ask("Email address", instead="")})
    return _Way({})


def _checked(session: Session, name: str, settings: Mapping[str, Any]) -> Profile:
    """The profile that these settings make."""
    from wikijs.config.profiles import checked_profile

    return checked_profile(name, settings, session.config.path.parent)


def _try(session: Session, profile: Profile, way: _Way) -> None:
    """Ask the wiki who we are there."""
    from wikijs import exceptions as exc
    from wikijs.config import Target
    from wikijs.config.credentials import auth_of, of_profile

    session.target = Target(profile.url, "the new profile", profile)
    session.credentials = None
    try:
        auth: Auth | None = auth_of(way.secret) if way.secret else None
        if auth is None:
            found = of_profile(session.config, profile)
            auth = found.auth if found else None
        with session.client(auth) as client:
            identity = client.whoami()
        _report(identity, auth)
    except (exc.WikiJSException, CommandError) as error:
        if not somebody_is_there():
            raise
        note(f"wikijs: {error}")
        confirm(session, "Write the configuration all the same?")


def _report(identity: Identity, auth: Auth | None) -> None:
    if identity.is_guest and auth is not None:
        raise CommandError(
            identity.warning or "The wiki serves a guest.", hint="Take a key of this wiki.", code=ExitCode.LOGIN_NEEDED
        )
    note(f"The wiki answers, and takes you for {identity.described}.")


def _write_key(session: Session, name: str, key: str) -> str:
    """Keep a key in a file of its own. Returns its name, as the configuration names it."""
    from wikijs.config.storing import write_private

    write_private(session.config.path.parent / "keys" / name, key + "\n")
    return f"keys/{name}"


def _split(setting: str) -> tuple[str | None, str]:
    profile, dot, key = setting.partition(".")
    if dot and profile and key:
        return profile, key
    if setting == "default":
        return None, setting
    raise CommandError(
        f"{setting!r} is no setting.", hint="Write default, or PROFILE.NAME, such as docs.url.", code=ExitCode.USAGE
    )


def _parsed(key: str, value: str) -> Any:
    """A value as TOML has it."""
    if key in {"keyring", "cache", "verify_ssl"}:
        return {"true": True, "yes": True, "false": False, "no": False}.get(value.lower(), value)
    if key == "timeout":
        try:
            return float(value) if "." in value else int(value)
        except ValueError:
            return value
    return value
