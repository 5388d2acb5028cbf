"""Reports of tests that fail on a real wiki, which CI keeps and shows."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from support.jwt import api_key

FAILING = """
import os

def call(key, *, auth):
    print("with", key)
    raise RuntimeError("no")

def test_it():
    key = os.environ["WIKIJS_API_KEY"]
    call(key, auth=f"Bearer {key} {os.environ['WIKIJS_ADMIN_PASSWORD']}")
"""


def test_a_failing_test_prints_no_key(tmp_path: Path) -> None:
    (tmp_path / "test_failing.py").write_text(FAILING)
    tests = Path(__file__).parents[1]
    key, password = api_key(), "hush-hush"
    environment = os.environ | {
        "PYTHONPATH": f"{tests}{os.pathsep}{os.environ.get('PYTHONPATH', '')}",
        "WIKIJS_API_KEY": key,
        "WIKIJS_ADMIN_PASSWORD": password,
    }
    command = [sys.executable, "-m", "pytest", "-p", "conftest", "-p", "no:cacheprovider", "-l", "-vv"]
    run = subprocess.run(
        [*command, "--rootdir", str(tmp_path), str(tmp_path)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 1, run.stdout + run.stderr
    assert 'RuntimeError("no")' in run.stdout
    assert "<WIKIJS_API_KEY>" in run.stdout
    assert key not in run.stdout + run.stderr
    assert password not in run.stdout + run.stderr
