"""The wiki on which examples of commands are run: the demo wiki, with what the examples speak of."""

from __future__ import annotations

import re
import shlex
import struct
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import httpx2

from wikijs import WikiJSClient
from wikijs.sandbox import Sandbox

CONFIG: Final = "config init docs --url http://wikijs.sandbox --token-command 'pass show wiki'"
BACKUPS: Final = """backup make FOLDER/var/backups/wiki
    pages update docs/intro --title 'Begin here'
    backup make FOLDER/var/backups/wiki --incremental
    backup make FOLDER/wiki.tar.zst"""
Run = Callable[[list[str]], tuple[int, str]]

ASKS: Final = frozenset(
    """
    api-keys revoke|api-keys state|assets delete|auth strategies remove|comments delete|groups delete|pages delete
    pages purge-history|pages restore|pages tags delete|pages tags merge|tags delete|tags merge|users delete
    groups remove|groups rules remove
    groups rules set|navigation remove|navigation set|hooks rm|config remove|pages replace|gateway keys revoke
    gateway credentials remove|users deactivate|users disable-tfa
    """.strip()
    .replace("\n    ", "|")
    .split("|")
)
"""Commands that ask first: what is shown is what they print after a yes."""


def asks(name: str) -> bool:
    """Whether a command asks."""
    return name in ASKS


def prepare(name: str, sandbox: Sandbox, run: Run, folder: Path, later: Callable[[float], None]) -> dict[str, str]:
    """Make the wiki and the folder what an example needs; which words of it mean what here."""
    first = name.split(maxsplit=1)[0]
    (folder / "bin").mkdir()
    (folder / "bin/pass").write_text(f"#!/bin/sh\necho '{sandbox.api_key}'\n", encoding="utf-8")
    (folder / "bin/pass").chmod(0o700)
    with sandbox.client() as client:
        if first in {"users", "groups", "access", "auth", "report", "export"}:
            people(client, folder)
        if first in {"assets", "export", "system"} or name in {"pages export", "report assets", "pages import"}:
            assets(client, folder)
        if first in {"pages", "tags", "publish", "report", "export", "comments", "sync"}:
            pages(client, folder)
        if first == "comments":
            for text in ("Where is the form?", "In the workshop.")[: 2 if name == "comments delete" else 1]:
                client.comments.create(page_id=26, content=text)
                later(60)
        if first == "navigation" and name != "navigation add":
            run(["navigation", "add", "Handbook", "--target", "/en/handbook"])
            _, printed = run(["navigation", "list", "--yaml"])
            (folder / "navigation.yaml").write_text(printed, encoding="utf-8")
        if first == "theme":
            (folder / "wiki.css").write_text("h1 { color: teal }\n", encoding="utf-8")
    return _before(name, run, folder)


def people(client: WikiJSClient, folder: Path) -> None:
    """Ann and others, and files that speak of them."""
    for mail, name in (("bo@example.com", "Bo"), ("ann@example.com", "Ann"), ("cy@example.com", "Cy")):
        if mail not in {user.email for user in client.users.list()}:
            client.users.create(email=mail, name=name, password="a long password 7")  # noqa: S106
    (folder / "people.csv").write_text(
        "email,name,groups\nada@example.com,Ada,Editors\nann@example.com,Ann,Editors\n", encoding="utf-8"
    )
    (folder / "TEAM.csv").write_text("email,group\nann@example.com,Editors\n", encoding="utf-8")
    (folder / "rules.yaml").write_text(
        "- id: docs\n  deny: false\n  match: START\n  roles: [read:pages, write:pages]\n  path: docs\n  locales: []\n",
        encoding="utf-8",
    )


def assets(client: WikiJSClient, folder: Path) -> None:
    """Pictures in /img, and a file that is not there yet."""
    client.assets.ensure_folder("/img")
    client.assets.ensure_folder("/brand")
    (folder / "shots").mkdir()
    for number, name in enumerate(("logo.png", "old-1.png", "old-2.png"), 1):
        (folder / name).write_bytes(picture(number))
        client.assets.upload(file_path=str(folder / name), folder="/img")
    for number in (1, 2):
        (folder / f"shots/{number}.png").write_bytes(picture(number))


def picture(side: int) -> bytes:
    """A PNG."""

    def part(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + b"\0\x80\x80" * side for _ in range(side))
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + part(b"IDAT", zlib.compress(rows)) + part(b"IEND", b"")


def pages(client: WikiJSClient, folder: Path) -> None:
    """Pages with the tags and links that examples speak of, and Markdown in a folder."""
    for path, title, content, tags in (
        ("docs/old", "Old", "See [the press](/en/press) and http://old.example.", ["obsolete"]),
        ("ops/log", "Log", "- Started the server.", []),
        ("docs/todo", "To do", "TODO: write about lamps.", ["guides", "how-to"]),
        ("templates/meeting", "Meeting", "# {{topic}}\n\nWho was there:\n", []),
    ):
        client.pages.create(path, title=title, content=content, tags=tags)
    client.pages.update("docs/intro", description="Where to begin")
    client.pages.update("docs/intro", title="Getting started")
    (folder / "intro.md").write_text("# Introduction\n\nAll about lamps.\n", encoding="utf-8")
    (folder / "today.md").write_text("- Nothing happened.\n", encoding="utf-8")


