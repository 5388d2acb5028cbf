"""Settings: a change keeps all that it does not name, and what the server would swallow is refused."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import httpx2
import pytest

from tests.resources.conftest import Area, answer, with_locales
from wikijs import AsyncWikiJSClient, WikiJSClient
from wikijs import exceptions as exc
from wikijs.resources.navigation import NavigationItem
from wikijs.resources.shared.module_settings import Setting


def values(settings: dict[str, Setting]) -> dict[str, Any]:
    """Settings without their descriptions."""
    return {name: setting.value for name, setting in settings.items()}


# Modules


@pytest.fixture
def git(wiki: Area) -> Iterator[dict[str, Any]]:
    """Settings of the storage target git, which are restored."""
    before = values(wiki.client.storage.settings("git"))
    yield before
    wiki.client.storage.update("git", enabled=False, config=before, sync_interval="PT5M", mode="sync")


def test_a_change_of_one_setting_keeps_the_others(wiki: Area, git: dict[str, Any]) -> None:
    target = wiki.client.storage.update("git", config={"branch": "main", "verifySSL": False}, sync_interval="PT15M")
    assert target.sync_interval == "PT15M"
    assert (target.mode, target.is_enabled) == ("sync", False)
    assert values(wiki.client.storage.settings("git")) == git | {"branch": "main", "verifySSL": False}
    assert wiki.client.storage.update("git", mode="push").mode == "push"
    assert values(wiki.client.storage.settings("git")) == git | {"branch": "main", "verifySSL": False}


def test_secrets_survive_changes_of_other_settings(wiki: Area, git: dict[str, Any]) -> None:
    wiki.client.storage.update("git", config={"basicPassword": "hush"})
    assert wiki.client.storage.settings("git")["basicPassword"].value == "********"
    wiki.client.storage.update("git", config={"branch": "other"})
    assert wiki.client.storage.settings("git")["basicPassword"].value == "********"


def test_settings_are_described(wiki: Area) -> None:
    setting = wiki.client.storage.settings("git")["authType"]
    assert (setting.type, setting.default, setting.choices) == ("string", "ssh", ("basic", "ssh"))
    assert setting.title == "Authentication Type"


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ({"config": {"brunch": "x"}}, "Did you mean 'branch'"),
        ({"config": {"branch": 3}}, "is a string"),
        ({"config": {"verifySSL": "no"}}, "is a boolean"),
        ({"config": {"authType": "password"}}, "no choice"),
        ({"mode": "pusch"}, "It has: sync, push, pull"),
        ({"sync_interval": "5m"}, "Five minutes are 'PT5M'"),
        ({"sync_interval": "P"}, "no duration"),
    ],
)
def test_what_a_target_cannot_be_set_to_is_refused(wiki: Area, arguments: dict[str, Any], reason: str) -> None:
    before = wiki.client.storage.get("git")
    with pytest.raises(exc.ValidationError, match=reason):
        wiki.client.storage.update("git", **arguments)
    assert wiki.client.storage.get("git") == before


def test_numbers_are_no_booleans(wiki: Area) -> None:
    with pytest.raises(exc.ValidationError, match="is a number, not True"):
        wiki.client.rendering.update("markdownExpandtabs", config={"tabWidth": True})


@pytest.mark.parametrize("namespace", ["storage", "search", "rendering", "analytics"])
def test_an_unknown_module_is_an_error_not_silent_success(wiki: Area, namespace: str) -> None:
    modules = getattr(wiki.client, namespace)
    with pytest.raises(exc.ModuleUnknownError, match="'nothing'"):
        modules.update("nothing", enabled=True)
    with pytest.raises(exc.ModuleUnknownError):
        modules.settings("nothing")


def test_a_target_that_does_not_work_yet_is_not_enabled(wiki: Area) -> None:
    with pytest.raises(exc.ValidationError, match="does not work in this release"):
        wiki.client.storage.update("dropbox", enabled=True)


def test_a_target_that_does_not_start_is_told(wiki: Area) -> None:
    before = values(wiki.client.storage.settings("disk"))
    if wiki.is_live:
        with pytest.raises(exc.ServerError, match=r"The settings were stored, but .* did not start"):
            wiki.client.storage.update("disk", enabled=True, config={"path": "/etc/hostname/wiki"})
        wiki.client.storage.update("disk", enabled=False, config=before)
        return

    statuses = iter(("pending", "error"))

    def fail(request: dict[str, Any], ask: Any) -> httpx2.Response:
        if request.get("operationName") == "StorageStatus":
            state = {"key": "disk", "title": "Local File System", "status": next(statuses), "message": "no such place"}
            return answer({"storage": {"status": [state]}})
        reply: httpx2.Response = ask()
        return reply

    with pytest.raises(exc.ServerError, match="Local File System did not start: no such place"):
        wiki.meddled(fail).storage.update("disk", enabled=True, config={"path": "/etc/hostname/wiki"})


def test_a_target_that_starts_is_returned_when_it_runs(wiki: Area, tmp_path: Any) -> None:
    before = values(wiki.client.storage.settings("disk"))
    assert wiki.client.storage.update("disk", enabled=True, config={"path": str(tmp_path)}).is_enabled
    assert "operational" in [status.status for status in wiki.client.storage.status() if status.key == "disk"]
    assert not wiki.client.storage.update("disk", enabled=False, config=before).is_enabled


def test_one_search_engine_is_in_use(wiki: Area) -> None:
    search = wiki.client.search

    def in_use() -> list[str]:
        return [engine.key for engine in search.search_engines() if engine.is_enabled]

    assert in_use() == ["db"]
    before = values(search.settings("postgres"))
    search.update("postgres", config={"dictLanguage": "german"})
    assert in_use() == ["db"]
    assert search.settings("postgres")["dictLanguage"].value == "german"
    if wiki.database != "PostgreSQL":
        with pytest.raises(exc.SearchActivationError, match="Must use PostgreSQL"):
            search.update("postgres", enabled=True, config=before)
        assert in_use() == ["db"]
        return
    assert search.update("postgres", enabled=True, config=before).is_enabled
    assert in_use() == ["postgres"]
    assert not search.update("postgres", enabled=False).is_enabled
    assert in_use() == ["db"]
    with pytest.raises(exc.ValidationError, match="'db' cannot be switched off"):
        search.update("db", enabled=False)
    with pytest.raises(exc.ValidationError, match="does not work in this release"):
        search.update("solr", enabled=True)


def test_renderers_keep_the_settings_that_are_not_named(wiki: Area) -> None:
    before = values(wiki.client.rendering.settings("htmlCore"))
    wiki.client.rendering.update("htmlCore", config={"absoluteLinks": True})
    assert values(wiki.client.rendering.settings("htmlCore")) == before | {"absoluteLinks": True}
    assert not wiki.client.rendering.update("htmlCore", enabled=False).is_enabled
    assert values(wiki.client.rendering.settings("htmlCore")) == before | {"absoluteLinks": True}
    assert wiki.client.rendering.update("htmlCore", enabled=True, config=before).is_enabled


def test_analytics_providers_keep_the_settings_that_are_not_named(wiki: Area) -> None:
    analytics = wiki.client.analytics
    before = values(analytics.settings("countly"))
    analytics.update("countly", config={"appKey": "key"})
    assert values(analytics.settings("countly")) == before | {"appKey": "key"}
    assert analytics.update("countly", enabled=True).is_enabled
    assert values(analytics.settings("countly")) == before | {"appKey": "key"}
    assert not analytics.update("countly", enabled=False, config=before).is_enabled


# Login strategies


def test_strategies_are_added_changed_and_removed_one_at_a_time(wiki: Area) -> None:
    login = wiki.client.authentication
    before = login.active_strategies_for_admin()
    added = login.add_strategy(
        "ldap",
        name="Directory",
        enabled=False,
        config={"url": "ldap://directory.example.com"},
        domain_whitelist=["example.com"],
        auto_enroll_groups=["Guests"],
    )
    assert (added.display_name, added.domain_whitelist, added.auto_enroll_groups) == ("Directory", ["example.com"], [2])
    defaults = values(login.strategy_settings(added.key))
    assert defaults["url"] == "ldap://directory.example.com"
    changed = login.update_strategy(added.key, name="LDAP", config={"tlsEnabled": True})
    assert (changed.display_name, changed.domain_whitelist, changed.order) == ("LDAP", ["example.com"], added.order)
    assert values(login.strategy_settings(added.key)) == defaults | {"tlsEnabled": True}
    login.update_strategy("local", self_registration=False)
    assert login.get_strategy(added.key) == changed
    login.remove_strategy(added.key)
    assert login.active_strategies_for_admin() == before


def test_strategies_that_would_break_the_login_are_refused(wiki: Area) -> None:
    login = wiki.client.authentication
    with pytest.raises(exc.ModuleUnknownError, match="Did you mean 'ldap'"):
        login.add_strategy("ldpa", name="Directory")
    with pytest.raises(exc.ModuleUnknownError):
        login.update_strategy("nothing", name="Nothing")
    with pytest.raises(exc.ModuleUnknownError):
        login.remove_strategy("nothing")
    with pytest.raises(exc.ValidationError, match="built-in login"):
        login.remove_strategy("local")
    with pytest.raises(exc.GroupNotFoundError):
        login.update_strategy("local", auto_enroll_groups=["No such group"])
    assert [strategy.key for strategy in login.active_strategies_for_admin()] == ["local"]


def test_a_strategy_that_users_need_is_not_removed(wiki: Area) -> None:
    login, users = wiki.client.authentication, wiki.client.users
    strategy = login.add_strategy("ldap", name="Directory", enabled=False)
    email = f"ann@{wiki.folder}.example.com"
    with suppress(exc.APIError):  # the account is there; reading it back takes an active strategy
        users.create(email, name="Ann", provider=strategy.key, password="secret1")
    made = users.list(search=email)
    assert len(made) == 1
    with pytest.raises(exc.ConflictError, match="still log in"):
        login.remove_strategy(strategy.key)
    users.delete(made[0].id, replace_with=1)
    login.remove_strategy(strategy.key)


# Navigation


@pytest.fixture
def navigation(wiki: Area) -> Iterator[list[NavigationItem]]:
    """Items of the navigation, which are restored."""
    before = wiki.client.navigation.get()
    mode = wiki.client.navigation.mode()
    yield before
    wiki.client.navigation.set(before)
    wiki.client.navigation.set_mode(mode)


def test_items_are_added_and_removed_and_the_others_stay(wiki: Area, navigation: list[NavigationItem]) -> None:
    nav = wiki.client.navigation
    header = nav.add_item(NavigationItem(kind="header", label="Docs"))
    link = nav.add_item(NavigationItem(label="Start", target="/en/start", icon="mdi-star"))
    first = nav.add_item(NavigationItem(kind="divider"), index=0)
    assert nav.get() == [first, *navigation, header, link]
    nav.remove_item(header.id)
    assert nav.get() == [first, *navigation, link]
    with pytest.raises(exc.NavigationItemNotFoundError):
        nav.remove_item(header.id)


def test_one_locale_is_replaced_and_the_others_stay(wiki: Area, navigation: list[NavigationItem]) -> None:
    with pytest.raises(exc.LocaleNotFoundError, match=r"'fr' is not in use on this wiki\. In use: en"):
        wiki.client.navigation.set([NavigationItem(label="Accueil", target_type="home")], locale="fr")
    nav = wiki.meddled(with_locales("en", "fr")).navigation
    [item] = nav.set([NavigationItem(label="Accueil", target_type="home")], locale="fr")
    assert (item.label, item.target) == ("Accueil", "/")
    assert nav.get() == navigation
    assert nav.get(locale="fr") == [item]
    assert nav.get(locale="de") == []
    nav.set([], locale="fr")


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        (NavigationItem(kind="lnik", label="x", target="/"), "Did you mean 'link'"),  # type: ignore[arg-type]
        (NavigationItem(label="x", target="/", target_type="web"), "target_type"),  # type: ignore[arg-type]
        (NavigationItem(target="/"), "needs a label"),
        (NavigationItem(kind="header"), "needs a label"),
        (NavigationItem(label="x"), "needs a target"),
        (NavigationItem(label="x", target="/", visibility_mode="restricted"), "nobody sees it"),
    ],
)
def test_items_that_cannot_be_are_refused(item: NavigationItem, reason: str) -> None:
    with WikiJSClient("http://127.0.0.1:1") as client, pytest.raises(exc.ValidationError, match=reason):
        client.navigation.add_item(item)


def test_the_mode_is_read_and_chosen(wiki: Area, navigation: list[NavigationItem]) -> None:
    wiki.client.navigation.set_mode("STATIC")
    assert wiki.client.navigation.mode() == "STATIC"
    with pytest.raises(exc.ValidationError, match="Did you mean 'TREE'"):
        wiki.client.navigation.set_mode("TRE")  # type: ignore[arg-type]  # wrong on purpose


# Theme


@pytest.fixture
def theme(wiki: Area) -> Iterator[None]:
    """The theme settings are restored."""
    before = wiki.client.theming.get()
    yield
    wiki.client.theming.update(
        dark_mode=before.dark_mode,
        toc_position="left",
        inject_css=before.inject_css or "",
        inject_head=before.inject_head or "",
        inject_body=before.inject_body or "",
    )


@pytest.mark.usefixtures("theme")
def test_a_change_of_the_theme_keeps_the_code_in_the_pages(wiki: Area) -> None:
    theming = wiki.client.theming
    before = theming.update(
        inject_css="body { color: red; }",
        inject_head="<!-- head -->",
        inject_body="<!-- body -->",
        toc_position="right",
    )
    assert "red" in (before.inject_css or "")
    after = theming.update(dark_mode=True)
    assert after == before.model_copy(update={"dark_mode": True})
    assert theming.update(inject_head="").inject_head == ""


@pytest.mark.usefixtures("theme")
def test_what_a_theme_cannot_be_is_refused(wiki: Area) -> None:
    theming, before = wiki.client.theming, wiki.client.theming.get()
    with pytest.raises(exc.ValidationError, match="Did you mean 'default'"):
        theming.update(theme="defualt")
    with pytest.raises(exc.ValidationError, match="toc_position"):
        theming.update(toc_position="middle")  # type: ignore[arg-type]  # wrong on purpose
    with pytest.raises(exc.ValidationError, match="iconset"):
        theming.update(iconset="none")  # type: ignore[arg-type]  # wrong on purpose
    with pytest.raises(exc.ValidationError, match="stored none"):
        theming.update(inject_css="body{")
    assert theming.get() == before


# Site, mail, languages


def test_settings_of_the_site_are_changed_one_by_one(wiki: Area) -> None:
    before = wiki.client.site.get()
    changed = {"title": "Another wiki", "upload_max_files": 7, "robots": ["index"]}
    after = wiki.client.site.update(title="Another wiki", upload_max_files=7, robots=["index"])
    # A new wiki may say null for four options, which have these defaults after the first update.
    late = {"auth_auto_login": False, "auth_enforce_2fa": False, "auth_hide_local": False, "auth_login_bg_url": ""}
    settled = {name: late[name] if value is None and name in late else value for name, value in before}
    assert after.model_dump() == settled | changed
    wiki.client.site.update(
        title=before.title or "Wiki.js", upload_max_files=before.upload_max_files or 10, robots=before.robots or []
    )
    assert wiki.client.site.update() == wiki.client.site.get()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"titel": "x"}, "Did you mean 'title'"),
        ({"title": None}, "cannot be None"),
        ({"auth_jwt_expiration": "half an hour"}, "no duration"),
        ({"auth_jwt_renewable_period": "14"}, "no duration"),
    ],
)
def test_what_the_server_would_store_though_it_breaks_the_site_is_refused(changes: dict[str, Any], reason: str) -> None:
    with WikiJSClient("http://127.0.0.1:1") as client, pytest.raises(exc.ValidationError, match=reason):
        client.site.update(**changes)


def test_settings_that_were_not_saved_are_told(wiki: Area) -> None:
    def swallow(request: dict[str, Any], ask: Any) -> httpx2.Response:
        if request.get("operationName") == "SiteUpdateConfig":
            result = {"succeeded": True, "errorCode": 0, "slug": "ok", "message": ""}
            return answer({"site": {"updateConfig": {"responseResult": result}}})
        reply: httpx2.Response = ask()
        return reply

    with pytest.raises(exc.ServerError, match="did not save title"):
        wiki.meddled(swallow).site.update(title="Lost")


def test_mail_settings_keep_what_is_not_named_and_the_password(wiki: Area) -> None:
    mail, before = wiki.client.mail, wiki.client.mail.get()
    first = mail.update(sender_name="Wiki", host="mail.example.com", port=2525, password="hush", secure=False)
    assert first.pass_ == "********"
    after = mail.update(sender_email="wiki@example.com")
    assert after == first.model_copy(update={"sender_email": "wiki@example.com"})
    with pytest.raises(exc.ValidationError, match="no port"):
        mail.update(port=0)
    mail.update(
        sender_name=before.sender_name, sender_email=before.sender_email, host=before.host, port=465, secure=True,
        password="",
    )  # fmt: skip


def test_languages_that_are_not_installed_are_refused_before_a_part_is_stored(wiki: Area) -> None:
    localization, before = wiki.client.localization, wiki.client.localization.get()
    with pytest.raises(exc.LocaleNotFoundError, match="'zz' is not installed"):
        localization.update(namespacing=True, namespaces=["en", "zz"])
    with pytest.raises(exc.LocaleNotFoundError):
        localization.update(locale="zz")
    assert localization.get() == before
    after = localization.update(namespacing=True)
    assert (after.locale, after.namespacing, after.auto_update) == (before.locale, True, before.auto_update)
    localization.update(namespacing=False)


def test_a_language_that_was_not_installed_is_told(wiki: Area) -> None:
    with pytest.raises(exc.ServerError, match="did not install the locale 'zz'"):
        wiki.client.localization.install("zz")


async def test_the_asynchronous_client_does_the_same(aclient: AsyncWikiJSClient) -> None:
    before = values(await aclient.rendering.settings("markdownCore"))
    await aclient.rendering.update("markdownCore", config={"linkify": False})
    assert values(await aclient.rendering.settings("markdownCore")) == before | {"linkify": False}
    await aclient.rendering.update("markdownCore", config=before)
    assert (await aclient.site.get()).title == (await aclient.site.update()).title
    assert (await aclient.theming.get()).theme
    assert await aclient.navigation.mode()
