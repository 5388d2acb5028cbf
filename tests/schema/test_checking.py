"""Whether this client fits a server: what is missing there, what is refused, what differs, what is forbidden."""

from __future__ import annotations

import httpx2
import pytest
from graphql import build_schema, parse
from wikijs_generated import operations as generated

from wikijs import WikiJSClient
from wikijs.codegen.errors import CodegenError
from wikijs.codegen.reading import versions
from wikijs.core.documents import bundled
from wikijs.core.documents.schema_versions import order
from wikijs.core.operations import OperationSpec
from wikijs.sandbox import Sandbox
from wikijs.schema_tools import checking, operations, rendering, server, sources
from wikijs.schema_tools.checking import Fit, Report, check_schema, check_server
from wikijs.schema_tools.server import Held, IntrospectionOffError
from wikijs.schema_tools.sources import Loaded

OURS = operations.of_client()
SPECS = [spec for spec in vars(generated).values() if isinstance(spec, OperationSpec)]
VERSIONS = versions.history()["versions_with_a_schema_change"]


def not_served(report: Report) -> set[str]:
    return {finding.operation.name for finding in report.of(Fit.MISSING, Fit.REFUSED)}


def too_new_for(version: str) -> set[str]:
    """What the compiled operations themselves say: each names the first version that serves it."""
    return {spec.name for spec in SPECS if spec.since and order(spec.since) > order(version)}


def edited(*edits: tuple[str, str]) -> Loaded:
    text = bundled.schema().read_text(encoding="utf-8")
    for before, after in edits:
        assert before in text
        text = text.replace(before, after, 1)
    return Loaded("edited", build_schema(text))


def finding(report: Report, name: str) -> checking.Finding:
    [found] = [found for found in report.findings if found.operation.name == name]
    return found


@pytest.mark.parametrize("version", VERSIONS)
def test_a_schema_of_each_version_lacks_exactly_what_came_later(version: str) -> None:
    report = check_schema(sources.load(f"bundled@{version}"), OURS)
    assert not_served(report) == too_new_for(version)
    assert len(report.findings) == len(SPECS) == 136
    missing = {found.operation.server_field for found in report.of(Fit.MISSING)}
    assert all(found.reasons for found in report.of(Fit.MISSING, Fit.REFUSED))
    assert missing.isdisjoint(found.operation.server_field for found in report.of(Fit.REFUSED, Fit.FITS))


@pytest.mark.parametrize(("version", "introspect"), [("2.4.75", False), ("2.5.201", True), ("2.5.290", False)])
def test_a_server_of_a_version_lacks_exactly_what_came_later(version: str, introspect: bool) -> None:
    with Sandbox(version=version) as sandbox, sandbox.client() as client:
        report = check_server(client, OURS, introspect=introspect)
    assert not_served(report) == too_new_for(version)
    assert (report.version, report.compared) == (version, introspect)
    assert report.severity is checking.Severity.BREAKING


def test_a_server_before_profiles_does_not_say_who_we_are() -> None:
    with Sandbox(version="2.2.50") as sandbox, sandbox.client() as client:
        assert server.held(client) == Held("unknown", None)


def test_the_newest_server_fits_both_ways() -> None:
    with Sandbox() as sandbox, sandbox.client() as client:
        for introspect in (True, False):
            report = check_server(client, OURS, introspect=introspect)
            assert report.of(Fit.FITS) == report.findings
            assert report.severity is None


def test_asking_what_a_server_accepts_executes_nothing() -> None:
    with Sandbox(seed="demo") as sandbox, sandbox.client() as client:
        before = sandbox.db.all("SELECT * FROM settings"), sandbox.db.all("SELECT * FROM pages")
        writes = [operation for operation in OURS if operation.name in {"PagesDelete", "SystemFlushCache"}]
        always = operations.Checked(
            "Rename", "user", parse('mutation Rename { site { updateConfig(title: "Probed") { __typename } } }')
        )
        assert server.refusals(client, [*writes, always]) == [()] * (len(writes) + 1)
        assert (sandbox.db.all("SELECT * FROM settings"), sandbox.db.all("SELECT * FROM pages")) == before
        client.graphql('mutation { site { updateConfig(title: "Done") { __typename } } }')
        assert sandbox.db.all("SELECT * FROM settings") != before[0]  # where it is executed, it can be seen


