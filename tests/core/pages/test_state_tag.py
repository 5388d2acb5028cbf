"""Tags of a page's editable state."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from wikijs_generated.fragments import PageForEditor

from wikijs.core.pages.state_tag import is_section_tag, is_state_tag, section_tag, state_tag

PAGE: dict[str, Any] = {
    "id": 1,
    "path": "a/b",
    "hash": "h",
    "locale": "en",
    "title": "T",
    "description": "",
    "contentType": "markdown",
    "createdAt": "2026-01-01T00:00:00.000Z",
    "updatedAt": "2026-01-01T00:00:00.000Z",
    "content": "x\ud800",
    "editor": "markdown",
    "isPublished": True,
    "isPrivate": False,
    "publishStartDate": "",
    "publishEndDate": "",
    "scriptCss": "",
    "scriptJs": "",
    "authorId": 1,
    "authorName": "a",
    "authorEmail": "",
    "creatorId": 1,
    "creatorName": "a",
    "creatorEmail": "",
    "tags": [],
}


def tag(name: str) -> dict[str, Any]:
    return {"id": 1, "tag": name, "title": name, "createdAt": PAGE["createdAt"], "updatedAt": PAGE["createdAt"]}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("path", "c"), ("locale", "fr"), ("title", "U"), ("description", "d"), ("content", "y"), ("editor", "code")),
        *(("isPublished", False), ("isPrivate", True), ("publishStartDate", "2026-05-01T00:00:00.000Z")),
        *(("publishEndDate", "soon"), ("scriptCss", "p{}"), ("scriptJs", "p()"), ("tags", [tag("a")])),
    ],
)
def test_each_editable_field_changes_it(field: str, value: Any) -> None:
    changed = {**PAGE, field: value}
    assert state_tag(changed) != state_tag(PAGE)
    assert is_state_tag(state_tag(changed))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("updatedAt", "2027-01-01T00:00:00.000Z"),
        ("authorId", 2),
        ("hash", "i"),
        ("scriptJs", None),
        ("publishStartDate", None),
    ],
)
def test_nothing_else_does(field: str, value: Any) -> None:
    assert state_tag({**PAGE, field: value}) == state_tag(PAGE)


def test_the_order_of_tags_does_not_matter_and_models_have_the_same_tag_as_json() -> None:
    page = {**PAGE, "content": "x", "tags": [tag("b"), tag("a")]}
    assert state_tag(page) == state_tag({**page, "tags": ["a", "b"]})
    model = PageForEditor.model_validate(page)
    assert state_tag(model) == state_tag(page) == state_tag({**page, "tags": model.tags})


def test_moments_are_the_same_whatever_their_zone_and_type() -> None:
    text = {**PAGE, "publishStartDate": "2026-05-01T10:00:00.000Z"}
    moment = datetime(2026, 5, 1, 12, tzinfo=timezone(timedelta(hours=2)))
    assert state_tag({**PAGE, "publishStartDate": moment}) == state_tag(text)
    assert state_tag({**PAGE, "publishStartDate": moment.astimezone(UTC)}) == state_tag(text)


def test_fields_do_not_run_into_each_other() -> None:
    assert state_tag({**PAGE, "title": "ab", "description": "c"}) != state_tag(
        {**PAGE, "title": "a", "description": "bc"}
    )


def test_sections_have_tags_of_their_own_kind() -> None:
    own = section_tag("two", "## Two\n")
    assert is_section_tag(own)
    assert not is_state_tag(own)
    assert own != section_tag("two", "## Two")
    assert own != section_tag("two-1", "## Two\n")


@pytest.mark.parametrize(
    "invented", ["", "p", "latest", "v3", "12345", "p" + "A" * 22 + "x", "p" + "A" * 21 + "B", "s" + "A" * 22]
)
def test_invented_tags_do_not_look_like_one(invented: str) -> None:
    assert not is_state_tag(invented)
