"""`system`: information about the server, flags, telemetry, export."""

from __future__ import annotations

import os
import platform
from math import ceil
from typing import TYPE_CHECKING
from uuid import uuid4

from ..context import Context
from ..graphql.errors import CodedError, UncodedError, responds, success
from . import resolver

if TYPE_CHECKING:
    from ..storage.database import Row

RELEASED = "2026-01-01T01:01:01.000Z"

LONGEST_REFUSED = 10
"""Characters of a connection string that is not even tried."""

EXPORTED = {
    "assets": ("assets",),
    "comments": ("comments",),
    "groups": ("groups",),
    "history": ("pageHistory",),
    "pages": ("pages",),
    "users": ("users",),
}
"""What exports have to write, by entity: tables."""
SECONDS_A_ROW = 0.002

EXTENSIONS = [
    {
        "key": "git",
        "title": "Git",
        "description": "Version control, needed by the Git storage target.",
        "isInstalled": True,
        "isCompatible": True,
    },
    {
        "key": "pandoc",
        "title": "Pandoc",
        "description": "Conversion between markup formats, needed to import from other wikis.",
        "isInstalled": False,
        "isCompatible": True,
    },
    {
        "key": "puppeteer",
        "title": "Puppeteer",
        "description": "A browser without a window, needed to render diagrams and PDF files.",
        "isInstalled": False,
        "isCompatible": True,
    },
    {
        "key": "sharp",
        "title": "Sharp",
        "description": "Image processing, needed to make thumbnails.",
        "isInstalled": False,
        "isCompatible": True,
    },
]


@resolver("SystemQuery.flags")
def flags(ctx: Context) -> list[Row]:
    """The debugging flags."""
    return [{"key": key, "value": value} for key, value in ctx.db.setting("flags").items()]


@resolver("SystemQuery.info")
def info(ctx: Context) -> Row:
    """Versions, machine and totals. Anyone may ask; each field has its own permission."""
    system = ctx.db.setting("system")
    return {
        "configFile": "/wiki/config.yml",
        "cpuCores": os.cpu_count(),
        "currentVersion": ctx.sandbox.version,
        "dbHost": "localhost",
        "dbType": ctx.db.engine.title,
        "dbVersion": ctx.db.engine.version,
        "groupsTotal": total(ctx, "groups"),
        "hostname": platform.node(),
        "httpPort": 3000,
        "httpRedirection": system["httpRedirection"],
        "httpsPort": 0,
        "latestVersion": ctx.sandbox.version,
        "latestVersionReleaseDate": RELEASED,
        "nodeVersion": "20.20.2",
        "operatingSystem": f"{platform.system()} {platform.release()}",
        "pagesTotal": total(ctx, "pages"),
        "platform": "docker",
        "ramTotal": "4 GB",
        "sslStatus": "OK",
        "tagsTotal": total(ctx, "tags"),
        "telemetry": system["telemetry"],
        "telemetryClientId": system["telemetryClientId"],
        "upgradeCapable": False,
        "usersTotal": total(ctx, "users"),
        "workingDirectory": "/wiki",
    }


def total(ctx: Context, table: str) -> int:
    """The number of rows of a table."""
    count: int = ctx.db.value(f"SELECT count(*) FROM {table}")  # noqa: S608  # own names
    return count


@resolver("SystemQuery.extensions")
def extensions(_ctx: Context) -> list[Row]:
    """Programs that the server can use."""
    return EXTENSIONS


@resolver("SystemQuery.exportStatus")
def export_status(ctx: Context) -> Row:
    """How far the last export is."""
    export = ctx.db.setting("export")
    if not export:
        return {"status": "notrunning", "progress": 0, "message": "", "startedAt": None}
    share = min(1.0, (ctx.sandbox.clock() - export["began"]) / export["duration"])
    status = "running" if share < 1 else "success"
    return {"status": status, "progress": ceil(100 * share), "message": "", "startedAt": export["startedAt"]}


@resolver("SystemMutation.updateFlags")
def update_flags(ctx: Context, *, flags: list[Row | None]) -> Row:
    """Replace all flags; names are not checked."""
    if None in flags:
        raise UncodedError("Cannot read properties of null (reading 'key')", "TypeError")
    ctx.db.save_setting("flags", {flag["key"]: flag["value"] for flag in flags if flag})
    return success("System Flags applied successfully")


@resolver("SystemMutation.setTelemetry")
@responds
def set_telemetry(ctx: Context, *, enabled: bool) -> Row:
    """Switch telemetry; its message and that of the reset are mixed up."""
    ctx.db.save_setting("system", ctx.db.setting("system") | {"telemetry": enabled})
    return success("Telemetry Client ID has been reset successfully")


@resolver("SystemMutation.resetTelemetryClientId")
@responds
def reset_telemetry_client_id(ctx: Context) -> Row:
    """Take a new id for telemetry."""
    ctx.db.save_setting("system", ctx.db.setting("system") | {"telemetryClientId": str(uuid4())})
    return success("Telemetry state updated successfully")


@resolver("SystemMutation.performUpgrade")
@responds
def perform_upgrade(_ctx: Context) -> Row:
    """Fails, as it does wherever the upgrade companion is missing."""
    raise UncodedError(
        "You must run the wiki-update-companion container and pass the UPGRADE_COMPANION env var"
        " in order to use this feature."
    )


@resolver("SystemMutation.importUsersFromV1")
@responds
def import_users_from_v1(_ctx: Context, *, mongo_db_conn_string: str, group_mode: str) -> Row:
    """Fails: there is no MongoDB here."""
    del group_mode
    if len(mongo_db_conn_string) <= LONGEST_REFUSED:
        raise UncodedError("MongoDB Connection String is missing or invalid.")
    if not mongo_db_conn_string.startswith(("mongodb://", "mongodb+srv://")):
        raise UncodedError("Invalid connection string", "MongoParseError")
    raise UncodedError("connect ECONNREFUSED 127.0.0.1:27017", "MongoNetworkError")


@resolver("SystemMutation.setHTTPSRedirection")
def set_https_redirection(ctx: Context, *, enabled: bool) -> Row:
    """Switch the redirection, which has no effect here."""
    ctx.db.save_setting("system", ctx.db.setting("system") | {"httpRedirection": enabled})
    return success("HTTP Redirection state set successfully.")


@resolver("SystemMutation.renewHTTPSCertificate")
@responds
def renew_https_certificate(_ctx: Context) -> Row:
    """Fails: the sandbox has no certificate."""
    raise CodedError(7002)


@resolver("SystemMutation.export")
@responds
def export(ctx: Context, *, entities: list[str], path: str) -> Row:
    """Pretend to export to the server's disk in the background; nothing is written."""
    last = ctx.db.setting("export")
    used: list[str] = last.get("paths", [])
    if last and ctx.sandbox.clock() < last["began"] + last["duration"]:
        raise UncodedError("Another export is already running.")
    if not entities:
        raise UncodedError("Must specify at least 1 entity to export.")
    if not path or path in used:
        raise UncodedError("Target directory must be empty!")
    rows = sum(total(ctx, table) for name in entities for table in EXPORTED.get(name, ()))
    progress = {"began": ctx.sandbox.clock(), "startedAt": ctx.now, "duration": SECONDS_A_ROW * (1 + rows)}
    ctx.db.save_setting("export", progress | {"paths": [*used, path]})
    return success("Export started successfully.")
