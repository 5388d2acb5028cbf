"""Compile a schema and queries into a typed package.

python -m wikijs.codegen [--config codegen.toml] [--check]
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from wikijs.codegen.errors import CodegenError
from wikijs.codegen.typescript import package as typescript

from . import package
from .reading import config


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m wikijs.codegen", description="Compile a GraphQL schema and queries into a typed package."
    )
    parser.add_argument("--config", type=Path, default=Path("codegen.toml"), help="settings (default: codegen.toml)")
    parser.add_argument("--check", action="store_true", help="write nothing; fail when the package is out of date")
    options = parser.parse_args(arguments)
    try:
        settings = config.load(options.config)
        found = package.compiled(settings)
        npm = typescript.files(found, settings.contract) if settings.typescript else {}
        if not options.check:
            written = [package.generate(settings, found)]
            if settings.typescript:
                typescript.write(npm, settings.typescript)
                written.append(settings.typescript)
            sys.stdout.write(f"Wrote {' and '.join(settings.shown(path) for path in written)}.\n")
            return 0
        stale = package.differences(settings, found)
        if settings.typescript:
            stale += typescript.differences(npm, settings.typescript)
    except CodegenError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    if stale:
        name = settings.shown(settings.target if settings.typescript else settings.target / settings.package)
        sys.stderr.write(f"{name} is not what its sources give; run `make generate`:\n")
        sys.stderr.writelines(f"  {line}\n" for line in stale)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
