"""Tiers: how much a key may do, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Final, Literal, get_args

from wikijs.exceptions import ConfigurationError

RouteClass = Literal["read", "write", "search", "upload", "export"]
"""Kinds of requests that have a bucket of their own."""
CLASSES: Final[tuple[RouteClass, ...]] = get_args(RouteClass)


@dataclass(frozen=True, slots=True)
class Tier:
    """Limits of the keys of a tier.

    Attributes:
        name: Its name.
        rate: Requests a minute.
        burst: Requests at once, after a while of silence.
        daily: Requests a day, UTC.
        batch: Reads in one batch, at most 50.
        jobs: Jobs at once.
        write, search, upload, export: Requests of that kind a minute.
    """

    name: str
    rate: int
    burst: int
    daily: int
    batch: int
    jobs: int
    write: int
    search: int
    upload: int
    export: int

    def of_class(self, kind: str) -> int | None:
        """Requests of a kind a minute; None where only the whole counts."""
        return None if kind == "read" else int(getattr(self, kind))


TIERS: Final[dict[str, Tier]] = {
    "free": Tier("free", 60, 20, 5_000, 10, 1, 20, 20, 10, 5),
    "pro": Tier("pro", 600, 100, 100_000, 50, 3, 200, 200, 60, 20),
    "enterprise": Tier("enterprise", 6_000, 1_000, 2_000_000, 50, 10, 2_000, 2_000, 600, 120),
}


def tiers_of(table: Mapping[str, Mapping[str, Any]]) -> dict[str, Tier]:
    """The tiers of a configuration; what it does not say is as in the tier of that name, or else as in `free`.

    Raises:
        ConfigurationError: A number is none, or a name is unknown.
    """
    found = dict(TIERS)
    for name, values in table.items():
        found[name] = changed(replace(found.get(name, TIERS["free"]), name=name), values)
    return found


def changed(tier: Tier, values: Mapping[str, Any]) -> Tier:
    """A tier with other numbers.

    Raises:
        ConfigurationError: A number is none, or a name is unknown.
    """
    names = [field.name for field in fields(Tier) if field.name != "name"]
    for name, value in values.items():
        if name not in names:
            raise ConfigurationError(f"A tier has no {name!r}.", hint=f"It has {', '.join(names)}.")
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise ConfigurationError(f"{name} of a tier must be a whole number from 1 on, not {value!r}.")
    return replace(tier, **dict(values))
