"""What a foreign wiki is, whichever it was."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from wikijs.core.anchors import anchor
from wikijs.exceptions import ConfigurationError


class InteropError(ConfigurationError):
    """The source is not what it should be, or a converter is missing."""


@dataclass(frozen=True, slots=True)
class Remark:
    """What did not become what it was.

    Attributes:
        page: Where: the page's name in the source.
        text: What, in one sentence.
    """

    page: str
    text: str


@dataclass(slots=True)
class Report:
    """What a conversion made.

    Attributes:
        pages: Files of pages.
        files: Other files.
        remarks: What did not convert.
    """

    pages: list[str] = field(default_factory=list[str])
    files: list[str] = field(default_factory=list[str])
    remarks: list[Remark] = field(default_factory=list[Remark])


@dataclass(frozen=True, slots=True)
class Links:
    """Where things of the source will be in the wiki, for the page that is being translated.

    Attributes:
        page: Address of a page by its key, or None.
        file: Address of a file by its key, or None.
        anchor: The end of an address that leads to a heading: of the page with this key, by what the source calls it.
        remark: Notes what cannot be translated.
    """

    page: Callable[[str], str | None]
    file: Callable[[str], str | None]
    anchor: Callable[[str, str], str]
    remark: Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignPage:
    """A page of the source.

    Attributes:
        key: What links of the source call it.
        path: Where it should be in the wiki; it is made legal and unique later.
        title: Its title.
        translate: Makes its Markdown, with links to the new places.
        raw: Its source, which is kept as code where it cannot be translated.
        visible: Makes the text that the other program shows of it, to be compared with what the wiki will show.
        anchors: Names of its headings that the source gave them, and the headings' texts.
        description, tags, is_published: As in `pages.create`.
    """

    key: str
    path: str
    title: str
    translate: Callable[[Links], str]
    raw: str
    visible: Callable[[], str]
    anchors: Callable[[], Sequence[tuple[str, str]]] = tuple
    description: str = ""
    tags: tuple[str, ...] = ()
    is_published: bool = True


@dataclass(slots=True)
class Site:
    """Everything that was found.

    Attributes:
        pages: The pages.
        files: Other files by what links call them; only those that a page refers to are taken.
        aliases: Keys that stand for other keys, such as redirects.
        remarks: What was left out.
        slug: The other program's name for a heading with this text, and for what links call it.
        number: That of the second heading with this name, of the third, and so on: `(name, 1)`, `(name, 2)`.
    """

    pages: list[ForeignPage] = field(default_factory=list[ForeignPage])
    files: Mapping[str, Path] = field(default_factory=dict[str, Path])
    aliases: dict[str, str] = field(default_factory=dict[str, str])
    remarks: list[Remark] = field(default_factory=list[Remark])
    slug: Callable[[str], str] = anchor
    number: Callable[[str, int], str] = "{}-{}".format
