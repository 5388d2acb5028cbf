"""Upload the pictures of a folder, and keep a page that shows them all.

python upload_screenshots.py shots/ /images/release-7 releases/7/pictures
"""

from __future__ import annotations

import sys
from pathlib import Path

from wikijs.config import connect

KINDS = {".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg"}


def main(source: str, folder: str, path: str) -> int:
    files = sorted(each for each in Path(source).iterdir() if each.suffix.lower() in KINDS)
    with connect() as client:
        result = client.assets.upload_many(files, folder=folder, overwrite=True)
        shown = "\n\n".join(
            f"## {each.filename}\n\n![{each.filename}]({folder}/{each.filename})" for each in result.success
        )
        made = client.pages.upsert(path, title="Pictures", content=shown or "No pictures yet.")
        print(f"{len(result.success)} uploaded, {len(result.errors)} failed; {made.page.path}: {made.outcome}")
    return 1 if result.errors else 0


if __name__ == "__main__":
    if len(sys.argv) < 4:
        raise SystemExit(__doc__)
    sys.exit(main(*sys.argv[1:4]))
