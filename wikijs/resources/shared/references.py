"""How callers name things: by an id or by a name. What is neither is refused here, in one sentence."""

from __future__ import annotations

from typing import Final, TypeAlias

from wikijs.exceptions import ValidationError

PageRef: TypeAlias = int | str
"""A page by its id or its path, such as "docs/intro" or "/fr/docs/intro"."""
UserRef: TypeAlias = int | str
"""A user by id or e-mail address."""
GroupRef: TypeAlias = int | str
"""A group by id or name."""
ApiKeyRef: TypeAlias = int | str
"""An API key by id or name."""

MAX_ID: Final = 2**31 - 1


def page_reference(page: object) -> int | str:
    """The id or the path of a page.

    Raises:
        ValidationError: It is neither.
    """
    return _reference(page, "A page", "its path")


def user_reference(user: object) -> int | str:
    """The id or the e-mail address of a user.

    Raises:
        ValidationError: It is neither.
    """
    return _reference(user, "A user", "the e-mail address")


def group_reference(group: object) -> int | str:
    """The id or the name of a group.

    Raises:
        ValidationError: It is neither.
    """
    return _reference(group, "A group", "its name")


def key_reference(key: object) -> int | str:
    """The id or the name of an API key.

    Raises:
        ValidationError: It is neither.
    """
    return _reference(key, "An API key", "its name")


def number(value: object, what: str) -> int:
    """An id, of what has no name.

    Raises:
        ValidationError: It is none.
    """
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValidationError(f"{what} is named by its id, a number, not by {_shown(value)}.")
    return _in_range(value, what)


def _reference(value: object, what: str, name: str) -> int | str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValidationError(f"{what} is named by its id, a number, or by {name}, a text, not by {_shown(value)}.")
    return _in_range(value, what)


def _in_range(value: int, what: str) -> int:
    if not -MAX_ID <= value <= MAX_ID:
        raise ValidationError(f"{what} has no such id: {value} is larger than any id can be.")
    return value


def _shown(value: object) -> str:
    text = repr(value)
    return f"{text[:80]}…" if len(text) > 80 else text
