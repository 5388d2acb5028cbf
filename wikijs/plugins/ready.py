"""Ready plugins that change what a client does: refuse writes, only record them, add headers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, TypeVar, cast

from wikijs.core.flow import Flow
from wikijs.exceptions import PermissionDeniedError

from .types import Call, Plugin, Proceed, Request

T = TypeVar("T")


class WriteRefusedError(PermissionDeniedError):
    """A plugin refuses writes; nothing was sent."""

    default_hint = "Use a client without the plugin to write."


class ReadOnlyPlugin(Plugin):
    """Refuses every write before anything is sent, so that a script can be tried on a real wiki. Logins still work.

    Args:
        allow: Names of writes to let through, such as "comments.create".
    """

    name = "read-only"

    def __init__(self, allow: tuple[str, ...] = ()) -> None:
        self._allowed = frozenset(allow)

    def around_call(self, call: Call, proceed: Proceed[T]) -> Flow[T]:
        """Let reads pass."""
        if call.kind != "mutation" or call.purpose == "login" or self._allows(call):
            return proceed(call)
        names = sorted({operation.spec.server_field for operation in call.operations} or {call.name})
        raise WriteRefusedError(f"Not sent: this client only reads, and {', '.join(names)} writes.")

    def _allows(self, call: Call) -> bool:
        names = {operation.spec.server_field for operation in call.operations} or {call.name}
        return names <= self._allowed


@dataclass(frozen=True)
class RecordedWrite:
    """A write that was not sent.

    Attributes:
        operation: The server's field, such as `pages.create`; "graphql" for a document as text.
        variables: What it would have sent.
    """

    operation: str
    variables: Mapping[str, Any] = field(default_factory=dict[str, Any], repr=False)


class DryRunPlugin(Plugin):
    """Records writes instead of sending them, and answers as if they had succeeded. Reads go to the wiki.

    What was written is not there when it is read: a page that was created so has the id 0. Uploads cannot be answered
    and are refused.

    Attributes:
        writes: What would have been sent, in order.
    """

    name = "dry-run"

    def __init__(self, report: Callable[[RecordedWrite], object] | None = None) -> None:
        """
        Args:
            report: Called with each write.
        """
        self.writes: list[RecordedWrite] = []
        self._report = report
        self._lock = Lock()

    def around_call(self, call: Call, proceed: Proceed[T]) -> Flow[T]:
        """Let reads pass, answer writes."""
        if call.kind != "mutation" or call.purpose == "login":
            return (yield from proceed(call))
        if not call.operations:
            self._record(RecordedWrite(call.name))
            if call.name == "graphql":
                return cast("T", {})
            raise WriteRefusedError(f"Not sent: {call.name} is an upload, which a dry run cannot answer.")
        from .made_up import leaf_of

        for operation in call.operations:
            self._record(RecordedWrite(operation.spec.server_field, operation.variables))
        leaves = [leaf_of(operation) for operation in call.operations]
        return cast("T", leaves if call.name == "batch" else leaves[0])

    def _record(self, write: RecordedWrite) -> None:
        with self._lock:
            self.writes.append(write)
        if self._report is not None:
            self._report(write)


class HeadersPlugin(Plugin):
    """Adds headers to each request: a request id for the logs of a proxy, a change number, a tenant.

    Args:
        headers: Names and values; a function is called for each request and gives the value.
        request_id: Name of a header that gets a random id, the same for all attempts of a call; None for none.
    """

    name = "headers"

    def __init__(
        self,
        headers: Mapping[str, str | Callable[[], str]] | None = None,
        *,
        request_id: str | None = "x-request-id",
    ) -> None:
        self._headers = dict(headers or {})
        self._request_id = request_id
        fixed = {name: value for name, value in self._headers.items() if isinstance(value, str)}
        names = [*self._headers, *([request_id] if request_id else [])]
        # Refused where they are given, not at the first request.
        Request(Call("", "query"), "POST", "", {}).with_headers({**dict.fromkeys(names, ""), **fixed})

    def before_request(self, request: Request) -> Request:
        """Add them."""
        added = {name: value if isinstance(value, str) else value() for name, value in self._headers.items()}
        if self._request_id:
            added[self._request_id] = request.call.id
        return request.with_headers(added)
