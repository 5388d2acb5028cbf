"""Writes the reference into docs/reference/ and builds the site into .stamps/site/, with broken links as errors."""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from hashlib import sha256
from pathlib import Path
from typing import Final

from . import api, commands, rest, sources, staging

ROOT: Final = Path(__file__).parents[2]
REFERENCE: Final = ROOT / "docs/reference"
SITE: Final = ROOT / ".stamps/site"
CONFIG: Final = ROOT / ".stamps/mkdocs.yml"
LAST: Final = ROOT / ".stamps/site.sum"
"""Of which code the pages are that Zensical keeps; it looks at their Markdown only."""
_TITLES: Final = {"rest": "REST"}
_FOLDER: Final = re.compile(r"^( +)- (\S+)/$", re.MULTILINE)


def main() -> None:
    """Write and build."""
    options = argparse.ArgumentParser(prog="python -m website", description=__doc__)
    options.add_argument("--serve", action="store_true", help="serve it and build again when a file changes")
    options.add_argument("--reference-only", action="store_true", help="only write docs/reference/")
    asked = options.parse_args()
    CONFIG.parent.mkdir(exist_ok=True)
    with ProcessPoolExecutor(1) as other:
        gathering = None if asked.reference_only else other.submit(sources.gather)
        write_reference()
        if gathering is None:
            return
        try:
            staging.stage()
        except staging.BrokenLinkError as error:
            raise SystemExit(f"Links that lead nowhere:\n{error}") from None
        gathered = gathering.result()
    template = (Path(__file__).parent / "mkdocs.yml").read_text(encoding="utf-8")
    CONFIG.write_text(_FOLDER.sub(_listed, template), encoding="utf-8")
    if asked.serve:
        raise SystemExit(zensical("serve"))
    now = sha256(f"{gathered} {CONFIG.read_text(encoding='utf-8')}".encode()).hexdigest()
    kept = SITE.is_dir() and LAST.is_file() and LAST.read_text(encoding="utf-8") == now
    LAST.unlink(missing_ok=True)
    code = zensical("build", *([] if kept else ["--clean"]), "--strict")
    if code:
        raise SystemExit(code)
    LAST.write_text(now, encoding="utf-8")
    print(f"The site is {SITE.relative_to(ROOT)}/index.html")  # noqa: T201  a command's output


def zensical(*words: str) -> int:
    """Run Zensical on the configuration; its exit code."""
    words = (words[0], "--config-file", str(CONFIG), *words[1:])
    command = [sys.executable, "-m", "zensical", *words]
    return subprocess.run(command, cwd=CONFIG.parent, check=False).returncode  # noqa: S603  words of ours


def _listed(line: re.Match[str]) -> str:
    """What a folder holds, in the place of the line that names it: its own page first, folders in it last."""
    indent, folder = line[1], staging.STAGE / line[2]
    pages = sorted(folder.glob("*.md"), key=lambda page: (page.name != "index.md", page.name))
    lines = [f"{indent}- {page.relative_to(staging.STAGE)}" for page in pages]
    for inside in sorted(each for each in folder.iterdir() if each.is_dir()):
        lines.append(f"{indent}- {_TITLES.get(inside.name, inside.name.capitalize())}:")
        lines += [
            f"{indent}    - {page.relative_to(staging.STAGE)}"
            for page in sorted(inside.glob("*.md"), key=lambda page: (page.name != "index.md", page.name))
        ]
    return "\n".join(lines)


def write_reference() -> None:
    """Write the pages of the reference, all anew."""
    shutil.rmtree(REFERENCE, ignore_errors=True)
    made = [*api.pages(), *commands.pages(), *rest.pages()]
    for name, _, text in made:
        page = REFERENCE / name
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(text, encoding="utf-8")
    lines = [
        "# Reference",
        "",
        "Written from the package itself. For TypeScript: [another](../../generated/typescript/docs/README.md).",
        "",
    ]
    for name, title, _ in made:
        if name.count("/") == 0 or name.endswith("/index.md"):
            lines.append(f"- [{title}]({name})")
    spaces = [f"- [`{title}`]({name})" for name, title, _ in made if name.startswith("namespaces/")]
    (REFERENCE / "index.md").write_text(
        "\n".join([*lines, "", "## Namespaces of a client", "", *spaces, ""]), encoding="utf-8"
    )


def foreign_hosts() -> set[str]:
    """Hosts that a page of the site would load something from."""
    loads = re.compile(r"""<(?:script|img|link|iframe|source)[^>]*?(?:src|href)=["'](?:https?:)?//([^/"']+)""")
    return {host for page in SITE.rglob("*.html") for host in loads.findall(page.read_text(encoding="utf-8"))}


if __name__ == "__main__":
    main()
