"""What commands about pages share: how a page is named, and how it looks in results."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Protocol, cast

import typer

from ..frame.failures import CommandError, ExitCode
from ..frame.output import note, show_batch
from ..frame.session import Session

if TYPE_CHECKING:
    from wikijs import WikiJSClient
    from wikijs.core.jobs.results import BatchError, BatchResult

PAGE_HELP: Final = "Id, path or address of the page; a number with a / before it is a path."
PAGES_HELP: Final = "Ids, paths or addresses of pages; a number with a / before it is a path, - reads them from stdin."

PageArgument = Annotated[str, typer.Argument(metavar="PAGE", help=PAGE_HELP)]
PagesArgument = Annotated[list[str], typer.Argument(metavar="PAGE", help=PAGES_HELP)]
LocaleOption = Annotated[str | None, typer.Option(metavar="CODE", help="Locale of the path; else the wiki's main one.")]
FolderOption = Annotated[str, typer.Option(metavar="PATH", help="Only the page at this path and those below it.")]
SomeLocaleOption = Annotated[
    str | None, typer.Option("--locale", metavar="CODE", help="Only pages of this locale, such as en.")
]
TagsOption = Annotated[
    list[str] | None,
    typer.Option("--tag", metavar="TAG", help="Only pages with this tag; repeat it for pages that have several."),
]

JournalOption = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Note there what was done; the same command with it goes on where it ended."),
]

CaseOption = Annotated[
    bool, typer.Option("--allow-case-collisions", help="Take names that differ only in upper and lower case.")
]

SAVED: Final = ("id", "locale", "path", "title")
"""Fields that programs get of a page that was written."""

MAX_ID: Final = 2**31 - 1
SHOWN_NAMES: Final = 3


class Placed(Protocol):
    """A page of any kind."""

    @property
    def id(self) -> int: ...
    @property
    def path(self) -> str: ...
    @property
    def locale(self) -> str: ...


def id_or_path(page: str) -> int | str:
    """A page as the client takes it: a number is an id, all else a path.

    Raises:
        CommandError: It is neither.
    """
    check_named(page)
    page = page.strip()
    if not is_address(page) and not page.startswith("#"):  # what is behind it is a place in the page
        page = page.partition("#")[0]
    if not (page.isascii() and page.isdecimal()):
        return page
    if int(page) > MAX_ID:
        raise CommandError(f"There is no page {page}: ids are smaller.", hint=f"The path is /{page}.")
    return int(page)


def is_address(page: str) -> bool:
    """Whether a page is given by its address, as copied from a browser."""
    from wikijs.core.values import paths

    return paths.is_address(page)


def check_named(path: str) -> None:
    """Refuse nothing: it means the front page elsewhere; here it is mostly a variable of the shell that is not set.

    Raises:
        CommandError: Nothing was given.
    """
    if not path.strip():
        raise CommandError("A page has no name.", hint=f"{PAGE_HELP} The front page is home.", code=ExitCode.USAGE)


def check_locale(client: WikiJSClient, locale: str | None) -> None:
    """Say that a locale is not in use, where nothing was found in it.

    Raises:
        CommandError: It is not.
    """
    known = client.localization.in_use()
    if locale is not None and known and locale not in known:
        raise CommandError(
            f"The locale {locale!r} is not in use on this wiki. In use: {', '.join(known)}.", code=ExitCode.USAGE
        )


def page_id(client: WikiJSClient, page: str, locale: str | None) -> int:
    """The id of a page given by its id or path."""
    return client.pages.find_ids([id_or_path(page)], locale=locale)[0]


def page_ids(client: WikiJSClient, pages: Iterable[str], locale: str | None) -> list[int]:
    """The ids of pages given by ids or paths, each once; - stands for those on stdin.

    Raises:
        typer.Exit: There were none there, which is not wrong at the end of a pipe.
    """
    words = [word for page in pages for word in (_from_stdin() if page == "-" else [page])]
    if not words:
        note("No pages were given.")
        raise typer.Exit
    return list(dict.fromkeys(client.pages.find_ids([id_or_path(word) for word in words], locale=locale)))


def found_pages(
    client: WikiJSClient, pages: Iterable[str], locale: str | None
) -> tuple[list[int], list[BatchError[Any]]]:
    """The ids of pages, as `page_ids` gives them, and which of those given by paths are not there."""
    from wikijs.core.jobs.results import BatchError
    from wikijs.exceptions import PageNotFoundError

    words = list(dict.fromkeys(word for page in pages for word in (_from_stdin() if page == "-" else [page])))
    try:
        return page_ids(client, words, locale), []
    except PageNotFoundError:
        if len(words) == 1:
            raise
    ids: list[int] = []
    missing: list[BatchError[Any]] = []
    for index, word in enumerate(words):
        try:
            ids.append(page_id(client, word, locale))
        except PageNotFoundError as error:
            missing.append(BatchError(index, word, error))
    return list(dict.fromkeys(ids)), missing


def _from_stdin() -> list[str]:
    """A page a line; of more columns, as `pages list` prints them, the first."""
    lines = (line.partition("\t")[0].strip() for line in sys.stdin)
    return [line for line in lines if line]


def place(page: Placed) -> str:
    """Where a page is, for people."""
    return f"{page.locale}/{page.path}"


def summary(page: Any) -> dict[str, object]:
    """What programs get of a page that was written."""
    return {"id": page.id, "locale": page.locale, "path": page.path, "title": page.title}


def names(client: WikiJSClient, ids: Sequence[int]) -> str:
    """Pages in a question, such as "page 3 (en/docs)" or "12 pages (en/a, en/b, en/c and 9 more)"."""
    known = {page.id: place(page) for page in client.pages.list()}
    shown = [known.get(each, f"{each}, which is not there") for each in ids[:SHOWN_NAMES]]
    if len(ids) == 1:
        return f"page {ids[0]} ({shown[0]})" if ids[0] in known else f"page {ids[0]}"
    more = f" and {len(ids) - SHOWN_NAMES} more" if len(ids) > SHOWN_NAMES else ""
    return f"{len(ids)} pages ({', '.join(shown)}{more})"


def show_outcome(session: Session, result: BatchResult[Any, Any], *, verb: str) -> None:
    """Say what became of pages. A single failure is told as by any other command, with its hint and exit code."""
    from wikijs.exceptions import PageChangedError

    if len(result.errors) == 1 and not result.success and not result.not_attempted:
        error = result.errors[0].exception
        if isinstance(error, PageChangedError):  # its own hint is one for programs
            raise CommandError(error.message, hint="Run the command again to use the page as it is now.")
        raise error
    done: list[dict[str, object]] = [
        {"id": page} if isinstance(page, int) else summary(page) for page in result.success
    ]
    shown = replace(cast("BatchResult[Any, dict[str, object]]", result), success=done)
    show_batch(session, shown, verb=verb, name=_name)


def _name(page: int | str | Placed) -> str:
    return named(page) if not isinstance(page, int | str) else f"page {page}"


def named(page: Placed) -> str:
    """A page in a message."""
    return f"page {page.id} ({place(page)})"


def show_diff(text: str) -> None:
    """Print a unified diff, in colours on a terminal."""
    if not sys.stdout.isatty():
        sys.stdout.write(text)
        return
    from rich.console import Console
    from rich.text import Text

    from ..frame.text import printable

    screen = Console(file=sys.stdout, highlight=False, soft_wrap=True)
    for line in text.splitlines():
        screen.print(Text(printable(line), style=_style(line)))


def _style(line: str) -> str:
    """How a line of a unified diff looks."""
    if line.startswith(("---", "+++")):
        return "bold"
    return {"-": "red", "+": "green", "@": "cyan"}.get(line[:1], "")
