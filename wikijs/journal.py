"""Journals of bulk jobs: what was intended, sent and confirmed, so that a job killed at any point can go on.

A journal is a file of JSON lines. The first one says which job it belongs to: its kind, the wiki, and a digest of its
input. Then come the items by their place in the input: `intended` for all of them at the start, `sent` before the
first request for one leaves, `confirmed` with the result once the server has said so or reading back has shown it,
and `refused` where it is certain that nothing happened. An item that was sent and nothing else is in flight: nobody
knows whether it was done. Each line is on disk before the work goes on; a last line without its end never happened.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Mapping, Sequence, Set
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Generic, TypeAlias, TypeVar, cast

from .exceptions import ConfigurationError, OutcomeUnknownError, WikiJSException
from .flow import Flow, blocking
from .middleware.outcomes import Outcome, classify

In = TypeVar("In")
T = TypeVar("T")

JournalPath: TypeAlias = str | os.PathLike[str]

VERSION: Final = 1


class Journal(Generic[T]):
    """The journal of one job, open for writing. It holds results, with page contents: only its owner may read it.

    Args:
        path: The file; made unless it exists.
        kind: The job, such as `pages.create_many`.
        wiki: URL of the wiki.
        items: Input of the job.
        result: Type of the results.

    Raises:
        ConfigurationError: The file belongs to another job, is in use, is damaged, or the input cannot be recognised
            the next time.
        OSError: The file cannot be read or written.
    """

    def __init__(self, path: JournalPath, kind: str, wiki: str, items: Sequence[object], result: type[T]) -> None:
        from pydantic import TypeAdapter

        self._results: TypeAdapter[T] = TypeAdapter(result)
        self.confirmed: dict[int, T] = {}
        self.in_flight: set[int] = set()
        header = {"journal": VERSION, "job": kind, "wiki": wiki, "items": len(items), "input": digest(items)}
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            self._lock(path)
            self._load(Path(path), header)
        except BaseException:
            self.close()
            raise

    def _lock(self, path: JournalPath) -> None:
        with suppress(ImportError):  # Windows has no such locks
            import fcntl

            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise ConfigurationError(f"The journal {path} is in use by another process.") from None

    def _load(self, path: Path, header: Mapping[str, object]) -> None:
        content = path.read_bytes()
        whole, _, torn = content.rpartition(b"\n")
        beginning = _line(header)
        if not whole and beginning.startswith(torn):  # nothing was sent before all of the first lines were on disk
            os.ftruncate(self._file, 0)
            intended = ({"item": index, "state": "intended"} for index in range(int(str(header["items"]))))
            self._write(beginning, *map(_line, intended))
            return
        for number, line in enumerate(whole.split(b"\n"), 1):
            try:
                entry: dict[str, Any] = json.loads(line)
                if number == 1:
                    check_header(path, entry, header)
                else:
                    self._note(entry["item"], entry["state"], entry.get("result"))
            except (ValueError, KeyError, TypeError, AttributeError):
                raise ConfigurationError(
                    f"Line {number} of {path} is not one of a journal.", hint="Give the path of a new file."
                ) from None
        os.ftruncate(self._file, len(content) - len(torn))  # what was being written when the process ended

    def _note(self, index: int, state: str, result: object) -> None:
        match state:
            case "sent":
                self.in_flight.add(index)
            case "refused":
                self.in_flight.discard(index)
            case "confirmed":
                self.in_flight.discard(index)
                self.confirmed[index] = self._results.validate_python(result)
            case _:
                pass

    def _write(self, *lines: bytes) -> None:
        content = b"".join(lines)
        while content:
            content = content[os.write(self._file, content) :]
        os.fsync(self._file)

    def sent(self, index: int) -> None:
        """An item is about to be sent."""
        self._write(_line({"item": index, "state": "sent"}))

    def confirm(self, index: int, result: T) -> None:
        """An item is done."""
        plain = self._results.dump_python(result, mode="json", by_alias=True, exclude_none=True)
        self._write(_line({"item": index, "state": "confirmed", "result": plain}))

    def refuse(self, index: int, error: WikiJSException) -> None:
        """An item certainly had no effect."""
        self._write(_line({"item": index, "state": "refused", "reason": error.message}))

    def close(self) -> None:
        """Close the file. It stays where it is."""
        os.close(self._file)


def _line(entry: Mapping[str, object]) -> bytes:
    return json.dumps(entry, ensure_ascii=False).encode() + b"\n"


def check_header(path: Path, found: Mapping[str, object], wanted: Mapping[str, object]) -> None:
    """Refuse the journal of another job.

    Raises:
        ConfigurationError: It is one; the message says what differs.
    """
    if found == wanted:
        return
    kinds = {"journal": "format", "job": "kind of job", "wiki": "wiki", "items": "number of items", "input": "input"}
    what = next((name for key, name in kinds.items() if found.get(key) != wanted[key]), "content")
    raise ConfigurationError(
        f"{path} is the journal of another job: its {what} is a different one. Nothing was sent.",
        hint="Run the job again with the same input, or give the path of a new file.",
    )


def digest(items: Sequence[object]) -> str:
    """A digest of the input, the same in every process.

    Raises:
        ConfigurationError: An item holds something that is used up by reading it, or has no fixed form.
    """
    return hashlib.sha256(json.dumps([plain(item) for item in items], sort_keys=True).encode()).hexdigest()


def plain(value: object) -> Any:
    """A value as JSON; sets sorted, since their order changes from process to process."""
    from pydantic import BaseModel

    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, BaseModel):
        return plain(value.model_dump(mode="json"))
    if isinstance(value, Mapping):
        return {str(name): plain(part) for name, part in cast("Mapping[object, object]", value).items()}
    if isinstance(value, Set):
        return sorted((plain(part) for part in cast("Set[object]", value)), key=json.dumps)
    if isinstance(value, list | tuple):
        return [plain(part) for part in cast("Sequence[object]", value)]
    raise ConfigurationError(
        f"A job with a journal cannot take a {type(value).__name__} in its items.",
        hint="Give lists, texts, numbers, dates: what is the same when the job is run again.",
    )


def recorded(
    journal: Journal[T], index: int, work: Callable[[In], Flow[T]], settle: Callable[[In], Flow[T]], item: In
) -> Flow[T]:
    """Do one item of a job, unless it is done: settle it where it was in flight.

    Args:
        journal: The job's journal.
        index: Place of the item in the input.
        work: Does an item.
        settle: Does an item that may have been done, in part or whole.
        item: The item.
    """
    if index in journal.confirmed:
        return journal.confirmed[index]
    was_in_flight = index in journal.in_flight
    yield from blocking(lambda: journal.sent(index))
    try:
        result = yield from (settle if was_in_flight else work)(item)
    except OutcomeUnknownError:
        raise
    except WikiJSException as error:
        refusal = error
        if not was_in_flight and classify(error, "") in {Outcome.NOT_SENT, Outcome.REJECTED}:
            yield from blocking(lambda: journal.refuse(index, refusal))
        raise
    yield from blocking(lambda: journal.confirm(index, result))
    return result
