"""What commands that write pages are given: a text, and what its front matter and the options say of the page."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ..frame.failures import CommandError, ExitCode
from ..frame.inputs import read_file
from ..frame.output import note

if TYPE_CHECKING:
    from wikijs.transfer.format import PageFile

CONTENT_TYPES: Final = {"markdown": "markdown", "ckeditor": "html", "code": "html", "asciidoc": "asciidoc"}
"""Language of the content by editor."""
_OPENINGS: Final = {"<!--\n": "html", "////\n": "adoc"}
"""First lines of headers of pages that are no Markdown, and the extensions that go with them."""


def read_page(file: str | None, content: str | None, editor: str | None = None) -> PageFile | None:
    """The page that a file holds, front matter included, or that --content is; None where neither is given.

    Args:
        file: Name of a file; - is stdin.
        content: A content, which has no front matter.
        editor: The editor that was asked for, which decides the language where the name of the file does not.

    Raises:
        CommandError: Both are given, or the file cannot be read.
        FileRefusedError: The front matter is broken.
    """
    from wikijs.transfer.format import PageFile

    if file is not None and content is not None:
        raise CommandError("Give either --file or --content.", code=ExitCode.USAGE)
    if content is not None:
        return PageFile(content=content, content_type=CONTENT_TYPES.get(editor or "", "markdown"))
    if file is None:
        return None
    return loaded(stdin_text() if file == "-" else read_file(Path(file)), "" if file == "-" else file, editor)


def loaded(text: str, name: str, editor: str | None = None) -> PageFile:
    """A text as a page, its front matter read. Keys that mean nothing here are told on stderr."""
    from wikijs.transfer.format import CONTENT_TYPES as KNOWN
    from wikijs.transfer.format import EXTENSIONS, load

    extension = Path(name).suffix.removeprefix(".").lower()
    if extension not in KNOWN:
        start = text.replace("\r\n", "\n")[:5]
        asked = EXTENSIONS[CONTENT_TYPES[editor]] if editor in CONTENT_TYPES else "md"
        extension = next((found for opening, found in _OPENINGS.items() if start.startswith(opening)), asked)
    page = load(text, extension, name=name or "stdin")
    if page.unknown:
        note(f"Front matter that means nothing here: {', '.join(page.unknown)}.")
    if page.mended:
        note(page.mended)
    return page


def creation(page: PageFile, path: str, said: dict[str, Any]) -> dict[str, Any]:
    """Arguments of `pages.create`: what the options say, else the file; its title by the rule of all imports.

    Args:
        page: The page of the file.
        path: Where it is to be.
        said: What options say; None where they do not.
    """
    from wikijs.core.values.paths import PagePath
    from wikijs.transfer.plan import creation as of_file

    values = of_file(page, PagePath(path.strip("/"), ""))
    return values | {name: value for name, value in said.items() if value is not None}


def changes(page: PageFile | None, said: dict[str, Any]) -> dict[str, Any]:
    """Arguments of `pages.update`: what the options say, else the front matter; all else of the page is kept."""
    values: dict[str, Any] = {}
    if page is not None:
        names = ("title", "description", "is_published", "publish_start_date", "publish_end_date", "script_css")
        values = {name: getattr(page, name) for name in (*names, "script_js", "editor")}
        values["tags"] = None if page.tags is None else list(page.tags)
        if page.content or not any(value is not None for value in values.values()):
            values["content"] = page.content  # front matter alone changes no content
    given = values | {name: value for name, value in said.items() if value is not None}
    return {name: value for name, value in given.items() if value is not None}


def stdin_text() -> str:
    """What comes from stdin, its line ends as they are.

    Raises:
        CommandError: It is no text.
    """
    try:
        return sys.stdin.buffer.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise CommandError("What came from stdin is no text in UTF-8.", code=ExitCode.USAGE) from None
