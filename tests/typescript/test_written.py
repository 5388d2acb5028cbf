"""What is written about the npm package compiles against it, as users import it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.typescript import npm

README = (npm.PACKAGE / "README.md").read_text(encoding="utf-8")
EXAMPLES = sorted((npm.ROOT / "examples" / "typescript").rglob("*.ts"))


def test_quick_start_and_examples_compile(tmp_path: Path) -> None:
    npm.build()
    scope = tmp_path / "node_modules" / "@py-wikijs"
    scope.mkdir(parents=True)
    (scope / "sdk").symlink_to(npm.PACKAGE)
    for name in ("@types", "zod"):
        (tmp_path / "node_modules" / name).symlink_to(npm.PACKAGE / "node_modules" / name)
    (tmp_path / "package.json").write_text('{"type": "module"}')
    source = tmp_path / "src"
    source.mkdir()
    blocks = re.findall(r"```ts\n(.*?)```", README, re.DOTALL)
    assert len(blocks) >= 4
    assert len(EXAMPLES) == 5
    for number, block in enumerate(blocks):
        (source / f"block{number}.ts").write_text(block)
    for example in EXAMPLES:
        (source / f"example-{example.stem}.ts").write_text(example.read_text())
    settings = json.loads((npm.PACKAGE / "tsconfig.json").read_text())
    settings["compilerOptions"] |= {"types": ["node"], "skipLibCheck": True, "noEmit": True, "noUnusedLocals": False}
    (tmp_path / "tsconfig.json").write_text(json.dumps(settings))
    npm.run("tsc", "-p", "tsconfig.json", cwd=tmp_path)


@pytest.mark.parametrize("page", sorted((npm.PACKAGE / "docs").glob("*.md")), ids=lambda page: page.stem)
def test_links_of_the_reference_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", text):
        assert (page.parent / target).is_file(), target


def test_the_reference_has_every_operation() -> None:
    text = "".join(page.read_text(encoding="utf-8") for page in (npm.PACKAGE / "docs").glob("*.md"))
    functions = re.findall(
        r"^export function (\w+)",
        "".join(path.read_text() for path in (npm.PACKAGE / "src" / "generated" / "operations").glob("*.ts")),
        re.MULTILINE,
    )
    assert len(functions) == 136
    assert [name for name in functions if f"{name}(" not in text] == []
