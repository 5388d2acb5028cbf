"""`wikijs export ...`: what a wiki holds, on the disk."""

from __future__ import annotations

import os
import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any, Final, Literal

import typer

from .frame.command import command, group
from .frame.failures import CommandError, ExitCode, explained
from .frame.output import note, show_data, wants_data
from .frame.session import Session
from .frame.text import plain
from .pages.arguments import FolderOption, SomeLocaleOption, TagsOption
from .pages.exporting import EXPORTED, run_export, run_export_to_file

app = typer.Typer(no_args_is_help=True)

Text = Literal["json", "yaml"]
AT_ONCE: Final = 50
"""Records that are read together."""

OutputOption = Annotated[str | None, typer.Option("-o", "--output", metavar="FILE", help="Where to; else stdout.")]
TextOption = Annotated[Text | None, typer.Option("--format", help="JSON or YAML; else what the name of the file says.")]


@group(app, example="wikijs export pages --format json --output pages.json")
def export(session: Session) -> None:
    """Write pages, users, groups or files of the wiki to the disk."""


@command(app, "pages", example="wikijs export pages --format md --output wiki/", fields=EXPORTED)
def pages(
    session: Session,
    *,
    format: Annotated[
        Literal["json", "yaml", "md"] | None,
        typer.Option("--format", help="One file of JSON or YAML, or a file a page; else what the output's name says."),
    ] = None,
    output: Annotated[
        str | None,
        typer.Option("-o", "--output", metavar="TARGET", help="A file; for md a folder, .zip or .tar.gz. Else stdout."),
    ] = None,
    locale: SomeLocaleOption = None,
    folder: FolderOption = "",
    tag: TagsOption = None,
    assets: Annotated[bool, typer.Option("--assets", help="With md: files that pages show, too.")] = False,
) -> None:
    """Export pages, drafts included, as `pages import` reads them. See `pages export` for more ways."""
    from wikijs.transfer.exporting import ExportOptions
    from wikijs.transfer.targets import kind_of

    options = ExportOptions(locale=locale, folder=folder, tags=tag or (), assets=assets)
    output = None if output == "-" else output
    named = "json" if output is None else kind_of(output)
    kind = format or ("json" if named == "json" else "yaml" if named == "yaml" else "md")
    if kind == "md" and (output is None or named in {"json", "yaml"}):
        raise CommandError(
            "Markdown files go into a folder or an archive.",
            hint="Give --output wiki/, or wiki.zip.",
            code=ExitCode.USAGE,
        )
    if output is not None and kind in {"md", named}:
        run_export(session, output, options)
    else:
        run_export_to_file(session, kind, output, options)


@command(app, "users", example="wikijs export users --format json --output users.json")
def users(session: Session, *, format: TextOption = None, output: OutputOption = None) -> None:
    """Export users with their profiles and groups; passwords and second factors cannot be read."""
    with session.client() as client:
        ids = [user.id for user in client.users.iter_all()]
        parts = (client.users.get_many(ids[at : at + AT_ONCE], return_exceptions=True) for at in _starts(ids))
        _write_records(session, [each for part in parts for each in part], format, output, "users")


@command(app, "groups", example="wikijs export groups --format yaml --output groups.yaml")
def groups(session: Session, *, format: TextOption = None, output: OutputOption = None) -> None:
    """Export groups with their permissions, page rules and members."""
    with session.client() as client:
        ids = [group.id for group in client.groups.iter_all()]
        parts = (client.groups.get_many(ids[at : at + AT_ONCE], return_exceptions=True) for at in _starts(ids))
        _write_records(session, [each for part in parts for each in part], format, output, "groups")


@command(app, "assets", example="wikijs export assets --output files/", fields=EXPORTED)
def assets(
    session: Session,
    *,
    format: Annotated[
        Text | None, typer.Option("--format", help="What is known of the files as JSON or YAML, not the files.")
    ] = None,
    output: Annotated[
        str | None,
        typer.Option(
            "-o", "--output", metavar="TARGET", help="A folder, .zip or .tar.gz; a file with --format, - is stdout."
        ),
    ] = None,
) -> None:
    """Export the files of the wiki in their folders, or with --format what is known of them."""
    from wikijs.transfer.targets import kind_of

    if format is not None or output is None or output == "-" or kind_of(output) in {"json", "yaml"}:
        with session.client() as client:
            _write_records(session, list(client.assets.iter_all()), format, output, "files")
        return
    from wikijs.transfer.exporting import ExportOptions

    run_export(session, output, ExportOptions(assets=True), only_assets=True)


def _starts(ids: Sequence[int]) -> range:
    return range(0, len(ids), AT_ONCE)


def _write_records(session: Session, found: Sequence[Any], format: Text | None, output: str | None, what: str) -> None:
    """Write records, and say which could not be read."""
    records = [plain(each) for each in found if not isinstance(each, Exception)]
    failed = [each for each in found if isinstance(each, Exception)]
    kind = format or ("yaml" if (output or "").lower().endswith((".yaml", ".yml")) else "json")
    text = _as_text(records, kind)
    if output is None or output == "-":
        show_data(session, records) if wants_data(session) else sys.stdout.write(text)
    else:
        with _replaced(output) as file:
            file.write_bytes(text.encode())
        if wants_data(session):
            show_data(session, {"file": output, "written": len(records)})
        elif not session.quiet:
            note(f"{len(records)} {what} written to {output}.")
    for error in failed:
        note(f"wikijs: {explained(error)}")
    if failed:
        raise typer.Exit(ExitCode.PARTLY if records else ExitCode.FAILED)


def _as_text(records: list[Any], kind: str) -> str:
    if kind == "yaml":
        import yaml

        dumper: Any = yaml  # its stubs know no types
        text: str = dumper.safe_dump(records, allow_unicode=True, sort_keys=False)
        return text
    from pydantic_core import to_json

    return to_json(records, indent=2).decode() + "\n"


@contextmanager
def _replaced(output: str) -> Generator[Path]:
    """A new file that takes the place of an old one once it is complete."""
    target = Path(output)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=".wikijs-", dir=target.absolute().parent) as scratch:
            file = Path(scratch) / "new"
            yield file
            os.replace(file, target)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise CommandError(f"{output} cannot be written: {reason}.") from None
