"""The contracts about who imports whom hold; they are written in pyproject.toml."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_import_contracts_hold() -> None:
    linted = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-logo"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert linted.returncode == 0, linted.stdout


def test_generated_code_may_import_nothing_else_of_the_package() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    forbidden = {name.removeprefix("wikijs.") for name in contracts[1]["forbidden_modules"]}
    there = {path.stem for path in (ROOT / "wikijs").iterdir() if path.stem not in {"__init__", "__pycache__", "py"}}
    assert there - forbidden == {"core", "exceptions", "models", "ops", "q"}
