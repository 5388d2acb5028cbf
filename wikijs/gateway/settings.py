"""Settings of the gateway: a TOML file, and the environment over it."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Final, cast
from urllib.parse import urlsplit

from wikijs.core.files import parse_toml
from wikijs.exceptions import ConfigurationError

from .limits.tiers import TIERS, Tier, tiers_of

FILE: Final = "gateway.toml"
PREFIX: Final = "WIKIJS_GATEWAY_"


@dataclass(frozen=True, slots=True)
class Settings:
    """How a gateway is set up.

    Attributes:
        wiki: Root of the wiki that it stands in front of.
        database: Path of a file, or a URL of PostgreSQL.
        redis: URL of Redis, for limits that several processes share; empty for none.
        key_file: File with the key that encrypts the wiki's credentials; WIKIJS_GATEWAY_KEY takes its place.
        host, port: Where it listens.
        public_url: How browsers reach it, such as https://api.example.com; empty for as they say themselves.
        allowed_hosts: Names in the header Host that are taken besides loopback and that of public_url; "*" for any.
        trusted_proxies: Addresses whose X-Forwarded-For is believed.
        cors_origins: Web origins whose pages may call it.
        pass_through: Whether callers may come with tokens of the wiki itself.
        cache_seconds: Seconds for which what was read is kept.
        rate: Requests a minute that all callers together may make of the wiki.
        max_body: Bytes of a JSON body at most.
        max_upload: Bytes of an uploaded file at most.
        feed: Whether the wiki is watched, for events and webhooks.
        feed_interval: Seconds between two looks.
        feed_store: Store of the feed and webhooks; beside the database unless given.
        journals: Folder of the journals of jobs; beside the database unless given.
        webhook_networks: Private networks that webhooks may be sent to.
        portal: Whether there is a portal.
        docs: Folder of the built documentation site, shown at /docs; a page of our own unless given.
        tiers: Limits by name.
        read_only: Whether all writes are refused.
        workers: Processes.
        queue_seconds: Seconds that a page write may wait for others before it is refused.
        drain_seconds: Seconds for requests under way to end when it stops.
        job_queue: "own" for a look at the table of jobs each second; "procrastinate" to have them handed out by it, for
            several machines on one PostgreSQL. Their journals must then lie where all machines find them.
        job_lease: Seconds after which a job whose process is silent is taken over by another.
        metrics: "loopback" to serve /metrics to this machine without a key, "key" to nobody without one.
    """

    wiki: str = ""
    database: str = "gateway.db"
    redis: str = ""
    key_file: str = ""
    host: str = "127.0.0.1"
    port: int = 8700
    public_url: str = ""
    allowed_hosts: tuple[str, ...] = ()
    trusted_proxies: tuple[str, ...] = ()
    cors_origins: tuple[str, ...] = ()
    pass_through: bool = False
    cache_seconds: float = 30.0
    rate: int = 6_000
    max_body: int = 1_048_576
    max_upload: int = 100 * 1_048_576
    feed: bool = True
    feed_interval: float = 15.0
    feed_store: str = ""
    journals: str = ""
    webhook_networks: tuple[str, ...] = ()
    portal: bool = True
    docs: str = ""
    tiers: Mapping[str, Tier] = field(default_factory=lambda: dict(TIERS))
    read_only: bool = False
    workers: int = 1
    queue_seconds: float = 30.0
    drain_seconds: float = 30.0
    job_queue: str = "own"
    job_lease: float = 20.0
    metrics: str = "loopback"

    @property
    def folder(self) -> Path:
        """Where files lie whose place is not said."""
        return Path() if "://" in self.database or self.database == ":memory:" else Path(self.database).parent

    @property
    def journal_folder(self) -> Path:
        """Where the journals of jobs lie."""
        return Path(self.journals) if self.journals else self.folder / "journals"

    @property
    def events_store(self) -> str:
        """Where the feed remembers what it saw."""
        if self.feed_store:
            return self.feed_store
        return self.database if "://" in self.database else str(self.folder / "feed.db")

    @property
    def master_key_file(self) -> Path:
        """The file with the key for credentials."""
        return Path(self.key_file) if self.key_file else self.folder / "gateway.key"

    def checked(self) -> Settings:
        """These, if they can be right.

        Raises:
            ConfigurationError: They cannot.
        """
        if not self.wiki.startswith(("http://", "https://")):
            raise ConfigurationError(
                "The gateway needs the address of its wiki.",
                hint=f'Write wiki = "https://wiki.example.com" into {FILE}, or set {PREFIX}WIKI.',
            )
        self._check_addresses()
        if "*" in self.cors_origins:
            raise ConfigurationError(
                'cors_origins cannot be "*": any web page could then use the keys of its visitors.',
                hint="List the origins, such as https://app.example.com.",
            )
        if self.workers > 1 and "://" not in self.database:
            raise ConfigurationError(
                "Several workers need a database of PostgreSQL: page writes must wait for each other.",
                hint='Set database = "postgresql://…", or leave workers at 1.',
            )
        if self.workers > 1 and not self.redis:
            raise ConfigurationError("Several workers share their limits in Redis.", hint='Set redis = "redis://…".')
        if self.docs and not (Path(self.docs) / "index.html").is_file():
            raise ConfigurationError(
                f"{self.docs} is no built site: it has no index.html.", hint="`make docs` builds one."
            )
        if self.job_queue not in {"own", "procrastinate"}:
            raise ConfigurationError('job_queue is "own" or "procrastinate".')
        if self.job_queue == "procrastinate" and "://" not in self.database:
            raise ConfigurationError(
                "procrastinate hands jobs out by PostgreSQL.",
                hint='Set database = "postgresql://…", or job_queue = "own".',
            )
        if self.metrics not in {"loopback", "key"}:
            raise ConfigurationError('metrics is "loopback" or "key".')
        for name in ("cache_seconds", "feed_interval", "queue_seconds", "drain_seconds"):
            if not getattr(self, name) >= 0:
                raise ConfigurationError(f"{name} must not be negative.")
        for name in ("rate", "max_body", "max_upload", "workers", "job_lease"):
            if getattr(self, name) < 1:
                raise ConfigurationError(f"{name} must be at least 1.")
        return self

    def _check_addresses(self) -> None:
        if self.public_url and (
            not self.public_url.startswith(("http://", "https://")) or not _host_of(self.public_url)
        ):
            raise ConfigurationError(
                f"public_url is how browsers reach the gateway, not {self.public_url!r}.",
                hint="Write it like https://api.example.com.",
            )
        for proxy in self.trusted_proxies:
            try:
                ipaddress.ip_network(proxy, strict=False)
            except ValueError:
                raise ConfigurationError(
                    f"trusted_proxies are addresses or networks, not {proxy!r}.",
                    hint='Write them like "127.0.0.1" or "10.0.0.0/8".',
                ) from None
        if not 0 <= self.port <= _LAST_PORT:
            raise ConfigurationError(f"port is from 1 to {_LAST_PORT}, not {self.port}.")


_LAST_PORT: Final = 65_535


def _host_of(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None


def load(path: str | Path | None = None, environment: Mapping[str, str] = os.environ) -> Settings:
    """Settings of a file, and of the environment, which wins.

    Args:
        path: The file; else WIKIJS_GATEWAY_CONFIG, else gateway.toml here, if it is there.
        environment: Holds WIKIJS_GATEWAY_WIKI and the like; a list is written with commas.

    Raises:
        ConfigurationError: The file cannot be read, or something in it cannot be right.
    """
    place = path or environment.get(f"{PREFIX}CONFIG")
    table: dict[str, Any] = {}
    if place is not None or Path(FILE).exists():
        table = _read(Path(place or FILE))
    values: dict[str, Any] = {}
    known = {each.name: each for each in fields(Settings)}
    for name, value in table.items():
        if name not in known:
            raise ConfigurationError(f"The gateway has no setting {name!r}.", hint=f"It has {', '.join(known)}.")
        values[name] = tiers_of(_tables(value)) if name == "tiers" else _value(name, value)
    for name in known:
        text = environment.get(f"{PREFIX}{name.upper()}")
        if text is not None and name != "tiers":
            values[name] = _value(name, _parsed(name, text))
    settings = replace(Settings(), **values)
    if not settings.wiki and environment.get("WIKIJS_URL"):
        settings = replace(settings, wiki=environment["WIKIJS_URL"])
    if place is not None:  # what it names lies beside it
        settings = _beside(settings, Path(place).parent)
    return settings


def _read(path: Path) -> dict[str, Any]:
    try:
        return parse_toml(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise ConfigurationError(
            f"The configuration {path} cannot be read: {error.strerror}.", hint="`wikijs gateway init` writes one."
        ) from None
    except UnicodeDecodeError:
        raise ConfigurationError(f"The configuration {path} is no text in UTF-8.") from None
    except ValueError as error:
        raise ConfigurationError(f"The configuration {path} is no TOML: {error}.") from None


def _tables(value: Any) -> dict[str, dict[str, Any]]:
    tables: dict[str, Any] = cast("dict[str, Any]", value) if isinstance(value, dict) else {"": None}
    if not all(isinstance(each, dict) for each in tables.values()):
        raise ConfigurationError("Tiers are tables, such as [tiers.pro].")
    return tables


_DEFAULTS: Final = Settings()
_DEFAULT_VALUES: Final[dict[str, object]] = {each.name: getattr(_DEFAULTS, each.name) for each in fields(Settings)}
_KINDS: Final = {
    "tuple": "a list of texts",
    "bool": "true or false",
    "float": "a number",
    "int": "a whole number",
    "str": "a text",
}
_SWITCHES: Final[Mapping[str, bool]] = {
    **dict.fromkeys(("1", "true", "yes", "on"), True),
    **dict.fromkeys(("0", "false", "no", "off"), False),
}


def _value(name: str, value: Any) -> Any:
    """A setting of the kind that its default has."""
    default = getattr(_DEFAULTS, name)
    if isinstance(default, tuple):
        if isinstance(value, list) and all(isinstance(each, str) for each in cast("Any", value)):
            return tuple(cast("Any", value))
    elif isinstance(default, bool):
        if isinstance(value, bool):
            return value
    elif isinstance(default, float):
        if isinstance(value, int | float) and not isinstance(value, bool):
            return float(value)
    elif isinstance(value, type(default)) and not isinstance(value, bool):
        return value
    raise ConfigurationError(f"{name} must be {_KINDS[type(_DEFAULT_VALUES[name]).__name__]}, not {value!r}.")


def _parsed(name: str, text: str) -> Any:
    default = getattr(_DEFAULTS, name)
    if isinstance(default, tuple):
        return [each.strip() for each in text.split(",") if each.strip()]
    if isinstance(default, bool):
        return _SWITCHES.get(text.strip().lower(), text)
    try:
        if isinstance(default, float):
            return float(text)
        if isinstance(default, int):
            return int(text)
    except ValueError:
        return text
    return text


def _beside(settings: Settings, folder: Path) -> Settings:
    changes: dict[str, Any] = {}
    for name in ("database", "key_file", "feed_store", "journals", "docs"):
        value: str = getattr(settings, name)
        if value and "://" not in value and value != ":memory:" and not Path(value).is_absolute():
            changes[name] = str(folder / value)
    if "://" in settings.database:  # there is no file of a database beside which the others would lie
        for name, value in (("key_file", "gateway.key"), ("journals", "journals")):
            if not getattr(settings, name):
                changes[name] = str(folder / value)
    return replace(settings, **changes)
