"""From a foreign site to a folder that `wikijs.transfer` imports."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Final, Literal, TypeAlias, get_args

from wikijs.core.files import FileRefusedError, copy
from wikijs.core.values.paths import DEFAULT_LOCALE, MAX_LENGTH, PagePath
from wikijs.transfer.format import PageFile, dump
from wikijs.transfer.names import file_name
from wikijs.transfer.targets import Folder

from . import naming
from .model import ForeignPage, InteropError, Links, Remark, Report, Site

Kind: TypeAlias = Literal["mediawiki-xml", "dokuwiki", "confluence-html", "docusaurus", "mkdocs"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
FILES: Final = "media"
"""Folder for other files."""

_READERS: Final = {
    "mediawiki-xml": "mediawiki:read",
    "dokuwiki": "dokuwiki:read",
    "confluence-html": "confluence:read",
    "docusaurus": "markdown_site:read_docusaurus",
    "mkdocs": "markdown_site:read_mkdocs",
}


def convert(
    kind: Kind,
    source: Path,
    into: Path,
    *,
    prefix: str = "",
    locale: str = DEFAULT_LOCALE,
    progress: Callable[[int, int], None] | None = None,
) -> Report:
    """Convert a site to a folder of pages with YAML front matter, and the files they refer to.

    Args:
        kind: What the source is.
        source: Its file or folder.
        into: Folder to write to.
        prefix: Path that all pages get in front, such as "old-wiki".
        locale: Locale of the pages.
        progress: Called after each page with the number done and the total.

    Raises:
        InteropError: The source is not what it should be, or a converter is missing.
        OSError: The folder cannot be written.
    """
    module, _, name = _READERS[kind].partition(":")
    try:
        site: Site = getattr(import_module(f".{module}", __package__), name)(source)
    except FileRefusedError as error:
        raise InteropError(error.message, hint=error.hint) from None
    places = _Places(site, prefix)
    report = Report(remarks=[*site.remarks])
    folder = Folder(into)
    for index, page in enumerate(site.pages):
        content = page.translate(places.links(page, report))
        place = PagePath(places.of_page[page.key], locale)
        target = file_name(place, "markdown", namespaced=locale != DEFAULT_LOCALE)
        folder.write(target, dump(_file(page, content), "yaml").encode("utf-8", "surrogatepass"))
        report.pages.append(target)
        if progress is not None:
            progress(index + 1, len(site.pages))
    for key, target in places.of_used_files.items():
        path = folder.place(target)
        path.parent.mkdir(parents=True, exist_ok=True)
        copy(site.files[key], path, name=key)
        report.files.append(target)
    return report


@dataclass(slots=True)
class _Places:
    """Where each page and file goes."""

    site: Site
    of_page: dict[str, str]
    of_used_files: dict[str, str]
    folder: str

    def __init__(self, site: Site, prefix: str) -> None:
        self.site = site
        self.of_page = {}
        self.of_used_files = {}
        front = naming.page_path(prefix) + "/" if prefix.strip("/") else ""
        self.folder = f"{FILES}/{front}"
        taken: set[str] = set()
        for page in site.pages:
            path = naming.unique(naming.page_path(front + page.path), taken)
            taken.add(path)
            self.of_page[page.key] = path

    def links(self, page: ForeignPage, report: Report) -> Links:
        remarks = dict.fromkeys(remark.text for remark in report.remarks if remark.page == page.key)

        def remark(text: str) -> None:
            if text not in remarks:
                remarks[text] = None
                report.remarks.append(Remark(page.key, text))

        return Links(self._page, self._file, remark)

    def _page(self, key: str) -> str | None:
        seen: set[str] = set()
        while key in self.site.aliases and key not in seen:  # redirects may go round in circles
            seen.add(key)
            key = self.site.aliases[key]
        return f"/{self.of_page[key]}" if key in self.of_page else None

    def _file(self, key: str) -> str | None:
        if key not in self.site.files:
            return None
        if key not in self.of_used_files:
            wanted = self.folder + (naming.file_path(key) or "file")
            self.of_used_files[key] = naming.unique(wanted, self.of_used_files.values())
        return f"/{self.of_used_files[key]}"


def _file(page: ForeignPage, content: str) -> PageFile:
    return PageFile(
        content=content.strip("\n") + "\n",
        title=page.title[:MAX_LENGTH],
        description=page.description[:MAX_LENGTH],
        tags=tuple(dict.fromkeys(tag.strip().lower() for tag in page.tags if tag.strip())),
        is_published=page.is_published,
        editor="markdown",
    )
