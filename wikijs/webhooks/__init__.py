"""Webhooks: telling programs what changes in a wiki, and being told.

Sending: `Webhooks`. Receiving: `WebhookServer`, or `WebhookReceiver` in a web framework of yours.
"""

from .hooks import Webhooks
from .model import Attempt, Delivery, Endpoint, NewEndpoint

__all__ = ["Attempt", "Delivery", "Endpoint", "NewEndpoint", "Webhooks"]
