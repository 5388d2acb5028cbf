"""Make plain HTML files of a wiki, as it renders them: for a CD, an intranet without the wiki, or a rainy day.

    python static_site.py site/

Only published pages; links between them lead to the files.
"""

from __future__ import annotations

import html
import os
import re
import sys
from functools import partial
from pathlib import Path

from wikijs import ops
from wikijs.config import connect

SHELL = '<!doctype html><html lang="{locale}"><meta charset="utf-8"><title>{title}</title><body><h1>{title}</h1>{body}'
LINK = re.compile(r'(<a [^>]*?href=)"([^"#?]*)')


def to_file(link: re.Match[str], *, files: dict[str, Path], place: Path) -> str:
    """A link that leads to the file of its page, where it leads to a page."""
    found = files.get(link[2])
    return f'{link[1]}"{os.path.relpath(found, place.parent)}' if found else link[0]


def main(target: str) -> None:
    root = Path(target)
    with connect() as client:
        pages = client.pages.list(published=True)
        files = {f"/{page.locale}/{page.path}": root / page.locale / f"{page.path}.html" for page in pages}
        for answer in client.batch(*(ops.pages_single(page.id) for page in pages)):
            place = files[f"/{answer.locale}/{answer.path}"]

            body = LINK.sub(partial(to_file, files=files, place=place), answer.render or "")
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(
                SHELL.format(locale=answer.locale, title=html.escape(answer.title), body=body), encoding="utf-8"
            )
    print(f"{len(files)} files")


if __name__ == "__main__":
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    main(sys.argv[1])
