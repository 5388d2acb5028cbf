"""A job for a scheduler such as Airflow, Dagster or cron: it may be tried again at any time and does nothing twice.

    python scheduled_job.py reports/daily job.journal

The journal says which pages were made. A run that is killed is finished by the next; what the wiki refused is tried
again, and a write whose answer was lost is looked for before it is sent again. With Airflow this is the body of a task
with retries.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime

from wikijs.config import connect
from wikijs.models import NewPage


def pages_of(folder: str, day: str) -> list[NewPage]:
    """What this job makes: here a page for each of three teams."""
    teams = ("harbour", "lights", "office")
    return [
        NewPage(
            path=f"{folder}/{day}/{team}",
            title=f"{team.capitalize()}, {day}",
            content=f"Report of {team}.",
            tags=["report"],
        )
        for team in teams
    ]


def main(folder: str, journal: str) -> int:
    with connect() as client:
        result = client.pages.create_many(pages_of(folder, f"{datetime.now(UTC):%Y-%m-%d}"), journal=journal)
    print(f"{len(result.success)} pages are there, {len(result.errors)} are not")
    return 1 if result.errors else 0


if __name__ == "__main__":
    if len(sys.argv) < 3:
        raise SystemExit(__doc__)
    sys.exit(main(*sys.argv[1:3]))
