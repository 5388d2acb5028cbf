"""The built wheel in an empty environment, with each extra: it installs, and what the extra is for starts.

One environment for each extra takes minutes and downloads, so this runs with `WIKIJS_WHEEL_EXTRAS=1` only; that the
plain wheel works is tested beside this file by default.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXTRAS = sorted(tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"])
STARTS = {
    "cli": "from wikijs.cli.app import app",
    "codegen": "from wikijs.core.documents.validation import check; check('{ __typename }')",
    "sandbox": "from wikijs.sandbox import Sandbox; Sandbox(seed='demo').close()",
    "images": "from wikijs.resources.assets.optimizing import check_available; check_available()",
    "keyring": "import keyring",
    "interop": "from wikijs.interop.markdown.parsing import headings; headings('# a')",
    "metrics": "from wikijs.plugins import MetricsPlugin; MetricsPlugin()",
    "otel": "from wikijs.plugins import TracingPlugin; TracingPlugin()",
    "redis": "from wikijs.cache import RedisCache; RedisCache('redis://127.0.0.1:1')",
    "sso": "from playwright.sync_api import sync_playwright",
    "postgres": "import psycopg; from wikijs.feed import postgres",
    "webhooks": "from wikijs.webhooks import Webhooks; Webhooks('x.db').app(token='t' * 40)",
    "hooks": "from wikijs.webhooks import Webhooks; Webhooks('x.db', key='A' * 43 + '=')",
    "gateway": "from wikijs.gateway import create_app",
    "mcp": "from wikijs import AsyncWikiJSClient; from wikijs.mcp import create_server; create_server(AsyncWikiJSClient('http://a'))",
    "backup": "import zstandard, pyrage; import wikijs.backup",
    "nats": "from wikijs.webhooks.sinks.nats import Sink",
    "kafka": "from wikijs.webhooks.sinks.kafka import Sink",
    "playground": "import wikijs.playground",
    "procrastinate": "import procrastinate",
    "all": "from wikijs.cli.app import app; from wikijs.gateway import create_app; from wikijs.sandbox import Sandbox",
}  # fmt: skip
ALL = os.environ.get("WIKIJS_WHEEL_EXTRAS") == "1"


def run(*words: str | Path, cwd: Path) -> str:
    ended = subprocess.run(words, cwd=cwd, capture_output=True, text=True, check=False, timeout=900)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built")
    run(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", folder, ROOT, cwd=folder)
    return next(folder.glob("*.whl"))


def test_each_extra_has_something_that_it_is_for() -> None:
    assert sorted(STARTS) == EXTRAS


@pytest.mark.skipif(not ALL, reason="one environment for each extra takes minutes and downloads: WIKIJS_WHEEL_EXTRAS=1")
@pytest.mark.parametrize("extra", EXTRAS)
def test_the_wheel_with_an_extra_starts_what_the_extra_is_for(extra: str, wheel: Path, tmp_path: Path) -> None:
    python = environment(tmp_path)
    install(python, f"py-wikijs[{extra}] @ {wheel.as_uri()}", tmp_path)
    run(python, "-c", STARTS[extra], cwd=tmp_path)
    if extra in {"cli", "all"}:
        assert "py-wikijs" in run(python.with_name("wikijs"), "--version", cwd=tmp_path)


@pytest.mark.skipif(not ALL, reason="it downloads: WIKIJS_WHEEL_EXTRAS=1")
def test_the_line_for_pip_that_an_error_names_works_where_only_the_wheel_is(wheel: Path, tmp_path: Path) -> None:
    python = environment(tmp_path)
    install(python, str(wheel), tmp_path)
    said = subprocess.run(
        [python.with_name("wikijs")], capture_output=True, text=True, check=False, cwd=tmp_path
    ).stderr
    assert said == 'The command line is an extra: pip install "py-wikijs[cli]"\n'
    install(python, said.rpartition("pip install ")[2].strip().strip('"'), tmp_path)
    assert "py-wikijs" in run(python.with_name("wikijs"), "--version", cwd=tmp_path)


def environment(folder: Path) -> Path:
    """Python of an empty environment."""
    run(sys.executable, "-m", "venv", folder / "venv", cwd=folder)
    return folder / "venv/bin/python"


def install(python: Path, what: str, folder: Path) -> None:
    """With uv where it is there, which is quicker, and with pip else."""
    uv = shutil.which("uv")
    words = [uv, "pip", "install", "-q", "--python", python] if uv else [python, "-m", "pip", "install", "-q"]
    run(*words, what, cwd=folder)
