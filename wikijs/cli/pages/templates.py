"""`wikijs pages templates ...`: pages of which others are made."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Final

import typer

from ..frame.command import command, group
from ..frame.failures import CommandError, ExitCode
from ..frame.output import note, show_done, show_list, show_record
from ..frame.session import Session
from .arguments import SAVED, page_id, place, summary

if TYPE_CHECKING:
    from wikijs import WikiJSClient

app = typer.Typer(no_args_is_help=True)

FOLDER: Final = "templates"

FolderOption = Annotated[str, typer.Option(metavar="PATH", help="Where templates are.")]
TemplateArgument = Annotated[
    str, typer.Argument(metavar="TEMPLATE", help="Name of a page in the folder of templates; or any page.")
]


@group(app, example="wikijs pages templates use meeting meetings/2026-11-28 --set topic=Budget")
def templates(session: Session) -> None:
    """Pages of which others are made: those below `templates`, with places such as {{topic}}."""


@command(
    app, "list", example="wikijs pages templates list", fields=("name", "id", "path", "title"), lists=True, reads=True
)
def list_templates(session: Session, *, folder: FolderOption = FOLDER) -> None:
    """List templates."""
    from wikijs.core.values.paths import of_place

    with session.client() as client:
        found = client.pages.list(folder=folder)
        folder, _ = of_place(folder, None, client.url, folder=True)
    start = len(folder.strip("/")) + 1
    rows = [
        {"name": page.path[start:], "id": page.id, "path": page.path, "title": page.title}
        for page in found
        if len(page.path) > start
    ]
    show_list(session, rows, ("name", "id", "title"), key="name")


@command(app, "show", example="wikijs pages templates show meeting", fields=("id", "path", "title", "places"))
def show(session: Session, template: TemplateArgument, *, folder: FolderOption = FOLDER) -> None:
    """Show which texts a template asks for."""
    from wikijs.resources.pages.values.templates import places

    with session.client() as client:
        page = client.pages.get(_template(client, template, folder))
    asked = places(f"{page.title}\n{page.description}\n{page.content}")
    show_record(session, {"id": page.id, "path": page.path, "title": page.title, "places": asked})


@command(app, "use", example="wikijs pages templates use meeting meetings/2026-11-28 --set topic=Budget", fields=SAVED)
def use(
    session: Session,
    template: TemplateArgument,
    path: Annotated[str, typer.Argument(metavar="PATH", help="Path of the new page.")],
    *,
    title: Annotated[str | None, typer.Option(help="Title of the new page; else that of the template.")] = None,
    texts: Annotated[
        list[str] | None, typer.Option("--set", metavar="NAME=TEXT", help="A text for the place {{NAME}}; repeat it.")
    ] = None,
    draft: Annotated[bool, typer.Option("--draft", help="Do not publish it.")] = False,
    folder: FolderOption = FOLDER,
) -> None:
    """Make a page of a template.

    {{title}}, {{path}} and {{date}} are known; other places are filled with --set, and told where they are not.
    """
    from wikijs.core.values.paths import of_place
    from wikijs.resources.pages.values.templates import places

    given = _texts(texts or ())
    with session.client() as client:
        path, locale = of_place(path, None, client.url)
        values = {"path": path.strip("/"), "date": f"{date.today():%Y-%m-%d}"} | given  # noqa: DTZ011
        number = _template(client, template, folder)
        if title is not None:
            values["title"] = title
        made = client.pages.copy(
            number, path, locale=locale, title=title, is_published=False if draft else None, values=values
        )
    if open_places := places(made.content):
        note(f"Places without a text: {', '.join(open_places)}.")
    show_done(session, f"Created page {made.id} ({place(made)}).", summary(made))


def _texts(given: list[str] | tuple[()]) -> dict[str, str]:
    found: dict[str, str] = {}
    for each in given:
        name, sign, text = each.partition("=")
        if not sign or not name.strip():
            raise CommandError(f"{each!r} is no NAME=TEXT.", code=ExitCode.USAGE)
        found[name.strip()] = text
    return found


def _template(client: WikiJSClient, template: str, folder: str) -> int:
    """The id of a template: of the page of this name in the folder, else of any page.

    Raises:
        CommandError: There is neither.
    """
    from wikijs.exceptions import PageNotFoundError, WikiJSException

    inside = f"{folder.strip('/')}/{template.strip('/')}"
    try:
        return client.pages.find_ids([inside])[0]
    except WikiJSException:
        pass
    try:
        return page_id(client, template, None)
    except PageNotFoundError:
        raise CommandError(
            f"There is no template {inside}, nor a page {template}.",
            hint=f"`wikijs pages templates list` lists what there is; `wikijs pages create {inside}` makes one.",
        ) from None
