"""Make this week's page for meeting notes, with what was left open in the last one.

python meeting_notes.py notes/team
"""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime

from wikijs.config import connect


def open_points(text: str) -> list[str]:
    """Boxes that nobody ticked."""
    return [line for line in text.splitlines() if line.lstrip().startswith("- [ ]")]


def main(folder: str, today: date) -> None:
    year, week, _ = today.isocalendar()
    with connect() as client:
        before = client.pages.list(folder=folder, order_by="path", descending=True)
        left = open_points(client.pages.get(before[0].id).content) if before else []
        made = client.pages.upsert(
            f"{folder}/{year}-w{week:02}",
            title=f"Meeting, week {week} of {year}",
            content="\n".join(["## Still open", "", *(left or ["Nothing."]), "", "## Today", "", "- [ ] "]),
            tags=["notes"],
        )
        print(f"{made.page.path}: {made.outcome}, {len(left)} points still open")


if __name__ == "__main__":
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    main(sys.argv[1], datetime.now(UTC).date())
