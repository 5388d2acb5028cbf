"""`wikijs assets ...`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import typer

from wikijs import exceptions as exc

from ..frame.command import command, group
from ..frame.confirm import confirm
from ..frame.failures import CommandError, ExitCode
from ..frame.output import show_batch, show_done, show_list, show_record
from ..frame.progress import counted, progress
from ..frame.session import Session
from ..frame.several import for_each
from .arguments import local_files, remote_files

app = typer.Typer(no_args_is_help=True)

_FIELDS: Final = (
    *("id", "filename", "ext", "kind", "mime", "fileSize", "createdAt", "updatedAt"),
    *("folderId", "path", "url"),
)

Kind = Literal["ALL", "IMAGE", "BINARY"]
AssetArgument = Annotated[str, typer.Argument(metavar="FILE", help="Id or path such as /img/logo.png.")]
AssetsArgument = Annotated[
    list[str], typer.Argument(metavar="FILE", help="Ids, paths, or patterns such as '/img/*.png' or '/img/**'.")
]
FolderArgument = Annotated[str, typer.Argument(metavar="FOLDER", help="Path of the folder, such as /img.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would be done, and do nothing.")]


@group(app, example="wikijs assets upload *.png --to /img")
def assets(session: Session) -> None:
    """Files of the wiki."""


@command(app, "list", example="wikijs assets list /img --recursive", fields=_FIELDS, lists=True, reads=True)
def list_assets(
    session: Session,
    folder: FolderArgument = "/",
    *,
    recursive: Annotated[bool, typer.Option("--recursive", "-r", help="Also what is in the folders below.")] = False,
    kind: Annotated[Kind, typer.Option(help="Which files.", case_sensitive=False)] = "ALL",
) -> None:
    """List the files of a folder."""
    with session.client() as client:
        found = client.assets.list(folder, kind=kind, recursive=recursive)
    show_list(session, found, ("id", "path", "mime", "file_size", "updated_at"))


@command(app, "folders", example="wikijs assets folders", fields=("id", "slug", "name", "path", "parentId"), lists=True)
def folders(session: Session, folder: FolderArgument = "/") -> None:
    """List the folders below a folder."""
    with session.client() as client:
        found = client.assets.folders(folder)
    show_list(session, found, ("id", "path"))


@command(app, "get", example="wikijs assets get /img/logo.png --json url", fields=_FIELDS, reads=True)
def get(session: Session, file: AssetArgument) -> None:
    """Show what the wiki knows of a file, its address included."""
    with session.client() as client:
        found = client.assets.get(_reference(file))
    show_record(session, found)


@command(app, "upload", example="wikijs assets upload logo.png 'shots/*.png' --to /img", fields=_FIELDS)
def upload(
    session: Session,
    files: Annotated[list[str], typer.Argument(metavar="FILE", help="Files, patterns, or folders with -r.")],
    *,
    to: Annotated[
        str, typer.Option("--to", "--folder", metavar="FOLDER", help="Folder of the wiki; made unless it exists.")
    ] = "/",
    recursive: Annotated[bool, typer.Option("--recursive", "-r", help="Upload folders with all in them.")] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace files of the same name.")] = False,
    optimize: Annotated[
        bool, typer.Option("--optimize", help="Make PNG and JPEG smaller first, where that loses nothing.")
    ] = False,
    journal: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Note here what is done; the same command goes on after an interruption."),
    ] = None,
    dry_run: DryRun = False,
) -> None:
    """Upload files. Each is looked for afterwards, since the server says ok even where it stored nothing."""
    from wikijs.models import Upload

    found = local_files(files, to, recursive=recursive)
    if dry_run:
        rows = [{"file": str(file), "folder": folder} for file, folder in found]
        show_list(session, rows, ("file", "folder"), key="file")
        return
    items: list[Any] = [Upload(file, folder=folder) for file, folder in found]
    with session.client() as client:
        if len(items) == 1 and journal is None:
            try:
                made = client.assets.upload(found[0][0], folder=found[0][1], overwrite=overwrite, optimize=optimize)
            except exc.ConflictError as error:
                raise CommandError(error.message, hint="Give --overwrite to replace it.") from None
            show_done(session, f"Uploaded {made.path}.", made, key="path")
            return
        with progress(session, "Uploading", total=len(items)) as step:
            result = client.assets.upload_many(
                items, overwrite=overwrite, optimize=optimize, journal=journal, progress=counted(step)
            )
    show_batch(session, result, verb="uploaded", name=lambda item: str(getattr(item, "source", item)), key="path")


@command(app, "download", example="wikijs assets download '/img/*.png' --to pictures")
def download(
    session: Session,
    files: AssetsArgument,
    *,
    to: Annotated[Path, typer.Option(metavar="FOLDER", help="Folder to write to; made unless it exists.")] = Path(),
    tree: Annotated[bool, typer.Option("--tree", help="Keep the folders of the wiki.")] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace files that exist.")] = False,
    stdout: Annotated[bool, typer.Option("--stdout", help="Print a single file instead.")] = False,
) -> None:
    """Download files."""
    with session.client() as client:
        found = remote_files(client, files)
        if stdout:
            if len(found) != 1:
                raise CommandError("--stdout takes a single file.", code=ExitCode.USAGE)
            sys.stdout.buffer.write(client.assets.download(found[0]))
            return
        targets = {asset.path: to / (asset.path.strip("/") if tree else asset.filename) for asset in found}
        _refuse_clashes(list(targets.values()), overwrite=overwrite)
        by_path = {asset.path: asset for asset in found}

        def act(path: str) -> dict[str, object]:
            target = targets[path]
            target.parent.mkdir(parents=True, exist_ok=True)
            client.assets.download(by_path[path], to=target)
            return {"path": path, "file": str(target)}

        done = list(targets)
        for_each(session, done, act, done=lambda row: f"Wrote {row['file']}.", verb="downloaded", key="file")


@command(app, "rename", example="wikijs assets rename /img/logo.png mark.png", fields=_FIELDS)
def rename(
    session: Session, file: AssetArgument, name: Annotated[str, typer.Argument(help="New name, in the same folder.")]
) -> None:
    """Rename a file within its folder. Pages that show it are not changed."""
    with session.client() as client:
        renamed = client.assets.rename(_reference(file), name)
    show_done(session, f"Renamed {file} to {renamed.path}.", renamed)


@command(app, "move", example="wikijs assets move /img/logo.png /brand", fields=_FIELDS)
def move(session: Session, file: AssetArgument, folder: FolderArgument) -> None:
    """Move a file to another folder: a copy is made and compared, then the old file is deleted.

    It gets another id, and you as its author. Pages that show it are not changed.
    """
    with session.client() as client:
        moved = client.assets.move(_reference(file), folder)
    show_done(session, f"Moved {file} to {moved.path}.", moved, key="path")


@command(app, "delete", example="wikijs assets delete '/img/old-*.png'")
def delete(session: Session, files: AssetsArgument, *, dry_run: DryRun = False) -> None:
    """Delete files. Pages that show them are not changed."""
    with session.client() as client:
        found = remote_files(client, files)
        if dry_run:
            show_list(session, found, ("id", "path", "file_size"))
            return
        what = f"the file {found[0].path}" if len(found) == 1 else f"{len(found)} files, {found[0].path} first"
        confirm(session, f"Delete {what}?")
        by_path = {asset.path: asset for asset in found}

        def act(path: str) -> dict[str, object]:
            client.assets.delete(by_path[path])
            return {"id": by_path[path].id, "path": path}

        for_each(session, list(by_path), act, done=lambda row: f"Deleted {row['path']}.", verb="deleted")


def _reference(word: str) -> int | str:
    return int(word) if word.isascii() and word.isdecimal() else word


def _refuse_clashes(targets: list[Path], *, overwrite: bool) -> None:
    seen: set[str] = set()
    for target in targets:
        name = str(target).casefold()  # as disks see it that do not tell upper from lower case
        if name in seen:
            raise CommandError(f"Several files would be {target}.", hint="Give --tree to keep their folders.")
        seen.add(name)
        if target.exists() and not overwrite:
            raise CommandError(f"{target} exists.", hint="Give --overwrite to replace it, or --to another folder.")
