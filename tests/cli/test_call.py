"""`wikijs call`: every generated operation, with its arguments as options."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main
from typer.testing import CliRunner
from wikijs_generated import operations
from wikijs_generated.fragments import LogLine

from wikijs.cli.app import app
from wikijs.cli.operations.calling import option_of
from wikijs.core.calls.signatures import Call, calls, find
from wikijs.core.operations import OperationSpec

from .conftest import OnSandbox

RULE = '{"id": "a", "deny": false, "match": "START", "roles": ["read:pages"], "path": "", "locales": []}'


def test_every_generated_operation_is_there() -> None:
    specs = {spec for spec in vars(operations).values() if isinstance(spec, OperationSpec)}
    assert {call.spec for call in calls().values()} == specs
    assert len(specs) > 130


def test_each_argument_of_each_operation_is_an_option() -> None:
    for call in calls().values():
        group: Any = typer.main.get_command(app)
        with group.make_context("wikijs", ["call", call.name], resilient_parsing=True) as context:
            _, below, rest = group.resolve_command(context, ["call", call.name])
            _, command, _ = below.resolve_command(context, rest)
        options = {name for option in command.params for name in option.opts}
        assert {option_of(argument) for argument in call.arguments} <= options, call.name
        required = {option.opts[0] for option in command.params if option.required}
        assert required == {option_of(argument) for argument in call.arguments if argument.is_required}, call.name


def test_calling_without_an_operation_lists_them_all(on_sandbox: OnSandbox) -> None:
    result = on_sandbox("call")
    assert result.exit_code == 2
    shown = " ".join(result.output.split())
    assert [name for name in calls() if name not in shown] == []


def test_the_help_of_an_operation_shows_its_types_and_documentation(on_sandbox: OnSandbox) -> None:
    shown = " ".join(on_sandbox("call", "users.delete", "--help").output.replace("│", " ").split())
    assert "Delete a user and give their content to another one." in shown
    assert "Permission: any of `manage:users`, `manage:system`." in shown
    assert "--replace-id <int> (Int!) A `replace_id` without a user is noticed" in shown


@pytest.mark.parametrize("name", ["pages.search-tags", "pages.searchTags", "pages.search_tags", "PAGES.searchtags"])
def test_an_operation_is_found_as_the_schema_and_python_write_it(name: str) -> None:
    call = find(name)
    assert call is not None
    assert call.name == "pages.search-tags"


def test_an_operation_that_is_not_there(on_sandbox: OnSandbox) -> None:
    result = on_sandbox("call", "users.deactivat")
    assert result.exit_code == 2
    assert "users.deactivate" in result.stderr


def test_a_mutation_says_what_the_server_said(on_sandbox: OnSandbox) -> None:
    user = next(user for user in on_sandbox.client.users.list() if user.id > 2)
    result = on_sandbox("call", "users.deactivate", "--id", str(user.id))
    assert (result.exit_code, result.stdout) == (0, "User deactivated successfully\n")
    assert on_sandbox.client.users.get(user.id).is_active is False
    shown = on_sandbox("call", "users.activate", "--id", str(user.id), "--json")
    assert json.loads(shown.stdout)["succeeded"] is True


def test_a_refusal_is_a_failure(on_sandbox: OnSandbox) -> None:
    result = on_sandbox("call", "users.deactivate", "--id", "2")
    assert result.exit_code == 1
    assert result.stdout == ""


def test_a_list_has_a_row_each(on_sandbox: OnSandbox) -> None:
    rows = on_sandbox("call", "users.list").stdout.splitlines()
    assert len(rows) == len(on_sandbox.client.users.list())
    listed = json.loads(on_sandbox("call", "users.list", "--json", "id,email").stdout)
    assert all(set(user) == {"id", "email"} for user in listed)
    assert on_sandbox("call", "users.list", "--quiet").stdout.splitlines() == [str(user["id"]) for user in listed]
    assert on_sandbox("call", "users.list", "--filter", "[0].id").stdout == f"{listed[0]['id']}\n"


def test_an_argument_with_the_name_of_a_global_option_has_an_ending(on_sandbox: OnSandbox) -> None:
    shown = json.loads(on_sandbox("call", "users.list", "--filter-argument", "x", "--dry-run", "--json").stdout)
    assert shown["variables"] == {"filter": "x"}


def test_other_results(on_sandbox: OnSandbox) -> None:
    assert "id\t1\n" in on_sandbox("call", "pages.single", "--id", "1").stdout
    assert on_sandbox("call", "authentication.api-state").stdout in {"True\n", "False\n", "yes\n", "no\n"}
    tags = on_sandbox("call", "pages.search-tags", "--query", "o").stdout.splitlines()
    assert tags
    assert json.loads(on_sandbox("call", "pages.search-tags", "--query", "o", "--json").stdout) == tags
    assert on_sandbox("call", "groups.single", "--id", "99").exit_code == 0


def test_a_field_that_the_result_does_not_have_is_refused_before_anything_is_sent(on_sandbox: OnSandbox) -> None:
    user = next(user for user in on_sandbox.client.users.list() if user.id > 2)
    result = on_sandbox("call", "users.deactivate", "--id", str(user.id), "--json=nothing")
    assert result.exit_code == 2
    assert "It has: succeeded" in result.stderr
    assert on_sandbox.client.users.get(user.id).is_active is True
    assert "no record" in on_sandbox("call", "authentication.api-state", "--json=id").stderr


def test_a_dry_run_prints_the_request_and_sends_nothing(on_sandbox: OnSandbox) -> None:
    result = on_sandbox("call", "users.deactivate", "--id", "1", "--dry-run", "--url", "http://nowhere.invalid")
    assert result.exit_code == 0
    assert result.stdout.startswith("mutation UsersDeactivate($id: Int!) {\n")
    assert result.stdout.endswith('{\n  "id": 1\n}\n')


def test_input_objects_are_json_on_the_line_or_in_a_file(on_sandbox: OnSandbox, tmp_path: Path) -> None:
    (tmp_path / "rules.json").write_text(f"[{RULE}, {RULE}]")
    group = (
        "call",
        "groups.update",
        "--id",
        "1",
        "--name",
        "x",
        "--redirect-on-login",
        "/",
        "--permissions",
        "read:pages",
    )
    result = on_sandbox(*group, "--page-rules", RULE, "--page-rules", f"@{tmp_path}/rules.json", "--dry-run", "--json")
    assert result.exit_code == 0, result.stderr
    variables = json.loads(result.stdout)["variables"]
    assert variables["pageRules"] == [json.loads(RULE)] * 3
    assert variables["permissions"] == ["read:pages"]


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("{", "--page-rules: this is no JSON"),
        ("{}", "--page-rules: id: Field required."),
        (RULE.replace("START", "SOMEWHERE"), "--page-rules: match: "),
        ("3", "--page-rules: "),
        ("@/none/such", "the file /none/such cannot be read: No such file or directory."),
    ],
)
def test_an_input_that_cannot_be_read_is_one_sentence(on_sandbox: OnSandbox, value: str, says: str) -> None:
    result = on_sandbox(
        *(
            "call",
            "groups.update",
            "--id",
            "1",
            "--name",
            "x",
            "--redirect-on-login",
            "/",
            "--permissions",
            "read:pages",
        ),
        *("--page-rules", value),
    )
    assert result.exit_code == 2
    assert says in result.stderr
    assert len(result.stderr.splitlines()) <= 2


def test_dates_and_choices(on_sandbox: OnSandbox) -> None:
    tree = on_sandbox("call", "pages.tree", "--mode", "ALL", "--locale", "en", "--path", "docs", "--dry-run", "--json")
    assert json.loads(tree.stdout)["variables"]["mode"] == "ALL"
    assert "'SOME'" in on_sandbox("call", "pages.tree", "--mode", "SOME", "--locale", "en").stderr
    key = ("call", "pages.create", "--path", "a", "--content", "b", "--description", "", "--editor", "markdown")
    rest = ("--is-published", "--no-is-private", "--locale", "en", "--tags", "x", "--title", "t", "--dry-run", "--json")
    made = on_sandbox(*key, *rest, "--publish-start-date", "2026-05-01T12:00:00+02:00")
    assert json.loads(made.stdout)["variables"]["publishStartDate"] == "2026-05-01T10:00:00.000Z"
    assert "'tomorrow' is no date" in on_sandbox(*key, *rest, "--publish-start-date", "tomorrow").stderr


def test_a_subscription_shows_what_comes(on_sandbox: OnSandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    from wikijs_generated.client import Logging

    def lines(_self: Logging) -> Iterator[LogLine]:
        yield LogLine.model_validate({"level": "info", "output": "started", "timestamp": "2026-01-01T00:00:00.000Z"})

    monkeypatch.setattr(Logging, "live_trail", lines)
    assert "output\tstarted\n" in on_sandbox("call", "logging.live-trail").stdout


def test_completion_knows_the_operations_and_their_options() -> None:
    call = find("users.delete")
    assert isinstance(call, Call)
    assert CliRunner().invoke(app, ["call", "users.delete", "--help"]).exit_code == 0
