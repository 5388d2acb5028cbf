"""A project of 200 pages, and runs that are killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.sync.killing import Killed, killed_at
from wikijs import WikiJSClient
from wikijs.publish import plan_publish, run_publish

from .conftest import Scene, opened

PAGES = 200
STRIDE = 1 if "WIKIJS_PUBLISH_EXAMPLES" in os.environ else 9
KILLS = 20 if "WIKIJS_PUBLISH_EXAMPLES" in os.environ else 2


def fill(scene: Scene, pages: int = PAGES) -> None:
    """Pages in ten folders, each with a link to the next one and an image."""
    for number in range(pages):
        folder = f"part{number % 10}"
        after = (number + 1) % pages
        scene.write(
            f"{folder}/page{number:03}.md",
            f"---\ntags: [part{number % 10}]\n---\n\n# Page {number}\n\nText {number * 7919}, [next]"
            f"(../part{after % 10}/page{after:03}.md), ![]({number % 10}.png)\n",
        )
        scene.write(f"{folder}/{number % 10}.png", b"\x89PNG\r\n\x1a\n" + bytes([number % 10]))
    scene.write("index.md", "# All\n\n[first](part0/page000.md)\n")


def writes(scene: Scene) -> int:
    """Rows of the wiki's history, and pages: each write of a page makes one more of the one or the other."""
    rows = scene.sandbox.db.all("SELECT (SELECT COUNT(*) FROM pages) + (SELECT COUNT(*) FROM pageHistory) AS written")
    return int(rows[0]["written"])


def test_200_pages_then_nothing_then_one_edit_then_a_rename(scene: Scene) -> None:
    fill(scene)
    done = scene.did()
    assert len(done) == PAGES + 1 + 10
    before = writes(scene)
    assert before == PAGES + 1
    assert scene.did(delete=True) == []
    assert writes(scene) == before
    scene.write("part3/page013.md", "# Page 13\n\nEdited.\n")
    assert scene.did(delete=True) == [("update", "en/product/docs/part3/page013")]
    assert writes(scene) == before + 1
    kept = scene.id_of("product/docs/part7/page107")
    (scene.folder / "part7/page107.md").rename(scene.folder / "part7/renamed.md")
    linking = scene.folder / "part6/page106.md"
    linking.write_text(linking.read_text().replace("page107", "renamed"))
    assert scene.did(delete=True) == [
        ("move", "en/product/docs/part7/renamed"),
        ("update", "en/product/docs/part6/page106"),
    ]
    assert scene.id_of("product/docs/part7/renamed") == kept
    assert len(scene.client.pages.list()) == PAGES + 1


def change(scene: Scene) -> None:
    """Something of everything."""
    scene.write("index.md", "# All\n\nEdited, ![new](new.png).\n")
    scene.write("new.png", b"\x89PNG\r\n\x1a\nnew")
    scene.write("new.md", "# New\n\nQuite new.\n")
    (scene.folder / "part1/page001.md").rename(scene.folder / "part1/other.md")
    (scene.folder / "part2/page002.md").unlink()
    (scene.folder / "part2/2.png").unlink()
    scene.write("part3/page003.md", "---\ndraft: true\n---\n\n# Page 3\n\nA draft.\n")


def test_a_run_that_ends_at_any_step_is_finished_by_the_next_one(tmp_path: Path) -> None:
    whole = opened(tmp_path / "whole")
    fill(whole, 5)
    whole.did()
    change(whole)
    whole.did(delete=True)
    expected = whole.texts()
    ids = {page.path: page.id for page in whole.client.pages.list()}
    whole.close()
    boundary, last = 0, False
    while not last:
        scene = opened(tmp_path / str(boundary))
        fill(scene, 5)
        scene.did()
        change(scene)
        try:
            with killed_at(boundary):
                scene.publish(delete=True)
            last = True
        except Killed:
            pass
        scene.did(delete=True)
        assert scene.did(delete=True) == []
        assert scene.texts() == expected
        assert {page.path: page.id for page in scene.client.pages.list()} == ids
        assert {asset.path for asset in scene.client.assets.list(recursive=True)} == {
            f"/media/product/docs/{name}" for name in ("new.png", "part0/0.png", "part1/1.png", "part4/4.png")
        }
        scene.close()
        boundary += STRIDE
    assert boundary > 2 * STRIDE


def test_killed_without_warning_again_and_again(tmp_path: Path) -> None:
    scene = opened(tmp_path / "docs")
    fill(scene, 12)
    scene.close()
    command = [sys.executable, "-m", "wikijs.sandbox", "--port", "0", "--latency", "20ms"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            told: dict[str, str] = {}
            while "API key" not in told:
                name, _, value = server.stdout.readline().strip().partition("  ")
                told[name] = value.strip()
            environment = os.environ | {
                "WIKIJS_URL": told["URL"],
                "WIKIJS_API_KEY": told["API key"],
                "WIKIJS_CONFIG": str(tmp_path / "none.toml"),
            }
            publishing = [sys.executable, "-m", "wikijs.cli", "publish", str(tmp_path / "docs"), "--to", "product/docs"]
            with WikiJSClient(told["URL"], auth=told["API key"]) as client:
                for number in range(KILLS):
                    after = 1 + number * 8 // KILLS
                    with subprocess.Popen(publishing, env=environment, stderr=subprocess.DEVNULL) as killed:
                        while len(client.pages.list()) < after and killed.poll() is None:
                            time.sleep(0.005)
                        killed.send_signal(signal.SIGKILL)
                last, again = (
                    run_publish(client, plan_publish(client, tmp_path / "docs", "product/docs")) for _ in range(2)
                )
                paths = sorted(page.path for page in client.pages.list())
        finally:
            server.terminate()
    assert last.is_whole
    assert again.is_whole
    assert not again.done
    assert paths == sorted(
        ["product/docs", *(f"product/docs/part{number % 10}/page{number:03}" for number in range(12))]
    )
