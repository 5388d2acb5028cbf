"""What hangs on pages and folders: comments and files."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from wikijs import exceptions as exc
from wikijs.resources.assets.models import ROOT, AssetFolder, below, placed

from ..store import Store
from .state import State

if TYPE_CHECKING:
    from wikijs import WikiJSClient
    from wikijs.resources.assets.models import Asset


def read_comments(
    client: WikiJSClient, state: State, before: Sequence[Mapping[str, Any]] | None
) -> list[dict[str, Any]] | None:
    """Comments by their pages, in the order of their ids; None where they may not be read.

    Args:
        client: A client without a cache.
        state: What was read of the wiki.
        before: What an earlier backup knows; None to go through all pages.
    """
    if before is not None and not state.has_new_comments:
        places = {(page["path"], page["locale"]) for page in (state.pages.values() if before else ())}
        if all((entry["path"], entry["locale"]) in places for entry in before):  # else pages have moved
            found = [
                {"path": path, "locale": locale, "comments": [_comment(each) for each in comments]}
                for (path, locale), comments in state.comments.items()
            ]
            return _in_order(found)
    pages: dict[tuple[str, str], list[dict[str, Any]]] = {}
    try:
        for comment in client.comments.iter_all(batch_size=50):
            if comment.content is None:
                state.left_out.append(("comments", "only their HTML may be read: it takes write:comments"))
                return None
            pages.setdefault((comment.path, comment.locale), []).append(_comment(comment))
    except exc.PermissionDeniedError as error:
        state.left_out.append(("comments", error.message))
        return None
    return _in_order(
        [{"path": path, "locale": locale, "comments": comments} for (path, locale), comments in pages.items()]
    )


def _in_order(pages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    for page in pages:
        page["comments"].sort(key=itemgetter("id"))
    return sorted((page for page in pages if page["comments"]), key=lambda page: (page["locale"], page["path"]))


def _comment(comment: Any) -> dict[str, Any]:
    fields = comment.model_dump(mode="json", by_alias=True, include={"id", "content", "author_name", "author_id"})
    times: dict[str, Any] = comment.model_dump(mode="json", by_alias=True, include={"created_at", "updated_at"})
    return {**fields, **times}


def read_files(
    client: WikiJSClient,
    store: Store,
    state: State,
    before: Mapping[str, Any] | None,
    progress: Callable[[int, int], None],
) -> dict[str, Any] | None:
    """Folders and files, downloaded unless an earlier backup has them; None where none may be read.

    Args:
        client: A client without a cache.
        store: Where to.
        state: What was read of the wiki.
        before: What an earlier backup knows.
        progress: Called after each file with the number done and the total.
    """
    if any(what == "assets" for what, _ in state.left_out):
        return None
    folders, files = _tree(client, state)
    known = {} if before is None else {file["path"]: file for file in before["files"]}
    entries: list[dict[str, Any]] = []
    for done, asset in enumerate(files, 1):
        entry: dict[str, Any] = {
            "path": asset.path,
            "size": asset.file_size,
            "mime": asset.mime,
            "createdAt": asset.created_at.isoformat(),
            "updatedAt": asset.updated_at.isoformat(),
        }
        old = known.get(asset.path, {})
        if all(old.get(name) == value for name, value in entry.items()) and store.has(old["object"]):
            entries.append(old)
            continue
        try:
            with store.receiving() as place:
                client.assets.download(asset, to=place)
                entries.append(entry | {"object": store.keep(place)})
        except (exc.TransportError, exc.AuthenticationError):
            raise
        except exc.WikiJSException as error:
            state.left_out.append((f"file {asset.path}", error.message))
        progress(done, len(files))
    return {"folders": [{"id": folder.id, "path": folder.path} for folder in folders], "files": entries}


def _tree(client: WikiJSClient, state: State) -> tuple[list[AssetFolder], list[Asset]]:
    """All folders and files, by their paths; only levels that nobody has asked for yet are asked for."""
    from wikijs_generated.enums import AssetKind

    from wikijs import ops

    folders: list[AssetFolder] = []
    files: list[Asset] = []
    level = [ROOT]
    while level:
        unknown = [folder for folder in level if folder.id not in state.folders or folder.id not in state.files]
        asked = [ops.assets_folders(folder.id) for folder in unknown]
        asked_files = [ops.assets_list(folder.id, kind=AssetKind.ALL) for folder in unknown]
        answers: Sequence[Any] = client.batch(*asked, *asked_files) if unknown else ()
        for place, folder in enumerate(unknown):
            state.folders[folder.id] = answers[place]
            state.files[folder.id] = answers[len(unknown) + place]
        for folder in level:
            files += [placed(asset, folder, client.url) for asset in state.files[folder.id]]
        level = [below(folder, child) for folder in level for child in state.folders[folder.id]]
        folders += level
    return (
        sorted(folders, key=lambda folder: folder.path.split("/")),
        sorted(files, key=lambda file: file.path.split("/")),
    )
