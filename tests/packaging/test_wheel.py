"""The built wheel works without this checkout."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    built = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "-w", built, ROOT]
    subprocess.run(build, check=True, capture_output=True, timeout=120)
    (wheel,) = built.glob("*.whl")
    target = built / "unpacked"
    zipfile.ZipFile(wheel).extractall(target)
    return target


def run(unpacked: Path, code: str) -> str:
    """Run code with the wheel and the installed libraries, but without this checkout."""
    path = f"import sys; sys.path[:0] = [{str(unpacked)!r}, {sysconfig.get_path('purelib')!r}]; "
    # -S: the editable installation of the checkout is a .pth file, which is left out this way.
    ended = subprocess.run(
        [sys.executable, "-S", "-c", path + code], cwd=unpacked, capture_output=True, text=True, check=False, timeout=60
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def test_both_packages_are_typed(unpacked: Path) -> None:
    assert (unpacked / "wikijs" / "py.typed").is_file()
    assert (unpacked / "wikijs_generated" / "py.typed").is_file()
    assert not (unpacked / "tests").exists()


def test_the_clients_come_from_the_wheel(unpacked: Path) -> None:
    shown = run(
        unpacked, "import wikijs; print(wikijs.__file__); wikijs.WikiJSClient('http://wiki.example.com').close()"
    )
    assert shown.startswith(str(unpacked))


def test_the_sandbox_finds_its_schema_and_tables(unpacked: Path) -> None:
    code = (
        "from wikijs.sandbox import Sandbox\n"
        "with Sandbox(seed='demo') as sandbox, sandbox.client() as client: print(len(client.pages.list()))"
    )
    assert int(run(unpacked, code.replace("from wikijs.sandbox", "\nfrom wikijs.sandbox", 1))) > 20


def test_the_command_is_there(unpacked: Path) -> None:
    assert "wikijs" in run(unpacked, "from wikijs.cli import main; sys.argv = ['wikijs', '--version']; main()")


def test_a_project_is_compiled_and_runs(unpacked: Path, tmp_path: Path) -> None:
    """With what is in the wheel only: schema, corrections, facts and our fragments."""
    code = (
        "import os\n"
        f"os.chdir({str(tmp_path)!r})\n"
        "from wikijs.cli import main\n"
        "for arguments in (['--init'], [], ['--check']):\n"
        "    sys.argv = ['wikijs', 'generate', *arguments]\n"
        "    try: main()\n"
        "    except SystemExit as ended: assert not ended.code, ended.code\n"
        "sys.path.insert(0, '.')\n"
        "import httpx2\n"
        "from my_wiki import MyWiki\n"
        "from wikijs.sandbox import Sandbox\n"
        "with Sandbox(seed='demo') as sandbox, httpx2.Client(transport=sandbox.transport()) as http:\n"
        "    print(len(MyWiki(sandbox.url, sandbox.api_key, http_client=http).pages.recent()))\n"
    )
    *said, found = run(unpacked, "\n" + code).splitlines()
    assert said == [
        "Wrote codegen.toml and queries/pages.graphql.",
        "Wrote my_wiki: from my_wiki import MyWiki",
        "my_wiki is up to date.",
    ]
    assert int(found) > 5
