"""The query builder: every query of the schema can be asked, and what is asked is an operation like any other."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from graphql import build_schema, parse, validate
from hypothesis import given
from hypothesis import strategies as st

from wikijs import WikiJSClient, exceptions, ops, q
from wikijs.cache import MemoryCache
from wikijs.core.documents.querying import QueryField
from wikijs.core.operations import Operation
from wikijs.sandbox import Sandbox

SCHEMA = build_schema(Path("schema/wikijs.graphql").read_text(encoding="utf-8"), assume_valid=True)
SAMPLES = {"int": 1, "str": "en", "bool": True}


def everything() -> Iterator[tuple[str, Any]]:
    """Each query with all its arguments, still to be selected from."""
    for namespace in q_module().__all__:
        for name, method in inspect.getmembers(getattr(q, namespace), inspect.ismethod):
            arguments = {
                parameter.name: sample(str(parameter.annotation))
                for parameter in inspect.signature(method).parameters.values()
            }
            yield f"{namespace}.{name}", method(**arguments)


def sample(annotation: str) -> object:
    kind = annotation.removesuffix(" | UnsetType")
    if kind.startswith("builtins.list["):
        return [sample(kind[14:-1])]
    return SAMPLES.get(kind) or next(iter(getattr(q_module(), kind).__args__))


def q_module() -> Any:
    import wikijs_generated.query_builder

    return wikijs_generated.query_builder


ALL = dict(everything())


def operation(asked: Any, fields: tuple[str, ...] | None = None) -> Operation[Any]:
    return asked.select(*(fields or asked.selectable)) if isinstance(asked, QueryField) else asked


def test_every_query_of_the_schema_is_there() -> None:
    assert len(ALL) == 48


@pytest.mark.parametrize("name", ALL)
def test_all_arguments_and_all_fields_make_a_document_that_the_schema_accepts(name: str) -> None:
    assert not validate(SCHEMA, parse(operation(ALL[name]).spec.document))


@given(st.data())
def test_any_choice_of_fields_is_a_valid_document(data: st.DataObject) -> None:
    field = data.draw(st.sampled_from([asked for asked in ALL.values() if isinstance(asked, QueryField)]))
    fields = data.draw(st.lists(st.sampled_from(field.selectable), min_size=1))
    assert not validate(SCHEMA, parse(operation(field, tuple(fields)).spec.document))


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(seed="demo") as sandbox:
        yield sandbox


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[WikiJSClient]:
    with sandbox.client() as client:
        yield client


def test_the_answer_is_plain_json_with_the_names_of_the_server(client: WikiJSClient) -> None:
    page = client.query(q.pages.single(1).select("id", "isPublished", "tags.tag"))
    assert page == {"id": 1, "isPublished": True, "tags": [{"tag": "start"}]}


def test_a_scalar_needs_no_selection(client: WikiJSClient) -> None:
    assert client.query(q.authentication.api_state()) is True
    assert "handbook" in client.query(q.pages.search_tags("hand"))


async def test_the_asynchronous_client_asks_the_same(sandbox: Sandbox) -> None:
    async with sandbox.async_client() as client:
        assert await client.query(q.pages.single(2).select("path")) == {"path": "handbook"}


def test_choices_share_a_batch_with_other_operations(client: WikiJSClient) -> None:
    first, page, second = client.batch(
        q.pages.single(1).select("path"), ops.pages_single_metadata(2), q.pages.single(2).select("path")
    )
    assert [first, page.path, second] == [{"path": "home"}, "handbook", {"path": "handbook"}]


def test_a_page_that_is_missing_is_the_same_error_as_everywhere(client: WikiJSClient) -> None:
    with pytest.raises(exceptions.PageNotFoundError):
        client.query(q.pages.single(9999).select("id"))


def test_a_write_drops_what_was_asked_about_its_page_even_where_the_answer_does_not_tell_which_it_is() -> None:
    with (
        Sandbox(seed="demo") as sandbox,
        httpx2.Client(transport=sandbox.transport()) as http,
        WikiJSClient(sandbox.url, auth=sandbox.api_key, http_client=http, cache=MemoryCache()) as client,
    ):
        ask = q.pages.single_by_path("handbook", locale="en").select("title")
        assert client.query(ask) == client.query(ask) == {"title": "Handbook"}
        assert client.cache.stats().hits == 1
        client.pages.update(2, title="New")
        assert client.query(ask) == {"title": "New"}


def test_a_field_that_does_not_exist_is_refused_with_a_guess_before_anything_is_sent() -> None:
    with pytest.raises(exceptions.ValidationError, match=r"no field 'titel'\. Did you mean 'title'\?"):
        q.pages.list().select("titel")  # type: ignore[arg-type]
    with pytest.raises(exceptions.ValidationError, match="There are "):
        q.assets.folders(0).select("???")  # type: ignore[arg-type]


def test_nothing_selected_is_refused() -> None:
    with pytest.raises(exceptions.ValidationError, match=r"No field was selected\. For example: id, "):
        q.pages.list().select()


def test_fields_that_the_server_never_answers_are_not_offered() -> None:
    assert "toc" not in q.pages.single(1).selectable
    assert "folder.id" not in q.assets.list(0, kind="ALL").selectable


def test_equal_choices_share_one_spec() -> None:
    assert q.pages.single(1).select("id").spec is q.pages.single(2).select("id").spec