def test_a_field_that_is_gone_is_missing_and_one_that_takes_something_else_is_refused() -> None:
    report = check_schema(
        edited(
            ("  searchTags(query: String!): [String]!\n", ""), ("  render: String\n  toc: String\n", "  toc: String\n")
        ),
        OURS,
    )
    assert finding(report, "PagesSearchTags").fit is Fit.MISSING
    rendered = finding(report, "PagesSingleRendered")
    assert (rendered.fit, rendered.reasons) == (Fit.REFUSED, ("Cannot query field 'render' on type 'Page'.",))
    assert finding(report, "PagesList").fit is Fit.FITS
    assert finding(report, "PagesSearchTags").reasons[0].startswith("Cannot query field 'searchTags'")


def test_what_is_served_differently_is_told() -> None:
    report = check_schema(edited(("enum PageOrderBy {\n", "enum PageOrderBy {\n  SIZE\n")), OURS)
    changed = finding(report, "PagesList")
    assert (changed.fit, changed.reasons) == (Fit.CHANGED, ("SIZE was added to enum type PageOrderBy.",))
    assert [found.operation.name for found in report.of(Fit.CHANGED)] == ["PagesList"]


def test_queries_of_users_are_checked_by_themselves(tmp_path) -> None:
    text = "query PagesList { pages { single(id: 1) { ...PageSummary } } } fragment PageSummary on Page { id nope }"
    (tmp_path / "a.graphql").write_text(text, encoding="utf-8")
    mine = operations.of_files([tmp_path])
    report = check_schema(sources.carried(), [*OURS, *mine])
    assert [found.operation.owner for found in report.of(Fit.REFUSED)] == ["user"]


# ---- permissions ----


def test_permissions_that_a_key_lacks_are_named() -> None:
    held = Held("user", frozenset({"read:pages", "read:source"}))
    report = check_schema(sources.carried(), OURS, held)
    assert finding(report, "PagesSingle").lacks == ()
    assert finding(report, "PagesSingleForEditor").lacks == (("write:pages", "manage:system"),)
    assert rendering.lacking(finding(report, "UsersList").lacks) == "write:users or manage:users or manage:system"
    assert report.severity is None


@pytest.mark.parametrize("permissions", [frozenset({"manage:system"}), None])
def test_who_may_do_everything_or_cannot_be_told_lacks_nothing(permissions: frozenset[str] | None) -> None:
    assert check_schema(sources.carried(), OURS, Held("user", permissions)).lacking == ()


def test_permissions_of_a_key_are_those_of_its_group() -> None:
    with Sandbox(seed="demo") as sandbox, sandbox.client() as client:
        assert server.held(client) == Held("api_key", frozenset({"manage:system"}))
        group = client.groups.create("Readers", permissions=["read:pages", "manage:groups"])
        key = client.api_keys.create("reader", group=group.id).key
        with sandbox.client(auth=key) as reader:
            assert server.held(reader) == Held("api_key", frozenset({"read:pages", "manage:groups"}))
        blind = client.groups.create("Blind", permissions=["read:pages"])
        with sandbox.client(auth=client.api_keys.create("blind", group=blind.id).key) as reader:
            report = check_server(reader, OURS)
            assert report.held == Held("api_key", None)
            assert "the wiki does not tell them to an API key whose group" in rendering.conclusions(report)[-1]


