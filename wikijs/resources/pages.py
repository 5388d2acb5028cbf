"""Pages, as safe as the server allows. The parts are in the modules `page_*` beside this one."""

from __future__ import annotations

from .page_discovery import DiscoveryFlows
from .page_many import ManyFlows
from .page_versions import VersionFlows
from .page_writing import WritingFlows


class PagesFlows(DiscoveryFlows, WritingFlows, ManyFlows, VersionFlows):
    """Pages: reading, writing, searching and moving them."""
