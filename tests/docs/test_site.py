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

from website import api, commands, rest, running, staging  # noqa: E402  a package beside the tests
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
    assert missing_pictures() == []
    assert [path for path in SITE.rglob("*.py") if path.is_file()] == []
    for words, _ in commands.leaves(commands.loaded(commands.typer.main.get_command(commands.app)), ("wikijs",)):
        if words[1] != "call":
            page = (SITE / "reference/commands" / words[1] / "index.html").read_text(encoding="utf-8")
            assert " ".join(words) in page


def missing_pictures() -> list[str]:
    """Pictures of pages that are not there."""
    return [
        f"{page.relative_to(SITE)}: {picture}"
        for page in SITE.rglob("*.html")
        for picture in re.findall(r'<img [^>]*?src="([^":]+)"', page.read_text(encoding="utf-8"))
        if not (page.parent / picture).is_file()
    ]


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


METHODS = [
    pytest.param(getattr(cls, method), id=f"{name}.{method}")
    for name, cls in api.facades().items()
    for method in methods(cls)
]


@pytest.mark.parametrize("method", METHODS)
def test_a_method_of_the_facade_says_all_there_is_to_know(method: Any) -> None:
    """Arguments, errors, permission, operation and server version: of each, without an exception."""
    said = inspect.getdoc(method) or ""
    parameters = [name for name in inspect.signature(method).parameters if name != "self"]
    assert [name for name in parameters if not re.search(rf"^\s+[\w,`* ]*\b{name}\b[^:\n]*:", said, re.MULTILINE)] == []
    assert [part for part in ("Raises:", "Permission:", "Operation:", "Server:") if f"\n{part}" not in said] == []


def test_each_operation_says_permission_and_version() -> None:
    """What the schema tells of operations is in the reference, each with its rate limit."""
    page = next(text for name, _, text in api.pages() if name == "operations.md")
    rows = {row.split("`")[1]: row for row in page.splitlines() if row.startswith("| `")}
    assert {spec.server_field for spec in api.specs()} <= set(rows)
    for row in rows.values():
        cells = row.strip("| ").split(" | ")
        assert re.match(r"`[\w:]+`|none", cells[5])
        assert re.match(r"\d+\.\d+\.\d+", cells[6])


def test_each_command_has_an_example_and_what_it_prints_or_why_that_is_not_shown() -> None:
    kept = running.kept()
    examples = dict(running.examples())
    assert [name for name, line in examples.items() if not line] == []
    lacking = [name for name in examples if name not in kept and name not in running.NOT_RUN]
    assert lacking == []
    old = [name for name, shown in kept.items() if examples.get(name) != shown.line]
    assert old == [], "run: cd docs && python -m website.running"


@pytest.mark.parametrize("name", ["pages tree", "groups list", "access page", "whoami", "pages history", "config list"])
def test_what_a_command_is_said_to_print_is_what_it_prints(name: str) -> None:
    assert running.shown(name, dict(running.examples())[name]) == running.kept()[name]


def test_every_route_of_the_gateway_is_in_the_reference() -> None:
    text = "".join(text for _, _, text in rest.pages())
    routes = list(rest.routes())
    assert len(routes) > 200
    assert [f"{method} {path}" for _, method, path, _ in routes if f"## `{method.upper()} {path}`" not in text] == []
    assert [name for name in rest.contract()["components"]["schemas"] if f"\n## {name}\n" not in text] == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[a](../README.md)", "[a](index.md)"),
        ("![a](images/pages.svg)", "![a](images/pages.svg)"),
        ("[a](sync.md#x)", "[a](sync.md#x)"),
        ("[a](https://x.example)", "[a](https://x.example)"),
        ("[a](../examples/demo.py)", "[a](files/examples/demo.py.md)"),
        ("```\n[a](nowhere.md)\n```", "```\n[a](nowhere.md)\n```"),
    ],
)
def test_links_lead_to_pages_of_the_site(text: str, expected: str) -> None:
    homes = {
        "docs/images/pages.svg": "images/pages.svg",
        "docs/plugins.md": "plugins.md",
        "docs/sync.md": "sync.md",
        "README.md": "index.md",
    }
    broken: list[str] = []
    assert staging.relinked(text, "docs/plugins.md", homes, [], broken) == expected
    assert broken == []


def test_a_tab_holds_a_block_and_what_it_prints() -> None:
    page = "<!-- tab: A -->\n\n```sh\n1\n```\n\n```text\n2\n```\n\n<!-- tab: B -->\n\n```sh\nx\n```\n\nEnd\n"
    first = '=== "A"\n\n    ```sh\n    1\n    ```\n\n    ```text\n    2\n    ```\n\n'
    assert staging.tabbed(page) == first + '=== "B"\n\n    ```sh\n    x\n    ```\n\nEnd\n'


def test_a_link_that_leads_nowhere_is_told() -> None:
    broken: list[str] = []
    staging.relinked("[a](nowhere.md)", "docs/plugins.md", {}, [], broken)
    assert broken == ["docs/plugins.md: nowhere.md"]
