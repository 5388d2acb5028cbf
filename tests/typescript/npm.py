"""Node's tools for the tests of the npm package: installed once, from the lock file, wherever Node is there."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "generated" / "typescript"
TESTS = ROOT / "tests" / "typescript"
STAMPS = ROOT / ".stamps" / "typescript"
OLDEST = 20


def missing() -> str:
    """Why the package cannot be tested here; empty when it can."""
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        return f"Node {OLDEST} or later and npm are not installed, so the TypeScript package is not tested"
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    if int(version.removeprefix("v").partition(".")[0]) < OLDEST:
        return f"the TypeScript package needs Node {OLDEST} or later, and this is {version}"
    return ""


def ready() -> None:
    """Install what the lock file names, unless it is there; skip the test where that is not possible."""
    if reason := missing():
        pytest.skip(reason)
    STAMPS.mkdir(parents=True, exist_ok=True)
    lock = hashlib.sha256((PACKAGE / "package-lock.json").read_bytes()).hexdigest()
    stamp = PACKAGE / "node_modules" / ".installed-for-tests"
    with (STAMPS / "lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)  # another worker may be at it
        if not stamp.exists() or stamp.read_text() != lock:
            done = _run("npm", "ci", cwd=PACKAGE, timeout=300)
            if done.returncode:
                reason = " ".join(done.stdout.split())[-300:]
                pytest.skip(f"npm ci failed, so the TypeScript package is not tested: {reason}")
            stamp.write_text(lock)
        link = TESTS / "node_modules"
        if not link.exists():
            link.unlink(missing_ok=True)
            link.symlink_to(PACKAGE / "node_modules")


def run(tool: str, *arguments: str, timeout: float = 240, cwd: Path = PACKAGE, **environment: str) -> str:
    """The output of an installed tool, which must succeed."""
    done = _run(str(PACKAGE / "node_modules" / ".bin" / tool), *arguments, cwd=cwd, timeout=timeout, **environment)
    assert done.returncode == 0, f"{tool} {' '.join(arguments)}:\n{done.stdout[-30000:]}"
    return done.stdout


@cache
def build() -> Path:
    """Compile, once in a process, the package with the strict settings it is published with; its folder `dist`."""
    ready()
    with (STAMPS / "lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        run("tsc", "-p", "tsconfig.json")
    return PACKAGE / "dist"


def _run(*command: str, cwd: Path, timeout: float, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=cwd,
        timeout=timeout,
        env={**os.environ, "NO_COLOR": "1", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def run_npm(*arguments: str) -> str:
    """The output of npm in the package's folder, which must succeed."""
    done = _run("npm", *arguments, cwd=PACKAGE, timeout=120)
    assert done.returncode == 0, done.stdout[-4000:]
    return done.stdout
