"""Journals of bulk jobs: what was intended, sent and confirmed, so that a job killed at any point can go on.

A journal is a file of JSON lines. The first one says which job it belongs to: its kind, the wiki, and a digest of its
input. Then come the items by their place in the input: `intended` for all of them at the start, `sent` before the
first request for one leaves, `confirmed` with the result once the server has said so or reading back has shown it,
and `refused` where it is certain that nothing happened. An item that was sent and nothing else is in flight: nobody
knows whether it was done. Each line is on disk before the work goes on; a last line without its end never happened.

Some jobs make their items from what they find on the wiki, such as the pages of a folder that moves. Their doing
changes what would be found, so the items are kept in the lines `intended`, which a line `planned` ends.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
import threading
from collections.abc import Callable, Mapping, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Generic, TypeAlias, TypeVar, cast

from wikijs.core.files.locking import make_private, try_lock
from wikijs.exceptions import ConfigurationError, FollowUpError, OutcomeUnknownError, WikiJSException

from ..flow import Flow, blocking
from ..outcomes import Outcome, classify

In = TypeVar("In")
T = TypeVar("T")

JournalPath: TypeAlias = str | os.PathLike[str]

VERSION: Final = 1
SECRETS: Final = frozenset({"password"})
"""Fields of items that must not be written down."""


class JournalError(ConfigurationError):
    """A journal cannot be written, such as on a full disk: nothing goes on without it."""


class Journal(Generic[T]):
    """The journal of one job, open for writing. It holds results, with page contents: only its owner may read it.

    Args:
        path: The file; made unless it exists.
        kind: The job, such as `pages.create_many`.
        wiki: URL of the wiki.
        items: Input of the job.
        result: Type of the results.
        about: What else makes the job what it is.
        planned: Whether the job makes its items from what it finds on the wiki, see `write_plan`.

    Raises:
        ConfigurationError: The file belongs to another, unfinished job, is in use, is damaged, or cannot be written; or
            the input cannot be recognised the next time.

    Attributes:
        confirmed: Results by place in the input.
        in_flight: Items that were sent and nothing else, with what was noted of the state before.
        plan: The items of a planned job, as JSON; None before `write_plan`.
    """

    def __init__(
        self,
        path: JournalPath,
        kind: str,
        wiki: str,
        items: Sequence[object],
        result: type[T],
        *,
        about: object = None,
        planned: bool = False,
    ) -> None:
        from pydantic import TypeAdapter

        self._path = path
        self._results: TypeAdapter[T] = TypeAdapter(result)
        self._writing = threading.Lock()
        self.confirmed: dict[int, T] = {}
        self.in_flight: dict[int, Any] = {}
        self.plan: list[Any] | None = None
        size = {} if planned else {"items": len(items)}
        given = digest(items if about is None else [about, *items])
        self._header = {"journal": VERSION, "job": kind, "wiki": wiki, **size, "input": given}
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        except OSError as error:
            raise self._unwritable(error) from None
        except (TypeError, ValueError):  # NUL
            raise ConfigurationError(f"journal must be the path of a file, not {path!r}.") from None
        try:
            self._lock()
            self._load()
            if planned and self.plan is None:
                os.ftruncate(self._file, 0)  # nothing is sent before the whole plan is on disk
        except BaseException:
            self.close()
            raise

    def _unwritable(self, error: OSError) -> JournalError:
        return JournalError(
            f"The journal {self._path} cannot be written: {error.strerror}. Nothing is sent without it.",
            hint="Give a path where there is room and this program may write.",
        )

    def _lock(self) -> None:
        if not stat.S_ISREG(os.fstat(self._file).st_mode):
            raise ConfigurationError(f"The journal {self._path} is not a file.", hint="Give the path of a new file.")
        if try_lock(self._file) is False:
            raise ConfigurationError(f"The journal {self._path} is in use by another process.")

    def _load(self) -> None:
        path = Path(self._path)
        content = path.read_bytes()
        if _line(self._header).startswith(content):  # nothing was sent before all of the first lines were on disk
            self._begin()
            return
        whole, _, torn = content.rpartition(b"\n")
        is_whole = _is_whole(torn)
        if is_whole:
            whole, torn = content, b""
        if _is_finished(whole, self._header):  # nobody needs it any more: the next job may have the file
            self._begin()
            return
        noted: list[Any] = []
        for number, line in enumerate(whole.split(b"\n"), 1):
            try:
                entry: dict[str, Any] = json.loads(line)
                if number == 1:
                    check_header(path, entry, self._header)
                else:
                    self._note(entry, noted)
            except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError):
                raise ConfigurationError(
                    f"Line {number} of {path} is not one of a journal.", hint="Give the path of a new file."
                ) from None
        os.ftruncate(self._file, len(content) - len(torn))  # what was being written when the process ended
        if is_whole:
            self._write(b"\n")

    def _begin(self) -> None:
        os.ftruncate(self._file, 0)
        make_private(self._file)  # it may have been there, empty, for all to read
        self._keep_name()
        if "items" in self._header:
            intended = ({"item": index, "state": "intended"} for index in range(int(str(self._header["items"]))))
            self._write(_line(self._header), *map(_line, intended))

    def _keep_name(self) -> None:
        """Have the folder on disk, too: a new file without it would be gone after the power fails."""
        with suppress(OSError):  # not on Windows
            folder = os.open(Path(self._path).parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)

    def write_plan(self, items: Sequence[object]) -> None:
        """Note the items of a planned job, as JSON."""
        intended = [{"item": index, "state": "intended", "what": what} for index, what in enumerate(items)]
        self._write(*map(_line, [self._header, *intended, {"item": len(items), "state": "planned"}]))
        self.plan = list(items)

    def _note(self, entry: dict[str, Any], planned: list[Any]) -> None:
        index: int = entry["item"]
        match entry["state"]:
            case "intended":
                planned.append(entry.get("what"))
            case "planned":
                self.plan = planned
            case "sent":
                self.in_flight[index] = entry.get("before")
            case "refused":
                self.in_flight.pop(index, None)
            case "finished":
                pass
            case "confirmed":
                self.in_flight.pop(index, None)
                self.confirmed[index] = self._results.validate_python(entry["result"])
            case state:
                raise ValueError(state)

    def _write(self, *lines: bytes) -> None:
        content = b"".join(lines)
        with self._writing:
            end = os.fstat(self._file).st_size
            try:
                while content:
                    content = content[os.write(self._file, content) :]
                os.fsync(self._file)
            except BaseException as error:
                with suppress(OSError):
                    os.ftruncate(self._file, end)  # the next line must not continue half of this one
                raise self._unwritable(error) if isinstance(error, OSError) else error from None

    def sent(self, index: int, before: object = None) -> None:
        """An item is about to be sent; `before` is what is known of the state before, as JSON."""
        known = {} if before is None else {"before": before}
        self._write(_line({"item": index, "state": "sent", **known}))

    def confirm(self, index: int, result: T) -> None:
        """An item is done.

        Raises:
            FollowUpError: This could not be noted.
        """
        plain = self._results.dump_python(result, mode="json", by_alias=True, exclude_none=True)
        try:
            self._write(_line({"item": index, "state": "confirmed", "result": plain}))
        except JournalError as error:
            raise FollowUpError(
                f"Item {index} is done, but this could not be noted: {error.message}",
                hint="Make room; with the same journal the next run finds out that it is done.",
                result=result,
            ) from error

    def refuse(self, index: int, error: Exception) -> None:
        """An item certainly had no effect. Where this cannot be noted, the next run finds it out."""
        reason = getattr(error, "message", str(error))
        with suppress(JournalError):
            self._write(_line({"item": index, "state": "refused", "reason": reason}))

    def finish(self) -> None:
        """All is done, items that needed nothing included: another job may have the file."""
        self._write(_line({"item": len(self.confirmed), "state": "finished"}))

    def close(self) -> None:
        """Close the file. It stays where it is."""
        os.close(self._file)


def _line(entry: Mapping[str, object]) -> bytes:
    return json.dumps(entry, ensure_ascii=False).encode() + b"\n"


def _is_finished(content: bytes, wanted: Mapping[str, object]) -> bool:
    """Whether this is the whole journal of another job, all of whose items are done, or none: each was refused.

    Where some are done and others refused, a job with mended input would do the first ones twice.
    """
    try:
        header, *entries = [cast("dict[str, Any]", json.loads(line)) for line in content.split(b"\n")]
        if header == wanted or not {"journal", "job", "wiki", "input"} <= header.keys():
            return False
        states = [(entry["item"], entry["state"]) for entry in entries]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return False
    if any(state == "finished" for _, state in states):
        return True
    last = dict(states)
    if "refused" in last.values() and not {"sent", "confirmed"} & set(last.values()):
        return True
    is_planned = "items" in header or any(state == "planned" for _, state in states)
    intended = {item for item, state in states if state == "intended"}
    return is_planned and intended <= {item for item, state in states if state == "confirmed"}


def _is_whole(line: bytes) -> bool:
    """Whether this is a line of a journal, of which at most the end of the line is missing."""
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def check_header(path: Path, found: Mapping[str, object], wanted: Mapping[str, object]) -> None:
    """Refuse the journal of another job.

    Raises:
        ConfigurationError: It is one; the message says what differs.
    """
    if found == wanted:
        return
    kinds = {"journal": "format", "job": "kind of job", "wiki": "wiki", "items": "number of items", "input": "input"}
    what = next((name for key, name in kinds.items() if found.get(key) != wanted.get(key)), "content")
    raise ConfigurationError(
        f"{path} is the journal of another job: its {what} is a different one. Nothing was sent.",
        hint="Run the job again with the same input, give the path of a new file, or remove the old one if what it did"
        " may be done again.",
    )


def digest(items: Sequence[object]) -> str:
    """A digest of the input, the same in every process, from which passwords cannot be guessed.

    Raises:
        ConfigurationError: An item holds something that is used up by reading it, or has no fixed form.
    """
    public: list[Any] = []
    secret: list[Any] = []
    for item in items:
        fields = plain(item)
        if isinstance(fields, dict):
            named = cast("dict[str, Any]", fields)
            secret += [[len(public), name, named.pop(name)] for name in sorted(SECRETS & named.keys())]
        public.append(fields)
    known = hashlib.sha256(json.dumps(public, sort_keys=True).encode())
    if not secret:
        return known.hexdigest()
    return hashlib.scrypt(json.dumps(secret).encode(), salt=known.digest(), n=2**14, r=8, p=1, dklen=32).hex()


def plain(value: object) -> Any:
    """A value as JSON; sets sorted, since their order changes from process to process."""
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, datetime):
        return value.isoformat()
    value = _fields(value)
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


def _fields(value: object) -> object:
    """The fields of a model or a dataclass; anything else as it is."""
    from pydantic import BaseModel

    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    return value


@dataclass(frozen=True, slots=True)
class Work(Generic[In, T]):
    """How a job does its items.

    Attributes:
        do: Does an item.
        settle: Does an item that may have been done, in part or whole; gets what `look` found before.
        look: Looks at what is there before an item is done, where settling needs to know it; gives JSON.
    """

    do: Callable[[In], Flow[T]]
    settle: Callable[[In, Any], Flow[T]]
    look: Callable[[In], Flow[Any]] | None = None


def recorded(journal: Journal[T], index: int, item: In, work: Work[In, T]) -> Flow[T]:
    """Do one item of a job, unless it is done: settle it where it was in flight.

    Args:
        journal: The job's journal.
        index: Place of the item in the input.
        item: The item.
        work: How to do it.
    """
    if index in journal.confirmed:
        return journal.confirmed[index]
    was_in_flight = index in journal.in_flight
    before = journal.in_flight.get(index)
    if not was_in_flight and work.look is not None:
        before = yield from work.look(item)
    yield from blocking(lambda: journal.sent(index, before))
    try:
        result = yield from (work.settle(item, before) if was_in_flight else work.do(item))
    except OutcomeUnknownError:
        raise
    except WikiJSException as error:
        refusal = error
        if not was_in_flight and is_refusal(error):
            yield from blocking(lambda: journal.refuse(index, refusal))
        raise
    yield from blocking(lambda: journal.confirm(index, result))
    return result


def is_refusal(error: Exception) -> bool:
    """Whether this failure shows that an item had no effect."""
    field = error.operation if isinstance(error, WikiJSException) else None
    return classify(error, field or "") in {Outcome.NOT_SENT, Outcome.REJECTED}
