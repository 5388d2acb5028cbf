"""A page as a text file: `dump` and `load`, pure functions.

Style "wikijs" is what Wiki.js's own Git and disk storage writes, byte for byte: Markdown under a `---` header and HTML
under one in a comment, with raw values that need not be valid YAML, AsciiDoc and everything else as bare content. It
cannot hold scripts and publish dates, and of pages that are neither Markdown nor HTML nothing but the content;
`not_held` tells what of a page that is. Style "yaml" is ours: the header is valid YAML, holds all of a page of any
kind, and Wiki.js's own import reads it, with tags and publication state, in Markdown and HTML.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from wikijs.core.scalars import timestamp

from . import header
from .errors import FileRefusedError

if TYPE_CHECKING:
    from wikijs_generated.fragments import PageForEditor

Style: TypeAlias = Literal["wikijs", "yaml"]

EXTENSIONS: Final = {"markdown": "md", "html": "html", "asciidoc": "adoc"}
"""Extensions by content type; all other types have `OTHER`."""
OTHER: Final = "txt"
CONTENT_TYPES: Final = {extension: kind for kind, extension in EXTENSIONS.items()}

_EDITORS: Final = {
    "markdown": "markdown",
    "ckeditor": "html",
    "code": "html",
    "wysiwyg": "html",
    "asciidoc": "asciidoc",
    "api": "yml",
    "redirect": "redirect",
}
"""Content types by editor."""
_DEFAULT_EDITORS: Final = {"markdown": "markdown", "html": "ckeditor", "asciidoc": "asciidoc"}

# Opening and closing line of the header. Where AsciiDoc has one at all, it is a comment block there.
_FENCES: Final = {"html": ("<!--", "-->"), "asciidoc": ("////", "////")}
_PLAIN_FENCE: Final = ("---", "---")

_OLD_TITLE: Final = re.compile(
    r"\A<!-- TITLE: ?(?P<title>.+?) ?-->\n?(?:<!-- SUBTITLE: ?(?P<description>.+?) ?-->)?\n*", re.IGNORECASE
)
"""The header of Wiki.js 1, which version 2 still reads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFile:
    """A page as a file holds it. None means that the file does not say.

    Attributes:
        content: Source of the page.
        content_type: Language of the content as the server names it: markdown, html, asciidoc.
        title, description, is_published, tags, editor: As in `pages.create`.
        updated_at, created_at: Moments as the server writes them. The server sets its own when a page is written.
        publish_start_date, publish_end_date, script_css, script_js: As in `pages.create`.
        mended: What was wrong with the header and was read as it is meant, in a sentence.
        unknown: Keys of the header that mean nothing here. A header of nothing but such keys is part of the content.
    """

    content: str
    content_type: str = "markdown"
    title: str | None = None
    description: str | None = None
    is_published: bool | None = None
    tags: tuple[str, ...] | None = None
    editor: str | None = None
    updated_at: str | None = None
    created_at: str | None = None
    publish_start_date: str | None = None
    publish_end_date: str | None = None
    script_css: str | None = None
    script_js: str | None = None
    unknown: tuple[str, ...] = ()
    mended: str = ""

    def portable(self) -> PageFile:
        """The same without the moments that the server sets itself, and with the tags sorted."""
        tags = None if self.tags is None else tuple(sorted(self.tags))
        return replace(self, updated_at=None, created_at=None, tags=tags)


def of_page(page: PageForEditor) -> PageFile:
    """A page that was read whole; publish dates stay exactly as stored where it is a `PageState`."""
    return PageFile(
        content=page.content,
        content_type=page.content_type,
        title=page.title,
        description=page.description,
        is_published=page.is_published,
        tags=tuple(tag.tag for tag in page.tags),
        editor=page.editor,
        updated_at=timestamp(page.updated_at),
        created_at=timestamp(page.created_at),
        publish_start_date=_date(getattr(page, "stored_publish_start", page.publish_start_date)),
        publish_end_date=_date(getattr(page, "stored_publish_end", page.publish_end_date)),
        script_css=page.script_css or None,
        script_js=page.script_js or None,
    )


def _date(moment: datetime | str | None) -> str | None:
    return timestamp(moment) if isinstance(moment, datetime) else moment or None


def editor_of(page: PageFile) -> str:
    """The editor for a page: its own where that one writes this content type, else the server's first one for it."""
    if page.editor is not None and _EDITORS.get(page.editor) == page.content_type:
        return page.editor
    return _DEFAULT_EDITORS.get(page.content_type, "markdown")


def extension(content_type: str) -> str:
    """The extension of a file, without the dot."""
    return EXTENSIONS.get(content_type, OTHER)


