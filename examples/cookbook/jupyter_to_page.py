"""Publish a Jupyter notebook as a page: text, code, what it printed, and its pictures as files of the wiki.

python jupyter_to_page.py analysis.ipynb reports/analysis
"""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from wikijs import WikiJSClient
from wikijs.config import connect


def text_of(value: str | list[str]) -> str:
    """Notebooks keep a text as one or as its lines."""
    return value if isinstance(value, str) else "".join(value)


def parts(client: WikiJSClient, notebook: dict[str, Any], folder: str) -> Iterator[str]:
    """Markdown of the cells in their order; pictures are uploaded on the way."""
    for number, cell in enumerate(notebook["cells"]):
        if cell["cell_type"] == "markdown":
            yield text_of(cell["source"])
            continue
        yield f"```python\n{text_of(cell['source'])}\n```"
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if "image/png" in data:
                picture = base64.b64decode(text_of(data["image/png"]))
                asset = client.assets.upload(picture, name=f"cell-{number}.png", folder=folder, overwrite=True)
                yield f"![]({folder}/{asset.filename})"
            elif text := text_of(output.get("text", data.get("text/plain", ""))):
                yield f"```text\n{text.rstrip()}\n```"


def main(file: str, path: str) -> None:
    notebook = json.loads(Path(file).read_text(encoding="utf-8"))
    with connect() as client:
        content = "\n\n".join(parts(client, notebook, f"/{path}"))
        made = client.pages.upsert(path, title=Path(file).stem, content=content, tags=["notebook"])
        print(f"{made.page.path}: {made.outcome}")


if __name__ == "__main__":
    if len(sys.argv) < 3:
        raise SystemExit(__doc__)
    main(*sys.argv[1:3])
