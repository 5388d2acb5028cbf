"""Gathers what the site shows: guides, the project's own papers, examples, the npm package's pages; links made right.

In the repository a guide links to a file where it lies. On the site each such file is a page: papers and Markdown as
they are, code in a block. A link to something that is not there ends the build.
"""

from __future__ import annotations

import posixpath
import re
from hashlib import sha256
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
DOCS: Final = ROOT / "docs"
STAGE: Final = ROOT / ".stamps/docs"
PAPERS: Final = {
    "README.md": "index.md",
    "CHANGELOG.md": "project/changelog.md",
    "CONTRIBUTING.md": "project/contributing.md",
    "SECURITY.md": "project/security.md",
    "benchmarks/README.md": "project/benchmarks.md",
    "generated/typescript/README.md": "typescript-package/index.md",
}
"""Pages that lie elsewhere in the repository, and where they are on the site."""
FOLDERS: Final = {"generated/typescript/docs": "typescript-package/reference"}
SHOWN: Final = {".md", ".svg", ".png", ".json", ".css", ".js"}
KINDS: Final = {
    ".py": "python",
    ".ts": "ts",
    ".tsx": "tsx",
    ".js": "js",
    ".mjs": "js",
    ".json": "json",
    ".ipynb": "json",
    ".toml": "toml",
    ".yml": "yaml",
    ".yaml": "yaml",
    ".sh": "sh",
    ".html": "html",
    ".service": "ini",
    ".csv": "text",
    ".txt": "text",
    ".ini": "ini",
    "": "text",
}
"""How code is coloured."""
_LINK: Final = re.compile(r"\[([^\]\[]*)\]\(([^)\s#]*)(#[^)\s]*)?\)")
_FENCE: Final = re.compile(r"^```.*?^```\s*?$", re.DOTALL | re.MULTILINE)
_REASON: Final = re.compile(r"^( *)<!-- not run: ([^\n]+?) -->$", re.MULTILINE)
_MARK: Final = re.compile(r"^ *<!-- run by: [^\n]+ -->\n+", re.MULTILINE)
_TAB: Final = re.compile(
    r"^<!-- tab: ([^\n]+?) -->\n+((?:<small [^\n]+</small>\n+)?```.*?^```(?:\n+```text\n.*?^```)?)$",
    re.DOTALL | re.MULTILINE,
)
_DIAGRAM: Final = re.compile(r"^```mermaid\n(.*?)^```\s*?$", re.DOTALL | re.MULTILINE)


class BrokenLinkError(Exception):
    """A page links to something that is not in the repository."""


STYLE: Final = """\
.md-typeset table:not([class]) code { white-space: nowrap; word-break: keep-all; }
.md-typeset .tabbed-content pre { margin-top: 0; }
.md-typeset img { border-radius: .2rem; }
.md-typeset table:not(:has(th:not(:empty))) thead { display: none; }
"""
"""Words of code are not torn apart in tables, which can be moved sideways where they are wide; heads without a word are
not shown."""


def stage() -> None:
    """Fill .stamps/docs.

    Raises:
        BrokenLinkError: Links lead nowhere; all are named.
    """
    homes = {
        page.relative_to(ROOT).as_posix(): page.relative_to(DOCS).as_posix()
        for page in DOCS.rglob("*")
        if page.is_file()
        and page.suffix in {".md", ".svg", ".png", ".json", ".css", ".js"}
        and "site" not in page.parts
    }
    homes |= PAPERS
    for folder, home in FOLDERS.items():
        homes |= {f"{folder}/{page.name}": f"{home}/{page.name}" for page in (ROOT / folder).glob("*.md")}
    homes = {source: home.replace("README.md", "index.md") for source, home in homes.items()}
    broken: list[str] = []
    waiting = list(homes)
    while waiting:
        source = waiting.pop()
        target = STAGE / homes[source]
        if source.endswith(".md"):
            text = reasoned(drawn((ROOT / source).read_text(encoding="utf-8"), source, broken))
        elif homes[source].endswith(".md"):
            text = code_page(source)
            if (ROOT / source).is_file():
                put(target, text.encode())
                continue
        else:
            put(target, (ROOT / source).read_bytes())
            continue
        put(target, relinked(text, source, homes, waiting, broken).encode())
    put(STAGE / "style.css", STYLE.encode())
    only(STAGE, {STAGE / home for home in homes.values()} | {STAGE / "style.css"})
    if broken:
        raise BrokenLinkError("\n".join(broken))


