"""`wikijs pages create`, `edit` and `update`."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, cast

import typer

from ..frame.command import command
from ..frame.editor import edited
from ..frame.failures import CommandError, ExitCode
from ..frame.inputs import moment, read_file
from ..frame.output import show_done
from ..frame.session import Session
from ..frame.several import one_of
from .arguments import SAVED, LocaleOption, PageArgument, page_id, place, summary
from .given import CONTENT_TYPES, changes, creation, loaded, read_page, stdin_text

if TYPE_CHECKING:
    from wikijs import WikiJSClient
    from wikijs.resources.pages.values.merge import PageChanges
    from wikijs.transfer.format import PageFile

app = typer.Typer()

# As `Editor` of the facade, whose module would load the models for a help text.
Editor = Literal["markdown", "ckeditor", "code", "asciidoc"]
UPSERTED: Final = (*SAVED, "outcome")

FileOption = Annotated[
    str | None,
    typer.Option(
        *("-f", "--file", "--content-file"),
        metavar="FILE",
        help="Read the content from a file; - is stdin. Its front matter is used: title, tags and the like.",
    ),
]
ContentOption = Annotated[str | None, typer.Option("--content", metavar="TEXT", help="The content itself.")]
FromOption = Annotated[
    str | None,
    typer.Option(metavar="DATE", help="When it begins to be published: 2030-01-31, or 2030-01-31 12:00:00Z."),
]
UntilOption = Annotated[str | None, typer.Option(metavar="DATE", help="When it stops to be published.")]
CssOption = Annotated[Path | None, typer.Option("--css", metavar="FILE", help="File with the styles of the page.")]
JsOption = Annotated[Path | None, typer.Option("--js", metavar="FILE", help="File with the HTML of its scripts.")]


TitleOption = Annotated[
    str | None,
    typer.Option(help="Title; else that of the front matter, the first heading, or the last part of the path."),
]
EditorOption = Annotated[
    Editor | None,
    typer.Option(help="Editor of the wiki, which decides the language; else as the file says, or markdown."),
]
DescriptionOption = Annotated[str | None, typer.Option(help="Description.")]
TagOption = Annotated[list[str] | None, typer.Option(help="A tag; repeat it for several.")]
PathWord = Annotated[str | None, typer.Argument(metavar="PATH", help="Where, such as docs/intro.")]
PathOption = Annotated[str | None, typer.Option("--path", metavar="PATH", help="The same as PATH.")]


@command(app, "create", example="wikijs pages create docs/intro --title Introduction --file intro.md", fields=SAVED)
def create(
    session: Session,
    path: PathWord = None,
    *,
    at: PathOption = None,
    title: TitleOption = None,
    file: FileOption = None,
    content: ContentOption = None,
    edit: Annotated[bool, typer.Option("--edit", "-e", help="Write the content in $EDITOR before it is sent.")] = False,
    description: DescriptionOption = None,
    tag: TagOption = None,
    editor: EditorOption = None,
    locale: LocaleOption = None,
    draft: Annotated[bool, typer.Option("--draft", help="Do not publish it.")] = False,
    publish_from: FromOption = None,
    publish_until: UntilOption = None,
    css: CssOption = None,
    js: JsOption = None,
) -> None:
    """Create a page.

    Its content is that of --file, --content or stdin, else you write it in $VISUAL or $EDITOR. Options win over the
    front matter of a file.
    """
    from wikijs.core.values.paths import of_place
    from wikijs.transfer.format import PageFile

    path = one_of(path, at, "PATH", "--path")
    said: dict[str, Any] = {
        "title": title,
        "description": description,
        "tags": tag or None,
        "editor": editor,
        "is_published": False if draft else None,
        "publish_start_date": moment(publish_from, "--publish-from"),
        "publish_end_date": moment(publish_until, "--publish-until"),
        "script_css": read_file(css) if css else None,
        "script_js": read_file(js) if js else None,
    }
    given = read_page(file, content, editor)
    writes = edit or (given is None and sys.stdin.isatty())
    if given is None:
        empty = PageFile(content="", content_type=CONTENT_TYPES[editor or "markdown"])
        given = empty if writes else loaded(stdin_text(), "", editor)
    with session.client() as client:
        path, locale = of_place(path, locale, client.url)
        if writes:
            _check_free(client, path, locale)
            kind = CONTENT_TYPES[creation(given, path, said)["editor"]]
            with edited(given.content, content_type=kind, environment=session.environment) as written:
                _check_not_empty(written)
                page = client.pages.create(path, locale=locale, **creation(replace(given, content=written), path, said))
        else:
            page = client.pages.create(path, locale=locale, **creation(given, path, said))
    show_done(session, f"Created page {page.id} ({place(page)}).", summary(page))


@command(app, "upsert", example="wikijs pages upsert docs/intro --file intro.md", fields=UPSERTED)
def upsert(
    session: Session,
    path: PathWord = None,
    *,
    at: PathOption = None,
    title: TitleOption = None,
    file: FileOption = None,
    content: ContentOption = None,
    description: DescriptionOption = None,
    tag: TagOption = None,
    editor: EditorOption = None,
    locale: LocaleOption = None,
    draft: Annotated[bool, typer.Option("--draft", help="Do not publish it.")] = False,
) -> None:
    """Create a page, or change the one that is there; says which, or that it was as it should be.

    Its content is that of --file, --content or stdin. What neither an option nor front matter says is kept.
    """
    from wikijs.core.values.paths import of_place

    path = one_of(path, at, "PATH", "--path")
    said: dict[str, Any] = {
        "title": title,
        "description": description,
        "tags": tag or None,
        "editor": editor,
        "is_published": False if draft else None,
    }
    given = read_page(file, content, editor)
    given = loaded(stdin_text(), "", editor) if given is None else given
    with session.client() as client:
        path, locale = of_place(path, locale, client.url)
        values = creation(given, path, said)
        values |= _kept(client, path, locale, values, given, said)
        done = client.pages.upsert(path, locale=locale, **values)
    outcome = "is as it should be" if done.outcome == "unchanged" else f"was {done.outcome}"
    show_done(
        session, f"Page {done.page.id} ({place(done.page)}) {outcome}.", {**summary(done.page), "outcome": done.outcome}
    )


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

    All others are kept. Its path is changed by `move`, its editor by `convert`. What the front matter of a file says is
    changed too; options win over it.
    """
    if tag and no_tags:
        raise CommandError("Give either --tag or --no-tags.", code=ExitCode.USAGE)
    said: dict[str, object] = {
        "title": title,
        "description": description,
        "tags": [] if no_tags else tag or None,
        "is_published": publish,
        "publish_start_date": moment(publish_from, "--publish-from"),
        "publish_end_date": moment(publish_until, "--publish-until"),
        "script_css": read_file(css) if css else None,
        "script_js": read_file(js) if js else None,
    }
    given = cast("PageChanges", changes(read_page(file, content), said))
    if not given:
        raise CommandError("Say what to change.", hint="For example: --title, --file, --tag.", code=ExitCode.USAGE)
    with session.client() as client:
        saved = client.pages.update(page_id(client, page, locale), **given)
    show_done(session, f"Saved page {saved.id} ({place(saved)}).", summary(saved))


