"""Each command of the program with words that it takes: for what must hold for all of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .conftest import OnSandbox
from .test_bad_input import ALL, LASTING, arguments

DELETING = {"delete", "remove", "rm", "revoke", "deactivate", "disable", "logout", "clear", "set", "move", "rename"}
PATH = "/".join(["a-long-folder-of-many-words"] * 6)
"""Of a page whose title and tags are long as well."""
ASSET = f"{'picture-' * 12}.png"

BY_COMMAND = {
    "pages search": ["home"],
    "pages version": ["home", "1"],
    "pages restore": ["home", "1"],
    "pages convert": ["home", "--to", "code"],
    "pages purge-history": ["--older-than", "1d"],
    "pages templates show": ["meeting"],
    "pages templates use": ["meeting", "made/of-it"],
    "pages chunks": ["{folder}/out.jsonl"],
    "pages llms-txt": ["--output", "{folder}/llms"],
    "pages copy": ["home", "made/copy"],
    "pages move": ["home", "made/moved"],
    "pages move-tree": ["docs", "made/docs"],
    "pages mend-links": ["docs/old", "docs/intro"],
    "api-keys revoke": ["99999"],
    "api-keys create": ["Made", "--full-access"],
    "navigation add": ["--label", "Made", "--target", "/home"],
    "users update": ["3", "--name", "Other"],
    "groups update": ["Readers", "--name", "Others"],
    "plugins check": ["audit"],
    "gateway credentials add": ["--name", "other"],
    "locales install": ["fr"],
    "pages create": ["--path", "made/here", "--title", "Made", "--content", "x"],
    "pages upsert": ["--path", "made/here", "--title", "Made", "--content", "x"],
    "pages update": ["home", "--title", "Other"],
    "pages append": ["home", "--content", "more"],
    "pages prepend": ["home", "--content", "more"],
    "pages export": ["--output", "{folder}/exported"],
    "pages import": ["{folder}/pages"],
    "pages replace": ["wiki", "Wiki"],
    "publish": ["{folder}/pages", "--to", "published"],
    "sync": ["{folder}/synced"],
    "backup make": ["{folder}/another"],
    "hooks add": ["https://example.com/hook"],
    "hooks recover": ["ep_1", "--since", "1d"],
    "users create": ["new@example.com", "--name", "New", "--generate-password", "{folder}/password"],
    "users delete": ["3", "--replace-with", "1"],
    "users import": ["{folder}/users.csv"],
    "groups create": ["Made"],
    "groups sync": ["{folder}/groups.csv"],
    "groups rules add": ["Editors", "--role", "read:pages", "--path", "made"],
    "groups rules set": ["Editors", "{folder}/rules.yaml"],
    "groups rules test": ["Editors", "read:pages", "home"],
    "access save": ["{folder}/access.json"],
    "access diff": ["{folder}/saved.json"],
    "assets get": [ASSET],
    "assets upload": ["{folder}/file.txt"],
    "assets download": [ASSET, "--to", "{folder}/downloaded"],
    "assets rename": [ASSET, "other.png"],
    "assets move": [ASSET, "/img"],
    "assets delete": [ASSET],
    "export pages": ["--output", "{folder}/pages.json"],
    "export users": ["--output", "{folder}/users.json"],
    "export groups": ["--output", "{folder}/groups.json"],
    "export assets": ["--output", "{folder}/assets"],
    "comments add": ["home", "-f", "{folder}/file.txt"],
    "comments update": ["1", "-f", "{folder}/file.txt"],
    "navigation set": ["{folder}/navigation.yaml"],
    "mail set": ["host=mail.example.com"],
    "mail test": ["ann@example.com"],
    "site set": ["title=Wiki"],
    "locales set": ["auto_update=true"],
    "search get": ["db"],
    "search set": ["postgres", "dictLanguage=german"],
    "search enable": ["db"],
    "search disable": ["algolia"],
    "storage get": ["disk"],
    "storage set": ["disk", "path=/tmp"],
    "storage enable": ["disk"],
    "storage disable": ["disk"],
    "storage run": ["disk", "dump"],
    "auth strategies get": ["local"],
    "auth strategies add": ["oidc", "--name", "Other"],
    "auth strategies set": ["local", "--name", "Own"],
    "auth strategies enable": ["local"],
    "auth strategies disable": ["local"],
    "auth strategies remove": ["local"],
    "config set": ["timeout", "5"],
    "config unset": ["timeout"],
    "audit verify": ["{folder}/audit.jsonl"],
    "audit show": ["{folder}/audit.jsonl"],
    "completion": ["bash"],
    "graphql": ["{{ pages {{ tags {{ id tag }} }} }}"],
    "gateway request": ["GET", "/v1/pages"],
    "gateway backup": ["{folder}/copy.db"],
    "generate": ["--check"],
    "schema pull": ["--output", "{folder}/pulled.graphql"],
    "schema diff": ["{folder}/a.graphql", "{folder}/b.graphql"],
}
"""What is not one word for each argument."""
BY_NAME = {
    "page": "home",
    "pages": "home",
    "user": "1",
    "users": "1",
    "group": "Editors",
    "groups": "Editors",
    "backup": "{folder}/backup",
    "path": PATH,
    "folder": "docs",
    "comment": "1",
    "comments": "1",
    "tag": "howto",
    "tags": "howto",
}
"""Words of arguments, where nothing else is said."""


def prepared(on_sandbox: OnSandbox, folder: Path) -> None:
    """What the commands need: things with long names in the wiki, and files."""
    client = on_sandbox.client
    client.pages.create(PATH, title="T " * 60, content="x [gone](/no/such-page)", tags=["one", "déjà-vu", "幅広" * 10])
    client.pages.create("cjk/" + "長い名前" * 4, title="日本語の長いタイトル" * 8, content="x")
    client.pages.create("emoji/a", title="👩‍👩‍👧 🚀 e\u0301\u0302 שלום עולם " * 5, content="x")
    client.pages.create("templates/meeting", title="Meeting", content="x")
    client.assets.upload(b"x", name=ASSET)
    files = {
        "pages/one.md": "# One\n\nText.\n",
        "synced/.keep": "",
        "users.csv": "email,name\nnew.with-a-long-address@example.com,New\n",
        "groups.csv": "group,email\nEditors,eda@example.com\nReaders,eda@example.com\n",
        "rules.yaml": "[]\n",
        "navigation.yaml": "[]\n",
        "file.txt": "Said.",
        "audit.jsonl": "",
        "a.graphql": "type Query { a: Int }\n",
        "b.graphql": "type Query { a: Int, b: Int }\n",
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    client.comments.create("home", content="Said.")
    before = (
        ("backup", "make", str(folder / "backup")),
        ("backup", "make", str(folder / "backup")),
        ("access", "save", str(folder / "saved.json")),
        ("gateway", "init"),
        ("gateway", "keys", "create", "app"),
        ("hooks", "add", "https://hooks.example.com/a/rather/long/address/of/a/hook", "--event", "page.*"),
    )
    for number, line in enumerate(before):
        client.pages.create(f"before/{number}", title=f"Before {number}", content="x")
        made = on_sandbox(*line, "--yes")
        assert made.exit_code == 0, made.output


def _turn(words: tuple[str, ...], command: Any) -> int:
    """Those that read come first, and last those after which there is less."""
    if DELETING & set(words):
        return 2
    return 0 if is_list(command) or any("--dry-run" in each.opts for each in command.params) else 1


def lines(folder: Path) -> Iterator[tuple[tuple[str, ...], Any, tuple[str, ...]]]:
    """Words and command of each command that ends by itself, and a line that it takes."""
    for words, command in sorted(ALL, key=lambda each: _turn(*each)):
        name = " ".join(words)
        if LASTING & set(words) - {"gateway"} or words[:2] == ("gateway", "demo"):
            continue
        given = BY_COMMAND.get(name)
        if given is None:
            given = [BY_NAME.get(each.name, "1") for each in arguments(command) if each.required]
        line = (*words, *(each.format(folder=folder) for each in given))
        if any("--dry-run" in each.opts for each in command.params):
            line = (*line, "--dry-run")
        yield words, command, (*line, "--yes")


def is_list(command: Any) -> bool:
    """Whether a command prints rows."""
    return bool(getattr(command.callback, "lists", False))


def is_json(text: str) -> bool:
    """Whether a text is JSON, whole."""
    try:
        json.loads(text)
    except ValueError:
        return False
    return True
