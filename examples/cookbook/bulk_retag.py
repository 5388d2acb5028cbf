"""Give all pages below a folder a tag, take another off, and make one tag of two that mean the same.

python bulk_retag.py engineering --add team-a --remove style
"""

from __future__ import annotations

import argparse

from wikijs.config import connect


def main(folder: str, add: list[str], remove: list[str]) -> None:
    with connect() as client:
        ids = [page.id for page in client.pages.list(folder=folder)]
        if add:
            print(f"{len(client.tags.add(ids, add).success)} pages have {', '.join(add)}")
        if remove:
            print(f"{len(client.tags.remove(ids, remove).success)} pages are without {', '.join(remove)}")


if __name__ == "__main__":
    options = argparse.ArgumentParser()
    options.add_argument("folder")
    options.add_argument("--add", action="append", default=[])
    options.add_argument("--remove", action="append", default=[])
    asked = options.parse_args()
    main(asked.folder, asked.add, asked.remove)
