"""Each recipe of the cookbook does on the demo wiki what it says. That it is typed: `test_typed.py`."""

from __future__ import annotations

import base64
import json
import re
import runpy
import socket
import subprocess
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Event, Thread
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from urllib.request import urlopen

import pytest
from support.django_settings import unconfigured
from support.served import Served, served

from wikijs import WikiJSClient

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[2]
RECIPES = ROOT / "examples/cookbook"
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


class Kitchen:
    """A demo wiki, a folder to be in, and recipes that are run there as a person runs them."""

    def __init__(self, wiki: Served, client: WikiJSClient, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.wiki = wiki
        self.client = client
        self.folder = folder
        self._capsys = capsys

    def run(self, name: str, *arguments: str) -> str:
        """What a recipe prints; its exit code must be 0."""
        code, printed = self.end(name, *arguments)
        assert code == 0, printed
        return printed

    def end(self, name: str, *arguments: str) -> tuple[int, str]:
        """Exit code of a recipe, and what it prints."""
        self._capsys.readouterr()
        before, sys.argv = sys.argv, [f"{name}.py", *arguments]
        try:
            runpy.run_path(str(RECIPES / f"{name}.py"), run_name="__main__")
            code = 0
        except SystemExit as ended:
            code = int(ended.code or 0)
        finally:
            sys.argv = before
        return code, self._capsys.readouterr().out

    def write(self, name: str, text: str | bytes) -> str:
        """A file in the folder."""
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return str(file)


@pytest.fixture
def kitchen(demo: Served, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Kitchen]:
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    with WikiJSClient(demo.url, auth=demo.api_key) as client:
        yield Kitchen(demo, client, Path.cwd(), capsys)


def publish_docs(kitchen: Kitchen) -> None:
    kitchen.write("docs/index.md", "# Product\n\nSee [setup](setup.md).\n")
    kitchen.write("docs/setup.md", "# Setup\n\nTurn it on.\n")
    assert "2 done, 0 unchanged, 0 failed" in kitchen.run("publish_docs", "docs", "product/docs")
    assert "0 done, 2 unchanged, 0 failed" in kitchen.run("publish_docs", "docs", "product/docs")


def dead_links(kitchen: Kitchen) -> None:
    kitchen.client.pages.create("bad", title="Bad", content="[x](/en/not/there) [y](/en/home)")
    code, printed = kitchen.end("dead_links")
    assert code == 1
    assert "bad: en/not/there" in printed
    assert "home:" not in printed


def orphans(kitchen: Kitchen) -> None:
    kitchen.client.pages.create("alone", title="Alone", content="Nobody comes here.")
    kitchen.client.pages.create("linked", title="Linked", content="[alone](/en/elsewhere)")
    kitchen.client.pages.create("linking", title="Linking", content="[linked](/en/linked)")
    printed = kitchen.run("orphans")
    assert "en/alone  Alone" in printed
    assert "en/linked " not in printed


def stale_pages_by_mail(kitchen: Kitchen) -> None:
    printed = kitchen.run("stale_pages_by_mail", "0")
    assert "/en/handbook/expenses" in printed
    assert "Subject: 0 pages" in kitchen.run("stale_pages_by_mail", "99999")


def users_from_csv(kitchen: Kitchen) -> None:
    people = kitchen.write(
        "people.csv", "email,name,groups\nana@example.com,Ana,Editors; Readers\neda@example.com,Eda,Editors\n"
    )
    assert "1 created, 1 there already, 0 failed" in kitchen.run("users_from_csv", people)
    ana = next(user for user in kitchen.client.users.list() if user.email == "ana@example.com")
    assert {group.name for group in kitchen.client.users.get(ana.id).groups} == {"Editors", "Readers"}
    passwords = kitchen.folder / "people.passwords.csv"
    assert passwords.stat().st_mode & 0o777 == 0o600
    assert passwords.read_text().startswith("ana@example.com,")


def ldap_groups(kitchen: Kitchen) -> None:
    file = kitchen.write(
        "groups.ldif",
        "dn: cn=Editors\ncn: Editors\nmail: will@example.com\nmail: nobody@example.com\n\ncn: X\nmail: a@b.c\n",
    )
    assert "Editors: 1 added, 0 removed" in kitchen.run("ldap_groups", file) or "Editors: 0 added" in kitchen.run(
        "ldap_groups", file
    )
    kitchen.run("ldap_groups", file, "--remove")
    group = next(each.id for each in kitchen.client.groups.list() if each.name == "Editors")
    assert [user.email for user in kitchen.client.groups.list_members(group)] == ["will@example.com"]


def bulk_retag(kitchen: Kitchen) -> None:
    printed = kitchen.run("bulk_retag", "engineering", "--add", "team-a", "--remove", "style")
    assert "pages have team-a" in printed
    pages = kitchen.client.pages.list(folder="engineering")
    assert all("team-a" in page.tags and "style" not in page.tags for page in pages)


def rename_tree(kitchen: Kitchen) -> None:
    kitchen.client.pages.create("pointer", title="Pointer", content="[p](/en/operations/runbooks/printer)")
    assert " 0 not" in kitchen.run("rename_tree", "operations/runbooks", "runbooks")
    assert kitchen.client.pages.get_by_path("runbooks/printer").title == "The printer is on fire"
    assert kitchen.client.pages.get_by_path("pointer").content == "[p](/en/runbooks/printer)"


def translate_skeleton(kitchen: Kitchen) -> None:
    printed = kitchen.run("translate_skeleton", "handbook", "fr")
    assert ", 0 failed" in printed
    page = kitchen.client.pages.get_by_path("handbook/expenses", locale="fr")
    assert page.content.startswith("> To be translated from [Expenses](/en/handbook/expenses)")
    assert "0 drafts made, 0 failed" in kitchen.run("translate_skeleton", "handbook", "fr")


def page_templates(kitchen: Kitchen) -> None:
    kitchen.client.pages.create("templates/incident", title="{{title}}", content="{{who}}: {{what}}", tags=["template"])
    assert "/en/incidents/1" in kitchen.run(
        "page_templates", "templates/incident", "incidents/1", "title=Down", "who=Ann"
    )
    page = kitchen.client.pages.get_by_path("incidents/1")
    assert (page.title, page.content, page.tags) == ("Down", "Ann: {{what}}", [])


def meeting_notes(kitchen: Kitchen) -> None:
    kitchen.client.pages.create("notes/team/2020-w01", title="Old", content="- [ ] paint\n- [x] buy paint\n")
    assert "created, 1 points still open" in kitchen.run("meeting_notes", "notes/team")
    newest = kitchen.client.pages.list(folder="notes/team", order_by="path", descending=True)[0]
    assert "- [ ] paint" in kitchen.client.pages.get(newest.id).content


def changelog_from_git(kitchen: Kitchen) -> None:
    def git(*words: str) -> None:
        subprocess.run(
            ["git", "-c", "user.name=A", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false", *words],
            cwd=kitchen.folder,
            check=True,
            capture_output=True,
        )

    git("init", "-q")
    for number in (1, 2):
        git("commit", "-q", "--allow-empty", "-m", f"Change {number}")
        git("tag", f"v{number}")
    assert "created" in kitchen.run("changelog_from_git", ".", "product/changelog")
    content = kitchen.client.pages.get_by_path("product/changelog").content
    assert content == "## v2\n\n- Change 2\n\n## v1\n\n- Change 1\n"
    assert "unchanged" in kitchen.run("changelog_from_git", ".", "product/changelog")


def notify_chat(kitchen: Kitchen) -> None:
    got: list[Any] = []

    class Chat(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: Any) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Chat) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            with pytest.MonkeyPatch.context() as patch:
                patch.setenv("CHAT_WEBHOOK", f"http://127.0.0.1:{server.server_port}/hook")
                assert "0 changes told" in kitchen.run("notify_chat")
                kitchen.client.pages.create("docs/new", title="New", content="Text.")
                assert "1 changes told" in kitchen.run("notify_chat")
        finally:
            server.shutdown()
            thread.join()
    assert "page.created" in got[0]["text"]
    assert "docs/new" in got[0]["text"]


def atom_feed(kitchen: Kitchen) -> None:
    kitchen.client.pages.update("kitchen", title="The kitchen")
    assert "20 entries" in kitchen.run("atom_feed", "changes.atom")
    text = (kitchen.folder / "changes.atom").read_text(encoding="utf-8")
    assert text.index("The kitchen") < text.index("Expenses") if "Expenses" in text else "The kitchen" in text


def static_site(kitchen: Kitchen) -> None:
    kitchen.client.pages.create("shop/lamps", title="A & B", content="[home](/en/home)")
    kitchen.run("static_site", "site")
    text = (kitchen.folder / "site/en/shop/lamps.html").read_text(encoding="utf-8")
    assert "<title>A &amp; B</title>" in text
    assert 'href="../home.html"' in text


def search_index(kitchen: Kitchen) -> None:
    assert "27 pages" in kitchen.run("search_index", "build", "wiki.db")
    assert "en/docs/new-lamp: " in kitchen.run("search_index", "find", "wiki.db", "lamp AND register")


def jupyter_to_page(kitchen: Kitchen) -> None:
    cells = [
        {"cell_type": "markdown", "source": ["# Analysis\n", "Of lamps."]},
        {
            "cell_type": "code",
            "source": "1 + 1",
            "outputs": [
                {"data": {"text/plain": ["2"]}},
                {"data": {"image/png": base64.b64encode(PIXEL).decode()}},
            ],
        },
    ]
    file = kitchen.write("analysis.ipynb", json.dumps({"cells": cells}))
    assert "created" in kitchen.run("jupyter_to_page", file, "reports/analysis")
    content = kitchen.client.pages.get_by_path("reports/analysis").content
    assert "```text\n2\n```" in content
    assert "![](/reports/analysis/cell-1.png)" in content


def table_of_data(kitchen: Kitchen) -> None:
    kitchen.client.pages.create("products/stock", title="Stock", content="Counted daily.")
    file = kitchen.write("stock.csv", "lamp,count\nBeacon,3\nBuoy,5\n")
    assert "updated, 2 rows" in kitchen.run("table_of_data", file, "products/stock")
    assert "unchanged, 2 rows" in kitchen.run("table_of_data", file, "products/stock")
    content = kitchen.client.pages.get_by_path("products/stock").content
    assert content.startswith("Counted daily.")
    assert "| Buoy | 5 |" in content


def upload_screenshots(kitchen: Kitchen) -> None:
    kitchen.write("shots/one.png", PIXEL)
    kitchen.write("shots/notes.txt", "no picture")
    printed = kitchen.run("upload_screenshots", "shots", "/images/release-7", "releases/7/pictures")
    assert "1 uploaded, 0 failed" in printed
    assert "/images/release-7/one.png" in kitchen.client.pages.get_by_path("releases/7/pictures").content


def mirror_wikis(kitchen: Kitchen) -> None:
    with served(kitchen.folder / "other.db") as other:
        Path(kitchen.folder.parent / "config.toml").write_text(
            f"[profiles.public]\nurl = {kitchen.wiki.url!r}\ntoken_command = 'echo {kitchen.wiki.api_key}'\n"
            f"[profiles.intern]\nurl = {other.url!r}\ntoken_command = 'echo {other.api_key}'\n"
        )
        with pytest.MonkeyPatch.context() as patch:
            patch.delenv("WIKIJS_URL")
            patch.delenv("WIKIJS_API_KEY")
            assert "6 created" in kitchen.run("mirror_wikis", "public", "intern", "handbook")
            assert "6 unchanged" in kitchen.run("mirror_wikis", "public", "intern", "handbook")


def permission_audit(kitchen: Kitchen) -> None:
    assert kitchen.run("permission_audit", "rights.csv").startswith("27 pages, ")
    rows = (kitchen.folder / "rights.csv").read_text(encoding="utf-8")
    assert "en/handbook,eda@example.com,write," in rows


def scheduled_job(kitchen: Kitchen) -> None:
    assert "3 pages are there, 0 are not" in kitchen.run("scheduled_job", "reports/daily", "job.journal")
    assert "3 pages are there, 0 are not" in kitchen.run("scheduled_job", "reports/daily", "job.journal")
    assert len(kitchen.client.pages.list(folder="reports/daily")) == 3


def metrics_for_grafana(kitchen: Kitchen) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    recipe = runpy.run_path(str(RECIPES / "metrics_for_grafana.py"))
    wanted = Event()
    recipe["main"].__globals__["threading"] = SimpleNamespace(
        Event=lambda: SimpleNamespace(wait=lambda _: wanted.wait(60))
    )
    thread = Thread(target=recipe["main"], args=(port, 2))
    thread.start()
    try:
        for _ in range(300):
            try:
                with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=30) as answer:
                    text = answer.read().decode()
            except OSError:
                text = ""
            if "wikijs_client_attempts_total{" in text:
                break
            time.sleep(0.1)
    finally:
        wanted.set()
        thread.join()
    assert "wikijs_client_attempts_total" in text
    del kitchen


