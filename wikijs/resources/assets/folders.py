"""The folders of a wiki, as far as one flow has looked at them.

The server knows folders by id only, lists one level at a time, and does not tell the id of one that it creates.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from wikijs import exceptions as exc
from wikijs import ops
from wikijs.core.collation import TAKEN_FOR_ONE, folded
from wikijs.core.flow import Flow

from ..shared.base import afterwards
from .models import ROOT, AssetFolder, below
from .names import join_path

if TYPE_CHECKING:
    from wikijs.core.engine import Engine

_CREATE: Final = "assets.createFolder"


class FolderTree:
    """Finds and creates folders. Lives as long as one flow: others change the tree meanwhile."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._levels: dict[int, dict[str, AssetFolder]] = {}

    def find(self, slugs: Sequence[str]) -> Flow[AssetFolder]:
        """The folder of a path.

        Raises:
            NotFoundError: There is none, or the caller may not see it.
        """
        folder = ROOT
        for depth, slug in enumerate(slugs, 1):
            level = yield from self._level(folder)
            if slug not in level:
                raise _unknown(join_path(tuple(slugs[:depth])))
            folder = level[slug]
        return folder

    def ensure(self, slugs: Sequence[str]) -> Flow[AssetFolder]:
        """The folder of a path, created with those above it where it is missing.

        Raises:
            PermissionDeniedError: The caller may not create it, or not see it.
            AssetFolderExistsError: The wiki's database takes its name for that of another folder.
            FollowUpError: A folder was created, and what was to follow failed.
        """
        return (yield from self._ensure(ROOT, slugs))

    def _ensure(self, folder: AssetFolder, slugs: Sequence[str]) -> Flow[AssetFolder]:
        for depth, slug in enumerate(slugs):
            level = yield from self._level(folder)
            if slug not in level:
                is_new = yield from self._create(folder, slug)
                rest = self._ensure_below(folder, slug, slugs[depth + 1 :])
                return (yield from (afterwards(rest, _CREATE) if is_new else rest))
            folder = level[slug]
        return folder

    def _ensure_below(self, parent: AssetFolder, slug: str, slugs: Sequence[str]) -> Flow[AssetFolder]:
        folder = _visible((yield from self._level(parent)), parent, slug)
        return (yield from self._ensure(folder, slugs))

    def create(self, parent: AssetFolder, slug: str) -> Flow[AssetFolder]:
        """A new folder in another one.

        Raises:
            AssetFolderExistsError: There is such a folder.
            PermissionDeniedError: The caller may not create it.
            FollowUpError: It was created, and the caller may not see it, or the list failed.
        """
        yield from self._engine.execute(ops.assets_create_folder(parent.id, slug=slug))
        self._levels.pop(parent.id, None)
        return (yield from afterwards(self._ensure_below(parent, slug, ()), _CREATE))

    def locate(self, folder_id: int) -> Flow[AssetFolder]:
        """The folder of an id; looks through the tree, level by level.

        Raises:
            NotFoundError: There is none, or the caller may not see it.
        """
        level = [ROOT]
        while level:
            for folder in level:
                if folder.id == folder_id:
                    return folder
            level = yield from self.children(level)
        raise _unknown(f"with the id {folder_id}")

    def below(self, folder: AssetFolder) -> Flow[list[AssetFolder]]:
        """All folders below one, sorted by path."""
        found: list[AssetFolder] = []
        level = [folder]
        while level:
            level = yield from self.children(level)
            found += level
        return sorted(found, key=lambda each: each.path.split("/"))

    def children(self, parents: Sequence[AssetFolder]) -> Flow[list[AssetFolder]]:
        """The folders of the next level, asked for in as few requests as possible."""
        unknown = [parent for parent in parents if parent.id not in self._levels]
        answers = yield from self._engine.batch([ops.assets_folders(parent.id) for parent in unknown])
        for parent, answer in zip(unknown, answers, strict=True):
            if isinstance(answer, Exception):
                raise answer
            self._levels[parent.id] = {child.slug: below(parent, child) for child in answer}
        return [child for parent in parents for child in self._levels[parent.id].values()]

    def _level(self, folder: AssetFolder) -> Flow[dict[str, AssetFolder]]:
        yield from self.children([folder])
        return self._levels[folder.id]

    def _create(self, parent: AssetFolder, slug: str) -> Flow[bool]:
        """Create a folder; False where it is there already."""
        del self._levels[parent.id]
        try:
            yield from self._engine.execute(ops.assets_create_folder(parent.id, slug=slug))
        except exc.AssetFolderExistsError:
            return False  # somebody else was faster, or the caller may not see it
        return True


def _visible(level: dict[str, AssetFolder], parent: AssetFolder, slug: str) -> AssetFolder:
    """A folder that exists, among those that the caller may see."""
    if slug not in level:
        twin = next((each for each in level.values() if folded(each.slug) == folded(slug)), None)
        if twin is not None:
            raise exc.AssetFolderExistsError(
                f"There is no room for a folder {slug!r} beside {twin.path}: the wiki's database takes them for one.",
                operation="assets.createFolder",
                hint=f"Use {twin.path}, or choose another name. {TAKEN_FOR_ONE}.",
            )
        raise exc.PermissionDeniedError(
            f"The folder {slug!r} in {parent.path} exists but is hidden from this caller.",
            operation="assets.folders",
            permissions=("read:assets",),
            hint="A page rule of the caller's group must allow read:assets for its path.",
        )
    return level[slug]


def _unknown(what: str) -> exc.NotFoundError:
    return exc.NotFoundError(
        f"There is no asset folder {what}, or it is hidden from this caller.", operation="assets.folders"
    )
