"""`analytics`: the providers and their settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wikijs.sandbox import modules
from wikijs.sandbox.context import Context
from wikijs.sandbox.graphql.errors import responds, success

from .. import resolver

if TYPE_CHECKING:
    from wikijs.sandbox.storage.database import Row

KIND = "analytics"


@resolver("AnalyticsQuery.providers")
def providers(ctx: Context, *, is_enabled: bool | None = None) -> list[Row]:
    """The providers with their settings. Their `props` are no list, which the schema says they are, so they fail."""
    return [
        modules.listed(KIND, key, state, unknown=True)
        for key, state in sorted(modules.states(ctx.db, KIND).items())
        if is_enabled is None or state["isEnabled"] == is_enabled
    ]


@resolver("AnalyticsMutation.updateProviders")
@responds
def update_providers(ctx: Context, *, providers: list[Row | None]) -> Row:
    """Save the providers that are given, one after the other."""
    for module in modules.inputs(providers, "providers"):
        changes = {"isEnabled": module["isEnabled"], "config": modules.config_of(module)}
        modules.save(ctx.db, KIND, module["key"], changes)
    return success("Providers updated successfully")
