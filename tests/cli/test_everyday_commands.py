"""`pages copy|append|prepend|templates|move|mend-links`, and pages given by their addresses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from wikijs import exceptions as exc
from wikijs.core.values.paths import of_place
from wikijs.exceptions import PageIllegalPathError

from .conftest import OnSandbox


def content(on_sandbox: OnSandbox, path: str) -> str:
    return on_sandbox.client.pages.get_by_path(path).content


def test_copy(on_sandbox: OnSandbox) -> None:
    assert on_sandbox("pages", "copy", "kitchen", "home", "--dry-run").exit_code == 1
    assert "Would copy" in on_sandbox("pages", "copy", "kitchen", "kitchen-two", "--dry-run").stdout
    result = on_sandbox("pages", "copy", "kitchen", "kitchen-two", "--title", "Two", "--draft", "--json")
    assert json.loads(result.stdout)["path"] == "kitchen-two"
    assert content(on_sandbox, "kitchen-two") == content(on_sandbox, "kitchen")
    assert [page.path for page in on_sandbox.client.pages.list(published=False, folder="kitchen-two")] == [
        "kitchen-two"
    ]


def test_append_and_prepend(on_sandbox: OnSandbox, tmp_path: Path) -> None:
    before = content(on_sandbox, "kitchen")
    assert on_sandbox("pages", "append", "kitchen", "- done").exit_code == 0
    (tmp_path / "a.md").write_text("above\n")
    assert on_sandbox("pages", "prepend", "kitchen", "--file", str(tmp_path / "a.md"), "--separator", "").exit_code == 0
    assert on_sandbox("pages", "append", "kitchen", "-", stdin="piped\n").exit_code == 0
    assert content(on_sandbox, "kitchen") == f"above\n{before}\n\n- done\n\npiped\n"
    assert "Would put 1 characters below" in on_sandbox("pages", "append", "kitchen", "x", "--dry-run").stdout
    assert on_sandbox("pages", "append", "kitchen").exit_code == 2
    assert on_sandbox("pages", "append", "kitchen", "a", "--content", "b").exit_code == 2


def test_templates(on_sandbox: OnSandbox) -> None:
    on_sandbox.client.pages.create("templates/meeting", title="{{title}}", content="{{topic}} {{open}} {{path}}\n")
    assert on_sandbox("pages", "templates", "list").stdout.startswith("meeting\t")
    shown = json.loads(on_sandbox("pages", "templates", "show", "meeting", "--json").stdout)
    assert shown["places"] == ["title", "topic", "open", "path"]
    line = ("pages", "templates", "use", "meeting", "meetings/one", "--title", "One", "--set", "topic=Boats")
    result = on_sandbox(*line)
    assert result.exit_code == 0, result.output
    assert result.stderr == "Places without a text: open.\n"
    assert content(on_sandbox, "meetings/one") == "Boats {{open}} meetings/one\n"
    assert on_sandbox("pages", "templates", "use", "kitchen", "kitchen-two", "--draft").exit_code == 0
    assert on_sandbox("pages", "templates", "use", "meeting", "meetings/two", "--set", "x").exit_code == 2
    missing = on_sandbox("pages", "templates", "use", "meting", "meetings/two")
    assert "There is no template templates/meting, nor a page meting." in missing.stderr
    assert "`wikijs pages templates list`" in missing.stderr


@pytest.fixture
def linked(on_sandbox: OnSandbox) -> OnSandbox:
    on_sandbox.client.pages.create("old/one", title="One", content="[two](/old/two)\n")
    on_sandbox.client.pages.create("old/two", title="Two", content="Text.\n")
    on_sandbox.client.pages.create("index-of-all", title="All", content="[one](/old/one) [two](/en/old/two)\n")
    return on_sandbox


def test_links_follow_a_page(linked: OnSandbox) -> None:
    plan = linked("pages", "move", "old/two", "new/two", "--dry-run")
    assert plan.stderr == "2 links on 2 pages would follow: en/old/one, en/index-of-all.\n"
    assert "en/old/two\ten/new/two" in plan.stdout
    assert linked.client.pages.exists("old/two")
    result = linked("pages", "move", "old/two", "new/two")
    assert result.exit_code == 0
    assert result.stderr == "2 links on 2 pages will follow: en/old/one, en/index-of-all.\n"
    assert content(linked, "index-of-all") == "[one](/old/one) [two](/en/new/two)\n"
    assert linked("pages", "move", "new/two", "old/two", "--no-links").stderr == ""
    assert content(linked, "index-of-all") == "[one](/old/one) [two](/en/new/two)\n"
    shown = linked("pages", "mend-links", "new/two", "old/two", "--dry-run")
    assert "+[one](/old/one) [two](/en/old/two)" in shown.stdout
    assert (
        json.loads(linked("pages", "mend-links", "new/two", "old/two", "--dry-run", "--json").stdout)[0]["count"] == 1
    )
    assert linked("pages", "mend-links", "new/two", "old/two").exit_code == 0
    assert content(linked, "index-of-all") == "[one](/old/one) [two](/en/old/two)\n"


def test_links_follow_a_folder(linked: OnSandbox, tmp_path: Path) -> None:
    line = ("pages", "move-tree", "old", "new/place", "--yes", "--journal", str(tmp_path / "moves"))
    result = linked(*line)
    assert result.exit_code == 0, result.output
    assert "3 links on 2 pages will follow" in result.stderr
    assert content(linked, "index-of-all") == "[one](/new/place/one) [two](/en/new/place/two)\n"
    assert content(linked, "new/place/one") == "[two](/new/place/two)\n"
    assert linked(*line).exit_code == 0


def test_links_that_cannot_be_read_are_told_before_anything_moves(
    linked: OnSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise exc.PageContentForbiddenError("The content of page 7 may not be read.")

    monkeypatch.setattr(type(linked.client.pages), "find_links_to_mend", refuse)
    refused = linked("pages", "move", "old/two", "new/two")
    assert (refused.exit_code, "Give --no-links" in refused.stderr) == (1, True)
    assert linked.client.pages.exists("old/two")
    assert linked("pages", "move", "old/two", "new/two", "--no-links").exit_code == 0


def test_addresses(on_sandbox: OnSandbox) -> None:
    url = on_sandbox.sandbox.url
    assert on_sandbox("pages", "get", f"{url}/en/kitchen", "--json", "path").stdout == '{\n  "path": "kitchen"\n}\n'
    assert on_sandbox("comments", "list", f"{url}/kitchen").exit_code == 0
    assert on_sandbox("pages", "history", f"{url}/h/en/kitchen").exit_code == 0
    page = on_sandbox("access", "page", f"{url}/en/kitchen")
    assert (page.exit_code, page.stderr) == (0, "")
    asset = on_sandbox("access", "page", f"{url}/img/x.png", "--asset", "--json")
    assert asset.stdout == on_sandbox("access", "page", "/img/x.png", "--asset", "--json").stdout
    refused = on_sandbox("pages", "get", "https://other.example.com/en/kitchen")
    assert "is no address of the wiki" in refused.stderr


def test_places_and_folders_may_be_addresses_too(on_sandbox: OnSandbox) -> None:
    url = on_sandbox.sandbox.url
    made = on_sandbox("pages", "create", f"{url}/fr/neuf", "--title", "N", "--content", "x", "--json", "locale,path")
    assert json.loads(made.stdout) == {"locale": "fr", "path": "neuf"}
    assert on_sandbox("pages", "upsert", f"{url}/en/kitchen", "--content", "y").stdout.startswith("Page ")
    assert on_sandbox.client.pages.get_by_path("kitchen").content == "y"
    assert "(en/copied)" in on_sandbox("pages", "copy", "kitchen", f"{url}/en/copied").stdout
    assert "en/moved" in on_sandbox("pages", "move", "copied", f"{url}/en/moved").stdout
    assert on_sandbox("pages", "move-tree", f"{url}/en/handbook", f"{url}/en/manual", "--yes").exit_code == 0
    assert on_sandbox.client.pages.exists("manual/first-week")
    for command in (("pages", "list", "--folder"), ("pages", "grep", "the", "--folder"), ("pages", "tree")):
        for folder in (f"{url}/en/manual", f"{url}/manual/"):
            assert on_sandbox(*command, folder).stdout == on_sandbox(*command, "manual").stdout != ""
    assert "(7 pages" not in on_sandbox("report", "lint", "--folder", f"{url}/en/nowhere").stderr
    of_folder = on_sandbox("report", "lint", "--folder", "manual").stderr
    assert of_folder == on_sandbox("report", "lint", "--folder", f"{url}/en/manual").stderr
    exported = on_sandbox("pages", "export", "-", "--page", f"{url}/en/manual").stdout
    assert "title: Handbook" in exported
    assert "says no path" in on_sandbox("pages", "move", "kitchen", f"{url}/i/3").stderr
    assert "is no address of the wiki" in on_sandbox("pages", "list", "--folder", "https://x.example.com/a").stderr


@pytest.mark.parametrize(
    ("address", "locale", "folder", "found"),
    [
        ("docs/a", None, False, ("docs/a", None)),
        ("docs/a", "fr", False, ("docs/a", "fr")),
        ("http://w/docs/a/", None, False, ("docs/a", None)),
        ("http://w/en/docs/a?x=1#y", None, False, ("docs/a", "en")),
        ("http://w/e/fr/docs", None, False, ("docs", "fr")),
        ("http://w/", None, True, ("", None)),
        ("http://w/fr", None, True, ("", "fr")),
        ("http://w/fr/home", None, True, ("home", "fr")),
        ("http://w/fr/home/", None, False, ("home", "fr")),
    ],
)
def test_where_an_address_is(address: str, locale: str | None, folder: bool, found: tuple[str, str | None]) -> None:
    assert of_place(address, locale, "http://w", folder=folder) == found


def test_an_address_in_another_locale_than_was_asked_for_is_refused() -> None:
    with pytest.raises(PageIllegalPathError, match="says locale 'fr'"):
        of_place("http://w/fr/docs", "en", "http://w")


def test_folders_of_the_wiki_are_given_by_pasted_addresses(on_sandbox: OnSandbox, tmp_path: Path) -> None:
    wiki = on_sandbox.client.url
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "new.md").write_text("# New\n\nSome text.\n")
    assert on_sandbox("publish", str(docs), "--to", f"{wiki}/en/product/docs").exit_code == 0
    assert on_sandbox("publish", str(docs), "--to", f"{wiki}/fr/product/docs").exit_code == 0
    assert on_sandbox("pages", "import", str(docs), "--prefix", f"{wiki}/en/imported/here/").exit_code == 0
    assert on_sandbox("pages", "import", str(docs), "--prefix", f"{wiki}/").exit_code == 0
    assert (
        on_sandbox("pages", "import", str(docs), "--from", "markdown", "--prefix", f"{wiki}/converted").exit_code == 0
    )
    assert on_sandbox("sync", str(docs), "--folder", f"{wiki}/en/synced").exit_code == 0
    assert {"en/product/docs/new", "fr/product/docs/new", "en/imported/here/new", "en/new"} <= placed(on_sandbox)
    assert {"en/converted/new", "en/synced/new"} <= placed(on_sandbox)
    backup = on_sandbox("backup", str(tmp_path / "backups"))
    assert backup.exit_code == 0
    on_sandbox.client.pages.delete(on_sandbox.client.pages.get_by_path("synced/new").id)
    on_sandbox.client.pages.delete(on_sandbox.client.pages.get_by_path("imported/here/new").id)
    restored = on_sandbox(
        "restore", str(tmp_path / "backups"), "--folder", f"{wiki}/en/synced", "--only", "pages", "--yes"
    )
    assert restored.exit_code == 0, restored.stderr
    assert "en/synced/new" in placed(on_sandbox)
    assert "en/imported/here/new" not in placed(on_sandbox)
    listed = on_sandbox("pages", "templates", "list", "--folder", f"{wiki}/en/product", "--json")
    assert [row["name"] for row in json.loads(listed.stdout)] == ["docs/new"]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (["publish", "DOCS", "--to", "https://other.example.com/en/docs"], 1),
        (["pages", "import", "DOCS", "--prefix", "https://other.example.com/en/docs"], 1),
        (["pages", "import", "DOCS", "--from", "markdown", "--prefix", "https://other.example.com/en/docs"], 1),
        (["sync", "DOCS", "--folder", "https://other.example.com/en/docs"], 1),
    ],
)
def test_a_folder_of_another_wiki_is_refused_in_one_sentence(
    on_sandbox: OnSandbox, tmp_path: Path, line: list[str], code: int
) -> None:
    (tmp_path / "new.md").write_text("# New\n")
    before = placed(on_sandbox)
    found = on_sandbox(*(str(tmp_path) if word == "DOCS" else word for word in line))
    assert "https://other.example.com/en/docs is no address of the wiki" in found.stderr
    assert (found.exit_code, found.stdout) == (code, "")
    assert placed(on_sandbox) == before
    for command, option in ((["sync"], "--folder"), (["pages", "import"], "--prefix")):
        other = on_sandbox(*command, str(tmp_path), option, f"{on_sandbox.client.url}/fr/docs")
        assert "is in locale 'fr'" in other.stderr


def placed(on_sandbox: OnSandbox) -> set[str]:
    return {f"{page.locale}/{page.path}" for page in on_sandbox.client.pages.list()}
