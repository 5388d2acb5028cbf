"""Make a page in another language for each page that lacks one, as a draft that says what to translate.

    python translate_skeleton.py handbook fr

The language has to be installed on the wiki (Administration, Locale). Drafts are seen by those only who may write.
"""

from __future__ import annotations

import sys

from wikijs.config import connect
from wikijs.models import NewPage


def main(folder: str, locale: str) -> None:
    with connect() as client:
        there = {page.path for page in client.pages.list(locale=locale)}
        wanted = [
            NewPage(
                path=page.path,
                locale=locale,
                title=page.title,
                description=page.description or "",
                content=f"> To be translated from [{page.title}](/{page.locale}/{page.path}).\n\n{page.content}",
                tags=[*(tag.tag for tag in page.tags), "to-translate"],
                is_published=False,
            )
            for page in client.pages.iter_all(folder=folder, content=True)
            if page.locale != locale and page.path not in there
        ]
        result = client.pages.create_many(wanted)
        print(f"{len(result.success)} drafts made, {len(result.errors)} failed")


if __name__ == "__main__":
    if len(sys.argv) < 3:
        raise SystemExit(__doc__)
    main(*sys.argv[1:3])
