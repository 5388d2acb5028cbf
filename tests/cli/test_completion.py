"""What a shell completes: commands, profiles, fields, and names of what there is in the wiki."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import httpx2
import pytest
import typer.main
from typer._click.shell_completion import ShellComplete

from wikijs.cli.app import app
from wikijs.cli.frame.session import Session

from .conftest import OnSandbox
from .test_bad_input import ALL

Complete = Callable[[str], list[str]]


class _Shell(ShellComplete):
    name = "none"
    source_template = ""

    def source_vars(self) -> dict[str, object]:
        raise NotImplementedError

    def get_completion_args(self) -> tuple[list[str], str]:
        raise NotImplementedError

    def format_completion(self, item: object) -> str:
        raise NotImplementedError


def words(line: str, session: Session) -> list[str]:
    """What a shell would offer at the end of a line."""
    *before, begun = line.split(" ")[1:]
    shell = _Shell(typer.main.get_command(app), {"obj": session}, "wikijs", "_WIKIJS_COMPLETE")
    return [item.value for item in shell.get_completions(before, begun)]


@pytest.fixture
def complete(on_sandbox: OnSandbox) -> Complete:
    def run(line: str) -> list[str]:
        with httpx2.Client(transport=on_sandbox.sandbox.transport()) as http:
            environment = {**on_sandbox.environment, "WIKIJS_API_KEY": on_sandbox.sandbox.api_key}
            return words(line, Session(environment=environment, http=http))

    return run


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("wikijs pages get hand", "handbook"),
        ("wikijs pages move home hand", "handbook"),
        ("wikijs pages list --folder hand", "handbook"),
        ("wikijs pages list --tag how", "howto"),
        ("wikijs users get ad", "admin@example.com"),
        ("wikijs groups get Ed", "Editors"),
        ("wikijs users list --group Ed", "Editors"),
        ("wikijs pages list --locale f", "fr"),
        ("wikijs pages list --json up", "updatedAt"),
        ("wikijs pages list --columns id,pa", "id,path"),
        ("wikijs pages list --filter ti", "title:"),
    ],
)
def test_names_and_fields_are_completed(complete: Complete, line: str, offered: str) -> None:
    found = complete(line)
    assert offered in found
    assert all(each.startswith(line.rpartition(" ")[2]) for each in found)


def test_profiles_are_completed_and_count(on_sandbox: OnSandbox, tmp_path: Path) -> None:
    text = f'[profiles.docs]\nurl = "{on_sandbox.sandbox.url}"\n[profiles.down]\nurl = "http://127.0.0.1:9"\n'
    config = tmp_path / "config.toml"
    config.write_text(text + '[profiles.asks]\nurl = "http://wiki.example.com"\ntoken_command = "false"\n')
    environment = {"WIKIJS_CONFIG": str(config)}
    assert words("wikijs pages list --profile do", Session(environment=environment)) == ["docs", "down"]
    with httpx2.Client(transport=on_sandbox.sandbox.transport()) as http:
        known = words("wikijs --profile docs pages get hand", Session(environment=environment, http=http))
        assert "handbook" in known
        assert "handbook" in words("wikijs pages get --profile docs hand", Session(environment=environment, http=http))


def test_nothing_is_said_or_run_where_something_is_in_the_way(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    ran = tmp_path / "ran"
    config = tmp_path / "config.toml"
    config.write_text(
        f'[profiles.asks]\nurl = "http://wiki.example.com"\ntoken_command = "touch {ran}"\n'
        '[profiles.down]\nurl = "http://127.0.0.1:9"\n'
    )
    for profile in ("asks", "down", "none"):
        assert (
            words(f"wikijs --profile {profile} pages get x", Session(environment={"WIKIJS_CONFIG": str(config)})) == []
        )
    config.write_text("no toml")
    assert words("wikijs pages get x", Session(environment={"WIKIJS_CONFIG": str(config)})) == []
    assert capfd.readouterr() == ("", "")
    assert not ran.exists()


def test_every_argument_that_names_something_is_completed() -> None:
    named = {"PROFILE", "PAGE", "USER", "GROUP", "TAG", "TAG[,TAG...]"}
    without = [
        f"{' '.join(words)} {each.opts[0]}"
        for words, command in ALL
        for each in command.params
        if each.metavar in named and each._custom_shell_complete is None
    ]
    assert without == []
