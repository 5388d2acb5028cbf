"""All pages in one file: JSON or YAML, a list of pages with the server's names for their fields."""

from __future__ import annotations

import json
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Final, Literal, Self, cast

from wikijs.core.files import BOUNDS, FileRefusedError, load_json, load_yaml, read_file, replacing
from wikijs.core.files.tree import decoded
from wikijs.core.values import paths
from wikijs.core.values.paths import PagePath
from wikijs.exceptions import ConfigurationError, PageIllegalPathError

from .format import PageFile
from .header import need_yaml

FORMAT: Final = "wikijs-pages"
VERSION: Final = 1

_TEXTS: Final = {
    "title": "title",
    "description": "description",
    "editor": "editor",
    "updatedAt": "updated_at",
    "createdAt": "created_at",
    "publishStartDate": "publish_start_date",
    "publishEndDate": "publish_end_date",
    "scriptCss": "script_css",
    "scriptJs": "script_js",
}
"""Names in the file and in `PageFile`."""


@dataclass(frozen=True, slots=True)
class Document:
    """A page of such a file: where it is, and what it holds."""

    place: PagePath
    page: PageFile


def fields(place: PagePath, page: PageFile) -> dict[str, object]:
    """A page as it stands in the file."""
    known: dict[str, object] = {"path": place.path, "locale": place.locale, "contentType": page.content_type}
    known |= {key: value for key, name in _TEXTS.items() if (value := getattr(page, name)) is not None}
    if page.is_published is not None:
        known["isPublished"] = page.is_published
    if page.tags is not None:
        known["tags"] = list(page.tags)
    return known | {"content": page.content}


class DocumentFile:
    """A file that is replaced as a whole once all pages are in it; they are not held in memory."""

    def __init__(self, path: Path, kind: Literal["json", "yaml"]) -> None:
        if kind == "yaml":
            need_yaml()
        self._path, self._kind = path, kind
        self._count = 0

    def add(self, place: PagePath, page: PageFile) -> None:
        """Write a page."""
        known = fields(place, page)
        if self._kind == "json":
            text = json.dumps(known, ensure_ascii=False, indent=1)
            self._write(f"{',' if self._count else ''}\n{text}")
        else:
            self._write(_yaml([known]))
        self._count += 1

    def _write(self, text: str) -> None:
        self._file.write(text.encode("utf-8", "surrogatepass"))

    def __enter__(self) -> Self:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._replacing = replacing(self._path)
        self._file: BinaryIO = self._replacing.__enter__()
        if self._kind == "json":
            self._write(f'{{"format": "{FORMAT}", "version": {VERSION}, "pages": [')
        else:
            self._write(f"format: {FORMAT}\nversion: {VERSION}\npages:\n")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None and self._kind == "json":
            self._write("\n]}\n")
        self._replacing.__exit__(kind, error, trace)


def _yaml(value: object) -> str:
    import yaml

    # The stubs leave the type of the width open.
    text: str = yaml.safe_dump(  # pyright: ignore[reportUnknownMemberType]
        value, allow_unicode=True, sort_keys=False, width=float("inf")
    )
    return text


def load(path: Path, kind: Literal["json", "yaml"]) -> Generator[Document | FileRefusedError]:
    """The pages of such a file, and those entries that cannot be pages.

    Raises:
        ConfigurationError: It is no such file.
    """
    if kind == "yaml":
        need_yaml()
    try:
        text = decoded(read_file(path, BOUNDS.file_bytes), str(path))
        loaded = (load_json if kind == "json" else load_yaml)(text, name=str(path), most=BOUNDS.file_bytes)
    except FileRefusedError as error:
        raise ConfigurationError(
            f"{path} cannot be read as {kind.upper()}: {error.reason}.", hint="Give a file that was exported."
        ) from None
    pages = _pages(loaded)
    if pages is None:
        raise ConfigurationError(f"{path} holds no exported pages.", hint="Give a file that was exported.")
    for number, entry in enumerate(pages, 1):
        try:
            yield _document(entry, f"page {number} of {path.name}")
        except FileRefusedError as error:
            yield error


def _pages(loaded: object) -> list[object] | None:
    if not isinstance(loaded, dict):
        return None
    whole = cast("dict[str, object]", loaded)
    pages = whole.get("pages")
    if whole.get("format") != FORMAT or whole.get("version") != VERSION:
        return None
    return cast("list[object]", pages) if isinstance(pages, list) else [] if pages is None else None


def _document(entry: object, name: str) -> Document:
    if not isinstance(entry, Mapping):
        raise FileRefusedError(f"The {name} is no page.", name=name)
    known = cast("Mapping[str, Any]", entry)
    texts = {key: known[key] for key in ("path", "locale", "content", "contentType", *_TEXTS) if key in known}
    wrong = [key for key, value in texts.items() if not isinstance(value, str)]
    wrong += [key for key in ("path", "content") if key not in known]
    wrong += [] if isinstance(known.get("isPublished", True), bool) else ["isPublished"]
    tags = known.get("tags")
    listed = cast("list[object]", tags) if isinstance(tags, list) else []
    wrong += ["tags"] if tags is not None and (not isinstance(tags, list) or not _all_texts(listed)) else []
    if wrong:
        raise FileRefusedError(f"The {name} has no {wrong[0]}, or a wrong one.", name=name)
    locale = known.get("locale", paths.DEFAULT_LOCALE)
    try:
        place = paths.destination(known["path"], locale)
    except PageIllegalPathError as error:
        raise FileRefusedError(f"The {name} cannot be a page. {error.message}", name=name) from None
    page = PageFile(
        content=known["content"],
        content_type=known.get("contentType", "markdown"),
        is_published=known.get("isPublished"),
        tags=None if tags is None else tuple(str(tag) for tag in listed),
        **{ours: known[key] for key, ours in _TEXTS.items() if key in known},
    )
    return Document(place, page)


def _all_texts(values: list[object]) -> bool:
    return all(isinstance(value, str) for value in values)
