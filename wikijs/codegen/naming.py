"""Python names of GraphQL names. Models get the same ones, because the plugin hands `refined` to ariadne-codegen."""

from __future__ import annotations

import re
from keyword import iskeyword

from ariadne_codegen.utils import process_name, str_to_pascal_case, str_to_snake_case

# Attributes that classes of models have from their metaclass, which ariadne-codegen does not avoid.
RESERVED = frozenset({"mro", "register"})
# Names that generated functions use themselves.
OCCUPIED = frozenset({"given", "self"})


def refined(name: str) -> str:
    """What ariadne-codegen's names lack: it writes `enforce_2_fa` and `from_v_1`, and shadows attributes of models."""
    joined = _joined(name)
    return f"{joined}_" if joined in RESERVED else joined


def _joined(name: str) -> str:
    """Join digits to the word after them, or at the end to the one before: `enforce_2fa`, `from_v1`."""
    if name != name.lower():  # members of enums keep the spelling of the schema
        return name
    return re.sub(r"_(\d+)$", r"\1", re.sub(r"_(\d+)_", r"_\1", name))


def snake(name: str) -> str:
    """`PagesSingleByPath` as `pages_single_by_path`."""
    return _joined(str_to_snake_case(name))


def argument(name: str) -> str:
    """A variable or method: snake case; keywords of Python and the like get a trailing underscore."""
    result = snake(name)
    return f"{result}_" if iskeyword(result) or result in OCCUPIED else result


def attribute(name: str) -> str:
    """The attribute of a model that holds a response key, as ariadne-codegen names it."""
    return refined(
        process_name(
            name, convert_to_snake_case=True, trim_leading_underscore=True, handle_pydantic_resrved_field_names=True
        )
    )


def pascal(name: str) -> str:
    """A class name, as ariadne-codegen makes it."""
    return str_to_pascal_case(name)
