"""Draw the diagrams of the guides as pictures for the site, which loads nothing from elsewhere.

    npm pack mermaid@11 && tar xzf mermaid-*.tgz package/dist/mermaid.min.js
    python docs/diagrams.py package/dist/mermaid.min.js

Draws those that have no picture in docs/images yet and deletes pictures of diagrams that are gone; needs Chromium.
"""

from __future__ import annotations

import sys

from playwright.sync_api import sync_playwright
from website.staging import DOCS, diagrams, picture

CHROMIUM = "/usr/bin/chromium"


def main(library: str) -> None:
    """Draw what is missing."""
    wanted = {picture(source): source for page in DOCS.glob("*.md") for source in diagrams(page.read_text("utf-8"))}
    images = DOCS / "images"
    for old in images.glob("diagram-*.svg"):
        if old.name not in wanted:
            old.unlink()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for name, source in wanted.items():
            if (images / name).exists():
                continue
            page = browser.new_page()
            page.add_script_tag(path=library)
            page.evaluate("mermaid.initialize({startOnLoad: false, htmlLabels: false, flowchart: {htmlLabels: false}})")
            svg = page.evaluate("source => mermaid.render('drawn', source).then(drawn => drawn.svg)", source)
            (images / name).write_text(svg + "\n", encoding="utf-8")
            print(f"docs/images/{name}")  # noqa: T201  a command's output


if __name__ == "__main__":
    main(sys.argv[1])
