"""Pages, as safe as the server allows. The parts are in the modules `page_*` beside this one."""

from __future__ import annotations

from .page_ids import IdFlows
from .page_many import ManyFlows
from .page_planning import PlanningFlows
from .page_replacing import ReplacingFlows
from .page_upkeep import UpkeepFlows
from .page_versions import VersionFlows


class PagesFlows(ReplacingFlows, UpkeepFlows, ManyFlows, VersionFlows, PlanningFlows, IdFlows):
    """Pages: reading, writing, searching and moving them."""
