"""Logs: one handler, JSON that is JSON, and no token in it."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import httpx2
import pytest

from tests.plugins.both import KEY, Both, Server, html
from tests.support.jwt import api_key, login_token
from wikijs import exceptions as exc
from wikijs.core.values.redaction import hide_tokens
from wikijs.logging import JSONFormatter, setup_logging
from wikijs.telemetry import LoggingPlugin


@pytest.fixture(params=["blocking", "async"])
def both(request: pytest.FixtureRequest) -> Both:
    return Both(request.param)


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    """Loggers as they were."""
    loggers = [logging.getLogger(name) for name in ("wikijs", "wikijs.calls")]
    before = [(log.level, log.propagate, list(log.handlers)) for log in loggers]
    yield
    for log, (level, propagate, handlers) in zip(loggers, before, strict=True):
        for handler in set(log.handlers) - set(handlers):
            handler.close()
        log.setLevel(level)
        log.propagate = propagate
        log.handlers[:] = handlers


def raised(text: str) -> Any:
    """What `exc_info` of a record is."""
    error = ValueError(text)
    return type(error), error, error.__traceback__


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_json_lines_hold_the_record_the_event_and_what_was_given(both: Both) -> None:
    stream = io.StringIO()
    log = setup_logging("DEBUG", "json", stream=stream)
    both.read([])
    log.info("hello %s", "you", extra={"change": "CHG-7", "level": "x"})
    found = lines(stream)
    sent = next(each for each in found if each.get("event") == "Finished")
    assert sent["operation"] == "comments.list"
    assert sent["status"] == 200
    assert sent["seconds"] >= 0
    said = found[-1]
    assert {"timestamp", "level", "logger", "message", "module", "function"} <= set(said)
    assert (said["message"], said["level"], said["logger"], said["change"]) == ("hello you", "INFO", "wikijs", "CHG-7")
    assert said["extra_level"] == "x"
    assert said["timestamp"].endswith("+00:00")


def test_calls_are_logged_at_the_level_that_was_asked_for(both: Both) -> None:
    stream = io.StringIO()
    setup_logging("INFO", "json", stream=stream)
    both.read([LoggingPlugin()])
    [ended] = [each for each in lines(stream) if each["logger"] == "wikijs.calls"]
    assert ended["message"].startswith("query comments.list: ok, ")
    assert (ended["event"], ended["outcome"], ended["caller"]) == ("CallEnded", "ok", "key 1 of group 1")
    assert ended["wiki"] == "http://wiki.example.com"

    stream = io.StringIO()
    setup_logging("DEBUG", "json", stream=stream)
    both.read([LoggingPlugin("DEBUG")])
    messages = [each["message"] for each in lines(stream) if each["logger"] == "wikijs.calls"]
    assert messages[0].startswith("POST /graphql comments.list: sent, ")
    assert messages[1].startswith("POST /graphql comments.list: HTTP 200, ")

    stream = io.StringIO()
    setup_logging("DEBUG", "json", stream=stream)
    both.read([LoggingPlugin("WARNING")])
    assert [each for each in lines(stream) if each["logger"] == "wikijs.calls"] == []
    both.read([LoggingPlugin("WARNING", slow=0)])
    assert lines(stream)[-1]["message"].endswith(", slow")


@pytest.mark.parametrize(
    ("first", "outcome", "error"),
    [
        (html, "lost", "ServerError"),
        (lambda: httpx2.ConnectError("no"), "not_sent", "TransportError"),
        (lambda: httpx2.Response(200, json={"errors": [{"message": "Forbidden"}], "data": None}), "refused", "Permis"),
        (lambda: httpx2.ReadError("no"), "lost", "TransportError"),
    ],
)
def test_failures_are_warnings_with_their_kind(both: Both, first: Any, outcome: str, error: str) -> None:
    stream = io.StringIO()
    setup_logging("INFO", "json", stream=stream)
    with pytest.raises(exc.WikiJSException):
        both.read([LoggingPlugin()], Server(first(), first(), first()))
    [ended] = [each for each in lines(stream) if each["logger"] == "wikijs.calls"]
    assert ended["level"] == "WARNING"
    assert ended["outcome"] in {outcome, "error"}
    assert ended["error"].startswith(error)


def test_a_plugin_in_a_program_without_logging_is_heard(
    both: Both, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", [])
    both.read([LoggingPlugin("DEBUG")])
    assert "wikijs.calls: query comments.list: ok" in capsys.readouterr().err


def test_setting_up_twice_logs_once_and_never_at_the_root(tmp_path: Path) -> None:
    root = list(logging.getLogger().handlers)
    file = tmp_path / "wiki.log"
    setup_logging("INFO", "text", output_file=file)
    log = setup_logging("WARNING", "text", output_file=file)
    log.info("not this")
    log.warning("this")
    assert [handler.get_name() for handler in log.handlers].count("wikijs.setup_logging") == 1
    assert list(logging.getLogger().handlers) == root
    assert log.propagate is False
    text = file.read_text()
    assert text.count("this") == 1
    assert "WARNING wikijs: this" in text
    setup_logging(30)


def test_wrong_settings_are_named(tmp_path: Path) -> None:
    wrong: list[dict[str, Any]] = [
        {"level": "LOUD"},
        {"level": -1},
        {"level": True},
        {"level": None},
        {"format_type": "xml"},
        {"output_file": tmp_path},
        {"output_file": tmp_path / "a", "stream": io.StringIO()},
    ]
    for given in wrong:
        with pytest.raises(exc.ConfigurationError):
            setup_logging(**given)


def test_a_record_with_an_exception_and_odd_values_is_json() -> None:
    @dataclass
    class Odd:
        value: Any

    formatter = JSONFormatter()
    record = logging.makeLogRecord({"msg": "odd", "levelname": "INFO", "wikijs": Odd({1: {2, 3}}), "stack_info": "s"})
    record.number = float("nan")
    record.nothing = None
    record.thing = object()
    record.items = [b"x", ("a",), {"password": "hunter22", "token": ["abc", "def"]}]
    record.exc_info = raised("Authorization: Bearer abc.def")
    written = json.loads(formatter.format(record))
    assert written["number"] == "nan"
    assert "abc.def" not in json.dumps(written)
    assert written["items"][2] == {"password": "<hidden>", "token": ["<hidden>", "<hidden>"]}
    assert sorted(written["value"]["1"]) == [2, 3]
    assert written["stack"] == "s"


def test_trace_ids_are_there_when_a_span_is_open() -> None:
    from opentelemetry.sdk.trace import TracerProvider

    tracer = TracerProvider().get_tracer("test")
    formatter = JSONFormatter()
    record = logging.makeLogRecord({"msg": "x", "levelname": "INFO"})
    assert "trace_id" not in json.loads(formatter.format(record))
    with tracer.start_as_current_span("work") as span:
        written = json.loads(formatter.format(record))
    assert written["trace_id"] == f"{span.get_span_context().trace_id:032x}"
    assert len(written["span_id"]) == 16


def test_no_secret_is_in_ten_thousand_records() -> None:
    """Tokens and passwords in messages, arguments, fields, keys and exceptions, in the shapes they come in."""
    random = Random(15)
    formatter = JSONFormatter()
    secrets = [api_key(api=number) for number in range(20)] + [login_token(id=number) for number in range(20)]
    words = ["page", "docs/a", "ünï", "{}", '"quoted"', "a=b", "\n", "  ", "50 %", "at line (x.js:1:2)"]
    for _ in range(10_000):
        secret = random.choice(secrets)
        text = " ".join(random.choices(words, k=random.randint(0, 6)))
        dressed = random.choice(
            [
                secret,
                f"Bearer {secret}",
                f"Authorization: Bearer {secret}",
                f'{{"jwt": "{secret}"}}',
                f"jwt={secret}; Path=/",
                f"token={secret}",
                f"'password': '{secret}'",
            ]
        )
        place = random.randrange(5)
        record = logging.LogRecord("wikijs", logging.INFO, "x.py", 1, "%s", (text,), None)
        if place == 0:
            record.args = (f"{text}{dressed}{text}",)
        elif place == 1:
            record.extra_field = f"{text} {dressed}"
        elif place == 2:
            record.deep = {"list": [text, {"value": dressed}], "jwt": secret}
        elif place == 3:
            record.exc_info = raised(f"{text} {dressed}")
        else:
            record.password = secret.partition(".")[2]
        line = formatter.format(record)
        json.loads(line)
        assert "\n" not in line
        for part in secret.split("."):
            assert part not in line or (part == "c2lnbmF0dXJl" and place == 9), line
    assert hide_tokens(KEY) == "<token>"
