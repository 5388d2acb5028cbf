"""Writes whose answer is lost, for every operation that can be settled: against the sandbox, without waiting."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import SimpleNamespace
from typing import Any, Final, Literal, TypeAlias

import httpx2
import pytest
from wikijs_generated.enums import PageRuleMatch
from wikijs_generated.input_types import PageRuleInput

from tests.support.echo import echoed
from wikijs import WikiJSClient, ops
from wikijs import exceptions as exc
from wikijs.core.flow import Flow
from wikijs.core.operations import Operation
from wikijs.core.outcomes import Outcome
from wikijs.middleware import Event, Settled
from wikijs.middleware.readbacks import DONE_BY, PREPARED, READERS, REPEATABLE, Unclear
from wikijs.sandbox import Sandbox

Fault: TypeAlias = (
    Literal["before", "after", "bad gateway", "broken", "none"] | httpx2.Response | Callable[[], httpx2.Response]
)


class Lossy(httpx2.BaseTransport):
    """Loses mutations as planned: before the server has them, or their answers after it has acted."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.inner = sandbox.transport()
        self.plan: list[Fault] = []
        self.reads: list[Fault] = []
        self.sent: Counter[str] = Counter()

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        asked = json.loads(request.read())
        is_write = asked["query"].startswith("mutation")
        self.sent[asked["operationName"]] += 1
        faults = self.plan if is_write else self.reads
        fault: Fault = faults.pop(0) if faults else "none"
        if callable(fault):
            fault = fault()
        if isinstance(fault, httpx2.Response):
            content = echoed(request.content, fault.content)
            return httpx2.Response(fault.status_code, headers=_without_length(fault), content=content)
        if fault == "before":
            raise httpx2.ReadError("cut", request=request)
        response = self.inner.handle_request(request)
        match fault:
            case "after":
                raise httpx2.ReadError("cut", request=request)
            case "bad gateway":
                return httpx2.Response(502, text="<html>", headers={"content-type": "text/html"})
            case "broken":
                content = response.read()
                return httpx2.Response(200, content=content[: len(content) // 2], headers=response.headers)
            case _:
                return response


def _without_length(response: httpx2.Response) -> dict[str, str]:
    return {name: value for name, value in response.headers.items() if name != "content-length"}


@dataclass
class Wiki:
    """A sandbox, a client behind a bad line, and one with a good line."""

    client: WikiJSClient
    direct: WikiJSClient
    line: Lossy
    settled: list[Outcome] = field(default_factory=list)

    def run(self, operation: Operation[Any], *faults: Fault) -> Any:
        self.line.sent.clear()
        self.line.plan = list(faults)
        return self.client.execute(operation)


@pytest.fixture
def wiki() -> Iterator[Wiki]:
    with Sandbox() as sandbox, sandbox.client() as direct:
        line = Lossy(sandbox)
        settled: list[Outcome] = []

        def note(event: Event) -> None:
            if isinstance(event, Settled):
                settled.append(event.outcome)

        with (
            httpx2.Client(transport=line) as http,
            WikiJSClient(sandbox.url, sandbox.api_key, http_client=http, retry=False, on_event=note) as client,
        ):
            client._policy.settle_waits = (0.0, 0.0)
            yield Wiki(client, direct, line, settled)


# A case makes ready what a write needs; it gives the write, and what proves it: something that differs afterwards.

Case: TypeAlias = Callable[[WikiJSClient], tuple[Operation[Any], Callable[[], Any]]]


def page(client: WikiJSClient, path: str = "first", **changes: Any) -> int:
    return client.pages.create(path, **({"title": "A", "content": "# A", "tags": ["x"]} | changes)).id


def new_page(path: str = "first", **changes: Any) -> Operation[Any]:
    wanted: dict[str, Any] = {
        "title": "A", "content": "# A", "description": "", "editor": "markdown", "is_published": True,
        "is_private": False, "locale": "en", "path": path, "tags": ["x", "Y "],
    }  # fmt: skip
    return ops.pages_create(**(wanted | changes))


def pages_create(client: WikiJSClient) -> tuple[Operation[Any], Callable[[], Any]]:
    return new_page(), lambda: [(found.path, tuple(found.tags)) for found in client.pages.list()]


def pages_update(client: WikiJSClient) -> tuple[Operation[Any], Callable[[], Any]]:
    ident = page(client)
    before = client.execute(ops.pages_single_for_editor(ident))
    write = ops.pages_update(ident, content="# B", title="B", description="", is_published=True, locale="en",
                             path="first", tags=["z"], editor="markdown", is_private=False)  # fmt: skip

    def state() -> tuple[str, list[str]]:
        now = client.execute(ops.pages_single_for_editor(ident))
        return now.content, [tag.tag for tag in now.tags]

    return Operation(write.spec, write.variables, before=before), state


def pages_move(client: WikiJSClient) -> tuple[Operation[Any], Callable[[], Any]]:
    ident = page(client)
    write = ops.pages_move(ident, destination_path="second", destination_locale="en")
    return write, lambda: [found.path for found in client.pages.list()]


def pages_delete(client: WikiJSClient) -> tuple[Operation[Any], Callable[[], Any]]:
    return ops.pages_delete(page(client)), client.pages.list


def user(client: WikiJSClient) -> int:
    client.execute(new_user("u@example.com"))
    return next(found.id for found in client.execute(ops.users_list()) if found.email == "u@example.com")


def new_user(email: str) -> Operation[Any]:
    return ops.users_create(email, name="User", provider_key="local", groups=[], password_raw="Passw0rd!y")


def users_create(client: WikiJSClient) -> tuple[Operation[Any], Callable[[], Any]]:
    return new_user("New@example.com"), lambda: sorted(found.email for found in client.execute(ops.users_list()))


def users_update(client: WikiJSClient) -> tuple[Operation[Any], Callable[[], Any]]:
    ident = user(client)
    write = ops.users_update(ident, name="Veronica", location="", job_title="J", timezone="Europe/Paris",
                             date_format="YYYY-MM-DD", appearance="dark", groups=[1], email="v@example.com",
                             new_password="")  # fmt: skip
    return write, lambda: client.execute(ops.users_single(ident)).model_dump(exclude={"updated_at"})


def users_delete(client: WikiJSClient) -> tuple[Operation[Any], Callable[[], Any]]:
    ident = user(client)
    return ops.users_delete(ident, replace_id=1), lambda: [found.id for found in client.execute(ops.users_list())]


def switch(name: str) -> Case:
    def case(client: WikiJSClient) -> tuple[Operation[Any], Callable[[], Any]]:
        ident = user(client)
        if name == "activate":
            client.execute(ops.users_deactivate(ident))
        write: Operation[Any] = getattr(ops, f"users_{name}")(ident)

        def state() -> tuple[bool, bool]:
            found = client.execute(ops.users_single(ident))
            return found.is_active, found.is_verified

        return write, state

    return case


def groups_create(client: WikiJSClient) -> tuple[Operation[Any], Callable[[], Any]]:
    client.execute(ops.groups_create("Twins"))
    return ops.groups_create("Twins"), lambda: len(client.execute(ops.groups_list()))


def group(client: WikiJSClient) -> int:
    client.execute(ops.groups_create("G"))
    return max(found.id for found in client.execute(ops.groups_list()))


def groups_update(client: WikiJSClient) -> tuple[Operation[Any], Callable[[], Any]]:
    ident = group(client)
    before = client.execute(ops.groups_single_settings(ident))
    assert before is not None
    rule = PageRuleInput(id="r", deny=True, match=PageRuleMatch.START, roles=["read:pages"], path="x", locales=["en"])
    # As many rules as before, the same name and permissions: only the rules themselves differ.
    write = ops.groups_update(ident, name=before.name, redirect_on_login=before.redirect_on_login,
                              permissions=before.permissions, page_rules=[rule] * len(before.page_rules))  # fmt: skip
    assert before.page_rules

    def rules() -> Any:
        now = client.execute(ops.groups_single_settings(ident))
        return now and now.page_rules

    return write, rules


def groups_delete(client: WikiJSClient) -> tuple[Operation[Any], Callable[[], Any]]:
    return ops.groups_delete(group(client)), lambda: len(client.execute(ops.groups_list()))


def members(client: WikiJSClient, ident: int) -> list[int]:
    found = client.execute(ops.groups_single(ident))
    return [member.id for member in found.users] if found else []


def groups_assign(client: WikiJSClient) -> tuple[Operation[Any], Callable[[], Any]]:
    ident, who = group(client), user(client)
    return ops.groups_assign_user(ident, user_id=who), lambda: members(client, ident)


def groups_unassign(client: WikiJSClient) -> tuple[Operation[Any], Callable[[], Any]]:
    ident, who = group(client), user(client)
    client.execute(ops.groups_assign_user(ident, user_id=who))
    return ops.groups_unassign_user(ident, user_id=who), lambda: members(client, ident)


def create_folder(client: WikiJSClient) -> tuple[Operation[Any], Callable[[], Any]]:
    return ops.assets_create_folder(0, slug="New"), lambda: [f.slug for f in client.execute(ops.assets_folders(0))]


def delete_asset(client: WikiJSClient) -> tuple[Operation[Any], Callable[[], Any]]:
    asset = client.assets.upload(b"x", name="x.png")
    return ops.assets_delete_asset(asset.id), lambda: [found.filename for found in client.assets.list("/")]


def set_title(client: WikiJSClient) -> tuple[Operation[Any], Callable[[], Any]]:
    return ops.site_update_config(title="Other"), lambda: client.execute(ops.site_config()).title


CASES: Final[dict[str, Case]] = {
    "pages.create": pages_create,
    "pages.update": pages_update,
    "pages.move": pages_move,
    "pages.delete": pages_delete,
    "users.create": users_create,
    "users.update": users_update,
    "users.delete": users_delete,
    "users.activate": switch("activate"),
    "users.deactivate": switch("deactivate"),
    "users.verify": switch("verify"),
    "groups.create": groups_create,
    "groups.update": groups_update,
    "groups.delete": groups_delete,
    "groups.assignUser": groups_assign,
    "groups.unassignUser": groups_unassign,
    "assets.createFolder": create_folder,
    "assets.deleteAsset": delete_asset,
    "site.updateConfig": set_title,
}
NOT_SERVED: Final = {"theming.setConfig", "navigation.updateTree", "navigation.updateConfig", "pages.flushCache"}
"""Settled like `site.updateConfig`; left out for being the same row of the same table."""


def test_every_operation_that_is_settled_is_tested() -> None:
    assert CASES.keys() | NOT_SERVED == READERS.keys() | REPEATABLE
    assert not READERS.keys() & REPEATABLE
    assert NOT_SERVED <= REPEATABLE
    assert PREPARED.keys() <= READERS.keys()
    assert DONE_BY.keys() <= READERS.keys() | REPEATABLE


@pytest.mark.parametrize("fault", ["after", "bad gateway", "broken", "before"])
@pytest.mark.parametrize("name", CASES)
def test_a_write_is_done_once_whether_the_request_or_its_answer_is_lost(wiki: Wiki, name: str, fault: Fault) -> None:
    with Sandbox() as other, other.client() as calm:
        write, proof = CASES[name](calm)
        before = proof()
        wanted_result = calm.execute(write)
        wanted = proof()
        assert wanted != before or name == "users.verify"
    write, proof = CASES[name](wiki.direct)
    if (name, fault) == ("groups.create", "before"):  # it may arrive late, and names of groups are not unique
        with pytest.raises(exc.OutcomeUnknownError, match="no new group of this name is there yet"):
            wiki.run(write, fault)
        assert wiki.line.sent[write.name] == 1
        return
    result = wiki.run(write, fault)
    assert type(result) is type(wanted_result)
    assert without_times(proof()) == without_times(wanted)
    resent = fault == "before" or name in REPEATABLE
    assert wiki.line.sent[write.name] == 1 + resent


@pytest.mark.parametrize("second", ["before", "after"])
@pytest.mark.parametrize("name", CASES)
def test_a_second_loss_is_settled_as_well_or_said_to_be_unknown(wiki: Wiki, name: str, second: Fault) -> None:
    write, proof = CASES[name](wiki.direct)
    before = proof()
    try:
        wiki.run(write, "before", second)
    except exc.OutcomeUnknownError:
        assert second == "before" or name == "groups.create"
        assert without_times(proof()) == without_times(before)
    else:
        assert second == "after" or name in REPEATABLE
        assert name == "users.verify" or proof() != before
    assert wiki.line.sent[write.name] <= 3


def without_times(state: Any) -> Any:
    if isinstance(state, dict):
        return {key: value for key, value in state.items() if not isinstance(value, datetime)}
    return state


UNSETTLED: Final[Sequence[Operation[Any]]] = [
    ops.comments_create(1, content="Hello"),
    ops.mail_send_test("someone@example.com"),
    ops.storage_execute_action("disk", handler="dump"),
]


@pytest.mark.parametrize("write", UNSETTLED, ids=lambda write: write.spec.server_field)
@pytest.mark.parametrize("fault", ["before", "bad gateway", "broken"])
def test_comments_mail_and_storage_are_sent_once_and_never_looked_for(
    wiki: Wiki, write: Operation[Any], fault: Fault
) -> None:
    with pytest.raises(exc.OutcomeUnknownError, match="cannot be checked by reading"):
        wiki.run(write, httpx2.Response(502) if fault == "bad gateway" else fault)
    assert wiki.line.sent == {write.name: 1}


def failed(message: str = "Error when running job", code: int = 1) -> dict[str, Any]:
    return {"succeeded": False, "errorCode": code, "slug": "Error", "message": message}


def late_failure(kind: str) -> httpx2.Response:
    body = {"data": {"pages": {kind: {"responseResult": failed(), "page": None}}}}
    return httpx2.Response(200, json=body)


def made_elsewhere(wiki: Wiki, **changes: Any) -> int:
    """A page that a request makes while another page write is under way; no client of this process would send it."""
    sandbox = wiki.line.inner._sandbox
    headers = {"authorization": f"Bearer {sandbox.api_key}"}
    with httpx2.Client(transport=wiki.line.inner, base_url=sandbox.url, headers=headers) as http:
        answer = http.post("/graphql", json=new_page(**changes).payload()).json()
    return int(answer["data"]["pages"]["create"]["page"]["id"])


def test_a_create_that_failed_late_is_completed(wiki: Wiki) -> None:
    """The page was inserted and not tagged; the server says errorCode 1."""

    def fail() -> httpx2.Response:
        made_elsewhere(wiki, tags=[])
        return late_failure("create")

    wiki.line.plan = [fail]
    created = wiki.client.pages.create("first", title="A", content="# A", tags=["x", "y"])
    assert sorted(tag.tag for tag in created.tags) == ["x", "y"]
    assert wiki.line.sent["PagesCreate"] == 1
    assert [sorted(found.tags) for found in wiki.direct.pages.list()] == [["x", "y"]]


def test_a_create_that_failed_before_rendering_is_rendered(wiki: Wiki) -> None:
    made: list[int] = []

    def fail() -> httpx2.Response:
        made.append(made_elsewhere(wiki))
        wiki.line.inner._sandbox.db.run("UPDATE pages SET render = '' WHERE id = ?", made[0])
        return httpx2.Response(502)

    wiki.run(new_page(tags=["x"]), fail)
    assert "<h1" in (wiki.direct.execute(ops.pages_single(made[0])).render or "")


@pytest.mark.parametrize("fault", ["before", "after", "bad gateway"])
def test_what_was_there_before_does_not_pass_for_what_was_made(wiki: Wiki, fault: Fault) -> None:
    ident = page(wiki.direct)
    with pytest.raises(exc.OutcomeUnknownError, match=r"such a page is at first .* may have been there before"):
        wiki.run(new_page(tags=["other"]), fault)
    assert [found.tags for found in wiki.direct.pages.list()] == [["x"]]
    write, _ = users_create(wiki.direct)
    wiki.direct.execute(write)
    with pytest.raises(exc.OutcomeUnknownError, match="such an account is there"):
        wiki.run(write, fault)
    wiki.direct.pages.delete(ident)
    with pytest.raises(exc.OutcomeUnknownError, match="there was no such page before, either"):
        wiki.run(ops.pages_delete(ident), fault)


def test_a_look_that_fails_is_not_told_as_the_writes_failure(wiki: Wiki) -> None:
    wiki.line.reads = ["before"]
    with pytest.raises(exc.TransportError) as caught:
        wiki.run(new_page())
    assert not caught.value.sent
    assert wiki.line.sent["PagesCreate"] == 0


def test_a_create_that_failed_and_left_nothing_is_the_servers_error_at_once(wiki: Wiki) -> None:
    with pytest.raises(exc.APIError, match="Error when running job"):
        wiki.run(new_page(), late_failure("create"))
    assert wiki.line.sent["PagesCreate"] == 1
    assert wiki.settled == [Outcome.REJECTED]
    assert wiki.direct.pages.list() == []


def test_a_create_is_not_taken_for_done_because_of_another_page(wiki: Wiki) -> None:
    page(wiki.direct, content="# Somebody else's")
    with pytest.raises(exc.OutcomeUnknownError, match=r"another page is at first \(id 1\)"):
        wiki.run(new_page(), "before")
    assert wiki.line.sent["PagesCreate"] == 1


def test_an_account_of_somebody_else_is_not_taken_for_the_new_one(wiki: Wiki) -> None:
    user(wiki.direct)
    other = ops.users_create("U@example.com", name="Other", provider_key="local", groups=[], password_raw="Passw0rd!y")
    with pytest.raises(exc.OutcomeUnknownError, match="another account has this address"):
        wiki.run(other, "before")


def test_a_page_that_cannot_be_completed_is_said_to_be_incomplete(wiki: Wiki) -> None:
    def fail() -> httpx2.Response:
        made_elsewhere(wiki, tags=[])
        return late_failure("create")

    with pytest.raises(exc.OutcomeUnknownError, match="page 1 lacks tags"):
        wiki.run(new_page(), fail, late_failure("update"))


def test_an_update_stuck_before_its_tags_is_completed(wiki: Wiki) -> None:
    write, proof = pages_update(wiki.direct)
    wanted = dict(write.variables)
    wiki.direct.execute(Operation(write.spec, wanted | {"tags": ["x"]}))
    wiki.run(write, late_failure("update"))
    assert proof() == ("# B", ["z"])


@pytest.mark.parametrize("fault", ["before", "after"])
def test_an_update_of_a_script_alone_is_not_taken_for_done(wiki: Wiki, fault: Fault) -> None:
    ident = page(wiki.direct)
    wiki.line.plan = [fault]
    wiki.client.pages.update(ident, script_js="<script>1</script>")
    assert wiki.direct.execute(ops.pages_single_for_editor(ident)).script_js == "<script>1</script>"
    assert wiki.line.sent["PagesUpdate"] == (2 if fault == "before" else 1)


def test_an_update_that_was_saved_but_could_not_move_is_not_taken_for_done(wiki: Wiki) -> None:
    write, proof = pages_update(wiki.direct)
    page(wiki.direct, "taken", title="Taken")
    with pytest.raises(exc.OutcomeUnknownError, match="page 1 is saved, but it is at en/first"):
        wiki.run(Operation(write.spec, dict(write.variables) | {"path": "taken"}, before=write.before))
    assert proof() == ("# B", ["z"])


def test_without_the_state_before_an_update_is_not_sent_again(wiki: Wiki) -> None:
    write, _ = pages_update(wiki.direct)
    with pytest.raises(exc.OutcomeUnknownError, match="differs in content, title"):
        wiki.run(Operation(write.spec, write.variables), "before")
    scripted = dict(write.variables) | {"content": "# A", "title": "A", "tags": ["x"], "scriptJs": "1"}
    with pytest.raises(exc.OutcomeUnknownError, match="cannot be compared"):
        wiki.run(Operation(write.spec, scripted), "before")


def test_an_update_in_whose_place_somebody_else_wrote_is_unknown(wiki: Wiki) -> None:
    write, _ = pages_update(wiki.direct)
    wiki.direct.pages.update(1, content="# Of another")
    with pytest.raises(exc.OutcomeUnknownError, match="differs in content"):
        wiki.run(write, "before")
    assert wiki.direct.pages.get(1).content == "# Of another"


def test_a_password_is_set_again_and_then_said_to_be_unknown(wiki: Wiki) -> None:
    write = ops.users_update(user(wiki.direct), new_password="An0ther!x")
    wiki.run(write, "after")
    assert wiki.line.sent[write.name] == 2
    with pytest.raises(exc.OutcomeUnknownError, match="a password cannot be read back"):
        wiki.run(write, "after", "after")


def test_a_move_into_a_place_taken_meanwhile_is_refused_as_usual(wiki: Wiki) -> None:
    write, _ = pages_move(wiki.direct)
    page(wiki.direct, "second", title="B")
    with pytest.raises(exc.PagePathCollisionError):
        wiki.run(write, "before")


def test_an_update_of_a_page_that_is_gone_is_unknown(wiki: Wiki) -> None:
    write, _ = pages_update(wiki.direct)
    wiki.direct.pages.delete(1)
    with pytest.raises(exc.OutcomeUnknownError, match="reading it back failed"):
        wiki.run(write, "after")


def test_a_second_send_that_cannot_leave_is_no_unknown_outcome(wiki: Wiki) -> None:
    class Gone(Lossy):
        def handle_request(self, request: httpx2.Request) -> httpx2.Response:
            if self.plan and self.plan[0] == "none":
                self.plan.clear()
                raise httpx2.ConnectError("refused", request=request)
            return super().handle_request(request)

    sandbox = wiki.line.inner._sandbox
    line = Gone(sandbox)
    line.plan = ["before", "none"]
    line.reads = []

    class ReadsPass(httpx2.BaseTransport):
        def handle_request(self, request: httpx2.Request) -> httpx2.Response:
            is_read = json.loads(request.read())["query"].startswith("query")
            return (line.inner if is_read else line).handle_request(request)

    with (
        httpx2.Client(transport=ReadsPass()) as http,
        WikiJSClient(sandbox.url, sandbox.api_key, http_client=http, retry=False) as client,
    ):
        client._policy.settle_waits = (0.0,)
        with pytest.raises(exc.TransportError) as caught:
            client.pages.create("first", title="A", content="# A")
    assert not caught.value.sent
    assert wiki.direct.pages.list() == []


@pytest.mark.parametrize("trouble", ["before", "bad gateway"])
def test_looking_waits_for_a_server_that_is_not_back_yet(wiki: Wiki, trouble: Fault) -> None:
    wiki.line.reads = ["none", trouble]
    assert wiki.run(new_page(), "after").page.path == "first"
    wiki.line.reads = ["none", trouble, trouble]
    with pytest.raises(exc.OutcomeUnknownError, match="could not be read afterwards"):
        wiki.run(new_page("second"), "after")


def test_a_group_that_cannot_be_told_from_another_is_unknown(wiki: Wiki) -> None:
    write, _ = groups_create(wiki.direct)
    twins = Operation(write.spec, write.variables, before=frozenset())
    with pytest.raises(exc.OutcomeUnknownError, match=r"2 group\(s\) named 'Twins'"):
        wiki.run(twins, "after")


def test_settings_are_sent_until_they_are_answered(wiki: Wiki) -> None:
    write, proof = set_title(wiki.direct)
    with pytest.raises(exc.OutcomeUnknownError, match="sent several times without an answer"):
        wiki.run(write, "before", "before", "before")
    assert proof() != "Other"
    refused = httpx2.Response(200, json={"data": {"site": {"updateConfig": {"responseResult": failed()}}}})
    with pytest.raises(exc.APIError, match="Error when running job"):
        wiki.run(write, "before", refused)


@pytest.mark.parametrize(("path", "locale"), [("area/cafe", "en"), ("Area/café", "en"), ("area/café", "fr")])
def test_a_page_that_the_database_takes_for_the_new_one_is_not_it(path: str, locale: str) -> None:
    there = SimpleNamespace(id=7, path=path, locale=locale, title="T", content="x")

    def execute(operation: Operation[Any]) -> Flow[Any]:
        assert operation.spec.server_field == "pages.singleByPath"
        return there
        yield

    wanted = {"path": "area/café", "locale": "en", "title": "T", "content": "x", "tags": []}
    flow = READERS["pages.create"](execute, wanted, False)
    with pytest.raises(StopIteration) as end:
        next(flow)
    verdict = end.value.value
    assert isinstance(verdict, Unclear)
    assert f"{locale}/{path} (id 7)" in verdict.found
