"""A search over all pages that needs neither a server nor a model: SQLite's own full-text search.

python search_index.py build wiki.db
python search_index.py find wiki.db "lamp AND register"
"""

from __future__ import annotations

import sqlite3
import sys
from contextlib import closing

from wikijs.config import connect


def build(file: str) -> None:
    with closing(sqlite3.connect(file)) as index, index, connect() as client:
        index.execute("DROP TABLE IF EXISTS pages")
        index.execute("CREATE VIRTUAL TABLE pages USING fts5(path, title, content, tokenize = 'porter unicode61')")
        rows = [
            (f"{page.locale}/{page.path}", page.title, page.content) for page in client.pages.iter_all(content=True)
        ]
        index.executemany("INSERT INTO pages VALUES (?, ?, ?)", rows)
    print(f"{len(rows)} pages")


def find(file: str, words: str) -> None:
    with closing(sqlite3.connect(file)) as index:
        query = "SELECT path, snippet(pages, 2, '[', ']', '…', 8) FROM pages WHERE pages MATCH ? ORDER BY rank LIMIT 10"
        for path, snippet in index.execute(query, (words,)):
            print(f"{path}: {snippet.replace(chr(10), ' ')}")


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["build", index]:
            build(index)
        case ["find", index, words]:
            find(index, words)
        case _:
            raise SystemExit(__doc__)
