"""Without any extra, as `pip install py-wikijs` leaves it: what needs one says so, with the line for pip."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).parents[2]

NEEDS = {
    "cli": "from wikijs.cli import main; main()",
    "codegen": "from wikijs.core.documents.validation import check; check('{ __typename }')",
    "sandbox": "from wikijs.sandbox import Sandbox",
    "images": "from wikijs.resources.assets.optimizing import check_available; check_available()",
    "keyring": "from wikijs.config.credentials import _Keyring; _Keyring().get_password('a', 'b')",
    "interop": "from wikijs.interop.markdown.parsing import headings; headings('# a')",
    "metrics": "from wikijs.plugins import MetricsPlugin; MetricsPlugin()",
    "otel": "from wikijs.plugins import TracingPlugin; TracingPlugin()",
    "redis": "from wikijs.cache import RedisCache; RedisCache('redis://127.0.0.1:1')",
    "sso": "from wikijs.auth.handover import from_window; from_window('http://a/login/b', 'http://a')",
    "postgres": (
        "from wikijs import WikiJSClient\nfrom wikijs.feed import ChangeFeed\n"
        "ChangeFeed(WikiJSClient('http://a'), 'postgresql://127.0.0.1/x')"
    ),
    "webhooks": "from wikijs.webhooks import Webhooks; Webhooks(FILE).app(token='t')",
    "hooks": "from wikijs.webhooks import Webhooks; Webhooks(FILE, key='A' * 43 + '=').create('https://example.com')",
    "gateway": "from wikijs.gateway import create_app",
    "procrastinate": (
        "from wikijs.gateway.jobs.handing_out import HandingOut; HandingOut('postgresql://a/b', 'http://a', None, 9.0)"
    ),
    "mcp": "from wikijs import AsyncWikiJSClient\nfrom wikijs.mcp import create_server\ncreate_server(AsyncWikiJSClient('http://a'))",
    "backup": "from wikijs.backup.archives import check; check('x.tar.zst.age', ['age1x'])",
    "nats": "from wikijs.webhooks.sinks.nats import Sink; Sink('nats://a/?subject=b', 1.0)",
    "kafka": "from wikijs.webhooks.sinks.kafka import Sink; Sink('kafka://a/b', 1.0)",
}
"""What first needs each extra."""

WITHOUT = """
import sys
from importlib.machinery import PathFinder

class Some:
    find_distributions = staticmethod(PathFinder.find_distributions)
    def find_spec(self, name, path=None, target=None):
        return None if name.partition(".")[0] in BLOCKED else PathFinder.find_spec(name, path, target)

sys.meta_path[:] = [Some() if each is PathFinder else each for each in sys.meta_path]
"""
SCRIPT = """
import wikijs, wikijs.feed, wikijs.webhooks, wikijs.plugins, wikijs.fleet, wikijs.auth, wikijs.telemetry, wikijs.logging
for extra, statement in NEEDS.items():
    try:
        exec(statement, {"FILE": FILE})
    except BaseException as error:
        print(extra, "|", type(error).__name__, "|", " ".join(str(error).split()))
    else:
        print(extra, "| nothing |")
"""


DISTRIBUTIONS = cache(packages_distributions)


def imported_by(requirement: str) -> set[str]:
    """The modules that a distribution brings."""
    name = re.split(r"[\[<>=,; ]", requirement)[0].lower().replace("_", "-")
    return {
        module
        for module, distributions in DISTRIBUTIONS().items()
        if name in {each.lower().replace("_", "-") for each in distributions}
    }


def ran_without(blocked: set[str], script: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", f"BLOCKED = {blocked!r}{WITHOUT}{script}"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )


def test_each_missing_extra_is_said_in_a_sentence_with_the_line_for_pip(tmp_path: Path) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = {name: wanted for name, wanted in project["optional-dependencies"].items() if name != "all"}
    kept = {module for each in project["dependencies"] for module in imported_by(each)}
    blocked = {module for wanted in extras.values() for each in wanted for module in imported_by(each)} - kept
    assert {*NEEDS, "playground"} == set(extras)
    script = f"NEEDS = {NEEDS!r}\nFILE = {str(tmp_path / 'x.db')!r}\n{SCRIPT}"
    ran = ran_without(blocked, script, tmp_path)
    assert ran.returncode == 0, ran.stderr
    told = dict(line.split(" | ", 1) for line in ran.stdout.splitlines())
    assert set(told) == set(NEEDS), ran.stdout + ran.stderr
    assert told.pop("cli").startswith("SystemExit")
    told["cli"] = ran.stderr
    wrong = {extra: said for extra, said in told.items() if not names(extra, said)}
    assert not wrong


def test_the_playground_says_so_too(tmp_path: Path) -> None:
    script = "sys.argv = ['wikijs', '--url', 'http://127.0.0.1:1', 'playground']\nfrom wikijs.cli import main; main()"
    ran = ran_without({"graphql"}, script, tmp_path)
    assert ran.returncode == 1
    assert names("playground", ran.stderr), ran.stderr


def names(extra: str, said: str) -> bool:
    """Whether a text names the line for pip that brings an extra, and is no traceback."""
    line = rf"pip install [\"']py-wikijs\[[a-z,]*\b{extra}\b[a-z,]*\]"
    return bool(re.search(line, " ".join(said.split()))) and "Traceback" not in said
