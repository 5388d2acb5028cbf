"""All queries, and the life of a page and a comment, on a real Wiki.js 2.5.314 or on its recorded answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from pydantic import BaseModel
from support.selections import specs
from wikijs_generated.enums import AssetKind, PageTreeMode

from live.conftest import Wiki
from wikijs import Operation, exceptions, ops

Pause = Callable[[float], Awaitable[None]]


async def new_page(wiki: Wiki, path: str) -> Any:
    """A page at a path that is free."""
    for page in await wiki(ops.pages_list()):
        if page.path == path:
            await wiki(ops.pages_delete(page.id))
    return await wiki(
        ops.pages_create(
            path,
            content="# First\n\nOf two versions.",
            description="A page that tests make",
            editor="markdown",
            is_published=True,
            is_private=False,
            locale="en",
            tags=["live-a", "live-b"],
            title="Made by a test",
        )
    )


def reads(page: Any, version: int, comment: int) -> list[Operation[Any]]:
    """Every query, with arguments that find something."""
    at = {"locale": "en"}
    return [
        ops.analytics_providers(),
        ops.assets_folders(0),
        ops.assets_list(0, kind=AssetKind.ALL),
        ops.authentication_active_strategies(),
        ops.authentication_active_strategies_for_admin(),
        ops.authentication_api_keys(),
        ops.authentication_api_state(),
        ops.authentication_strategies(),
        ops.comments_list(page.path, **at),
        ops.comments_list_for_admin(page.path, **at),
        ops.comments_list_rendered(page.path, **at),
        ops.comments_providers(),
        ops.comments_single(comment),
        ops.comments_single_for_admin(comment),
        ops.comments_single_rendered(comment),
        ops.contribute_contributors(),
        ops.groups_list(),
        ops.groups_single(1),
        ops.groups_single_settings(1),
        ops.localization_config(),
        ops.localization_locales(),
        ops.logging_loggers(),
        ops.mail_config(),
        ops.navigation_config(),
        ops.navigation_tree(),
        ops.pages_check_conflicts(page.id, checkout_date=page.updated_at),
        ops.pages_conflict_latest(page.id),
        ops.pages_history(page.id),
        ops.pages_links(**at),
        ops.pages_list(),
        ops.pages_search("test"),
        ops.pages_search_tags("live"),
        ops.pages_single(page.id),
        ops.pages_single_by_path(page.path, **at),
        ops.pages_single_by_path_for_editor(page.path, **at),
        ops.pages_single_by_path_metadata(page.path, **at),
        ops.pages_single_by_path_rendered(page.path, **at),
        ops.pages_single_for_editor(page.id),
        ops.pages_single_metadata(page.id),
        ops.pages_single_rendered(page.id),
        ops.pages_tags(),
        ops.pages_tree(locale="en", mode=PageTreeMode.ALL, parent=0),
        ops.pages_version(page.id, version_id=version),
        ops.rendering_renderers(),
        ops.search_search_engines(),
        ops.site_config(),
        ops.storage_status(),
        ops.storage_status_detail(),
        ops.storage_targets(),
        ops.system_export_status(),
        ops.system_extensions(),
        ops.system_flags(),
        ops.system_info(),
        ops.system_info_accounts(),
        ops.system_info_content(),
        ops.system_info_version(),
        ops.theming_config(),
        ops.theming_themes(),
        ops.users_last_logins(),
        ops.users_list(),
        ops.users_profile(),
        ops.users_search("Admin"),
        ops.users_single(1),
    ]


@pytest.mark.vcr
async def test_all_queries_and_the_life_of_a_comment(wiki: Wiki, pause: Pause) -> None:
    written = await new_page(wiki, f"live/reads-{wiki.colour}")
    await wiki(ops.pages_update(written.page.id, content="# Second", tags=["live-a"], is_published=True))
    page = await wiki(ops.pages_single_for_editor(written.page.id))
    (version,) = (await wiki(ops.pages_history(page.id))).trail
    await pause(31)  # one comment in 15 seconds for an address, one in 30 for an account
    comment = (await wiki(ops.comments_create(page.id, content="A **first** word"))).id

    answers: dict[str, Any] = {}
    with pytest.raises(exceptions.LocaleNotFoundError):  # a server that never reached the internet has no texts
        await wiki(ops.localization_translations("en", namespace="common"))
    for operation in reads(page, version.version_id, comment):
        answers[operation.name] = await wiki(operation)
    queries = {spec.name for spec in specs() if spec.kind == "query"}
    assert {*answers, "LocalizationTranslations"} == queries
    assert len({spec.server_field for spec in specs() if spec.kind == "query"}) == 48

    answers.pop("ContributeContributors")  # None where the server cannot reach the internet
    for name, answer in answers.items():
        for item in answer if isinstance(answer, list) else [answer]:
            assert isinstance(item, BaseModel | str | bool), name
    assert answers["PagesSingle"].content == "# Second"
    assert answers["PagesVersion"].content == "# First\n\nOf two versions."
    assert answers["PagesCheckConflicts"] is False  # the date travels to the server as it came
    assert [item.content for item in answers["CommentsList"]] == ["A **first** word"]
    assert answers["SystemInfoVersion"].current_version == "2.5.314"
    assert [item.name for item in answers["UsersSearch"]] == ["Administrator"]
    assert {item.tag for item in answers["PagesTags"]} >= {"live-a"}

    updated = await wiki(ops.comments_update(comment, content="A *second* word"))
    assert updated.response_result.succeeded
    assert (await wiki(ops.comments_single(comment))).content == "A *second* word"
    await wiki(ops.comments_delete(comment))
    with pytest.raises(exceptions.CommentNotFoundError):
        await wiki(ops.comments_single(comment))
    await wiki(ops.pages_delete(page.id))


@pytest.mark.vcr
async def test_the_life_of_a_page(wiki: Wiki) -> None:
    path = f"live/page-{wiki.colour}"
    created = await new_page(wiki, path)
    assert created.response_result.succeeded
    assert (created.page.path, sorted(tag.tag for tag in created.page.tags)) == (path, ["live-a", "live-b"])
    with pytest.raises(exceptions.PageExistsError) as caught:
        await wiki(
            ops.pages_create(
                path,
                content="x",
                description="",
                editor="markdown",
                is_published=True,
                is_private=False,
                locale="en",
                tags=[],
                title="x",
            )
        )
    assert (caught.value.code, caught.value.operation) == (6002, "pages.create")
    page = await wiki(ops.pages_single(created.page.id))
    assert (page.title, page.content) == ("Made by a test", "# First\n\nOf two versions.")
    updated = await wiki(
        ops.pages_update(page.id, title="Changed", content="Changed", tags=["live-b"], is_published=False)
    )
    assert updated.response_result.succeeded
    page = await wiki(ops.pages_single_for_editor(page.id))
    assert (page.title, page.content, page.is_published) == ("Changed", "Changed", False)
    moved = await wiki(ops.pages_move(page.id, destination_path=f"{path}-moved", destination_locale="en"))
    assert moved.succeeded
    assert (await wiki(ops.pages_single_by_path(f"{path}-moved", locale="en"))).id == page.id
    await wiki(ops.pages_delete(page.id))
    with pytest.raises(exceptions.PageNotFoundError):
        await wiki(ops.pages_single(page.id))
