"""The server itself: what it is, its flags, and exports of everything."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Final, cast

from wikijs import exceptions as exc
from wikijs import ops
from wikijs.core.flow import Flow, Sleep, exclusively
from wikijs.core.values.defaults import ENTITIES, ExportEntity
from wikijs.permissions import suggestion

from .shared.base import Flows, afterwards

if TYPE_CHECKING:
    from wikijs_generated.fragments import ExportStatus, ServerInfo

POLL_SECONDS: Final = 0.5
SLOWEST_POLL_SECONDS: Final = 5.0


class SystemFlows(Flows):
    """The server itself: what it is, its flags, and exports of everything."""

    def info(self) -> Flow[ServerInfo]:
        """Read about the server: version, database, machine, totals. What the caller may not read is None.

        Raises:
            PermissionDeniedError: The caller may read nothing of it.

        Permission: each value has its own, mostly `manage:system`.
        Operation: `system.info` (query).
        """
        from wikijs_generated.fragments import ServerInfo

        try:
            return (yield from self._execute(ops.system_info()))
        except exc.PermissionDeniedError as error:
            # Each forbidden value is an error of its own beside those that may be read.
            data = cast("dict[str, dict[str, dict[str, Any] | None] | None]", error.data or {})
            values = (data.get("system") or {}).get("info") or {}
            if all(value is None for value in values.values()):
                raise exc.PermissionDeniedError(
                    "The caller may not read anything about the server.",
                    operation="system.info",
                    permissions=("manage:system",),
                    hint="Totals alone also take, among others, manage:pages (pages) or manage:users (users).",
                ) from None
            return ServerInfo.model_validate(values)

    def export(
        self,
        path: str,
        *,
        entities: Iterable[ExportEntity] = ENTITIES,
        wait: bool = True,
        timeout: float = 3600.0,
        progress: Callable[[int], None] | None = None,
    ) -> Flow[ExportStatus]:
        """Export the wiki to a directory on the server's disk.

        Args:
            path: The directory, absolute and empty or missing, as the server sees it.
            entities: What to export; everything by default.
            wait: Return when it is finished; otherwise at once, and `export_status` tells.
            timeout: Seconds to wait at most.
            progress: Called with the percentage done whenever it is asked for.

        Returns:
            How it ended, or that it is running.

        Raises:
            ValidationError: Nothing or something unknown is to be exported, or the path is relative.
            ConflictError: Another export is running, or the directory is not empty.
            ExportFailedError: The server could not finish it; the message says why.
            TimeoutError: It is not finished in time; it goes on on the server.

        Permission: `manage:system`.
        Server: 2.5.282 or later.
        Operation: `system.export` (mutation), then `system.exportStatus` (query) again and again.
        """
        wanted = list(dict.fromkeys(entities))
        _check_export(path, wanted)
        before = yield from self._execute(ops.system_export_status())
        if before.status == "running":
            raise exc.ConflictError("An export is running already.", operation="system.export")
        try:
            yield from self._execute(ops.system_export([*wanted], path=path))
        except exc.APIError as error:
            if "must be empty" not in error.message:
                raise
            raise exc.ConflictError(
                f"The directory {path} on the server is not empty.", operation="system.export"
            ) from None
        waited, pause = 0.0, POLL_SECONDS
        while True:
            status = yield from afterwards(self._execute(ops.system_export_status()), "system.export")
            if progress is not None:
                progress(100 if status.status == "success" else status.progress)
            if status.status == "error":
                raise exc.ExportFailedError(
                    f"The export failed: {status.message or 'no reason given'}", operation="system.export"
                )
            if status.status != "running" or not wait:
                return status
            if waited >= timeout:
                raise exc.TimeoutError(
                    f"The export is not finished after {timeout:g} seconds ({status.progress} %).",
                    operation="system.export",
                    hint="It goes on on the server: export_status() tells how it ends.",
                )
            yield Sleep(pause)
            waited, pause = waited + pause, min(pause * 1.5, SLOWEST_POLL_SECONDS)

    def set_flags(self, *, ldapdebug: bool | None = None, sqllog: bool | None = None) -> Flow[dict[str, bool]]:
        """Change flags for debugging and return all. What is left out is kept; the server alone would drop it.

        Args:
            ldapdebug: Log what LDAP servers answer.
            sqllog: Log SQL statements.

        Permission: `manage:system`.
        Operation: `system.flags` (query), then `system.updateFlags` (mutation).
        """
        changes = {"ldapdebug": ldapdebug, "sqllog": sqllog}
        given = {key: value for key, value in changes.items() if value is not None}
        return (yield from exclusively("flag-writes", self._set_flags(given)))

    def _set_flags(self, changes: dict[str, bool]) -> Flow[dict[str, bool]]:
        from wikijs_generated.input_types import SystemFlagInput

        current = {flag.key: flag.value for flag in (yield from self._execute(ops.system_flags()))}
        flags = current | changes
        yield from self._execute(
            ops.system_update_flags([SystemFlagInput(key=key, value=value) for key, value in flags.items()])
        )
        return flags


def _check_export(path: str, entities: list[ExportEntity]) -> None:
    if not entities:
        raise exc.ValidationError("There is nothing to export.", operation="system.export")
    for entity in entities:
        if entity not in ENTITIES:
            raise exc.ValidationError(
                f"{entity!r} cannot be exported.", operation="system.export", hint=suggestion(entity, ENTITIES)
            )
    if not (path.startswith("/") or path[1:3] in (":\\", ":/")):
        raise exc.ValidationError(
            f"{path!r} is no absolute path.",
            operation="system.export",
            hint="The server would take it relative to the directory it runs in.",
        )
