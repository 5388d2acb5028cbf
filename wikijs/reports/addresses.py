"""Where an address in a page leads: to a page of this wiki, to a file of it, or somewhere else. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

from wikijs.core.values.paths import FRONT_PAGE, RESERVED

Kind: TypeAlias = Literal["page", "id", "file", "tag", "external", "other"]

_BASE: Final = "http://wiki.invalid"
_EXTENSIONS: Final = frozenset({"md", "html", "txt"})


@dataclass(frozen=True, slots=True)
class Address:
    """What an address means.

    Attributes:
        kind: A page, a page by its id (`/i/12`), a file, the pages with some tags (`/t/a/b`), something elsewhere, or
            what is not looked at: mail, telephone, other pages of the server.
        locale, path: The page or file.
        anchor: The part of the page.
        url: Of something elsewhere, without its anchor.
    """

    kind: Kind
    locale: str = ""
    path: str = ""
    anchor: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What is needed to read addresses.

    Attributes:
        locale: The main one.
        locales: All in use.
        hosts: Names of the wiki, with ports: what begins with one of them is no other place.
        extensions: Endings that the server takes off pages.
    """

    locale: str
    locales: Collection[str]
    hosts: Collection[str] = ()
    extensions: Collection[str] = _EXTENSIONS

    def read(self, written: str, locale: str, path: str) -> Address:
        """What an address means.

        Args:
            written: As it is in the HTML of a page.
            locale, path: Of that page.
        """
        try:
            # A browser resolves it from the address of the page.
            whole = urljoin(f"{_BASE}/{locale}/{path}", written.strip())
            bare, anchor = urldefrag(whole)
            parts = urlsplit(bare)
            host = parts.netloc.rpartition("@")[2].lower()
        except ValueError:
            return Address("other", url=written)
        if parts.scheme not in {"http", "https"}:
            return Address("other", url=written)
        if host != "wiki.invalid" and host not in self.hosts:
            return Address("external", url=bare, anchor=anchor)
        return self._own(unquote(parts.path), unquote(anchor))

    def _own(self, address: str, anchor: str) -> Address:
        steps = [step for step in address.split("/") if step]
        locale = self.locale
        if steps and steps[0] in self.locales:
            locale = steps.pop(0)
        if not steps:
            return Address("page", locale, FRONT_PAGE, anchor)
        first = steps[0].lower()
        if first == "i" and len(steps) > 1 and re.fullmatch(r"[0-9]{1,10}", steps[1]):
            return Address("id", path=steps[1], anchor=anchor)
        if len(first) == 1 or (first in RESERVED and first != "img") or first.startswith("_"):
            return Address("tag" if first == "t" else "other", locale, "/".join(steps[1:]), url=address)
        return self._page_or_file("/".join(steps), locale, anchor)

    def _page_or_file(self, path: str, locale: str, anchor: str) -> Address:
        """What has a dot in its path is a file, unless it ends as the server lets pages end."""
        name, dot, ending = path.rpartition(".")
        if dot and "/" not in ending and ending.lower() in self.extensions:
            return Address("page", locale, name.replace(".", ""), anchor)
        return Address("file" if dot else "page", locale, path, anchor)
