"""Which tests of a repository fail, read off pytest's own report."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree


@dataclass(frozen=True)
class Failure:
    """A test that fails: its name as pytest takes it, and the first line of what it says."""

    test: str
    message: str


def failing_tests(root: Path, arguments: Sequence[str] = ()) -> tuple[tuple[Failure, ...] | None, list[str]]:
    """Run the tests. Returns those that fail, None when none ran, and why that is.

    Args:
        root: Where to run them.
        arguments: For pytest.
    """
    with tempfile.TemporaryDirectory() as scratch:
        xml = Path(scratch) / "tests.xml"
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "--no-header",
            "-o",
            "junit_family=xunit1",
            f"--junitxml={xml}",
        ]
        ended = subprocess.run(  # noqa: S603  our own tests
            [*command, *arguments], cwd=root, capture_output=True, text=True, check=False
        )
        if not xml.is_file():
            return None, [f"The tests did not run: {_reason(ended.stderr or ended.stdout)}"]
        cases = list(ElementTree.parse(xml).iter("testcase"))  # noqa: S314  written by pytest just now
    if not cases:
        return None, ["The tests did not run: there are none."]
    return tuple(_failures(cases)), []


def _reason(said: str) -> str:
    """The line in which pytest says what is wrong; the last one where none does."""
    lines = said.strip().splitlines() or ["pytest gave no reason"]
    return next((line.strip() for line in lines if "error: " in line), lines[-1].strip())


def _failures(cases: Sequence[ElementTree.Element]) -> Iterator[Failure]:
    for case in cases:
        for kind in ("failure", "error"):
            found = case.find(kind)
            if found is not None:
                file, name = case.get("file") or "", case.get("name") or ""
                message = (found.get("message") or found.text or "").strip().splitlines()
                yield Failure(f"{file}::{name}" if file else name, _last_word(kind, message, found.text or ""))
                break


def _last_word(kind: str, message: Sequence[str], text: str) -> str:
    """The line that says most: of an import that failed it is the last one, of a test the first."""
    if message and message[0] == "collection failure":
        lines = [line.removeprefix("E").strip() for line in text.splitlines() if line.startswith("E ")]
        return lines[-1] if lines else message[0]
    return message[0] if message else kind
