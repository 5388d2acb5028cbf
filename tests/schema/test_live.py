"""The same questions to a real Wiki.js, of the version that this client was compiled from."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from graphql import parse

from wikijs import WikiJSClient
from wikijs.core.documents import bundled
from wikijs.schema_tools import canonical, operations, server, sources
from wikijs.schema_tools.checking import Fit, check_server

pytestmark = pytest.mark.live


@pytest.fixture
def client() -> Iterator[WikiJSClient]:
    url, key = os.environ.get("WIKIJS_URL"), os.environ.get("WIKIJS_API_KEY")
    if not url or not key:
        pytest.skip("Set WIKIJS_URL and WIKIJS_API_KEY.")
    with WikiJSClient(url, auth=key) as client:
        yield client


def test_what_it_tells_is_our_file_byte_for_byte(client: WikiJSClient) -> None:
    loaded = server.introspect(client)
    assert loaded.version == "2.5.314"
    for like in (None, sources.carried().schema):
        assert canonical.printed(loaded.schema, like) == bundled.schema().read_text(encoding="utf-8")


@pytest.mark.parametrize("introspect", [True, False])
def test_this_client_fits(client: WikiJSClient, introspect: bool) -> None:
    report = check_server(client, operations.of_client(), introspect=introspect)
    assert report.compared is introspect
    assert report.of(Fit.FITS) == report.findings
    assert report.lacking == ()


def test_asking_what_it_accepts_executes_nothing(client: WikiJSClient) -> None:
    name = "probed-and-not-made"
    document = parse(f'mutation Make {{ groups {{ create(name: "{name}") {{ responseResult {{ succeeded }} }} }} }}')
    made = operations.Checked("Make", "user", document)
    assert server.refusals(client, [made]) == [()]
    assert name not in {group.name for group in client.groups.list()}
    wrong = operations.Checked("Wrong", "user", parse("mutation Wrong { groups { create(title: 1) { nope } } }"))
    [refusals] = server.refusals(client, [wrong])
    assert [refusal.message for refusal in refusals] == [
        'Unknown argument "title" on field "GroupMutation.create".',
        'Cannot query field "nope" on type "GroupResponse".',
        'Field "create" argument "name" of type "String!" is required, but it was not provided.',
    ]
