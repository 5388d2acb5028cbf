"""The line for pip names an install that works, wherever the package came from."""

from __future__ import annotations

import importlib.metadata
from pathlib import Path

import pytest

from wikijs.core.values import installing
from wikijs.core.values.installing import pip_line

ROOT = Path(__file__).parents[2]


def test_where_the_package_is_installed_its_name_is_enough() -> None:
    assert pip_line("cli", "mcp") == 'pip install "py-wikijs[cli,mcp]"'


@pytest.fixture
def not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "distribution", missing)


@pytest.mark.usefixtures("not_installed")
def test_a_checkout_that_is_only_on_the_path_is_named() -> None:
    assert pip_line("cli") == f'pip install "{ROOT}[cli]"'


@pytest.mark.usefixtures("not_installed")
def test_without_either_the_name_is_all_there_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(installing, "__file__", str(tmp_path / "a/b/c/d.py"))
    assert pip_line("cli") == 'pip install "py-wikijs[cli]"'


def test_no_module_writes_the_line_itself() -> None:
    """One place decides."""
    found = [
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "wikijs").rglob("*.py")
        if "pip install" in (text := path.read_text(encoding="utf-8")) and "py-wikijs[" in text
    ]
    assert found == ["wikijs/core/values/installing.py"]
