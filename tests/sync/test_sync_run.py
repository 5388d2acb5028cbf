"""Whole runs on the sandbox: who may do what, what is refused, and what is left as it is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from wikijs_generated.enums import PageRuleMatch
from wikijs_generated.input_types import PageRuleInput

from tests.sync.conftest import Scene
from tests.sync.killing import Killed, killed_at
from wikijs import WikiJSClient, ops
from wikijs import exceptions as exc
from wikijs.sync.model import Layout
from wikijs.sync.run import ManyDeletionsError, Report, synchronise, watch

ALL = ("read:pages", "read:source", "write:pages", "manage:pages", "delete:pages", "write:scripts", "write:styles")


class Limited:
    """A caller whose key has these permissions in these page rules."""

    def __init__(self, scene: Scene, *permissions: str) -> None:
        self._client = scene.client
        group = scene.client.execute(ops.groups_create("limited")).group
        assert group is not None
        self._group = group.id
        self.set_rules(permissions, "")
        made = scene.client.execute(
            ops.authentication_create_api_key("limited", expiration="1y", full_access=False, group=self._group)
        )
        self.client = scene.sandbox.client(made.key)

    def set_rules(self, permissions: tuple[str, ...], path: str, *, everywhere: tuple[str, ...] | None = None) -> None:
        """Allow these below a path, and globally these or others."""
        rule = PageRuleInput(
            id="1", deny=False, match=PageRuleMatch.START, roles=list(permissions), path=path, locales=[]
        )
        self._client.execute(
            ops.groups_update(
                self._group,
                name="limited",
                redirect_on_login="/",
                permissions=list(permissions if everywhere is None else everywhere),
                page_rules=[rule],
            )
        )


@pytest.fixture
def limited(scene: Scene) -> Iterator[Limited]:
    """One who may do everything with pages."""
    made = Limited(scene, *ALL)
    yield made
    made.client.close()


def filled(scene: Scene, client: WikiJSClient | None = None) -> dict[str, str]:
    """Three pages, and their files."""
    for name in ("docs/one", "docs/two", "private/three"):
        scene.create(name)
    assert synchronise(client or scene.client, scene.folder).is_whole
    return scene.files()


# Nothing is deleted because somebody sees less than before.


def test_front_matter_that_was_mended_is_told_with_the_change(scene: Scene) -> None:
    scene.write("odd.md", "---\ntitle: Foo: bar\n---\n\nx\n")
    (note,) = scene.sync().notes
    assert note.startswith("odd.md: Its front matter is broken: ")
    assert scene.sync().notes == []


def test_a_guest_deletes_nothing(scene: Scene) -> None:
    files = filled(scene)
    with scene.sandbox.client(guest=True) as guest, pytest.raises(exc.AuthenticationRequiredError, match="a guest"):
        synchronise(guest, scene.folder)
    assert scene.files() == files


def test_a_revoked_key_deletes_nothing(scene: Scene, limited: Limited) -> None:
    files = filled(scene, limited.client)
    key = next(key for key in scene.client.execute(ops.authentication_api_keys()) if key.name == "limited")
    scene.client.execute(ops.authentication_revoke_api_key(key.id))
    with pytest.raises(exc.AuthenticationError):
        synchronise(limited.client, scene.folder)
    assert scene.files() == files


def test_a_caller_who_may_not_read_pages_any_more_deletes_nothing(scene: Scene, limited: Limited) -> None:
    files = filled(scene, limited.client)
    limited.set_rules(ALL, "", everywhere=())
    with pytest.raises(exc.PermissionDeniedError):
        synchronise(limited.client, scene.folder)
    assert scene.files() == files


def test_pages_that_page_rules_hide_now_are_left_alone_on_both_sides(scene: Scene, limited: Limited) -> None:
    files = filled(scene, limited.client)
    limited.set_rules(ALL, "docs")
    scene.write("private/three.md", "edited meanwhile\n")
    report = synchronise(limited.client, scene.folder)
    assert [(blocked.place, blocked.reason) for blocked in report.blocked] == [
        ("en/private/three", "the wiki does not show it to this caller")
    ]
    assert not report.changes
    assert scene.files() == files | {"private/three.md": "edited meanwhile\n"}
    limited.set_rules(ALL, "")
    assert synchronise(limited.client, scene.folder).is_whole
    assert scene.wiki()["en/private/three"] == "edited meanwhile\n"


def test_a_page_that_is_listed_but_may_not_be_read_is_left_alone(scene: Scene, limited: Limited) -> None:
    filled(scene, limited.client)
    scene.edit("docs/one", "a new text\n")
    limited.set_rules(("read:pages", "manage:pages"), "", everywhere=("read:pages", "manage:pages"))
    report = synchronise(limited.client, scene.folder)
    assert [blocked.place for blocked in report.blocked] == ["en/docs/one"]
    assert "cannot be read whole" in report.blocked[0].reason
    assert not report.changes


def test_another_caller_is_told(scene: Scene, limited: Limited) -> None:
    filled(scene)
    note, other = synchronise(limited.client, scene.folder).notes
    assert "The last run was made as API key 1, this one as API key 2" in note
    assert "takes read:assets" in other
    assert not synchronise(limited.client, scene.folder).notes


def test_a_page_that_may_not_be_written_fails_and_the_others_go_on(scene: Scene, limited: Limited) -> None:
    filled(scene, limited.client)
    limited.set_rules(("read:pages", "read:source", "write:pages"), "", everywhere=ALL)
    scene.write("docs/one.md", "ours\n")
    (scene.folder / "docs/two.md").unlink()
    scene.write("docs/new.md", "# New\n")
    report = synchronise(limited.client, scene.folder)
    assert not report.is_whole
    assert {failure.action.kind.value for failure in report.failures} == {"update-page", "delete-page"}
    assert {"en/docs/one", "en/docs/two"} <= {str(failure.action.place) for failure in report.failures}
    assert [action.kind.value for action in report.changes] == ["create-page"]
    assert scene.wiki() == {
        "en/docs/one": "old\n",
        "en/docs/two": "old\n",
        "en/private/three": "old\n",
        "en/docs/new": "# New\n",
    }


# Many deletions.


@pytest.mark.parametrize(("count", "gone", "asks"), [(20, 10, False), (20, 11, True), (30, 15, False), (3, 3, True)])
def test_deletions_that_may_be_a_mistake_are_not_done_unasked(scene: Scene, count: int, gone: int, asks: bool) -> None:
    for number in range(count):
        scene.create(f"page-{number}")
    scene.sync()
    for number in range(gone):
        (scene.folder / f"page-{number}.md").unlink()
    if asks:
        with pytest.raises(
            ManyDeletionsError, match=f"would delete {gone} pages of the wiki, of {count} pages"
        ) as told:
            scene.sync()
        assert (told.value.files, told.value.pages, told.value.known) == (0, gone, count)
        assert len(scene.wiki()) == count
    assert scene.sync(allow_many_deletions=True).is_whole
    assert len(scene.wiki()) == count - gone


def test_an_empty_wiki_does_not_empty_the_folder(scene: Scene) -> None:
    files = filled(scene)
    for page in scene.client.pages.list():
        scene.client.pages.delete(page.id)
    with pytest.raises(ManyDeletionsError, match="3 files, of 3 pages"):
        scene.sync()
    assert scene.files() == files


# What happens between looking and doing.


def meanwhile(monkeypatch: pytest.MonkeyPatch, act: Any) -> None:
    """Do something after both sides were read."""
    from wikijs.sync import run

    plan = run.plan

    def planned(*args: Any, **options: Any) -> Any:
        found = plan(*args, **options)
        act()
        return found

    monkeypatch.setattr(run, "plan", planned)


def test_a_page_edited_meanwhile_is_not_overwritten(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(scene)
    scene.write("docs/one.md", "ours\n")
    with monkeypatch.context() as patched:
        meanwhile(patched, lambda: scene.edit("docs/one", "theirs\n"))
        report = scene.sync()
    assert "was changed meanwhile" in str(report.failures[0].error)
    assert scene.wiki()["en/docs/one"] == "theirs\n"
    assert scene.sync().conflicts == 1


def test_a_page_edited_meanwhile_is_not_deleted(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(scene)
    (scene.folder / "docs/one.md").unlink()
    with monkeypatch.context() as patched:
        meanwhile(patched, lambda: scene.edit("docs/one", "theirs\n"))
        assert len(scene.sync().failures) == 1
    assert scene.sync().is_whole
    assert scene.files()["docs/one.md"] == "theirs\n"


def test_a_page_that_was_only_touched_meanwhile_is_updated(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(scene)
    scene.write("docs/one.md", "ours\n")
    with monkeypatch.context() as patched:
        meanwhile(patched, lambda: scene.client.pages.render(scene.client.pages.get_by_path("docs/one").id))
        assert scene.sync().is_whole
    assert scene.wiki()["en/docs/one"] == "ours\n"


def test_a_file_edited_meanwhile_is_not_overwritten(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(scene)
    scene.edit("docs/one", "theirs\n")
    scene.client.pages.delete(scene.client.pages.get_by_path("docs/two").id)
    scene.client.pages.move(scene.client.pages.get_by_path("private/three").id, "private/four")

    def edit() -> None:
        scene.write("docs/one.md", "ours\n")
        scene.write("docs/two.md", "ours\n")
        scene.write("private/four.md", "ours\n")

    with monkeypatch.context() as patched:
        meanwhile(patched, edit)
        report = scene.sync()
    assert [str(failure.error).partition(" meanwhile")[0] for failure in report.failures] == [
        "docs/one.md was changed",
        "private/four.md was made",
        "docs/two.md was changed",
    ]
    assert [scene.files()[name] for name in ("docs/one.md", "docs/two.md", "private/four.md")] == ["ours\n"] * 3


def test_an_outage_ends_the_run_and_the_next_one_goes_on(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        scene.write(f"page-{number}.md", f"# {number}\n")
    create, made = scene.client.pages.create, 0

    def failing(*args: Any, **options: Any) -> Any:
        nonlocal made
        made += 1
        if made == 2:
            raise exc.TransportError("The wiki cannot be reached.")
        return create(*args, **options)

    with monkeypatch.context() as patched:
        patched.setattr(scene.client.pages, "create", failing)
        with pytest.raises(exc.TransportError):
            scene.sync()
    assert len(scene.wiki()) == 1
    assert scene.sync().is_whole
    assert len(scene.wiki()) == 3


def test_a_file_that_cannot_be_written_is_told(scene: Scene) -> None:
    scene.create("docs/one")
    scene.write("docs.md", "# A file\n")
    (scene.folder / "docs").write_text("not a folder")
    report = scene.sync()
    assert "docs/one.md cannot be written: " in str(report.failures[0].error)
    assert "en/docs" in scene.wiki()


def batch_after(monkeypatch: pytest.MonkeyPatch, scene: Scene, act: Any) -> None:
    """Do something after pages were listed and before they are read."""
    batch = scene.client.batch

    def acting(*operations: Any, **options: Any) -> Any:
        act()
        return batch(*operations, **options)

    monkeypatch.setattr(scene.client, "batch", acting)


def test_a_page_deleted_after_it_was_listed_is_left_to_the_next_run(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    page_id = scene.create("docs/one")
    with monkeypatch.context() as patched:
        batch_after(patched, scene, lambda: scene.client.pages.delete(page_id))
        assert scene.sync().blocked[0].reason == "it was deleted meanwhile"
    assert scene.sync().is_whole
    assert scene.files() == {}


@pytest.mark.parametrize("missing", [False, True])
def test_an_outage_while_pages_are_read_changes_nothing(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, missing: bool
) -> None:
    files = filled(scene)
    page = scene.client.pages.get_by_path("docs/one")
    if missing:
        scene.client.pages.delete(page.id)
    else:
        scene.client.pages.update(page.id, content="theirs\n")
    error = exc.TransportError("The wiki cannot be reached.")
    with monkeypatch.context() as patched:
        patched.setattr(scene.client, "batch", lambda *operations, **_: [error] * len(operations))
        with pytest.raises(exc.TransportError):
            scene.sync()
    assert scene.files() == files


def test_what_a_killed_run_left_half_written_is_removed(scene: Scene) -> None:
    filled(scene)
    (scene.folder / "docs/.wikijs-sync-4711").write_text("half")
    assert scene.sync().is_whole
    assert not (scene.folder / "docs/.wikijs-sync-4711").exists()


def test_a_file_of_another_kind_takes_the_place_of_the_old_one(scene: Scene) -> None:
    page_id = scene.create("docs/one", "# One\n")
    scene.sync()
    scene.client.pages.update(page_id, editor="code", content="<h1>One</h1>")
    with killed_at(1), pytest.raises(Killed):
        scene.sync()
    assert sorted(scene.files()) == ["docs/one.html", "docs/one.md"]
    assert [action.kind.value for action in scene.sync().done] == ["tidy", "record"]
    assert scene.files() == {"docs/one.html": "<h1>One</h1>"}
    assert not scene.sync().done


def test_a_file_renamed_to_another_kind_converts_its_page(scene: Scene) -> None:
    page_id = scene.create("docs/one", "# One\n")
    scene.sync()
    (scene.folder / "docs/one.md").unlink()
    (scene.folder / "docs/one.html").write_text("<h1>Rewritten</h1>")
    assert scene.sync().is_whole
    page = scene.client.execute(ops.pages_single_for_editor(page_id))
    assert (page.content, page.editor, page.title) == ("<h1>Rewritten</h1>", "ckeditor", "one")
    assert not scene.sync().changes


def test_a_page_moved_under_another_title_is_followed_in_one_step(scene: Scene) -> None:
    page_id = scene.create("docs/one")
    scene.client.pages.update(page_id, title="A title")
    scene.sync()
    scene.client.pages.move(page_id, "docs/two")
    assert [action.kind.value for action in scene.sync().done] == ["move-file"]
    assert not scene.sync().done
    (scene.folder / "docs/two.md").rename(scene.folder / "docs/three.md")
    assert [action.kind.value for action in scene.sync().changes] == ["move-page"]
    assert scene.client.pages.get(page_id).title == "A title"


# What is kept.


def test_everything_that_a_page_has_travels(scene: Scene) -> None:
    everything = {
        "description": "What: it # is",
        "tags": ["b", "a"],
        "is_published": False,
        "publish_start_date": "2026-01-01T00:00:00.000Z",
        "publish_end_date": "2027-01-01T00:00:00.000Z",
        "script_css": "h1{color:red}",
        "script_js": "<script>1</script>",
    }
    page_id = scene.create("docs/one", "text\n", **everything)
    before = scene.client.execute(ops.pages_single_for_editor(page_id))
    assert scene.sync().is_whole
    scene.client.pages.delete(page_id)
    scene.write("docs/one.md", "text, edited\n")
    assert scene.sync().is_whole
    after = scene.client.execute(ops.pages_single_for_editor(scene.client.pages.get_by_path("docs/one").id))
    ignored = {"id", "content", "render", "created_at", "updated_at", "tags", "toc"}
    assert after.content == "text, edited\n"
    assert after.model_dump(exclude=ignored) == before.model_dump(exclude=ignored)
    assert sorted(tag.tag for tag in after.tags) == ["a", "b"]


def test_what_a_header_does_not_say_stays_as_it_is(scene: Scene) -> None:
    page_id = scene.create("docs/one", "text\n", description="kept", tags=["kept"], script_css="h1{color:red}")
    scene.sync()
    (scene.folder / "docs/one.md").write_text("# Bare text\n")
    assert scene.sync().is_whole
    after = scene.client.execute(ops.pages_single_for_editor(page_id))
    assert (after.title, after.description, after.content) == ("one", "kept", "# Bare text\n")
    assert (after.script_css, [tag.tag for tag in after.tags]) == ("h1{color:red}", ["kept"])
    assert not scene.sync().changes


def test_an_empty_value_of_a_header_removes_what_the_page_has(scene: Scene) -> None:
    page_id = scene.create("docs/one", "text\n", description="to go", tags=["to-go"])
    scene.sync()
    file = scene.folder / "docs/one.md"
    file.write_text(file.read_text().replace("description: to go", "description:").replace("tags: to-go", "tags:"))
    assert scene.sync().is_whole
    after = scene.client.pages.get(page_id)
    assert (after.description, after.tags) == ("", [])


def test_changes_of_different_parts_are_merged(scene: Scene) -> None:
    page_id = scene.create("docs/one", "text\n", tags=["old"])
    scene.sync()
    scene.write("docs/one.md", "ours\n")
    scene.client.pages.update(page_id, tags=["new"], title="Theirs")
    report = scene.sync()
    assert [action.kind.value for action in report.done] == ["merge"]
    assert "title: Theirs" in (scene.folder / "docs/one.md").read_text()
    after = scene.client.pages.get(page_id)
    assert (after.content, after.title, [tag.tag for tag in after.tags]) == ("ours\n", "Theirs", ["new"])
    assert not scene.sync().changes


def test_different_changes_of_one_part_are_a_conflict(scene: Scene) -> None:
    page_id = scene.create("docs/one", "text\n", tags=["old"])
    scene.sync()
    file = scene.folder / "docs/one.md"
    file.write_text(file.read_text().replace("title: one", "title: Ours").replace("text\n", "ours\n"))
    scene.client.pages.update(page_id, title="Theirs", tags=["new"])
    assert scene.sync().conflicts == 1
    assert scene.client.pages.get(page_id).title == "Theirs"


def test_a_title_stays_when_its_file_is_moved(scene: Scene) -> None:
    page_id = scene.create("docs/one")
    scene.sync()
    (scene.folder / "docs/one.md").rename(scene.folder / "docs/other.md")
    assert scene.sync().is_whole
    after = scene.client.pages.get(page_id)
    assert (after.path, after.title) == ("docs/other", "one")
    assert not scene.sync().changes


def test_html_and_locales_have_files_of_their_own(scene: Scene) -> None:
    row = scene.sandbox.db.one("SELECT * FROM locales")
    assert row is not None
    scene.sandbox.db.put("locales", {**row, "code": "fr"})
    scene.sandbox.db.save_setting("localization", {"namespacing": True, "namespaces": ["en", "fr"]})
    scene.create("docs/one", "<p>html</p>", editor="code")
    scene.create("docs/two", "= Title", editor="asciidoc", locale="fr")
    assert scene.sync().is_whole
    assert sorted(scene.files()) == ["docs/one.html", "fr/docs/two.adoc"]
    scene.write("fr/docs/three.md", "# Trois\n")
    assert scene.sync().is_whole
    assert "fr/docs/three" in scene.wiki()


def test_hidden_files_and_files_that_are_no_pages_are_passed_over(scene: Scene) -> None:
    for name in ("notes.txt", ".hidden.md", ".git/a.md", ".git/logo.png"):
        (scene.folder / name).parent.mkdir(exist_ok=True)
        (scene.folder / name).write_text("x")
    (scene.folder / "link.md").symlink_to(scene.folder / ".hidden.md")
    report = scene.sync()
    assert report.is_whole
    assert not report.changes
    assert scene.wiki() == {}


def test_two_pages_at_one_path_are_left_to_a_person(scene: Scene) -> None:
    scene.create("docs/one")
    row = scene.sandbox.db.one("SELECT * FROM pages")
    assert row is not None
    scene.sandbox.db.put("pages", {**row, "id": row["id"] + 5})
    report = scene.sync()
    assert "the wiki has two pages at en/docs/one, with the ids 1 and 6" in report.blocked[0].reason
    assert scene.files() == {}


def test_a_page_that_cannot_be_a_file_is_named(scene: Scene) -> None:
    page_id = scene.create("docs/one")
    scene.sandbox.db.run("UPDATE pages SET path = 'xy/one' WHERE id = ?", page_id)
    report = scene.sync()
    assert "cannot be a file: xy/one.md would be another page" in report.blocked[0].reason


def test_an_empty_file_is_not_pushed_and_not_a_deletion(scene: Scene) -> None:
    filled(scene)
    (scene.folder / "docs/one.md").write_text("")
    report = scene.sync()
    assert "docs/one.md has no content" in report.blocked[0].reason
    assert scene.wiki()["en/docs/one"] == "old\n"


def test_a_conflict_file_that_somebody_worked_in_is_not_removed(scene: Scene) -> None:
    filled(scene)
    scene.edit("docs/one", "theirs\n")
    scene.write("docs/one.md", "ours\n")
    scene.sync()
    beside = next(scene.folder.glob("docs/*.conflict-*"))
    beside.write_text("notes of mine")
    assert scene.sync(rule="ours").is_whole
    assert beside.read_text() == "notes of mine"
    scene.edit("docs/one", "theirs again\n")
    assert scene.sync().is_whole


# Watching.


class Clock:
    """Sleeps without time passing; calls what is to happen meanwhile."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *events: Any) -> None:
        self.events = list(events)
        self.naps: list[float] = []
        monkeypatch.setattr("wikijs.sync.run.sleep", self.sleep)

    def sleep(self, seconds: float) -> None:
        self.naps.append(seconds)
        if self.events and (event := self.events.pop(0)) is not None:
            event()


