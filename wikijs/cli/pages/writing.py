"""`wikijs pages create`, `edit` and `update`."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, cast

import typer

from ..frame.command import command
from ..frame.editor import edited
from ..frame.failures import CommandError, ExitCode
from ..frame.inputs import read_file
from ..frame.output import show_done
from ..frame.session import Session
from ..frame.several import one_of
from .arguments import SAVED, LocaleOption, PageArgument, page_id, place, summary

if TYPE_CHECKING:
    from wikijs import WikiJSClient
    from wikijs.resources.pages.values.merge import PageChanges

app = typer.Typer()

# As `Editor` of the facade, whose module would load the models for a help text.
Editor = Literal["markdown", "ckeditor", "code", "asciidoc"]
CONTENT_TYPES: Final = {"markdown": "markdown", "ckeditor": "html", "code": "html", "asciidoc": "asciidoc"}
DATES: Final = ["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S%z"]

FileOption = Annotated[
    str | None,
    typer.Option("-f", "--file", "--content-file", metavar="FILE", help="Read the content from a file; - is stdin."),
]
ContentOption = Annotated[str | None, typer.Option("--content", metavar="TEXT", help="The content itself.")]
FromOption = Annotated[
    datetime | None,
    typer.Option(formats=DATES, metavar="DATE", help="When it begins to be published; this machine's time zone."),
]
UntilOption = Annotated[
    datetime | None, typer.Option(formats=DATES, metavar="DATE", help="When it stops to be published.")
]
CssOption = Annotated[Path | None, typer.Option("--css", metavar="FILE", help="File with the styles of the page.")]
JsOption = Annotated[Path | None, typer.Option("--js", metavar="FILE", help="File with the HTML of its scripts.")]


@command(app, "create", example="wikijs pages create docs/intro --title Introduction --file intro.md", fields=SAVED)
def create(
    session: Session,
    path: Annotated[str | None, typer.Argument(metavar="PATH", help="Where, such as docs/intro.")] = None,
    *,
    at: Annotated[str | None, typer.Option("--path", metavar="PATH", help="The same as PATH.")] = None,
    title: Annotated[str | None, typer.Option(help="Title; else made of the last part of the path.")] = None,
    file: FileOption = None,
    content: ContentOption = None,
    edit: Annotated[bool, typer.Option("--edit", "-e", help="Write the content in $EDITOR before it is sent.")] = False,
    description: Annotated[str, typer.Option(help="Description.")] = "",
    tag: Annotated[list[str] | None, typer.Option(help="A tag; repeat it for several.")] = None,
    editor: Annotated[Editor, typer.Option(help="Editor of the wiki, which decides the language.")] = "markdown",
    locale: LocaleOption = None,
    draft: Annotated[bool, typer.Option("--draft", help="Do not publish it.")] = False,
    publish_from: FromOption = None,
    publish_until: UntilOption = None,
    css: CssOption = None,
    js: JsOption = None,
) -> None:
    """Create a page.

    Its content is that of --file, --content or stdin, else you write it in $VISUAL or $EDITOR.
    """
    path = one_of(path, at, "PATH", "--path")
    options: dict[str, Any] = {
        "title": _title(path) if title is None else title,
        "description": description,
        "tags": tag or (),
        "editor": editor,
        "locale": locale,
        "is_published": not draft,
        "publish_start_date": _moment(publish_from),
        "publish_end_date": _moment(publish_until),
        "script_css": read_file(css) if css else "",
        "script_js": read_file(js) if js else "",
    }
    text = _given(file, content)
    writes = edit or (text is None and sys.stdin.isatty())
    if text is None:
        text = "" if writes else _stdin()
    with session.client() as client:
        if writes:
            _check_free(client, path, locale)
            with edited(text, content_type=CONTENT_TYPES[editor], environment=session.environment) as written:
                _check_not_empty(written)
                page = client.pages.create(path, content=written, **options)
        else:
            page = client.pages.create(path, content=text, **options)
    show_done(session, f"Created page {page.id} ({place(page)}).", summary(page))


@command(app, "edit", example="wikijs pages edit docs/intro", fields=SAVED)
def edit(session: Session, page: PageArgument, *, locale: LocaleOption = None) -> None:
    """Change the content of a page in your editor.

    The editor is $VISUAL or $EDITOR. All else of the page is kept. Nothing is sent when you change nothing, or when
    somebody else changed the page meanwhile; your text is then kept in a file. An editor with windows of its own must
    be told to wait, such as EDITOR='code --wait'.
    """
    from wikijs.exceptions import PageChangedError

    with session.client() as client:
        before = client.pages.get(page_id(client, page, locale))
        with edited(before.content, content_type=before.content_type, environment=session.environment) as text:
            _check_not_empty(text)
            if text == before.content:
                show_done(
                    session, f"Page {before.id} ({place(before)}) is as it was: nothing was sent.", summary(before)
                )
                return
            try:
                client.pages.update(before.id, content=text, expected=before)
            except PageChangedError:
                raise CommandError(
                    f"Page {before.id} ({place(before)}) changed while you edited it: nothing was sent.",
                    hint=f"See it with: wikijs pages get {before.id} --content. "
                    f"Send your text with: wikijs pages update {before.id} --file FILE",
                ) from None
    show_done(session, f"Saved page {before.id} ({place(before)}).", summary(before))


@command(app, "update", example="wikijs pages update docs/intro --title 'Getting started' --tag howto", fields=SAVED)
def update(
    session: Session,
    page: PageArgument,
    *,
    locale: LocaleOption = None,
    title: Annotated[str | None, typer.Option(help="New title.")] = None,
    file: FileOption = None,
    content: ContentOption = None,
    description: Annotated[str | None, typer.Option(help="New description.")] = None,
    tag: Annotated[
        list[str] | None, typer.Option(help="A tag to have instead of all others; repeat it. See `tags add`.")
    ] = None,
    no_tags: Annotated[bool, typer.Option("--no-tags", help="Take off all tags.")] = False,
    publish: Annotated[bool | None, typer.Option("--publish/--draft", help="Publish it, or make it a draft.")] = None,
    publish_from: FromOption = None,
    publish_until: UntilOption = None,
    css: CssOption = None,
    js: JsOption = None,
) -> None:
    """Change fields of a page.

    All others are kept. Its path is changed by `move`, its editor by `convert`.
    """
    if tag and no_tags:
        raise CommandError("Give either --tag or --no-tags.", code=ExitCode.USAGE)
    changes: dict[str, object] = {
        "title": title,
        "content": _given(file, content),
        "description": description,
        "tags": [] if no_tags else tag or None,
        "is_published": publish,
        "publish_start_date": _moment(publish_from),
        "publish_end_date": _moment(publish_until),
        "script_css": read_file(css) if css else None,
        "script_js": read_file(js) if js else None,
    }
    given = cast("PageChanges", {name: value for name, value in changes.items() if value is not None})
    if not given:
        raise CommandError("Say what to change.", hint="For example: --title, --file, --tag.", code=ExitCode.USAGE)
    with session.client() as client:
        saved = client.pages.update(page_id(client, page, locale), **given)
    show_done(session, f"Saved page {saved.id} ({place(saved)}).", summary(saved))


def _check_free(client: WikiJSClient, path: str, locale: str | None) -> None:
    """Say that a page cannot be created here before it is written, not after."""
    from wikijs.core.values.paths import destination

    place = destination(path, locale or client.localization.default())
    if client.pages.exists(place.path, locale=place.locale):
        raise CommandError(f"There is a page {place} already.", hint=f"Change it with: wikijs pages edit /{place}")


def _title(path: str) -> str:
    """A title as the browser would propose it: "first-steps" becomes "First steps"."""
    name = path.strip("/").rpartition("/")[2].replace("-", " ").replace("_", " ").strip()
    return name[:1].upper() + name[1:]


def _given(file: str | None, content: str | None) -> str | None:
    """The content that options say; None where they do not."""
    if file is not None and content is not None:
        raise CommandError("Give either --file or --content.", code=ExitCode.USAGE)
    return content if file is None else _stdin() if file == "-" else read_file(Path(file))


def _stdin() -> str:
    try:
        return sys.stdin.buffer.read().decode("utf-8-sig")  # as bytes, so that line ends stay as they are
    except UnicodeDecodeError:
        raise CommandError("What came from stdin is no text in UTF-8.", code=ExitCode.USAGE) from None


def _moment(date: datetime | None) -> datetime | None:
    return date if date is None or date.tzinfo else date.astimezone()


def _check_not_empty(text: str) -> None:
    if not text.strip():
        raise CommandError("The text is empty: nothing was sent.")
