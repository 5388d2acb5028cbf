"""`batch` of both clients: overloads that give each operation's result its own type in the tuple."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeVar, overload

from .batching import settled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .batching import BatchMode
    from .operations import Operation

T = TypeVar("T")
A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")
D = TypeVar("D")
E = TypeVar("E")
F = TypeVar("F")


class BatchMethods:
    """The part of the blocking client that executes several operations."""

    def _outcomes(self, operations: Sequence[Operation[Any]], mode: BatchMode | None) -> list[Any]:
        """Each operation's leaf or exception."""
        raise NotImplementedError

    @overload
    def batch(self, a: Operation[A], /, *, mode: BatchMode | None = None) -> tuple[A]: ...
    @overload
    def batch(self, a: Operation[A], b: Operation[B], /, *, mode: BatchMode | None = None) -> tuple[A, B]: ...
    @overload
    def batch(
        self, a: Operation[A], b: Operation[B], c: Operation[C], /, *, mode: BatchMode | None = None
    ) -> tuple[A, B, C]: ...
    @overload
    def batch(
        self, a: Operation[A], b: Operation[B], c: Operation[C], d: Operation[D], /, *, mode: BatchMode | None = None
    ) -> tuple[A, B, C, D]: ...
    @overload
    def batch(
        self,
        a: Operation[A],
        b: Operation[B],
        c: Operation[C],
        d: Operation[D],
        e: Operation[E],
        /,
        *,
        mode: BatchMode | None = None,
    ) -> tuple[A, B, C, D, E]: ...
    @overload
    def batch(
        self,
        a: Operation[A],
        b: Operation[B],
        c: Operation[C],
        d: Operation[D],
        e: Operation[E],
        f: Operation[F],
        /,
        *,
        mode: BatchMode | None = None,
    ) -> tuple[A, B, C, D, E, F]: ...
    @overload
    def batch(
        self, a: Operation[A], /, *, return_exceptions: Literal[True], mode: BatchMode | None = None
    ) -> tuple[A | Exception]: ...
    @overload
    def batch(
        self, a: Operation[A], b: Operation[B], /, *, return_exceptions: Literal[True], mode: BatchMode | None = None
    ) -> tuple[A | Exception, B | Exception]: ...
    @overload
    def batch(
        self,
        a: Operation[A],
        b: Operation[B],
        c: Operation[C],
        /,
        *,
        return_exceptions: Literal[True],
        mode: BatchMode | None = None,
    ) -> tuple[A | Exception, B | Exception, C | Exception]: ...
    @overload
    def batch(
        self,
        a: Operation[A],
        b: Operation[B],
        c: Operation[C],
        d: Operation[D],
        /,
        *,
        return_exceptions: Literal[True],
        mode: BatchMode | None = None,
    ) -> tuple[A | Exception, B | Exception, C | Exception, D | Exception]: ...
    @overload
    def batch(
        self,
        a: Operation[A],
        b: Operation[B],
        c: Operation[C],
        d: Operation[D],
        e: Operation[E],
        /,
        *,
        return_exceptions: Literal[True],
        mode: BatchMode | None = None,
    ) -> tuple[A | Exception, B | Exception, C | Exception, D | Exception, E | Exception]: ...
    @overload
    def batch(
        self,
        a: Operation[A],
        b: Operation[B],
        c: Operation[C],
        d: Operation[D],
        e: Operation[E],
        f: Operation[F],
        /,
        *,
        return_exceptions: Literal[True],
        mode: BatchMode | None = None,
    ) -> tuple[A | Exception, B | Exception, C | Exception, D | Exception, E | Exception, F | Exception]: ...
    @overload
    def batch(self, *operations: Operation[T], mode: BatchMode | None = None) -> tuple[T, ...]: ...
    @overload
    def batch(
        self, *operations: Operation[T], return_exceptions: Literal[True], mode: BatchMode | None = None
    ) -> tuple[T | Exception, ...]: ...
    def batch(
        self, *operations: Operation[Any], return_exceptions: bool = False, mode: BatchMode | None = None
    ) -> tuple[Any, ...]:
        """Execute several operations in one request and return their leaves, in order.

        Up to 50 queries share a request, larger batches are split, a few requests at a time. Mutations run one after
        the other; a batch holds either queries or mutations.

        Args:
            operations: Operation values, such as `ops.pages_single(1), ops.users_list()`.
            return_exceptions: Return an operation's exception in its place, instead of raising the first one.
            mode: "alias" merges the operations into one document, "array" posts an array of them; chosen by
                measurement unless given. Mutations always travel in alias mode, which keeps their order.

        Raises:
            APIError: The first operation that failed, unless `return_exceptions` is set.
            TransportError: A request or its answer was lost.
        """
        outcomes = self._outcomes(operations, mode)
        return settled(outcomes, return_exceptions=return_exceptions)


