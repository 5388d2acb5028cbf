"""What has no history: comments, files, people, settings."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx2
import pytest
from wikijs_generated.operations import users_deactivate

from wikijs import WikiJSClient
from wikijs.exceptions import ConfigurationError
from wikijs.feed import (
    AssetReplaced,
    CommentCreated,
    FolderCreated,
    GroupMembers,
    NavigationUpdated,
    SiteUpdated,
    ThemeUpdated,
    UserUpdated,
)

from .conftest import Scene, told, types


def comment(scene: Scene, page_id: int, text: str) -> int:
    """Comment on a page, past the server's limit of one in half a minute."""
    scene.shift += 60
    http = httpx2.Client(transport=scene.sandbox.transport())
    with http, WikiJSClient(scene.sandbox.url, scene.sandbox.api_key, http_client=http, rate_limiter=False) as client:
        return client.comments.create(page_id, content=text).id


class TestComments:
    def test_the_life_of_a_comment(self, scene: Scene) -> None:
        pages = [scene.create("docs/one"), scene.create("other/two")]
        old = comment(scene, pages[0], "was there before")
        feed = scene.feed(watch=["comments:docs/**"])
        assert types(feed.poll()) == []
        new = comment(scene, pages[0], "hello there")
        comment(scene, pages[1], "of another page")
        [event] = feed.poll()
        assert isinstance(event, CommentCreated)
        assert (event.data.comment.id, event.data.comment.page.path) == (new, "docs/one")
        assert event.data.change.author is not None
        scene.shift += 60
        scene.client.comments.update(new, content="hello here")
        assert told(feed.poll()) == [("comment.updated", f"comment:{new}")]
        scene.client.pages.move(pages[0], "docs/three")
        assert feed.poll() == []
        scene.client.comments.delete(old)
        assert told(feed.poll()) == [("comment.deleted", f"comment:{old}")]
        scene.client.pages.delete(pages[0])
        assert feed.poll() == []

    def test_the_last_comment_of_a_page_that_is_there(self, scene: Scene) -> None:
        page = scene.create("docs/one")
        only = comment(scene, page, "the only one")
        feed = scene.feed(watch=["pages", "comments"])
        feed.poll()
        scene.client.comments.delete(only)
        assert told(feed.poll()) == [("comment.deleted", f"comment:{only}")]
        assert feed.poll() == []

    def test_of_many_pages_some_are_asked_about_at_a_time(self, scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
        from wikijs.feed.sources import comments

        monkeypatch.setattr(comments, "PAGES_AT_ONCE", 2)
        pages = [scene.create(f"page-{number}") for number in range(5)]
        comment(scene, pages[4], "was there before")
        feed = scene.feed(watch=["comments"])
        assert [types(feed.poll()) for _ in range(4)] == [[], [], [], []]
        new = comment(scene, pages[3], "new one")
        assert [told(events) for _ in range(3) for events in [feed.poll()] if events] == [
            [("comment.created", f"comment:{new}")]
        ]

    def test_without_permission_it_says_so_and_pages_go_on(self, scene: Scene) -> None:
        page = scene.create("docs/one")
        comment(scene, page, "the only one")
        reader = scene.reader("read:pages", "read:history")
        feed = scene.feed(reader, watch=["pages", "comments"])
        feed.poll()
        scene.client.pages.update(page, content="new")
        assert types(feed.poll()) == ["page.updated"]
        assert "comments" in feed.status().troubles


class TestFiles:
    def test_the_life_of_a_file(self, scene: Scene) -> None:
        scene.client.assets.upload(b"one", name="before.png", folder="/")
        feed = scene.feed(watch=["assets"])
        assert feed.poll() == []
        scene.client.assets.ensure_folder("/docs/img")
        events = feed.poll()
        assert [event.data.folder.path for event in events if isinstance(event, FolderCreated)] == ["docs", "docs/img"]
        asset = scene.client.assets.upload(b"PNG", name="a.png", folder="/docs/img")
        [event] = feed.poll()
        assert (event.type, event.data.asset.path, event.data.asset.size) == ("asset.uploaded", "docs/img/a.png", 3)
        assert event.data.url.endswith("/docs/img/a.png")
        scene.client.assets.upload(b"PNGs", name="a.png", folder="/docs/img", overwrite=True)
        [event] = feed.poll()
        assert isinstance(event, AssetReplaced)
        assert event.data.change.previous["size"] == 3
        scene.client.assets.rename(asset.id, "b.png")
        [event] = feed.poll()
        assert (event.type, event.data.change.previous["path"]) == ("asset.renamed", "docs/img/a.png")
        scene.client.assets.delete(asset.id)
        assert told(feed.poll()) == [("asset.deleted", f"asset:{asset.id}")]
        assert feed.poll() == []

    def test_rights_that_shrink_delete_nothing(self, scene: Scene) -> None:
        scene.client.assets.upload(b"PNG", name="a.png", folder="/docs")
        feed = scene.feed(watch=["assets"])
        feed.poll()
        scene.sandbox.db.run("DELETE FROM assets")
        scene.sandbox.db.run("DELETE FROM assetFolders")
        assert feed.poll() == []
        assert "Folders" in feed.status().troubles["assets"]


class TestPeople:
    def test_the_life_of_a_user(self, scene: Scene) -> None:
        feed = scene.feed(watch=["users"])
        assert feed.poll() == []
        scene.client.users.create("ada@example.com", name="Ada", password="secret-1")
        [event] = feed.poll()
        assert (event.type, event.data.user.name) == ("user.created", "Ada")
        assert "ada@example.com" not in event.model_dump_json()
        user = event.data.user.id
        scene.client.users.update(user, location="London")
        [event] = feed.poll()
        assert isinstance(event, UserUpdated)
        assert (event.data.change.fields, event.data.change.previous) == (["location"], {})
        scene.client.users.update(user, name="Ada L.")
        [event] = feed.poll()
        assert event.data.change.previous == {"name": "Ada"}
        scene.client.execute(users_deactivate(user))
        assert types(feed.poll()) == ["user.deactivated"]
        scene.client.users.activate(user)
        assert types(feed.poll()) == ["user.activated"]
        scene.client.users.delete(user, replace_with=1)
        assert told(feed.poll()) == [("user.deleted", f"user:{user}")]
        assert feed.poll() == []

    def test_the_life_of_a_group(self, scene: Scene) -> None:
        scene.client.users.create("ada@example.com", name="Ada", password="secret-1")
        user = next(each.id for each in scene.client.users.list() if each.name == "Ada")
        feed = scene.feed(watch=["groups"])
        assert feed.poll() == []
        group = scene.client.groups.create("Editors")
        assert told(feed.poll()) == [("group.created", f"group:{group.id}")]
        scene.client.groups.add_user(group.id, user)
        [event] = feed.poll()
        assert isinstance(event, GroupMembers)
        assert (event.data.added, event.data.removed) == ([user], [])
        scene.rule(group.id, "read:pages", path="docs")
        [event] = feed.poll()
        assert event.type == "group.updated"
        assert {"name", "page_rules", "permissions"} <= set(event.data.change.fields)
        scene.client.groups.remove_user(group.id, user)
        [event] = feed.poll()
        assert event.data.removed == [user]
        scene.client.groups.delete(group.id)
        assert types(feed.poll()) == ["group.deleted"]
        assert feed.poll() == []


class TestSettings:
    def test_which_settings_changed_and_never_their_values(self, scene: Scene) -> None:
        feed = scene.feed(watch=["site", "theme", "navigation"])
        assert feed.poll() == []
        scene.client.site.update(title="Another title")
        [event] = feed.poll()
        assert isinstance(event, SiteUpdated)
        assert event.data.change.fields == ["title"]
        assert "Another title" not in event.model_dump_json()
        scene.client.theming.update(dark_mode=True)
        [event] = feed.poll()
        assert isinstance(event, ThemeUpdated)
        assert event.data.change.fields == ["dark_mode"]
        scene.client.theming.update(dark_mode=False)
        [again] = feed.poll()
        assert again.id != event.id
        from wikijs_generated.operations import navigation_update_config

        scene.client.execute(navigation_update_config("STATIC"))  # type: ignore[arg-type]
        [event] = feed.poll()
        assert isinstance(event, NavigationUpdated)
        assert event.data.change.fields == ["mode"]
        assert feed.poll() == []

    def test_without_permission_it_says_so_and_says_nothing_untrue(self, scene: Scene) -> None:
        reader = scene.reader("read:pages")
        feed = scene.feed(reader, watch=["pages", "site", "users", "theme"])
        feed.poll()
        assert feed.status().troubles.keys() >= {"site", "users"}
        scene.rule(reader.group_id, "read:pages", "manage:system")  # type: ignore[attr-defined]
        assert types(feed.poll()) == []
        assert feed.status().troubles == {}
        scene.client.site.update(title="Another title")
        assert types(feed.poll()) == ["site.updated"]

    def test_guests_are_not_believed(self, scene: Scene) -> None:
        feed = scene.feed(watch=["users", "site"])
        feed.poll()
        scene.sandbox.db.run("UPDATE apiKeys SET isRevoked = 1")
        assert [event.type for event in feed.poll()] == ["feed.suspended"]
        scene.sandbox.db.run("UPDATE apiKeys SET isRevoked = 0")
        assert [event.type for event in feed.poll()] == ["feed.resumed"]


def test_looks_are_paced(scene: Scene) -> None:
    now = [1_800_000_000.0]
    feed = scene.feed(watch=["site"], clock=lambda: now[0], sweep_interval=60.0)
    feed.poll()
    scene.client.site.update(title="Another title")
    assert feed.poll() == []
    now[0] += timedelta(minutes=1).total_seconds()
    assert types(feed.poll()) == ["site.updated"]


@pytest.mark.parametrize("name", ["weather", "users:x", "", "Pages"])
def test_what_is_not_known_is_refused(scene: Scene, name: Any) -> None:
    with pytest.raises(ConfigurationError, match="cannot watch"):
        scene.feed(watch=[name])
