"""Which wiki a command talks to, as whom, and how it shows results."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from .failures import CommandError, ExitCode

if TYPE_CHECKING:
    import httpx2

    from wikijs import WikiJSClient
    from wikijs.auth import Auth


@dataclass
class Session:
    """What global options and the environment say. Options win.

    Attributes:
        json: Fields to print as JSON, separated by commas, or "*"; None for people.
        filter: Path of what to print of the result.
        http: HTTP client to use instead of a new one, for tests.
    """

    url: str | None = None
    profile: str | None = None
    api_key_file: Path | None = None
    timeout: float | None = None
    json: str | None = None
    filter: str | None = None
    yaml: bool = False
    quiet: bool = False
    yes: bool = False
    no_cache: bool = False
    debug: bool = False
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)
    http: httpx2.Client | None = None

    def client(self) -> WikiJSClient:
        """A client of the wiki.

        Raises:
            CommandError: No wiki was named, or the key cannot be read.
            ConfigurationError: The URL or the token cannot be right.
        """
        from wikijs import WikiJSClient

        url = self.url or self.environment.get("WIKIJS_URL")
        if not url:
            raise CommandError("Which wiki?", hint="Give --url, or set WIKIJS_URL.", code=ExitCode.USAGE)
        timeout = 30.0 if self.timeout is None else self.timeout
        return WikiJSClient(url, auth=self._auth(), timeout=timeout, http_client=self.http)

    @property
    def has_credentials(self) -> bool:
        """Whether anything says who we are."""
        return self.api_key_file is not None or any(
            self.environment.get(name) for name in ("WIKIJS_API_KEY", "WIKIJS_EMAIL")
        )

    def _auth(self) -> Auth | str | None:
        if self.api_key_file is not None:
            return _read_key(self.api_key_file)
        if key := self.environment.get("WIKIJS_API_KEY", "").strip():
            return key
        email, password = (self.environment.get(name, "") for name in ("WIKIJS_EMAIL", "WIKIJS_PASSWORD"))
        if not email:
            return None
        if not password:
            raise CommandError(
                "WIKIJS_EMAIL is set but WIKIJS_PASSWORD is not.", hint="Set both, or neither.", code=ExitCode.USAGE
            )
        from wikijs.auth import PasswordAuth

        return PasswordAuth(email, password, totp=_code_asker())


def _read_key(file: Path) -> str:
    try:
        key = file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = (error.strerror or "unreadable") if isinstance(error, OSError) else "not a text file"
        raise CommandError(f"The API key file {file} cannot be read: {reason}.", code=ExitCode.USAGE) from None
    if not key:
        raise CommandError(f"The API key file {file} is empty.", code=ExitCode.USAGE)
    return key


def _code_asker() -> Callable[[], str] | None:
    """Asks for a two-factor code, where somebody is there to answer."""
    if not sys.stdin.isatty():
        return None
    import typer

    def ask() -> str:
        code: str = typer.prompt("Two-factor code", err=True)
        return code

    return ask


@contextmanager
def debugging(wanted: bool) -> Generator[None]:
    """Show operations and times on stderr meanwhile. The client logs names and figures only, never a token."""
    if not wanted:
        yield
        return
    import logging

    log = logging.getLogger("wikijs")
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("wikijs: %(message)s"))
    before = log.level
    log.addHandler(handler)
    log.setLevel(logging.DEBUG)
    try:
        yield
    finally:
        log.removeHandler(handler)
        log.setLevel(before)
