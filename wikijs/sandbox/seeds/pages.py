"""Pages and people for a sandbox that is not to be empty."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from ..accounts.permissions import ROOT_ID
from ..accounts.tokens import hash_password
from ..clock import timestamp
from ..pages.rendering import rendered
from ..pages.store import page_hash, sha1_hex
from ..pages.tree import mark

if TYPE_CHECKING:
    from ..storage.database import Database, Row
    from ..wiki import Wiki

DEMO_PASSWORD = "Passw0rd!x"  # noqa: S105  # of people who do not exist
EDITORS = ["read:pages", "write:pages", "manage:pages", "delete:pages", "read:source", "read:history", "read:assets",
           "write:assets", "manage:assets", "read:comments", "write:comments", "manage:comments"]  # fmt: skip
READERS = ["read:pages", "read:source", "read:history", "read:assets", "read:comments", "write:comments"]
PEOPLE = (
    ("editor", "Eda Itor", "eda@example.com", "Editors"),
    ("writer", "Will Riter", "will@example.com", "Editors"),
    ("reader", "Rhea Der", "rhea@example.com", "Readers"),
)

MINUTE, DAY = 60, 86400

SECTIONS = ("guides", "reference", "projects", "notes", "teams")
TOPICS = ("alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta")
TEXT = """# Page NUMBER

This page was made to have something to list, search and export.

## Contents

- one thing
- another thing

