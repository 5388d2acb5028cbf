"""Results of work on many things at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from wikijs.exceptions import BatchFailedError

__all__ = ["BatchError", "BatchFailedError", "BatchResult"]

In = TypeVar("In")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class BatchError(Generic[In]):
    """One item that failed.

    Attributes:
        index: Its place in the input, from 0.
        input: The item itself.
        exception: Why.
    """

    index: int
    input: In = field(repr=False)  # it may hold a password
    exception: Exception

    @property
    def message(self) -> str:
        """Why, in one sentence: the message of the exception."""
        return getattr(self.exception, "message", "") or str(self.exception) or type(self.exception).__name__


@dataclass(slots=True)
class BatchResult(Generic[In, T]):
    """What became of each item of a bulk write, in the order of the input.

    Attributes:
        success: Results of the items that succeeded.
        errors: Items that failed, each with its place in the input.
        not_attempted: Items that were left when the work was interrupted.
    """

    success: list[T] = field(default_factory=list[T])
    errors: list[BatchError[In]] = field(default_factory=list[BatchError[In]])
    not_attempted: list[In] = field(default_factory=list[In], repr=False)  # they may hold passwords

    @property
    def interrupted(self) -> bool:
        """Whether the work stopped before its end."""
        return bool(self.not_attempted)

    def raise_for_errors(self) -> None:
        """Raise when anything failed or was left.

        Raises:
            BatchFailedError: Holds this result.
        """
        if self.errors or self.not_attempted:
            total = len(self.success) + len(self.errors) + len(self.not_attempted)
            first = f" First: item {self.errors[0].index}: {self.errors[0].exception}" if self.errors else ""
            left = f" {len(self.not_attempted)} were not attempted." if self.not_attempted else ""
            raise BatchFailedError(f"{len(self.errors)} of {total} items failed.{left}{first}", result=self)

    def __iter__(self) -> Iterator[T]:
        return iter(self.success)

    def __len__(self) -> int:
        return len(self.success)
