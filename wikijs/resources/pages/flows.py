"""Pages, as safe as the server allows. The parts are in the modules beside this one."""

from __future__ import annotations

from .composing import ComposingFlows
from .ids import IdFlows
from .many import ManyFlows
from .moving import MovingFlows
from .upkeep import UpkeepFlows
from .versions import VersionFlows


class PagesFlows(MovingFlows, ComposingFlows, UpkeepFlows, ManyFlows, VersionFlows, IdFlows):
    """Pages: reading, writing, searching and moving them."""
