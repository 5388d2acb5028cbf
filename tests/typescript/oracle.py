"""What graphql-codegen says about the same operations: `make sdk-oracle` writes `oracle/types.ts` anew.

It takes some 300 packages, so it is no part of the package's lock file; its types are kept here instead, each operation
with a mark of what it was made from.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys

from graphql import print_schema
from graphql.utilities import strip_ignored_characters
from wikijs_generated import operations

from tests.typescript import npm
from wikijs.codegen import package
from wikijs.codegen.reading import config
from wikijs.codegen.typescript import modules
from wikijs.core.operations import OperationSpec

TYPES = npm.TESTS / "oracle" / "types.ts"
ASIDE = npm.ROOT / ".stamps" / "oracle"
VERSIONS = ("@graphql-codegen/cli@7.4.3", "@graphql-codegen/typescript-operations@6.1.9", "graphql@16.15.0")
SETTINGS = {
    "enumType": "string-literal",
    "namingConvention": "keep",
    "scalars": {"Date": "string", "PublishDate": "string", "Upload": "unknown"},
    "skipTypename": True,
    "strictScalars": True,
}


def marks() -> dict[str, str]:
    """What each operation is made from, in a few characters."""
    return {
        spec.name: hashlib.sha256(strip_ignored_characters(spec.document).encode()).hexdigest()[:12]
        for spec in vars(operations).values()
        if isinstance(spec, OperationSpec)
    }


def known() -> dict[str, str]:
    """The marks in the file."""
    lines = TYPES.read_text(encoding="utf-8").splitlines()
    return dict(line.removeprefix("// of ").split(" ") for line in lines if line.startswith("// of "))


def compiled() -> modules.Package:
    """This package's own types."""
    return modules.typed(package.compiled(config.load(npm.ROOT / "codegen.toml")))


def comparison(types: str) -> tuple[str, list[str]]:
    """A module that compiles where the types are equal, and the operations that it compares.

    Args:
        types: Where the types of graphql-codegen are, as an import names them.
    """
    old, now = known(), marks()
    compared = [each for each in compiled().operations if old.get(each.source.name) == now[each.source.name]]
    lines = [
        f'import type * as theirs from "{types}";',
        'import type * as ours from "../../generated/typescript/src/generated/operations/index.js";',
        'import type { ResultOf } from "../../generated/typescript/src/core/index.js";',
        "type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : false;",
        "type Flat<T> = T extends readonly (infer I)[] ? Flat<I>[]",
        "  : T extends object ? { [K in keyof T]: Flat<T[K]> } : T;",
        # Lists of theirs take null among their items and one item in place of a list, which this server does not mean.
        "type Takes<A, B> = [A] extends [B] ? Equal<keyof A, keyof B> : false;",
        "type Optional<T> = { [K in keyof T]-?: {} extends Pick<T, K> ? K : never }[keyof T];",
    ]
    for each in compared:
        name, function, kind = each.source.name, each.function, each.source.kind
        their = f"theirs.{name}{kind[0].upper()}{kind[1:]}"
        leaf = "".join(f'["{key}"]' for key in each.source.keys)
        ours = f"ResultOf<ReturnType<typeof ours.{function}>>"
        lines.append(f"export const {function}Result: Equal<Flat<{ours}>, Flat<{their}{leaf}>> = true;")
        if each.variables:
            mine = f"ours.{each.variables_type}"
            lines.append(f"export const {function}Variables: Takes<{mine}, {their}Variables> = true;")
            lines.append(
                f"export const {function}Optional: Equal<Optional<{mine}>, Optional<{their}Variables>> = true;"
            )
    return "\n".join(lines) + "\n", [each.source.name for each in compared]


def main() -> int:
    """Install graphql-codegen aside, and write the file."""
    ASIDE.mkdir(parents=True, exist_ok=True)
    (ASIDE / "package.json").write_text('{"private": true, "type": "module"}\n')
    subprocess.run(
        ["npm", "install", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund", *VERSIONS], cwd=ASIDE, check=True
    )
    found = package.compiled(config.load(npm.ROOT / "codegen.toml"))
    (ASIDE / "schema.graphql").write_text(print_schema(found.schema.corrected))
    settings = {
        "schema": "schema.graphql",
        "documents": str(npm.ROOT / "queries" / "*.graphql"),
        "generates": {"types.ts": {"plugins": ["typescript-operations"], "config": SETTINGS}},
    }
    (ASIDE / "codegen.json").write_text(json.dumps(settings))
    subprocess.run(["npx", "graphql-codegen", "--config", "codegen.json"], cwd=ASIDE, check=True)
    header = "// Written by graphql-codegen, with `make sdk-oracle`. Do not edit.\n"
    lines = "".join(f"// of {name} {mark}\n" for name, mark in sorted(marks().items()))
    TYPES.parent.mkdir(exist_ok=True)
    TYPES.write_text(header + lines + "\n" + (ASIDE / "types.ts").read_text(encoding="utf-8"), encoding="utf-8")
    sys.stdout.write(f"Wrote {TYPES.relative_to(npm.ROOT)}.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
