"""Search the wiki's chunks by meaning, with a small model that comes in a package and runs on this machine.

    pip install wordllama numpy
    wikijs pages chunks chunks.jsonl
    python examples/search_chunks_by_meaning.py chunks.jsonl "getting it onto my computer"

WordLlama's vectors of 256 numbers (16 MB) come with the package: nothing is downloaded, nothing leaves this machine.
Without arguments it makes the chunks of the wiki at WIKIJS_URL in a temporary folder and searches those.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import wordllama


def load() -> Any:
    """The model, from the package itself."""
    return wordllama.WordLlama.load(cache_dir=Path(wordllama.__file__).parent, disable_download=True)


def search(chunks: list[dict[str, Any]], question: str, limit: int = 5) -> list[tuple[float, dict[str, Any]]]:
    """The chunks that are nearest in meaning, with how near they are, from -1 to 1."""
    model = load()
    texts = [" ".join((chunk["title"], *chunk["headings"], chunk["text"])) for chunk in chunks]
    vectors = model.embed(texts, norm=True)
    nearness = vectors @ model.embed([question], norm=True)[0]
    best = np.argsort(-nearness)[:limit]
    return [(float(nearness[number]), chunks[number]) for number in best]


def main(arguments: list[str]) -> None:
    """Read the chunks and search them."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(arguments[0]) if arguments else export(Path(folder))
        question = " ".join(arguments[1:]) or "getting it onto my computer"
        chunks = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        for near, chunk in search([chunk for chunk in chunks if not chunk.get("deleted")], question):
            print(f"{near:.2f}  {' > '.join((chunk['title'], *chunk['headings']))}\n      {chunk['url']}")


def export(folder: Path) -> Path:
    """The chunks of the wiki that the environment names."""
    from wikijs.config import connect
    from wikijs.transfer.chunks import export_chunks

    with connect() as client:
        export_chunks(client, folder / "chunks.jsonl")
    return folder / "chunks.jsonl"


if __name__ == "__main__":
    main(sys.argv[1:])
