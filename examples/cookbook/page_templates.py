"""Make a page from a template: a page of the wiki whose {{words}} are filled in.

    python page_templates.py templates/incident incidents/2026-11-28 title="Shop down" who=Ann

Words that are not given stay, so that one sees what is missing.
"""

from __future__ import annotations

import re
import sys

from wikijs.config import connect


def filled(text: str, values: dict[str, str]) -> str:
    """The text with its {{words}} replaced by what they stand for."""
    return re.sub(r"\{\{(\w+)\}\}", lambda word: values.get(word[1], word[0]), text)


def main(template: str, path: str, values: dict[str, str]) -> None:
    with connect() as client:
        source = client.pages.get_by_path(template)
        page = client.pages.create(
            path,
            title=filled(values.get("title", source.title), values),
            content=filled(source.content, values),
            tags=[tag.tag for tag in source.tags if tag.tag != "template"],
        )
        print(f"{client.url}/{page.locale}/{page.path}")


if __name__ == "__main__":
    if len(sys.argv) < 3:
        raise SystemExit(__doc__)
    main(sys.argv[1], sys.argv[2], dict(each.split("=", 1) for each in sys.argv[3:]))
