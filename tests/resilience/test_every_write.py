"""Each method that writes, ended by what follows its write: whatever fails then is "done, but", never "refused".

The table below names every method of a client that writes: one that is new and not in it fails a test.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import httpx2
import pytest
import wikijs_generated.facades.blocking as facades

from tests.support.cutting import Cutting, admits, wiki_in
from wikijs import WikiJSClient
from wikijs import exceptions as exc
from wikijs.core.jobs.results import BatchResult
from wikijs.models import Upload
from wikijs.resources.navigation import NavigationItem
from wikijs.resources.pages.moving import PlannedMove
from wikijs.sandbox import Sandbox

MOST: Final = 12
"""Requests that may follow a write before the test gives up to break one."""


def prepare(client: WikiJSClient) -> None:
    """What the writes below change."""
    for name in ("a", "b", "c"):
        client.pages.create(f"docs/{name}", title=name.upper(), content=f"teh [a](/docs/a) {name}", tags=["x", "y"])
        client.users.create(f"{name}@example.com", name=f"User {name}", password="correct horse battery")
        client.groups.create(f"Group {name}")
        client.assets.upload(b"x" * 20, name=f"{name}.png")
    client.pages.update("docs/a", content="teh second [b](/docs/b)")
    client.comments.update_provider("default", config={"minDelay": 0})
    client.comments.create("docs/a", content="A comment.")
    client.navigation.set([NavigationItem(label=each, target="/", id=each) for each in "ho"])
    client.groups.add_users("Group c", [of_user(client), of_user(client, "b")])
    client.api_keys.create("spare", full_access=True)
    client.authentication.add_strategy("ldap", name="Spare", enabled=False)


def ids(client: WikiJSClient) -> list[int]:
    return [page.id for page in client.pages.list()]


def of_user(client: WikiJSClient, name: str = "a") -> int:
    return next(user.id for user in client.users.list() if user.email == f"{name}@example.com")


def strategy(client: WikiJSClient) -> str:
    return next(
        each.key for each in client.authentication.active_strategies_for_admin() if each.display_name == "Spare"
    )


def group(name: str = "Group a") -> Any:
    return name


def upload(name: str) -> Upload:
    return Upload(b"x" * 30, name=name)


def planned(client: WikiJSClient) -> list[Any]:
    """Moves that links have to follow."""
    page = client.pages.get("docs/b", content=False)
    return [PlannedMove(page.id, "docs/b", "en", "docs/moved", "en")]


GROUPS: Final[list[Any]] = [{"name": "New 1", "permissions": ["read:pages"]}, {"name": "New 2", "rules": []}]
USERS: Final[list[Any]] = [
    {"email": f"n{n}@example.com", "name": f"N {n}", "password": "correct horse battery", "groups": ["Group a"]}
    for n in range(2)
]
PAGES: Final[list[Any]] = [{"path": f"docs/n{n}", "title": f"N{n}", "content": "x", "tags": ["x"]} for n in range(2)]

WRITES: Final[dict[str, Callable[[WikiJSClient], Any]]] = {
    "analytics.update": lambda c: c.analytics.update("google", enabled=True, config={"propertyTrackingId": "x"}),
    "api_keys.create": lambda c: c.api_keys.create("new", full_access=True),
    "api_keys.revoke": lambda c: c.api_keys.revoke("spare"),
    "api_keys.enable": lambda c: c.api_keys.enable(),
    "api_keys.disable": lambda c: c.api_keys.disable(),
    "assets.ensure_folder": lambda c: c.assets.ensure_folder("/deep/er/folder"),
    "assets.create_folder": lambda c: c.assets.create_folder("deep"),
    "assets.upload": lambda c: c.assets.upload(b"x" * 30, name="new.png", folder="/made"),
    "assets.upload_many": lambda c: c.assets.upload_many([upload("p.png"), upload("q.png")], folder="/made"),
    "assets.rename": lambda c: c.assets.rename("/a.png", "renamed.png"),
    "assets.move": lambda c: c.assets.move("/a.png", "/elsewhere"),
    "assets.delete": lambda c: c.assets.delete("/a.png"),
    "assets.delete_many": lambda c: c.assets.delete_many(["/a.png", "/b.png"]),
    "assets.flush_temp_uploads": lambda c: c.assets.flush_temp_uploads(),
    "authentication.add_strategy": lambda c: c.authentication.add_strategy("ldap", name="New", enabled=False),
    "authentication.update_strategy": lambda c: c.authentication.update_strategy(strategy(c), name="Changed"),
    "authentication.remove_strategy": lambda c: c.authentication.remove_strategy(strategy(c)),
    "comments.create": lambda c: c.comments.create("docs/b", content="Another."),
    "comments.update": lambda c: c.comments.update(c.comments.list("docs/a")[0].id, content="Changed."),
    "comments.delete": lambda c: c.comments.delete(c.comments.list("docs/a")[0].id),
    "comments.update_provider": lambda c: c.comments.update_provider("default", config={"minDelay": 3}),
    "groups.create": lambda c: c.groups.create("New", permissions=["read:pages"], rules=[]),
    "groups.update": lambda c: c.groups.update(group(), redirect_on_login="/x"),
    "groups.set_permissions": lambda c: c.groups.set_permissions(group(), ["read:pages"]),
    "groups.set_rules": lambda c: c.groups.set_rules(group(), []),
    "groups.delete": lambda c: c.groups.delete(group()),
    "groups.add_user": lambda c: c.groups.add_user(group(), of_user(c)),
    "groups.remove_user": lambda c: c.groups.remove_user("Group c", of_user(c)),
    "groups.add_users": lambda c: c.groups.add_users(group(), [of_user(c), of_user(c, "b")]),
    "groups.remove_users": lambda c: c.groups.remove_users("Group c", [of_user(c), of_user(c, "b")]),
    "groups.set_members": lambda c: c.groups.set_members(group(), [of_user(c), of_user(c, "b")]),
    "groups.create_many": lambda c: c.groups.create_many(GROUPS),
    "groups.update_many": lambda c: c.groups.update_many([{"id": f"Group {n}", "name": f"Renamed {n}"} for n in "ab"]),
    "groups.delete_many": lambda c: c.groups.delete_many([group(), group("Group b")]),
    "localization.update": lambda c: c.localization.update(auto_update=True),
    "localization.install": lambda c: c.localization.install("en"),
    "mail.update": lambda c: c.mail.update(sender_name="Me"),
    "navigation.set": lambda c: c.navigation.set([NavigationItem(label="One", target="/")]),
    "navigation.add_item": lambda c: c.navigation.add_item(NavigationItem(label="Two", target="/")),
    "navigation.remove_item": lambda c: c.navigation.remove_item("o"),
    "navigation.set_mode": lambda c: c.navigation.set_mode("MIXED"),
    "pages.create": lambda c: c.pages.create("docs/new", title="New", content="x", script_css="p{color:red}"),
    "pages.update": lambda c: c.pages.update("docs/b", content="new", script_css="p{color:red}"),
    "pages.upsert": lambda c: c.pages.upsert("docs/up", title="Up", content="x"),
    "pages.move": lambda c: c.pages.move("docs/b", "docs/moved"),
    "pages.delete": lambda c: c.pages.delete("docs/b"),
    "pages.render": lambda c: c.pages.render("docs/b"),
    "pages.convert": lambda c: c.pages.convert("docs/b", editor="ckeditor"),
    "pages.copy": lambda c: c.pages.copy("docs/b", "docs/copied"),
    "pages.append": lambda c: c.pages.append("docs/b", "more"),
    "pages.prepend": lambda c: c.pages.prepend("docs/b", "more"),
    "pages.replace": lambda c: c.pages.replace("teh", "the", folder="docs"),
    "pages.mend_links": lambda c: c.pages.mend_links(planned(c)),
    "pages.restore": lambda c: c.pages.restore("docs/a", next(iter(c.pages.history("docs/a"))).version_id),
    "pages.create_many": lambda c: c.pages.create_many(PAGES),
    "pages.update_many": lambda c: c.pages.update_many([{"id": n, "title": f"T{n}"} for n in ids(c)[:2]]),
    "pages.delete_many": lambda c: c.pages.delete_many(ids(c)[:2]),
    "pages.render_many": lambda c: c.pages.render_many(ids(c)[:2]),
    "pages.convert_many": lambda c: c.pages.convert_many(ids(c)[:2], editor="ckeditor"),
    "pages.move_tree": lambda c: c.pages.move_tree("docs", "manual"),
    "rendering.update": lambda c: c.rendering.update("markdownCore", config={"linebreaks": False}),
    "search.update": lambda c: c.search.update("db", enabled=True),
    "site.update": lambda c: c.site.update(title="New title"),
    "storage.update": lambda c: c.storage.update("disk", config={"path": "/x"}),
    "system.set_flags": lambda c: c.system.set_flags(sqllog=True),
    "system.export": lambda c: c.system.export("/exports/x"),
    "tags.add": lambda c: c.tags.add(ids(c)[:2], ["new"]),
    "tags.remove": lambda c: c.tags.remove(ids(c)[:2], ["x"]),
    "tags.rename": lambda c: c.tags.rename("x", "renamed"),
    "tags.merge": lambda c: c.tags.merge(["x"], "y"),
    "tags.delete": lambda c: c.tags.delete("x"),
    "theming.update": lambda c: c.theming.update(dark_mode=True),
    "users.create": lambda c: c.users.create("n@example.com", name="New", password="correct horse", groups=["Group a"]),
    "users.update": lambda c: c.users.update(of_user(c), location="Here"),
    "users.delete": lambda c: c.users.delete(of_user(c), replace_with=1),
    "users.activate": lambda c: c.users.activate(of_user(c)),
    "users.deactivate": lambda c: c.users.deactivate(of_user(c)),
    "users.verify": lambda c: c.users.verify(of_user(c)),
    "users.enable_tfa": lambda c: c.users.enable_tfa(of_user(c)),
    "users.disable_tfa": lambda c: c.users.disable_tfa(of_user(c)),
    "users.create_many": lambda c: c.users.create_many(USERS),
    "users.update_many": lambda c: c.users.update_many([{"id": of_user(c, n), "location": "X"} for n in "ab"]),
    "users.delete_many": lambda c: c.users.delete_many([of_user(c), of_user(c, "b")], replace_with=1),
}  # fmt: skip
"""How each of them is called."""


UPLOADS: Final = {"assets.upload", "assets.upload_many", "assets.move"}


def written() -> set[str]:
    """The methods of a client of which the documentation says that they send a mutation, or a file."""
    found: set[str] = set()
    for info in pkgutil.iter_modules(facades.__path__):
        module = importlib.import_module(f"{facades.__name__}.{info.name}")
        for cls in vars(module).values():
            if not inspect.isclass(cls) or cls.__module__ != module.__name__:
                continue
            for name, method in vars(cls).items():
                told = (getattr(method, "__doc__", None) or "").partition("Operation:")[2]
                if not name.startswith("_") and re.search(r"mutation|`POST /u`", told):
                    found.add(f"{info.name}.{name}")
    return found


def test_every_method_that_writes_is_in_the_table() -> None:
    assert written() <= set(WRITES)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data of a wiki with something to change."""
    return wiki_in(tmp_path_factory.mktemp("wiki"), prepare)


