"""`AuditPlugin`: a file that says which writes were begun, by whom, and how each ended.

It holds what this program did. What others did is told by the change feed.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import IO, Any, Final, TypeVar

from wikijs.core.events import Event, Settled
from wikijs.core.files.locking import try_lock
from wikijs.core.flow import Flow, blocking
from wikijs.core.outcomes import Outcome, classify
from wikijs.exceptions import ConfigurationError, OutcomeUnknownError, WikiJSException
from wikijs.plugins.types import Call, Plugin, Proceed

from .chain import CONTINUED, GENESIS, INTENT, OUTCOME, entries, sealed, verify

T = TypeVar("T")

log: Final = logging.getLogger("wikijs.audit")
DEFAULT_FILE: Final = "wikijs-audit.jsonl"
_SHOWN: Final = frozenset(
    {
        *("id", "ids", "path", "locale", "destinationPath", "destinationLocale", "pageId", "versionId", "groupId"),
        *("userId", "group", "title", "tag", "folder", "folderId", "parentFolderId", "slug", "editor", "isPublished"),
        *("isPrivate", "tags", "providerKey", "strategy", "targetKey", "handler", "replaceId", "fullAccess"),
        *("expiration", "sourceLocale", "targetLocale", "filename"),
    }
)
"""Variables whose values are written down. Of all others it is said that they were given, of texts also their hash."""
_SECRETS: Final = frozenset(
    {"password", "newPassword", "passwordRaw", "securityCode", "continuationToken", "key", "pass"}
)
_HASHED: Final = frozenset({"content", "description", "scriptCss", "scriptJs", "injectCSS", "injectHead", "injectBody"})
"""Of other texts only the length is written down: a short one, such as a password, can be found from its hash."""
_LONGEST: Final = 300
_WORDS: Final = {
    Outcome.APPLIED: "applied",
    Outcome.REJECTED: "rejected",
    Outcome.NOT_SENT: "rejected",
    Outcome.UNKNOWN: "unknown",
}


class AuditPlugin(Plugin):
    """Writes two lines for each write: one before it is sent, on the disk before anything leaves; one with its outcome.

    Each line carries the hash of the line before, so that `wikijs audit verify` finds lines that were changed, put in,
    moved or deleted. With a key only who has it can make lines. A cut end shows against a checkpoint: the last number
    and hash, which are logged to `wikijs.audit` every 1,000 lines and when the client is closed.

    Contents, passwords and mails are not written down: of contents their length and hash, of secrets nothing.

    Args:
        file: Where to; for one process at a time. The next free name is taken by rotation: `audit.jsonl.1` and so on.
        key: A secret of at least 16 bytes.
        max_bytes: Size from which on a new file is begun; it starts with the hash of the last line.
        checkpoint: Gets number and hash instead of the log.
        checkpoint_every: Lines between two checkpoints.
        fsync: Whether to wait for the disk before a write is sent.

    It is opened by the first client that takes the plugin, which fails when the file cannot be opened, another process
    has it, or it is not sound.
    """

    name = "audit"

    def __init__(
        self,
        file: str | os.PathLike[str] | None = None,
        *,
        key: bytes | str | None = None,
        max_bytes: int = 50_000_000,
        checkpoint: Callable[[int, str], object] | None = None,
        checkpoint_every: int = 1_000,
        fsync: bool = True,
    ) -> None:
        self.file = Path(file or os.environ.get("WIKIJS_AUDIT_FILE") or DEFAULT_FILE)
        self._key = audit_key(key)
        self._max = max_bytes
        self._checkpoint = checkpoint
        self._every = checkpoint_every
        self._fsync = fsync
        self._lock = threading.Lock()
        self._stream: IO[str] | None = None
        self._sequence = 0
        self._last = GENESIS
        self._noted = 0
        self._users = 0

    def _open(self) -> None:
        self.file.parent.mkdir(parents=True, exist_ok=True)
        try:
            stream = open(self.file, "a+", encoding="utf-8", opener=_private)  # noqa: SIM115  kept open
        except OSError as error:
            raise ConfigurationError(f"The audit file {self.file} cannot be opened: {error.strerror}.") from None
        if not _lock_file(stream):
            stream.close()
            raise ConfigurationError(
                f"Another process writes the audit file {self.file}.", hint="Give each process a file of its own."
            )
        stream.seek(0)
        found = verify(stream, self._key)
        if not found.ok:
            stream.close()
            raise ConfigurationError(
                f"The audit file {self.file} is not sound: {found.problems[0]}.",
                hint="Look with `wikijs audit verify`, keep it, and begin another one.",
            )
        if found.torn:
            _drop_last_line(stream)
        self._stream, self._last, self._sequence, self._noted = stream, found.last, found.sequence, found.sequence

    def attach(self, wiki: str) -> None:
        """Open the file, or take it up again where it was closed."""
        with self._lock:
            if self._stream is None:
                self._open()
            self._users += 1

    def detach(self, wiki: str) -> None:
        """Note a checkpoint, and close the file with the last client."""
        with self._lock:
            self._users -= 1
            if self._users <= 0:
                self._close()

    def close(self) -> None:
        """Note a checkpoint and close the file."""
        with self._lock:
            self._close()

    def _close(self) -> None:
        if self._stream is not None:
            self._note()
            self._stream.close()
            self._stream = None

    def around_call(self, call: Call, proceed: Proceed[T]) -> Flow[T]:
        """Write down a write."""
        if call.kind != "mutation" or call.purpose == "login":
            return (yield from proceed(call))
        yield from blocking(lambda: self._write(_intent(call), wait=self._fsync))
        try:
            result = yield from proceed(call)
        except BaseException as error:
            outcome = _outcome(call, error)
            if isinstance(error, GeneratorExit):
                self._write(outcome)  # abandoned: no step can be taken any more
            else:
                yield from blocking(lambda: self._write(outcome))
            raise
        yield from blocking(lambda: self._write(_outcome(call, None, result)))
        return result

    def on_event(self, event: Event, wiki: str = "") -> None:
        """Write down that a write of unknown outcome was settled."""
        if isinstance(event, Settled):
            self._write({"event": "settled", "operation": event.operation, "outcome": str(event.outcome), "wiki": wiki})

    def _write(self, entry: Mapping[str, Any], *, wait: bool = False) -> None:
        with self._lock:
            if self._stream is None:
                raise ConfigurationError("The audit file is closed.")
            try:
                if self._stream.tell() > self._max:
                    self._rotate()
                self._append(entry)
                self._stream.flush()
                if wait:
                    os.fsync(self._stream.fileno())
            except OSError as error:
                raise ConfigurationError(
                    f"The audit file {self.file} cannot be written: {error.strerror}.",
                    hint="Writes are refused until it can be.",
                ) from None
            if self._sequence - self._noted >= self._every:
                self._note()

    def _append(self, entry: Mapping[str, Any]) -> None:
        assert self._stream is not None  # noqa: S101  held by the callers
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        line, digest = sealed({"seq": self._sequence + 1, "time": now, **entry}, self._last, self._key)
        place = self._stream.tell()
        try:
            self._stream.write(f"{line}\n")
            self._stream.flush()
        except OSError:
            with contextlib.suppress(OSError):  # half a line would look like a forgery
                self._stream.truncate(place)
            raise
        self._sequence, self._last = self._sequence + 1, digest

    def _rotate(self) -> None:
        assert self._stream is not None  # noqa: S101  held by the callers
        number = 1
        while (old := self.file.with_name(f"{self.file.name}.{number}")).exists():
            number += 1
        self._note()
        self._stream.close()
        self.file.rename(old)
        last, sequence = self._last, self._sequence
        self._stream = open(self.file, "a+", encoding="utf-8", opener=_private)  # noqa: SIM115  kept open
        _lock_file(self._stream)
        self._last, self._sequence, self._noted = last, sequence, sequence
        self._append({"event": CONTINUED, "file": old.name})

    def _note(self) -> None:
        if self._sequence == self._noted:
            return
        self._noted = self._sequence
        if self._checkpoint is None:
            log.info("audit checkpoint: line %d of %s has the hash %s", self._sequence, self.file, self._last)
            return
        try:
            self._checkpoint(self._sequence, self._last)
        except Exception:
            log.exception("the checkpoint of the audit file failed")


def audit_key(key: bytes | str | None) -> bytes | None:
    """The key as bytes.

    Raises:
        ConfigurationError: It is too short to be a secret.
    """
    if key is None:
        return None
    value = key.encode() if isinstance(key, str) else key
    if len(value) < 16:
        raise ConfigurationError("The key of an audit file must have 16 bytes or more.")
    return value


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _lock_file(stream: IO[str]) -> bool:
    return try_lock(stream.fileno()) is not False


def _drop_last_line(stream: IO[str]) -> None:
    """Remove what a crash left of the last line."""
    stream.seek(0)
    content = stream.read()
    kept = content.rstrip("\n").rpartition("\n")[0]
    stream.seek(0)
    stream.truncate(len(f"{kept}\n".encode()) if kept else 0)
    stream.seek(0, os.SEEK_END)


def _intent(call: Call) -> dict[str, Any]:
    operations = [
        {"operation": each.spec.server_field, "given": _shown(each.variables)} for each in call.operations
    ] or [{"operation": call.name, "given": {}}]
    return {
        "event": INTENT,
        "call": call.id,
        "wiki": call.wiki,
        "caller": call.caller,
        "operations": operations,
        **({"purpose": call.purpose} if call.purpose != "call" else {}),
    }


def _outcome(call: Call, error: BaseException | None, result: Any = None) -> dict[str, Any]:
    entry: dict[str, Any] = {"event": OUTCOME, "call": call.id, "wiki": call.wiki, "operation": call.name}
    if error is None:
        entry["outcome"] = "applied"
        if call.name == "batch" and isinstance(result, list):
            entry["each"] = [_word(call, each) if isinstance(each, Exception) else "applied" for each in result]  # pyright: ignore[reportUnknownVariableType]
        made = _id_of(result)
        return entry if made is None else {**entry, "id": made}
    entry["outcome"] = _word(call, error)
    entry["error"] = type(error).__name__
    return entry


def _word(call: Call, error: BaseException) -> str:
    if isinstance(error, OutcomeUnknownError) or not isinstance(error, WikiJSException):
        return "unknown"
    return _WORDS[classify(error, call.name)]


def _id_of(result: Any) -> int | None:
    """The id of what a write made, where its answer says it."""
    for part in (result, *(getattr(result, name, None) for name in ("page", "user", "group"))):
        found = getattr(part, "id", None)
        if isinstance(found, int):
            return found
    return None


def _shown(variables: Mapping[str, Any]) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    for name, value in variables.items():
        if name in _SECRETS:
            shown[name] = "<secret>"
        elif name in _SHOWN and isinstance(value, bool | int | float | str | None):
            shown[name] = value[:_LONGEST] if isinstance(value, str) else value
        elif name in _SHOWN and isinstance(value, list | tuple):
            shown[name] = [str(each)[:_LONGEST] for each in value][:100]  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
        elif isinstance(value, str):
            shown[name] = {"length": len(value)}
            if name in _HASHED:
                shown[name]["sha256"] = sha256(value.encode("utf-8", "replace")).hexdigest()
        else:
            shown[name] = {"type": type(value).__name__}
    return shown


def read(file: str | os.PathLike[str]) -> list[dict[str, Any]]:
    """The entries of an audit file; lines that are no entries are left out.

    Raises:
        ConfigurationError: It cannot be read.
    """
    try:
        with open(file, encoding="utf-8", errors="replace") as stream:
            return [entry for _, entry, _ in entries(stream) if entry is not None]
    except OSError as error:
        raise ConfigurationError(f"The audit file {os.fspath(file)} cannot be read: {error.strerror}.") from None


def as_line(entry: Mapping[str, Any]) -> str:
    """An entry for people."""
    time = str(entry.get("time", ""))
    match entry.get("event"):
        case "intent":
            what = ", ".join(
                f"{each['operation']} {json.dumps(each['given'], ensure_ascii=False)}"
                for each in entry.get("operations", ())
            )
            return f"{time} {entry.get('caller')} begins {what} at {entry.get('wiki')}"
        case "outcome":
            error = f" ({entry['error']})" if "error" in entry else ""
            return f"{time} {entry.get('operation')}: {entry.get('outcome')}{error}"
        case other:
            told = {
                name: value for name, value in entry.items() if name not in {"time", "hash", "prev", "seq", "event"}
            }
            return f"{time} {other} {json.dumps(told, ensure_ascii=False)}"


__all__ = ["AuditPlugin", "as_line", "audit_key", "read", "verify"]
