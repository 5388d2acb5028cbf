"""Tools that create and edit pages: all that a change does not name stays as it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, TypeAlias

from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import CallToolResult
from pydantic import BaseModel, ConfigDict, Field

from wikijs import exceptions as exc
from wikijs.core.operations import UNSET
from wikijs.core.pages import sections as parts
from wikijs.core.pages.outline import LEAD
from wikijs.core.pages.state_tag import is_section_tag, is_state_tag, section_tag, state_tag
from wikijs.core.values import paths
from wikijs.core.values.differences import unified

from ..results import Written, of_written
from ..untrusted import fenced
from ..wiki import is_html, section_of, wiki_of
from .reading import PageName, cut

if TYPE_CHECKING:
    from wikijs_generated.fragments import PageForEditor

    from ..wiki import Wiki

_TRIES: Final = 3
"""Times that an edit is worked out anew because somebody else wrote at the same moment."""
_SHOWN: Final = 6_000

Action: TypeAlias = Literal["replace", "append", "insert_after"]


class Replacement(BaseModel):
    """One exact change."""

    model_config = ConfigDict(extra="forbid")

    old: Annotated[str, Field(min_length=1)]
    new: str


@dataclass(frozen=True)
class Edit:
    """What is to be done to the text of a page."""

    replacements: list[Replacement]
    section: str | None
    action: Action
    text: str | None
    tag: str | None


async def create_page(
    ctx: Context[Any, Any],
    path: str,
    title: str,
    content: str,
    description: str = "",
    tags: list[str] | None = None,
    published: bool = True,
    editor: Literal["markdown", "code", "asciidoc"] = "markdown",
    locale: str | None = None,
) -> Annotated[CallToolResult, Written]:
    """Create a page; refused where there is one."""
    wiki = wiki_of(ctx)
    wiki.settings.check_writable(paths.locate(path, locale or paths.DEFAULT_LOCALE, is_default=locale is None).path)
    made = await wiki.client.pages.create(
        path,
        title=title,
        content=content,
        description=description,
        tags=tags or (),
        is_published=published,
        editor=editor,
        locale=locale,
    )
    return of_written(
        Written(page=made.id, path=made.path, locale=made.locale, version=_version(await wiki.written(made.id))),
        f"Page {made.id} was created.",
    )


async def edit_page(
    ctx: Context[Any, Any],
    page: PageName,
    replace: Annotated[list[Replacement] | None, Field(description="each old must occur exactly once")] = None,
    section: str | None = None,
    action: Action = "replace",
    text: Annotated[str | None, Field(description="of the section, with its heading")] = None,
    tag: Annotated[str | None, Field(description="of the section, from get_page; to replace it")] = None,
    dry_run: Annotated[bool, Field(description="only show the difference")] = False,
    locale: str | None = None,
) -> Annotated[CallToolResult, Written]:
    """Change the text of a page: exact replacements, or one section with its subsections. All else stays as it is."""
    wiki = wiki_of(ctx)
    edit = Edit(replace or [], section, action, text, tag)
    for _ in range(_TRIES):
        state = await wiki.state(page, locale)
        wiki.settings.check_writable(state.path)
        changed = edited(wiki, state, edit)
        difference = _difference(state.content, changed)
        written = Written(page=state.id, path=state.path, locale=state.locale, version=state_tag(state), changed=False)
        if changed == state.content:
            return of_written(written, f"Page {state.id} has that text already; nothing was written.")
        shown = fenced(difference[:_SHOWN], f"the difference in page {state.id}")
        cut_off = "The difference is cut." if len(difference) > _SHOWN else ""
        if dry_run:
            return of_written(written, "Nothing was written. The edit would change this:", shown, cut_off)
        try:
            await wiki.client.pages.update(state.id, expected=state, content=changed)
        except exc.PageChangedError:
            continue
        stored = written.model_copy(update={"version": _version(await wiki.written(state.id)), "changed": True})
        return of_written(stored, f"Page {state.id} was changed:", shown, cut_off)
    raise ToolError("Others write this page all the time; nothing was written. Read it again and try once more.")


async def set_page(
    ctx: Context[Any, Any],
    page: PageName,
    title: str | None = None,
    description: str | None = None,
    tags: Annotated[list[str] | None, Field(description="all of them")] = None,
    published: bool | None = None,
    version: Annotated[str | None, Field(description="refuse if the page has another")] = None,
    locale: str | None = None,
) -> Annotated[CallToolResult, Written]:
    """Set title, description, tags or publication of a page; what is not given stays."""
    wiki = wiki_of(ctx)
    if title is None and description is None and tags is None and published is None:
        raise ToolError("Give at least one of title, description, tags and published.")
    state = await wiki.state(page, locale)
    wiki.settings.check_writable(state.path)
    check_version(state, version)
    await wiki.client.pages.update(
        state.id,
        expected=state,
        title=UNSET if title is None else title,
        description=UNSET if description is None else description,
        tags=UNSET if tags is None else tags,
        is_published=UNSET if published is None else published,
    )
    version = _version(await wiki.written(state.id))
    written = Written(
        page=state.id, path=state.path, locale=state.locale, version=version, changed=version != state_tag(state)
    )
    return of_written(written, f"Page {state.id} is as you said.")


def edited(wiki: Wiki, state: PageForEditor, edit: Edit) -> str:
    """The text of a page after an edit.

    Raises:
        ToolError: The edit does not fit the page as it is now; the message says how to go on.
        WikiJSException: There is no such section, or the edit would break those around it.
    """
    if (edit.section is None) == (not edit.replacements):
        raise ToolError("Give either replace, or section with text.")
    if edit.section is None:
        return _replaced(state, edit.replacements)
    if state.content_type not in {"markdown", "html"}:
        raise ToolError(f"Page {state.id} has no sections: its content is {state.content_type}. Use replace.")
    if edit.text is None:
        raise ToolError("Give the text of the section.")
    html = is_html(state)
    place = section_of(state, edit.section)
    if edit.action == "append":
        return parts.append(state.content, place, edit.text, html=html)
    if edit.action == "insert_after":
        return parts.insert_after(state.content, place, edit.text, html=html)
    now = parts.text_of(state.content, place)
    _check_tag(wiki, edit.tag, place.id, now)
    new = edit.text
    if place.id != LEAD and new.strip():
        first = next(iter(parts.outline(new.lstrip("\r\n"), html=html)), None)
        if first is None or not first.level:  # the heading was left out, which would give its text to the section above
            new = f"{state.content[place.start : place.body]}{'' if html else chr(10)}{new}"
    return parts.replace(state.content, place, new, html=html)


def _version(state: PageForEditor | None) -> str | None:
    return None if state is None else state_tag(state)


def check_version(state: PageForEditor, version: str | None) -> None:
    """Refuse what was meant for another state of a page.

    Raises:
        ToolError: The page changed, or the version is invented.
    """
    if version is None or version == state_tag(state):
        return
    if not is_state_tag(version):
        raise ToolError("That is no version: read the page first, get_page tells it.")
    raise ToolError(f"Page {state.id} changed since it was read; nothing was written. Read it again.")


def _replaced(state: PageForEditor, replacements: list[Replacement]) -> str:
    changed = state.content
    for number, one in enumerate(replacements, 1):
        old = one.old
        if old not in changed and "\r\n" in changed:  # the page has other line ends than what was typed
            old = parts.as_lines_of(changed, old)
        count = changed.count(old)
        if count != 1:
            problem = "does not occur in" if not count else f"occurs {count} times in"
            advice = "Read it again and copy exactly." if not count else "Take more of the text around it."
            raise ToolError(f"Nothing was written: old text {number} {problem} page {state.id}. {advice}")
        changed = changed.replace(old, parts.as_lines_of(changed, one.new))
    return changed


def _check_tag(wiki: Wiki, tag: str | None, id: str, now: str) -> None:
    """A section is replaced only by who has read all of it as it is.

    Raises:
        ToolError: It was not read whole, or changed since; then with what changed.
    """
    if tag == section_tag(id, now):
        return
    if tag is None or not is_section_tag(tag):
        raise ToolError("A section is replaced with its own tag: read it whole with get_page, which tells the tag.")
    before = wiki.remembered(tag)
    shown = now if before is None else _difference(before, now)
    what = "the section as it is now" if before is None else "what changed since you read it"
    raise ToolError(
        "\n".join(("The section changed since it was read; nothing was written.", *cut(shown[:_SHOWN], what)))
    )


def _difference(before: str, after: str) -> str:
    return "\n".join(unified(before, after, "before", "after", context=2))
