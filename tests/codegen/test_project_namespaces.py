"""A server with operations of its own: namespaces that py-wikijs does not know."""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from types import ModuleType

import httpx2
import pytest

from wikijs import WikiJSClient, exceptions
from wikijs.cache import MemoryCache
from wikijs.codegen import package
from wikijs.codegen.errors import CodegenError
from wikijs.codegen.reading import project
from wikijs.core.documents import bundled

EXTRA = """
scalar Money
type WidgetQuery { all(kind: WidgetKind): [Widget] }
type WidgetMutation { make(name: String!): WidgetResponse }
type WidgetResponse { responseResult: ResponseStatus! widget: Widget }
type Widget { id: Int! price: Money kind: WidgetKind @deprecated }
enum WidgetKind { SMALL LARGE }
"""
QUERIES = """
query WidgetsAll($kind: WidgetKind) { widgets { all(kind: $kind) { id price kind } } }
mutation WidgetsMake($name: String!) {
  widgets { make(name: $name) { responseResult { ...ResponseStatus } widget { id } } }
}
"""
OK = {"succeeded": True, "errorCode": 0, "slug": "ok", "message": None}
ANSWERS = {
    "WidgetsAll": {"widgets": {"all": [{"id": 1, "price": "7.50", "kind": "SMALL"}]}},
    "WidgetsMake": {"widgets": {"make": {"responseResult": OK, "widget": {"id": 2}}}},
    "GroupsList": {"groups": {"list": []}},
}


def begin(folder: Path, queries: str, name: str = "widget_wiki") -> None:
    schema = bundled.schema().read_text()
    for root, type_ in (("Query", "WidgetQuery"), ("Mutation", "WidgetMutation")):
        assert f"type {root} {{\n" in schema
        schema = schema.replace(f"type {root} {{\n", f"type {root} {{\n  widgets: {type_}\n  batch: {type_}\n")
    (folder / "server.graphql").write_text(schema + EXTRA)
    (folder / "queries").mkdir()
    (folder / "queries/widgets.graphql").write_text(queries)
    (folder / "codegen.toml").write_text(
        f'[tool.wikijs.generate]\npackage = "{name}"\nschema = "server.graphql"\n'
        '[tool.wikijs.generate.scalars.Money]\ntype = "decimal.Decimal"\n'
    )


@pytest.fixture
def widget_wiki(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    begin(tmp_path, QUERIES)
    package.generate(project.load(tmp_path / "codegen.toml"))
    monkeypatch.syspath_prepend(str(tmp_path))
    return importlib.import_module("widget_wiki")


async def test_they_become_namespaces_and_nothing_of_them_is_cached(widget_wiki: ModuleType) -> None:
    asked: list[str] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(json.loads(request.content)["operationName"])
        return httpx2.Response(200, json={"data": ANSWERS[asked[-1]]})

    with httpx2.Client(transport=httpx2.MockTransport(answer)) as http:
        client = widget_wiki.WidgetWiki("http://wiki.example.com", http_client=http, cache=MemoryCache())
        assert isinstance(client, WikiJSClient)
        (widget,) = client.widgets.all(kind=widget_wiki.WidgetKind.SMALL)
        assert (str(widget.price), widget.kind) == ("7.50", widget_wiki.WidgetKind.SMALL)
        client.widgets.all()
        client.groups.list()
        client.groups.list()
        assert asked == ["WidgetsAll", "WidgetsAll", "GroupsList"], "nobody knows how long widgets hold"
        assert client.widgets.make("New").widget.id == 2
        client.groups.list()
        assert asked[-1] == "GroupsList", "nobody knows what making one changes"
    async with httpx2.AsyncClient(transport=httpx2.MockTransport(answer)) as http:
        client = widget_wiki.AsyncWidgetWiki("http://wiki.example.com", http_client=http)
        assert [widget.id for widget in await client.widgets.all()] == [1]


def test_a_refusal_of_theirs_is_raised_too(widget_wiki: ModuleType) -> None:
    refused = {"succeeded": False, "errorCode": 1, "slug": "Error", "message": "No more widgets."}
    body = {"data": {"widgets": {"make": {"responseResult": refused, "widget": None}}}}
    transport = httpx2.MockTransport(lambda request: httpx2.Response(200, json=body))
    with httpx2.Client(transport=transport) as http:
        client = widget_wiki.WidgetWiki("http://wiki.example.com", http_client=http)
        with pytest.raises(exceptions.APIError, match="No more widgets"):
            client.widgets.make("New")


def test_a_namespace_with_the_name_of_a_method_of_the_client_is_refused(tmp_path: Path) -> None:
    begin(tmp_path, "query BatchAll { batch { all { id } } }\n")
    with pytest.raises(CodegenError) as refused:
        package.compiled(project.load(tmp_path / "codegen.toml"))
    said = "operation `BatchAll` would be `client.batch.all`, which is there already; rename it."
    assert str(refused.value) == f"queries/widgets.graphql:1: {said}"
