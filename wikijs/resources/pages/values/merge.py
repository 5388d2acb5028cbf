"""What to send so that an update loses nothing: pure functions from a page and changes to the server's variables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, TypedDict

from wikijs import exceptions as exc
from wikijs.core.scalars import timestamp
from wikijs.core.values import paths

if TYPE_CHECKING:
    from wikijs_generated.fragments import PageForEditor, PageMetadata, PageSummary, WrittenPage

    from .models import PageState, SavedPage, VersionState

Editor: TypeAlias = Literal["markdown", "ckeditor", "code", "asciidoc"]
PublishDate: TypeAlias = datetime | str | None
"""When publication begins or ends: a moment with a time zone, a text to store as it is, or None for no limit."""
Expected: TypeAlias = "PageMetadata | PageSummary | datetime"
"""A page as it was read, or its `updated_at`."""


class PageOptions(TypedDict, total=False):
    """Fields of a page that need not be given."""

    description: str
    tags: Iterable[str]
    is_published: bool
    publish_start_date: PublishDate
    publish_end_date: PublishDate
    script_css: str
    script_js: str
    editor: Editor


class PageChanges(PageOptions, total=False):
    """Fields of a page to change; the others are kept."""

    title: str
    content: str


DEFAULTS: Final[Mapping[str, object]] = {"description": "", "tags": (), "is_published": True}
"""What a new page has unless told otherwise; the server wants all of these."""

_VARIABLES: Final = {
    "title": "title",
    "content": "content",
    "description": "description",
    "tags": "tags",
    "is_published": "isPublished",
    "publish_start_date": "publishStartDate",
    "publish_end_date": "publishEndDate",
    "script_css": "scriptCss",
    "script_js": "scriptJs",
}
"""Variables of the server by our names. Path, locale and editor are not among them: see `move` and `convert`."""


def variables(changes: Mapping[str, object]) -> dict[str, Any]:
    """The server's variables for changes, checked and normalised; `editor` is not among them.

    Raises:
        ValidationError: A value that the server would refuse or mistreat.
    """
    return {_VARIABLES[name]: _checked(name, value) for name, value in changes.items() if name in _VARIABLES}


def _checked(name: str, value: Any) -> Any:
    match name:
        case "tags":
            return paths.tags(value)
        case "title" | "description":
            return paths.check_text(name, value)
        case "content":
            return check_content(value)
        case "publish_start_date" | "publish_end_date":
            return stored_date(value)
        case _:
            return value


def check_content(content: str) -> str:
    """The content, unless it is empty, which the server refuses."""
    if not paths.text("content", content).strip():
        raise exc.PageEmptyContentError("The content of a page cannot be empty.", hint="Give at least one character.")
    return content


def stored_date(moment: PublishDate) -> str:
    """A publish date as the server stores it: nothing is an empty text there."""
    if not isinstance(moment, datetime):
        return moment or ""
    if moment.tzinfo is None:
        raise exc.ValidationError(f"The publish date {moment} has no time zone.", hint="Use datetime(…, tzinfo=UTC).")
    return timestamp(moment)


def everything(state: PageState) -> dict[str, Any]:
    """All variables of an update that changes nothing."""
    return {
        "title": state.title,
        "content": state.content,
        "description": state.description,
        "tags": [tag.tag for tag in state.tags],
        "isPublished": state.is_published,
        "publishStartDate": state.stored_publish_start or "",
        "publishEndDate": state.stored_publish_end or "",
        "scriptCss": state.script_css or "",
        "scriptJs": state.script_js or "",
    }


def of_version(version: VersionState) -> dict[str, Any]:
    """Variables that bring back an old version. It has no tags and no scripts: those of today stay."""
    return {
        "title": version.title,
        "content": version.content,
        "description": version.description,
        "isPublished": version.is_published,
        "publishStartDate": version.stored_publish_start or "",
        "publishEndDate": version.stored_publish_end or "",
    }


def check_unchanged(state: PageForEditor, expected: Expected | None) -> None:
    """Refuse to overwrite what somebody else wrote meanwhile.

    The server also touches `updated_at` when nobody edited (a page this one links to came or went, a new rendering),
    so where the page as it was read has its content, that decides.

    Raises:
        PageChangedError: The page is not the expected one any more.
        ValidationError: What is expected is neither a page nor a moment with a time zone.
    """
    if expected is None:
        return
    moment = expected if isinstance(expected, datetime) else getattr(expected, "updated_at", None)
    if not isinstance(moment, datetime) or moment.tzinfo is None:
        raise exc.ValidationError(
            "expected= must be a page as it was read, or a moment with a time zone.", hint="Pass page.updated_at."
        )
    if moment == state.updated_at or _same_text(state, expected):
        return
    raise exc.PageChangedError(
        f"Page {state.id} changed since it was read: it is of {state.updated_at}, expected was {moment}. "
        "Nothing was written.",
        expected=expected,
        current=state,
    )


def _same_text(state: PageForEditor, expected: Expected) -> bool:
    """Whether a page that was read whole has all that it had, whatever its time stamp says."""
    names = ("content", "title", "description", "path", "locale", "editor", "is_published", "script_css", "script_js")
    if isinstance(expected, datetime) or getattr(expected, "content", None) is None:
        return False
    pairs = [(getattr(expected, name, None), getattr(state, name)) for name in names]
    return all(known is None or known == now for known, now in pairs) and _tags(expected) == _tags(state)


def _tags(page: PageMetadata | PageSummary) -> list[str]:
    return sorted(tag if isinstance(tag, str) else tag.tag for tag in page.tags)


def saved_page(written: WrittenPage, *, locale: str, editor: str, content: str) -> SavedPage:
    """The page that the server says it has written, completed by what was sent."""
    from .models import SavedPage

    return SavedPage.model_construct(**dict(written), locale=locale, editor=editor, content=content)


def unchanged_page(state: PageState) -> SavedPage:
    """The same for a page that was read."""
    from .models import SavedPage

    return SavedPage.model_construct(
        **{name: value for name, value in state if name in SavedPage.model_fields},
    )
