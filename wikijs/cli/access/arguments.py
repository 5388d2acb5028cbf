"""How commands about access name a page or a file, and a moment."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import unquote, urlsplit

import typer

from ..frame.failures import CommandError, ExitCode
from ..frame.session import Session
from ..pages.arguments import id_or_path, is_address

if TYPE_CHECKING:
    from wikijs import WikiJSClient
    from wikijs.access import Moment, Page, Target

PathArgument = Annotated[
    str, typer.Argument(metavar="PATH", help="Path, id or address of a page; of a file with --asset.")
]
LocaleOption = Annotated[str | None, typer.Option(metavar="CODE", help="Locale of the page; else the wiki's main one.")]
TagOption = Annotated[
    list[str] | None,
    typer.Option("--tag", metavar="TAG", help="As if the page had this tag; repeat it for several."),
]
AssetOption = Annotated[bool, typer.Option("--asset", help="It is a file and not a page.")]
MomentOption = Annotated[
    Path | None,
    typer.Option("--from", metavar="FILE", help="Ask a moment that `access save` kept, and not the wiki."),
]


def moment_of(session: Session, file: Path | None, *, pages: bool = True) -> tuple[Moment, str]:
    """Groups and users, and the main locale: those of now, or those of a file.

    Raises:
        ConfigurationError: The file holds something else.
    """
    from wikijs.access import load, read_moment

    if file is not None:
        moment = load(file)
        locales = [page.locale for page in moment.pages]
        return moment, session.locale or (max(set(locales), key=locales.count) if locales else "en")
    with session.client() as client:
        return read_moment(client, pages=pages), session.locale or client.localization.default()


def page_of(client: WikiJSClient, page: str) -> tuple[str, str | None]:
    """Path and locale of a page given by path or id.

    Raises:
        PageNotFoundError: There is no page of this id.
    """
    from wikijs.core.values import paths

    wanted = id_or_path(page)
    if isinstance(wanted, str) and is_address(wanted):
        wanted = paths.of_address(wanted, client.url)
        if isinstance(wanted, str) and paths.names_locale(wanted):
            place = paths.locate(wanted, is_default=True)
            return place.path, place.locale
    if isinstance(wanted, str):
        return wanted.strip("/"), None
    found = client.pages.get(wanted, content=False)
    return found.path, found.locale


def target_of(
    session: Session,
    moment: Moment,
    main: str,
    path: str,
    *,
    locale: str | None,
    tags: list[str] | None = None,
    asset: bool = False,
) -> tuple[Target, Page | None]:
    """What is asked about, and the page that is there; None where there is none, or it is a file.

    Raises:
        PageNotFoundError: There is no page of this id.
    """
    from wikijs.access import Target

    if not path.strip("/ "):
        raise CommandError("A page has no name.", hint="The front page is home.", code=ExitCode.USAGE)
    if asset:
        if is_address(path):
            path = unquote(urlsplit(path).path)
        return Target(path=path.strip("/"), locale=main), None
    if (path.isascii() and path.isdecimal()) or is_address(path):
        with session.client() as client:
            wanted, own = page_of(client, path)
    else:
        wanted, own = path.strip("/"), None
    code = own or locale or main
    page = next((each for each in moment.pages if (each.path, each.locale) == (wanted, code)), None)
    if page is not None and tags is None:
        return page.target, page
    published = page is None or page.published
    held = tuple(tags) if tags is not None else ()
    return Target(path=wanted, locale=code, tags=held, published=published), page
