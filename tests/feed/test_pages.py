"""What each change of a page is told as."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from wikijs import ops
from wikijs.feed import PageDeleted, PageEvent, PageHidden, PageMoved, PageTagged, PageUpdated

from .conftest import Scene, only_page, told, types

STORES = ("sqlite", "postgres")
"""The same on a file and on PostgreSQL."""


def test_the_first_look_tells_nothing_but_that_it_began(scene: Scene) -> None:
    scene.create("page-a")
    scene.create("page-b")
    [event] = scene.feed().poll()
    assert event.type == "feed.started"
    assert event.data.pages == 2


def test_the_first_look_tells_of_all_pages_where_that_is_wanted(scene: Scene) -> None:
    first, second = scene.create("page-a"), scene.create("page-b")
    events = scene.feed(baseline="events").poll()
    assert told(events) == [
        ("page.created", f"page:{first}"),
        ("page.created", f"page:{second}"),
        ("feed.started", "feed"),
    ]


def test_a_new_page_is_told_with_who_and_when(scene: Scene) -> None:
    feed = scene.feed()
    feed.poll()
    before = datetime.now(UTC)
    page_id = scene.create("docs/new", tags=["b", "a"], description="what")
    event = only_page(feed.poll())
    assert (event.type, event.subject, event.certain) == ("page.created", f"page:{page_id}", True)
    assert event.timestamp >= before
    assert event.timestamp == event.page.created_at
    assert (event.page.path, event.page.locale, event.page.tags, event.page.description) == (
        "docs/new",
        "en",
        ["a", "b"],
        "what",
    )
    assert event.change.author is not None
    assert event.change.author.name == "Administrator"
    assert event.data.url == f"{scene.sandbox.url}/en/docs/new"


def test_each_version_between_two_looks_is_an_event(scene: Scene) -> None:
    page_id = scene.create("page-a", content="one")
    feed = scene.feed()
    feed.poll()
    for number in range(25):  # more than one part of the history
        scene.client.pages.update(page_id, content=f"text {number}")
    events = feed.poll()
    assert types(events) == ["page.updated"] * 25
    versions = [event.change.version_id for event in events if isinstance(event, PageEvent)]
    assert versions == sorted(versions, key=lambda each: each or 0)
    assert len(set(versions)) == 25
    assert all(event.change.fields == ["content"] and event.certain for event in events if isinstance(event, PageEvent))
    assert [event.timestamp for event in events] == sorted(event.timestamp for event in events)
    assert feed.poll() == []


def test_an_edit_says_which_fields_and_what_they_were(scene: Scene) -> None:
    page_id = scene.create("page-a", tags=["x"])
    feed = scene.feed()
    feed.poll()
    scene.client.pages.update(page_id, title="New", tags=["y"])
    event = only_page(feed.poll())
    assert isinstance(event, PageUpdated)
    assert event.change.fields == ["tags", "title"]
    assert event.change.previous == {"title": "page-a", "tags": ["x"]}
    assert event.certain


def test_a_move_is_told_with_the_old_path_and_without_who(scene: Scene) -> None:
    page_id = scene.create("docs/old")
    feed = scene.feed()
    feed.poll()
    scene.client.pages.move(page_id, "docs/new")
    event = only_page(feed.poll())
    assert isinstance(event, PageMoved)
    assert event.page.path == "docs/new"
    assert event.change.previous["path"] == "docs/old"
    assert event.change.author is None


def test_publishing_and_unpublishing_have_types_of_their_own(scene: Scene) -> None:
    page_id = scene.create("page-a")
    feed = scene.feed()
    feed.poll()
    scene.client.pages.update(page_id, is_published=False)
    assert types(feed.poll()) == ["page.unpublished"]
    scene.client.pages.update(page_id, is_published=True)
    assert types(feed.poll()) == ["page.published"]


def test_a_deleted_page_is_told_once_and_its_id_is_the_same_for_everybody(scene: Scene) -> None:
    page_id = scene.create("page-a")
    feed, other = scene.feed(), scene.feed(name="other.db")
    feed.poll()
    other.poll()
    scene.client.pages.delete(page_id)
    event = only_page(feed.poll())
    assert isinstance(event, PageDeleted)
    assert event.page.path == "page-a"
    assert other.poll()[0].id == event.id
    assert feed.poll() == []


def test_a_tag_renamed_for_all_pages_is_told_of_each(scene: Scene) -> None:
    ids = [scene.create(name, tags=["old", "kept"]) for name in ("page-a", "page-b")]
    feed = scene.feed()
    feed.poll()
    scene.client.tags.rename("old", "new")
    events = feed.poll()
    assert sorted(told(events)) == [("page.tagged", f"page:{each}") for each in ids]
    assert all(isinstance(event, PageTagged) and event.page.tags == ["kept", "new"] for event in events)
    scene.client.tags.rename("new", "old")
    again = feed.poll()
    assert len({event.id for event in [*events, *again]}) == 4


def test_tags_in_another_order_are_no_change(scene: Scene) -> None:
    scene.create("page-a", tags=["a", "b", "c", "d", "e"])
    feed = scene.feed()
    feed.poll()
    assert [event for _ in range(10) for event in feed.poll()] == []


def test_a_page_that_the_server_wrote_is_told_only_where_that_is_wanted(scene: Scene) -> None:
    page_id = scene.create("page-a")
    quiet, all_of_it = scene.feed(), scene.feed(name="other.db", touched=True)
    quiet.poll()
    all_of_it.poll()
    scene.client.pages.render(page_id)
    assert quiet.poll() == []
    assert types(all_of_it.poll()) == ["page.touched"]
    assert all_of_it.poll() == []


def test_saving_without_a_change_is_told_only_where_that_is_wanted(scene: Scene) -> None:
    page_id = scene.create("page-a")
    quiet, all_of_it = scene.feed(), scene.feed(name="other.db", unchanged=True)
    for feed in (quiet, all_of_it):
        feed.poll()
    scene.client.pages.update(page_id, content="seen once, so that its scripts are known")
    for feed in (quiet, all_of_it):
        assert types(feed.poll()) == ["page.updated"]
    save(scene, page_id)
    assert quiet.poll() == []
    event = only_page(all_of_it.poll())
    assert (event.type, event.change.fields, event.certain) == ("page.updated", [], True)


def test_a_change_that_can_not_be_seen_is_not_swallowed(scene: Scene) -> None:
    page_id = scene.create("page-a")
    feed = scene.feed()
    feed.poll()
    scene.client.pages.update(page_id, script_css="p { color: red }")
    event = only_page(feed.poll())
    assert (event.type, event.change.fields, event.certain) == ("page.updated", [], False)
    scene.client.pages.update(page_id, script_css="p { color: blue }")
    event = only_page(feed.poll())
    assert (event.type, event.change.fields, event.certain) == ("page.updated", ["scripts"], True)


def save(scene: Scene, page_id: int) -> None:
    """Save a page as it is, as people do in the browser."""
    from wikijs_generated.operations import pages_update

    page = scene.client.execute(ops.pages_single_for_editor(page_id))
    scene.client.execute(
        pages_update(
            page_id,
            content=page.content,
            description=page.description or "",
            editor=page.editor,
            is_private=False,
            is_published=True,
            publish_end_date=None,
            publish_start_date=None,
            script_css="",
            script_js="",
            tags=[tag.tag for tag in page.tags],
            title=page.title,
        )
    )


def test_a_page_created_edited_and_moved_between_two_looks(scene: Scene) -> None:
    feed = scene.feed()
    feed.poll()
    page_id = scene.create("page-a", content="one")
    scene.client.pages.update(page_id, content="two")
    scene.client.pages.move(page_id, "page-b")
    events = feed.poll()
    assert types(events) == ["page.created", "page.updated", "page.moved"]
    assert [event.page.path for event in events if isinstance(event, PageEvent)] == ["page-a", "page-a", "page-b"]


def test_many_pages_at_once_are_all_told(scene: Scene) -> None:
    feed = scene.feed(sweep_interval=3600)
    feed.poll()
    ids = [scene.create(f"page-{number}") for number in range(70)]
    assert told(feed.poll()) == [("page.created", f"page:{each}") for each in ids]
    assert feed.poll() == []


def test_a_page_moved_to_another_locale_is_moved(scene: Scene) -> None:
    en = scene.sandbox.db.one("SELECT * FROM locales")
    assert en is not None
    scene.sandbox.db.put("locales", {**en, "code": "fr"})
    page_id = scene.create("page-a")
    feed = scene.feed()
    feed.poll()
    scene.client.execute(ops.pages_move(page_id, destination_path="page-a", destination_locale="fr"))
    event = only_page(feed.poll())
    assert (event.type, event.page.locale, event.change.fields) == ("page.moved", "fr", ["locale"])


def test_restoring_a_version_is_an_edit(scene: Scene) -> None:
    from wikijs_generated.operations import pages_restore

    page_id = scene.create("page-a", content="one", tags=["x"])
    scene.client.pages.update(page_id, content="two")
    feed = scene.feed()
    feed.poll()
    version = next(iter(scene.client.pages.history(page_id))).version_id
    scene.client.execute(pages_restore(page_id, version_id=version))
    event = only_page(feed.poll())
    assert (event.type, event.change.fields) == ("page.updated", ["content", "tags"])


def test_forgotten_versions_are_no_change(scene: Scene) -> None:
    page_id = scene.create("page-a")
    for number in range(3):
        scene.client.pages.update(page_id, content=f"{number}")
    feed = scene.feed()
    feed.poll()
    scene.client.pages.update(page_id, content="seen")
    assert len(feed.poll()) == 1
    from wikijs_generated.operations import pages_purge_history

    scene.client.execute(pages_purge_history("PT0S"))
    assert feed.poll() == []
    scene.client.pages.update(page_id, content="after")
    assert types(feed.poll()) == ["page.updated"]


class TestWithFewRights:
    """Who may read little gets less, is told so, and gets nothing wrong."""

    def test_without_history_edits_become_one_that_is_not_certain(self, scene: Scene) -> None:
        page_id = scene.create("page-a", content="one")
        reader = scene.reader("read:pages", "manage:pages", "read:source")
        feed = scene.feed(reader)
        feed.poll()
        scene.client.pages.update(page_id, content="two")
        scene.client.pages.update(page_id, title="New")
        event = only_page(feed.poll())
        assert (event.type, event.change.fields, event.certain) == ("page.updated", ["title"], False)
        assert event.change.author is None
        scene.client.pages.move(page_id, "page-b")
        event = only_page(feed.poll())
        assert (event.type, event.certain) == ("page.moved", False)

    def test_a_key_that_may_only_read_lists_and_history(self, scene: Scene) -> None:
        page_id = scene.create("page-a", content="one", tags=["x", "y"])
        feed = scene.feed(scene.reader("read:pages", "read:history"))
        feed.poll()
        scene.client.pages.update(page_id, title="New")
        event = only_page(feed.poll())
        assert (event.type, event.change.fields, event.certain) == ("page.updated", ["title"], False)
        assert event.page.tags == ["x", "y"]
        scene.client.pages.delete(page_id)
        assert types(feed.poll()) == ["page.deleted"]

    def test_pages_that_rules_hide_are_hidden_and_come_back(self, scene: Scene) -> None:
        ids = [scene.create("docs/a"), scene.create("secret/b")]
        reader = scene.reader("read:pages", "read:history", "manage:pages", "read:source")
        feed = scene.feed(reader)
        feed.poll()
        scene.rule(reader.group_id, "read:pages", "read:history", "manage:pages", "read:source", path="docs")  # type: ignore[attr-defined]
        event = only_page(feed.poll())
        assert isinstance(event, PageHidden)
        assert event.subject == f"page:{ids[1]}"
        scene.client.pages.update(ids[1], content="changed while it was hidden")
        assert feed.poll() == []
        scene.rule(reader.group_id, "read:pages", "read:history", "manage:pages", "read:source")  # type: ignore[attr-defined]
        assert types(feed.poll()) == ["page.visible", "page.updated"]

    def test_a_hidden_page_that_is_seen_for_the_first_time_is_not_new(self, scene: Scene) -> None:
        scene.create("docs/a")
        hidden = scene.create("secret/b")
        scene.client.pages.update(hidden, content="once")
        scene.create("docs/c")
        rights = ("read:pages", "read:history", "manage:pages", "read:source")
        reader = scene.reader(*rights, path="docs")
        feed = scene.feed(reader)
        feed.poll()
        scene.rule(reader.group_id, *rights)  # type: ignore[attr-defined]
        assert told(feed.poll()) == [("page.visible", f"page:{hidden}")]


@pytest.mark.parametrize("sweeps", [1e-9, 3600.0])
def test_the_head_alone_finds_what_was_written_and_counting_finds_what_is_gone(scene: Scene, sweeps: float) -> None:
    ids = [scene.create(f"p{number}") for number in range(3)]
    feed = scene.feed(sweep_interval=sweeps)
    feed.poll()
    scene.client.pages.update(ids[1], content="x")
    assert told(feed.poll()) == [("page.updated", f"page:{ids[1]}")]
    scene.client.pages.delete(ids[0])
    new = scene.create("p9")  # the total is as before
    assert sorted(told(feed.poll())) == [("page.created", f"page:{new}"), ("page.deleted", f"page:{ids[0]}")]
