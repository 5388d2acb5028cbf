"""Parts of lists that the server answers whole: pages of a list, and batches of an iteration."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from wikijs.core.flow import Stream, emit
from wikijs.exceptions import ConfigurationError, ValidationError

T = TypeVar("T")


def check_part(limit: object, offset: object) -> None:
    """Check which part of a list is wanted.

    Raises:
        ValidationError: This is none.
    """
    if limit is not None and (isinstance(limit, bool) or not isinstance(limit, int) or limit < 0):
        raise ValidationError(f"The limit cannot be {limit!r}.", hint="Use None for all.")
    if isinstance(offset, bool) or not isinstance(offset, int) or offset < 0:
        raise ValidationError(f"The offset cannot be {offset!r}.", hint="Use 0 to begin with the first.")


def part(found: Sequence[T], limit: int | None, offset: int) -> list[T]:
    """The part of a list that is wanted; nothing where the list is shorter."""
    check_part(limit, offset)
    return list(found[offset : None if limit is None else offset + limit])


def check_batch_size(batch_size: object) -> None:
    """Check the size of a batch.

    Raises:
        ConfigurationError: It holds nothing.
    """
    if isinstance(batch_size, bool) or not isinstance(batch_size, int) or batch_size < 1:
        raise ConfigurationError(f"batch_size is {batch_size!r}, but a batch holds at least one.")


def in_batches(found: list[T], batch_size: int) -> Stream[T]:
    """Hand a list out, a batch at a time. What was handed out is let go of: the list is empty afterwards."""
    check_batch_size(batch_size)
    found.reverse()
    while found:
        yield from emit([found.pop() for _ in range(min(batch_size, len(found)))])
