"""Asking people before something is destroyed, moved or brought back.

The question holds what would be done and which pages by id and path, never text of the wiki. The answer holds for
exactly this call: a digest of all its arguments is part of the question, and what was asked is compared once more
before it is done, since a path may lead to another page by then.
"""

from __future__ import annotations

import hmac
import json
import secrets
import time
from base64 import urlsafe_b64encode
from collections import OrderedDict
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from mcp.server.mcpserver import AcceptedElicitation, Elicit, ElicitationResult
from mcp.server.mcpserver.exceptions import ToolError
from pydantic import BaseModel, Field

if TYPE_CHECKING:
    from mcp.server.mcpserver import Context

    from .settings import Confirming

_VALID_FOR: Final = 600
"""Seconds for which a confirmation token is good."""
_REMEMBERED: Final = 1_000
"""Questions whose wording is kept until they are answered."""


class Sure(BaseModel):
    """The answer to a question before something is destroyed."""

    yes: bool = Field(description="Do it")


class Confirmer:
    """Asks through the assistant's host, or has the assistant say it again.

    Args:
        how: Which of the two.
        clock: Tells the time, in seconds.
    """

    def __init__(self, how: Confirming, clock: Callable[[], float] = time.time) -> None:
        self._how = how
        self._clock = clock
        self._key = secrets.token_bytes(32)
        self._used: dict[str, int] = {}
        self._asked: OrderedDict[tuple[str, str], str] = OrderedDict()

    def ask(
        self, ctx: Context[Any, Any], what: str, tool: str, arguments: Mapping[str, Any], confirmation: str | None
    ) -> Sure | Elicit[Sure]:
        """The question, or the answer where it has been given already.

        Args:
            ctx: The call.
            what: What would be done, as the middle of a sentence, in our words with ids and paths.
            tool: Name of the tool.
            arguments: All its arguments.
            confirmation: The token that the assistant was given, where it says again that it means it.

        Raises:
            ToolError: The host cannot ask, or the assistant has to say it again.
        """
        digest = _digest(tool, what, arguments)
        self._asked[_call_of(ctx, tool)] = what
        while len(self._asked) > _REMEMBERED:
            self._asked.popitem(last=False)
        if self._how == "token":
            if confirmation is not None and self._is_good(confirmation, digest):
                return Sure(yes=True)
            raise ToolError(
                f"Nothing was done yet. This would {what}. If the person you work for wants that, call again with the"
                f" same arguments and confirmation {self._token(digest)!r}, within {_VALID_FOR // 60} minutes."
            )
        capabilities = ctx.client_capabilities
        asking = capabilities.elicitation if capabilities else None
        if asking is None or (asking.form is None and asking.url is not None):
            raise ToolError(
                f"Nothing was done. This would {what}, which a person has to agree to, and this host cannot ask one."
                " Whoever set the server up can start it with --confirm token."
            )
        return Elicit(f"{what[:1].upper()}{what[1:]}? (call {digest[:8]})", Sure)

    def check(self, ctx: Context[Any, Any], what: str, tool: str, outcome: ElicitationResult[Sure]) -> None:
        """Go on only where somebody said yes, and to exactly this.

        Args:
            ctx: The call.
            what: What is about to be done, found out anew.
            tool: Name of the tool.
            outcome: What became of the question.

        Raises:
            ToolError: Nobody agreed, or it would be something else by now.
        """
        asked = self._asked.pop(_call_of(ctx, tool), None)
        if not (isinstance(outcome, AcceptedElicitation) and outcome.data.yes):
            raise ToolError("Nothing was done: the person did not agree.")
        if asked != what:
            raise ToolError(f"Nothing was done: meanwhile this would {what}. Call again, and the person is asked anew.")

    def _token(self, digest: str) -> str:
        until = int(self._clock()) + _VALID_FOR
        return f"{until:x}-{self._seal(until, digest)}"

    def _seal(self, until: int, digest: str) -> str:
        sealed = hmac.new(self._key, f"{until}:{digest}".encode(), sha256).digest()[:12]
        return urlsafe_b64encode(sealed).decode()

    def _is_good(self, confirmation: str, digest: str) -> bool:
        """Whether a token is of this call, in time, and was not used before."""
        moment, _, sealed = confirmation.partition("-")
        now = int(self._clock())
        try:
            until = int(moment, 16)
        except ValueError:
            return False
        if not hmac.compare_digest(sealed.encode(), self._seal(until, digest).encode()) or until < now:
            return False
        self._used = {token: end for token, end in self._used.items() if end >= now}
        if confirmation in self._used:
            return False
        self._used[confirmation] = until
        return True


def _call_of(ctx: Context[Any, Any], tool: str) -> tuple[str, str]:
    return f"{id(ctx.session)}:{ctx.request_id}", tool


def _digest(tool: str, what: str, arguments: Mapping[str, Any]) -> str:
    written = json.dumps([tool, what, arguments], sort_keys=True, ensure_ascii=True, default=str)
    return sha256(written.encode()).hexdigest()
