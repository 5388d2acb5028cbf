"""The user's own configuration: a TOML file of profiles, one a wiki.

default = "docs"

[profiles.docs]
url = "https://wiki.example.com"
token_command = "pass show wiki/docs"
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final, TypeGuard, cast

from wikijs.core.files import parse_toml
from wikijs.core.settings import normalize_url

from ..exceptions import ConfigurationError, ValidationError

NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
"""What a profile may be called: its name becomes part of names of files."""
TOKEN_SOURCES: Final = ("api_key_file", "token_command", "keyring", "auth")

_LONGEST: Final = 1_000_000
"""Bytes of a configuration; one of a project may come from anybody."""
CARRIERS: Final = ("header", "cookie")
"""Where an API key may travel."""


@dataclass(frozen=True)
class Profile:
    """One wiki of the configuration.

    Attributes:
        name: What it is called.
        url: Root of the wiki.
        email: Who logs in there, with `wikijs auth login`.
        api_key_file: File that holds an API key.
        token_command: Command that prints an API key or a login token, as its words.
        keyring: Whether the system's keyring holds the token.
        timeout: Seconds to wait for the server.
        cache: Whether the command line keeps what it read on this machine.
        verify_ssl: Whether to check the server's certificate.
        proxy: URL of a proxy to go through.
        plugins: Names of plugins to use.
        auth: Name of installed credentials (entry point group `wikijs.auth`).
        token_in: "cookie" to send an API key in a cookie, where a proxy wants the header `Authorization` for itself.
        client_cert: File with a client certificate and its key, for a proxy that asks for one.
        locale: Code of the locale that paths mean; the wiki's main one unless given.
    """

    name: str
    url: str
    email: str | None = None
    api_key_file: Path | None = None
    token_command: tuple[str, ...] = ()
    keyring: bool = False
    timeout: float | None = None
    cache: bool = False
    verify_ssl: bool = True
    proxy: str | None = field(default=None, repr=False)
    plugins: tuple[str, ...] = ()
    auth: str | None = None
    token_in: str = CARRIERS[0]
    client_cert: Path | None = None
    locale: str | None = None

    @property
    def token_source(self) -> str | None:
        """Name of the setting that says where its token comes from; None when it is a stored login, or nothing."""
        return next((name for name in TOKEN_SOURCES if getattr(self, name)), None)


KEYS: Final = tuple(item.name for item in fields(Profile) if item.name != "name")


@dataclass(frozen=True)
class Config:
    """What the file says.

    Attributes:
        path: The file, whether it exists or not.
        profiles: Profiles by name.
        default: Name of the profile to use where none is named.
    """

    path: Path
    profiles: Mapping[str, Profile] = field(default_factory=dict[str, Profile])
    default: str | None = None

    def profile(self, name: str) -> Profile:
        """The profile of that name.

        Raises:
            ConfigurationError: There is none.
        """
        if name not in self.profiles:
            raise ConfigurationError(f"There is no profile {name!r} in {self.path}.", hint=_others(name, self.profiles))
        return self.profiles[name]

    def profile_of(self, url: str) -> Profile | None:
        """The profile of a wiki; the default one where several have that URL."""
        of_url = [profile for profile in self.profiles.values() if profile.url == url]
        return next((profile for profile in of_url if profile.name == self.default), next(iter(of_url), None))


def config_path(environment: Mapping[str, str] = os.environ) -> Path:
    """Where the configuration is: WIKIJS_CONFIG, or `wikijs/config.toml` in the user's folder for configurations."""
    if environment.get("WIKIJS_CONFIG"):
        return Path(environment["WIKIJS_CONFIG"]).expanduser()
    try:
        from platformdirs import user_config_path
    except ModuleNotFoundError:  # the library without the command line
        return Path.home() / ".config" / "wikijs" / "config.toml"
    return user_config_path("wikijs", appauthor=False) / "config.toml"


def load_config(path: Path) -> Config:
    """Read the configuration; an empty one when there is no such file.

    Raises:
        ConfigurationError: The file cannot be read, or something in it is wrong; the message says what and where.
    """
    content = read_toml(path)
    problem = next(problems(content, path.parent), None)
    if problem is not None:
        raise ConfigurationError(f"{path}: {problem}", hint="`wikijs config validate` lists all that is wrong there.")
    return Config(
        path,
        {name: _profile(name, values, path.parent) for name, values in content.get("profiles", {}).items()},
        content.get("default"),
    )


def read_toml(path: Path) -> dict[str, Any]:
    """What a TOML file holds; nothing when there is none.

    Raises:
        ConfigurationError: It cannot be read, or is no TOML.
    """
    try:
        with path.open("rb") as file:
            content = file.read(_LONGEST + 1)
        if len(content) > _LONGEST:
            raise ConfigurationError(f"{path} cannot be read: it has more than {_LONGEST:,} bytes.")
        return parse_toml(content.decode("utf-8-sig"))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise ConfigurationError(f"{path} cannot be read: it is not a text file.") from None
    except ValueError as error:
        # The reason names a place, and at most one character of the text.
        raise ConfigurationError(
            f"{path} is no valid TOML: {error}.", hint="Mend that line, see https://toml.io"
        ) from None


