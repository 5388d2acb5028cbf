"""Where the token for a wiki comes from: a file, a command, the system's keyring, a stored login, the environment.

A stored login is kept by profile and URL together: a profile that is pointed elsewhere does not take it along.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from wikijs.core.settings import normalize_url
from wikijs.core.tokens import read_token
from wikijs.core.values.installing import pip_line

from ..auth import APIKeyAuth, Auth, JWTAuth, PasswordAuth, TokenIn
from ..exceptions import ConfigurationError
from .profiles import Config, Profile
from .storing import others_can_write, write_private
from .targets import Target

COMMAND_TIMEOUT: Final = 60.0
"""Seconds a token command has: it may ask for a passphrase."""
_SERVICE: Final = "py-wikijs"


@dataclass(frozen=True)
class Credentials:
    """Says who we are to one wiki.

    Attributes:
        source: Where they come from, for people: "the environment", "the token command of the profile 'docs'".
        auth: For the client.
        file: The file that holds them, if one does.
    """

    source: str
    auth: Auth
    file: Path | None = None


def find_credentials(
    config: Config,
    target: Target,
    *,
    api_key_file: Path | None = None,
    environment: Mapping[str, str] = os.environ,
    totp: Callable[[], str] | None = None,
) -> Credentials | None:
    """The credentials for a wiki; None to come as a guest.

    A key file of the flags comes first, then those of a profile that a flag chose, then the environment's, then the
    profile's.

    Raises:
        ConfigurationError: They cannot be had, or must not go to this wiki.
    """
    found = _find(config, target, api_key_file, environment, totp)
    if found is not None and not target.is_trusted:
        raise ConfigurationError(
            f"{target.source} names {target.url}, which is in no profile of yours: no credentials are sent there.",
            hint="If you trust that wiki, name it yourself: --url or WIKIJS_URL, or a profile (`wikijs config init`).",
        )
    return found


def _find(
    config: Config,
    target: Target,
    api_key_file: Path | None,
    environment: Mapping[str, str],
    totp: Callable[[], str] | None,
) -> Credentials | None:
    if api_key_file is not None:
        return Credentials(f"the file {api_key_file}", auth_of(read_key(api_key_file)), api_key_file)
    if target.is_flag and target.profile is not None:
        own = of_profile(config, target.profile)
        if own is not None:
            return own
        if environment.get("WIKIJS_URL") and normalize_url(environment["WIKIJS_URL"]) != target.url:
            return None  # the key beside that URL is not for the wiki that was asked for by name
    if target.is_of_project and target.profile is not None:
        own = of_profile(config, target.profile)
        if own is None and (found := _of_environment(environment, totp)) is not None:
            raise ConfigurationError(
                f"{found.source} is not known to be meant for {target.url}, which {target.source} chose: nothing is"
                " sent there.",
                hint=f"If it is, say so: --profile {target.profile.name}, or WIKIJS_URL={target.url}.",
            )
        return own
    return _of_environment(environment, totp) or (of_profile(config, target.profile) if target.profile else None)


def _of_environment(environment: Mapping[str, str], totp: Callable[[], str] | None) -> Credentials | None:
    if key := environment.get("WIKIJS_API_KEY", "").strip():
        return Credentials("WIKIJS_API_KEY", auth_of(key))
    email, password = (environment.get(name, "") for name in ("WIKIJS_EMAIL", "WIKIJS_PASSWORD"))
    if not email:
        return None
    if not password:
        raise ConfigurationError("WIKIJS_EMAIL is set but WIKIJS_PASSWORD is not.", hint="Set both, or neither.")
    return Credentials("WIKIJS_EMAIL and WIKIJS_PASSWORD", PasswordAuth(email, password, totp=totp))


def of_profile(config: Config, profile: Profile) -> Credentials | None:
    """What a profile says about its token, or the login that is stored for it.

    Raises:
        ConfigurationError: The token cannot be had.
    """
    whose = f"the profile {profile.name!r}"
    if profile.auth is not None:
        from wikijs.plugins.discovery import load_auth

        return Credentials(f"{profile.auth!r}, for {whose}", load_auth(profile.auth))
    if profile.api_key_file is not None:
        return Credentials(
            f"the key file of {whose}", auth_of(read_key(profile.api_key_file), profile), profile.api_key_file
        )
    if profile.token_command:
        return Credentials(f"the token command of {whose}", auth_of(_from_command(config, profile), profile))
    store = LoginStore(config, profile)
    token = store.read()
    if token is None:
        return None
    auth = StoredLogin(token, store) if not read_token(token).is_api_key else APIKeyAuth(token)
    auth.token_in = _carrier(profile)
    if profile.keyring:
        return Credentials(f"the keyring, for {whose}", auth)
    return Credentials(f"the login stored for {whose}", auth, store.file)


def auth_of(token: str, profile: Profile | None = None) -> Auth:
    """An API key or a login token, whichever it is, sent as the profile says."""
    auth: Auth = APIKeyAuth(token) if read_token(token).is_api_key else JWTAuth(token)
    if profile is not None:
        auth.token_in = _carrier(profile)
    return auth


def _carrier(profile: Profile) -> TokenIn:
    return "cookie" if profile.token_in == "cookie" else "header"  # noqa: S105  where a token travels


def read_key(file: Path) -> str:
    """The key in a file.

    Raises:
        ConfigurationError: It cannot be read, or it is empty.
    """
    try:
        key = file.read_text(encoding="utf-8-sig").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = (error.strerror or "unreadable") if isinstance(error, OSError) else "not a text file"
        raise ConfigurationError(f"The API key file {file} cannot be read: {reason}.") from None
    if not key:
        raise ConfigurationError(f"The API key file {file} is empty.")
    return key


def _from_command(config: Config, profile: Profile) -> str:
    if others_can_write(config.path):
        raise ConfigurationError(
            f"Others can write {config.path}: the token command in it is not run.",
            hint=f"Look into it, then run `chmod 600 {config.path}`.",
        )
    whose = f"The token command of the profile {profile.name!r}"
    try:
        # No shell: the words are as they stand in the user's own file. What it says on stderr is for the user.
        ended = subprocess.run(  # noqa: S603
            profile.token_command, stdout=subprocess.PIPE, timeout=COMMAND_TIMEOUT, check=False, encoding="utf-8-sig"
        )
    except subprocess.TimeoutExpired:
        raise ConfigurationError(f"{whose} did not end within {COMMAND_TIMEOUT:g} s.") from None
    except (OSError, UnicodeDecodeError) as error:
        reason = (error.strerror or "unknown") if isinstance(error, OSError) else "it did not print text"
        raise ConfigurationError(f"{whose} cannot be run: {reason}.", hint=f"See {config.path}.") from None
    if ended.returncode:
        raise ConfigurationError(f"{whose} failed with exit code {ended.returncode}.", hint=f"See {config.path}.")
    lines = ended.stdout.split("\n")
    if not lines[0].strip():
        raise ConfigurationError(f"{whose} printed no token.", hint="It must print it on its first line.")
    return lines[0].strip()


class LoginStore:
    """Keeps the token of one profile: in the keyring if it says so, else in a file for its owner only."""

    def __init__(self, config: Config, profile: Profile) -> None:
        self._keyring = profile.keyring
        self._account = f"{profile.name} {profile.url}"
        self.file = config.path.parent / "logins" / f"{profile.name}-{sha256(profile.url.encode()).hexdigest()[:16]}"

    def read(self) -> str | None:
        """The token, if there is one.

        Raises:
            ConfigurationError: It cannot be read.
        """
        if self._keyring:
            return _keyring().get_password(_SERVICE, self._account)
        return read_key(self.file) if self.file.exists() else None

    def write(self, token: str) -> None:
        """Keep a token in the place of the last one."""
        if self._keyring:
            _keyring().set_password(_SERVICE, self._account, token)
        else:
            write_private(self.file, token + "\n")

    def delete(self) -> bool:
        """Forget the token. Returns whether there was one."""
        known = self.read() is not None
        if known and self._keyring:
            _keyring().delete_password(_SERVICE, self._account)
        elif known:
            self.file.unlink()
        return known


class StoredLogin(JWTAuth):
    """A login whose renewals by the server are stored, so that it lasts from one command to the next."""

    def __init__(self, token: str, store: LoginStore) -> None:
        super().__init__(token)
        self._store = store

    def adopt(self, value: str) -> None:
        """Take over a renewed token, and keep it."""
        before = self.current
        super().adopt(value)
        now = self.current
        if now is not None and now != before:
            self._store.write(now.value)


class _Keyring:
    """The system's keyring, with its errors in our words."""

    def get_password(self, service: str, account: str) -> str | None:
        return self._do("get_password", service, account)

    def set_password(self, service: str, account: str, token: str) -> None:
        self._do("set_password", service, account, token)

    def delete_password(self, service: str, account: str) -> None:
        self._do("delete_password", service, account)

    def _do(self, method: str, *values: str) -> str | None:
        try:
            import keyring
            from keyring.errors import KeyringError
        except ModuleNotFoundError:
            raise ConfigurationError(
                "The profile keeps its token in the keyring, which is an extra.",
                hint=pip_line("keyring"),
            ) from None
        try:
            answer: str | None = getattr(keyring, method)(*values)
        except (KeyringError, RuntimeError) as error:
            # The keyring's own text may name the entry, never the token.
            raise ConfigurationError(
                f"The system's keyring does not work here ({type(error).__name__}).",
                hint="Keep the token in a file or let a command print it: api_key_file, token_command.",
            ) from None
        return answer


def _keyring() -> _Keyring:
    return _Keyring()
