"""Print what CHANGELOG.md says of a version, for its release.

python docs/release_notes.py 1.2.0
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import wikijs

CHANGELOG = Path(__file__).parents[1] / "CHANGELOG.md"


def notes(changelog: str, version: str) -> str:
    """The part of a version, without its heading; raises SystemExit where there is none."""
    found = re.search(rf"^## \[{re.escape(version)}\][^\n]*\n(.*?)(?=^## |\Z)", changelog, re.DOTALL | re.MULTILINE)
    if found is None or not found[1].strip():
        raise SystemExit(f"CHANGELOG.md has no part `## [{version}]` that says anything.")
    return found[1].strip() + "\n"


def main() -> None:
    """Run the command."""
    version = sys.argv[1] if len(sys.argv) > 1 else wikijs.__version__
    if version != wikijs.__version__:
        raise SystemExit(f"The tag says {version}, wikijs/__init__.py {wikijs.__version__}.")
    sys.stdout.write(notes(CHANGELOG.read_text(encoding="utf-8"), version))


if __name__ == "__main__":
    main()
