"""Make the pictures of docs/command-line.md from what the commands really print, on a demo wiki.

    python docs/screenshots.py [FOLDER] [--only NAME]

Each command runs on a terminal of its own (a pseudo-terminal, so POSIX only), against a sandbox on a free port; rich
turns its colours into SVG.
"""

from __future__ import annotations

import argparse
import fcntl
import io
import os
import pty
import re
import shlex
import struct
import subprocess
import sys
import tempfile
import termios
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.text import Text

COLUMNS: Final = 110
# A picture asks nobody for a font: the reader's own will do.
PLAIN: Final = re.sub(r"@font-face \{\{.*?\}\}\s*", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)
VOLATILE: Final = (
    (re.compile(r"\b\d{4}-\d\d-\d\d([ T])\d\d:\d\d:\d\d(\.\d+)?"), r"2026-11-28\g<1>09:30:00"),
    (re.compile(r"\b\d{4}-\d\d-\d\d\b"), "2026-11-28"),
    (re.compile(r"(?<=expires on)(\s+)2026-"), r"\g<1>2027-"),
    (re.compile(r"(?: |\x1b\[[\d;]*m)*\b[\d.]+/s\b(?: |\x1b\[[\d;]*m)*"), "  "),
    (re.compile(r"(?<=127\.0\.0\.1:)\d+"), "3000"),
    (re.compile(r"\b\d+ ms\b"), "9 ms"),
    (re.compile(r"\b0:00:\d\d\b"), "0:00:00"),
)
PICTURES: Final = {
    "help": ["wikijs --help"],
    "pages": ["wikijs pages list --order-by path --limit 8", "wikijs pages get home --json id,path,title,tags"],
    "tree": ["wikijs pages tree --depth 2"],
    "grep": ["wikijs pages grep lamp", "wikijs pages replace lamp lantern --folder handbook --dry-run"],
    "users": ["wikijs users list", "wikijs groups list"],
    "call": ["wikijs call users.deactivate --help"],
    "export": ["wikijs pages export wiki", "wikijs pages import wiki --dry-run"],
    "health": ["wikijs whoami", "wikijs health check"],
    "errors": [
        "wikijs pages get nothing/here",
        "wikijs pages list --profile docs",
        "wikijs pages delete home </dev/null",
    ],
}


def main() -> None:
    """Make all pictures, or one."""
    options = _options()
    options.folder.mkdir(parents=True, exist_ok=True)
    with demo_wiki() as environment, tempfile.TemporaryDirectory() as work:
        for name, commands in PICTURES.items():
            if options.only in {None, name}:
                picture = svg(name, [(line, output(line, environment, Path(work))) for line in commands])
                (options.folder / f"{name}.svg").write_text(picture, encoding="utf-8")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Make the pictures of the command line.")
    parser.add_argument("folder", nargs="?", type=Path, default=Path(__file__).parent / "images", help="where to")
    parser.add_argument("--only", choices=PICTURES, help="make only this one")
    return parser.parse_args()


@contextmanager
def demo_wiki() -> Iterator[dict[str, str]]:
    """A sandbox with the demo wiki, and the environment that leads to it."""
    command = [sys.executable, "-m", "wikijs.cli", "sandbox", "--seed", "demo", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603  our own command
        try:
            told: dict[str, str] = {}
            while "API key" not in told:
                name, value, *_ = re.split(r"\s{2,}", (process.stdout or sys.stdin).readline().strip())
                told[name] = value
            plain = {name: value for name, value in os.environ.items() if not name.startswith("WIKIJS_")}
            yield {**plain, "WIKIJS_URL": told["URL"], "WIKIJS_API_KEY": told["API key"], "TERM": "xterm-256color"}
        finally:
            process.terminate()


def output(line: str, environment: Mapping[str, str], folder: Path) -> str:
    """What a command prints on a terminal, with its escape sequences."""
    words = shlex.split(line.removesuffix("</dev/null"))
    stdin = subprocess.DEVNULL if line.endswith("</dev/null") else None
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, COLUMNS, 0, 0))
    own = {"WIKIJS_CONFIG": str(folder / "config.toml"), "WIKIJS_CACHE_DIR": str(folder / "cache")}
    process = subprocess.Popen(  # noqa: S603  the commands above
        [sys.executable, "-m", "wikijs.cli", *words[1:]],
        stdin=theirs if stdin is None else stdin,
        stdout=theirs,
        stderr=theirs,
        env={**environment, **own},
        cwd=folder,
    )
    os.close(theirs)
    written = b"".join(iter(lambda: _read(ours), b""))
    os.close(ours)
    process.wait(timeout=60)
    return steady(written.decode(errors="replace").replace("\r\n", "\n").replace(str(folder), "~"))


def steady(printed: str) -> str:
    """The output with what is another in each run replaced: moments, speeds, ports."""
    for pattern, instead in VOLATILE:
        printed = pattern.sub(instead, printed)
    return printed


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 65536)
    except OSError:  # how Linux says that the other end of a terminal was closed
        return b""


def svg(name: str, shots: list[tuple[str, str]]) -> str:
    """Command lines and their outputs as one picture."""
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True, highlight=False)
    for number, (line, printed) in enumerate(shots):
        if number:
            console.print()
        console.print(Text(f"$ {line.removesuffix(' </dev/null')}", style="bold green"))
        console.print(Text.from_ansi(printed.strip("\n")))
    return console.export_svg(title="wikijs", unique_id=name, code_format=PLAIN)


if __name__ == "__main__":
    main()
