"""Tools that read a page."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Annotated, Any, Final

from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import CallToolResult
from pydantic import Field

from wikijs.core.pages.sections import text_of
from wikijs.core.pages.state_tag import section_tag
from wikijs.core.scalars import timestamp

from ..results import as_json, text
from ..untrusted import fenced
from ..wiki import section_of, sections, shortened, wiki_of

if TYPE_CHECKING:
    from wikijs_generated.fragments import Page, PageForEditor, PageHistoryEntry

_MOST: Final = 20_000
"""Characters of one answer."""
_LINE: Final = 2_000
"""Characters before the cut in which a line end is looked for."""
_MOST_SECTIONS: Final = 200
_MOST_ABOUT: Final = 4_000
"""Characters of what is told about a page besides its text."""

PageName = Annotated[str, Field(description="id or path")]


async def get_page(
    ctx: Context[Any, Any],
    page: PageName,
    section: Annotated[str | None, Field(description="id of the outline")] = None,
    offset: Annotated[int, Field(ge=0)] = 0,
    outline: Annotated[bool, Field(description="only the outline")] = False,
    locale: str | None = None,
) -> CallToolResult:
    """Read a page, or one section with its subsections: text, outline, version; of a section its tag for edit_page.

    At most 20000 characters come at once; what is cut says with which offset to go on.
    """
    wiki = wiki_of(ctx)
    found, version = await wiki.readable(page, locale)
    whole = found.content
    name = f"page {found.id}"
    lines = [f"{name}, {len(whole)} characters of {found.content_type}, updated {timestamp(found.updated_at)}"]
    if version:
        lines.append(f"version: {version}")
    if section is None:
        shown, tag = whole, None
    else:
        if found.content_type not in {"markdown", "html"}:
            raise ToolError(f"{name} has no sections: its content is {found.content_type}.")
        place = section_of(found, section)
        shown = text_of(whole, place)
        name = f"section {place.id!r} of {name}" if place.id.isascii() else f"a section of {name}"
        tag = section_tag(place.id, shown)
    about = _about(found) if section is None and not offset else ""
    overview = _outline(found) if outline or (section is None and not offset) else ""
    if outline:
        return text(*lines, fenced(f"{about}\n{overview}".strip(), f"the outline of {name}"))
    part = _part(shown, offset)
    end = offset + len(part)
    if not offset and end == len(shown):
        if tag:
            wiki.remember(tag, shown)
            lines.append(f"tag of the section: {tag}")
    elif tag:
        lines.append("the section is cut, so it has no tag: edit its subsections, or replace text exactly")
    if end < len(shown):
        lines.append(f"characters {offset} to {end} of {len(shown)}; cut: go on with offset {end}")
    elif offset:
        lines.append(f"characters {offset} to {end} of {len(shown)}; this is the end")
    head = fenced(f"{about}\n{overview}".strip(), f"the head of {name}") if about else ""
    return text(*lines, head, fenced(part, name))


async def page_history(
    ctx: Context[Any, Any],
    page: PageName,
    version: Annotated[int | None, Field(description="show its text")] = None,
    diff: Annotated[bool, Field(description="show what changed since it")] = False,
    limit: Annotated[int, Field(ge=1, le=200)] = 20,
    locale: str | None = None,
) -> CallToolResult:
    """List old versions of a page, newest first; or show one, or what changed since."""
    wiki = wiki_of(ctx)
    found = (await wiki.metadata(page, locale)).id
    if version is None:
        entries: list[PageHistoryEntry] = []
        async for entry in wiki.client.pages.history(found, page_size=min(limit + 1, 100)):
            entries.append(entry)
            if len(entries) > limit:
                break
        rows = "\n".join(shortened(as_json(_entry(entry)), 400) for entry in islice(entries, limit))
        more = "There are more: raise limit." if len(entries) > limit else ""
        if not entries:
            return text(f"Page {found} has no older versions.")
        return text(
            f"Versions of page {found} that a change replaced:", *cut(rows, f"the history of page {found}"), more
        )
    if diff:
        changes = await wiki.client.pages.diff(found, version)
        return _limited(changes or "(nothing)", f"the changes of page {found} since version {version}")
    old = await wiki.client.pages.version(found, version)
    return _limited(old.content, f"version {version} of page {found}")


def cut(shown: str, source: str) -> tuple[str, str]:
    """A text of the wiki, fenced and not too long, and what to say of what is missing."""
    part = _part(shown, 0)
    left = f"{len(shown) - len(part)} more characters are not shown." if len(part) < len(shown) else ""
    return fenced(part, source), left


def _limited(shown: str, source: str) -> CallToolResult:
    return text(*cut(shown, source))


def _part(shown: str, offset: int) -> str:
    """What fits into one answer, up to a line end where there is one near."""
    part = shown[offset : offset + _MOST]
    if offset + _MOST >= len(shown):
        return part
    line = part.rfind("\n", _MOST - _LINE)
    return part if line < 0 else part[: line + 1]


def _about(page: Page | PageForEditor) -> str:
    fields: dict[str, Any] = {
        "path": page.path,
        "locale": page.locale,
        "title": page.title,
        "description": page.description,
        "tags": [tag.tag for tag in page.tags],
    }
    published = getattr(page, "is_published", None)
    if published is False:
        fields["draft"] = True
    return shortened(as_json(fields), _MOST_ABOUT)


def _outline(page: Page | PageForEditor) -> str:
    found = sections(page)
    if len(found) < 2:
        return ""
    rows = [
        f"{'  ' * max(section.level - 1, 0)}{shortened(section.id)} ({section.through - section.start} characters)"
        f" {shortened(section.title)}"
        for section in found[:_MOST_SECTIONS]
    ]
    more = [f"… and {len(found) - _MOST_SECTIONS} more sections"] if len(found) > _MOST_SECTIONS else []
    return "\n".join(["sections by id:", *rows, *more])


def _entry(entry: PageHistoryEntry) -> dict[str, Any]:
    return {
        "version": entry.version_id,
        "date": timestamp(entry.version_date),
        "by": entry.author_name,
        "action": entry.action_type,
    }
