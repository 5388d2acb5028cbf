"""The entry point in this process: what is there without the extras, and who is asked for a two-factor code."""

from __future__ import annotations

import sys

import pytest
import typer

from wikijs.cli import main
from wikijs.cli.frame import session

from .conftest import Run


def test_the_entry_point_runs_the_command_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["wikijs", "--version"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith("py-wikijs ")


@pytest.mark.parametrize("missing", ["typer", "rich"])
def test_without_the_extra_the_entry_point_says_what_to_install(
    missing: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "wikijs.cli.app", _Missing(missing))
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    assert capsys.readouterr().err == 'The command line is an extra: pip install "py-wikijs[cli]"\n'


def test_another_missing_module_is_not_taken_for_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "wikijs.cli.app", _Missing("wikijs.cli.pages.group"))
    with pytest.raises(ModuleNotFoundError):
        main()


class _Missing(type(sys)):  # type: ignore[misc]
    """A module that fails as if another one were not installed."""

    def __getattr__(self, name: str) -> object:
        if name == "app":
            raise ModuleNotFoundError(name=self.__name__)
        raise AttributeError(name)


def test_a_sandbox_without_its_extra(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "wikijs.sandbox.http.server", raising=False)
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    result = run("sandbox")
    assert result.exit_code == 1
    assert result.stderr == 'wikijs: The sandbox is an extra.\n  pip install "py-wikijs[sandbox]"\n'


def test_a_broken_sandbox_is_not_taken_for_a_missing_extra(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "wikijs.sandbox.http.server", None)
    assert "This is a bug in py-wikijs (ModuleNotFoundError)." in run("sandbox").stderr


def test_a_seed_that_does_not_exist(run: Run) -> None:
    result = run("sandbox", "--port", "0", "--seed", "nothing-like-that")
    assert result.exit_code == 1
    assert "There is no seed 'nothing-like-that'" in result.stderr


def test_a_two_factor_code_is_asked_for_where_somebody_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    asked: list[tuple[str, bool]] = []
    monkeypatch.setattr(typer, "prompt", lambda text, err: asked.append((text, err)) or "123456")
    ask = session.code_asker()
    assert ask is not None
    assert ask() == "123456"
    assert asked == [("Two-factor code", True)]  # on stderr, out of the way of results


def test_nobody_is_asked_for_a_code_in_a_script(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdin, "isatty", lambda: False)
    assert session.code_asker() is None


def test_without_an_output_nothing_is_done(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    assert capsys.readouterr().err == "wikijs: The output is closed.\n"


def test_without_stderr_commands_work(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["wikijs", "--version"])
    monkeypatch.setattr(sys, "stderr", None)
    with pytest.raises(SystemExit) as ended:
        main()
    sys.stderr.close()
    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith("py-wikijs ")
