"""Measure py-wikijs: every number is a ratio to a floor or a peer, taken in the same run. See README.md here.

python benchmarks/run.py [--only NAME ...] [--json FILE]
"""

from __future__ import annotations

import argparse
import importlib
import json
import multiprocessing
import os
import platform
import sys
import tempfile
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from measure import Result

MEASURES: Final = {
    "imports": "imports:measure",
    "listing": "listing:against_raw",
    "stock": "listing:against_stock",
    "call": "calls:measure",
    "merging": "merging:measure",
    "bulk": "facade:in_bulk",
    "async": "facade:side_by_side",
    "export": "facade:everything",
    "transfer": "transfer:measure",
    "memory": "memory:measure",
    "overhead": "resilience:overhead",
    "safeguards": "safeguards:measure",
    "plugins": "plugin_costs:measure",
    "cache": "caching:measure",
    "sandbox": "sandbox_speed:measure",
    "command": "command_line:measure",
    "webhooks": "webhooks:measure",
    "feed": "feed:measure",
    "gateway": "gateway:measure",
    "gateway-long": "gateway:for_long",
}
PACKAGES: Final = ("httpx2", "pydantic", "ariadne-codegen", "httpx", "graphql-core")


def main() -> None:
    """Run the measures and print the table."""
    options = _options()
    results: list[Result] = []
    with tempfile.TemporaryDirectory() as bytecode:
        _compile_into(bytecode)
        for name in options.only or MEASURES:
            print(f"measuring: {name}", file=sys.stderr)
            results += _in_fresh_process(MEASURES[name])
    print(f"{_machine()}\n\n{_table(results)}")
    if options.json:
        options.json.write_text(json.dumps(_report(results), indent=2) + "\n", encoding="utf-8")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure py-wikijs beside floors and peers.")
    parser.add_argument("--only", action="append", choices=MEASURES, help="run only this measure; may be repeated")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the results to a file")
    return parser.parse_args()


def _compile_into(folder: str) -> None:
    """Let all processes run from bytecode, as installed packages do, and leave the source tree clean."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = folder


def _in_fresh_process(place: str) -> list[Result]:
    """Run one measure where no other has imported or allocated anything."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(_run, place).result(timeout=1800)


def _run(place: str) -> list[Result]:
    module, _, function = place.partition(":")
    results: list[Result] = getattr(importlib.import_module(module), function)()
    return results


def _machine() -> str:
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return f"{datetime.now(UTC):%Y-%m-%d}, {platform.machine()} with {os.cpu_count()} cores, {python}, {packages}"


def _table(results: Iterable[Result]) -> str:
    rows: list[tuple[str, ...]] = [("measure", "over", "figure", "quartiles", "fastest", "aim", "")]
    rows += [
        (r.name, r.over, _figure(r, r.figure), _quartiles(r), _figure(r, r.fastest), _aim(r), r.verdict)
        for r in results
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    rows.insert(1, tuple("-" * max(width, 3) for width in widths))
    return "\n".join("| " + " | ".join(f"{c:<{w}}" for c, w in zip(row, widths, strict=True)) + " |" for row in rows)


def _aim(result: Result) -> str:
    if result.aim is None:
        return ""
    return f"at {'least' if result.at_least else 'most'} {_figure(result, result.aim)}"


def _quartiles(result: Result) -> str:
    return "" if result.low == result.high else f"{_short(result.low)} to {_short(result.high)}"


def _figure(result: Result, figure: float) -> str:
    return f"{_short(figure)} {result.unit}".rstrip()


def _short(figure: float) -> str:
    if abs(figure) >= 10:
        return f"{figure:.0f}"
    return f"{figure:.4f}" if abs(figure) < 0.1 else f"{figure:.2f}"


def _report(results: Iterable[Result]) -> dict[str, Any]:
    return {"about": _machine(), "results": [asdict(result) | {"verdict": result.verdict} for result in results]}


if __name__ == "__main__":
    main()
