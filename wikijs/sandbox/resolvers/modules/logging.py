"""`logging`: services that logs could be sent to, of which the server only keeps the settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wikijs.sandbox import modules
from wikijs.sandbox.context import Context
from wikijs.sandbox.graphql.errors import responds, success

from .. import resolver

if TYPE_CHECKING:
    from wikijs.sandbox.storage.database import Row

KIND = "logging"


@resolver("LoggingQuery.loggers")
def loggers(ctx: Context, *, filter: str | None = None, order_by: str | None = None) -> list[Row]:
    """The loggers with their settings. `filter` has no effect."""
    del filter
    found = [modules.listed(KIND, key, state, unknown=True) for key, state in modules.states(ctx.db, KIND).items()]
    return modules.sorted_by(found, order_by)


@resolver("LoggingMutation.updateLoggers")
@responds
def update_loggers(ctx: Context, *, loggers: list[Row | None] | None = None) -> Row:
    """Save the loggers that are given; unlike everywhere else values are kept as the text they come as."""
    for module in modules.inputs(loggers, "loggers"):
        changes = {
            "isEnabled": module["isEnabled"],
            "level": module["level"],
            "config": modules.config_of(module, read=str),
        }
        modules.save(ctx.db, KIND, module["key"], changes)
    return success("Loggers updated successfully")
