"""A run that ends at any point is finished by the next one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.support.served import served
from tests.sync.conftest import Scene, change_everything, opened
from tests.sync.killing import Killed, killed_at
from wikijs import WikiJSClient
from wikijs.sync.folder import Folder
from wikijs.sync.run import synchronise

RESULT = {
    "chain/three": "old text of chain/two\n",
    "chain/two": "old text of chain/one\n",
    "edited-both": "text of ours\n",
    "edited-here": "new text, here\n",
    "edited-there": "new text, there\n",
    "gone-here-edited-there": "kept, from there\n",
    "gone-there-edited-here": "kept, from here\n",
    "moved-and-edited/four": "moved here, edited there\n",
    "moved-and-edited/three": "moved there, edited here\n",
    "moved-from-here": "old text of moved-here\n",
    "moved-from-there": "old text of moved-there\n",
    "new-both": "new, ours\n",
    "new-there": "a new page\n",
    "new/here": "# A new file\n",
    "other-editor": "<p>no Markdown any more</p>",
    "swap/one": "old text of swap/two\n",
    "swap/two": "old text of swap/one\n",
}
STRIDE = 1 if "WIKIJS_SYNC_EXAMPLES" in os.environ else 21
"""Steps between two ends; an odd number, so that both ends before a step and ends after one are among them."""
CONFLICTS = {"edited-both": "text of theirs\n", "new-both": "new, theirs\n"}


def check(scene: Scene, others: dict[str, str] | None = None) -> None:
    """Everything is where it belongs, each once, and there is nothing left to do; beside these other files."""
    again = scene.sync()
    assert not again.changes
    assert sorted(blocked.place for blocked in again.blocked) == ["en/edited-both", "en/new-both"]
    files = scene.files()
    beside = {name.partition(".")[0]: text for name, text in files.items() if ".conflict-" in name}
    assert {name.partition(".")[0]: text for name, text in files.items() if ".conflict-" not in name} == {
        **RESULT,
        **(others or {}),
    }
    assert beside == CONFLICTS
    assert len([name for name in files if ".conflict-" in name]) == len(CONFLICTS)
    assert "other-editor.html" in files
    assert scene.wiki() == {f"en/{path}": text for path, text in (RESULT | CONFLICTS).items()}
    assert not [path for path in scene.folder.rglob(".*") if path.name != ".wikijs-sync.db"]


def test_changes_of_every_kind_on_both_sides(scene: Scene) -> None:
    change_everything(scene)
    report = scene.sync()
    assert not report.failures
    assert {action.kind.value for action in report.changes} == {
        "conflict",
        "create-page",
        "delete-file",
        "delete-page",
        "merge",
        "move-file",
        "move-page",
        "update-page",
        "write-file",
    }
    check(scene)


def test_a_run_that_ends_at_any_step_is_finished_by_the_next_one(tmp_path: Path) -> None:
    boundary, last = 0, 0
    while True:
        scene = opened(tmp_path / str(boundary))
        change_everything(scene)
        try:
            with killed_at(boundary):
                scene.sync()
        except Killed:
            assert not scene.sync().failures
            check(scene)
            last = boundary
        else:
            break
        finally:
            scene.close()
        boundary += STRIDE
    assert last > 70


JOB = """
import sys
from pathlib import Path
from wikijs import WikiJSClient
from wikijs.sync.run import synchronise

url, key, folder = sys.argv[1:]
with WikiJSClient(url, key) as client:
    synchronise(client, Path(folder))
"""


def test_a_process_that_is_killed_is_followed_by_one_that_finishes_its_work(tmp_path: Path) -> None:
    folder = tmp_path / "docs"
    folder.mkdir()
    with served(tmp_path / "wiki.db") as server, WikiJSClient(server.url, server.api_key) as client:
        for number in range(10):
            client.pages.create(f"there/{number}", title=f"There {number}", content=f"there {number}\n")
            (folder / f"here-{number}.md").write_text(f"here {number}\n")
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
        command = [sys.executable, "-c", JOB, server.url, server.api_key, str(folder)]
        kills = 0
        for share in (3, 13):
            job = subprocess.Popen(command, env=environment)
            limit = time.monotonic() + 60
            while len(list(Folder(folder).files())) + len(client.pages.list()) - 20 < share and job.poll() is None:
                assert time.monotonic() < limit
                time.sleep(0.005)
            job.send_signal(signal.SIGKILL)
            kills += job.wait() == -signal.SIGKILL
        assert kills
        report = synchronise(client, folder)
        assert report.is_whole
        assert not synchronise(client, folder).changes
        pages = client.pages.list()
        assert len(pages) == len({page.path for page in pages}) == 20
        assert sorted(Folder(folder).files()) == sorted(f"{page.path}.md" for page in pages)
        assert not list(folder.rglob(".wikijs-sync-*"))
