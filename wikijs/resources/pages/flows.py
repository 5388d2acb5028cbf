"""Pages, as safe as the server allows. The parts are in the modules `page_*` beside this one."""

from __future__ import annotations

from .ids import IdFlows
from .many import ManyFlows
from .planning import PlanningFlows
from .replacing import ReplacingFlows
from .upkeep import UpkeepFlows
from .versions import VersionFlows


class PagesFlows(ReplacingFlows, UpkeepFlows, ManyFlows, VersionFlows, PlanningFlows, IdFlows):
    """Pages: reading, writing, searching and moving them."""
