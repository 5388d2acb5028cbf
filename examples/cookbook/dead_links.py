"""List links between pages of the wiki that lead to no page: where they stand, and where they lead.

    python dead_links.py

Ends with 1 when there are some, so that cron or CI tells. The server keeps no links such as `other.md`: `wikijs report
links` finds these, anchors and links to other sites, too.
"""

from __future__ import annotations

import sys

from wikijs.config import connect


def main() -> int:
    with connect() as client:
        broken = client.pages.links(broken=True)
        for page in broken:
            print(f"{page.path}: {', '.join(page.broken)}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
