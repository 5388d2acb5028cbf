"""Settings of the server's modules: storage targets, search engines, renderers, providers and login strategies.

The server describes each setting in JSON text, takes a new value wrapped in JSON text, and replaces the whole
configuration of a module by what is sent: what is left out is gone. Here settings have Python values, and changes are
merged into what is there.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, TypeVar, cast

from wikijs import exceptions as exc
from wikijs.core.flow import Flow, exclusively
from wikijs.core.values.redaction import HIDDEN, is_secret_setting
from wikijs.permissions import suggestion

from .base import afterwards

if TYPE_CHECKING:
    from wikijs_generated.fragments import KeyValue
    from wikijs_generated.input_types import KeyValuePairInput

    from wikijs.core.operations import Operation

SettingValue: TypeAlias = str | int | float | bool


class Keyed(Protocol):
    """A module as it is listed."""

    @property
    def key(self) -> str: ...


class Switched(Keyed, Protocol):
    """A module that is on or off, with its configuration."""

    @property
    def is_enabled(self) -> bool: ...

    @property
    def config(self) -> Sequence[KeyValue]: ...


M = TypeVar("M", bound=Keyed)
S = TypeVar("S", bound=Switched)
I = TypeVar("I")  # noqa: E741  what the server takes of one module


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting of a module.

    Attributes:
        value: What it is set to. Secrets of storage targets read `********`.
        default: What it is unless set.
        type: The server's name of its type: string, boolean or number.
        title, hint: What it is for.
        choices: The values it can have; empty where any will do.
        secret: Whether it is one; then its value is not part of the repr.
    """

    value: SettingValue
    default: SettingValue
    type: str
    title: str
    hint: str
    choices: tuple[str, ...]
    secret: bool = False

    def __repr__(self) -> str:
        hidden = self.secret and self.value != ""
        return f"<Setting {self.title!r}: {HIDDEN if hidden else repr(self.value)}>"


def settings(config: Iterable[KeyValue]) -> dict[str, Setting]:
    """The settings of a module by name."""
    return {pair.key: _setting(pair.key, _described(pair)) for pair in config}


def _described(pair: KeyValue) -> dict[str, Any]:
    try:
        described: Any = json.loads(pair.value)
    except (ValueError, RecursionError):
        described = None
    if not isinstance(described, dict):
        raise exc.ServerError(f"The server described the setting {pair.key!r} in a way that cannot be read.")
    return cast("dict[str, Any]", described)


def merged(config: Iterable[KeyValue], changes: Mapping[str, SettingValue], operation: str) -> list[KeyValuePairInput]:
    """The whole configuration to send: what is there, with the changes.

    Raises:
        ValidationError: A setting does not exist, or a value is not of its type or not among its choices.
    """
    from wikijs_generated.input_types import KeyValuePairInput

    current = settings(config)
    for name, value in changes.items():
        if name not in current:
            raise exc.ValidationError(
                f"There is no setting {name!r}.",
                operation=operation,
                hint=f"{suggestion(name, current)} Settings that were erased come back when the server restarts.",
            )
        _check(name, value, current[name], operation)
    values = {name: setting.value for name, setting in current.items()} | dict(changes)
    return [KeyValuePairInput(key=name, value=json.dumps({"v": value})) for name, value in values.items()]


def find(modules: Sequence[M], key: str, kind: str, operation: str) -> M:
    """The module with this key. The server would say yes to any key, and do nothing.

    Raises:
        ModuleUnknownError: There is none.
    """
    for module in modules:
        if module.key == key:
            return module
    raise exc.ModuleUnknownError(
        f"There is no {kind} {key!r}.", operation=operation, hint=suggestion(key, [module.key for module in modules])
    )


def update_one(
    get: Callable[[str], Flow[S]],
    send: Callable[[Operation[Any]], Flow[Any]],
    write: Callable[[list[I]], Operation[Any]],
    as_input: Callable[..., I],
    key: str,
    enabled: bool | None,
    config: Mapping[str, SettingValue] | None,
) -> Flow[S]:
    """Change one of several modules that are on or off each for itself, and return it as it is then.

    Args:
        get: Reads a module by its key.
        send: Sends an operation.
        write: The operation that writes modules.
        as_input: Makes what that operation takes of `key`, `is_enabled` and `config`.
        key: The module.
        enabled: Whether it is on; None keeps that.
        config: Settings to change, by name.
    """
    operation = write([]).spec.server_field

    def changed() -> Flow[S]:
        module = yield from get(key)
        on = module.is_enabled if enabled is None else enabled
        yield from send(
            write([as_input(key=key, is_enabled=on, config=merged(module.config, config or {}, operation))])
        )
        return (yield from afterwards(get(key), operation))

    return (yield from exclusively(f"{operation.partition('.')[0]}-writes", changed()))


def _setting(name: str, described: Mapping[str, Any]) -> Setting:
    choices = described.get("enum") or ()
    default = described.get("default", "")
    return Setting(
        value=described.get("value", default),
        default=default,
        type=str(described.get("type", "string")).lower(),
        title=described.get("title", ""),
        hint=described.get("hint", ""),
        choices=tuple(choices),
        secret=described.get("sensitive") is True or is_secret_setting(name),
    )


def _check(name: str, value: SettingValue, setting: Setting, operation: str) -> None:
    fits = {
        "boolean": isinstance(value, bool),
        "number": isinstance(value, int | float) and not isinstance(value, bool),
        "string": isinstance(value, str),
    }
    if not fits.get(setting.type, True):
        raise exc.ValidationError(f"The setting {name!r} is a {setting.type}, not {value!r}.", operation=operation)
    if setting.choices and value not in setting.choices:
        raise exc.ValidationError(
            f"{value!r} is no choice of the setting {name!r}.",
            operation=operation,
            hint=suggestion(str(value), setting.choices),
        )


def chosen(in_use: Sequence[str], key: str, enabled: bool | None, fallback: str, operation: str) -> str:
    """Which one of the modules is in use after a change, where only one can be.

    Raises:
        ValidationError: There would be none.
    """
    if enabled:
        return key
    if enabled is not None and key in in_use:
        if key == fallback:
            raise exc.ValidationError(
                f"One has to be in use: {key!r} cannot be switched off.",
                operation=operation,
                hint="Enable another one instead.",
            )
        return fallback
    return in_use[0] if in_use else fallback
