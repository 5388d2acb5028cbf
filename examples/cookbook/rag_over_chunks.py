"""Answer questions from the wiki with a language model, and say on which pages the answer stands (RAG).

    python rag_over_chunks.py index.db "How do I register a lamp?"

The wiki's pages are cut at their headings, the pieces that fit the question are looked up with SQLite's full-text
search, and a model is asked with them. `ASK_URL` is any address that speaks OpenAI's chat completions (llama.cpp,
Ollama, vLLM, a service; `ASK_KEY` and `ASK_MODEL` where it wants them). Without it the text for the model is printed.
Each run reads only the pages that changed. To search by meaning, see examples/search_chunks_by_meaning.py.
"""

from __future__ import annotations

import json
import os
import re
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import httpx2

from wikijs.config import connect
from wikijs.transfer.chunks import export_chunks

RULES = "Answer from these parts of our wiki only, and name the numbers you used. When they do not say it, say so."


def refresh(database: sqlite3.Connection, home: Path) -> None:
    """Take what changed in the wiki into the index."""
    database.execute("CREATE VIRTUAL TABLE IF NOT EXISTS chunks USING fts5(id UNINDEXED, url UNINDEXED, place, text)")
    changed = home.with_suffix(".jsonl")
    with connect() as client:
        export_chunks(client, changed, state=home.with_suffix(".state"))
    with database, changed.open(encoding="utf-8") as lines:
        for chunk in map(json.loads, lines):
            database.execute("DELETE FROM chunks WHERE id = ?", (chunk["id"],))
            if not chunk.get("deleted"):
                row = (chunk["id"], chunk["url"], " > ".join([chunk["title"], *chunk["headings"]]), chunk["text"])
                database.execute("INSERT INTO chunks VALUES (?, ?, ?, ?)", row)


def fitting(database: sqlite3.Connection, question: str, limit: int = 6) -> list[tuple[str, str, str]]:
    """Address, place and text of the pieces that fit best."""
    words = " OR ".join(f'"{word}"' for word in re.findall(r"\w+", question))
    found = "SELECT url, place, text FROM chunks WHERE chunks MATCH ? ORDER BY bm25(chunks, 0, 0, 3, 1) LIMIT ?"
    return database.execute(found, (words, limit)).fetchall() if words else []


def ask(prompt: str, url: str) -> str:
    """The model's answer."""
    key = os.environ.get("ASK_KEY", "")
    answer = httpx2.post(
        f"{url.rstrip('/')}/v1/chat/completions",
        headers={"Authorization": f"Bearer {key}"} if key else {},
        json={"model": os.environ.get("ASK_MODEL", "default"), "messages": [{"role": "user", "content": prompt}]},
        timeout=120,
    )
    return str(answer.raise_for_status().json()["choices"][0]["message"]["content"])


def main(index: str, question: str) -> None:
    """Look it up and ask."""
    with closing(sqlite3.connect(index)) as database:
        refresh(database, Path(index))
        found = fitting(database, question)
    parts = "\n\n".join(f"[{number}] {place}\n{text}" for number, (_, place, text) in enumerate(found, 1))
    prompt = f"{RULES}\n\n{parts}\n\nQuestion: {question}"
    url = os.environ.get("ASK_URL")
    print(ask(prompt, url) if url else prompt)
    for number, (address, place, _) in enumerate(found, 1):
        print(f"[{number}] {place}: {address}")


if __name__ == "__main__":
    if len(sys.argv) < 3:
        raise SystemExit(__doc__)
    main(*sys.argv[1:])
