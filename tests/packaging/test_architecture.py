"""The layout of the house: what lies at the top, how full folders get, and that no file imports in a circle.

Which floor may import which is said in pyproject.toml (`make check` runs import-linter on it).
"""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import grimp
import pytest

import wikijs

ROOT = Path(wikijs.__file__).parent
DOORS = {"client", "aio", "auth", "models", "ops", "q", "permissions", "logging", "fleet"}
"""Modules that people import. What else lies at the top is a package."""
LARGEST = 16
"""Modules in one folder."""


def test_only_doors_and_packages_lie_at_the_top() -> None:
    modules = {path.stem for path in ROOT.glob("*.py")} - {"__init__"}
    assert modules <= DOORS
    entries = [path for path in ROOT.iterdir() if path.name != "__pycache__"]
    assert len(entries) <= 40


def test_no_folder_is_so_full_that_nobody_reads_its_list() -> None:
    folders = [path.parent for path in ROOT.rglob("__init__.py")]
    full = {
        folder.relative_to(ROOT).as_posix(): count
        for folder in folders
        if (count := len([path for path in folder.glob("*.py") if path.name != "__init__.py"])) > LARGEST
    }
    assert not full


@pytest.mark.parametrize("module", ["client", "aio"])
def test_a_client_is_thin(module: str) -> None:
    assert len((ROOT / f"{module}.py").read_text(encoding="utf-8").splitlines()) < 200


def test_no_file_is_part_of_a_circle_of_imports() -> None:
    # Imports for type checkers count: who reads a file follows them too.
    # The package itself is left out: it only names its doors, for `from wikijs import WikiJSClient`.
    graph = grimp.build_graph("wikijs", cache_dir=None)
    arrows = {
        module: graph.find_modules_directly_imported_by(module) - {"wikijs"} for module in graph.modules - {"wikijs"}
    }
    assert len(arrows) > 300
    try:
        TopologicalSorter(arrows).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))
