"""Lines that hold each other: each carries the hash of the one before. Pure; files are the business of `audit.py`."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

GENESIS: Final = "0" * 64
"""What stands in the place of a hash before the first line."""
INTENT: Final = "intent"
OUTCOME: Final = "outcome"
CONTINUED: Final = "continued"


def sealed(entry: Mapping[str, Any], previous: str, key: bytes | None) -> tuple[str, str]:
    """A line, and its hash.

    Args:
        entry: What it says.
        previous: Hash of the line before.
        key: Makes the hash one that only who has the key can make; None for a plain one.
    """
    body = json.dumps({**entry, "prev": previous}, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    digest = _digest(body.encode(), key)
    return f'{body[:-1]},"hash":"{digest}"}}', digest


def _digest(body: bytes, key: bytes | None) -> str:
    return hashlib.sha256(body).hexdigest() if key is None else hmac.new(key, body, hashlib.sha256).hexdigest()


@dataclass
class Verdict:
    """What looking through a file of lines found.

    Attributes:
        lines: Lines in all.
        problems: What is wrong, a sentence each, with the number of the line.
        open: Ids of writes that were begun and of whose end nothing is written, with their lines.
        last: Hash of the last good line.
        sequence: Number of the last line.
        torn: Whether the last line is cut off, as after a crash.
    """

    lines: int = 0
    problems: list[str] = field(default_factory=list[str])
    open: dict[str, int] = field(default_factory=dict[str, int])
    last: str = GENESIS
    sequence: int = 0
    torn: bool = False

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong; open writes and a cut last line are traces of a crash and no forgery."""
        return not self.problems


def entries(lines: Iterable[str]) -> Iterator[tuple[int, dict[str, Any] | None, str]]:
    """Number, content (None for one that is no JSON) and text of each line."""
    for number, line in enumerate(lines, 1):
        text = line.rstrip("\n")
        if not text:
            continue
        try:
            value: Any = json.loads(text)
        except (ValueError, RecursionError):
            value = None
        yield number, value if isinstance(value, dict) else None, text


def verify(
    lines: Iterable[str],
    key: bytes | None = None,
    *,
    previous: str = GENESIS,
    checkpoint: tuple[int, str] | None = None,
) -> Verdict:
    """Look through the lines of a file.

    Args:
        lines: The lines, in their order.
        key: The key they were made with.
        previous: Hash of the last line of the file before, where this one continues it.
        checkpoint: Number and hash of a line that must be there: what was noted elsewhere. Shows a cut tail.
    """
    found = Verdict(last=previous)
    reached = checkpoint is None
    held: str | None = None
    for number, entry, text in entries(lines):
        if held is not None:
            found.problems.append(held)
            held = None
        found.lines += 1
        if entry is None:
            held = f"line {number} is no entry: it was changed or cut"
            continue
        problem = _wrong(entry, text, key, found)
        if problem:
            found.problems.append(f"line {number} {problem}")
        _note(entry, number, found)
        if checkpoint is not None and entry.get("seq") == checkpoint[0]:
            reached = True
            if entry.get("hash") != checkpoint[1]:
                found.problems.append(f"line {number} is not the one of the checkpoint")
    found.torn = held is not None  # the last line of all: a crash while it was written
    if not reached and checkpoint is not None:
        found.problems.append(f"the line {checkpoint[0]} of the checkpoint is not there: the end was cut off")
    return found


def _wrong(entry: Mapping[str, Any], text: str, key: bytes | None, found: Verdict) -> str | None:
    """What is wrong with an entry, and takes it as the last one."""
    digest, previous, sequence = entry.get("hash"), entry.get("prev"), entry.get("seq")
    before, expected = found.last, found.sequence + 1
    first = found.lines == 1
    found.last = digest if isinstance(digest, str) else ""
    found.sequence = sequence if isinstance(sequence, int) else expected
    body, _, _ = text.rpartition(',"hash":"')
    if not hmac.compare_digest(_digest(f"{body}}}".encode(), key), str(digest)):
        return "was changed: its hash is not that of its content" + (", or the key is another" if first else "")
    if first and entry.get("event") == CONTINUED and before == GENESIS:
        return None  # what it continues is another file, see `previous`
    if previous != before:
        return "does not follow the line before it: lines were deleted, put in or moved"
    if sequence != expected and not first:
        return f"has the number {sequence} instead of {expected}"
    return None


def _note(entry: Mapping[str, Any], number: int, found: Verdict) -> None:
    name = str(entry.get("call"))
    if entry.get("event") == INTENT:
        found.open[name] = number
    elif entry.get("event") == OUTCOME:
        found.open.pop(name, None)
