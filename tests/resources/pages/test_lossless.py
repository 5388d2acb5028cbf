"""Lossless update: for any page and any subset of changes, every other field is afterwards as it was before."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from wikijs_generated.fragments import PageForEditor

from tests.resources.conftest import LIVE_URL, Area, _area

# What the server stores as it is: no control characters (PostgreSQL refuses NUL), no lone surrogates.
TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=60)
TITLES = TEXT.filter(str.strip)
CONTENTS = st.builds(lambda lines: "\n".join(["# Head", *lines]), st.lists(TEXT, max_size=4))
TAGS = st.lists(st.text("abcdeé -", min_size=1, max_size=8).filter(str.strip), max_size=4)
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
DATES = st.one_of(st.none(), MOMENTS, st.sampled_from(["2026-01-01", "2026-01-01T00:00:00Z", "someday"]))
CSS = st.sampled_from(["", "p{color:red}", "a{margin:0}"])
JS = st.sampled_from(["", "<script>1</script>", '<script src="/x">\n</script>'])
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "title": TITLES,
    "content": CONTENTS,
    "description": TEXT,
    "tags": TAGS,
    "is_published": st.booleans(),
    "publish_start_date": DATES,
    "publish_end_date": DATES,
    "script_css": CSS,
    "script_js": JS,
}
PAGES = st.fixed_dictionaries(FIELDS)
CHANGES = st.fixed_dictionaries({}, optional=FIELDS)
MOVING = {"updated_at", "author_id", "author_name", "author_email"}


def fields_of(wiki: Area, id: int) -> dict[str, Any]:
    """All that can be read of a page, publish dates and time stamps as raw text included."""
    query = "query($id: Int!) { pages { single(id: $id) { publishStartDate publishEndDate createdAt } } }"
    raw = wiki.client.graphql(query, {"id": id})["pages"]["single"]
    state: PageForEditor = wiki.state(id)
    fields = {name: value for name, value in state if name not in MOVING}
    return {**fields, **raw, "tags": sorted(tag.tag for tag in state.tags)}


# A publish date is looked at twice: as the model has it, and as the text that is stored.
CONCERNS = {
    "publish_start_date": {"publish_start_date", "publishStartDate"},
    "publish_end_date": {"publish_end_date", "publishEndDate"},
}


def check(wiki: Area, before: dict[str, Any], changes: dict[str, Any]) -> None:
    page = wiki.pages.create(wiki.path(f"page-{uuid4().hex[:8]}"), **before)
    was = fields_of(wiki, page.id)
    saved = wiki.pages.update(page.id, **changes)
    now = fields_of(wiki, page.id)
    touched = {field for name in changes for field in CONCERNS.get(name, {name})}
    assert {name: now[name] for name in was.keys() - touched} == {name: was[name] for name in was.keys() - touched}
    for name in changes.keys() & {"title", "content", "description", "is_published", "script_js"}:
        assert now[name] == changes[name]
    if "tags" in changes:
        assert now["tags"] == sorted({tag.strip().lower() for tag in changes["tags"]})
    assert (saved.title, saved.content, saved.is_published) == (now["title"], now["content"], now["is_published"])


def without_accents(fields: dict[str, Any]) -> dict[str, Any]:
    """The same with tags that every database tells apart."""
    return fields | {"tags": [tag.replace("é", "f") for tag in fields["tags"]]} if "tags" in fields else fields


@pytest.fixture(scope="module")
def quick_wiki() -> Any:
    area = _area(is_live=False)
    yield area
    area.clean_up()


@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])
@given(before=PAGES, changes=CHANGES)
def test_an_update_loses_nothing(quick_wiki: Area, before: dict[str, Any], changes: dict[str, Any]) -> None:
    check(quick_wiki, before, changes)


if LIVE_URL:

    @pytest.fixture(scope="module")
    def live_wiki() -> Any:
        area = _area(is_live=True)
        yield area
        area.clean_up()

    @pytest.mark.live
    @settings(
        max_examples=15,
        suppress_health_check=[HealthCheck.too_slow],
        phases=[Phase.explicit, Phase.reuse, Phase.generate],  # each example costs seconds
    )
    @given(before=PAGES, changes=CHANGES)
    def test_an_update_of_a_real_server_loses_nothing(
        live_wiki: Area, before: dict[str, Any], changes: dict[str, Any]
    ) -> None:
        if live_wiki.database == "MariaDB":  # where "e" and "é" are one tag
            before, changes = without_accents(before), without_accents(changes)
        check(live_wiki, before, changes)
