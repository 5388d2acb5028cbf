"""Login strategies: how users log in."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from wikijs import exceptions as exc
from wikijs import ops
from wikijs.core.flow import Flow, exclusively

from .shared import module_settings as modules
from .shared.base import afterwards
from .shared.lookup import GroupFinderFlows, GroupName
from .shared.module_settings import Setting, SettingValue

if TYPE_CHECKING:
    from wikijs_generated.fragments import LoginStrategyForAdmin
    from wikijs_generated.input_types import AuthenticationStrategyInput

LOCAL = "local"
WRITES = "login-strategy-writes"
OPERATION = "authentication.updateStrategies"


class AuthenticationFlows(GroupFinderFlows):
    """Logging in, and the strategies that users log in with."""

    def get_strategy(self, key: str) -> Flow[LoginStrategyForAdmin]:
        """Read a login strategy by its key, such as "local"; other keys are made by the wiki.

        Args:
            key: Key of the strategy.

        Raises:
            ModuleUnknownError: There is no such strategy.

        Permission: `manage:system`.
        Operation: `authentication.activeStrategies` (query).
        """
        strategies = yield from self._execute(ops.authentication_active_strategies_for_admin())
        return modules.find(strategies, key, "login strategy", "authentication.activeStrategies")

    def strategy_settings(self, key: str) -> Flow[dict[str, Setting]]:
        """Read the settings of a login strategy by name, secrets in clear.

        Args:
            key: Key of the strategy.

        Raises:
            ModuleUnknownError: There is no such strategy.

        Permission: `manage:system`.
        Operation: `authentication.activeStrategies` (query).
        """
        return modules.settings((yield from self.get_strategy(key)).config)

    def add_strategy(
        self,
        module: str,
        *,
        name: str,
        enabled: bool = True,
        config: Mapping[str, SettingValue] | None = None,
        self_registration: bool = False,
        domain_whitelist: Iterable[str] = (),
        auto_enroll_groups: Iterable[GroupName] = (),
    ) -> Flow[LoginStrategyForAdmin]:
        """Add a login strategy and return it; the others are kept.

        Args:
            module: What it is made of, such as "ldap" or "oidc"; `strategies` lists them.
            name: Name to show at the login.
            enabled: Whether to offer it.
            config: Settings that are not the default, by name.
            self_registration: Let anybody with such a login become a user.
            domain_whitelist: Mail domains that may register; empty for all.
            auto_enroll_groups: Groups that new users are put into, by id or name.

        Raises:
            ModuleUnknownError: There is no such module; the server would store it, and list no strategy any more.
            ValidationError: A setting or its value cannot be; nothing was sent.
            GroupNotFoundError: There is no such group; nothing was sent.

        Permission: `manage:system`.
        Operation: `authentication.strategies`, `authentication.activeStrategies` (queries), then
        `authentication.updateStrategies` (mutation).
        """
        from wikijs_generated.input_types import AuthenticationStrategyInput

        known = yield from self._execute(ops.authentication_strategies())
        definition = modules.find(known, module, "login module", OPERATION)
        if not definition.is_available:
            raise exc.ValidationError(f"{definition.title} does not work in this release yet.", operation=OPERATION)
        groups = yield from self._group_ids(auto_enroll_groups, OPERATION)
        key = str(uuid.uuid4())
        added = AuthenticationStrategyInput(
            key=key,
            strategy_key=module,
            display_name=name,
            order=0,
            is_enabled=enabled,
            self_registration=self_registration,
            domain_whitelist=list(domain_whitelist),
            auto_enroll_groups=groups,
            config=modules.merged(definition.props, config or {}, OPERATION),
        )
        yield from exclusively(WRITES, self._write(added))
        return (yield from afterwards(self.get_strategy(key), OPERATION))

    def update_strategy(
        self,
        key: str,
        *,
        name: str | None = None,
        enabled: bool | None = None,
        config: Mapping[str, SettingValue] | None = None,
        self_registration: bool | None = None,
        domain_whitelist: Iterable[str] | None = None,
        auto_enroll_groups: Iterable[GroupName] | None = None,
    ) -> Flow[LoginStrategyForAdmin]:
        """Change a login strategy and return it. What is left out is kept, the other strategies too.

        Args:
            key: The strategy's key.
            name: Name to show at the login.
            enabled: Whether to offer it.
            config: Settings to change, by name; `strategy_settings` tells them.
            self_registration: Let anybody with such a login become a user.
            domain_whitelist: Mail domains that may register; empty for all.
            auto_enroll_groups: Groups that new users are put into, by id or name.

        Raises:
            ModuleUnknownError: There is no such strategy.
            ValidationError: A setting or its value cannot be; nothing was sent.
            GroupNotFoundError: There is no such group; nothing was sent.

        Permission: `manage:system`.
        Operation: `authentication.activeStrategies` (query), then `authentication.updateStrategies` (mutation).
        """
        groups = None if auto_enroll_groups is None else (yield from self._group_ids(auto_enroll_groups, OPERATION))
        changes = {
            "display_name": name,
            "is_enabled": enabled,
            "self_registration": self_registration,
            "domain_whitelist": None if domain_whitelist is None else list(domain_whitelist),
            "auto_enroll_groups": groups,
        }
        given = {field: value for field, value in changes.items() if value is not None}
        yield from exclusively(WRITES, self._merge(key, given, config or {}))
        return (yield from afterwards(self.get_strategy(key), OPERATION))

    def remove_strategy(self, key: str) -> Flow[None]:
        """Remove a login strategy that no user logs in with; the others are kept.

        Args:
            key: Key of the strategy.

        Raises:
            ModuleUnknownError: There is no such strategy.
            ConflictError: Users still log in with it.
            ValidationError: It is the built-in one, which stays.

        Permission: `manage:system`.
        Operation: `authentication.activeStrategies` (query), then `authentication.updateStrategies` (mutation).
        """
        if key == LOCAL:
            raise exc.ValidationError("The built-in login cannot be removed.", operation=OPERATION)
        yield from exclusively(WRITES, self._remove(key))

    def _merge(self, key: str, changes: Mapping[str, object], config: Mapping[str, SettingValue]) -> Flow[None]:
        strategy = yield from self.get_strategy(key)
        changed = _as_input(strategy, config)
        yield from self._write(changed.model_copy(update=dict(changes)))

    def _write(self, written: AuthenticationStrategyInput) -> Flow[None]:
        """Add or replace one strategy; strategies that are left out are deleted by the server, so all are sent."""
        strategies = yield from self._execute(ops.authentication_active_strategies_for_admin())
        kept = [_as_input(each) for each in strategies]
        if all(each.key != written.key for each in kept):
            written.order = max((each.order for each in kept), default=-1) + 1
            kept.append(written)
        inputs = [written if each.key == written.key else each for each in kept]
        yield from self._execute(ops.authentication_update_strategies(inputs))

    def _remove(self, key: str) -> Flow[None]:
        strategies = yield from self._execute(ops.authentication_active_strategies_for_admin())
        modules.find(strategies, key, "login strategy", OPERATION)
        kept = [_as_input(each) for each in strategies if each.key != key]
        try:
            yield from self._execute(ops.authentication_update_strategies(kept))
        except exc.APIError as error:
            if "users are still using it" not in error.message:
                raise
            raise exc.ConflictError(
                "Users still log in with this strategy.", operation=OPERATION, hint="Delete these users first."
            ) from None


def _as_input(
    strategy: LoginStrategyForAdmin, changes: Mapping[str, SettingValue] | None = None
) -> AuthenticationStrategyInput:
    from wikijs_generated.input_types import AuthenticationStrategyInput

    return AuthenticationStrategyInput(
        key=strategy.key,
        strategy_key=strategy.strategy.key,
        display_name=strategy.display_name,
        order=strategy.order,
        is_enabled=strategy.is_enabled,
        self_registration=strategy.self_registration,
        domain_whitelist=strategy.domain_whitelist,
        auto_enroll_groups=strategy.auto_enroll_groups,
        config=modules.merged(strategy.config, changes or {}, OPERATION),
    )
