"""The gateway's guide says which test shows what: each is there by its name, and so is each switch for larger runs."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
SECTION = (ROOT / "docs/gateway.md").read_text(encoding="utf-8").partition("## What is shown, and where")[2]


def test_each_row_names_what_exists() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", SECTION)
    assert len(named) > 20
    for file, function in named:
        text = (ROOT / file).read_text(encoding="utf-8")
        assert not function or re.search(rf"^(async )?def {function}\(", text, re.MULTILINE), (file, function)
    rows = [line for line in SECTION.splitlines() if line.startswith("| ")][1:]
    assert len(rows) > 14
    for row in rows:
        assert "`tests/" in row or "benchmarks/run.py" in row, row


def test_switches_and_measures_are_known() -> None:
    for variable, number in re.findall(r"(WIKIJS_\w+)=(\d+); (?=\d+ by default)", SECTION):
        default = re.search(rf"{variable}=\d+; (\d+) by default", SECTION)
        assert default is not None
        assert int(number) > int(default[1])
        sources = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests/gateway").glob("test_*.py"))
        assert f'"{variable}", "{default[1]}"' in sources, variable
    known = (ROOT / "benchmarks/run.py").read_text(encoding="utf-8")
    for measure in set(re.findall(r"--only ([\w-]+)", SECTION)):
        assert f'"{measure}"' in known, measure
