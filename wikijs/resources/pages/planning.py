"""What a move of a folder would do, told beforehand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wikijs import ops
from wikijs.core.flow import Flow

from .access import AccessFlows
from .many import planned

if TYPE_CHECKING:
    import builtins


@dataclass(frozen=True, slots=True)
class PlannedMove:
    """A page that a move of its folder takes along.

    Attributes:
        id: The page's id.
        path, locale: Where it is.
        new_path, new_locale: Where it would be.
    """

    id: int
    path: str
    locale: str
    new_path: str
    new_locale: str


class PlanningFlows(AccessFlows):
    """The planning part of `client.pages`."""

    def plan_move_tree(
        self, folder: str, destination: str, *, locale: str | None = None, destination_locale: str | None = None
    ) -> Flow[builtins.list[PlannedMove]]:
        """Tell which pages `move_tree` would move, and where to. Nothing is moved.

        Args:
            folder, destination, locale, destination_locale: See `move_tree`.

        Raises:
            PageNotFoundError, PagePathCollisionError, PageIllegalPathError: `move_tree` would refuse this.

        Permission: `read:pages`.
        Operation: `pages.list` (query).
        """
        source, target = yield from self._ends(folder, destination, locale, destination_locale)
        listed = yield from self._directly(ops.pages_list())
        moves = planned(listed, source, target)
        return [
            PlannedMove(page.id, page.path, page.locale, *moves[page.id])
            for page in sorted(listed, key=lambda page: page.path)
            if page.id in moves
        ]
