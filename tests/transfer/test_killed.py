"""An import that is killed without warning goes on when it is run again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from wikijs import WikiJSClient

PAGES = 12


def test_killed_again_and_again(tmp_path: Path) -> None:
    folder = tmp_path / "pages"
    folder.mkdir()
    for number in range(PAGES):
        (folder / f"page{number:02}.md").write_text(f"---\ntitle: Page {number}\ntags: [a]\n---\n\nText {number}\n")
    command = [sys.executable, "-m", "wikijs.sandbox", "--port", "0", "--latency", "30ms"]
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
            importing = [sys.executable, "-m", "wikijs.cli", "pages", "import", str(folder)]
            importing += ["--journal", str(tmp_path / "journal")]
            with WikiJSClient(told["URL"], auth=told["API key"]) as client:
                for after in (1, 6):
                    with subprocess.Popen(importing, env=environment, stderr=subprocess.DEVNULL) as killed:
                        while len(client.pages.list()) < after and killed.poll() is None:
                            time.sleep(0.005)
                        killed.send_signal(signal.SIGKILL)
                done = subprocess.run(importing, env=environment, capture_output=True, text=True, check=True)
                pages = client.pages.get_many([page.id for page in client.pages.list()])
        finally:
            server.terminate()
    assert sorted((page.path, page.title, page.content) for page in pages) == [
        (f"page{number:02}", f"Page {number}", f"Text {number}\n") for number in range(PAGES)
    ]
    assert "unchanged" in done.stderr
