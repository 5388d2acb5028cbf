"""The types are those that graphql-codegen makes of the same operations and the corrected schema."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from tests.typescript import npm, oracle


def unequal(types: str, name: str) -> tuple[set[str], list[str]]:
    """What differs from the types in a file, and the operations that were compared."""
    npm.ready()
    source, compared = oracle.comparison(types)
    module = npm.TESTS / "oracle" / f"{name}.generated.ts"
    settings = npm.STAMPS / f"{name}.json"
    module.write_text(source.replace('"../../generated', '"../../../generated'))
    project = {
        "extends": str(npm.TESTS / "tsconfig.json"),
        "compilerOptions": {"types": []},
        "include": [str(module)],
    }
    settings.write_text(json.dumps(project))
    tool = npm.PACKAGE / "node_modules" / ".bin" / "tsc"
    try:
        done = subprocess.run(
            [tool, "-p", settings, "--pretty", "false"], capture_output=True, text=True, timeout=120, check=False
        )
    finally:
        module.unlink()
    lines = source.splitlines()
    places = re.findall(rf"{name}\.generated\.ts\((\d+),\d+\): error TS2322", done.stdout)
    found = {match[1] for line in places if (match := re.match(r"export const (\w+):", lines[int(line) - 1]))}
    others = [line for line in done.stdout.splitlines() if "error" in line and "TS2322" not in line]
    assert not others, others[:5]
    return found, compared


def test_all_types_are_equal(capsys: pytest.CaptureFixture[str]) -> None:
    different, compared = unequal("./types.js", "equal")
    assert not different
    total = len(oracle.marks())
    assert len(compared) >= 0.9 * total, "run `make sdk-oracle`"
    with capsys.disabled():
        hint = "" if len(compared) == total else "; run `make sdk-oracle` for the others"
        print(f"\n  types equal graphql-codegen's: {len(compared)} of {total}{hint}", end="")


def test_a_planted_difference_is_found() -> None:
    planted = npm.TESTS / "oracle" / "planted.generated.ts"
    types = oracle.TYPES.read_text(encoding="utf-8")
    before = "export type PagesListQuery = { pages: { list: Array<{ id: number,"
    assert before in types
    types = types.replace(before, before.replace("id: number,", "id: number | null,"))
    before = "export type PagesSingleQueryVariables = Exact<{\n  id: number;"
    assert before in types
    planted_types = types.replace(before, before.replace("id: number;", "id: string;"))
    npm.ready()
    try:
        planted.write_text(planted_types)
        different, _ = unequal("./planted.generated.js", "different")
    finally:
        planted.unlink(missing_ok=True)
    assert different == {"pagesListResult", "pagesSingleVariables"}


def test_generated_files_of_the_comparison_are_ignored_by_git() -> None:
    assert "tests/typescript/oracle/*.generated.ts" in (npm.ROOT / ".gitignore").read_text().splitlines()


def test_the_file_names_what_it_was_made_from() -> None:
    assert set(oracle.known()) >= {"PagesList", "LoggingLiveTrail"}
    assert Path(oracle.TYPES).is_file()