def fastapi_pages(kitchen: Kitchen) -> None:
    from fastapi.testclient import TestClient

    kitchen.client.pages.create("open", title="Open", content="For all.", tags=["public"])
    app = runpy.run_path(str(RECIPES / "fastapi_pages.py"))["app"]
    with TestClient(app) as web:
        assert web.get("/pages/open").json() == {"title": "Open", "content": "For all."}
        assert [web.get(f"/pages/{path}").status_code for path in ("kitchen", "none")] == [404, 404]


def django_view(kitchen: Kitchen) -> None:
    from django.conf import settings
    from django.test import RequestFactory

    with unconfigured():
        settings.configure(ALLOWED_HOSTS=["*"], DEFAULT_CHARSET="utf-8")
        recipe = runpy.run_path(str(RECIPES / "django_view.py"))
        answer = recipe["news"](RequestFactory().get("/news/"))
    recipe["wiki"]().close()
    assert len(json.loads(answer.content)["pages"]) == 10
    del kitchen


def nightly_backup(kitchen: Kitchen) -> None:
    assert "27 pages, 27 of them read anew" in kitchen.run("nightly_backup", "backups", "2")
    kitchen.client.pages.update("kitchen", title="The kitchen")
    assert "27 pages, 1 of them read anew" in kitchen.run("nightly_backup", "backups", "2")
    assert "27 pages, 0 of them read anew" in kitchen.run("nightly_backup", "backups", "2")
    assert len(list((kitchen.folder / "backups/snapshots").iterdir())) == 2


