"""What an import has to do: pure functions from files and pages to steps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from wikijs.core.operations import encoded
from wikijs.core.values import paths
from wikijs.core.values.paths import PagePath
from wikijs.core.values.styles import say_the_same
from wikijs.exceptions import WikiJSException
from wikijs.resources.pages.values import merge

from .errors import FileRefusedError
from .format import PageFile, editor_of, of_page
from .titles import title_for

if TYPE_CHECKING:
    from wikijs_generated.fragments import PageForEditor

    from wikijs.resources.assets.models import Asset

    from .sources import SourceFile

Action: TypeAlias = Literal["create", "update"]

BODY_LIMIT: Final = 5 * 1024 * 1024
"""Bytes of a request that the server takes unless it is configured otherwise; before 2.5.275 it was 1 MiB."""
_REST_OF_BODY: Final = 4096
"""More than a request has besides the page."""
_TEXTS: Final = (
    "title",
    "description",
    "is_published",
    "publish_start_date",
    "publish_end_date",
    "script_css",
    "script_js",
)


@dataclass(frozen=True, slots=True)
class Incoming:
    """A page that was read from a file.

    Attributes:
        name: Name of the file.
        place: Where the page belongs.
        page: What the file holds.
        digest: Digest of the file.
    """

    name: str
    place: PagePath
    page: PageFile
    digest: str


@dataclass(frozen=True, slots=True)
class Step:
    """A page to write.

    Attributes:
        incoming: The file.
        action: What to do.
        values: What to send, by the names of `pages.create` and `pages.update`.
        page: The page as it is now; None for a new one.
    """

    incoming: Incoming
    action: Action
    values: Mapping[str, Any]
    page: PageForEditor | None = None

    @property
    def name(self) -> str:
        """Name of the file."""
        return self.incoming.name

    @property
    def changed(self) -> tuple[str, ...]:
        """Names of the fields that change."""
        return tuple(self.values)


@dataclass(frozen=True, slots=True)
class AssetStep:
    """An asset to upload.

    Attributes:
        name: Name of the file.
        file: The file.
        path: Where the server will store it.
        replaces: The asset that is there.
    """

    name: str
    file: SourceFile
    path: str
    replaces: Asset | None = None

    @property
    def folder(self) -> str:
        """The folder to store it in."""
        return self.path.rpartition("/")[0] or "/"


@dataclass(slots=True)
class ImportPlan:
    """What an import would do. Making it sends nothing but questions.

    Attributes:
        files: Name and digest of each page file, by which a journal knows the job.
        steps: Pages to write.
        unchanged: Files whose pages are as they should be.
        refused: What is wrong with files; nothing is sent for them.
        assets: Assets to upload.
        left: Files that are no pages, and are not imported.
        unknown: Keys of front matter that mean nothing here, by file.
        mended: What is wrong with front matter that was read as it is meant, by file.
    """

    files: list[dict[str, str]] = field(default_factory=list[dict[str, str]])
    steps: list[Step] = field(default_factory=list[Step])
    unchanged: list[str] = field(default_factory=list[str])
    refused: list[FileRefusedError] = field(default_factory=list[FileRefusedError])
    assets: list[AssetStep] = field(default_factory=list[AssetStep])
    left: list[str] = field(default_factory=list[str])
    unknown: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    mended: dict[str, str] = field(default_factory=dict[str, str])


def creation(page: PageFile, place: PagePath) -> dict[str, Any]:
    """Arguments of `pages.create` besides path and locale. What the file does not say has the default there."""
    values: dict[str, Any] = {"title": title_for(page, place), "content": page.content}
    values |= {name: value for name in _TEXTS if (value := getattr(page, name)) is not None}
    if page.tags is not None:
        values["tags"] = list(page.tags)
    return values | {"editor": editor_of(page)}


def changes(page: PageFile, now: PageForEditor) -> dict[str, Any]:
    """Arguments of `pages.update`: what the file says and the page is not. What the file does not say is kept."""
    known = of_page(now)
    found: dict[str, Any] = {
        name: value
        for name in (*_TEXTS, "content")
        if (value := getattr(page, name)) is not None and value != (getattr(known, name) or _empty(name))
    }
    if "script_css" in found and say_the_same(found["script_css"], known.script_css or ""):
        del found["script_css"]
    if page.tags is not None and set(paths.tags(page.tags)) != set(known.tags or ()):
        found["tags"] = list(page.tags)
    if page.content_type != now.content_type or page.editor not in {None, now.editor}:
        editor = editor_of(page)
        if editor != now.editor:
            found |= {"editor": editor, "content": page.content}
    return found


def _empty(name: str) -> object:
    return False if name == "is_published" else ""


def check(incoming: Incoming, body_limit: int) -> None:
    """Refuse a page that the server would refuse.

    Raises:
        FileRefusedError: It would.
    """
    name = incoming.name
    if incoming.page.content_type == "text":
        raise FileRefusedError(f"{name} does not say which editor it is for.", name=name, hint="Add `editor: ...`.")
    try:
        values = merge.variables(creation(incoming.page, incoming.place))
        too_large = _size(values, incoming.page) > body_limit
    except WikiJSException as error:
        raise FileRefusedError(f"{name}: {error.message}", name=name, hint=error.hint) from None
    if too_large:
        raise FileRefusedError(
            f"{name} is larger than the server takes: a request may have {megabytes(body_limit)}.",
            name=name,
            hint="Split the page, or raise bodyParserLimit in the server's configuration and the limit here.",
        )


def _size(values: Mapping[str, object], page: PageFile) -> int:
    """Bytes of the request that writes a page; exact only for large ones."""
    if len(page.content) < BODY_LIMIT // 100:
        return 0
    return len(encoded(values, "pages.create")) + _REST_OF_BODY


def megabytes(size: int) -> str:
    """A size as people read it."""
    return f"{size / 1024 / 1024:.3g} MB"


def doubles(pages: Iterable[Incoming]) -> tuple[list[Incoming], list[FileRefusedError]]:
    """Pages of which there is one file each, and what is wrong with the other files."""
    first: dict[PagePath, Incoming] = {}
    refused: list[FileRefusedError] = []
    for page in pages:
        other = first.setdefault(page.place, page)
        if other is not page:
            refused.append(
                FileRefusedError(
                    f"{page.name} and {other.name} are one and the same page, {page.place}.",
                    name=page.name,
                    hint="Remove one of them.",
                )
            )
    return list(first.values()), refused


def steps(
    pages: Sequence[Incoming], there: Mapping[PagePath, PageForEditor | Exception]
) -> tuple[list[Step], list[str], list[FileRefusedError]]:
    """What to do with each page, names of files with nothing to do, and pages that are there and cannot be read.

    Args:
        pages: Pages of files.
        there: Pages of the wiki, or why they cannot be read, by place.
    """
    found: list[Step] = []
    unchanged: list[str] = []
    refused: list[FileRefusedError] = []
    for incoming in pages:
        now = there.get(incoming.place)
        if now is None:
            found.append(Step(incoming, "create", creation(incoming.page, incoming.place)))
        elif isinstance(now, Exception):
            why = now.message if isinstance(now, WikiJSException) else str(now)
            refused.append(FileRefusedError(f"{incoming.name} cannot be compared. {why}", name=incoming.name))
        elif values := changes(incoming.page, now):
            found.append(Step(incoming, "update", values, now))
        else:
            unchanged.append(incoming.name)
    return found, unchanged, refused
