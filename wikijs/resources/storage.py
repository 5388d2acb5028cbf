"""Storage targets: where the wiki copies its content to."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from wikijs import exceptions as exc
from wikijs import ops
from wikijs.core.flow import Flow, Sleep, exclusively

from .shared import module_settings as modules
from .shared.base import Flows, afterwards
from .shared.module_settings import Setting, SettingValue

if TYPE_CHECKING:
    from wikijs_generated.fragments import StorageTarget

StorageMode: TypeAlias = Literal["sync", "push", "pull"]

POLL_SECONDS: Final = 0.5
START_SECONDS: Final = 30.0
"""How long a storage target may take to start before we stop looking."""
_DURATION: Final = re.compile(r"P(?=\d|T\d)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+S)?)?")


class StorageFlows(Flows):
    """Storage targets: where the wiki copies its content to."""

    def get(self, key: str) -> Flow[StorageTarget]:
        """Read a storage target, such as "disk" or "git".

        Args:
            key: Key of the target.

        Raises:
            ModuleUnknownError: There is no such target.

        Permission: `manage:system`.
        Operation: `storage.targets` (query).
        """
        targets = yield from self._execute(ops.storage_targets())
        return modules.find(targets, key, "storage target", "storage.targets")

    def settings(self, key: str) -> Flow[dict[str, Setting]]:
        """Read the settings of a storage target by name. Secrets read `********`.

        Args:
            key: Key of the target.

        Raises:
            ModuleUnknownError: There is no such target.

        Permission: `manage:system`.
        Operation: `storage.targets` (query).
        """
        return modules.settings((yield from self.get(key)).config)

    def update(
        self,
        key: str,
        *,
        enabled: bool | None = None,
        mode: StorageMode | None = None,
        sync_interval: str | None = None,
        config: Mapping[str, SettingValue] | None = None,
    ) -> Flow[StorageTarget]:
        """Change a storage target and return it. What is left out is kept, secrets too.

        All enabled targets are started anew by the server. Where this one is enabled its start is waited for.

        Args:
            key: The target, such as "disk" or "git".
            enabled: Whether to use it.
            mode: Which way content goes; not all targets know all modes.
            sync_interval: ISO 8601 duration such as "PT5M".
            config: Settings to change, by name; `settings` tells them.

        Raises:
            ModuleUnknownError: There is no such target.
            ValidationError: A setting, its value, the mode or the interval cannot be; nothing was sent.
            ServerError: The settings were stored, but the target did not start; the message says why.

        Permission: `manage:system`.
        Operation: `storage.targets` (query), then `storage.updateTargets` (mutation), then `storage.status` (query).
        """
        return (yield from exclusively("storage-writes", self._update(key, enabled, mode, sync_interval, config or {})))

    def _update(
        self,
        key: str,
        enabled: bool | None,
        mode: StorageMode | None,
        sync_interval: str | None,
        config: Mapping[str, SettingValue],
    ) -> Flow[StorageTarget]:
        from wikijs_generated.input_types import StorageTargetInput

        operation = "storage.updateTargets"
        target = yield from self.get(key)
        if mode is not None and mode not in (target.supported_modes or ()):
            raise exc.ValidationError(
                f"{target.title} has no mode {mode!r}.",
                operation=operation,
                hint=f"It has: {', '.join(target.supported_modes or ()) or 'none'}.",
            )
        if sync_interval is not None and not _DURATION.fullmatch(sync_interval):
            raise exc.ValidationError(
                f"{sync_interval!r} is no duration.", operation=operation, hint="Five minutes are 'PT5M'."
            )
        if enabled and not target.is_available:
            raise exc.ValidationError(f"{target.title} does not work in this release yet.", operation=operation)
        changed = StorageTargetInput(
            key=key,
            is_enabled=target.is_enabled if enabled is None else enabled,
            mode=mode or target.mode or "push",
            sync_interval=sync_interval or target.sync_interval,
            config=modules.merged(target.config, config, operation),
        )
        yield from self._execute(ops.storage_update_targets([changed]))
        if changed.is_enabled:
            yield from self._started(key)
        return (yield from afterwards(self.get(key), "storage.updateTargets"))

    def _started(self, key: str) -> Flow[None]:
        """Wait until a target has started; the server says only in its status that it could not."""
        for _ in range(int(START_SECONDS / POLL_SECONDS)):
            status = next((each for each in (yield from self._execute(ops.storage_status())) if each.key == key), None)
            if status is not None and status.status == "error":
                reason = status.message or "no reason given"
                raise exc.ServerError(
                    f"The settings were stored, but {status.title} did not start: {reason}",
                    operation="storage.updateTargets",
                )
            if status is not None and status.status != "pending":
                return
            yield Sleep(POLL_SECONDS)