def rag_over_chunks(kitchen: Kitchen) -> None:
    question = "How do I register a lamp?"
    printed = kitchen.run("rag_over_chunks", "index.db", question)
    assert "[1] How to register a lamp" in printed
    assert f"Question: {question}" in printed
    asked: list[Any] = []

    class Model(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            said = json.dumps({"choices": [{"message": {"content": "With a form [1]."}}]}).encode()
            self.send_response(200)
            self.send_header("content-length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_: Any) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Model) as server, pytest.MonkeyPatch.context() as patch:
        thread = Thread(target=server.serve_forever)
        thread.start()
        patch.setenv("ASK_URL", f"http://127.0.0.1:{server.server_port}")
        try:
            assert kitchen.run("rag_over_chunks", "index.db", question).startswith("With a form [1].\n[1] How to")
        finally:
            server.shutdown()
            thread.join()
    assert asked[0]["messages"][0]["content"] in printed


TRIES: dict[str, Callable[[Kitchen], None]] = {
    each.__name__: each
    for each in (
        publish_docs, dead_links, orphans, stale_pages_by_mail, users_from_csv, ldap_groups, bulk_retag, rename_tree,
        translate_skeleton, page_templates, meeting_notes, changelog_from_git, notify_chat, atom_feed, static_site,
        search_index, jupyter_to_page, table_of_data, upload_screenshots, mirror_wikis, permission_audit,
        scheduled_job, metrics_for_grafana, fastapi_pages, django_view, nightly_backup, rag_over_chunks,
    )
}  # fmt: skip


@pytest.mark.parametrize("name", TRIES)
def test_a_recipe(name: str, kitchen: Kitchen) -> None:
    TRIES[name](kitchen)


@pytest.mark.parametrize(
    "file", [file for file in sorted(RECIPES.glob("*.py")) if "len(sys.argv) <" in file.read_text(encoding="utf-8")],
    ids=lambda file: file.stem,
)  # fmt: skip
def test_a_recipe_that_is_called_wrongly_says_how(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", [file.name])
    with pytest.raises(SystemExit, match=rf"python {re.escape(file.name)} "):
        runpy.run_path(str(file), run_name="__main__")


def test_every_recipe_is_tried() -> None:
    assert {file.stem for file in RECIPES.glob("*.py")} == TRIES.keys()


def test_the_cookbook_names_every_recipe() -> None:
    page = (ROOT / "docs/cookbook.md").read_text(encoding="utf-8")
    assert [name for name in TRIES if f"(../examples/cookbook/{name}.py)" not in page] == []