def broken(data: Path, write: Callable[[WikiJSClient], Any], spared: int, failure: str, begins: bytes) -> Cutting:
    """Do a write of which what follows fails; fails where it is not told as what it is."""
    with Sandbox(data=data) as sandbox:
        cutting = Cutting(sandbox.transport(), spared, failure, begins)
        with httpx2.Client(transport=cutting) as http:
            client = WikiJSClient(sandbox.url, sandbox.api_key, http_client=http, retry=False, rate_limiter=False)
            client._policy.settle_waits = (0.0,)
            client.whoami()
            cutting.is_on = True
            told = [error for error in errors_of(write, client) if not admits(error)]
            assert not told, f"{failure} after {spared} requests: {type(told[0]).__name__}: {told[0]}"
    return cutting


def errors_of(write: Callable[[WikiJSClient], Any], client: WikiJSClient) -> list[Exception]:
    """What a write says went wrong; of a bulk job with the first item, which was written."""
    try:
        result = write(client)
    except exc.WikiJSException as error:
        return [error]
    errors = result.errors if isinstance(result, BatchResult) else []
    return [failed.exception for failed in errors if failed.index == 0]


@pytest.mark.parametrize("name", WRITES)
def test_what_fails_after_a_write_is_never_told_as_its_failure(name: str, prepared: Path, tmp_path: Path) -> None:
    for spared in range(MOST):
        for failure in ("forbidden", "down")[: 1 if spared else 2]:
            data = tmp_path / f"{spared}{failure}.db"
            shutil.copy(prepared, data)
            # Folders that are made for a file are not what was asked for.
            begins = b"/u" if name in UPLOADS else b'"query":"mutation'
            cutting = broken(data, WRITES[name], spared, failure, begins)
            assert cutting.is_written, "it writes nothing here, so nothing was shown"
        if not cutting.has_struck:
            break
