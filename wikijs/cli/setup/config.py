"""`wikijs config ...`."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Final
from urllib.parse import urlsplit

import typer

from ..frame.command import command, group
from ..frame.confirm import ask, confirm, somebody_is_there
from ..frame.failures import CommandError, ExitCode
from ..frame.inputs import known_as
from ..frame.output import note, show_data, show_done, show_list, wants_data
from ..frame.session import Session
from .asking import Way, asked_url, way_of

if TYPE_CHECKING:
    from wikijs import Identity
    from wikijs.auth import Auth
    from wikijs.config import Profile

app = typer.Typer(no_args_is_help=True)

_LISTED: Final = ("name", "url", "default", "token", "email", "cache")


@group(app, example="wikijs config init docs --url https://wiki.example.com")
def config(session: Session) -> None:
    """The wikis you work with."""


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

    Where WIKIJS_API_KEY is set it is tried, and not stored. The file is for you alone (0600). It never holds a key:
    that goes into a file of its own, or into the keyring.
    """
    from wikijs.config.storing import change
    from wikijs.core.settings import normalize_url

    url = normalize_url(session.url) if session.url else asked_url(session, is_tried=not no_test)
    host = (urlsplit(url).hostname or "wiki").split(".")[0]
    name = name or ask("Name for it here", default=host, instead="")
    known = session.config
    if name in known.profiles:
        confirm(session, f"Replace the profile {name!r} of {known.path}?")
    way = way_of(session, token_command=token_command, keyring=keyring, email=email)
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
    if way.tried_with is not None:
        note("WIKIJS_API_KEY is used as long as it is set: the key was not stored.")
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


@command(app, "list", example="wikijs config list --json name,url", fields=_LISTED, lists=True, reads=True)
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


@command(app, "use", example="wikijs config use docs")
def use(session: Session, name: Annotated[str, typer.Argument(metavar="PROFILE", help="Which one.")]) -> None:
    """Take a profile where none is named: make it the default one."""
    from wikijs.config.storing import change

    profile = session.config.profile(name)
    change(session.config.path, None, {"default": name})
    show_done(
        session, f"{name} is the default now: {profile.url}.", {"profile": name, "url": profile.url}, key="profile"
    )


@command(app, "remove", example="wikijs config remove docs")
def remove_profile(
    session: Session, name: Annotated[str, typer.Argument(metavar="PROFILE", help="Which one.")]
) -> None:
    """Remove a profile, its login, and the key that `config init` kept for it. The wiki itself is not touched."""
    from wikijs.config.credentials import LoginStore
    from wikijs.config.storing import remove

    known = session.config
    profile = known.profile(name)
    confirm(session, f"Remove the profile {name!r} ({profile.url}) of {known.path}?")
    LoginStore(known, profile).delete()
    key = known.path.parent / _key_file(name)
    if profile.api_key_file == key:
        key.unlink(missing_ok=True)
    remove(known.path, name)
    was_default = " It was the default; `wikijs config use` chooses another." if known.default == name else ""
    show_done(session, f"Removed the profile {name!r}.{was_default}", {"profile": name}, key="profile")


@command(app, "path", example="wikijs config path")
def path(session: Session) -> None:
    """Show where the configuration is."""
    from wikijs.config import config_path

    where = config_path(session.environment)
    if wants_data(session):
        show_data(session, {"path": str(where), "exists": where.exists()})
    else:
        sys.stdout.write(f"{where}\n")


def _checked(session: Session, name: str, settings: Mapping[str, Any]) -> Profile:
    """The profile that these settings make."""
    from wikijs.config.profiles import checked_profile

    return checked_profile(name, settings, session.config.path.parent)


def _try(session: Session, profile: Profile, way: Way) -> None:
    """Ask the wiki who we are there."""
    from wikijs import exceptions as exc
    from wikijs.config import Target
    from wikijs.config.credentials import auth_of, of_profile

    session.target = Target(profile.url, "the new profile", profile)
    session.credentials = None
    try:
        key = way.secret or way.tried_with
        auth: Auth | None = auth_of(key) if key else None
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

    write_private(session.config.path.parent / _key_file(name), key + "\n")
    return _key_file(name)


def _key_file(name: str) -> str:
    return f"keys/{name}"


def _split(setting: str) -> tuple[str | None, str]:
    from wikijs.config.profiles import KEYS

    profile, dot, key = setting.partition(".")
    if dot and profile and key:
        return profile, known_as(key, KEYS)
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
