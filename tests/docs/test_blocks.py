"""Each block of code in the README and the guides is run by a test, or says why it is not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from .walking import RUN, Block, blocks

ROOT = Path(__file__).parents[2]
PAGES = [
    ROOT / "README.md",
    *(page for page in sorted((ROOT / "docs").rglob("*.md")) if "reference" not in page.parts),
]
DATA = {"json", "yaml", "toml", "graphql"}
SHOWN = {"text", "mermaid"}
"""What a block in front printed, and pictures."""
BLOCKS = [
    pytest.param(page, block, id=f"{page.relative_to(ROOT)}-{number}")
    for page in PAGES
    for number, block in enumerate(blocks(page))
]


@pytest.mark.parametrize(("page", "block"), BLOCKS)
def test_a_block_is_run_or_says_why_not(page: Path, block: Block) -> None:
    assert block.language in RUN | DATA | SHOWN, "A block needs a language."
    if block.why is not None:
        assert len(block.why) > 10
    elif block.by is not None:
        test = (ROOT / block.by).read_text(encoding="utf-8")
        assert page.name in test or page.stem in test, f"{block.by} does not read {page.name}"
    elif block.language in DATA:
        pytest.fail("Say which test reads it, or why none does.")


def test_every_fence_is_a_block() -> None:
    """No block is overlooked because of how it is written."""
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        assert len(re.findall(r"^ *```", text, re.MULTILINE)) == 2 * len(blocks(page)), page.name
        assert text.count("<!-- not run") + text.count("<!-- run by") == sum(
            block.why is not None or block.by is not None for block in blocks(page)
        ), page.name


def test_lines_for_pip_name_extras_that_there_are() -> None:
    import tomllib

    known = set(
        tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    )
    for page in PAGES:
        for extras in re.findall(r"(?:py-wikijs|\.|\.whl)\[([a-z,]+)\]", page.read_text(encoding="utf-8")):
            assert set(extras.split(",")) <= known, f"{page.name}: {extras}"


def test_the_fixtures_that_testing_your_scripts_shows() -> None:
    """Its functions are tests of a script that `examples/test_with_sandbox.py` holds whole."""
    import runpy

    from wikijs.sandbox import Sandbox

    script = runpy.run_path(str(ROOT / "examples/test_with_sandbox.py"))
    page = ROOT / "docs/testing-your-scripts.md"
    functions = [block.code for block in blocks(page) if "def test_" in block.code]
    assert len(functions) == 3
    for code in functions:
        names = dict(script)
        exec(compile(code, page.name, "exec"), names)  # noqa: S102  that is the test
        [name] = re.findall(r"def (test_\w+)", code)
        test = names[name]
        version = re.search(r'wikijs_version\("([\d.]+)"\)', code)
        with Sandbox(version=version[1]) if version else Sandbox() as sandbox, sandbox.client() as client:
            given = {"wikijs_sandbox": sandbox, "wikijs_client": client}
            test(**{name: given[name] for name in test.__code__.co_varnames[: test.__code__.co_argcount]})


def test_routes_that_guides_ask_are_those_of_a_gateway() -> None:
    import json

    routes = json.loads((ROOT / "docs/openapi.json").read_text(encoding="utf-8"))["paths"]
    found = 0
    for page in PAGES:
        text = page.read_text(encoding="utf-8").replace("\\\n", "")
        for line in re.findall(r"^(?:\w+=\$\()?curl .*GATEWAY/.*$", text, re.MULTILINE):
            path = line.partition("$GATEWAY")[2].partition('"')[0].partition("?")[0]
            path = re.sub(r"\$[A-Z]+", "1", path)
            method = (re.findall(r"-X (\w+)", line) or ["POST" if "--json" in line or "--data" in line else "GET"])[
                0
            ].lower()
            patterns = {
                re.sub(r"\{path[^}]*\}", ".+", re.sub(r"\{(?!path)[^}]*\}", "[^/]+", route)): route for route in routes
            }
            matching = [route for pattern, route in patterns.items() if re.fullmatch(pattern, path)]
            assert any(method in routes[route] for route in matching), line
            found += 1
    assert found >= 15
