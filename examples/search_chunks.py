"""Search the wiki's chunks with SQLite's own full-text search: no model, no service.

    wikijs pages chunks chunks.jsonl --state chunks.state
    python examples/search_chunks.py chunks.jsonl "how do I install it"

The index is a file beside the chunks. Run both again after changes: only what changed is read, written and indexed.
Without arguments it makes the chunks of the wiki at WIKIJS_URL in a temporary folder and searches those.
"""

from __future__ import annotations

import json
import re
import sqlite3
import sys
import tempfile
from contextlib import closing
from pathlib import Path


def index(database: sqlite3.Connection, chunks: Path) -> None:
    """Take the lines of a file of chunks into the index: new ones, changed ones, deletions."""
    database.execute(
        "CREATE VIRTUAL TABLE IF NOT EXISTS chunks USING fts5(id UNINDEXED, url UNINDEXED, title, headings, text,"
        " tokenize='porter unicode61')"
    )
    with database, chunks.open(encoding="utf-8") as lines:
        for line in lines:
            chunk = json.loads(line)
            database.execute("DELETE FROM chunks WHERE id = ?", (chunk["id"],))
            if not chunk.get("deleted"):
                row = (chunk["id"], chunk["url"], chunk["title"], " > ".join(chunk["headings"]), chunk["text"])
                database.execute("INSERT INTO chunks VALUES (?, ?, ?, ?, ?)", row)


def search(database: sqlite3.Connection, question: str, limit: int = 5) -> list[tuple[str, str, str]]:
    """The chunks that fit best: address, headings, and the words around what was found."""
    words = re.findall(r"\w+", question)
    query = " OR ".join(f'"{word}"' for word in words)
    found = database.execute(
        "SELECT url, title || ' > ' || headings, snippet(chunks, 4, '[', ']', '…', 12) FROM chunks"
        " WHERE chunks MATCH ? ORDER BY bm25(chunks, 0, 0, 4, 3, 1) LIMIT ?",
        (query, limit),
    )
    return found.fetchall() if words else []


def main(arguments: list[str]) -> None:
    """Index and search."""
    with tempfile.TemporaryDirectory() as folder:
        chunks = Path(arguments[0]) if arguments else export(Path(folder))
        question = " ".join(arguments[1:]) or "how do I install it"
        with closing(sqlite3.connect(chunks.with_suffix(".sqlite"))) as database:
            index(database, chunks)
            for url, where, words in search(database, question):
                print(f"{where}\n  {' '.join(words.split())}\n  {url}")


def export(folder: Path) -> Path:
    """The chunks of the wiki that the environment names."""
    from wikijs.config import connect
    from wikijs.transfer.chunks import export_chunks

    with connect() as client:
        export_chunks(client, folder / "chunks.jsonl")
    return folder / "chunks.jsonl"


if __name__ == "__main__":
    main(sys.argv[1:])
