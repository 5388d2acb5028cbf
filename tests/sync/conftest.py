"""A wiki and a folder that agree, and then changes of every kind on both sides."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from wikijs import WikiJSClient
from wikijs.sandbox import Sandbox
from wikijs.sync.folder import Folder
from wikijs.sync.run import Report, synchronise
from wikijs.transfer.format import load


@dataclass
class Scene:
    """A wiki and a folder.

    Attributes:
        sandbox: The wiki.
        client: A client that may do everything.
        folder: The folder.
    """

    sandbox: Sandbox
    client: WikiJSClient
    folder: Path

    def sync(self, **options: Any) -> Report:
        return synchronise(self.client, self.folder, **options)

    def create(self, path: str, text: str = "old\n", **options: Any) -> int:
        return self.client.pages.create(path, title=path.rpartition("/")[2], content=text, **options).id

    def edit(self, path: str, text: str) -> None:
        self.client.pages.update(self.client.pages.get_by_path(path).id, content=text)

    def write(self, name: str, text: str) -> None:
        """Replace what follows the header of a file; make a file without one."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        header = path.read_text().partition("\n---\n\n")[0] + "\n---\n\n" if path.exists() else ""
        path.write_text(header + text)

    def wiki(self) -> dict[str, str]:
        rows = self.sandbox.db.all("SELECT path, localeCode, content FROM pages")
        return {f"{row['localeCode']}/{row['path']}": row["content"] for row in rows}

    def files(self) -> dict[str, str]:
        """What the files say, conflict files too."""
        return {
            name: load((self.folder / name).read_bytes().decode(), name.rpartition(".")[2]).content
            for name in Folder(self.folder).files()
        }

    def close(self) -> None:
        self.client.close()
        self.sandbox.close()


def opened(folder: Path) -> Scene:
    """An empty wiki, on a clock that never stands still between two requests, and an empty folder."""
    folder.mkdir()
    ticks = itertools.count()
    sandbox = Sandbox(clock=lambda: time.time() + next(ticks) / 100)
    return Scene(sandbox, sandbox.client(), folder)


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    """An empty wiki and an empty folder."""
    made = opened(tmp_path / "docs")
    yield made
    made.close()


PAGES = (
    "edited-here",
    "edited-there",
    "edited-both",
    "moved-here",
    "moved-there",
    "moved-and-edited/one",
    "moved-and-edited/two",
    "chain/one",
    "chain/two",
    "swap/one",
    "swap/two",
    "gone-here",
    "gone-there",
    "gone-here-edited-there",
    "gone-there-edited-here",
    "other-editor",
)


def change_everything(scene: Scene) -> None:
    """Make an empty wiki and an empty folder agree on some pages, and then change both in every way."""
    ids = {path: scene.create(path, f"old text of {path}\n") for path in PAGES}
    assert scene.sync().is_whole
    pages, folder = scene.client.pages, scene.folder
    scene.write("edited-here.md", "new text, here\n")
    scene.edit("edited-there", "new text, there\n")
    scene.write("edited-both.md", "text of ours\n")
    scene.edit("edited-both", "text of theirs\n")
    (folder / "moved-here.md").rename(folder / "moved-from-here.md")
    pages.move(ids["moved-there"], "moved-from-there")
    pages.move(ids["moved-and-edited/one"], "moved-and-edited/three")
    scene.write("moved-and-edited/one.md", "moved there, edited here\n")
    (folder / "moved-and-edited/two.md").rename(folder / "moved-and-edited/four.md")
    scene.edit("moved-and-edited/two", "moved here, edited there\n")
    pages.move(ids["chain/two"], "chain/three")
    pages.move(ids["chain/one"], "chain/two")
    pages.move(ids["swap/one"], "swap/three")
    pages.move(ids["swap/two"], "swap/one")
    pages.move(ids["swap/one"], "swap/two")
    (folder / "gone-here.md").unlink()
    pages.delete(ids["gone-there"])
    (folder / "gone-here-edited-there.md").unlink()
    scene.edit("gone-here-edited-there", "kept, from there\n")
    pages.delete(ids["gone-there-edited-here"])
    scene.write("gone-there-edited-here.md", "kept, from here\n")
    pages.update(ids["other-editor"], editor="code", content="<p>no Markdown any more</p>")
    scene.write("new/here.md", "# A new file\n")
    scene.create("new-there", "a new page\n")
    scene.write("new-both.md", "new, ours\n")
    scene.create("new-both", "new, theirs\n")
