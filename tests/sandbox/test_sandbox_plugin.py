"""The pytest plugin in pytest runs of its own, and the clients it hands out."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from wikijs import AsyncWikiJSClient, WikiJSClient
from wikijs.auth import PasswordAuth
from wikijs.exceptions import ConfigurationError
from wikijs.sandbox import Sandbox

ROOT = Path(__file__).parents[2]
PLUGIN = ["-p", "wikijs.sandbox.pytest_plugin"]

USES_THE_WIKI = """
import asyncio

def test_sync(wikijs_sandbox, wikijs_client):
    wikijs_client.groups.create("Editors")
    assert [group.name for group in wikijs_client.groups.list()] == ["Administrators", "Guests", "Editors"]
    assert wikijs_client.url == wikijs_sandbox.url

def test_async(wikijs_client, async_wikijs_client):
    async def count():
        return len(await async_wikijs_client.groups.list())
    assert asyncio.run(count()) == len(wikijs_client.groups.list()) == 2
"""
IN_A_LOOP = """
async def test_async(async_wikijs_client):
    assert len(await async_wikijs_client.groups.list()) == 2
"""
LEAVES_IT_ALONE = """
import sys

def test_nothing_was_loaded():
    heavy = {"httpx2", "graphql", "jwt", "starlette", "pydantic", "wikijs.client", "wikijs.sandbox.sandbox"}
    assert heavy & set(sys.modules) == set()
"""
WITHOUT_THE_EXTRA = """
import sys
sys.modules["graphql"] = None

def test_sandbox(wikijs_sandbox):
    pass
"""


def run_pytest(directory: Path, text: str, *options: str) -> subprocess.CompletedProcess[str]:
    """Run a file of tests in a pytest with this plugin and those named, and no other."""
    (directory / "test_it.py").write_text(text)
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-W", "error", *PLUGIN, *options, str(directory)],
        cwd=directory,
        env=os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_fixtures_work_without_any_other_plugin(tmp_path: Path) -> None:
    outcome = run_pytest(tmp_path, USES_THE_WIKI)
    assert "2 passed" in outcome.stdout, outcome.stdout


def test_the_async_client_works_in_the_loop_of_pytest_asyncio(tmp_path: Path) -> None:
    options = [
        "-p",
        "pytest_asyncio.plugin",
        "-o",
        "asyncio_mode=auto",
        "-o",
        "asyncio_default_fixture_loop_scope=function",
    ]
    outcome = run_pytest(tmp_path, IN_A_LOOP, *options)
    assert "1 passed" in outcome.stdout, outcome.stdout


def test_a_run_that_does_not_use_it_loads_nothing(tmp_path: Path) -> None:
    outcome = run_pytest(tmp_path, LEAVES_IT_ALONE)
    assert "1 passed" in outcome.stdout, outcome.stdout


def test_without_the_extra_it_says_what_to_install(tmp_path: Path) -> None:
    outcome = run_pytest(tmp_path, WITHOUT_THE_EXTRA)
    assert 'The sandbox needs graphql: pip install "py-wikijs[sandbox]"' in outcome.stdout
    assert "Traceback" not in outcome.stdout


def test_the_documented_example_passes(tmp_path: Path) -> None:
    outcome = run_pytest(tmp_path, (ROOT / "examples" / "test_with_sandbox.py").read_text())
    assert "4 passed" in outcome.stdout, outcome.stdout


def test_the_example_runs_in_a_checkout_with_nothing_else_installed() -> None:
    """As its first lines say, in an environment that has none of the plugins that our own settings speak of."""
    import subprocess
    import sys

    line = [sys.executable, "-m", "pytest", "-q", "-p", "no:asyncio", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*line, "examples/test_with_sandbox.py"], cwd=ROOT, capture_output=True, text=True, timeout=300, check=False
    )
    assert (done.returncode, "4 passed" in done.stdout) == (0, True), done.stdout + done.stderr


async def test_they_are_here_too(
    wikijs_sandbox: Sandbox, wikijs_client: WikiJSClient, async_wikijs_client: AsyncWikiJSClient
) -> None:
    wikijs_client.groups.create("Editors")
    assert len(await async_wikijs_client.groups.list()) == 3
    assert wikijs_client.url == async_wikijs_client.url == wikijs_sandbox.url


def test_a_client_comes_with_the_key_as_a_guest_or_as_somebody() -> None:
    with Sandbox() as sandbox:
        with sandbox.client() as client:
            assert client.whoami().kind == "api_key"
        with sandbox.client(guest=True) as guest:
            assert guest.whoami().kind == "guest"
        with sandbox.client(PasswordAuth(sandbox.admin_email, sandbox.admin_password)) as admin:
            assert admin.whoami().name == "Administrator"


def test_a_closed_client_is_closed_and_the_sandbox_is_not() -> None:
    with Sandbox() as sandbox:
        client = sandbox.client()
        client.close()
        with pytest.raises(ConfigurationError, match="closed"):
            client.groups.list()
        with sandbox.client() as another:
            assert len(another.groups.list()) == 2


async def test_a_closed_async_client_is_closed_and_the_sandbox_is_not() -> None:
    with Sandbox() as sandbox:
        async with sandbox.async_client() as client:
            assert len(await client.groups.list()) == 2
        with pytest.raises(ConfigurationError, match="closed"):
            await client.groups.list()
        async with sandbox.async_client(guest=True) as guest:
            assert (await guest.whoami()).kind == "guest"
