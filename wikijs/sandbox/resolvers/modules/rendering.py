"""`rendering`: the renderers and their settings. Settings are kept; pages are rendered as a new wiki renders them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wikijs.sandbox import modules
from wikijs.sandbox.context import Context
from wikijs.sandbox.graphql.errors import responds, success

from .. import resolver

if TYPE_CHECKING:
    from wikijs.sandbox.storage.database import Row

KIND = "rendering"


@resolver("RenderingQuery.renderers")
def renderers(ctx: Context, *, filter: str | None = None, order_by: str | None = None) -> list[Row]:
    """The renderers with their settings. `filter` has no effect."""
    del filter
    found = [modules.listed(KIND, key, state) for key, state in modules.states(ctx.db, KIND, is_enabled=True).items()]
    return modules.sorted_by(found, order_by)


@resolver("RenderingMutation.updateRenderers")
@responds
def update_renderers(ctx: Context, *, renderers: list[Row | None] | None = None) -> Row:
    """Save the renderers that are given, one after the other."""
    for module in modules.inputs(renderers, "renderers"):
        changes = {"isEnabled": module["isEnabled"], "config": modules.config_of(module)}
        modules.save(ctx.db, KIND, module["key"], changes)
    return success("Renderers updated successfully")
