"""`wikijs pages search`, `grep`, `tree` and `links`."""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Final

import typer

from ..frame.command import command
from ..frame.failures import CommandError, ExitCode
from ..frame.output import note, nothing_found, show_list
from ..frame.session import Session
from ..frame.structured import wants_data
from ..frame.text import cell, printable
from .arguments import FolderOption, LocaleOption, SomeLocaleOption, TagsOption, place

if TYPE_CHECKING:
    from wikijs_generated.fragments import PageSummary

    from wikijs.resources.pages.values.results import Match

app = typer.Typer()

FOUND: Final = ("id", "path", "locale", "title", "description")
MATCH: Final = ("id", "locale", "path", "title", "lineNumber", "line", "start", "end")
NODE: Final = ("id", "path", "title", "depth", "isFolder")
LINKED: Final = ("id", "path", "locale", "title", "links", "broken")

IgnoreCaseOption = Annotated[bool, typer.Option("-i", "--ignore-case", help="Take upper and lower case as the same.")]
FixedOption = Annotated[bool, typer.Option("-F", "--fixed", help="Take the pattern as plain text.")]


@command(
    app,
    "search",
    example="wikijs pages search 'navigation lamp' --folder handbook",
    fields=FOUND,
    lists=True,
    reads=True,
)
def search(
    session: Session,
    query: Annotated[str, typer.Argument(help="What to search for, in the language of the wiki's search engine.")],
    *,
    folder: FolderOption = "",
    locale: SomeLocaleOption = None,
) -> None:
    """Search with the wiki's search engine.

    That of a new wiki knows titles, descriptions and paths only; grep looks into the content of any wiki.
    """
    with session.client() as client:
        found = client.pages.search(query, folder=folder, locale=locale)
    show_list(session, found, ("id", "locale", "path", "title", "description"))
    if found.suggestions and not session.quiet:
        note(f"Did you mean: {', '.join(found.suggestions)}?")


@command(app, "grep", example="wikijs pages grep -i 'todo|fixme' --folder docs", fields=MATCH, lists=True, reads=True)
def grep(
    session: Session,
    pattern: Annotated[str, typer.Argument(help="A regular expression of Python.")],
    *,
    ignore_case: IgnoreCaseOption = False,
    fixed: FixedOption = False,
    files: Annotated[bool, typer.Option("-l", "--pages", help="Print the pages only, not the lines.")] = False,
    count: Annotated[bool, typer.Option("-c", "--count", help="Print the number of lines of each page.")] = False,
    folder: FolderOption = "",
    locale: SomeLocaleOption = None,
    tag: TagsOption = None,
) -> None:
    """Search the content of pages, line by line.

    This reads all of them: narrow it down on a large wiki.
    """
    text = re.escape(pattern) if fixed else pattern
    try:
        expression = re.compile(text, re.IGNORECASE if ignore_case else 0)
    except re.error as error:
        raise CommandError(
            f"{pattern!r} is no regular expression: {error}.", hint="--fixed takes it as it is.", code=ExitCode.USAGE
        ) from None
    with session.client() as client:
        matches = client.pages.grep(expression, folder=folder, locale=locale, tags=tag or ())
        if files or count:
            _show_pages(session, matches, counted=count)
        elif wants_data(session):
            show_list(session, [_as_data(match) for match in matches], MATCH)
        elif session.quiet:
            _show_pages(session, matches, counted=False)
        elif not _show_lines(matches, expression):
            nothing_found()


def _as_data(match: Match) -> dict[str, object]:
    page = match.page
    return {
        "id": page.id,
        "locale": page.locale,
        "path": page.path,
        "title": page.title,
        "lineNumber": match.line_number,
        "line": match.line,
        "start": match.start,
        "end": match.end,
    }


def _show_pages(session: Session, matches: Iterable[Match], *, counted: bool) -> None:
    pages: dict[int, dict[str, object]] = {}
    lines: Counter[int] = Counter()
    for match in matches:
        page = match.page
        lines[page.id] += 1
        pages[page.id] = {"id": page.id, "locale": page.locale, "path": page.path, "title": page.title}
    if counted:
        pages = {number: {**page, "lines": lines[number]} for number, page in pages.items()}
    show_list(session, pages.values(), ("id", "locale", "path", "title", *(("lines",) if counted else ())))


def _show_lines(matches: Iterable[Match], expression: re.Pattern[str]) -> int:
    """Print matches as they come. On a terminal below a head for each page; in a pipe a whole row each."""
    shown, last = 0, 0
    for match in matches:
        if not sys.stdout.isatty():
            row = (place(match.page), match.line_number, match.line)
            sys.stdout.write("\t".join(cell(value) for value in row) + "\n")
        else:
            _show_line(match, expression, is_first=match.page.id != last)
        shown, last = shown + 1, match.page.id
    return shown


