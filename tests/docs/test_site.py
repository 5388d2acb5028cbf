"""The documentation's site builds without a broken link, names everything public, and loads nothing from elsewhere."""

from __future__ import annotations

import importlib
import inspect
import re
import subprocess
import sys
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "docs"))

from website import api, commands, staging  # noqa: E402  a package beside the tests
from website.__main__ import SITE, foreign_hosts  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator


def test_the_site() -> None:
    """One test, since the building takes as long as all of it."""
    built = subprocess.run(
        [sys.executable, "-m", "website"], cwd=ROOT / "docs", capture_output=True, text=True, check=False, timeout=900
    )
    assert built.returncode == 0, built.stdout + built.stderr
    assert "No issues found" in built.stdout + built.stderr
    known = inventory()
    assert [name for name in public_names() if name not in known] == []
    assert foreign_hosts() == set()
    assert not [page for page in SITE.rglob("*.html") if 'class="mermaid"' in page.read_text(encoding="utf-8")]
    assert [path for path in SITE.rglob("*.py") if path.is_file()] == []
    for words, _ in commands.leaves(commands.loaded(commands.typer.main.get_command(commands.app)), ("wikijs",)):
        if words[1] != "call":
            page = (SITE / "reference/commands" / words[1] / "index.html").read_text(encoding="utf-8")
            assert " ".join(words) in page


def inventory() -> set[str]:
    """The names that the reference has an entry for."""
    data = (SITE / "objects.inv").read_bytes()
    return {line.split(" ", 1)[0] for line in zlib.decompress(data.split(b"\n", 4)[4]).decode().splitlines()}


def public_names() -> Iterator[str]:
    """What people import, and the methods of both clients and of their namespaces."""
    for door in api.DOORS:
        yield from (f"wikijs.{door}.{name}" for name in importlib.import_module(f"wikijs.{door}").__all__)
    for client in ("WikiJSClient", "AsyncWikiJSClient"):
        yield f"wikijs.{client}"
    for cls in api.facades().values():
        yield from (f"{cls.__module__}.{cls.__qualname__}.{method}" for method in methods(cls))


def methods(cls: type) -> list[str]:
    """Public methods that a class defines itself."""
    return [name for name, value in vars(cls).items() if inspect.isfunction(value) and not name.startswith("_")]


def undocumented() -> Iterator[str]:
    for door in api.DOORS:
        module = importlib.import_module(f"wikijs.{door}")
        for name in module.__all__:
            value: Any = getattr(module, name)
            if inspect.isclass(value) or inspect.isfunction(value):
                yield from without_text(f"wikijs.{door}.{name}", value)
    for name, cls in api.facades().items():
        yield from without_text(f"client.{name}", cls)


def without_text(name: str, value: Any) -> Iterator[str]:
    """What has no docstring: the thing itself, or a public method of it."""
    if not inspect.getdoc(value):
        yield name
    if inspect.isclass(value) and value.__module__.startswith("wikijs"):
        for method in methods(value):
            if not inspect.getdoc(getattr(value, method)):
                yield f"{name}.{method}"


def test_each_guide_is_in_the_navigation() -> None:
    template = (ROOT / "docs/website/mkdocs.yml").read_text(encoding="utf-8")
    named = set(re.findall(r"^ +- (?:[^:\n]+: )?(\S+\.md)$", template, re.MULTILINE))
    assert {page.name for page in (ROOT / "docs").glob("*.md")} - named == set()


def test_all_that_is_public_says_what_it_is() -> None:
    assert sorted(undocumented()) == []


def test_methods_of_the_facade_name_permission_and_operation() -> None:
    lacking = [
        f"{name}.{method}"
        for name, cls in api.facades().items()
        for method in methods(cls)
        if not re.search(r"Operation|Server operation|`\w+\.\w+`", inspect.getdoc(getattr(cls, method)) or "")
    ]
    assert lacking == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[a](../README.md)", "[a](index.md)"),
        ("[a](sync.md#x)", "[a](sync.md#x)"),
        ("[a](https://x.example)", "[a](https://x.example)"),
        ("[a](../examples/demo.py)", "[a](files/examples/demo.py.md)"),
        ("```\n[a](nowhere.md)\n```", "```\n[a](nowhere.md)\n```"),
    ],
)
def test_links_lead_to_pages_of_the_site(text: str, expected: str) -> None:
    homes = {"docs/plugins.md": "plugins.md", "docs/sync.md": "sync.md", "README.md": "index.md"}
    broken: list[str] = []
    assert staging.relinked(text, "docs/plugins.md", homes, [], broken) == expected
    assert broken == []


def test_a_link_that_leads_nowhere_is_told() -> None:
    broken: list[str] = []
    staging.relinked("[a](nowhere.md)", "docs/plugins.md", {}, [], broken)
    assert broken == ["docs/plugins.md: nowhere.md"]