def problems(content: Mapping[str, Any], folder: Path) -> Iterator[str]:
    """Everything that is wrong with a configuration, a sentence each."""
    profiles = content.get("profiles", {})
    for name in set(content) - {"default", "profiles"}:
        yield f"{name!r} is no setting. {_others(name, ('default', 'profiles'))}"
    if not isinstance(profiles, dict):
        yield "`profiles` must be tables, such as [profiles.docs]."
        return
    known = cast("Mapping[str, Any]", profiles)
    if "default" in content and content["default"] not in known:
        yield f"`default` names the profile {content['default']!r}, which is not there. {_others('', known)}"
    for name, values in known.items():
        if not NAME.fullmatch(name):
            yield f"{name!r} cannot be the name of a profile: take letters, digits, - and _."
        elif not isinstance(values, dict):
            yield f"profiles.{name} must be a table."
        else:
            yield from (f"profiles.{name}: {text}" for text in _problems_of(cast("dict[str, Any]", values), folder))


def _problems_of(values: Mapping[str, Any], folder: Path) -> Iterator[str]:
    if "url" not in values:
        yield "`url` is missing."
    for key, value in values.items():
        if key in {"api_key", "token", "password"}:
            yield f"`{key}` does not belong into this file. Use api_key_file, token_command or keyring."
        elif key not in KEYS:
            yield f"{key!r} is no setting. {_others(key, KEYS)}"
        else:
            try:
                _value(key, value, folder)
            except (ConfigurationError, TypeError, ValueError) as error:
                yield f"`{key}`: {error}"
    if sum(bool(values.get(source)) for source in TOKEN_SOURCES) > 1:
        yield f"only one of {', '.join(TOKEN_SOURCES)} can say where the token comes from."


def checked_profile(name: str, values: Mapping[str, Any], folder: Path) -> Profile:
    """The profile that settings make.

    Raises:
        ConfigurationError: They cannot be right.
    """
    problem = next(problems({"profiles": {name: dict(values)}}, folder), None)
    if problem is not None:
        raise ConfigurationError(problem)
    return _profile(name, values, folder)


def _profile(name: str, values: Mapping[str, Any], folder: Path) -> Profile:
    return Profile(name, **{key: _value(key, value, folder) for key, value in values.items()})


def _value(key: str, value: Any, folder: Path) -> Any:
    if key in {"api_key_file", "client_cert"}:
        return folder / Path(_typed(value, str, "the name of a file")).expanduser()
    read = _READERS.get(key) or _text
    return read(value)


def _text(value: Any) -> str:
    text: str = _typed(value, str, "a text")
    return text


def _switch(value: Any) -> bool:
    switch: bool = _typed(value, bool, "true or false")
    return switch


def _seconds(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
        raise TypeError("it must be seconds, more than 0.")
    return float(value)


def _carrier(value: Any) -> str:
    if value not in CARRIERS:
        raise TypeError("it must be header or cookie.")
    carrier: str = value
    return carrier


def _names(value: Any) -> tuple[str, ...]:
    names = [name.strip() for name in value.split(",")] if isinstance(value, str) else value
    if not _is_list(names) or not all(isinstance(name, str) and name for name in names):
        raise TypeError("it must be a list of names.")
    return tuple(names)


def _is_list(value: Any) -> TypeGuard[list[Any]]:
    return isinstance(value, list)


def _locale(value: Any) -> str:
    from wikijs.core.values.locales import checked

    try:
        return checked(value)
    except ValidationError as error:
        raise TypeError(f"{error.message} {error.hint}") from None


def _words(value: Any) -> tuple[str, ...]:
    import shlex

    is_list = isinstance(value, list)
    words = cast("Sequence[Any]", value) if is_list else shlex.split(_typed(value, str, "a command"))
    if not words or not all(isinstance(word, str) for word in words):
        raise TypeError("it must be a command, as a text or a list of its words.")
    return tuple(words)


def _typed(value: Any, kind: type[Any], wanted: str) -> Any:
    if not isinstance(value, kind) or value == "":
        raise TypeError(f"it must be {wanted}.")
    return value


_READERS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "url": normalize_url,
    "keyring": _switch,
    "cache": _switch,
    "verify_ssl": _switch,
    "timeout": _seconds,
    "token_command": _words,
    "plugins": _names,
    "token_in": _carrier,
    "locale": _locale,
}
"""How the value of a setting is read; all others are texts."""


def _others(name: str, known: Mapping[str, object] | tuple[str, ...]) -> str:
    near = get_close_matches(name, known, n=1)
    if near:
        return f"Did you mean {near[0]!r}?"
    return f"There are: {', '.join(known)}." if known else "There are none yet; `wikijs config init` makes one."