It ends here.
"""


def plant_demo(sandbox: Wiki) -> None:
    """The demo: pages in two languages with tags, links, drafts and a history, people in groups, comments, a file."""
    db, now = sandbox.db, sandbox.clock()
    ids = plant_people(db, timestamp(now - 90 * DAY))
    db.put("locales", {"code": "fr", "name": "French", "nativeName": "Français", **dated(timestamp(now - 90 * DAY))})
    db.save_setting("localization", {"namespacing": True, "namespaces": ["en", "fr"]})
    for number, entry in enumerate(demo_pages()):
        at = now - (60 - number) * DAY
        row = page_row(entry, ids[entry["author"]], timestamp(at), timestamp(at + MINUTE))
        tag_page(db, db.insert("pages", row), entry["tags"], row["createdAt"])
    render_all(db)
    plant_history(db, now)
    plant_comments(db, ids, timestamp(now - DAY))
    plant_file(db, ids["editor"], timestamp(now - 30 * DAY))
    mark(db)


@cache
def demo_pages() -> tuple[Row, ...]:
    """The pages of the demo as they are written down."""
    return tuple(tomllib.loads(files("wikijs.sandbox").joinpath("demo.toml").read_text(encoding="utf-8"))["page"])


def dated(moment: str) -> Row:
    """The two times of a new row."""
    return {"createdAt": moment, "updatedAt": moment}


def plant_people(db: Database, moment: str) -> dict[str, int]:
    """Two groups and three people; their ids by the names that the pages use."""
    groups = {
        name: db.insert(
            "groups", {"name": name, "permissions": roles, "pageRules": [everywhere(roles)], **dated(moment)}
        )
        for name, roles in (("Editors", EDITORS), ("Readers", READERS))
    }
    password = hash_password(DEMO_PASSWORD)
    ids: dict[str, int] = {}
    for key, name, email, group in PEOPLE:
        ids[key] = db.insert("users", {"email": email, "name": name, "password": password, **dated(moment)})
        db.insert("userGroups", {"userId": ids[key], "groupId": groups[group]})
    return ids


def everywhere(roles: list[str]) -> Row:
    """A page rule that allows something on all pages."""
    return {"id": "default", "deny": False, "match": "START", "roles": roles, "path": "", "locales": []}


def page_row(entry: Mapping[str, Any], author: int, created: str, updated: str) -> Row:
    """A page, not rendered yet."""
    locale = entry.get("locale", "en")
    return {
        "path": entry["path"],
        "hash": page_hash(entry["path"], locale),
        "title": entry["title"],
        "description": entry["description"],
        "isPublished": entry.get("published", True),
        "content": entry["content"].strip(),
        "contentType": "markdown",
        "editorKey": "markdown",
        "localeCode": locale,
        "authorId": author,
        "creatorId": author,
        "createdAt": created,
        "updatedAt": updated,
    }


def tag_page(db: Database, page_id: int, names: list[str], moment: str) -> None:
    """Give a new page its tags."""
    for name in names:
        known = db.value("SELECT id FROM tags WHERE tag = ?", name)
        tag_id = known or db.insert("tags", {"tag": name, "title": name, **dated(moment)})
        db.insert("pageTags", {"pageId": page_id, "tagId": tag_id})


def render_all(db: Database) -> None:
    """Render all pages, now that links know what there is."""
    for page in db.all("SELECT * FROM pages ORDER BY id"):
        result = rendered(page, db)
        db.update("pages", page["id"], {"render": result.html, "toc": result.toc})
        for locale, path in result.links:
            db.insert("pageLinks", {"pageId": page["id"], "path": path, "localeCode": locale})


def plant_history(db: Database, now: float) -> None:
    """An older version of the front page."""
    page = db.one("SELECT * FROM pages WHERE id = 1")
    if page is None:
        return
    kept = (
        "path",
        "hash",
        "description",
        "isPrivate",
        "isPublished",
        "contentType",
        "editorKey",
        "localeCode",
        "authorId",
    )
    version = {name: page[name] for name in kept}
    version |= {"pageId": 1, "title": "Welcome", "content": "# Welcome\n\nMore to come.", "action": "updated"}
    db.insert("pageHistory", version | {"versionDate": page["updatedAt"], "createdAt": timestamp(now - 10 * DAY)})
    db.update("pages", 1, {"updatedAt": timestamp(now - 10 * DAY + 1)})


def plant_comments(db: Database, ids: Mapping[str, int], moment: str) -> None:
    """What people say about the kitchen."""
    page_id = db.value("SELECT id FROM pages WHERE path = 'kitchen'")
    for key, name, email, _ in PEOPLE[1:]:
        text = {"writer": "The bean soup needs salt.", "reader": "Not for me it does not."}[key]
        comment = {"pageId": page_id, "content": text, "render": f"<p>{text}</p>\n", "authorId": ids[key]}
        db.insert("comments", comment | {"name": name, "email": email, "ip": "127.0.0.1", **dated(moment)})


def plant_file(db: Database, author: int, moment: str) -> None:
    """A drawing in a folder of its own."""
    data = b'<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><circle cx="4" cy="4" r="3"></circle></svg>'
    folder = db.insert("assetFolders", {"slug": "images", "name": "images"})
    asset = {
        "filename": "lamp.svg",
        "hash": sha1_hex("images/lamp.svg"),
        "ext": ".svg",
        "kind": "image",
        "mime": "image/svg+xml",
        "fileSize": len(data),
        "folderId": folder,
        "authorId": author,
        **dated(moment),
    }
    db.insert("assetData", {"id": db.insert("assets", asset), "data": data})


def plant_pages(sandbox: Wiki, number: int) -> None:
    """So many generated pages, in five folders of folders, with one to three tags each."""
    db, now = sandbox.db, sandbox.clock()
    template = page_row({"path": "", "title": "", "description": "", "content": TEXT}, ROOT_ID, "", "")
    result = rendered(template | {"id": 0}, db)
    for name in TOPICS:
        db.insert("tags", {"tag": name, "title": name, **dated(timestamp(now))})
    for index in range(number):
        path, title = ("home", "Home") if index == 0 else generated(index)
        moment = timestamp(now - (number - index) * MINUTE)
        page = template | {"path": path, "hash": page_hash(path, "en"), "title": title, **dated(moment)}
        page["description"] = f"Generated page {index}"
        page["content"] = TEXT.strip().replace("NUMBER", str(index))
        page["render"] = result.html.replace("NUMBER", str(index)).replace("number", str(index))
        page["toc"] = numbered(result.toc, index)
        page_id = db.insert("pages", page)
        for tag_id in tag_ids(index):
            db.insert("pageTags", {"pageId": page_id, "tagId": tag_id})
    mark(db)


def generated(index: int) -> tuple[str, str]:
    """Path and title of a generated page."""
    section = SECTIONS[index % len(SECTIONS)]
    return f"{section}/{index // 100:03d}/page-{index}", f"Page {index}"


def numbered(toc: list[Row], index: int) -> list[Row]:
    """A table of contents with a page's number in it."""
    return [
        {
            "title": entry["title"].replace("NUMBER", str(index)),
            "anchor": entry["anchor"].replace("number", str(index)),
            "children": numbered(entry["children"], index),
        }
        for entry in toc
    ]


def tag_ids(index: int) -> Iterator[int]:
    """One to three of the tags."""
    for step in range(1 + index % 3):
        yield (index + step) % len(TOPICS) + 1
