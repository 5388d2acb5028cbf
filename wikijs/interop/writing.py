"""From a foreign site to a folder that `wikijs.transfer` imports."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Final, Literal, TypeAlias, get_args

from wikijs.core.files import FileRefusedError, copy
from wikijs.core.values.paths import DEFAULT_LOCALE
from wikijs.transfer.format import dump
from wikijs.transfer.names import file_name
from wikijs.transfer.targets import Folder

from .gathering import gathered, telling
from .model import InteropError, Remark, Report, Site
from .unpacking import as_given, unpacked

Kind: TypeAlias = Literal[
    "mediawiki-xml",
    "dokuwiki",
    "confluence-html",
    "confluence-xml",
    "docusaurus",
    "mkdocs",
    "markdown",
    "obsidian",
    "notion",
    "html",
    "word",
]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
_READERS: Final = {
    "mediawiki-xml": "mediawiki:read",
    "dokuwiki": "dokuwiki:read",
    "confluence-html": "confluence:read",
    "docusaurus": "docusaurus:read",
    "mkdocs": "mkdocs:read",
    "markdown": "plain:read",
    "confluence-xml": "confluence_space.reading:read",
    "obsidian": "notes.obsidian:read",
    "notion": "notes.notion:read",
    "html": "documents.html:read",
    "word": "documents.word:read",
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
        source: Its file or folder, or a .zip or .gz of it.
        into: Folder to write to.
        prefix: Path that all pages get in front, such as "old-wiki".
        locale: Locale of the pages.
        progress: Called after each page with the number done and the total.

    Raises:
        InteropError: The source is not what it should be, or a converter is missing.
        OSError: The folder cannot be written.
    """
    module, _, name = _READERS[kind].partition(":")
    with unpacked(source, documents=kind == "word") as place:
        try:
            site: Site = getattr(import_module(f".sources.{module}", __package__), name)(place)
        except (FileRefusedError, InteropError) as error:
            raise InteropError(_named(error.message, place, source), hint=error.hint) from None
        report = _written(site, into, prefix, locale, progress)
        report.remarks = [Remark(each.page, as_given(each.text, place, source)) for each in report.remarks]
        return report


def _named(message: str, place: Path, source: Path) -> str:
    """The same; the sentence names the archive also where it is about a file in it."""
    told = as_given(message, place, source)
    return told if place == source or str(source) in told else f"{source}: {told}"


def _written(site: Site, into: Path, prefix: str, locale: str, progress: Callable[[int, int], None] | None) -> Report:
    whole = gathered(site, prefix=prefix, locale=locale, progress=progress)
    report = whole.report
    folder = Folder(into)
    for each in whole.pages:
        with telling(each.key, report):
            target = file_name(each.place, "markdown", namespaced=locale != DEFAULT_LOCALE)
            folder.write(target, dump(each.page, "yaml").encode("utf-8", "surrogatepass"))
            report.pages.append(target)
    for key, target in whole.files.items():
        with telling("", report):
            path = folder.place(target)
            path.parent.mkdir(parents=True, exist_ok=True)
            copy(whole.sources[key], path, name=key)
            report.files.append(target)
    return report
