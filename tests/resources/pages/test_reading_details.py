"""`pages.get_details`: what an editor sees of a page, where that may be seen."""

from __future__ import annotations

import pytest

from wikijs import exceptions as exc
from wikijs.permissions import PageRule
from wikijs.sandbox import Sandbox


def test_one_who_may_write_sees_state_editor_and_authors() -> None:
    with Sandbox(seed="demo") as sandbox, sandbox.client() as client:
        page = client.pages.get("handbook/writing")
        client.pages.update(page.id, is_published=False)
        details = client.pages.get_details("handbook/writing")
        assert (details.id, details.content, details.render) == (page.id, page.content, page.render)
        assert (details.is_published, details.editor, details.is_private) == (False, "markdown", False)
        assert details.author_name
        assert details.creator_email == "will@example.com"
        assert details.url == f"{sandbox.url}/en/handbook/writing"
        assert client.pages.get_details(page.id).model_dump(by_alias=True)["isPublished"] is False
        with pytest.raises(exc.PageNotFoundError):
            client.pages.get_details("nothing/there")


def test_one_who_may_read_only_sees_the_page() -> None:
    permissions = ["read:pages", "read:source", "delete:pages"]
    with Sandbox(seed="demo") as sandbox, sandbox.client() as client:
        group = client.groups.create("Readers only", permissions=permissions, rules=[PageRule(roles=permissions)])
        key = client.api_keys.create("reader", group=group.id).key
        with sandbox.client(auth=key) as reader:
            details = reader.pages.get_details("handbook/writing")
        assert details.content
        assert (details.editor, details.is_published, details.author_name, details.publish_end_date) == (None,) * 4
