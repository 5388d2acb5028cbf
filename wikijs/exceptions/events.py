"""Errors of the change feed and of webhooks."""

from __future__ import annotations

from .base import ConfigurationError, WikiJSException


class StoreError(WikiJSException):
    """The store of a feed or of webhooks cannot be used now: locked, full, damaged. What is in it is as it was."""


class FeedBusyError(ConfigurationError):
    """Another process looks at the wiki for this store already."""

    default_hint = "Read its events with `listen`, or stop the other process."


class WebhookError(ConfigurationError):
    """An endpoint cannot be as it was asked for: a bad address, an unknown type of event. Nothing was changed."""


class WebhookNotFoundError(WikiJSException):
    """There is no such endpoint or delivery."""


class WebhookRefusedError(WikiJSException):
    """The address of an endpoint is one that must not be connected to; nothing was sent."""


class WebhookVerificationError(WikiJSException):
    """What came in is not signed with a secret of ours, is too old, or was altered. Answer it with HTTP 400."""


class DuplicateEvent(WikiJSException):
    """This event was handled already, or is being handled. Answer it with HTTP 200, or 409 while `in_progress`.

    Attributes:
        event_id: Its id.
        in_progress: Whether another process is at it and has not ended.
    """

    def __init__(self, event_id: str, *, in_progress: bool = False) -> None:
        state = "is being handled" if in_progress else "was handled already"
        super().__init__(f"The event {event_id!r} {state}.")
        self.event_id = event_id
        self.in_progress = in_progress
