"""A user's own queries as TypeScript: modules to import, and the small client beside them unless it comes from npm."""

from __future__ import annotations

from pathlib import Path

from wikijs.codegen.errors import CodegenError
from wikijs.codegen.package import Compiled, compiled
from wikijs.codegen.reading.config import PROJECT_HEADER, Config
from wikijs.codegen.typescript import modules, package, tables

HEADER = f"//{PROJECT_HEADER.removeprefix('#')}"


def generate(config: Config) -> Path:
    """Write the folder, and return it.

    Raises:
        CodegenError: The queries cannot be compiled, or the folder holds what was not generated.
    """
    target, wanted = _target(config), files(compiled(config), config)
    for path in package.present(target):
        if not (target / path).read_text(encoding="utf-8").startswith(HEADER):
            raise CodegenError(
                f"{config.shown(target / path)}: was not written by `wikijs generate`, which would delete it;"
                " move it elsewhere, or choose another folder for `typescript`."
            )
    package.write(wanted, target)
    return target


def differences(config: Config) -> list[str]:
    """Files of the folder that are not what would be written now, each with what is wrong."""
    return package.differences(files(compiled(config), config), _target(config))


def files(found: Compiled, config: Config) -> dict[str, str]:
    """Text of each file by its path."""
    typed = modules.typed(found)
    core = f"{config.sdk}/core" if config.sdk else "./core/index.js"
    inner = core if config.sdk else f".{core}"
    generated = {
        "generated/types.ts": modules.types_module(typed),
        "generated/fragments.ts": modules.fragments_module(typed),
        "generated/operations.ts": modules.operations_module(
            sorted(typed.operations, key=lambda each: each.function),
            core=inner,
            writing=inner,
            types="./types.js",
            fragments="./fragments.js",
            title="Operations, as functions that make them.",
        ),
        "index.ts": (
            "/** The client, your operations and their types. */\n\n"
            f'export * from "{core}";\nexport * from "./generated/operations.js";\n'
            'export type * from "./generated/types.js";\n'
        ),
    }
    if not config.sdk:
        generated |= {"generated/codes.ts": tables.codes_module(), "generated/writes.ts": tables.writes_module()}
        generated |= {
            f"core/{path.name}": path.read_text(encoding="utf-8")
            for path in sorted((package.SOURCES / "src" / "core").glob("*.ts"))
        }
    header = f"//{config.header.removeprefix('#')}"
    return {name: f"{header}\n\n{source}" for name, source in generated.items()}


def _target(config: Config) -> Path:
    if config.typescript is None:
        raise CodegenError(f'{config.name}: `typescript` is missing: the folder to write, such as "src/wiki".')
    return config.typescript
