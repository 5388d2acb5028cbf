"""How much of an index has to be made anew after edits: 2,000 pages of a sandbox, one section of each edited.

    python benchmarks/chunking.py [--pages 2000]

Pages have 3 to 15 sections of 40 to 6,000 characters, some with subsections, lists and code; long sections are
several chunks. The edits, in equal shares: a word is changed, a sentence is put behind another, one is taken out, a
paragraph is put in. Beside our chunks: windows of 2,000 characters, cut from the start of the page. Written, changed
and deleted chunks all count.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final

from wikijs import WikiJSClient
from wikijs.sandbox import Sandbox
from wikijs.transfer.chunks import export_chunks

SIZE: Final = 2_000
WORDS: Final = [
    "server",
    "page",
    "install",
    "network",
    "key",
    "user",
    "group",
    "of",
    "the",
    "and",
    "with",
    "restart",
    "backup",
    "when",
    "light",
    "rain",
    "a",
    "is",
    "run",
]


def sentence(chance: random.Random) -> str:
    """Some words."""
    return " ".join(chance.choice(WORDS) for _ in range(chance.randint(6, 18))).capitalize() + "."


def paragraph(chance: random.Random) -> str:
    """Some sentences, a list, or a block of code."""
    kind = chance.random()
    if kind < 0.1:
        return "\n".join(f"- {sentence(chance)}" for _ in range(chance.randint(2, 6)))
    if kind < 0.2:
        return "```sh\n" + "\n".join(f"run {chance.choice(WORDS)}" for _ in range(chance.randint(1, 8))) + "\n```"
    return " ".join(sentence(chance) for _ in range(chance.randint(1, 6)))


def page(chance: random.Random) -> str:
    """A page."""
    parts = [paragraph(chance)]
    for number in range(chance.randint(3, 15)):
        level = chance.choice(("#", "##", "##", "###"))
        parts.append(f"{level} {chance.choice(WORDS).capitalize()} {number}")
        length = int(chance.choice((40, 200, 600, 600, 1_500, 6_000)) * chance.uniform(0.5, 1))
        section: list[str] = []
        while sum(map(len, section)) < length:
            section.append(paragraph(chance))
        parts += section
    return "\n\n".join(parts) + "\n"


def edit(chance: random.Random, content: str) -> str:
    """The same page with one edit in one section."""
    places = [found.end() for found in re.finditer(r"\.(?= )", content)]
    place = chance.choice(places)
    match chance.randrange(4):
        case 0:
            return content[:place] + " Changed" + content[place:]
        case 1:
            return f"{content[:place]} {sentence(chance)}{content[place:]}"
        case 2:
            end = next((found for found in places if found > place), place)
            return (
                content[:place] + content[end:]
                if "\n" not in content[place:end]
                else content[: place - 1] + content[place:]
            )
        case _:
            breaks = [found.start() for found in re.finditer(r"\n\n(?=[A-Z])", content)]
            chosen = chance.choice(breaks)
            return f"{content[:chosen]}\n\n{sentence(chance)} {sentence(chance)}{content[chosen:]}"


def windows(content: str) -> list[str]:
    """Fixed windows, as many do it."""
    return [content[start : start + SIZE] for start in range(0, len(content), SIZE)]


def measure(client: WikiJSClient, pages: int, folder: Path) -> dict[str, Any]:
    """Export, edit each page, export again."""
    chance = random.Random(11)
    made: dict[int, str] = {}
    for number in range(pages):
        content = page(chance)
        made[client.pages.create(f"chunks/page-{number}", title=f"Page {number}", content=content).id] = content
    out, state = folder / "chunks.jsonl", folder / "chunks.state"
    begun = time.perf_counter()
    export_chunks(client, out, state=state)
    first = time.perf_counter() - begun
    total = len(out.read_text(encoding="utf-8").splitlines())
    fixed = 0
    for number, before in made.items():
        after = edit(chance, before)
        client.pages.update(number, content=after)
        old, new = windows(before), windows(after)
        changed = sum(one != two for one, two in zip(old, new, strict=False))
        fixed += changed + abs(len(old) - len(new))
    begun = time.perf_counter()
    export_chunks(client, out, state=state)
    again = time.perf_counter() - begun
    lines = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    return {
        "pages": pages,
        "characters": sum(map(len, made.values())),
        "chunks": total,
        "written": sum(not line.get("deleted") for line in lines),
        "deleted": sum(bool(line.get("deleted")) for line in lines),
        "changed chunks a page": round(len(lines) / pages, 3),
        "fixed windows": round(fixed / pages, 3),
        "seconds of the first run": round(first, 1),
        "seconds of the second": round(again, 1),
    }


def main() -> int:
    """Measure, and print it."""
    parser = argparse.ArgumentParser(description="How much of an index has to be made anew after edits.")
    parser.add_argument("--pages", type=int, default=2_000)
    options = parser.parse_args()
    with Sandbox() as sandbox, sandbox.client() as client, tempfile.TemporaryDirectory() as folder:
        found = measure(client, options.pages, Path(folder))
    sys.stdout.write(json.dumps(found, indent=1) + "\n")
    return 0 if found["changed chunks a page"] <= 1.2 else 1


if __name__ == "__main__":
    sys.exit(main())
