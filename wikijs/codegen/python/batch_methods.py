"""`batch` of a client: overloads that give each operation's result its own type in the tuple."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

LETTERS: Final = "ABCDEF"
"""A batch of up to this many operations has a type for each."""
TYPE_VARIABLES: Final = [f'{letter} = TypeVar("{letter}")' for letter in f"T{LETTERS}"]

_DOCUMENTATION: Final = '''
        """Execute several operations in one request and return their leaves, in order.

        Up to 50 queries share a request, larger batches are split, a few requests at a time. Mutations run one after
        the other; a batch holds either queries or mutations.

        Args:
            operations: Operation values, such as `ops.pages_single(1), ops.users_list()`.
            return_exceptions: Return an operation's exception in its place, instead of raising the first one.
            mode: "alias" merges the operations into one document, "array" posts an array of them; chosen by
                measurement unless given. Mutations always travel in alias mode, which keeps their order.
            timeout: Seconds for all of it; None for as long as it takes.

        Raises:
            APIError: The first operation that failed, unless `return_exceptions` is set.
            TransportError: A request or its answer was lost.
        """'''


def methods(*, asynchronous: bool) -> Iterator[str]:
    """Source of the methods, at the indentation of a class's body."""
    define, wait = ("async def", "await ") if asynchronous else ("def", "")
    more = "operations: Sequence[Operation[Any]], mode: BatchMode | None, timeout: float | None"
    yield f"    {define} _outcomes(self, {more}) -> list[Any]:"
    yield '        """Each operation\'s leaf or exception."""'
    yield "        raise NotImplementedError"
    for exceptions in (False, True):
        for count in range(1, len(LETTERS) + 1):
            taken = ", ".join(f"{letter.lower()}: Operation[{letter}]" for letter in LETTERS[:count])
            given = ", ".join(_leaf(letter, exceptions) for letter in LETTERS[:count])
            yield from _overload(define, f"{taken}, /, *", f"tuple[{given}]", exceptions)
    for exceptions in (False, True):
        yield from _overload(define, "*operations: Operation[T]", f"tuple[{_leaf('T', exceptions)}, ...]", exceptions)
    yield (
        f"    {define} batch(self, *operations: Operation[Any], return_exceptions: bool = False,"
        f" mode: BatchMode | None = None, timeout: float | None = None) -> tuple[Any, ...]:{_DOCUMENTATION}"
    )
    yield f"        outcomes = {wait}self._outcomes(operations, mode, timeout)"
    yield "        return settled(outcomes, return_exceptions=return_exceptions)"


def _leaf(letter: str, exceptions: bool) -> str:
    return f"{letter} | Exception" if exceptions else letter


def _overload(define: str, taken: str, given: str, exceptions: bool) -> Iterator[str]:
    more = "return_exceptions: Literal[True], " if exceptions else ""
    yield "    @overload"
    options = f"{more}mode: BatchMode | None = None, timeout: float | None = None"
    yield f"    {define} batch(self, {taken}, {options}) -> {given}: ..."
