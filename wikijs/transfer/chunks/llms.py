"""The wiki's llms.txt: what there is, for language models, as https://llmstxt.org describes it."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wikijs_generated.fragments import PageSummary

    from wikijs import WikiJSClient

    from .exporting import ChunkOptions


def llms_txt(client: WikiJSClient, options: ChunkOptions) -> str:
    """A list of the published pages by their first folder, each with its address and its description.

    Args:
        client: A client of the wiki.
        options: Which pages.

    Raises:
        WikiJSException: The list cannot be read.

    Permission: `read:pages`.
    Operation: `pages.list`, `site.config` (queries).
    """
    site = client.site.get()
    pages = client.pages.list(
        folder=options.folder,
        tags=options.tags,
        locale=options.locale,
        published=None if options.drafts else True,
        order_by="path",
    )
    return _text(client.url.rstrip("/"), site.title or "Wiki", site.description or "", pages)


def _text(url: str, title: str, description: str, pages: Iterable[PageSummary]) -> str:
    lines = [f"# {_one_line(title)}", ""]
    if description.strip():
        lines += [f"> {_one_line(description)}", ""]
    ordered = sorted(pages, key=lambda page: ("/" in page.path, _folder(page), page.path, page.locale))
    for folder, inside in groupby(ordered, key=_folder):
        lines += [f"## {_one_line(folder) or 'Pages'}", ""]
        for page in inside:
            about = f": {_one_line(page.description)}" if page.description else ""
            name = _one_line(page.title or page.path).replace("[", "\\[").replace("]", "\\]")
            lines.append(f"- [{name}]({url}/{page.locale}/{page.path}){about}")
        lines.append("")
    return "\n".join(lines)


def _folder(page: PageSummary) -> str:
    folder, slash, _ = page.path.partition("/")
    return folder if slash else ""


def _one_line(text: str) -> str:
    return " ".join(text.split())
