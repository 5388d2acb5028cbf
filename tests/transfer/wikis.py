"""Wikis for these tests: the one whose dump is in `dumps/`, and empty ones."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from wikijs.resources.pages.values.models import PageState
from wikijs.sandbox import Sandbox
from wikijs.sandbox.seeds.pages import dated, page_row, tag_page

DUMPS = Path(__file__).parent / "dumps"
DUMP = DUMPS / "wiki"
"""What the disk storage of a real Wiki.js 2.5.314 wrote when told to dump everything."""

LOCALES = {"de": "German", "fr": "French"}


def dumped_pages() -> list[dict[str, Any]]:
    """The pages of that wiki, as its API answered at the same time."""
    pages: list[dict[str, Any]] = json.loads((DUMPS / "pages.json").read_text(encoding="utf-8"))
    return pages


def states() -> list[PageState]:
    """The same as models."""
    return [PageState.model_validate(page) for page in dumped_pages()]


def empty_wiki() -> Sandbox:
    """A wiki without pages, which has two more locales."""
    sandbox = Sandbox()
    for code, name in LOCALES.items():
        sandbox.db.put("locales", {"code": code, "name": name, "nativeName": name, **dated("2026-01-01T00:00:00.000Z")})
    sandbox.db.save_setting("localization", {"namespacing": True, "namespaces": ["en", *LOCALES]})
    return sandbox


def dumped_wiki() -> Sandbox:
    """The wiki that was dumped, with its pages exactly as they were, dates included."""
    sandbox = empty_wiki()
    same = ("title", "description", "isPublished", "publishStartDate", "publishEndDate", "content", "contentType")
    same += ("scriptCss", "scriptJs")
    with sandbox.db.together():
        tags = sorted({(tag["id"], tag["tag"]) for page in dumped_pages() for tag in page["tags"]})
        for _, tag in tags:
            sandbox.db.insert("tags", {"tag": tag, "title": tag, **dated("2026-01-01T00:00:00.000Z")})
        for page in dumped_pages():
            row = page_row(page, 1, page["createdAt"], page["updatedAt"])
            row |= {key: page[key] for key in same} | {"editorKey": page["editor"]}
            page_id = sandbox.db.insert("pages", row)
            tag_page(sandbox.db, page_id, [tag["tag"] for tag in page["tags"]], "2026-01-01T00:00:00.000Z")
    return sandbox


def contents(folder: Path) -> dict[str, bytes]:
    """All files of a folder by name."""
    return {
        file.relative_to(folder).as_posix(): file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()
    }