def put(target: Path, said: bytes) -> None:
    """Write a file where it says something else: what did not change is not built again."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if not target.is_file() or target.read_bytes() != said:
        target.write_bytes(said)


def only(folder: Path, kept: set[Path]) -> None:
    """Take away files of earlier builds, and folders that are empty then."""
    for each in sorted(folder.rglob("*"), reverse=True):
        if each.is_dir():
            if not any(each.iterdir()):
                each.rmdir()
        elif each not in kept:
            each.unlink()


def diagrams(text: str) -> list[str]:
    """The diagrams of a page, which GitHub draws, and the site shows as pictures."""
    return _DIAGRAM.findall(text)


def picture(source: str) -> str:
    """Name of the picture of a diagram."""
    return f"diagram-{sha256(source.encode()).hexdigest()[:10]}.svg"


def drawn(text: str, source: str, broken: list[str]) -> str:
    """A page with pictures in the place of its diagrams."""

    def one(diagram: re.Match[str]) -> str:
        name = picture(diagram[1])
        if not (DOCS / "images" / name).exists():
            broken.append(f"{source}: its diagram has no picture, see docs/diagrams.py")
        return f"![Diagram](images/{name})"

    return _DIAGRAM.sub(one, text)


def reasoned(text: str) -> str:
    """A page that says where a block of it is not tried by a test."""
    return tabbed(_REASON.sub(r'\1<small class="not-run">Not tried by a test: \2.</small>', _MARK.sub("", text)))


def tabbed(text: str) -> str:
    """Blocks that a comment in front of them makes tabs of each other."""

    def one(tab: re.Match[str]) -> str:
        return f'=== "{tab[1]}"\n\n' + "\n".join(f"    {line}".rstrip() for line in tab[2].splitlines())

    return _TAB.sub(one, text)


def code_page(source: str) -> str:
    """A page that shows a file, or lists a folder."""
    path = ROOT / source
    if path.is_dir():
        inside = sorted(each for each in path.rglob("*") if each.is_file() and "__pycache__" not in each.parts)
        lines = [f"- [{name}]({name})" for name in (each.relative_to(path).as_posix() for each in inside)]
        return f"# `{source}`\n\n" + "\n".join(lines) + "\n"
    text = path.read_text(encoding="utf-8")
    return f"# `{source}`\n\n````{KINDS.get(path.suffix, 'text')}\n{text.rstrip()}\n````\n"


def relinked(text: str, source: str, homes: dict[str, str], waiting: list[str], broken: list[str]) -> str:
    """The text with its links leading to pages of the site; what they need is added to `homes` and `waiting`."""

    def one(link: re.Match[str]) -> str:
        words, target, fragment = link[1], link[2], link[3] or ""
        if not target or re.match(r"[a-z]+:", target):
            return link[0]
        found = posixpath.normpath(posixpath.join(_folder(source), target))
        if found not in homes:
            if not (ROOT / found).exists() or found.startswith(".."):
                broken.append(f"{source}: {target}")
                return link[0]
            homes[found] = f"files/{found}/index.md" if (ROOT / found).is_dir() else f"files/{found}.md"
            waiting.append(found)
        to = posixpath.relpath(homes[found], posixpath.dirname(homes[source]) or ".")
        return f"[{words}]({to}{fragment})"

    done, last = [], 0
    for fence in _FENCE.finditer(text):
        done += [_LINK.sub(one, text[last : fence.start()]), fence[0]]
        last = fence.end()
    return "".join([*done, _LINK.sub(one, text[last:])])


def _folder(source: str) -> str:
    return source if (ROOT / source).is_dir() else posixpath.dirname(source)