def _kept(
    client: WikiJSClient, path: str, locale: str | None, values: dict[str, Any], given: PageFile, said: dict[str, Any]
) -> dict[str, Any]:
    """Title and editor of the page that is there, where nothing says which it should have."""
    from wikijs.exceptions import PageNotFoundError

    if (given.title or said["title"]) and (given.editor or said["editor"]):
        return {}
    try:
        now = client.pages.single_for_editor(page_id(client, f"/{path.strip('/')}", locale))
    except PageNotFoundError:
        return {}
    kept = {} if given.title or said["title"] else {"title": now.title}
    is_same = given.editor is None and said["editor"] is None and CONTENT_TYPES[values["editor"]] == now.content_type
    return kept | ({"editor": now.editor} if is_same else {})


def _check_free(client: WikiJSClient, path: str, locale: str | None) -> None:
    """Say that a page cannot be created here before it is written, not after."""
    from wikijs.core.values.paths import destination

    place = destination(path, locale or client.localization.default())
    if client.pages.exists(place.path, locale=place.locale):
        raise CommandError(f"There is a page {place} already.", hint=f"Change it with: wikijs pages edit /{place}")


def _check_not_empty(text: str) -> None:
    if not text.strip():
        raise CommandError("The text is empty: nothing was sent.")
