"""Who may write or delete which pages? A CSV for people who have to sign it, and what the guest may see.

python permission_audit.py rights.csv
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

from wikijs.access import GUEST, Target, people_on, person_on, read_moment
from wikijs.config import connect


def main(file: str) -> None:
    with connect() as client:
        moment = read_moment(client)
    public = 0
    with Path(file).open("w", encoding="utf-8", newline="") as out:
        sheet = csv.writer(out)
        sheet.writerow(["page", "person", "may", "because"])
        for page in moment.pages:
            target = Target(path=page.path, locale=page.locale, tags=page.tags, published=page.published)
            public += person_on(moment, GUEST, "view", target).allowed
            for answer in people_on(moment, target, ("write", "delete"), only=True):
                sheet.writerow([f"{page.locale}/{page.path}", answer.email, answer.action, answer.because])
    print(f"{len(moment.pages)} pages, {public} of them are seen by everybody")


if __name__ == "__main__":
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    main(sys.argv[1])
