"""Characters that steer a terminal, or turn the direction of what stands beside them."""

from __future__ import annotations

from typing import Final

STEERING: Final = (
    *range(0x20),
    *range(0x7F, 0xA0),
    0x061C,
    0x200E,
    0x200F,
    *range(0x202A, 0x202F),
    *range(0x2066, 0x206A),
)
"""Their codes. Tabs and ends of lines are among them."""
