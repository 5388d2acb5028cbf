"""One public place for what methods take and return."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
from wikijs_generated import facades

from wikijs import models

FACADES = Path(facades.__file__).parent
HOMES = ("wikijs.resources.", "wikijs.core.jobs.results", "wikijs.permissions", "wikijs_generated.fragments")


def classes_in_signatures() -> set[str]:
    """Classes that the methods of both clients name."""
    imports = [
        node
        for facade in FACADES.glob("*/*.py")
        for node in ast.walk(ast.parse(facade.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(HOMES)
    ]
    names = {(node.module or "", alias.name) for node in imports for alias in node.names}
    return {
        name
        for home, name in names
        if isinstance(getattr(import_module(home), name), type) and not name.endswith("Flows")
    }


def test_every_class_in_a_signature_is_there() -> None:
    found = classes_in_signatures()
    assert {"BatchResult", "NewPage", "Page", "SavedPage"} <= found
    assert not found - set(models.__all__)


def test_every_name_is_there_and_listed() -> None:
    assert sorted(models.__all__) == dir(models)
    for name in models.__all__:
        assert getattr(models, name).__name__ == name


def test_importing_it_loads_no_model() -> None:
    code = "import json, sys, wikijs.models; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert not {"pydantic", "wikijs_generated", "httpx2"} & {name.partition(".")[0] for name in json.loads(done.stdout)}


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="'Pgae'"):
        _ = models.Pgae
