"""Which wiki a command talks to, as whom, and how it shows results."""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from .failures import CommandError, ExitCode

if TYPE_CHECKING:
    import httpx2

    from wikijs import WikiJSClient
    from wikijs.auth import Auth
    from wikijs.cache import FileCache
    from wikijs.config import Config, Credentials, Target


_UPLOADS: Final = frozenset({"assets.upload"})
"""Writes that are no GraphQL."""
_KNOWN_FOR: Final = 24 * 3600.0
"""Seconds for which a token that the wiki knew is not asked for again."""
_ROWS: Final = re.compile(r"\s*([A-Za-z][\w-]*)\s*:(.*)", re.DOTALL)
"""A field, a colon and a text: no JMESPath looks like that."""


@dataclass(frozen=True)
class RowFilter:
    """A condition on one field of each row."""

    field: str
    text: str


def parsed(expressions: str | Sequence[str] | None, path: str | None) -> tuple[list[RowFilter], str | None]:
    """The conditions on rows, and the path of what to print, among what `--filter` and `--jq` say.

    Raises:
        CommandError: There are several paths.
    """
    given = [expressions] if isinstance(expressions, str) else list(expressions or ())
    rows: list[RowFilter] = []
    paths = [] if path is None else [path]
    for expression in given:
        found = _ROWS.fullmatch(expression)
        if found is None:
            paths.append(expression)
        else:
            rows.append(RowFilter(found[1], found[2].strip()))
    if len(paths) > 1:
        raise CommandError(
            f"{paths[0]!r} and {paths[1]!r} are both paths of what to print.",
            hint="Give one, with --jq. Conditions on rows are written as field:text.",
            code=ExitCode.USAGE,
        )
    return rows, paths[0] if paths else None


@dataclass
class Gathered:
    """Results of several wikis that go into one output.

    Attributes:
        results: What there is until now.
    """

    results: list[Any] = field(default_factory=list[Any])
    _writer: Callable[[list[Any]], None] | None = None

    def add(self, results: Sequence[Any], writer: Callable[[list[Any]], None]) -> None:
        """Add results, and say how all are written in the end."""
        self.results += results
        self._writer = writer

    def write(self) -> None:
        """Write all."""
        if self._writer is not None:
            self._writer(self.results)


