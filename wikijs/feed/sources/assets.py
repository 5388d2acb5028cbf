"""Files and their folders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from wikijs import q
from wikijs.core.flow import Flow

from ..history import Draft
from ..listing import Ask, Item, TroubleError, change

if TYPE_CHECKING:
    from wikijs.core.operations import Operation

_SHOWN = ("path", "filename", "size")


def _files(folder: int) -> Operation[Any]:
    return q.assets.list(folder, kind="ALL").select(
        "id", "filename", "kind", "mime", "fileSize", "createdAt", "updatedAt"
    )


class AssetsSource:
    """All folders, and the files in them."""

    name = "assets"

    def look(
        self, ask: Ask, known: Mapping[str, Item], place: dict[str, Any]
    ) -> Flow[tuple[dict[str, Item], set[str]]]:
        found: dict[str, Item] = {}
        folders: list[tuple[int, str]] = [(0, "")]
        level = folders
        while level:
            answers = yield from ask.answers([q.assets.folders(each).select("id", "slug") for each, _ in level])
            level = [
                (int(row["id"]), f"{path}{row['slug']}/")
                for (_, path), rows in zip(level, answers, strict=True)
                for row in rows or ()
            ]
            folders = [*folders, *level]
        found |= {f"folder:{each}": {"id": each, "path": path.rstrip("/")} for each, path in folders[1:]}
        if any(subject.startswith("folder:") and subject not in found for subject in known):
            # Folders cannot be deleted: the rights have shrunk, and files that are missing may be there.
            raise TroubleError("Folders that were there are not shown any more, so that missing files mean nothing.")
        answers = yield from ask.answers([_files(each) for each, _ in folders])
        for (_, path), rows in zip(folders, answers, strict=True):
            for row in rows or ():
                found[f"asset:{row['id']}"] = {
                    "id": row["id"],
                    "path": f"{path}{row['filename']}",
                    "filename": row["filename"],
                    "kind": row["kind"],
                    "mime": row["mime"],
                    "size": row["fileSize"],
                    "created_at": row["createdAt"],
                    "updated_at": row["updatedAt"],
                }
        return found, known.keys() - found.keys()

    def tell(self, subject: str, before: Item | None, after: Item | None, count: int, wiki: str) -> Sequence[Draft]:
        item: Item = after or before or {}
        if subject.startswith("folder:"):
            return [Draft("folder.created", subject, "1", None, {"folder": item, "change": change("create")})]
        if before is None:
            type_, kind, moment = "asset.uploaded", "create", item["created_at"]
        elif after is None:
            type_, kind, moment = "asset.deleted", "delete", None
        elif before["path"] != after["path"]:
            type_, kind, moment = "asset.renamed", "move", item["updated_at"]
        else:
            type_, kind, moment = "asset.replaced", "edit", item["updated_at"]
        data = {"asset": item, "change": change(kind, before, after, shown=_SHOWN), "url": f"{wiki}/{item['path']}"}
        return [Draft(type_, subject, f"{item['created_at']}:{count}", moment, data)]
