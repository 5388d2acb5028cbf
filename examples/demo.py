"""The main job before your eyes, a line a step: `make demo`.

With WIKIJS_URL and WIKIJS_API_KEY it works on that wiki and writes only the three pages below `py-wikijs-demo/` that
it makes. Without them it runs on a sandbox, a stand-in for Wiki.js 2.5.314 in this process, and exports all of it.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from wikijs import WikiJSClient
from wikijs.exceptions import ConflictError, WikiJSException

FOLDER = "py-wikijs-demo"
PAGES = {"one": "The first page", "two": "The second page", "three": "The third page"}


def say(step: str, result: str) -> None:
    """Show a step and what came of it."""
    print(f"{step:<26} {result}", flush=True)


def demo(client: WikiJSClient, *, whole: bool) -> None:
    """Everything, on one wiki; the export takes the whole wiki or only the pages of the demo."""
    me = client.whoami()
    pages = client.pages.list()
    say("connect, whoami", f"{client.url} takes us for {me.described}; it has {len(pages)} pages")
    remove(client)
    try:
        ids = create(client)
        read(client, ids)
        write(client, ids)
        export(client, folder="" if whole else FOLDER)
    finally:
        say("clean up", f"{remove(client)} pages deleted")


def create(client: WikiJSClient) -> list[int]:
    """Make the pages. Takes the server about a second each."""
    made = [
        client.pages.create(f"{FOLDER}/{name}", title=title, content=f"# {title}\n", tags=["demo", name])
        for name, title in PAGES.items()
    ]
    say("create pages", ", ".join(f"{page.path} (id {page.id})" for page in made))
    return [page.id for page in made]


def read(client: WikiJSClient, ids: list[int]) -> None:
    """List them, and read them whole: by a typed method and by GraphQL of our own, one request each."""
    listed = client.pages.list(folder=FOLDER, order_by="path")
    say("list a folder", ", ".join(f"{page.title} [{', '.join(page.tags)}]" for page in listed))
    whole = client.pages.get_many(ids)
    say("get many, one request", ", ".join(f"{page.title}: {len(page.content)} characters" for page in whole))
    aliases = " ".join(f"p{number}: single(id: {number}) {{ title hash }}" for number in ids)
    data = client.graphql(f"{{ pages {{ {aliases} }} }}")
    say("raw GraphQL, one request", ", ".join(f"{name} = {page['title']}" for name, page in data["pages"].items()))


def write(client: WikiJSClient, ids: list[int]) -> None:
    """Change one field, and be told what is wrong with a write."""
    before = client.pages.get(ids[0])
    client.pages.update(ids[0], title="A better title")
    after = client.pages.get(ids[0])
    kept = [name for name in ("content", "description", "path") if getattr(before, name) == getattr(after, name)]
    tags = {tag.tag for tag in before.tags} == {tag.tag for tag in after.tags}
    say("change one field", f"{before.title} -> {after.title}; kept: {', '.join([*kept, *(['tags'] if tags else [])])}")
    try:
        client.pages.create(before.path, title="Again", content="The same path again.")
    except ConflictError as error:
        say("an error, explained", f"{type(error).__name__}: {error}")


def export(client: WikiJSClient, folder: str) -> None:
    """Write the pages into files."""
    with tempfile.TemporaryDirectory(prefix="py-wikijs-demo-") as target:
        for page in client.pages.iter_all(folder=folder, content=True):
            file = Path(target, page.locale, f"{page.path}.md")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(page.content, encoding="utf-8")
        files = sorted(Path(target).rglob("*.md"))
        size = sum(file.stat().st_size for file in files)
        names = ", ".join(str(file.relative_to(target)) for file in files[:3])
        say("export into a folder", f"{len(files)} files, {size} bytes: {names}, ...")


def remove(client: WikiJSClient) -> int:
    """Delete the pages of this demo, those of an interrupted run too. Returns how many there were."""
    ours = {f"{FOLDER}/{name}" for name in PAGES}
    found = [page.id for page in client.pages.list(folder=FOLDER) if page.path in ours]
    for number in found:
        client.pages.delete(number)
    return len(found)


@contextmanager
def wiki() -> Iterator[tuple[WikiJSClient, bool]]:
    """A client of the wiki in the environment, else of a sandbox; and whether it is ours as a whole."""
    url = os.environ.get("WIKIJS_URL")
    if url:
        with WikiJSClient(url, auth=os.environ.get("WIKIJS_API_KEY")) as client:
            yield client, False
        return
    from wikijs.sandbox import Sandbox

    print("No WIKIJS_URL is set: this runs on a sandbox, a stand-in for Wiki.js 2.5.314, seeded with a small wiki.\n")
    with closing(Sandbox(seed="demo")) as sandbox, sandbox.client() as client:
        yield client, True


def main() -> None:
    """Run the demo. Exit code 1 with one sentence when the wiki is not there or refuses."""
    try:
        with wiki() as (client, whole):
            demo(client, whole=whole)
    except WikiJSException as error:
        sys.exit(f"The demo stopped: {error}")
    command = os.path.relpath(Path(sys.executable).with_name("wikijs"))
    print(f"\nTry next: {command} --help, README.md, and the short scripts in examples/.")


if __name__ == "__main__":
    main()
