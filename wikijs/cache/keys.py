"""Names of cache entries: what an answer depends on, hashed. Nothing secret can be read back from them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from pydantic_core import PydanticSerializationError, to_json

if TYPE_CHECKING:
    from hashlib import _Hash as HASH  # pyright: ignore[reportPrivateUsage]  what `sha256` makes has no other name

    from wikijs.core.tokens import Token

_PLAIN: Final = frozenset({str, int, bool, type(None)})
_SHORT: Final = 512
"""Characters of a text with which a key is remembered."""
GUEST: Final = "guest"
"""The principal of requests without a token."""


def cache_key(
    *, url: str, principal: str, operation_name: str | None, document: str, variables: Mapping[str, Any]
) -> str:
    """The key of an answer; requests that can be answered differently never share one.

    Args:
        url: Address of the wiki.
        principal: Who asks, from `principal`; never the token.
        operation_name: Name of the operation in the document.
        document: The GraphQL document, whose selection is the shape of the answer.
        variables: As given to the operation; dates and models are taken as they are sent.
    """
    if len(variables) == 1:
        [(name, value)] = variables.items()
        if type(value) is int or (type(value) is str and len(value) < _SHORT):
            return _of_one(url, principal, operation_name, document, name, value)
    return _key(url, principal, operation_name, document, variables)


@lru_cache(maxsize=4096)
def _of_one(url: str, principal: str, operation_name: str | None, document: str, name: str, value: int | str) -> str:
    # Pages by id or by path: to look such a key up takes a fifth of the time that hashing takes.
    return _key(url, principal, operation_name, document, {name: value})


def _key(url: str, principal: str, operation_name: str | None, document: str, variables: Mapping[str, Any]) -> str:
    key = _beginning(url, principal, operation_name, document).copy()
    key.update(_sorted(variables))
    return key.hexdigest()


def principal(token: Token | None) -> str:
    """Who a token stands for, see `Token.principal`."""
    return GUEST if token is None else token.principal


@lru_cache(maxsize=1024)
def _beginning(url: str, principal: str, operation_name: str | None, document: str) -> HASH:
    # Documents are long and few, and so are callers: only the variables are hashed each time.
    return sha256(_canonical([url, principal, operation_name, document]) + b"\n")


def _sorted(variables: Mapping[str, Any]) -> bytes:
    pairs = sorted(variables.items())
    if _PLAIN.issuperset(map(type, variables.values())):
        try:
            return to_json(pairs)
        except PydanticSerializationError:
            pass  # half a character, which is refused when it is to be sent
    return _canonical(pairs)


def _canonical(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), default=_as_sent).encode()


def _as_sent(value: object) -> Any:
    from pydantic_core import to_jsonable_python

    return to_jsonable_python(value, by_alias=True)
