"""Tags of a page's editable state, and of one of its sections: what has the same tag was not edited. Pure functions.

`updatedAt` is no such thing: the server moves it when it renders a page again, or when a page that is linked to comes.
"""

from __future__ import annotations

import json
import re
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from datetime import datetime
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Final, cast

from wikijs.core.scalars import timestamp

if TYPE_CHECKING:
    from wikijs_generated.fragments import PageForEditor

_PAGE: Final = "p"
_SECTION: Final = "s"
_TAG: Final = re.compile(r"[ps][A-Za-z0-9_-]{21}[AQgw]")
_TEXTS: Final = ("path", "locale", "title", "description", "content", "editor", "scriptCss", "scriptJs")
_FLAGS: Final = ("isPublished", "isPrivate")
_DATES: Final = ("publishStartDate", "publishEndDate")


def state_tag(page: PageForEditor | Mapping[str, Any]) -> str:
    """The tag of all that can be edited of a page; moving it changes the tag, rendering it does not.

    Args:
        page: A page as editors get it, or its fields by the schema's names.

    Returns:
        23 characters that an HTTP header, a URL and a file name take.
    """
    fields: Mapping[str, Any] = page if isinstance(page, Mapping) else page.model_dump(by_alias=True)
    state = [
        [fields[name] or "" for name in _TEXTS],  # scripts are null on older servers
        [bool(fields[name]) for name in _FLAGS],
        [_moment(fields.get(name)) for name in _DATES],
        sorted({_tag(tag) for tag in fields["tags"] or ()}),
    ]
    return _PAGE + _digest(state)


def section_tag(id: str, text: str) -> str:
    """The tag of a section.

    Args:
        id: The section's id.
        text: Its text, with its subsections.
    """
    return _SECTION + _digest([id, text])


def is_state_tag(tag: str) -> bool:
    """Whether a text looks like the tag of a page."""
    return tag.startswith(_PAGE) and _TAG.fullmatch(tag) is not None


def is_section_tag(tag: str) -> bool:
    """Whether a text looks like the tag of a section."""
    return tag.startswith(_SECTION) and _TAG.fullmatch(tag) is not None


def _digest(state: object) -> str:
    text = json.dumps(state, ensure_ascii=True, separators=(",", ":"))
    return urlsafe_b64encode(blake2b(text.encode("ascii"), digest_size=16).digest()).rstrip(b"=").decode("ascii")


def _moment(value: datetime | str | None) -> str:
    return timestamp(value) if isinstance(value, datetime) else value or ""


def _tag(tag: object) -> str:
    """A tag's text; servers give it with its id and title."""
    if isinstance(tag, str):
        return tag
    if isinstance(tag, Mapping):
        return str(cast("Mapping[str, object]", tag)["tag"])
    return str(getattr(tag, "tag"))  # noqa: B009  whatever a model calls a tag
