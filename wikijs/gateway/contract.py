"""Writes the OpenAPI document: `python -m wikijs.gateway.contract [--check] FILE`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from .app import bare
from .openapi import written

FILE: Final = "docs/openapi.json"


def main(arguments: list[str]) -> int:
    """Write the document, or with `--check` say whether it is as it would be written."""
    check = "--check" in arguments
    files = [each for each in arguments if not each.startswith("--")]
    path = Path(files[0] if files else FILE)
    content = written(bare().openapi())
    if not check:
        path.write_bytes(content)
        return 0
    if path.exists() and path.read_bytes() == content:
        return 0
    sys.stderr.write(f"{path} is not what `make generate` writes.\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
