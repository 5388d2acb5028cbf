"""Where each page, file and heading of a foreign site goes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Set
from functools import partial
from secrets import token_hex
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from wikijs.core.anchors import anchor
from wikijs.resources.assets.names import why_unreachable

from . import naming
from .model import Links, Remark

if TYPE_CHECKING:
    from .markdown.parsing import Heading
    from .model import ForeignPage, Report, Site

FILES: Final = "media"
"""Folder for other files."""
_DOTTED: Final = re.compile(r"\.(?=[0-9A-F]{2})")
_OWN_ID: Final = re.compile(r"""\b(?:id|name)\s*=\s*["']?([^\s"'>]+)|\{[^{}#\n]*+#([^\s.{}#]++)[^{}\n]*+\}""")


class Places:
    """New places of all that a site holds.

    Args:
        site: The site.
        prefix: Path that all pages get in front.
        is_exact: Whether the prefix is a path of this wiki, and stays letter by letter.
    """

    def __init__(self, site: Site, prefix: str, *, is_exact: bool = False) -> None:
        self._site = site
        self._pages = {page.key: page for page in site.pages}
        front = prefix.strip("/") if is_exact else naming.page_path(prefix) if prefix.strip("/") else ""
        self._folder = f"{FILES}/{naming.file_path(front)}/" if front else f"{FILES}/"
        self._files_of: dict[str, set[str]] = {}
        self.of_page: dict[str, str] = {}
        self.of_used_files: dict[str, str] = {}
        self._taken_files: set[str] = set()
        taken: set[str] = set()
        for page in site.pages:
            path = naming.unique(naming.page_below(front, page.path), taken)
            taken.add(naming.folded(path))
            self.of_page[page.key] = path
        # Headings are known once all pages are translated: until then marks stand for their anchors.
        self._mark = f"wjs{token_hex(6)}x"
        self._wanted: list[tuple[str, str, str]] = []

    def links(self, page: ForeignPage, report: Report) -> Links:
        """The places for one page that is translated, whose remarks go to the report."""
        told: set[str] = set()

        def remark(text: str) -> None:
            if text not in told:
                told.add(text)
                report.remarks.append(Remark(page.key, text))

        files = self._files_of.setdefault(page.key, set())
        return Links(
            self._page, partial(self._file, used=files, remark=remark), partial(self._anchor, page.key), remark
        )

    def files_of(self, key: str) -> Set[str]:
        """Keys of the files that a translated page refers to."""
        return self._files_of.get(key, set())

    def _key(self, key: str) -> str | None:
        seen: set[str] = set()
        while key not in self._pages:
            if key not in self._site.aliases or key in seen:  # redirects may go round in circles
                return None
            seen.add(key)
            key = self._site.aliases[key]
        return key

    def _page(self, key: str) -> str | None:
        found = self._key(key)
        return None if found is None else f"/{self.of_page[found]}"

    def _file(self, key: str, *, used: set[str], remark: Callable[[str], None]) -> str | None:
        if key not in self._site.files:
            return None
        used.add(key)
        if key not in self.of_used_files:
            name = naming.file_path(key) or "file"
            wanted = naming.unique(self._folder + name, self._taken_files)
            if (reason := why_unreachable(f"/{wanted}")) is not None:
                # Such a file could be uploaded, and nobody could download it: it gets a name that can be.
                stem, _, extension = wanted.rpartition(".")
                wanted = naming.unique(f"{stem or wanted}-{extension}.bin", self._taken_files)
                remark(f"The file {key} is renamed to {wanted.rpartition('/')[2]}: {reason}.")
            self._taken_files.add(naming.folded(wanted))
            self.of_used_files[key] = wanted
        return f"/{self.of_used_files[key]}"

    def _anchor(self, origin: str, key: str, part: str) -> str:
        target = self._key(key) if key else origin
        if not part or target is None:
            return ""
        self._wanted.append((origin, target, part))
        return f"#{self._mark}{len(self._wanted) - 1}x"

    def settle(
        self, contents: Mapping[str, str], headings: Mapping[str, list[Heading]], report: Report
    ) -> dict[str, str]:
        """Put anchors in the place of their marks.

        Args:
            contents: Translated pages by key.
            headings: Their headings, a title that went from the content included.
            report: Told of anchors that lead nowhere.
        """
        known: dict[str, dict[str, str]] = {}
        told: set[tuple[str, str]] = set()

        def settled(match: re.Match[str]) -> str:
            origin, key, part = self._wanted[int(match[1])]
            if key not in known:
                known[key] = self._names(key, contents[key], headings[key])
            found = self._found(known[key], part)
            if found is None:
                if (origin, part) not in told:
                    told.add((origin, part))
                    where = "this page" if key == origin else key
                    report.remarks.append(Remark(origin, f"There is no heading #{unquote(part)} on {where}."))
                return f"#{anchor(self._site.slug(unquote(part)))}"
            if found:
                return f"#{found}"
            return f"/{self.of_page[key]}" if key == origin else ""  # the title, which is the top of the page

        mark = re.compile(rf"#{self._mark}(\d+)x")
        return {key: mark.sub(settled, content) for key, content in contents.items()}

    def _names(self, key: str, content: str, headings: list[Heading]) -> dict[str, str]:
        """The wiki's anchors by what the other program calls its headings."""
        names: dict[str, str] = {}
        count: dict[str, int] = {}
        for heading in headings:
            name = heading.id or self._site.slug(heading.text)
            if name in count:
                name, count[name] = self._site.number(name, count[name]), count[name] + 1
            count.setdefault(name, 1)
            names.setdefault(name, heading.anchor)
        texts = {" ".join(heading.text.split()): heading.anchor for heading in reversed(headings)}
        for name, text in self._pages[key].anchors():
            if (found := texts.get(" ".join(text.split()))) is not None:
                names[name] = found
        for match in _OWN_ID.finditer(content):
            names.setdefault(match[1] or match[2], match[1] or match[2])
        return names

    def _found(self, names: Mapping[str, str], part: str) -> str | None:
        plain = unquote(part)
        older = unquote(_DOTTED.sub("%", part))  # as MediaWiki wrote anchors until 2017
        for name in (part, plain, self._site.slug(plain), self._site.slug(older)):
            if name in names:
                return names[name]
        return next((own for own in names.values() if own and own == anchor(plain)), None)
