"""A bulk create in a process of its own that is killed in its middle, and goes on in the next one."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

import pytest

from tests.support.served import served
from wikijs import WikiJSClient

PAGES: Final = 200
JOB: Final = """
import signal
import sys
from wikijs import WikiJSClient

signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored by inheritance where the tests run in the background

url, key, journal = sys.argv[1:]
pages = [
    {"path": f"docs/p{n}", "title": f"Page {n}", "content": f"# {n}", "tags": ["x", f"t{n % 7}"]} for n in range(PAGES)
]
with WikiJSClient(url, key) as client:
    result = client.pages.create_many(pages, journal=journal)
print(len(result.success), len(result.errors), len(result.not_attempted))
""".replace("PAGES", str(PAGES))


def start(url: str, key: str, journal: Path, program: str = JOB) -> subprocess.Popen[str]:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.Popen(
        [sys.executable, "-c", program, url, key, str(journal)], stdout=subprocess.PIPE, text=True, env=environment
    )


def confirmed(journal: Path) -> int:
    return journal.read_bytes().count(b'"confirmed"') if journal.exists() else 0


@pytest.mark.parametrize("blow", [signal.SIGKILL, signal.SIGINT], ids=lambda blow: blow.name)
def test_a_job_that_is_ended_in_its_middle_ends_with_each_page_once(tmp_path: Path, blow: signal.Signals) -> None:
    journal = tmp_path / "job.jsonl"
    with served(tmp_path / "wiki.db") as server:
        for share in (0.2, 0.5):
            job = start(server.url, server.api_key, journal)
            limit = time.monotonic() + 90
            while confirmed(journal) < share * PAGES:
                assert job.poll() is None
                assert time.monotonic() < limit
                time.sleep(0.002)
            job.send_signal(blow)
            said = job.communicate(timeout=30)[0]
            assert confirmed(journal) < PAGES
            if blow is signal.SIGINT:
                assert job.returncode == 0
                assert sum(map(int, said.split())) == PAGES
            else:
                assert job.returncode == -blow
        job = start(server.url, server.api_key, journal)
        said = job.communicate(timeout=120)[0]
        assert said.split() == [str(PAGES), "0", "0"]
        with WikiJSClient(server.url, server.api_key) as direct:
            pages = direct.pages.list()
        assert len(pages) == len({page.path for page in pages}) == PAGES
        assert all(sorted(page.tags) == sorted(["x", f"t{int(page.path[6:]) % 7}"]) for page in pages)
        times = [json.loads(line).get("state") for line in journal.read_text().splitlines()].count("sent")
        assert PAGES <= times <= PAGES + 2  # those in flight at the two blows are noted once more


UPLOADS: Final = """
import sys
from wikijs import WikiJSClient
from wikijs.models import Upload

url, key, journal = sys.argv[1:]
items = [Upload(b"x" * (n + 1), folder=f"/img{n % 3}", name=f"f{n}.png") for n in range(COUNT)]
with WikiJSClient(url, key) as client:
    client._policy.settle_waits = (0.1, 0.2)
    result = client.assets.upload_many(items, journal=journal)
print(len(result.success), len(result.errors), len(result.not_attempted))
"""
ACCOUNTS: Final = """
import sys
from wikijs import WikiJSClient

url, key, journal = sys.argv[1:]
users = [
    {"email": f"u{n}@example.net", "name": f"User {n}", "password": f"a secret of {n}", "groups": [1]}
    for n in range(COUNT)
]
with WikiJSClient(url, key) as client:
    client._policy.settle_waits = (0.1, 0.2)
    result = client.users.create_many(users, journal=journal)
print(len(result.success), len(result.errors), len(result.not_attempted))
"""


@pytest.mark.parametrize(("program", "count"), [(UPLOADS, 40), (ACCOUNTS, 16)], ids=["uploads", "users"])
def test_uploads_and_accounts_that_are_killed_in_their_middle_are_there_once(
    tmp_path: Path, program: str, count: int
) -> None:
    journal = tmp_path / "job.jsonl"
    program = program.replace("COUNT", str(count))
    with served(tmp_path / "wiki.db") as server:
        job = start(server.url, server.api_key, journal, program)
        limit = time.monotonic() + 60
        while not journal.exists() or journal.read_bytes().count(b'"sent"') < count / 2:
            assert job.poll() is None
            assert time.monotonic() < limit
            time.sleep(0.001)
        job.kill()
        job.communicate(timeout=30)
        assert job.returncode == -signal.SIGKILL
        said = start(server.url, server.api_key, journal, program).communicate(timeout=60)[0]
        assert said.split() == [str(count), "0", "0"]
        with WikiJSClient(server.url, server.api_key) as direct:
            sizes = [file.file_size for file in direct.assets.list("/", recursive=True)]
            emails = [user.email for user in direct.users.list() if user.email.endswith("example.net")]
        if "upload_many" in program:
            assert sorted(sizes) == list(range(1, count + 1))
        else:
            assert sorted(emails) == sorted(f"u{number}@example.net" for number in range(count))
    noted = journal.read_text()
    assert count <= noted.count('"sent"') <= count + 1
    assert "a secret" not in noted
    assert server.api_key not in noted
