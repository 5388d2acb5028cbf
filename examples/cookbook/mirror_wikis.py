"""Make the pages of one wiki those of another, below a folder: new ones, changed ones; nothing is deleted.

    python mirror_wikis.py public intern handbook

`public` and `intern` are profiles of `wikijs config`. Pages that are equal already are not written.
"""

from __future__ import annotations

import sys
from collections import Counter

from wikijs.config import connect


def main(source: str, target: str, folder: str) -> None:
    outcomes: Counter[str] = Counter()
    with connect(source) as here, connect(target) as there:
        for page in here.pages.iter_all(folder=folder, content=True, published=True):
            made = there.pages.upsert(
                page.path,
                locale=page.locale,
                title=page.title,
                description=page.description or "",
                content=page.content,
                tags=[tag.tag for tag in page.tags],
            )
            outcomes[made.outcome] += 1
    print(", ".join(f"{count} {outcome}" for outcome, count in sorted(outcomes.items())) or "nothing to do")


if __name__ == "__main__":
    if len(sys.argv) < 4:
        raise SystemExit(__doc__)
    main(*sys.argv[1:4])
