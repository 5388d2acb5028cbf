"""Publish a folder of Markdown below a path of the wiki, as a step of CI: only what changed is written, and what is
gone from the folder is deleted where it was published from there.

    python publish_docs.py docs/ product/docs

Writes a summary in Markdown where GitHub shows it, and ends with 1 when something could not be published.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from wikijs.config import connect
from wikijs.publish import PublishOptions, plan_publish, run_publish, summary


def main(folder: str, to: str) -> int:
    with connect() as client:
        plan = plan_publish(client, Path(folder), to, PublishOptions(delete=True))
        report = run_publish(client, plan)
        for remark in plan.remarks:
            print(f"{remark.page}: {remark.text}")
        print(f"{len(report.done)} done, {len(plan.unchanged)} unchanged, {len(report.failed)} failed")
        if shown := os.environ.get("GITHUB_STEP_SUMMARY"):
            Path(shown).write_text(summary(plan, report, url=client.url), encoding="utf-8")
    return 1 if report.failed else 0


if __name__ == "__main__":
    if len(sys.argv) < 3:
        raise SystemExit(__doc__)
    sys.exit(main(*sys.argv[1:3]))
