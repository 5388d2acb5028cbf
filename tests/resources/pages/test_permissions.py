"""With less than all permissions, errors name what is missing, and what can be had without it is had."""

from __future__ import annotations

import pytest
from wikijs_generated.fragments import PageRendered, PageSummary

from tests.resources.conftest import Area
from wikijs import exceptions as exc


@pytest.fixture
def page_id(wiki: Area) -> int:
    return wiki.pages.create(wiki.path("secret"), title="Secret", content="# Hidden *text*", tags=["a"]).id


def test_read_pages_alone_lists_but_does_not_read(wiki: Area, page_id: int) -> None:
    reader = wiki.limited("read:pages").pages
    assert [page.id for page in reader.list(folder=wiki.folder)] == [page_id]
    for read in (lambda: reader.get(page_id), lambda: reader.get_by_path(wiki.path("secret"))):
        with pytest.raises(exc.PageViewForbiddenError, match="manage:pages or delete:pages") as caught:
            read()
        assert isinstance(caught.value, exc.PageContentForbiddenError)
        assert caught.value.permissions == ("manage:pages", "delete:pages", "read:source")
        assert isinstance(caught.value.page, PageSummary)
        assert caught.value.page.title == "Secret"
    whole = wiki.pages.get(page_id, content=False)  # all of it is in the list, which takes no more than read:pages
    assert reader.get(page_id, content=False) == whole
    assert reader.get_by_path(wiki.path("secret"), content=False) == whole
    with pytest.raises(exc.PageNotFoundError):
        reader.get(10**6, content=False)
    assert reader.exists(wiki.path("secret"))
    assert not reader.exists(wiki.path("no"))


def test_without_read_source_the_rest_of_a_page_is_had(wiki: Area, page_id: int) -> None:
    reader = wiki.limited("read:pages", "manage:pages").pages
    for read in (lambda: reader.get(page_id), lambda: reader.get_by_path(wiki.path("secret"))):
        with pytest.raises(exc.PageContentForbiddenError, match="read:source or write:pages") as caught:
            read()
        assert caught.value.permissions == ("read:source", "write:pages")
        assert isinstance(caught.value.page, PageRendered)
        assert "<em>text</em>" in (caught.value.page.render or "")
    assert reader.get(page_id, content=False).title == "Secret"
    assert reader.get_by_path(wiki.path("secret"), content=False).id == page_id


def test_of_many_pages_the_permission_is_named_too(wiki: Area, page_id: int) -> None:
    reader = wiki.limited("read:pages", "manage:pages").pages
    with pytest.raises(exc.PageContentForbiddenError, match="read:source"):
        reader.get_many([page_id])
    with pytest.raises(exc.PageContentForbiddenError, match="read:source"):
        list(reader.iter_all(folder=wiki.folder, content=True))


def test_read_source_reads(wiki: Area, page_id: int) -> None:
    reader = wiki.limited("read:pages", "manage:pages", "read:source").pages
    assert reader.get(page_id).content == "# Hidden *text*"


def test_an_update_that_would_erase_what_it_cannot_read_is_refused(wiki: Area, page_id: int) -> None:
    writer = wiki.limited("read:pages", "write:pages", "read:source").pages
    with pytest.raises(exc.PageContentForbiddenError, match="may not be read whole"):
        writer.update(page_id, title="New")
    assert wiki.state(page_id).title == "Secret"


def test_an_editor_may_update(wiki: Area, page_id: int) -> None:
    writer = wiki.limited("read:pages", "write:pages", "manage:pages").pages
    assert writer.update(page_id, title="New").title == "New"
    assert wiki.state(page_id).content == "# Hidden *text*"


def test_a_forbidden_create_is_a_permission_error(wiki: Area) -> None:
    with pytest.raises(exc.PermissionDeniedError):
        wiki.limited("read:pages").pages.create(wiki.path("x"), title="X", content="x")