def test_permissions_of_a_user_are_those_of_the_login_and_a_guest_has_unknown_ones() -> None:
    with Sandbox(seed="demo") as sandbox:
        from wikijs.auth import PasswordAuth

        with sandbox.client(auth=PasswordAuth(sandbox.admin_email, sandbox.admin_password)) as admin:
            held = server.held(admin)
            assert held.kind == "user"
            assert "manage:system" in (held.permissions or ())
        http = httpx2.Client(transport=sandbox.transport())
        with WikiJSClient(sandbox.url, http_client=http) as guest:
            assert server.held(guest) == Held("guest", None)
            assert server.version(guest) is None


# ---- servers that answer otherwise ----


def answering(status: int, body: object) -> WikiJSClient:
    transport = httpx2.MockTransport(lambda _: httpx2.Response(status, json=body))
    return WikiJSClient("http://wiki.example.com", http_client=httpx2.Client(transport=transport))


OFF = {
    "message": (
        "GraphQL introspection is not allowed by Apollo Server, but the query contained __schema or __type. To enable"
        " introspection, pass introspection: true to ApolloServer in production"
    ),
    "locations": [{"line": 1, "column": 2}],
    "extensions": {"code": "GRAPHQL_VALIDATION_FAILED"},
}
"""What a Wiki.js 2.5.314 started with NODE_ENV=production answers."""


def test_a_server_that_does_not_tell_its_schema_says_what_to_do_instead() -> None:
    with pytest.raises(IntrospectionOffError) as caught:
        server.introspect(answering(400, {"errors": [OFF]}))
    [problem] = caught.value.problems
    assert problem.startswith("http://wiki.example.com does not tell its schema: introspection is off there")
    assert "--sdl" in problem
    assert "schema check" in problem


def test_other_refusals_are_not_taken_for_that() -> None:
    from wikijs.exceptions import QueryError

    with pytest.raises(QueryError, match="Too deep"):
        server.introspect(answering(400, {"errors": [{"message": "Too deep", "extensions": {"code": "X"}}]}))


def test_without_introspection_the_server_is_asked_what_it_accepts() -> None:
    with Sandbox() as sandbox, sandbox.client() as real:

        def answer(request: httpx2.Request) -> httpx2.Response:
            if b"__schema" in request.content:
                return httpx2.Response(400, json={"errors": [OFF]})
            with httpx2.Client(transport=sandbox.transport()) as http:
                return http.send(request)

        http = httpx2.Client(transport=httpx2.MockTransport(answer))
        with WikiJSClient(real.url, auth=sandbox.api_key, http_client=http) as client:
            report = check_server(client, OURS)
        assert (report.compared, len(report.of(Fit.FITS))) == (False, 136)
        assert "was asked what it would accept" in rendering.conclusions(report)[1]


@pytest.mark.parametrize("body", [{"data": {"pages": None}}, {"errors": [], "data": None}])
def test_what_executes_unknown_operations_is_not_trusted(body: object) -> None:
    with pytest.raises(CodegenError, match=r"does not check documents as Wiki\.js does"):
        server.refusals(answering(200, body), OURS[:2])


def test_an_error_that_belongs_to_no_operation_is_told() -> None:
    with pytest.raises(CodegenError, match="the operations could not be checked: Query is too complex"):
        server.refusals(answering(400, {"errors": [{"message": "Query is too complex"}]}), OURS[:2])


def test_a_server_that_stops_counting_is_asked_in_parts() -> None:
    def answer(request: httpx2.Request) -> httpx2.Response:
        several = request.content.count(b"query ") > 1
        stopped = {"message": "Too many validation errors, error limit reached. Validation aborted."}
        none = {"message": 'Unknown operation named "NotInThisDocument".'}
        return httpx2.Response(400, json={"errors": [stopped if several else none]})

    reads = [operation for operation in OURS if operation.name in {"PagesTags", "GroupsList", "UsersProfile"}]
    http = httpx2.Client(transport=httpx2.MockTransport(answer))
    with WikiJSClient("http://wiki.example.com", http_client=http) as client:
        assert server.refusals(client, reads) == [(), (), ()]