def dump(page: PageFile, style: Style = "wikijs") -> str:
    """A page as text. In style "wikijs" what the file does not say is written as the server writes what is empty,
    except for the two moments, which are left out.
    """
    opening, closing = _FENCES.get(page.content_type, _PLAIN_FENCE)
    if style == "yaml":
        lines = header.yaml_lines(_yaml_fields(page), closing)
    elif page.content_type in {"markdown", "html"}:
        lines = header.raw_lines(_raw_fields(page))
    else:
        return page.content
    return f"{opening}\n{lines}{closing}\n\n{page.content}"


def not_held(page: PageFile) -> tuple[str, ...]:
    """Names of what a page has and style "wikijs" cannot hold; `dump` leaves it out."""
    names = [
        name
        for name in ("publish_start_date", "publish_end_date", "script_css", "script_js")
        if getattr(page, name) is not None
    ]
    if page.content_type not in {"markdown", "html"}:
        names += [name for name in ("title", "description", "tags") if getattr(page, name)]
        names += ["is_published"] if page.is_published is False else []
    return tuple(names)


def load(text: str, extension: str, *, name: str = "") -> PageFile:
    """Read a page from the text of a file, in either style, as a person may have changed it.

    A header that is exactly the server's is taken raw, any other one as YAML, and one that is no YAML but has lines of
    `key: value` raw again. Without a header all of the text is content. Where the header's lines end in CRLF, a tool
    has rewritten the file, and the content's do too: all become LF.

    Args:
        text: The text.
        extension: Extension of the file.
        name: Name of the file, for messages.

    Raises:
        FileRefusedError: The header is broken.
    """
    content_type = CONTENT_TYPES.get(extension, "text")
    body = text.removeprefix("\ufeff")
    opening, closing = _FENCES.get(content_type, _PLAIN_FENCE)
    if body.startswith(f"{opening}\r\n"):
        body = body.replace("\r\n", "\n")
    mended: list[str] = []
    fields, content = header.split(body, opening, closing, name, mended)
    if fields is None:
        old = _OLD_TITLE.match(body) if content_type == "markdown" else None
        if old is not None:
            content = body[old.end() :]
            return PageFile(content=content, title=old["title"], description=old["description"])
        return PageFile(content=body, content_type=content_type, unknown=_meaningless(body, opening))
    editor = header.text(fields, "editor", name)
    editor = None if editor in {"", "undefined"} else editor
    published = header.flag(fields, "isPublished", name)
    draft = header.flag(fields, "draft", name)  # what most other programs say instead
    if published is None and draft is not None and "published" not in fields:
        published = not draft
    return PageFile(
        content=content,
        content_type=_EDITORS.get(editor or "", content_type) if content_type == "text" else content_type,
        title=header.text(fields, "title", name),
        description=header.text(fields, "description", name),
        is_published=header.flag(fields, "published", name) if published is None else published,
        tags=header.tags(fields, name),
        editor=editor,
        updated_at=header.text(fields, "date", name) or None,
        created_at=header.text(fields, "dateCreated", name) or None,
        publish_start_date=header.text(fields, "publishStartDate", name) or None,
        publish_end_date=header.text(fields, "publishEndDate", name) or None,
        script_css=header.text(fields, "scriptCss", name) or None,
        script_js=header.text(fields, "scriptJs", name) or None,
        unknown=tuple(key for key in fields if key not in header.KEYS),
        mended="".join(mended),
    )


def _meaningless(text: str, opening: str) -> tuple[str, ...]:
    """What looks like a header on top of content and is none of ours, to be told; it stays."""
    found = header.front_matter(text) if opening == "---" and text.startswith(("---", "+++", "{")) else None
    if found is None:
        return ()
    return tuple(found.fields) or (("a header without an end",) if found.problem else ())


def is_page(text: str, extension: str) -> bool:
    """Whether a file is a page: `.txt` only under a header of ours, since the server takes such files for assets."""
    if extension in CONTENT_TYPES:
        return True
    try:
        return extension == OTHER and header.split(text, *_PLAIN_FENCE, "")[0] is not None
    except FileRefusedError:
        return False


def _raw_fields(page: PageFile) -> dict[str, str]:
    fields = {
        "title": page.title or "",
        "description": page.description or "",
        "published": "false" if page.is_published is False else "true",
        "date": page.updated_at,
        "tags": ", ".join(page.tags or ()),
        "editor": page.editor or editor_of(page),
        "dateCreated": page.created_at,
    }
    return {key: value for key, value in fields.items() if value is not None}


def _yaml_fields(page: PageFile) -> dict[str, str | bool]:
    fields = {
        "title": page.title,
        "description": page.description,
        "isPublished": page.is_published,  # what the server's import reads; it ignores `published`
        "date": page.updated_at,
        "tags": None if page.tags is None else ", ".join(page.tags),  # its import fails on a list
        "editor": page.editor,
        "dateCreated": page.created_at,
        "publishStartDate": page.publish_start_date,
        "publishEndDate": page.publish_end_date,
        "scriptCss": page.script_css,
        "scriptJs": page.script_js,
    }
    return {key: value for key, value in fields.items() if value is not None}
