"""Create an account for each line of a CSV file, and put it into its groups. Accounts that are there stay as they are.

    python users_from_csv.py people.csv

The file has the columns email, name, groups (separated by semicolons). Each new account must change its password at the
first login; the passwords are written beside the file, readable for its owner only.
"""

from __future__ import annotations

import csv
import os
import secrets
import sys
from pathlib import Path

from wikijs.config import connect
from wikijs.models import NewUser


def main(file: str) -> int:
    with Path(file).open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    with connect() as client:
        there = {user.email.lower() for user in client.users.list()}
        new = [
            NewUser(
                email=row["email"],
                name=row["name"],
                password=secrets.token_urlsafe(12),
                groups=[name.strip() for name in row["groups"].split(";") if name.strip()],
                must_change_password=True,
            )
            for row in rows
            if row["email"].lower() not in there
        ]
        result = client.users.create_many(new)
    made = {user.email for user in result.success}
    target = Path(file).with_suffix(".passwords.csv")
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
        csv.writer(out).writerows((user["email"], user["password"]) for user in new if user["email"] in made)
    print(f"{len(result.success)} created, {len(rows) - len(new)} there already, {len(result.errors)} failed")
    for error in result.errors:
        print(f"  {new[error.index]['email']}: {error.message}", file=sys.stderr)
    return 1 if result.errors else 0


if __name__ == "__main__":
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    sys.exit(main(sys.argv[1]))