class AsyncBatchMethods:
    """The part of the asynchronous client that executes several operations."""

    async def _outcomes(self, operations: Sequence[Operation[Any]], mode: BatchMode | None) -> list[Any]:
        """Each operation's leaf or exception."""
        raise NotImplementedError

    @overload
    async def batch(self, a: Operation[A], /, *, mode: BatchMode | None = None) -> tuple[A]: ...
    @overload
    async def batch(self, a: Operation[A], b: Operation[B], /, *, mode: BatchMode | None = None) -> tuple[A, B]: ...
    @overload
    async def batch(
        self, a: Operation[A], b: Operation[B], c: Operation[C], /, *, mode: BatchMode | None = None
    ) -> tuple[A, B, C]: ...
    @overload
    async def batch(
        self, a: Operation[A], b: Operation[B], c: Operation[C], d: Operation[D], /, *, mode: BatchMode | None = None
    ) -> tuple[A, B, C, D]: ...
    @overload
    async def batch(
        self,
        a: Operation[A],
        b: Operation[B],
        c: Operation[C],
        d: Operation[D],
        e: Operation[E],
        /,
        *,
        mode: BatchMode | None = None,
    ) -> tuple[A, B, C, D, E]: ...
    @overload
    async def batch(
        self,
        a: Operation[A],
        b: Operation[B],
        c: Operation[C],
        d: Operation[D],
        e: Operation[E],
        f: Operation[F],
        /,
        *,
        mode: BatchMode | None = None,
    ) -> tuple[A, B, C, D, E, F]: ...
    @overload
    async def batch(
        self, a: Operation[A], /, *, return_exceptions: Literal[True], mode: BatchMode | None = None
    ) -> tuple[A | Exception]: ...
    @overload
    async def batch(
        self, a: Operation[A], b: Operation[B], /, *, return_exceptions: Literal[True], mode: BatchMode | None = None
    ) -> tuple[A | Exception, B | Exception]: ...
    @overload
    async def batch(
        self,
        a: Operation[A],
        b: Operation[B],
        c: Operation[C],
        /,
        *,
        return_exceptions: Literal[True],
        mode: BatchMode | None = None,
    ) -> tuple[A | Exception, B | Exception, C | Exception]: ...
    @overload
    async def batch(
        self,
        a: Operation[A],
        b: Operation[B],
        c: Operation[C],
        d: Operation[D],
        /,
        *,
        return_exceptions: Literal[True],
        mode: BatchMode | None = None,
    ) -> tuple[A | Exception, B | Exception, C | Exception, D | Exception]: ...
    @overload
    async def batch(
        self,
        a: Operation[A],
        b: Operation[B],
        c: Operation[C],
        d: Operation[D],
        e: Operation[E],
        /,
        *,
        return_exceptions: Literal[True],
        mode: BatchMode | None = None,
    ) -> tuple[A | Exception, B | Exception, C | Exception, D | Exception, E | Exception]: ...
    @overload
    async def batch(
        self,
        a: Operation[A],
        b: Operation[B],
        c: Operation[C],
        d: Operation[D],
        e: Operation[E],
        f: Operation[F],
        /,
        *,
        return_exceptions: Literal[True],
        mode: BatchMode | None = None,
    ) -> tuple[A | Exception, B | Exception, C | Exception, D | Exception, E | Exception, F | Exception]: ...
    @overload
    async def batch(self, *operations: Operation[T], mode: BatchMode | None = None) -> tuple[T, ...]: ...
    @overload
    async def batch(
        self, *operations: Operation[T], return_exceptions: Literal[True], mode: BatchMode | None = None
    ) -> tuple[T | Exception, ...]: ...
    async def batch(
        self, *operations: Operation[Any], return_exceptions: bool = False, mode: BatchMode | None = None
    ) -> tuple[Any, ...]:
        """Execute several operations in one request and return their leaves, in order.

        Up to 50 queries share a request, larger batches are split, a few requests at a time. Mutations run one after
        the other; a batch holds either queries or mutations.

        Args:
            operations: Operation values, such as `ops.pages_single(1), ops.users_list()`.
            return_exceptions: Return an operation's exception in its place, instead of raising the first one.
            mode: "alias" merges the operations into one document, "array" posts an array of them; chosen by
                measurement unless given. Mutations always travel in alias mode, which keeps their order.

        Raises:
            APIError: The first operation that failed, unless `return_exceptions` is set.
            TransportError: A request or its answer was lost.
        """
        outcomes = await self._outcomes(operations, mode)
        return settled(outcomes, return_exceptions=return_exceptions)
