"""Defaults that signatures of the facade show. They are here since generated methods import nothing but the core."""

from __future__ import annotations

from datetime import timedelta
from typing import Final, Literal, TypeAlias, get_args

PAGES_IN_A_BATCH: Final = 50
"""Pages read with one request."""
HISTORY_PAGE_SIZE: Final = 100
"""Entries of a page's history read with one request."""
ONE_YEAR: Final = timedelta(days=365)

ExportEntity: TypeAlias = Literal["assets", "comments", "groups", "history", "navigation", "pages", "settings", "users"]
ENTITIES: Final[tuple[ExportEntity, ...]] = get_args(ExportEntity)
"""What a server can export."""
