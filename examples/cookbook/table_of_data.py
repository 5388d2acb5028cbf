"""Keep a table on a page up to date with rows of data; the text around it stays as people wrote it.

    python table_of_data.py stock.csv products/stock

With pandas it is `table(list(frame.columns), frame.itertuples(index=False))`.
"""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from wikijs.config import connect
from wikijs.exceptions import PageNotFoundError

BEGIN, END = "<!-- table -->", "<!-- end of table -->"


def table(names: Sequence[str], rows: Iterable[Iterable[object]]) -> str:
    """A table in Markdown."""
    cells = [[str(cell).replace("|", "\\|").replace("\n", "<br>") for cell in row] for row in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in [list(names), ["---"] * len(names), *cells])


def main(file: str, path: str) -> None:
    with Path(file).open(encoding="utf-8-sig", newline="") as lines:
        names, *rows = csv.reader(lines)
    block = f"{BEGIN}\n\n{table(names, rows)}\n\n{END}"
    with connect() as client:
        try:
            text = client.pages.get_by_path(path).content
        except PageNotFoundError:
            text = ""
        if BEGIN in text:
            text = re.sub(f"{BEGIN}.*?{END}", lambda _: block, text, flags=re.DOTALL)
        else:
            text = f"{text}\n\n{block}\n".lstrip()
        made = client.pages.upsert(path, title=Path(file).stem.capitalize(), content=text)
        print(f"{made.page.path}: {made.outcome}, {len(rows)} rows")


if __name__ == "__main__":
    if len(sys.argv) < 3:
        raise SystemExit(__doc__)
    main(*sys.argv[1:3])
