"""`contribute`: who gave money to Wiki.js, which the server would have to ask the internet for."""

from __future__ import annotations

from ..context import Context
from . import resolver


@resolver("ContributeQuery.contributors")
def contributors(_ctx: Context) -> None:
    """Nobody, as on a server without a way out."""
    return
