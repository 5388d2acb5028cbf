"""Receiving in a web framework of yours: verify, turn into an event, handle once."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from time import time
from types import TracebackType
from typing import Self

from wikijs.exceptions import ConfigurationError, DuplicateEvent, WebhookVerificationError
from wikijs.feed.types import Event, parse_event

from ..signing import TOLERANCE, key_of, verify
from .seen import Seen


class WebhookReceiver:
    """Verifies what comes in and makes events of it. It knows no framework.

    Args:
        secrets: The secrets of the endpoint; while one replaces another, both.
        seen: Path of a file that remembers which events were handled; without it, this process does while it runs.
        tolerance: Seconds that a message may be old, or from the future.
        clock: Seconds since 1970, for tests.

    Raises:
        ConfigurationError: There is no secret, or one is none.
    """

    def __init__(
        self,
        secrets: Sequence[str],
        *,
        seen: str | os.PathLike[str] | None = None,
        tolerance: float = TOLERANCE,
        clock: Callable[[], float] = time,
    ) -> None:
        if isinstance(secrets, str) or not secrets:
            raise ConfigurationError("secrets is a list of one secret or more.")
        self._keys = [key_of(secret) for secret in secrets]
        self._tolerance = tolerance
        self._clock = clock
        self._seen = Seen(seen, clock)

    def verify(self, headers: Mapping[str, str], body: bytes) -> Event:
        """The event of a message, without looking whether it came before.

        Raises:
            WebhookVerificationError: It is not signed with a secret of ours, too old, altered, or no event.
        """
        if not isinstance(body, bytes | bytearray | memoryview):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise ConfigurationError(
                f"The body must be bytes, not {type(body).__name__}.",
                hint="Give it as it came in: what a framework has parsed cannot be verified any more.",
            )
        content = bytes(body)
        message_id = verify(self._keys, headers, content, now=self._clock(), tolerance=self._tolerance)
        try:
            event = parse_event(content)
        except (ValueError, RecursionError):
            raise WebhookVerificationError("It is signed and no event.") from None
        if event.id != message_id:
            raise WebhookVerificationError("Its header and its body name different events.")
        return event

    def receive(self, headers: Mapping[str, str], body: bytes) -> Event:
        """The event of a message that is to be handled now; tell `done` or `failed` afterwards.

        Until then the event is in progress, for a minute at most, and comes to nobody else.

        Args:
            headers: Of the request.
            body: Exactly as it came in: `await request.body()` of FastAPI, `request.get_data()` of Flask,
                `request.body` of Django.

        Raises:
            WebhookVerificationError: Answer 400.
            DuplicateEvent: Answer 200; 409 where it is `in_progress`.
        """
        event = self.verify(headers, body)
        self._seen.begin(event.id)
        return event

    def done(self, event: Event) -> None:
        """An event was handled: when it comes again, it is a `DuplicateEvent`."""
        self._seen.end(event.id, handled=True)

    def failed(self, event: Event) -> None:
        """An event could not be handled: it may come again at once."""
        self._seen.end(event.id, handled=False)

    def handle(self, headers: Mapping[str, str], body: bytes, handler: Callable[[Event], object]) -> tuple[int, str]:
        """Do all of it: verify, call the handler once, and say what to answer.

        Returns:
            HTTP status and text. What the handler raises goes through; the sender then tries again.
        """
        try:
            event = self.receive(headers, body)
        except WebhookVerificationError as error:
            return 400, error.message
        except DuplicateEvent as duplicate:
            return (409 if duplicate.in_progress else 200), duplicate.message
        try:
            handler(event)
        except BaseException:
            with suppress(Exception):
                self.failed(event)
            raise
        self.done(event)
        return 200, "ok"

    def close(self) -> None:
        """Close the file of what was seen."""
        self._seen.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
