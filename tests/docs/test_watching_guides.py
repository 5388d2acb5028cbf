"""The guides of plugins, monitoring, single sign-on and many wikis run, and what they link to is there and works."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import CollectorRegistry

from wikijs.telemetry import MetricsPlugin
from wikijs.telemetry.metrics import Watch
from wikijs.webhooks.sending.figures import TABLE as FIGURES

from .walking import blocks

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
EXAMPLES = ROOT / "examples"
GUIDES = ["plugins.md", "monitoring.md", "sso.md", "many-wikis.md"]


@pytest.mark.parametrize("name", GUIDES)
def test_what_a_guide_links_to_is_there(name: str) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", (DOCS / name).read_text(encoding="utf-8")):
        assert target.startswith("https://") or (DOCS / target).exists(), target


def test_the_template_of_a_plugin_installs_and_is_found(tmp_path: Path) -> None:
    """As a distribution of its own, in a folder of its own: found by name, checked, and used by a client."""
    target, source = tmp_path / "site", tmp_path / "plugin"
    shutil.copytree(EXAMPLES / "plugin", source)
    installed = subprocess.run(
        [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-build-isolation", "--target", target, source],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )  # fmt: skip
    assert installed.returncode == 0, installed.stderr
    script = f"""
import sys
sys.path.insert(0, {str(target)!r})
from wikijs import WikiJSClient
from wikijs.plugins.discovery import available, load
from wikijs.plugins.testing import check
assert "tenant" in {{found.name for found in available()}}
assert "wikijs_plugin_tenant" not in sys.modules
assert check(lambda: load("tenant"))
with WikiJSClient("http://wiki.example.com", plugins=["tenant"]) as client:
    print(client.plugins["tenant"].tenant)
"""
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=120)
    assert ran.stdout == "default\n", ran.stderr


ENDS = {"summary": ("", "_count", "_sum"), "gauge": ("",), "counter": ("",)}


def figures() -> set[str]:
    """The names of all figures that there are."""
    registry = CollectorRegistry()
    MetricsPlugin(registry=registry)
    Watch(registry)
    served = {f"{name}{end}" for name, (kind, _) in FIGURES.items() for end in ENDS[kind]}
    return set(registry._names_to_collectors) | served


def named(text: str) -> set[str]:
    return set(re.findall(r"\bwikijs_[a-z_]+", text))


def test_dashboard_and_alerts_ask_for_figures_that_there_are() -> None:
    dashboard = json.loads((EXAMPLES / "monitoring" / "dashboard.json").read_text())
    expressions = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    assert len(expressions) == 17
    assert len({panel["id"] for panel in dashboard["panels"]}) == len(dashboard["panels"])
    rules = yaml.safe_load((EXAMPLES / "monitoring" / "alerts.yml").read_text())["groups"][0]["rules"]
    expressions += [rule["expr"] for rule in rules]
    asked = {name for expression in expressions for name in named(expression)}
    assert asked <= figures()
    assert named((DOCS / "monitoring.md").read_text()) <= figures() | {"wikijs_version_info"}


def test_grafanas_own_library_knows_all_that_the_dashboard_says() -> None:
    """Grafana drops what it does not know: read and written again by its library, nothing may be missing."""
    from grafana_foundation_sdk.cog import plugins
    from grafana_foundation_sdk.cog.encoder import JSONEncoder
    from grafana_foundation_sdk.models.dashboard import Dashboard, Panel
    from grafana_foundation_sdk.models.prometheus import Dataquery

    plugins.register_default_plugins()

    def through(given: dict[str, Any]) -> list[str]:
        read = Dashboard.from_json(given)
        assert read.panels
        assert all(isinstance(panel, Panel) for panel in read.panels)
        assert all(isinstance(target, Dataquery) for panel in read.panels for target in panel.targets or [])  # type: ignore[union-attr]
        return list(missing(given, json.loads(JSONEncoder(sort_keys=True).encode(read))))

    def missing(before: Any, after: Any, path: str = "") -> Iterator[str]:
        if isinstance(before, dict):
            for key, value in before.items():
                if key in (after or {}):
                    yield from missing(value, after[key], f"{path}.{key}")
                else:
                    yield f"{path}.{key}"
        elif isinstance(before, list) and len(before) == len(after):
            for number, (one, other) in enumerate(zip(before, after, strict=True)):
                yield from missing(one, other, f"{path}[{number}]")
        elif before != after:
            yield path

    dashboard = json.loads((EXAMPLES / "monitoring" / "dashboard.json").read_text())
    assert through(dashboard) == []
    places = [panel["gridPos"] for panel in dashboard["panels"]]
    cells = [(x, y) for p in places for x in range(p["x"], p["x"] + p["w"]) for y in range(p["y"], p["y"] + p["h"])]
    assert len(set(cells)) == len(cells)  # no panel lies upon another
    assert max(x for x, _ in cells) < 24
    dashboard["panels"][0]["titel"] = "a slip"
    assert through(dashboard) == [".panels[0].titel"]


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not installed (Debian: prometheus)")
def test_promtool_takes_each_expression_of_the_dashboard(tmp_path: Path) -> None:
    dashboard = json.loads((EXAMPLES / "monitoring" / "dashboard.json").read_text())
    expressions = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    rules = [
        {"record": f"panel:{number}", "expr": expression.replace("$__rate_interval", "5m").replace("$wiki", ".+")}
        for number, expression in enumerate(expressions)
    ]
    file = tmp_path / "rules.yml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "dashboard", "rules": rules}]}))
    ran = subprocess.run(
        ["promtool", "check", "rules", "--lint=all", "--lint-fatal", file],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert f"{len(rules)} rules found" in ran.stdout


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not installed (Debian: prometheus)")
def test_promtool_takes_the_rules_and_they_fire_as_they_should() -> None:
    folder = EXAMPLES / "monitoring"
    for line in ("check config prometheus.yml", "check rules alerts.yml", "test rules alerts_test.yml"):
        ran = subprocess.run(
            ["promtool", *line.split()], cwd=folder, capture_output=True, text=True, check=False, timeout=60
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr


def test_entry_points_in_the_guide_are_those_of_the_template() -> None:
    [shown] = [block.code for block in blocks(DOCS / "plugins.md") if block.language == "toml"]
    template = tomllib.loads((EXAMPLES / "plugin" / "pyproject.toml").read_text())
    assert tomllib.loads(shown) == {"project": {"entry-points": template["project"]["entry-points"]}}
