"""Templates: pages with places such as `{{name}}`. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

_PLACE: Final = re.compile(r"\{\{\s{0,9}([A-Za-z][\w-]{0,99})\s{0,9}\}\}")


def filled(text: str, values: Mapping[str, str]) -> str:
    """A text with values in its places; places without one stay."""
    return _PLACE.sub(lambda match: values.get(match[1], match[0]), text)


def places(text: str) -> list[str]:
    """The names of the places of a text, in their order, each once."""
    return list(dict.fromkeys(_PLACE.findall(text)))
