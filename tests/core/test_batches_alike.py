"""A batch of one query over and over becomes models in one pass; whatever else it holds takes the thorough way."""

from __future__ import annotations

import json
from typing import Any

from wikijs import ops
from wikijs.core import batching
from wikijs.core.answers.alike import parse_alike
from wikijs.core.flow import BareReply
from wikijs.exceptions import PageNotFoundError
from wikijs.resources.pages.values.listed_ids import listing

IDS = [listing(), listing()]
TWO: dict[str, Any] = {"nonce_b1": "Query", "b0_pages": {"list": [{"id": 1}]}, "b1_pages": {"list": []}}


def _reply(data: Any, errors: Any = None) -> BareReply:
    body = {"data": data} if errors is None else {"errors": errors, "data": data}
    return BareReply(200, {"content-type": "application/json"}, json.dumps(body).encode())


def _split(data: Any, errors: Any = None) -> list[Any]:
    return batching.split(IDS, _reply(data, errors), "alias")


def test_one_pass_gives_each_its_own_leaf() -> None:
    assert parse_alike(IDS, _reply(TWO), "b{}_".format) is not None
    first, second = _split(TWO)
    assert [page.id for page in first] == [1]
    assert second == []


def test_the_thorough_way_is_left_to_what_is_not_alike_or_not_whole() -> None:
    mixed = [IDS[0], ops.pages_tags()]
    assert parse_alike(mixed, _reply(TWO), "b{}_".format) is None
    for data in (
        None,
        {},
        {**TWO, "b1_pages": "text"},
        {"b0_pages": TWO["b0_pages"]},
        {**TWO, "b1_pages": {"list": 5}},
    ):
        assert parse_alike(IDS, _reply(data), "b{}_".format) is None
    writes = [ops.pages_delete(1), ops.pages_delete(2)]
    assert parse_alike(writes, _reply(TWO), "b{}_".format) is None


def test_an_error_stays_with_the_one_that_it_is_about() -> None:
    error = {"message": "gone", "path": ["b1_pages", "list"], "extensions": {"exception": {"code": 6003}}}
    first, second = _split({**TWO, "b1_pages": {"list": None}}, [error])
    assert [page.id for page in first] == [1]
    assert isinstance(second, PageNotFoundError)
