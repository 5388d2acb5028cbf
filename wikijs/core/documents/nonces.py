"""What ties an answer to its request: a response key that was asked for in this request alone and must come back.

HTTP/1.1 has nothing of the kind. One surplus answer on a connection that is kept, from a proxy that repeats itself for
instance, and each later answer belongs to the request before. So every document also asks for `__typename`, which costs
the server nothing and never fails, under a name that changes from request to request.

Names of queries are taken from a small set in turn: the server keeps documents that it has parsed, and parsing a new
one costs it half a millisecond, and of a batch of fifty operations more than twenty. So what is read is compared with
what was asked for besides, by id and path, and batches take turns among names of their own that are fewer still: a
surplus answer is that to one of the last few requests. Mutations are rare and cost far more than that: each has a name
of its own.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from itertools import cycle
from random import randrange
from typing import Any, Final, TypeGuard, cast

from pydantic_core import from_json

from ..operations import OperationKind
from ..processes.forks import renew_in_children

PREFIX: Final = "nonce_"
NAMES: Final = tuple(f"{PREFIX}{number:02}" for number in range(64))
BATCH_NAMES: Final = tuple(f"{PREFIX}b{number}" for number in range(4))
_BEGINNINGS: Final = {name: f'{{"data":{{"{name}":'.encode() for name in NAMES + BATCH_NAMES}


class _Turns:
    """Deals out the names of queries; the children of a process begin anywhere, not all where it was."""

    def __init__(self, names: Sequence[str]) -> None:
        self._all = tuple(names)
        self._names: Iterator[str] = iter(())
        self.after_fork()
        renew_in_children(self)

    def after_fork(self) -> None:
        """Begin somewhere else."""
        first = randrange(len(self._all))  # noqa: S311  no secret
        self._names = cycle(self._all[first:] + self._all[:first])

    def next(self) -> str:
        return next(self._names)


_turns: Final = _Turns(NAMES)
_turns_of_batches: Final = _Turns(BATCH_NAMES)
_LARGE: Final = 8
"""From so many operations on a batch is a document that the server had better not parse again."""


def fresh(kind: OperationKind, operations: int = 1) -> str:
    """A name that no answer on its way bears.

    Args:
        kind: What is sent.
        operations: How many, in one document.
    """
    if kind == "mutation":
        return PREFIX + secrets.token_hex(8)
    return (_turns_of_batches if operations >= _LARGE else _turns).next()


def belongs(content: bytes, nonces: Sequence[str]) -> bool:
    """Whether an answer is not that to another request.

    An answer without data bears no name: refusals that come before a document is executed, and what proxies say.

    Args:
        content: The answer.
        nonces: What was asked for, one for each part of an array of requests.
    """
    if len(nonces) == 1:
        name = nonces[0]
        if content.startswith(_BEGINNINGS.get(name) or f'{{"data":{{"{name}":'.encode()):
            return True  # nearly always
        # Behind errors. Within a text its quotation marks would be escaped, so that no message can hold this.
        if content.startswith(b'{"errors":[') and f'],"data":{{"{name}":'.encode() in content:
            return True
    try:
        answer: Any = from_json(content)
    except ValueError:
        return True  # whoever reads it says what is wrong
    if not _is_list(answer):
        return _bears(answer, nonces)
    if len(answer) == len(nonces):
        return all(_bears(part, [name]) for part, name in zip(answer, nonces, strict=True))
    return all(_bears(part, nonces) for part in answer)


def _is_list(value: Any) -> TypeGuard[list[Any]]:
    return isinstance(value, list)


def _bears(answer: Any, nonces: Sequence[str]) -> bool:
    data: Any = cast("dict[str, Any]", answer).get("data") if isinstance(answer, dict) else None
    return not data or not isinstance(data, dict) or any(name in data for name in nonces)
