"""Users, groups, asset folders, identity and raw requests, on a real Wiki.js 2.5.314 or its recorded answers."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from collections.abc import Iterator
from contextlib import aclosing, closing, contextmanager, suppress
from typing import Any, cast

import pytest
from wikijs_generated import PageRuleInput
from wikijs_generated.enums import PageRuleMatch

from live.conftest import URL, Wiki
from wikijs import AsyncWikiJSClient, WikiJSClient, exceptions, ops
from wikijs.auth import PasswordAuth


@pytest.mark.vcr
async def test_the_life_of_a_user(wiki: Wiki) -> None:
    email = f"live-{wiki.colour}@example.com"
    for user in await wiki(ops.users_search(email)):
        await wiki(ops.users_delete(user.id, replace_id=1))
    create = ops.users_create(email, name="Ada", provider_key="local", groups=[], password_raw="Passw0rd!y")
    assert (await wiki(create)).succeeded
    with pytest.raises(exceptions.AccountExistsError):
        await wiki(create)
    (found,) = await wiki(ops.users_search(email))
    assert (found.name, found.email) == ("Ada", email)
    assert (await wiki(ops.users_update(found.id, name="Ada Two", groups=[]))).succeeded
    user = await wiki(ops.users_single(found.id))
    assert (user.name, user.email, user.is_active) == ("Ada Two", email, True)
    assert (await wiki(ops.users_deactivate(user.id))).succeeded
    assert (await wiki(ops.users_single(user.id))).is_active is False
    assert (await wiki(ops.users_delete(user.id, replace_id=1))).succeeded
    with pytest.raises(exceptions.UserNotFoundError):
        await wiki(ops.users_single(user.id))
    with pytest.raises(exceptions.ProtectedUserError):
        await wiki(ops.users_delete(2, replace_id=1))


@pytest.mark.vcr
async def test_the_life_of_a_group(wiki: Wiki) -> None:
    name = f"Live {wiki.colour}"
    for group in await wiki(ops.groups_list()):
        if group.name.startswith(name):
            await wiki(ops.groups_delete(group.id))
    created = await wiki(ops.groups_create(name))
    assert created.response_result.succeeded
    rule = PageRuleInput(id="all", deny=False, match=PageRuleMatch.START, roles=["read:pages"], path="", locales=[])
    update = ops.groups_update(
        created.group.id, name=f"{name} two", redirect_on_login="/", permissions=["read:pages"], page_rules=[rule]
    )
    assert (await wiki(update)).succeeded
    group = await wiki(ops.groups_single(created.group.id))
    assert (group.name, group.permissions) == (f"{name} two", ["read:pages"])
    assert [(rule.match, rule.roles) for rule in group.page_rules] == [(PageRuleMatch.START, ["read:pages"])]
    assert (await wiki(ops.groups_assign_user(group.id, user_id=1))).succeeded
    with pytest.raises(exceptions.ConflictError):
        await wiki(ops.groups_assign_user(group.id, user_id=1))
    assert [user.id for user in (await wiki(ops.groups_single(group.id))).users] == [1]
    assert (await wiki(ops.groups_unassign_user(group.id, user_id=1))).succeeded
    assert (await wiki(ops.groups_delete(group.id))).succeeded
    assert group.id not in [other.id for other in await wiki(ops.groups_list())]


@pytest.mark.vcr
async def test_asset_folders_are_made_and_listed(wiki: Wiki) -> None:
    """Wiki.js 2.x has no operation that renames or deletes a folder."""
    create = ops.assets_create_folder(0, slug=f"live-{wiki.colour}", name="Live")
    with suppress(exceptions.AssetFolderExistsError):  # from an earlier run
        assert (await wiki(create)).succeeded
    with pytest.raises(exceptions.AssetFolderExistsError):
        await wiki(create)
    (folder,) = [item for item in await wiki(ops.assets_folders(0)) if item.slug == f"live-{wiki.colour}"]
    assert await wiki(ops.assets_folders(folder.id)) == []


@pytest.mark.vcr
async def test_identity_raw_requests_and_refusals(wiki: Wiki) -> None:
    identity = await wiki.result(wiki.client.whoami())
    assert (identity.kind, identity.user_id, identity.key_id) == ("api_key", 1, 1)
    data = await wiki.result(wiki.client.graphql("{groups{list{id name}}}"))
    assert data["groups"]["list"][:2] == [{"id": 1, "name": "Administrators"}, {"id": 2, "name": "Guests"}]
    with pytest.raises(exceptions.QueryError, match='Cannot query field "nope"'):
        await wiki.result(wiki.client.graphql("{nope}"))
    with pytest.raises(exceptions.LoginFailedError):
        await wiki(ops.authentication_login("nobody@example.com", password="wrong", strategy="local"))
    guest = WikiJSClient(wiki.client.url, retry=False)
    with guest, pytest.raises(exceptions.PermissionDeniedError) as caught:
        guest.execute(ops.users_list())
    assert caught.value.permissions


needs_server = pytest.mark.skipif(not URL, reason="websockets are not recorded")


@contextmanager
def noise() -> Iterator[None]:
    """Makes the server log a warning every second."""
    quiet = threading.Event()

    def make() -> None:
        with WikiJSClient(URL, os.environ["WIKIJS_API_KEY"], retry=False) as client:
            while not quiet.wait(1):
                with suppress(exceptions.MailNotConfiguredError):
                    client.execute(ops.mail_send_test("nobody@example.com"))

    thread = threading.Thread(target=make)
    thread.start()
    try:
        yield
    finally:
        quiet.set()
        thread.join()


def signed_in() -> PasswordAuth:
    """An administrator who is signed in, though other tests may have used up the five logins of this minute."""
    auth = PasswordAuth(os.environ["WIKIJS_ADMIN_EMAIL"], os.environ["WIKIJS_ADMIN_PASSWORD"])
    for _ in range(8):
        try:
            with WikiJSClient(URL, auth) as client:
                client.whoami()
        except exceptions.RateLimitError as refused:
            time.sleep(min((refused.retry_after or 15) + 1, 65))
        else:
            return auth
    raise AssertionError("The server refuses logins for more than its minute.")


@needs_server
@pytest.mark.parametrize("colour", ["sync", "async"])
async def test_the_live_log(colour: str) -> None:
    auth = await asyncio.to_thread(signed_in)  # before the clock runs

    def first_line() -> Any:
        with WikiJSClient(URL, auth) as client, closing(cast("Any", client.logging.live_trail())) as trail:
            return next(trail)

    with noise():
        if colour == "sync":
            line = await asyncio.wait_for(asyncio.to_thread(first_line), 30)
        else:
            async with (
                AsyncWikiJSClient(URL, auth) as other,
                aclosing(cast("Any", other.logging.live_trail())) as trail,
            ):
                line = await asyncio.wait_for(anext(trail), 30)
    assert line.level == "warn"
    assert "mail is not setup" in line.output


@needs_server
def test_the_live_log_refuses_keys() -> None:
    with (
        WikiJSClient(URL, os.environ["WIKIJS_API_KEY"]) as client,
        pytest.raises(exceptions.InvalidTokenError, match="does not accept API keys"),
    ):
        next(client.logging.live_trail())
