"""The main job before your eyes, a line a step: `make demo`.

With WIKIJS_URL and WIKIJS_API_KEY it works on that wiki and writes only the three pages below `py-wikijs-demo/` that
it makes. Without them it runs on a sandbox, a stand-in for Wiki.js 2.5.314 in this process.
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


def demo(client: WikiJSClient) -> None:
    """Everything, on one wiki."""
    me = client.whoami()
    say("connect, whoami", f"{client.url} takes us for {me.name} ({me.kind})")
    remove(client)
    try:
        ids = create(client)
        read(client, ids)
        write(client, ids)
        export(client)
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


def export(client: WikiJSClient) -> None:
    """Write the pages into files."""
    with tempfile.TemporaryDirectory(prefix="py-wikijs-demo-") as folder:
        for page in client.pages.iter_all(folder=FOLDER, content=True):
            file = Path(folder, f"{page.path}.md")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(page.content, encoding="utf-8")
        files = sorted(Path(folder).rglob("*.md"))
        say("export into a folder", ", ".join(f"{file.name} ({file.stat().st_size} bytes)" for file in files))


def remove(client: WikiJSClient) -> int:
    """Delete the pages of this demo, those of an interrupted run too. Returns how many there were."""
    ours = {f"{FOLDER}/{name}" for name in PAGES}
    found = [page.id for page in client.pages.list(folder=FOLDER) if page.path in ours]
    for number in found:
        client.pages.delete(number)
    return len(found)


@contextmanager
def wiki() -> Iterator[WikiJSClient]:
    """A client of the wiki in the environment, else of a sandbox."""
    url = os.environ.get("WIKIJS_URL")
    if url:
        with WikiJSClient(url, auth=os.environ.get("WIKIJS_API_KEY")) as client:
            yield client
        return
    import httpx2

    from wikijs.sandbox import Sandbox

    print("No WIKIJS_URL is set: this runs on a sandbox, a stand-in for Wiki.js 2.5.314.\n")
    sandbox = Sandbox()
    with (
        closing(sandbox),
        httpx2.Client(transport=sandbox.transport()) as http,
        WikiJSClient(sandbox.url, auth=sandbox.api_key, http_client=http) as client,
    ):
        yield client


def main() -> None:
    """Run the demo. Exit code 1 with one sentence when the wiki is not there or refuses."""
    try:
        with wiki() as client:
            demo(client)
    except WikiJSException as error:
        sys.exit(f"The demo stopped: {error}")
    print("\nTry next: wikijs --help, README.md, and the short scripts in examples/.")


if __name__ == "__main__":
    main()
