"""A wiki as reports need it: each page is read once, and only what reports ask about is kept of it."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import unquote, urlsplit

from pydantic import Field
from wikijs_generated.base_model import BaseModel
from wikijs_generated.specs.pages import PAGES_SINGLE_FOR_EDITOR

from wikijs import exceptions as exc
from wikijs.core.operations import Operation
from wikijs.core.values.paths import is_below, of_place

from .addresses import Site
from .markup import Markup, read_markup

if TYPE_CHECKING:
    from wikijs_generated.fragments import PageSummary

    from wikijs import WikiJSClient
    from wikijs.core.operations import OperationSpec
    from wikijs.resources.assets.models import Asset
    from wikijs.resources.shared.base import Progress

AT_ONCE: Final = 100
"""Pages in memory together."""
_WORD: Final = re.compile(r"[^\s\"'<>()\[\]{}|\\^`,;=]+")
_ENDING: Final = re.compile(r"\.[A-Za-z0-9]{1,8}(?![A-Za-z0-9])")
"""The end of what looks like the address of a file, wherever it stands."""
_SEARCHED: Final = 50_000_000
"""Characters of a page that are searched at most for the lines of its addresses."""


class _Page(BaseModel):
    content: str
    render: str
    content_type: str
    editor: str | None = Field(default=None)
    creator_name: str | None = Field(default=None)
    author_name: str | None = Field(default=None)
    script_css: str | None = Field(default=None)
    script_js: str | None = Field(default=None)


class _Pages(BaseModel):
    single: _Page


class PageReply(BaseModel):
    """The reply that holds a page."""

    pages: _Pages


def _spec(name: str, fields: str) -> OperationSpec[_Page]:
    return cast(
        "OperationSpec[_Page]",
        replace(
            PAGES_SINGLE_FOR_EDITOR,
            name=name,
            model=f"{__name__}:PageReply",
            selection=f"\x01pages: pages {{\n  single(id: $\x01id) {{ {fields} }}\n}}",
            fragments=(),
        ),
    )


_WHOLE: Final = _spec(
    "PagesSingleForReports", "content render contentType editor creatorName authorName scriptCss scriptJs"
)
_VISIBLE: Final = _spec("PagesSingleForReportsOfReaders", "content render contentType")


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFacts:
    """What reports ask about a page.

    Attributes:
        id, locale, path, title, description, tags, published, created, updated: As the list says.
        markup: What is in it; None where it could not be read.
        size: Bytes of its source.
        digest: Of its source without the space around it.
        lines: Where in the source an address stands, as far as it is found there.
        mentions: What looks like addresses of files anywhere in it, styles and scripts too.
        editor, creator, author, content_type: Where they may be seen.
    """

    id: int
    locale: str
    path: str
    title: str
    description: str
    tags: tuple[str, ...]
    published: bool
    created: datetime
    updated: datetime
    markup: Markup | None = None
    size: int = 0
    digest: str = ""
    lines: Mapping[str, int] = field(default_factory=dict[str, int])
    mentions: frozenset[str] = frozenset()
    editor: str = ""
    creator: str = ""
    author: str = ""
    content_type: str = ""

    @property
    def place(self) -> tuple[str, str]:
        """Locale and path."""
        return self.locale, self.path


@dataclass(frozen=True, kw_only=True)
class WikiFacts:
    """A wiki at one moment.

    Attributes:
        pages: All pages, or those below a folder; all are needed to tell what links lead to nothing.
        chosen: Of these the pages that are reported about.
        files: All files by path, without a slash in front; None where they may not be listed.
        menu: Where the items of the navigation lead, by locale; None where it may not be seen.
        site: What is needed to read addresses.
        elsewhere: Texts of settings in which files may be named: logo, styles and code of the theme.
        unreadable: Why pages could not be read, by their ids.
        url: Of the wiki.
        now: When it was read.
    """

    pages: Sequence[PageFacts]
    chosen: Sequence[PageFacts]
    site: Site
    files: Mapping[str, Asset] | None = None
    menu: Mapping[str, Sequence[str]] | None = None
    elsewhere: Sequence[str] = ()
    unreadable: Mapping[int, str] = field(default_factory=dict[int, str])
    url: str = ""
    now: datetime = field(default_factory=lambda: datetime.now(UTC))


def read_wiki(
    client: WikiJSClient,
    *,
    folder: str = "",
    locale: str | None = None,
    content: bool = True,
    files: bool = True,
    progress: Progress | None = None,
) -> WikiFacts:
    """Read what reports need.

    Args:
        client: A client of the wiki.
        folder: Report only about the page there and those below it.
        locale: Report only about pages of this locale.
        content: Whether to read the pages themselves: one request for 50 of them.
        files: Whether to list all files.
        progress: Called with the number of pages that were read and the total.

    Permission: `read:pages`, and what `pages.get` needs for each page; `read:assets`, `manage:navigation` for more.
    Operation: `pages.list`, `pages.single`, `assets.list`, `assets.folders`, `navigation.tree`, `localization.config`,
        `site.config`, `theming.config` (queries).
    """
    folder, locale = of_place(folder, locale, client.url, folder=True)
    listed = client.pages.list()
    settings = client.localization.get()
    unreadable: dict[int, str] = {}
    pages: list[PageFacts] = []
    for part in _parts(listed):
        pages += _read(client, part, unreadable) if content else [_listed(page) for page in part]
        if progress is not None:
            progress(len(pages), len(listed))
    chosen = [page for page in pages if is_below(page.path, folder.strip("/")) and locale in {None, page.locale}]
    host, elsewhere, extensions = _settings(client)
    hosts = {urlsplit(address).netloc.lower() for address in (client.url, host)} - {""}
    locales = {page.locale for page in pages} | {settings.locale, *(settings.namespaces or ())}
    return WikiFacts(
        pages=pages,
        chosen=chosen,
        site=Site(locale=settings.locale, locales=locales, hosts=hosts, extensions=extensions),
        files=_files(client) if files else None,
        menu=_menu(client),
        elsewhere=elsewhere,
        unreadable=unreadable,
        url=client.url,
    )


def _parts(pages: Sequence[PageSummary]) -> Iterator[Sequence[PageSummary]]:
    for start in range(0, len(pages), AT_ONCE):
        yield pages[start : start + AT_ONCE]


def _read(client: WikiJSClient, pages: Sequence[PageSummary], unreadable: dict[int, str]) -> list[PageFacts]:
    """Pages with what is in them; readers see neither authors nor scripts."""
    outcomes: dict[int, _Page | Exception] = {}
    waiting: list[PageSummary] = list(pages)
    for spec in (_WHOLE, _VISIBLE):
        if waiting:
            answers = client.batch(*(Operation(spec, {"id": page.id}) for page in waiting), return_exceptions=True)
            outcomes.update({page.id: answer for page, answer in zip(waiting, answers, strict=True)})
            waiting = [page for page in waiting if isinstance(outcomes[page.id], exc.PermissionDeniedError)]
    facts: list[PageFacts] = []
    for page in pages:
        outcome = outcomes[page.id]
        if isinstance(outcome, exc.PageNotFoundError):
            continue  # deleted meanwhile
        if isinstance(outcome, Exception):
            unreadable[page.id] = outcome.message if isinstance(outcome, exc.WikiJSException) else str(outcome)
            facts.append(_listed(page))
        else:
            facts.append(_whole(page, outcome))
    return facts


def _listed(page: PageSummary) -> PageFacts:
    return PageFacts(
        id=page.id,
        locale=page.locale,
        path=page.path,
        title=page.title or "",
        description=page.description or "",
        tags=tuple(page.tags),
        published=page.is_published,
        created=page.created_at,
        updated=page.updated_at,
        content_type=page.content_type,
    )


def _whole(page: PageSummary, read: _Page) -> PageFacts:
    markup = read_markup(read.render)
    content = read.content
    written = "\n".join(text for text in (content, read.script_css, read.script_js) if text)
    return replace(
        _listed(page),
        markup=markup,
        size=len(content.encode("utf-8", "replace")),
        digest=sha256(content.strip().encode("utf-8", "replace")).hexdigest() if content.strip() else "",
        lines=_lines(content, markup),
        mentions=frozenset(mentions(written)),
        editor=read.editor or "",
        creator=read.creator_name or "",
        author=read.author_name or "",
        content_type=read.content_type,
    )


def mentions(text: str) -> Iterator[str]:
    """What looks like addresses of files in a text, as paths without slash, query and host."""
    for word in _WORD.finditer(text):  # an image in the text is one word of a million letters
        ends = [found.end() for found in _ENDING.finditer(word[0], 1)]
        if ends:
            yield unquote(word[0][: ends[-1]])


def _lines(content: str, markup: Markup) -> dict[str, int]:
    """The first line on which an address of the HTML stands, in one of the ways in which it may be written.

    Where a page has so many addresses that this would take long, the last ones have no line.
    """
    places: dict[str, int] = {}
    breaks = [found.start() for found in re.finditer("\n", content)]
    left = _SEARCHED
    for url in dict.fromkeys((*(link.url for link in markup.links), *markup.without_alt)):
        if left <= 0:
            break
        bare = unquote(url)
        tail = bare.rpartition("/")[2].partition("#")[0]
        for spelling in (url, bare, bare.lstrip("/"), bare.lstrip("/").partition("/")[2], tail):
            at = content.find(spelling) if len(spelling) > 1 else -1
            left -= len(content) if at < 0 else at
            if at >= 0:
                places[url] = bisect_left(breaks, at) + 1
                break
    return places


def _files(client: WikiJSClient) -> dict[str, Asset] | None:
    try:
        return {asset.path.strip("/"): asset for asset in client.assets.list(recursive=True)}
    except exc.PermissionDeniedError:
        return None


def _menu(client: WikiJSClient) -> dict[str, list[str]] | None:
    from wikijs import ops

    try:
        tree: Sequence[Any] = client.execute(ops.navigation_tree(), cache=False)
    except exc.PermissionDeniedError:
        return None
    return {
        each.locale: [
            str(item.target)
            for item in each.items
            if item.kind == "link" and item.target_type == "page" and item.target
        ]
        for each in tree
    }


def _settings(client: WikiJSClient) -> tuple[str, list[str], frozenset[str]]:
    host, texts, extensions = "", list[str](), frozenset({"md", "html", "txt"})
    try:
        site = client.site.get()
    except exc.WikiJSException:
        pass
    else:
        host = site.host or ""
        texts += [text for text in (site.logo_url, site.footer_override, site.auth_login_bg_url) if text]
        given = (site.page_extensions or "").replace(",", " ").split()
        extensions = frozenset(given) or extensions
    try:
        theme = client.theming.get()
    except exc.WikiJSException:
        pass
    else:
        texts += [text for text in (theme.inject_css, theme.inject_head, theme.inject_body) if text]
    return host, texts, extensions
