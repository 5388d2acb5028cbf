"""`wikijs.plugins.testing.check` finds what is wrong with a plugin."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from wikijs import exceptions as exc
from wikijs.plugins import (
    Attempt,
    Call,
    DryRunPlugin,
    Flow,
    HeadersPlugin,
    LoggingPlugin,
    Plugin,
    Proceed,
    ReadOnlyPlugin,
    Request,
    Response,
)
from wikijs.plugins.testing import SECRET, check


class Good(Plugin):
    def on_response(self, response: Response) -> None:
        assert response.status

    def around_call(self, call: Call, proceed: Proceed[Any]) -> Flow[Any]:
        return (yield from proceed(call))


def test_good_plugins_pass() -> None:
    for plugin in (Good, HeadersPlugin, LoggingPlugin):
        report = check(plugin)
        assert report
        assert set(report.effects.values()) == {0, 1}
    assert check(ReadOnlyPlugin, sends_writes=False)
    assert check(DryRunPlugin, sends_writes=False)


def test_defects_are_named() -> None:
    class Raises(Plugin):
        def after_request(self, request: Request, response: Response) -> None:
            raise ValueError

    class Stops(Plugin):
        def before_request(self, request: Request) -> None:
            raise ValueError

    class Twice(Plugin):
        def around_attempt(self, attempt: Attempt, proceed: Proceed[Response]) -> Flow[Response]:
            yield from proceed(attempt)
            return (yield from proceed(attempt))

    class Foreign(Plugin):
        def around_call(self, call: Call, proceed: Proceed[Any]) -> Flow[Any]:
            try:
                return (yield from proceed(call))
            except exc.WikiJSException:
                raise ForeignError from None

    class ForeignError(Exception):
        pass

    class Swallows(Plugin):
        def around_call(self, call: Call, proceed: Proceed[Any]) -> Flow[Any]:
            return "x"
            yield from ()

    class Different(Plugin):
        made = 0

        def __init__(self) -> None:
            Different.made += 1
            self.odd = Different.made % 2

        def around_call(self, call: Call, proceed: Proceed[Any]) -> Flow[Any]:
            result = yield from proceed(call)
            return result if self.odd else 5

    class Leaks(Plugin):
        def before_request(self, request: Request) -> None:
            logging.getLogger("mine").warning("token %s", SECRET)

    class Cannot(Plugin):
        def __init__(self) -> None:
            raise ValueError("no")

    wrong: list[tuple[Any, str]] = [
        (Raises, "failed in after_request"),
        (Stops, "before_request: It failed: ValueError"),
        (Twice, "failed in around_attempt"),
        (Foreign, "It failed: ForeignError"),
        (Swallows, "the write reached the wiki 0 times, without the plugin it is 1"),
        (Different, "the blocking client ended with"),
        (Leaks, "it logged the token"),
        (Cannot, "cannot be made: ValueError"),
        (object, "no subclass"),
    ]
    for plugin, expected in wrong:
        with pytest.raises(AssertionError, match=expected):
            check(plugin)
