"""What mypy and pyright must infer of plugins, telemetry, credentials and fleets. Checked, not run."""

import logging
from collections.abc import AsyncIterator, Iterator
from typing import TypeVar, assert_type

from wikijs import AsyncWikiJSClient, Identity, WikiJSClient, ops
from wikijs.auth import APIKeyAuth, Auth, CallableAuth, JWTAuth, PasswordAuth, SSOAuth
from wikijs.feed import AsyncChangeFeed, ChangeFeed
from wikijs.fleet import AsyncWikiFleet, Wiki, WikiFleet
from wikijs.logging import JSONFormatter, setup_logging
from wikijs.middleware.stats import ClientStats
from wikijs.models import PageSummary
from wikijs.plugins import (
    Attempt,
    AuditPlugin,
    Call,
    DryRunPlugin,
    Flow,
    HeadersPlugin,
    LoggingPlugin,
    MetricsPlugin,
    Plugin,
    PluginManager,
    Proceed,
    ReadOnlyPlugin,
    Request,
    Response,
    TracingPlugin,
    blocking,
    send,
)
from wikijs.plugins.ready import RecordedWrite
from wikijs.plugins.testing import Report, check
from wikijs.telemetry.chain import Verdict, verify
from wikijs.telemetry.health import Health

T = TypeVar("T")
URL = "https://wiki.example.com"


class Mine(Plugin):
    def before_request(self, request: Request) -> Request:
        assert_type(request.operation, str)
        assert_type(request.content, bytes)
        return request.with_headers({"x-change": "CHG-7"})

    def after_request(self, request: Request, response: Response) -> None:
        assert_type(response.status, int)

    def around_call(self, call: Call, proceed: Proceed[T]) -> Flow[T]:
        config = yield from send(ops.site_config())
        assert_type(config.title, str | None)
        assert_type((yield from blocking(lambda: 7)), int)
        return (yield from proceed(call))

    def around_attempt(self, attempt: Attempt, proceed: Proceed[Response]) -> Flow[Response]:
        assert_type(attempt.number, int)
        return (yield from proceed(attempt.with_headers({})))


def plugins() -> None:
    dry = DryRunPlugin()
    ready: list[Plugin | str] = [
        LoggingPlugin(level="DEBUG", slow=5.0),
        MetricsPlugin(backend="otel"),
        MetricsPlugin(lambda name, value, labels, kind: None),
        TracingPlugin(attempts=False, propagate=True),
        AuditPlugin("audit.jsonl", key=b"sixteen bytes or more"),
        ReadOnlyPlugin(allow=("comments.create",)),
        HeadersPlugin({"x-change": lambda: "CHG-7"}),
        dry,
        Mine(),
        "installed",
    ]
    with WikiJSClient(URL, plugins=ready, log_level=logging.DEBUG) as client:
        assert_type(client.plugins, PluginManager)
        assert_type(client.plugins.register(Mine()), Plugin)
        assert_type(client.plugins["mine"], Plugin)
        assert_type(client.plugins.names, tuple[str, ...])
        assert_type(client.health(), Health)
        assert_type(client.health().problems, tuple[str, ...])
        assert_type(client.whoami(), Identity)
    assert_type(dry.writes, list[RecordedWrite])
    assert_type(check(Mine), Report)
    MetricsPlugin("statsd")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def telemetry() -> None:
    assert_type(setup_logging(level="INFO", format_type="json", output_file="wiki.log"), logging.Logger)
    logging.getLogger().handlers[0].setFormatter(JSONFormatter())
    with open("audit.jsonl", encoding="utf-8") as lines:
        assert_type(verify(lines, b"key").ok, bool)
        assert_type(verify(lines, None), Verdict)


def credentials(key: str) -> list[Auth]:
    return [
        APIKeyAuth(key, token_in="cookie"),
        JWTAuth(key, on_renew=print),
        PasswordAuth("ada", "secret", strategy="ldap"),
        SSOAuth("kc", on_renew=print),
        CallableAuth(lambda: key, max_age=60),
    ]


def fleets() -> None:
    with WikiFleet({"docs": Wiki(URL, auth="key", rate=5)}, max_open=10) as fleet:
        assert_type(fleet, WikiFleet)
        assert_type(fleet["docs"], WikiJSClient)
        assert_type(fleet.each(lambda client: client.pages.list()), Iterator[tuple[str, list[PageSummary] | Exception]])
        assert_type(fleet.stats(), dict[str, ClientStats])
    assert_type(WikiFleet.from_profiles(["docs"]), WikiFleet)


async def asynchronous_fleets() -> None:
    async with AsyncWikiFleet(lambda name: Wiki(f"https://{name}.example.com")) as fleet:
        assert_type(fleet["docs"], AsyncWikiJSClient)
        assert_type(fleet.each(lambda client: client.whoami()), AsyncIterator[tuple[str, Identity | Exception]])


def options_of_feeds(client: WikiJSClient, other: AsyncWikiJSClient) -> None:
    ChangeFeed(client, "feed.db", baseline="events", touched=True, sweep_interval=30)
    AsyncChangeFeed(other, "feed.db", baseline="events", touched=True, sweep_interval=30)
    ChangeFeed(client, "feed.db", baseline="loud")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    AsyncChangeFeed(other, "feed.db", sweeps=1)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
