"""Login strategies of a real wiki."""

from __future__ import annotations

import json
from typing import Any

from wikijs_generated.input_types import AuthenticationStrategyInput, KeyValuePairInput


def strategy(key: str, kind: str, order: int, config: dict[str, Any]) -> AuthenticationStrategyInput:
    return AuthenticationStrategyInput(
        key=key,
        strategy_key=kind,
        config=[KeyValuePairInput(key=name, value=json.dumps({"v": value})) for name, value in config.items()],
        display_name=key,
        order=order,
        is_enabled=True,
        self_registration=kind != "local",
        domain_whitelist=[],
        auto_enroll_groups=[],
    )
