"""Logs of this package: one handler on the logger `wikijs`, as text or as JSON, without any token.

`setup_logging()` is for programs that have set nothing up. Others attach handlers of their own to `wikijs` or to the
root logger as usual: what is logged is the same, and `JSONFormatter` works in any handler.
"""

from __future__ import annotations

import json
import logging
import sys
import threading
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from os import PathLike
from typing import Any, Final, Literal, TextIO

from wikijs.core.values.redaction import hide_tokens
from wikijs.exceptions import ConfigurationError

__all__ = ["JSONFormatter", "TextFormatter", "setup_logging"]

LOGGER: Final = "wikijs"
_USUAL: Final = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName", "wikijs"}
_LEVELS: Final = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
_guard = threading.Lock()


class _Redacting(logging.Formatter):
    """Hides tokens and passwords after everything else has been written, whoever logged them."""

    def format(self, record: logging.LogRecord) -> str:
        return hide_tokens(self.written(record))

    def written(self, record: logging.LogRecord) -> str:
        return super().format(record)


class TextFormatter(_Redacting):
    """A line for people: time, level, logger, message."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(name)s: %(message)s", "%Y-%m-%d %H:%M:%S")


class JSONFormatter(_Redacting):
    """A JSON object a line: `timestamp`, `level`, `logger`, `message`, `module`, `function`, `line`.

    Then the fields of the event (`event`, `operation`, `seconds`, `status`, ...), those of `extra=`, `trace_id` and
    `span_id` where OpenTelemetry has a span open, and `exception`.
    """

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line of JSON, without any token."""
        # Each text is cleaned for itself: cleaned as a whole, the line could end up being no JSON any more.
        return json.dumps(_cleaned(self._object(record)), ensure_ascii=False, allow_nan=False)

    def _object(self, record: logging.LogRecord) -> dict[str, Any]:
        entry: dict[str, Any] = {
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "module": record.module,
            "function": record.funcName,
            "line": record.lineno,
        }
        event = getattr(record, "wikijs", None)
        if is_dataclass(event) and not isinstance(event, type):
            entry["event"] = type(event).__name__
            entry |= {each.name: getattr(event, each.name) for each in fields(event)}
        own = {name: value for name, value in record.__dict__.items() if name not in _USUAL}
        entry |= {name if name not in entry else f"extra_{name}": value for name, value in own.items()}
        entry |= _trace()
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        if record.stack_info:
            entry["stack"] = record.stack_info
        return entry


def _cleaned(value: Any, name: str = "") -> Any:
    """The value as JSON can have it: texts without tokens, numbers as they are, anything else by its name."""
    if isinstance(value, str):
        shown = hide_tokens(value)
        # A field that is called `password` has no words around its value by which it could be told.
        return shown if name == "" or hide_tokens(f"{name}={value}") == f"{name}={value}" else "<hidden>"
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if value - value == 0 else str(value)  # JSON has neither infinity nor not-a-number
    if isinstance(value, dict):
        return {str(key): _cleaned(each, str(key)) for key, each in value.items()}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    if isinstance(value, list | tuple | set | frozenset):
        return [_cleaned(each, name) for each in value]  # pyright: ignore[reportUnknownVariableType]
    return _cleaned(str(value), name)


def _trace() -> dict[str, str]:
    """The ids of the open span; OpenTelemetry is asked only where the program has loaded it."""
    module = sys.modules.get("opentelemetry.trace")
    if module is None:
        return {}
    context: Any = module.get_current_span().get_span_context()
    if not context.is_valid:
        return {}
    return {"trace_id": f"{context.trace_id:032x}", "span_id": f"{context.span_id:016x}"}


def setup_logging(
    level: str | int = "INFO",
    format_type: Literal["text", "json"] = "text",
    output_file: str | PathLike[str] | None = None,
    *,
    stream: TextIO | None = None,
) -> logging.Logger:
    """Log what this package does. Called again, it replaces what it set up before; other handlers are left alone.

    Args:
        level: From which level on: a name such as "DEBUG", or a number of `logging`.
        format_type: "text" for people, "json" for programs.
        output_file: File to append to; without it lines go to stderr.
        stream: Where lines go instead of stderr.

    Returns:
        The logger `wikijs`. The root logger is not touched, and gets none of these lines a second time.

    Raises:
        ConfigurationError: There is no such level or format, or the file cannot be opened.
    """
    number = level_number(level)
    formatters = {"text": TextFormatter, "json": JSONFormatter}
    if format_type not in formatters:
        raise ConfigurationError(f"format_type is text or json, not {format_type!r}.")
    if output_file is not None and stream is not None:
        raise ConfigurationError("output_file and stream exclude each other.")
    try:
        handler = (
            logging.StreamHandler(stream or sys.stderr)
            if output_file is None
            else logging.FileHandler(output_file, encoding="utf-8")
        )
    except OSError as error:
        raise ConfigurationError(f"The log file {str(output_file)!r} cannot be opened: {error.strerror}.") from None
    handler.setFormatter(formatters[format_type]())
    handler.set_name("wikijs.setup_logging")
    logger = logging.getLogger(LOGGER)
    with _guard:
        for old in [each for each in logger.handlers if each.get_name() == handler.get_name()]:
            logger.removeHandler(old)
            old.close()
        logger.addHandler(handler)
        logger.setLevel(number)
        logger.propagate = False
    return logger


def level_number(level: str | int) -> int:
    """A level as `logging` counts it.

    Raises:
        ConfigurationError: There is no such level.
    """
    if isinstance(level, int) and not isinstance(level, bool) and level >= 0:
        return level
    if isinstance(level, str) and level.upper() in _LEVELS:
        number: int = getattr(logging, level.upper())
        return number
    raise ConfigurationError(f"There is no level {level!r}.", hint=f"Take one of {', '.join(_LEVELS)}.")
