"""Tells a proxy whose request this is, and counts calls by how they ended."""

from __future__ import annotations

import os
from collections import Counter
from typing import TypeVar

from wikijs.plugins import Call, Flow, Plugin, Proceed, Request

__all__ = ["TenantPlugin"]

T = TypeVar("T")


class TenantPlugin(Plugin):
    """Adds the header `x-tenant` to each request.

    Args:
        tenant: Its value; else that of the variable WIKIJS_TENANT, else "default".
    """

    name = "tenant"

    def __init__(self, tenant: str | None = None) -> None:
        self.tenant = tenant or os.environ.get("WIKIJS_TENANT") or "default"
        self.ended: Counter[str] = Counter()

    def before_request(self, request: Request) -> Request:
        """Add the header."""
        return request.with_headers({"x-tenant": self.tenant})

    def around_call(self, call: Call, proceed: Proceed[T]) -> Flow[T]:
        """Count how calls end."""
        try:
            result = yield from proceed(call)
        except Exception as error:
            self.ended[type(error).__name__] += 1
            raise
        self.ended["ok"] += 1
        return result