def _before(name: str, run: Run, folder: Path) -> dict[str, str]:
    """What comes before an example, and which words of it mean what here."""
    for line in LINES.get(name, LINES.get(name.split(maxsplit=1)[0] + " *", "")).splitlines():
        run(shlex.split(line.strip().replace("FOLDER", str(folder))))
    if name == "pages import":
        for page in (folder / "docs").rglob("intro.md"):
            page.write_text(page.read_text(encoding="utf-8") + "\nA line more.\n", encoding="utf-8")
    if name == "publish":
        (folder / "docs").mkdir()
        (folder / "docs/index.md").write_text("# Product\n\nSee [setup](setup.md).\n", encoding="utf-8")
        (folder / "docs/setup.md").write_text("# Setup\n\nTurn it on.\n", encoding="utf-8")
    if name == "backup make":
        from pyrage import x25519

        return {"age1...": str(x25519.Identity.generate().to_public())}
    if name.startswith("audit "):
        audit(folder)
    return dict(_named(name, run, folder))


def _named(name: str, run: Run, folder: Path) -> Iterator[tuple[str, str]]:
    """Words of an example that name something which has another name here."""
    for names, line, pattern, words in NAMED:
        if re.fullmatch(names, name):
            found = re.findall(pattern, run(shlex.split(line.replace("FOLDER", f"{folder}/var/backups/wiki")))[1]) or [
                ""
            ]
            yield from ((word, each) for word, each in zip(words, (found[0], found[-1]), strict=False) if word and each)


LINES: Final = {
    "pages create": "pages delete docs/intro --yes",
    "groups create": "groups delete Editors --yes",
    "pages import": "pages export docs/",
    "users activate": "users deactivate ann@example.com --yes",
    "users create": "users delete ann@example.com --replace-with 1 --yes",
    "users list": "users deactivate ann@example.com --yes",
    "users disable-tfa": "users enable-tfa ann@example.com",
    "groups remove": "groups add Editors ann@example.com",
    "groups members": "groups add Editors ann@example.com",
    "groups rules remove": "groups rules add Editors --role write:pages --path docs",
    "access diff": "access save before.json\ngroups rules add Editors --role delete:pages --path docs",
    "config unset": CONFIG + "\nconfig set docs.timeout 60",
    "config init": "version",
    "config *": CONFIG,
    "auth logout": CONFIG,
    "auth strategies disable": "auth strategies add ldap --name Staff",
    "auth strategies remove": "auth strategies add oidc --name Staff",
    "api-keys *": (
        "api-keys create reports --group 1 --key-file FOLDER/one\n"
        "api-keys create old --full-access --key-file FOLDER/two\n"
        "api-keys create third --full-access --key-file FOLDER/three"
    ),
    "backup list": BACKUPS,
    "backup verify": BACKUPS,
    "backup diff": BACKUPS,
    "restore": BACKUPS + "\npages delete docs/new-lamp --yes",
    "hooks add": "version",
    "hooks *": "hooks add https://ci.example.com/wiki --event 'page.*'",
    "gateway init": "version",
    "gateway *": "gateway init --url http://wikijs.sandbox\ngateway keys create 'docs site' --scope read",
    "assets upload": "assets delete /img/logo.png --yes",
    "schema diff": "generate --init",
}
"""What is done before an example: of a command, or of all of a group."""
NAMED: Final = (
    ("backup diff", "backup list FOLDER --json name", r'"name": "([^"]+)"', ("", "20261101")),
    ("comments .+", "comments list docs/intro --json id", r'"id": (\d+)', ("4", "5")),
    ("hooks .+", "hooks list --json id", r'"id": "(\w+)"', ("ep_5f0c",)),
    ("groups rules remove", "groups rules list Editors --json id", r'"id": "([^"]+)"', ("", "3f0c...")),
    ("auth strategies disable", "auth strategies list --json", r'"key": "([0-9a-f-]{36})"', ("ldap",)),
    ("auth strategies .+", "auth strategies list --json", r'"key": "([0-9a-f-]{36})"', ("1f0c...",)),
    ("pages (version|diff|restore)", "pages history docs/intro --json", r'"versionId": (\d+)', ("45", "42")),
    ("gateway keys .+", "gateway keys list --json id", r'"id": "(\w+)"', ("Ab3dE5gH",)),
)
"""Commands, how what they name is asked for, and which words of the example it is: the first found, and the last."""


def audit(folder: Path) -> None:
    """An audit trail of two writes."""
    from wikijs.plugins import AuditPlugin

    (folder / "audit.key").write_text("0123456789abcdef0123456789abcdef\n", encoding="utf-8")
    plugin = AuditPlugin(folder / "audit.jsonl", key=(folder / "audit.key").read_bytes().strip())
    with (
        Sandbox(seed="demo") as other,
        httpx2.Client(transport=other.transport()) as http,
        WikiJSClient(other.url, other.api_key, plugins=[plugin], http_client=http) as client,
    ):
        client.pages.update("docs/intro", title="Begin here")
        client.pages.delete("kitchen")
