"""The same questions put to a wiki, sandbox or real, and to `wikijs.access`: random rules, any subject, any page."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import httpx2

from wikijs import WikiJSClient
from wikijs.access import Group, Moment, Target, action_of, decide, read_moment
from wikijs.exceptions import PageExistsError
from wikijs.permissions import PAGE_PERMISSIONS, PageRule

PAGES = (
    ("en", "home", (), True),
    ("en", "docs", ("team",), True),
    ("en", "docs/intro", ("team", "open"), True),
    ("en", "docs/intro/more", (), True),
    ("en", "docs-old/a", ("open",), True),
    ("en", "plan/2024/q1", ("secret",), True),
    ("en", "plan/2025/q1", (), False),
    ("en", "Docs/Intro", (), True),
    ("en", "caf\u00e9/men\u00fc", (), True),
    ("en", "x1/x2_y3", ("secret", "team"), False),
)
FRENCH = (("fr", "docs", ("team",), True), ("fr", "docs/intro", (), True))
FILES = ("docs/logo.png", "plan/2024/map.png", "top.png")

START = ("", "docs", "docs/", "docs/intro", "doc", "plan/20", "plan/2024", "/docs", "Docs", "caf\u00e9", "x", "nowhere")
END = ("intro", "q1", "", "o", "/q1", "logo.png", ".png", "more", "men\u00fc")
EXACT = ("docs", "docs/intro", "home", "plan/2024/q1", "docs/logo.png", "x1/x2_y3", "caf\u00e9/men\u00fc")
TAG = ("team", "open", "secret", "none")
REGEX = (
    "^docs", "intro$", r"\d{4}", r"q\d$", "^(docs|plan)/", "[A-Z]", r"\W", "^.{4}$", r"^\w+$", r"^(?!docs).*/",
    r"caf\S/", "o", r"\.png$", "^$", r"(?<!x)1", "[^]{9}", r"^[\w/]+$",
)  # fmt: skip
WORDS: dict[str, Sequence[str]] = {"START": START, "END": END, "EXACT": EXACT, "TAG": TAG, "REGEX": REGEX}


@dataclass
class Outcome:
    """How many answers of the wiki were compared, and those that differ."""

    asked: Counter[str] = field(default_factory=Counter[str])
    allowed: Counter[str] = field(default_factory=Counter[str])
    different: list[str] = field(default_factory=list[str])


@dataclass
class Subject:
    """Somebody who asks the wiki, by bare requests."""

    name: str
    http: httpx2.Client
    token: str
    groups: Sequence[str]

    def get(self, path: str) -> int:
        """The status of an address."""
        return self.http.get(path, headers=self._headers).status_code

    def ask(self, document: str, *way: str) -> Any:
        """What is there in the answer, or None where something was refused."""
        found: Any = self.http.post("/graphql", json={"query": document}, headers=self._headers).json()
        for step in ("data", *way):
            found = found and found.get(step)
        return found

    @property
    def _headers(self) -> dict[str, str]:
        self.http.cookies.clear()  # the wiki sets one for whoever asked last
        return {"User-Agent": "test", **({"Authorization": f"Bearer {self.token}"} if self.token else {})}


def rule(at: random.Random, locales: Sequence[str]) -> PageRule:
    """Any rule."""
    kind: Any = at.choice(list(WORDS))
    return PageRule(
        roles=at.sample(PAGE_PERMISSIONS, at.randint(1, 8)),
        path=at.choice(WORDS[kind]),
        match=kind,
        deny=at.random() < 0.4,
        locales=at.choice([(), (), (), ("en",), ("fr",), tuple(locales)]),
        id=f"r{at.randrange(10**9)}",
    )


def shuffle_rules(client: WikiJSClient, at: random.Random, names: Sequence[str | int], locales: Sequence[str]) -> None:
    """Give groups other permissions and rules, as the server takes them: unchecked."""
    for name in names:
        group = client.groups.get(name)
        rules = [
            {"id": each.id, "deny": each.deny, "match": each.match, "roles": list(each.roles), "path": each.path,
             "locales": list(each.locales)}
            for each in (rule(at, locales) for _ in range(at.randint(1, 7)))
        ]  # fmt: skip
        client.graphql(
            "mutation($id: Int!, $name: String!, $permissions: [String]!, $rules: [PageRuleInput]!) { groups {"
            " update(id: $id, name: $name, redirectOnLogin: \"/\", permissions: $permissions, pageRules: $rules)"
            " { responseResult { succeeded } } } }",
            {"id": group.id, "name": group.name, "permissions": at.sample(PAGE_PERMISSIONS, at.randint(5, 14)),
             "rules": rules},
        )  # fmt: skip


def ask_all(
    admin: WikiJSClient, subjects: Sequence[Subject], outcome: Outcome, *, ids: dict[tuple[str, str], int], views: bool
) -> None:
    """Put all questions for the rules of this moment."""
    moment = read_moment(admin)
    for subject in subjects:
        groups = [moment.group(name) for name in subject.groups]
        for action, target, said in _answers(subject, moment, ids, views=views):
            ours = decide(groups, action_of(action), target).allowed
            outcome.asked[action] += 1
            outcome.allowed[action] += said
            if ours is not said:
                outcome.different.append(f"{subject.name}: {action} {target}: the wiki says {said}; {_rules(groups)}")


def _rules(groups: Sequence[Group]) -> str:
    return "; ".join(f"{group.name} {group.permissions} {group.rules}" for group in groups)


def _answers(
    subject: Subject, moment: Moment, ids: dict[tuple[str, str], int], *, views: bool
) -> Iterator[tuple[str, Target, bool]]:
    listed = subject.ask("{ pages { list { path locale } } }", "pages", "list")
    seen = {(page["locale"], page["path"]) for page in listed or ()}
    for page in moment.pages:
        target, number = page.target, ids[page.locale, page.path]
        yield "list", target, (page.locale, page.path) in seen
        yield "source", target, subject.get(f"/d/{page.locale}/{quote(page.path)}") == 200
        if views:
            yield "view", target, subject.get(f"/{page.locale}/{quote(page.path)}") not in {302, 403}
        found = subject.ask(f"{{ pages {{ single(id: {number}) {{ id content }} }} }}", "pages", "single")
        yield "read", target, found is not None
        found = subject.ask(f"{{ pages {{ history(id: {number}) {{ total }} }} }}", "pages", "history")
        yield "history", target, found is not None
        words = f"locale: {json.dumps(page.locale)}, path: {json.dumps(page.path)}"
        found = subject.ask(f"{{ comments {{ list({words}) {{ id }} }} }}", "comments", "list")
        yield "read-comments", target, found is not None
        # Emptiness is refused after the check of access: nothing is written.
        status = subject.ask(
            f'mutation {{ pages {{ update(id: {number}, content: "", isPublished: true, tags: []) '
            "{ responseResult { errorCode message } } } }",
            "pages",
            "update",
        )
        yield "write", target, status is not None and status["responseResult"]["errorCode"] == EMPTY
    for path in FILES:
        folder, _, name = path.rpartition("/")
        yield "get-asset", Target(path=path, locale="en"), subject.get("/" + path) == 200
        files = subject.ask(
            f"{{ assets {{ list(folderId: {ids.get(('folder', folder), 0)}, kind: ALL) {{ filename }} }} }}",
            "assets",
            "list",
        )
        yield "list-asset", Target(path=path), name in {file["filename"] for file in files or ()}


@dataclass
class Scene:
    """A wiki with pages, files, groups and people in it, and whoever asks."""

    admin: WikiJSClient
    subjects: list[Subject]
    ids: dict[tuple[str, str], int]
    groups: Sequence[str | int]


PASSWORD = "Secret-99"
NAMES = ("Access-A", "Access-B", "Access-C")
EMPTY = 6004


def prepare(admin: WikiJSClient, http: httpx2.Client, *, locales: Sequence[str], people: bool = True) -> Scene:
    """Make pages, files, groups, keys and users. What is there already is left as it is.

    Args:
        admin: Who may do everything.
        http: Asks the same wiki.
        locales: The wiki's.
        people: Whether to log in as users too, besides using keys.
    """
    ids: dict[tuple[str, str], int] = {}
    for locale, path, tags, published in (*PAGES, *(FRENCH if "fr" in locales else ())):
        with suppress(PageExistsError):  # MariaDB takes upper and lower case for one
            admin.pages.upsert(
                path, locale=locale, title=path, content=f"# {path}\n", tags=list(tags), is_published=published
            )
    for page in admin.pages.list():
        ids[page.locale, page.path] = page.id
    for path in FILES:
        folder, _, name = path.rpartition("/")
        admin.assets.upload(b"\x89PNG\r\n\x1a\n" + b"0" * 20, name=name, folder=f"/{folder}", overwrite=True)
    for each in admin.assets.folders():
        ids["folder", each.path.strip("/")] = each.id
    held = {group.name for group in admin.groups.list()}
    for name in NAMES:
        if name not in held:
            admin.groups.create(name)
    subjects = [Subject("guest", http, "", [admin.groups.get(2).name])]
    for name in NAMES:
        key = admin.api_keys.create(f"key of {name}", group=name).key
        subjects.append(Subject(f"key of {name}", http, key, [name]))
    for number, memberships in enumerate([NAMES[:2], NAMES[1:], NAMES] if people else []):
        address = f"access-{number}@example.com"
        if not admin.users.search(address):
            admin.users.create(address, name=f"Access {number}", password=PASSWORD, groups=list(memberships))
        answer = http.post(
            "/graphql",
            json={
                "query": "mutation($u: String!, $p: String!) { authentication {"
                ' login(username: $u, password: $p, strategy: "local") { jwt } } }',
                "variables": {"u": address, "p": PASSWORD},
            },
        ).json()
        subjects.append(Subject(address, http, answer["data"]["authentication"]["login"]["jwt"], memberships))
    return Scene(admin, subjects, ids, [*NAMES, 2])