@dataclass
class Session:
    """What global options, the environment and the configuration say. Options win.

    Attributes:
        has_credentials: Whether anything said who we are, once that was asked.
        json: Fields to print as JSON, separated by commas, or "*"; None for people.
        filter: Conditions on the rows of a list, as `field:text`, or the path of what to print of the result.
        jq: Path of what to print of the result.
        columns: Columns of a list to show, separated by commas.
        api_key: What was given as an API key on the line, where everybody can read it: it is refused.
        locale: Code of the locale that paths mean.
        command: The command as it was typed, such as "pages get".
        no_stream: The file that was given as -, which is a name here and no stream; None where there is none.
        http: HTTP client to use instead of a new one, for tests.
        gathered: Of several wikis: where to put what becomes one output.
    """

    url: str | None = None
    profile: str | None = None
    all_profiles: bool = False
    api_key_file: Path | None = None
    no_stream: str | None = None
    timeout: float | None = None
    json: str | None = None
    filter: str | Sequence[str] | None = None
    jq: str | None = None
    columns: str | None = None
    api_key: str | None = field(default=None, repr=False)
    locale: str | None = None
    command: str = ""
    yaml: bool = False
    quiet: bool = False
    yes: bool = False
    no_cache: bool = False
    debug: bool = False
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)
    http: httpx2.Client | None = None
    gathered: Gathered | None = None
    has_credentials: bool = field(default=False, init=False)
    _open: ExitStack = field(default_factory=ExitStack, init=False, repr=False)
    _clients: list[WikiJSClient] = field(default_factory=list["WikiJSClient"], init=False, repr=False)

    @property
    def rows(self) -> list[RowFilter]:
        """The conditions that the rows of a list must fulfil."""
        return parsed(self.filter, self.jq)[0]

    @property
    def picks(self) -> str | None:
        """The path of what to print of the result."""
        return parsed(self.filter, self.jq)[1]

    def client(self, auth: Auth | None = None, *, or_guest: bool = False) -> WikiJSClient:
        """A client of the wiki.

        Args:
            auth: Credentials to use in the place of those that were configured.
            or_guest: Whether it is all right if the wiki ignores the credentials and serves a guest.

        Raises:
            CommandError: No wiki was named.
            ConfigurationError: The configuration, the URL or the token cannot be right.
        """
        from wikijs.config.connecting import client_of

        target, token = self.target, None
        if auth is None and self.credentials is not None:
            auth = self.credentials.auth
            token = auth.current
        is_cached = target.profile is not None and target.profile.cache and not self.no_cache
        cache = self.cache() if is_cached else None
        client = client_of(
            target,
            auth,
            timeout=self.timeout,
            cache=cache,
            http=self.http,
            locale=self.locale or self.environment.get("WIKIJS_LOCALE") or None,
        )
        self._clients.append(client)
        if token is not None and not or_guest:
            self._check(client, token.value)
        return client

    def has_written(self) -> bool:
        """Whether anything was sent to the wiki that may have changed it."""
        from wikijs_generated import specs

        found = [getattr(specs, name) for name in dir(specs) if name.isupper()]
        writes = {each.server_field for each in found if getattr(each, "kind", "") == "mutation"} | _UPLOADS
        return any(not writes.isdisjoint(client.stats().operations) for client in self._clients)

    def _check(self, client: WikiJSClient, token: str) -> None:
        """Make sure, once a day, that the wiki knows a token: a bad one is silently taken for a guest."""
        mark = cache_path(self.environment) / "known" / sha256(f"{client.url} {token}".encode()).hexdigest()
        with suppress(OSError):
            if time.time() - mark.stat().st_mtime < _KNOWN_FOR:
                return
        try:
            identity = client.whoami()
        except BaseException:
            client.close()
            raise
        if identity.is_guest:
            client.close()
            raise CommandError(
                identity.warning or "The wiki serves a guest.",
                hint="Create a new key under Administration, API Access, or log in again: `wikijs auth login`.",
                code=ExitCode.LOGIN_NEEDED,
            )
        with suppress(OSError):  # where nothing can be kept, it is asked each time
            mark.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            mark.touch(mode=0o600)

    @cached_property
    def config(self) -> Config:
        """The user's own configuration."""
        from wikijs.config import config_path, load_config
        from wikijs.config.storing import warning

        config = load_config(config_path(self.environment))
        said = warning(config.path)
        if said:
            sys.stderr.write(f"wikijs: {said}\n")
        return config

    @cached_property
    def target(self) -> Target:
        """The wiki that was chosen.

        Raises:
            CommandError: None was.
            ConfigurationError: The configuration or the URL cannot be right.
        """
        from wikijs.config import choose

        target = choose(self.config, url=self.url, profile=self.profile, environment=self.environment)
        if target is None:
            raise CommandError(
                "Which wiki?",
                hint="Give --url, or set WIKIJS_URL, or write a configuration: `wikijs config init`.",
                code=ExitCode.USAGE,
            )
        return target

    @cached_property
    def credentials(self) -> Credentials | None:
        """Who we are to that wiki; None for a guest.

        Raises:
            ConfigurationError: The credentials cannot be had, or must not go to that wiki.
        """
        from wikijs.config.credentials import find_credentials

        target = self.target
        self.has_credentials = True  # and if they cannot be had we were not meant to be a guest either
        found = find_credentials(
            self.config,
            target,
            api_key_file=self.api_key_file,
            environment=self.environment,
            totp=code_asker(),
        )
        self.has_credentials = found is not None
        if self.http is None:
            from wikijs.config.dangers import dangers

            for said in dangers(self.config, target, found):
                sys.stderr.write(f"wikijs: {said}\n")
        return found

    def cache(self) -> FileCache:
        """The cache on this machine, which all wikis share."""
        from wikijs.cache import FileCache

        store = FileCache(cache_path(self.environment))
        self._open.callback(store.close)
        return store

    def close(self) -> None:
        """Let go of what was opened."""
        self._open.close()


def cache_path(environment: Mapping[str, str]) -> Path:
    """Where the cache is: WIKIJS_CACHE_DIR, or `wikijs` in the user's folder for caches."""
    if environment.get("WIKIJS_CACHE_DIR"):
        return Path(environment["WIKIJS_CACHE_DIR"]).expanduser()
    from platformdirs import user_cache_path

    return user_cache_path("wikijs", appauthor=False)


def code_asker() -> Callable[[], str] | None:
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
    """Show operations and times on stderr meanwhile. The client logs names and figures only, never a token.

    Without that, retries are not worth a line each: what matters is how the command ends.
    """
    import logging

    log = logging.getLogger("wikijs")
    handler = logging.StreamHandler(sys.stderr) if wanted else logging.NullHandler()
    handler.setFormatter(logging.Formatter("wikijs: %(message)s"))
    before = log.level
    log.addHandler(handler)
    if wanted:
        log.setLevel(logging.DEBUG)
    try:
        yield
    finally:
        log.removeHandler(handler)
        log.setLevel(before)
