"""`wikijs comments ...`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Final

import typer

from .frame.command import command, group
from .frame.confirm import confirm
from .frame.failures import CommandError, ExitCode
from .frame.inputs import TextFile, read_text
from .frame.output import show_done, show_list, show_record, write_text
from .frame.session import Session
from .frame.several import for_each, in_words
from .frame.structured import wants_data
from .pages.arguments import LocaleOption, PageArgument, id_or_path, is_address, page_id

if TYPE_CHECKING:
    from wikijs.models import PageComment

app = typer.Typer(no_args_is_help=True)

_FIELDS: Final = ("id", "content", "render", "authorId", "authorName", "createdAt", "updatedAt")

CommentArgument = Annotated[int, typer.Argument(metavar="COMMENT", help="Id of the comment.")]
TextArgument = Annotated[str | None, typer.Argument(metavar="TEXT", help="The text, Markdown; else --file or stdin.")]


@group(app, example="wikijs comments list docs/intro")
def comments(session: Session) -> None:
    """Comments on pages."""


@command(
    app, "list", example="wikijs comments list docs/intro --json id,authorName", fields=_FIELDS, lists=True, reads=True
)
def list_comments(session: Session, page: PageArgument, *, locale: LocaleOption = None) -> None:
    """List the comments of a page, oldest first."""
    with session.client() as client:
        wanted = id_or_path(page)
        path = wanted
        if isinstance(wanted, int) or is_address(wanted):
            found = client.pages.get(wanted, content=False)
            path, locale = found.path, found.locale
        shown = client.comments.list(str(path), locale=locale)
        if not shown:
            page_id(client, page, locale)  # the server answers the same for a page that does not exist
    columns: dict[str, Callable[[PageComment], object]] = {
        "id": lambda comment: comment.id,
        "author": lambda comment: comment.author_name,
        "created": lambda comment: comment.created_at,
        "text": lambda comment: comment.content if comment.content is not None else comment.render,
    }
    show_list(session, shown, columns)


@command(app, "get", example="wikijs comments get 4", fields=_FIELDS, reads=True)
def get(session: Session, comment: CommentArgument) -> None:
    """Print the text of a comment."""
    with session.client() as client:
        found = client.comments.get(comment)
    if wants_data(session) or session.quiet:
        show_record(session, found)
    else:
        write_text(found.content if found.content is not None else found.render)


@command(app, "add", example="wikijs comments add docs/intro 'Well said.'", fields=_FIELDS)
def add(
    session: Session,
    page: PageArgument,
    text: TextArgument = None,
    *,
    file: TextFile = None,
    locale: LocaleOption = None,
    reply_to: Annotated[int | None, typer.Option(metavar="COMMENT", help="Id of the comment to answer.")] = None,
    guest_name: Annotated[str | None, typer.Option(help="Name to post under, as a guest.")] = None,
    guest_email: Annotated[str | None, typer.Option(help="E-mail address of a guest.")] = None,
) -> None:
    """Post a comment on a page."""
    content = _text(text, file)
    with session.client() as client:
        made = client.comments.create(
            page_id(client, page, locale),
            content=content,
            reply_to=reply_to,
            guest_name=guest_name,
            guest_email=guest_email,
        )
    show_done(session, f"Posted comment {made.id}.", made)


@command(app, "update", example="wikijs comments update 4 'Better said.'", fields=_FIELDS)
def update(session: Session, comment: CommentArgument, text: TextArgument = None, *, file: TextFile = None) -> None:
    """Replace the text of a comment."""
    content = _text(text, file)
    with session.client() as client:
        changed = client.comments.update(comment, content=content)
    show_done(session, f"Changed comment {changed.id}.", changed)


@command(app, "delete", example="wikijs comments delete 4 5")
def delete(
    session: Session,
    comments: Annotated[list[int], typer.Argument(metavar="COMMENT", help="Ids of comments.")],
) -> None:
    """Delete comments."""
    confirm(session, f"Delete {in_words('comment', comments)}?")
    with session.client() as client:

        def act(comment: str) -> dict[str, object]:
            client.comments.delete(int(comment))
            return {"id": int(comment)}

        names = [str(comment) for comment in comments]
        for_each(session, names, act, done=lambda row: f"Deleted comment {row['id']}.", verb="deleted")


def _text(text: str | None, file: str | None) -> str:
    if text is not None and file is not None:
        raise CommandError("Give the text or --file, not both.", code=ExitCode.USAGE)
    if text is not None:
        return text
    if file is None and sys.stdin.isatty():
        raise CommandError("What is the comment?", hint="Give its text, --file, or stdin.", code=ExitCode.USAGE)
    return read_text(file or "-")
