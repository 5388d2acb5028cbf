"""Back the whole wiki up each night, read the backup again to be sure, and throw the oldest away.

    python nightly_backup.py /var/backups/wiki 14

In a crontab: `0 3 * * * python nightly_backup.py /var/backups/wiki 14`. Only what changed since the last run is read.
The exit code is 1 when a backup is damaged, and 3 when something was left out because the key may not read it.
`wikijs restore` brings a wiki back; `wikijs backup --help` knows archives, encryption and other places.
"""

from __future__ import annotations

import sys

from wikijs.backup import BackupOptions, Store, back_up, verify
from wikijs.config import connect


def main(folder: str, keep: int = 14) -> int:
    """Make one, read it, and keep the newest."""
    store = Store(folder)
    with connect() as client:
        report = back_up(client, store, BackupOptions(incremental=True, keep=keep))
    checked = verify(store, [report.snapshot.name])
    for problem in checked.problems.get(report.snapshot.name, []):
        print("damaged:", problem)
    for what, why in report.snapshot.left_out if not report.is_whole else ():
        print(f"left out: {what}: {why}")
    print(f"{report.snapshot.name}: {report.snapshot.parts['pages'].count} pages, {report.read} of them read anew")
    if not checked.is_whole:
        return 1
    return 0 if report.is_whole else 3


if __name__ == "__main__":
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    raise SystemExit(main(sys.argv[1], *(int(each) for each in sys.argv[2:3])))
