"""What a folder is, and its pages as they should be on the wiki."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final, cast
from urllib.parse import quote

from wikijs.core.files import BOUNDS, FileRefusedError, Tree, load_yaml, read_file
from wikijs.interop import InteropError
from wikijs.interop.gathering import Gathering, gathered
from wikijs.interop.sources import docusaurus, mkdocs, plain
from wikijs.transfer.sources import SourceFile

from .marks import Mark, digest
from .model import Kind, PublishOptions, Wanted

_READERS: Final = {"plain": plain.read, "mkdocs": mkdocs.read, "docusaurus": docusaurus.read}
_MKDOCS: Final = ("mkdocs.yml", "mkdocs.yaml")
_DOCUSAURUS: Final = tuple(f"docusaurus.config.{end}" for end in ("js", "ts", "mjs", "cjs"))
_EDIT_URL: Final = re.compile(r"""\beditUrl:\s*["']([^"'\n]+)["']""")


class Project:
    """A folder whose pages are published.

    Args:
        folder: The folder: a project, or its documents.
        to: The path that it is published to, as it is on the wiki.
        locale: Locale of the pages.
        options: How.
        progress: Called with the number of pages read and the total.

    Raises:
        InteropError: There are no pages, or a converter is missing.

    Attributes:
        kind: What it is.
        wanted: Its pages.
        left_out: Files that cannot be pages.
        whole: Everything that was found.
    """

    def __init__(
        self,
        folder: Path,
        to: str,
        locale: str,
        options: PublishOptions,
        progress: Callable[[int, int], None] | None = None,
    ) -> None:
        try:
            self.kind, root = _found(folder, options.kind)
            site = _READERS[self.kind](root)
        except FileRefusedError as error:
            raise InteropError(error.message, hint=error.hint) from None
        site.pages = [page for page in site.pages if not _fits(page.key, options.exclude)]
        if not site.pages:
            raise InteropError(f"Every page of {folder} is left out.", hint="Leave out less.")
        raw = {page.key: page.raw for page in site.pages}
        self.whole: Gathering = gathered(site, prefix=to, locale=locale, is_exact=True, progress=progress)
        self.left_out = self.whole.left_out
        edit_url = _edit_url(root, self.kind) if options.edit_url is None else options.edit_url
        self.wanted: list[Wanted] = []
        for each in self.whole.pages:
            page = each.page
            if edit_url:
                page = replace(page, content=page.content + _note(edit_url, each.key))
            has = tuple(name for name in ("description", "tags") if getattr(page, name))
            mark = Mark(
                file=each.key,
                to=to,
                name=options.name,
                source=digest(raw[each.key]),
                text=digest(page.content),
                has=has,
                files=tuple(sorted(self.whole.files[key] for key in each.files)),
            )
            self.wanted.append(Wanted(each.key, each.place, page, mark))

    def assets(self) -> list[SourceFile]:
        """The files that pages refer to, by the names they are uploaded under."""
        return [_source_file(self.whole.sources[key], key, name) for key, name in self.whole.files.items()]


def _source_file(path: Path, key: str, name: str) -> SourceFile:
    return SourceFile(name, path.stat().st_size, lambda: read_file(path, BOUNDS.file_bytes, name=key))


def _found(folder: Path, kind: Kind | None) -> tuple[Kind, Path]:
    """What a folder is, and where its project begins: the folder itself, or the one it is the documents of."""
    if not folder.is_dir():
        raise InteropError(f"{folder} is no folder.", hint="Give the folder with the pages.")
    folder = folder.resolve()
    if kind is not None:
        return kind, folder
    if _has(folder, _MKDOCS):
        return "mkdocs", folder
    if _has(folder, _DOCUSAURUS) or _has(folder / "website", _DOCUSAURUS):
        return "docusaurus", folder
    above = folder.parent
    if _has(above, _MKDOCS) and _documents(above) == folder:
        return "mkdocs", above
    if folder.name == "docs" and (_has(above, _DOCUSAURUS) or _has(above / "website", _DOCUSAURUS)):
        return "docusaurus", above
    return "plain", folder


def _has(folder: Path, names: Sequence[str]) -> bool:
    return any((folder / name).is_file() for name in names)


def _settings(project: Path) -> dict[str, Any]:
    """The settings of a project of MkDocs."""
    root = Tree(project)
    name = next((name for name in _MKDOCS if root.is_file(name)), None)
    loaded = load_yaml(root.text(name), name=name, loader=mkdocs.loader()) if name else None
    return cast("dict[str, Any]", loaded) if isinstance(loaded, dict) else {}


def _documents(project: Path) -> Path | None:
    wanted = str(_settings(project).get("docs_dir", "docs"))
    try:
        return Tree(project).place(wanted)
    except FileRefusedError:
        return None


def _edit_url(project: Path, kind: Kind) -> str:
    """The address at which the project itself lets people edit its pages; nothing where it names none."""
    if kind == "mkdocs":
        settings = _settings(project)
        repository, edit = settings.get("repo_url"), settings.get("edit_uri")
        if isinstance(edit, str) and edit:
            begin = f"{repository.rstrip('/')}/" if isinstance(repository, str) and "://" not in edit else ""
            return f"{begin}{edit.strip('/')}/{{file}}" if begin or "://" in edit else ""
    if kind == "docusaurus":
        for below in ("", "website/"):
            for name in _DOCUSAURUS:
                root = Tree(project)
                if root.is_file(below + name) and (found := _EDIT_URL.search(root.text(below + name))):
                    return f"{found[1].rstrip('/')}/docs/{{file}}"
    return ""


def _note(edit_url: str, file: str) -> str:
    """What leads from a page to where it can be edited."""
    address = edit_url.replace("{file}", quote(file)) if "{file}" in edit_url else edit_url + quote(file)
    return f"\n> [Edit this page]({address})\n{{.is-info}}\n"


def _fits(name: str, patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(name, pattern) or name.startswith(f"{pattern.rstrip('/')}/") for pattern in patterns)
