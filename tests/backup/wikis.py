"""Wikis with something of everything, and what of a wiki must be equal after a restore."""

from __future__ import annotations

import json
import time
from typing import Any

import httpx2

from wikijs import WikiJSClient
from wikijs.backup.store import Snapshot, Store
from wikijs.models import NavigationItem
from wikijs.permissions import PageRule
from wikijs.sandbox import Sandbox
from wikijs.sandbox.seeds.pages import dated

LOCALES = {"fr": "French"}
OF_THE_SERVER = {"id", "createdAt", "updatedAt", "authorId", "authorName", "authorEmail", "creatorId", "creatorName"}
OF_THE_SERVER |= {"creatorEmail", "object", "history", "providerName", "lastLoginAt"}


class Hurried:
    """A clock of the server by which so much time passes that no comment comes too soon after another."""

    passed = 0
    """Seconds, of all clocks together: a copy of a wiki is not older than the wiki."""

    def __call__(self) -> float:
        Hurried.passed += 20
        return time.time() + Hurried.passed


def client_of(sandbox: Sandbox, transport: httpx2.BaseTransport | None = None) -> WikiJSClient:
    """A client that does not wait between comments. Its connection has to be closed by nobody: there is none."""
    http = httpx2.Client(transport=transport or sandbox.transport())
    return WikiJSClient(sandbox.url, sandbox.api_key, http_client=http, retry=False)


def empty_wiki(**options: Any) -> Sandbox:
    """A wiki without pages, with one more locale."""
    sandbox = Sandbox(clock=Hurried(), **options)
    for code, name in LOCALES.items():
        sandbox.db.put("locales", {"code": code, "name": name, "nativeName": name, **dated("2026-01-01T00:00:00.000Z")})
    return sandbox


def fill(client: WikiJSClient, *, pages: int = 6) -> None:
    """Put something of everything into an empty wiki."""
    client.localization.update(namespacing=True, namespaces=["en", "fr"])
    client.comments.update_provider("default", config={"minDelay": 20})
    team = client.groups.create(
        "Team",
        permissions=["read:pages", "write:pages", "read:assets"],
        rules=[
            PageRule(roles=["read:pages", "write:pages"], path="team"),
            PageRule(roles=["read:pages"], path="secret", match="TAG", deny=True, locales=["fr"]),
        ],
    )
    for number in range(3):
        name = f"user{number}@example.com"
        client.users.create(name, name=f"User {number}", password="secret-12", groups=[team.id] if number else [])
    client.users.update("user1@example.com", location="Kiel", job_title="Skipper", timezone="Europe/Berlin")
    client.users.deactivate("user2@example.com")
    client.site.update(title="The Harbour", company="Harbour Ltd", robots=["noindex"])
    client.theming.update(inject_css="p{color:red}", toc_position="right")
    client.rendering.update("markdownCore", config={"linkify": False})
    client.mail.update(sender_name="Wiki", host="mail.example.com", password="geheim")
    client.storage.update("git", config={"repoUrl": "https://git.example.com/wiki.git", "basicPassword": "geheim"})
    kinds = ("markdown", "code", "asciidoc")
    for number in range(pages):
        client.pages.create(
            f"team/page-{number}",
            locale="fr" if number == 4 else "en",
            title=f"Page {number}: a #title",
            description="About it",
            content=f"# Page {number}\r\n\nbody ünï\n",
            editor=kinds[number % 3] if number < 6 else "markdown",
            tags=[f"tag{each}" for each in range(number % 4)],
            is_published=number != 3,
            script_css="p{color:red}" if number == 2 else "",
            publish_end_date="2027-01-01T00:00:00.000Z" if number == 1 else None,
        )
    client.pages.update("team/page-0", title="Newer")
    client.comments.create("team/page-1", content="A comment")  # the client waits 15 seconds before another
    client.assets.upload(b"\x89PNG" + bytes(range(256)), folder="/img/deep", name="a.png", content_type="image/png")
    client.assets.upload(b"%PDF", name="b c.pdf", content_type="application/pdf")
    client.assets.create_folder("empty")
    client.navigation.set(
        [
            NavigationItem(label="Home", target_type="home"),
            NavigationItem(
                label="Team", target="/en/team/page-1", visibility_mode="restricted", visibility_groups=[team.id]
            ),
        ]
    )
    client.navigation.set_mode("MIXED")
    client.tags.rename("tag0", "tag0", title="Tag the first")


def content_of(store: Store, snapshot: Snapshot) -> dict[str, Any]:
    """What a backup holds, without what each server sets itself; groups by their names."""
    parts = {kind: store.get_json(part.object) for kind, part in snapshot.parts.items()}
    names = {group["id"]: group["name"] for group in parts["groups"]}
    pages = [store.get_json(page["object"]) for page in parts.pop("pages")]
    parts["pages"] = sorted(pages, key=lambda page: (page["locale"], page["path"]))
    files = {file["path"]: file["object"] for file in parts["assets"]["files"]}
    parts["assets"] = {"files": files, "folders": [folder["path"] for folder in parts["assets"]["folders"]]}
    for tree in parts["navigation"]:
        for item in tree["items"]:
            item["visibilityGroups"] = [names[group] for group in item["visibilityGroups"] or ()]
    for group in parts["groups"]:
        for rule in group["pageRules"]:
            del rule["id"]
    parts["users"].sort(key=lambda user: user["email"])
    parts["groups"].sort(key=lambda group: group["name"])
    del parts["keys"]
    plain: dict[str, Any] = _plain(parts)
    return plain


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items() if name not in OF_THE_SERVER}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return value


def differing(one: dict[str, Any], other: dict[str, Any]) -> list[str]:
    """Names of parts that are not the same, each with the beginning of both."""
    return [
        f"{kind}: {json.dumps(one.get(kind))[:1500]} != {json.dumps(other.get(kind))[:1500]}"
        for kind in sorted(one.keys() | other.keys())
        if one.get(kind) != other.get(kind)
    ]
