"""`wikijs generate`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ...core.values.installing import pip_line
from ..frame.command import command
from ..frame.failures import CommandError, ExitCode
from ..frame.output import note, printable, show_done
from ..frame.session import Session

if TYPE_CHECKING:
    from wikijs.codegen.reading.config import Config

app = typer.Typer()


@command(app, "generate", example="wikijs generate --check")
def generate(
    session: Session,
    *,
    config: Annotated[Path, typer.Option(metavar="FILE", help="Settings of the project.")] = Path("codegen.toml"),
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; fail when the package is out of date.")
    ] = False,
    typescript: Annotated[
        bool, typer.Option("--typescript", help="Write TypeScript instead, into the folder that `typescript` names.")
    ] = False,
    init: Annotated[
        bool, typer.Option("--init", help="Write settings and an example query to begin with, and nothing else.")
    ] = False,
) -> None:
    """Compile your own GraphQL queries into a typed client that extends this one.

    Start in an empty folder with --init. Nothing is asked of a server: the global options do not concern it.
    """
    if check and init:
        raise CommandError("--check and --init do not go together.", code=ExitCode.USAGE)
    try:
        from wikijs.codegen.errors import CodegenError
        from wikijs.codegen.reading import project
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("wikijs"):
            raise
        raise CommandError("Code generation is an extra.", hint=pip_line("codegen")) from None
    try:
        if init:
            _start(session, config)
            return
        settings = project.load(config, typescript=typescript)
        stale, folder = _typescript(settings, check) if typescript else _python(settings, check)
    except CodegenError as error:
        # A line each, which begins with the file and the line, as editors want it.
        sys.stderr.writelines(f"{printable(problem)}\n" for problem in error.problems)
        raise typer.Exit(ExitCode.FAILED) from None
    except OSError as error:
        raise CommandError(f"{error.filename}: {error.strerror}.") from None
    name = settings.shown(folder)
    if stale:
        note(f"{name} is not what its sources give; run `wikijs generate{' --typescript' if typescript else ''}`:")
        for line in stale:
            note(f"  {line}")
        raise typer.Exit(ExitCode.FAILED)
    use = f'import {{ Client }} from "./{name}"' if typescript else f"from {settings.package} import {settings.client}"
    done = f"{name} is up to date." if check else f"Wrote {name}: {use}"
    show_done(session, done, {"package": name, **({} if typescript else {"client": settings.client})})


def _python(settings: Config, check: bool) -> tuple[list[str], Path]:
    from wikijs.codegen import package

    if check:
        return package.differences(settings), settings.target / settings.package
    return [], package.generate(settings)


def _typescript(settings: Config, check: bool) -> tuple[list[str], Path]:
    from wikijs.codegen.typescript import project

    if check and settings.typescript:
        return project.differences(settings), settings.typescript
    return [], project.generate(settings)


def _start(session: Session, config: Path) -> None:
    from wikijs.codegen.reading import project

    written = [str(path) for path in project.start(config)]
    show_done(session, f"Wrote {' and '.join(written)}.", {"files": written})
    option = "" if config == Path("codegen.toml") else f" --config {config}"
    note(f"Next: make the query yours, then run `wikijs generate{option}`.")
