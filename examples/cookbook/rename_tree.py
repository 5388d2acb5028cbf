"""Move a folder of pages somewhere else, and mend the links of all other pages to them.

    python rename_tree.py operations/runbooks runbooks

What goes wrong is told page by page. Run it again after an interruption: pages that were moved are not moved twice.
"""

from __future__ import annotations

import re
import sys

from wikijs.config import connect


def main(old: str, new: str) -> None:
    with connect() as client:
        result = client.pages.move_tree(old, new, journal=f"move-{old.replace('/', '-')}.journal")
        print(f"{len(result.success)} pages moved, {len(result.errors)} not")
        pattern = rf"(\]\(/(?:[a-z]{{2}}/)?){re.escape(old)}(?=[/)#])"
        mended = client.pages.replace(pattern, rf"\g<1>{new}")
        print(f"links mended on {len(mended.success)} pages")


if __name__ == "__main__":
    if len(sys.argv) < 3:
        raise SystemExit(__doc__)
    main(*sys.argv[1:3])
