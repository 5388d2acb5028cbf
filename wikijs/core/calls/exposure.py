"""What each operation does to a wiki and to whom it may be offered: `schema/exposure.toml`, read and checked."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, cast, get_args

from wikijs.core.documents import bundled

if TYPE_CHECKING:
    from .signatures import Call

Effect: TypeAlias = Literal["read", "write", "destructive"]
Audience: TypeAlias = Literal["all", "admin", "never"]

_SUBSCRIPTIONS: Final = "subscriptions"
"""The table of fields that belong to no namespace."""
_FIELDS: Final = frozenset(
    {"effect", "expose", "idempotent", "instead", "reaches_out", "secret_arguments", "secret_results"}
)


@dataclass(frozen=True, slots=True)
class Exposure:
    """What is decided about one operation of the server.

    Attributes:
        server_field: The operation, as the schema names it: `pages.update`.
        effect: Whether it reads, writes, or destroys what the wiki cannot give back.
        idempotent: Whether doing it twice leaves the wiki as doing it once does.
        expose: To whom a program may offer it; "never" is nobody.
        secret_arguments: Arguments that must not be logged, stored or shown, by the schema's names.
        secret_results: Fields of the result that must not be logged or stored, by the schema's names.
        reaches_out: Whether it makes the wiki send mail, or write to other machines or to its disk.
        instead: What to use in its place, where the plain operation loses what it was not told.
    """

    server_field: str
    effect: Effect
    idempotent: bool
    expose: Audience
    secret_arguments: frozenset[str] = frozenset()
    secret_results: frozenset[str] = frozenset()
    reaches_out: bool = False
    instead: str | None = None


def exposure(operation: Call | str) -> Exposure:
    """What is decided about an operation.

    Args:
        operation: One of `calls()`, or the server's field, such as `pages.update`.

    Raises:
        KeyError: There is no such operation.
    """
    return exposures()[operation if isinstance(operation, str) else operation.spec.server_field]


@cache
def exposures() -> Mapping[str, Exposure]:
    """What is decided about each operation, by the server's field."""
    return MappingProxyType(read(bundled.text("schema/exposure.toml")))


def read(text: str) -> dict[str, Exposure]:
    """The rows of a table such as `schema/exposure.toml`.

    Raises:
        ValueError: A row is not as it must be; the message names it.
    """
    rows: dict[str, Exposure] = {}
    for namespace, fields in tomllib.loads(text).items():
        for field, row in cast("dict[str, Any]", fields).items():
            name = field if namespace == _SUBSCRIPTIONS else f"{namespace}.{field}"
            rows[name] = _row(name, row)
    return rows


def _row(name: str, row: dict[str, Any]) -> Exposure:
    unknown = sorted(row.keys() - _FIELDS)
    if unknown:
        raise ValueError(f"exposure.toml, {name}: there is no column {unknown[0]}.")
    effect: Any = row.get("effect")
    expose: Any = row.get("expose")
    if effect not in get_args(Effect):
        raise ValueError(f"exposure.toml, {name}: effect is one of {', '.join(get_args(Effect))}.")
    if expose not in get_args(Audience):
        raise ValueError(f"exposure.toml, {name}: expose is one of {', '.join(get_args(Audience))}.")
    idempotent = row.get("idempotent", effect == "read" or None)
    if not isinstance(idempotent, bool):
        raise ValueError(f"exposure.toml, {name}: idempotent must say true or false.")  # noqa: TRY004  a value of a file
    return Exposure(
        name,
        effect,
        idempotent,
        expose,
        frozenset(row.get("secret_arguments", ())),
        frozenset(row.get("secret_results", ())),
        reaches_out=row.get("reaches_out", False),
        instead=row.get("instead"),
    )
