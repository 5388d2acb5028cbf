"""Keep a page of the wiki that says what changed in a repository, one section a tag, from git's own log.

python changelog_from_git.py /path/to/repository product/changelog
"""

from __future__ import annotations

import subprocess
import sys

from wikijs.config import connect


def git(repository: str, *words: str) -> list[str]:
    """Lines that git prints."""
    done = subprocess.run(["git", "-C", repository, *words], capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def changelog(repository: str) -> str:
    """Sections in Markdown, the newest tag first."""
    tags = git(repository, "tag", "--sort=creatordate")
    parts: list[str] = []
    for older, tag in zip(["", *tags], tags, strict=False):
        span = f"{older}..{tag}" if older else tag
        parts.append("\n".join([f"## {tag}", "", *git(repository, "log", "--no-merges", "--format=- %s", span)]))
    return "\n\n".join(reversed(parts)) + "\n"


def main(repository: str, path: str) -> None:
    with connect() as client:
        made = client.pages.upsert(path, title="Changelog", content=changelog(repository), tags=["generated"])
        print(f"{made.page.path}: {made.outcome}")


if __name__ == "__main__":
    if len(sys.argv) < 3:
        raise SystemExit(__doc__)
    main(*sys.argv[1:3])