def _show_line(match: Match, expression: re.Pattern[str], *, is_first: bool) -> None:
    from rich.console import Console
    from rich.text import Text

    screen = Console(file=sys.stdout, highlight=False, soft_wrap=True)
    if is_first:
        page = match.page
        screen.print(Text.assemble((place(page), "bold magenta"), f"  {page.id}  ", (printable(page.title), "dim")))
    line = Text()
    end = 0
    for found in expression.finditer(match.line):
        line.append(printable(match.line[end : found.start()]))
        line.append(printable(found[0]), "bold red")
        end = found.end()
    line.append(printable(match.line[end:]))
    screen.print(Text.assemble((f"{match.line_number}", "green"), ":", line))


@dataclass(frozen=True)
class Node:
    """A page or a folder of the tree, or both.

    Attributes:
        id: The page's id; None where there is only a folder.
        path: Its path.
        title: The page's title; the last part of the path where there is only a folder.
        depth: 0 for what is at the top.
        is_folder: Whether something is below it.
    """

    id: int | None
    path: str
    title: str
    depth: int
    is_folder: bool


@command(app, "tree", example="wikijs pages tree handbook --depth 2", fields=NODE, lists=True, reads=True)
def tree(
    session: Session,
    folder: Annotated[str, typer.Argument(metavar="FOLDER", help="Path of a folder; else all of the tree.")] = "",
    *,
    locale: LocaleOption = None,
    depth: Annotated[int | None, typer.Option(min=1, metavar="LEVELS", help="Show at most this many levels.")] = None,
) -> None:
    """Draw the tree of pages and folders.

    In a pipe: a row each.
    """
    from wikijs.core.values.paths import of_place

    with session.client() as client:
        folder, locale = of_place(folder, locale, client.url, folder=True)
        top = folder.strip("/")
        locale = locale or client.localization.default()
        pages = client.pages.list(locale=locale, folder=top)
    if top and not pages:
        raise CommandError(f"There is no folder {locale}/{top}.")
    found = [node for node in nodes({page.path: page for page in pages}, top) if depth is None or node.depth < depth]
    if sys.stdout.isatty() and not (session.quiet or wants_data(session)):
        _draw(found, printable(f"{locale}/{top}".rstrip("/")))
    else:
        show_list(session, [node for node in found if node.id or not session.quiet], ("id", "path", "title"))


def nodes(pages: Mapping[str, PageSummary], top: str) -> list[Node]:
    """What is below a folder: what is in it before what comes after it, in the order of the paths."""
    below: dict[str, set[str]] = {}
    for page in pages:
        path = page
        while path != top and path:
            above = path.rpartition("/")[0]
            below.setdefault(above, set()).add(path)
            path = above

    def walk(folder: str, depth: int) -> Iterator[Node]:
        for path in sorted(below.get(folder, ())):
            page = pages.get(path)
            title = (page and page.title) or path.rpartition("/")[2]
            yield Node(page.id if page else None, path, title, depth, path in below)
            yield from walk(path, depth + 1)

    return list(walk(top, 0))


def _draw(found: Iterable[Node], root: str) -> None:
    from rich.console import Console
    from rich.text import Text
    from rich.tree import Tree

    drawn = Tree(Text(root, "bold"), guide_style="dim")
    branches = [drawn]
    for node in found:
        name = Text.assemble((printable(node.path.rpartition("/")[2]), "bold blue" if node.is_folder else ""))
        if node.id is not None:
            name.append(f"  {printable(node.title)}").append(f"  {node.id}", "dim")
        del branches[node.depth + 1 :]
        branches.append(branches[-1].add(name))
    Console(file=sys.stdout, highlight=False).print(drawn)


@command(app, "links", example="wikijs pages links --broken", fields=LINKED, lists=True, reads=True)
def links(
    session: Session,
    *,
    broken: Annotated[bool, typer.Option("--broken", help="Only links to where there is no page.")] = False,
    folder: FolderOption = "",
    locale: LocaleOption = None,
) -> None:
    """List the links between the pages of a locale, a row each.

    A link to a page that you may not see counts as broken. The server keeps no links such as other.md:
    `wikijs report links` finds these.
    """
    from wikijs.core.values.paths import is_below, of_place

    with session.client() as client:
        folder, locale = of_place(folder, locale, client.url, folder=True)
        linked = [
            page for page in client.pages.links(locale=locale, broken=broken) if is_below(page.path, folder.strip("/"))
        ]
    if session.quiet or wants_data(session):
        show_list(session, linked, ())
        return
    rows = [
        {"id": page.id, "path": page.path, "link": link, "broken": link in page.broken}
        for page in linked
        for link in (page.broken if broken else page.links)
    ]
    show_list(session, rows, ("id", "path", "link") if broken else ("id", "path", "link", "broken"))