def test_watching_runs_as_soon_as_a_file_changed_and_rests(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(scene)
    clock = Clock(monkeypatch, None, lambda: scene.write("docs/one.md", "ours\n"), None)
    runs = watch(scene.sync, scene.folder, interval=60)
    assert isinstance(next(runs), Report)
    report = next(runs)
    assert isinstance(report, Report)
    assert [action.kind.value for action in report.changes] == ["update-page"]
    assert len(clock.naps) == 3


def test_watching_looks_at_the_wiki_now_and_then(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(scene)
    clock = Clock(monkeypatch, lambda: scene.edit("docs/one", "theirs\n"))
    runs = watch(scene.sync, scene.folder, interval=5)
    next(runs)
    report = next(runs)
    assert isinstance(report, Report)
    assert [action.kind.value for action in report.changes] == ["write-file"]
    assert sum(clock.naps) == 5


def test_watching_survives_an_outage(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    outcomes = iter([exc.TransportError("gone"), None])

    def once() -> Report:
        if (error := next(outcomes)) is not None:
            raise error
        return scene.sync()

    clock = Clock(monkeypatch)
    runs = watch(once, scene.folder, interval=1)
    assert isinstance(next(runs), exc.TransportError)
    assert isinstance(next(runs), Report)
    assert clock.naps == [1.0]


# The folder's state.


def test_a_folder_belongs_to_one_wiki_and_one_process(scene: Scene) -> None:
    from wikijs.sync.state import State

    filled(scene)
    with pytest.raises(exc.ConfigurationError, match="not to http://other"):
        State(scene.folder, "http://other", Layout("en"))
    with pytest.raises(exc.ConfigurationError, match="belongs to the main locale en, not to fr"):
        State(scene.folder, scene.sandbox.url, Layout("fr"))
    with State(scene.folder, scene.sandbox.url, Layout("en")):
        with pytest.raises(exc.ConfigurationError, match="is being synchronised by another process"):
            scene.sync()
        with pytest.raises(exc.ConfigurationError, match="is being synchronised by another process"):
            scene.sync(dry_run=True)
    assert scene.sync().is_whole


def test_a_state_that_is_none_or_of_a_later_release_is_refused(scene: Scene) -> None:
    import sqlite3

    file = scene.folder / ".wikijs-sync.db"
    file.write_text("something else, and long enough not to be taken for an empty file")
    with pytest.raises(exc.ConfigurationError, match="is no state of a synchronisation"):
        scene.sync()
    file.unlink()
    filled(scene)
    with sqlite3.connect(file) as state:
        state.execute("PRAGMA user_version = 7")
    state.close()
    with pytest.raises(exc.ConfigurationError, match="later release"):
        scene.sync()


def test_a_state_with_changed_bytes_is_refused_or_changes_nothing(scene: Scene) -> None:
    for number in range(12):
        scene.create(f"docs/page-{number}", "text\n" * 200)
    scene.sync()
    file, lot = scene.folder / ".wikijs-sync.db", Random(1)
    whole, files, wiki = file.read_bytes(), scene.files(), scene.wiki()
    refused = 0
    for _ in range(30):
        damaged = bytearray(whole)
        for _ in range(lot.choice((1, 3, 20))):
            at = lot.randrange(100, len(whole) - 200)
            damaged[at : at + 200] = lot.randbytes(200)
        with file.open("r+b") as opened:  # the same file: another one would be set aside
            opened.write(damaged)
        try:
            scene.sync(dry_run=True)
        except exc.ConfigurationError as error:
            refused += ".wikijs-sync.db" in error.message
    assert refused > 10
    assert (scene.files(), scene.wiki()) == (files, wiki)


def test_without_its_state_a_folder_is_compared_anew_and_nothing_is_deleted(scene: Scene) -> None:
    files = filled(scene)
    (scene.folder / ".wikijs-sync.db").unlink()
    scene.write("docs/one.md", "ours\n")
    (scene.folder / "docs/two.md").unlink()
    report = scene.sync()
    assert report.conflicts == 1
    assert {action.kind.value for action in report.done} == {"record", "conflict", "write-file"}
    assert files.keys() <= scene.files().keys()


def test_a_folder_that_cannot_hold_a_state_is_refused(scene: Scene) -> None:
    (scene.folder / ".wikijs-sync.db").mkdir()
    with pytest.raises(exc.ConfigurationError, match="cannot be opened or written"):
        scene.sync()


def test_a_folder_behind_a_link_is_not_written(scene: Scene, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (scene.folder / "docs").symlink_to(tmp_path / "outside")
    scene.create("docs/one")
    report = scene.sync()
    assert "docs/one.md leads out of the folder" in str(report.failures[0].error)
    assert not list((tmp_path / "outside").iterdir())


def test_a_second_conflict_of_the_same_second_gets_a_name_of_its_own(scene: Scene) -> None:
    from wikijs.sync.folder import Folder

    folder = Folder(scene.folder)
    folder.write("a.conflict-1.md", b"one")
    assert folder.free_name("a.conflict-1.md", b"one") == "a.conflict-1.md"
    assert folder.free_name("a.conflict-1.md", b"two") == "a.conflict-1-2.md"


def test_names_that_only_some_disks_tell_apart_are_told_once(scene: Scene) -> None:
    scene.create("Notes/one")
    scene.create("notes/two")
    said = "Notes and notes are one and the same on disks that ignore upper and lower case; rename one of them."
    assert said in scene.sync().notes
    assert scene.sync().notes == []
    scene.create("elsewhere")
    assert scene.sync().notes == []


def test_a_folder_can_be_a_part_of_the_wiki(scene: Scene) -> None:
    scene.create("product/docs/intro")
    scene.create("product/docs")
    away = scene.create("elsewhere")
    (scene.folder / "img").mkdir()
    (scene.folder / "img/x.md").write_text("# Legal below a path\n")
    report = scene.sync(below="/product/docs/")
    assert {action.file for action in report.changes} == {"intro.md", "img/x.md"}
    assert set(scene.wiki()) == {"en/product/docs", "en/product/docs/intro", "en/elsewhere", "en/product/docs/img/x"}
    scene.write("intro.md", "changed\n")
    scene.client.pages.delete(away)
    assert [action.kind.value for action in scene.sync(below="product/docs").changes] == ["update-page"]
    assert scene.wiki()["en/product/docs/intro"] == "changed\n"
    page = scene.client.pages.get_by_path("product/docs/intro").id
    scene.client.pages.move(page, "product/docs/renamed")
    assert {action.file for action in scene.sync(below="product/docs").changes} == {"renamed.md"}
    scene.client.pages.move(page, "outside/intro")
    blocked = scene.sync(below="product/docs")
    assert ["to where this folder does not reach" in each.reason for each in blocked.blocked] == [True]
    with pytest.raises(exc.ConfigurationError, match="belongs to the path product/docs, not to /"):
        scene.sync()
    with pytest.raises(exc.PageIllegalPathError):
        scene.sync(below="a.b")


def test_a_folder_that_was_the_whole_wiki_is_no_part_of_it(scene: Scene) -> None:
    scene.create("product/docs/intro")
    scene.sync()
    with pytest.raises(exc.ConfigurationError, match="belongs to the path /, not to product"):
        scene.sync(below="product")
