"""`storage`: places that pages and files are copied to. Settings are kept; nothing leaves the sandbox."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wikijs.sandbox import modules
from wikijs.sandbox.context import Context
from wikijs.sandbox.graphql.errors import UncodedError, responds, success
from wikijs.sandbox.storage.targets import complaint_of, handlers

from .. import resolver

if TYPE_CHECKING:
    from wikijs.sandbox.storage.database import Row

KIND = "storage"
HIDDEN = "********"
NEVER = "P0D"
PENDING = {"status": "pending", "message": "Initializing...", "lastAttempt": None}


@resolver("StorageQuery.targets")
def targets(ctx: Context) -> list[Row]:
    """The targets with their settings, secrets hidden."""
    found = [target(key, state) for key, state in modules.states(ctx.db, KIND).items()]
    return sorted(found, key=lambda module: (module["title"], module["key"]))


def target(key: str, state: Row) -> Row:
    """A target as it is listed."""
    module = modules.definitions(KIND)[key]
    config = {
        name: hidden(value) if module["props"].get(name, {}).get("sensitive") else value
        for name, value in state["config"].items()
    }
    schedule, actions = module.get("schedule"), module.get("actions")
    return modules.listed(KIND, key, state | {"config": config}) | {
        "mode": state.get("mode") or module.get("mode", "push"),
        "hasSchedule": schedule is not False,
        "syncInterval": state.get("syncInterval") or schedule or NEVER,
        "syncIntervalDefault": schedule,
        "actions": actions and [action | {"hint": f"{action['label']}."} for action in actions],
    }


def hidden(value: Any) -> Any:
    """A secret as it is shown."""
    if value is None:
        raise UncodedError("Cannot read properties of null (reading 'length')", "TypeError")
    return HIDDEN if isinstance(value, str) and value else value


@resolver("StorageQuery.status")
def status(ctx: Context) -> list[Row]:
    """How the targets that are switched on are doing."""
    titles = {key: module["title"] for key, module in modules.definitions(KIND).items()}
    return [
        {"key": key, "title": titles[key]} | PENDING | state.get("state", {})
        for key, state in modules.states(ctx.db, KIND).items()
        if state["isEnabled"]
    ]


@resolver("StorageMutation.updateTargets")
@responds
def update_targets(ctx: Context, *, targets: list[Row | None]) -> Row:
    """Save the targets that are given, then start all that are switched on."""
    for module in modules.inputs(targets, "targets", first="key"):
        known = modules.states(ctx.db, KIND).get(module["key"])
        if known is None:
            continue
        config = {
            name: known["config"].get(name, "") if value == HIDDEN else value
            for name, value in modules.config_of(module).items()
        }
        changes = {"isEnabled": module["isEnabled"], "mode": module["mode"], "config": config, "state": PENDING}
        interval = {"syncInterval": module["syncInterval"]} if "syncInterval" in module else {}
        modules.save(ctx.db, KIND, module["key"], changes | interval)
    for key, state in sorted(modules.states(ctx.db, KIND).items()):
        if state["isEnabled"]:
            start(ctx, key, state["config"])
    return success("Storage targets updated successfully")


def start(ctx: Context, key: str, config: Row) -> None:
    """Start a target and note how that went."""
    message = complaint_of(key, config)
    outcome = {"status": "error" if message else "operational", "message": message, "lastAttempt": ctx.now}
    modules.save(ctx.db, KIND, key, {"state": outcome})


@resolver("StorageMutation.executeAction")
@responds
def execute_action(ctx: Context, *, target_key: str, handler: str) -> Row:
    """Run an action of a target that is switched on, with nothing to show for it."""
    state = modules.states(ctx.db, KIND).get(target_key)
    if state is None or not state["isEnabled"]:
        raise UncodedError("Invalid or Inactive Storage Target")
    if handler not in handlers(target_key):
        raise UncodedError("Invalid Handler for Storage Target")
    if message := complaint_of(target_key, state["config"]):
        raise UncodedError(message)
    return success("Action completed.")
