"""Pages as resources, completion of paths, and prompts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mcp.server.mcpserver.exceptions import ResourceError, ResourceNotFoundError
from mcp.server.mcpserver.prompts import Prompt
from mcp_types import Completion, PromptReference, ResourceTemplateReference

from wikijs import exceptions as exc

from .untrusted import fenced, message, visible

if TYPE_CHECKING:
    from collections.abc import Callable

    from mcp.server.mcpserver import MCPServer
    from mcp_types import CompletionArgument, CompletionContext

    from .wiki import Wiki

_MOST: Final = 100_000
"""Characters of a page as a resource."""
_COMPLETIONS: Final = 100


def add(server: MCPServer[Any], wiki: Wiki) -> None:
    """Offer the pages of a wiki, its folders, the completion of their paths, and prompts."""

    @server.resource(
        "wikijs://page/{locale}/{+path}",
        name="page",
        title="A page",
        description="The text of a page, fenced as untrusted",
        mime_type="text/markdown",
    )
    async def page(locale: str, path: str) -> str:
        try:
            found, _ = await wiki.readable(f"/{path}", locale)
        except exc.WikiJSException as error:
            raise _told(error) from None
        shown = found.content[:_MOST]
        rest = len(found.content) - len(shown)
        more = f"\n{rest} more characters: read them with get_page and offset {len(shown)}." if rest else ""
        return fenced(f"# {found.title}\n\n{shown}", f"page {found.id}") + more

    @server.resource(
        "wikijs://tree/{locale}/{+path}",
        name="folder",
        title="A folder",
        description="The pages of a folder; an empty path is the top",
        mime_type="text/plain",
    )
    async def folder(locale: str, path: str) -> str:
        try:
            items = await wiki.client.pages.tree(path.strip("/"), locale=locale)
        except exc.WikiJSException as error:
            raise _told(error) from None
        rows = [f"{item.page_id or '-'} {item.path}{'/' if item.is_folder else ''} {item.title}" for item in items]
        listed = "\n".join(visible(row, 600) for row in rows)
        shown = listed if len(listed) <= _MOST else listed[: listed.rfind("\n", 0, _MOST)]
        left = len(rows) - shown.count("\n") - 1
        more = f"\n{left} more: list_pages goes on where a list is cut." if shown != listed else ""
        return fenced(shown, "a folder of the wiki") + more

    @server.completion()  # type: ignore[no-untyped-call, untyped-decorator]  # the SDK does not say its types
    async def complete(
        ref: PromptReference | ResourceTemplateReference,
        argument: CompletionArgument,
        context: CompletionContext | None,
    ) -> Completion | None:
        known = (context.arguments if context else None) or {}
        if argument.name not in {"locale", "path", "page", "folder"}:
            return None
        try:
            if argument.name == "locale":
                locales = await wiki.client.localization.in_use()
                return _completion([locale for locale in locales if locale.startswith(argument.value)])
            pages = await wiki.client.pages.list(locale=known.get("locale") or None, order_by="path")
        except exc.WikiJSException:
            return None  # people who type are not told of it; the tools say what is wrong
        wanted = argument.value.strip("/").casefold()
        found = {page.path for page in pages if visible(page.path) == page.path}  # no one can tell what others are
        if argument.name == "folder" or "tree" in str(getattr(ref, "uri", "")):
            found = {folder for path in found for folder in _folders(path)}
        first = sorted(path for path in found if path.casefold().startswith(wanted))
        inside = sorted(path for path in found if wanted in path.casefold() and path not in first)
        return _completion([*first, *inside])

    for prompt in (summarise_page, improve_page, write_runbook, find_stale):
        server.add_prompt(_prompt(prompt))


def summarise_page(page: str) -> str:
    """Sum up a page."""
    return (
        f"Read the wiki page {visible(page)!r} with get_page, all of it where it comes in parts. Then sum it up in"
        " at most ten sentences: what it is for, what it says, what is missing. Say which sections the points are from."
    )


def improve_page(page: str, goal: str = "clear and correct") -> str:
    """Improve a page without losing anything of it."""
    return (
        f"Read the wiki page {visible(page)!r} with get_page. Make it {visible(goal)}: work section by section"
        " with edit_page, show each change with dry_run first, and leave all else as it is. Do not change facts"
        " that you cannot check; list them instead."
    )


def write_runbook(topic: str, folder: str = "runbooks") -> str:
    """Write a runbook as a new page."""
    return (
        f"Write a runbook on {visible(topic)!r}. First look with search_pages and grep_pages for what the wiki has on"
        " it, and link to it. Sections: Symptoms, Impact, Checks, Steps, Undo, Contacts. Show it to me, and create it"
        f" with create_page below {visible(folder)!r} as a draft when I agree."
    )


def find_stale(folder: str = "", months: str = "12") -> str:
    """Find pages that nobody has touched for long."""
    where = f"below {visible(folder)!r}" if folder else "of the wiki"
    return (
        f"List the pages {where} with list_pages, sorted by updated, and find those that were not updated"
        f" for {visible(months)} months. Read the ten that matter most, and say for each whether it looks out of"
        " date and why. Change nothing."
    )


def _prompt(function: Callable[..., str]) -> Prompt:
    return Prompt.from_function(function, name=function.__name__.replace("_", "-"), title=function.__doc__)


def _completion(values: list[str]) -> Completion:
    return Completion(values=values[:_COMPLETIONS], total=len(values), has_more=len(values) > _COMPLETIONS)


def _folders(path: str) -> list[str]:
    parts = path.split("/")[:-1]
    return ["/".join(parts[: number + 1]) for number in range(len(parts))]


def _told(error: exc.WikiJSException) -> ResourceError:
    kind = ResourceNotFoundError if isinstance(error, exc.NotFoundError) else ResourceError
    return kind(message(str(error)))
