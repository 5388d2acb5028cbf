"""Docusaurus: a project with its addresses, numbered names, and the MDX that Markdown can do without."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from wikijs.core.files import FileRefusedError, Tree
from wikijs.core.values.code import outside_code

from ..markdown.lines import without_colon_boxes
from ..model import Remark, Site
from ..spans import replaced
from .markdown_site import Flavour, joined, read_site, without_code

_CONFIGURATIONS: Final = tuple(f"docusaurus.config.{end}" for end in ("js", "ts", "mjs", "cjs"))
_NUMBER: Final = re.compile(r"^\d+\s*[-_.]+\s*(?=[^-_.\s])")
_NO_NUMBER: Final = re.compile(r"^(?:(?:19|20)?\d{2}[-_.]\d{2}[-_.]|\d+[-_.]\d+)")
"""A date or a version, which is no number in front of a name."""
_MODULE: Final = re.compile(r"^(?:import\s(?:[^\n;]*?\sfrom\s|['\"{*])|export\s(?:const|default|function|let|\{))")
_CALL: Final = re.compile(
    r"""\b(src|href|to)=\{\s*+(?:require|useBaseUrl)\(\s*+(["'])([^"'\n]++)\2\s*+\)(?:\.default)?\s*+\}"""
)
_LITERAL: Final = re.compile(r"""\b([a-zA-Z]+)=\{\s*+(["'`])([^"'`{}\n]*+)\2\s*+\}""")
_STYLE: Final = re.compile(r"\sstyle=\{\{[^{}]*+\}\}")
_LINK: Final = re.compile(r"<Link\b([^<>]*?)\sto=")
_TAB: Final = re.compile(r"^(\s*+)<TabItem\b([^<>]*+)>\s*+$")
_ON_LINES: Final = re.compile(
    r"^(?P<margin>[ \t]*+)(?P<open><(?P<name>TabItem|Admonition)\b[^<>\n]*+>)"
    r"(?P<in>.*?)(?P<close></(?P=name)>)?[ \t]*+$"
)
_END_OF_BOX: Final = re.compile(r"^([ \t]*+)</Admonition>[ \t]*+$")
_TAB_NAME: Final = re.compile(r"""\b(label|value|type|title)=(["'])([^"']*+)\2""")
_DROPPED: Final = re.compile(r"^\s*+</?(?:Tabs|TabItem|BrowserOnly|Fragment)\b[^<>]*+>\s*+$")
_COMMENTS: Final = {re.compile(r"\{/\*"): "*/}}", re.compile(r"<!--\s{0,9}(?=truncate\b)"): "-->"}
_COMPONENT: Final = re.compile(r"^[ \t]*+<[A-Z]\w*[^\n>]*>?", re.MULTILINE)
_EXPRESSION: Final = re.compile(r"(?<![\\$`\w\])}>])\{(?![\s.#:%/{])[\w.]+(?:\([^(){}\n]*\))?\}")
_LEFT: Final = (
    (_COMPONENT, "A component was left out, not what is in it: {}"),
    (_EXPRESSION, "An expression was left as it is: {}"),
)
_BOX: Final = re.compile(r"^\s*+:{3,}+\s*+(\w++)?(?:\[([^\]]*+)\])?[ \t]*+(.*)$")
_HEADING_ID: Final = re.compile(r"\{/\*\s*(#[\w-]+)\s*\*/\}")


def read(source: Path) -> Site:
    """Read a project, or its folder `docs`.

    Raises:
        InteropError: There are no pages.
    """
    layout = _Layout.of(Tree(source))
    flavour = Flavour(
        route=_route,
        prepared=prepared_text,
        plain=plain_text,
        candidates=layout.candidates,
        slug=slug,
        number="{}-{}".format,
        hides=lambda name: any(part.startswith("_") for part in name.split("/")),
    )
    site = read_site(layout.docs, flavour)
    site.files = {**site.files, **{f"/{name}": path for name, path in layout.static.items()}}
    for page in site.pages:
        for name in (_unnumbered(posixpath.splitext(page.key)[0]), page.path or "index"):
            site.aliases.setdefault(name, page.key)
    site.remarks += [Remark("", f"The folder {name} was left out.") for name in layout.others]
    return site


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where things are in a project.

    Attributes:
        docs: The documents.
        folder: Their folder within the site, as `@site` sees it.
        base, route: What addresses begin with: of the site, and of the documents.
        static: Files that are served as they are.
        others: Folders with pages that are no documents.
    """

    docs: Tree
    folder: str
    base: str
    route: str
    static: Mapping[str, Path]
    others: tuple[str, ...]

    @classmethod
    def of(cls, root: Tree) -> _Layout:
        """Look at a project."""
        places = [(below, name) for below in ("", "website/") for name in _CONFIGURATIONS]
        found = next(((below, name) for below, name in places if root.is_file(below + name)), None)
        site = found[0] if found else ""
        settings = root.text("".join(found)) if found else ""
        wanted = [joined(site, path) for path in re.findall(r"""\bpath:\s*["']([^"'\n]*docs[^"'\n]*)["']""", settings)]
        folder = next((path for path in [*wanted, f"{site}docs", "docs"] if _is_folder(root, path)), "")
        docs = root.below(folder) if folder else root
        around = root if folder else _parent(root)
        files = around.files(f"{site}static") if around else ()
        static = {file.name.removeprefix(f"{site}static/"): file.path for file in files}
        others = tuple(name for name in ("blog", "versioned_docs") if folder and _is_folder(root, f"{site}{name}"))
        return cls(
            docs,
            posixpath.relpath(folder, site) if folder and site else folder,
            _setting(settings, "baseUrl", "/").strip("/"),
            _setting(settings, "routeBasePath", "docs").strip("/"),
            static,
            others,
        )

    def candidates(self, name: str, route: str, path: str, kind: str) -> list[str]:
        """Names of files and addresses that a link may mean, best first."""
        if path.startswith("@site/"):
            inside = path.removeprefix("@site/")
            return [joined("", inside.removeprefix(f"{self.folder}/")), f"/{inside.removeprefix('static/')}"]
        if path.startswith("pathname:"):
            path = path.removeprefix("pathname:").replace("///", "/")
        if path.startswith("/"):
            found = list(self._addresses(path))
        else:
            # A page has the address of its file, so that browsers read addresses from its folder.
            found = [joined(posixpath.dirname(name), path), joined(posixpath.dirname(route), path), joined(route, path)]
            found.append(joined("", path))
            # A path of a file may leave the folder of the documents and come back to it.
            found += [each.removeprefix(f"{self.folder}/") for each in found if f"{self.folder}/" in path]
        found += [each.removesuffix(".html") for each in found if each.endswith(".html")]
        return [*found, *(posixpath.join(each, "index") for each in found), f"/{joined('', path)}"]

    def _addresses(self, path: str) -> Iterator[str]:
        plain = joined("", path)
        for start in (self.base, ""):
            rest = plain.removeprefix(f"{start}/") if start else plain
            for documents in (f"{self.route}/next", self.route, ""):
                if not documents or rest == documents or rest.startswith(f"{documents}/"):
                    yield rest.removeprefix(documents).strip("/") or "index"
                    yield f"/{rest}"


def _is_folder(root: Tree, name: str) -> bool:
    try:
        return bool(name) and root.place(name).is_dir()
    except FileRefusedError:
        return False


def _parent(root: Tree) -> Tree | None:
    """The project around a folder of documents that was given by itself."""
    return Tree(root.root.parent) if root.root.name == "docs" else None


def _setting(settings: str, name: str, otherwise: str) -> str:
    found = re.search(rf"""\b{name}:\s*["']([^"'\n]*)["']""", settings)
    return found[1] if found else otherwise


def _unnumbered(path: str) -> str:
    return "/".join(part if _NO_NUMBER.match(part) else _NUMBER.sub("", part) for part in path.split("/"))


def _route(name: str, front: Mapping[str, object]) -> str:
    folder, _, own = _unnumbered(posixpath.splitext(name)[0]).rpartition("/")
    address, id_ = front.get("slug"), front.get("id")
    if isinstance(address, str) and address:
        return address.strip("/") if address.startswith("/") else joined(folder, address)
    if isinstance(id_, str) and id_:
        return posixpath.join(folder, id_)
    if own.lower() in {"index", "readme"} or own.lower() == folder.rpartition("/")[2].lower():
        return folder
    return posixpath.join(folder, own)


def slug(text: str) -> str:
    """The id that Docusaurus gives a heading."""
    return re.sub(r"\s", "-", re.sub(r"[^\w\s-]", "", text.strip().lower()))


def prepared_text(body: str, remark: Callable[[str], None]) -> str:
    text = outside_code(_without_modules(body, remark), _as_html)
    text = _without_comments(_HEADING_ID.sub(r"{\1}", text))
    bare = without_code(text)
    for pattern, sentence in _LEFT:
        for match in pattern.finditer(bare):
            remark(sentence.format(match[0].strip()[:60]))
    return without_colon_boxes(text)


def _without_modules(body: str, remark: Callable[[str], None]) -> str:
    """The text without the code of MDX, which ends with an empty line, and without tabs around what is in them."""
    lines: list[str] = []
    fence, is_module = "", False
    for line in _lines(body):
        mark = re.match(r"\s*(`{3,}|~{3,})", line)
        if mark and (not fence or mark[1].startswith(fence)):
            fence = "" if fence else mark[1]
        if not fence and not mark and _MODULE.match(line):
            is_module = True
            remark(f"Code of MDX was left out: {line[:60]}")
        is_module = is_module and bool(line.strip())
        if is_module:
            continue
        tab = None if fence else _TAB.match(line)
        if tab is not None:
            names = {match[1]: match[3] for match in _TAB_NAME.finditer(tab[2])}
            lines += ["", f"**{names.get('label') or names.get('value') or ''}**", ""]
        elif fence or not _DROPPED.match(line):
            lines.append(line)
    return "\n".join(lines)


def _lines(body: str) -> Iterator[str]:
    """The lines of a text, with elements outside code on lines of their own."""
    fence = ""
    for line in body.split("\n"):
        mark = re.match(r"\s*(`{3,}|~{3,})", line)
        if mark and (not fence or mark[1].startswith(fence)):
            fence = "" if fence else mark[1]
        if fence or not line.lstrip().startswith("<"):
            yield line
        else:
            yield from _END_OF_BOX.sub(r"\1:::", _ON_LINES.sub(_apart, line)).split("\n")


def _apart(element: re.Match[str]) -> str:
    """An element of one line, or the line of its beginning or end, as lines that say the same; boxes as such."""
    margin, opening, name, inside, closing = (element[key] or "" for key in ("margin", "open", "name", "in", "close"))
    if name == "Admonition":
        said = {match[1]: match[3] for match in _TAB_NAME.finditer(opening)}
        title = f"[{said['title']}]" if "title" in said else ""
        opening, closing = f":::{said.get('type', 'note')}{title}" if opening else "", ":::" if closing else ""
    return "\n".join(f"{margin}{part}" for part in (opening, inside.strip(), closing) if part)


def _as_html(line: str) -> str:
    line = _LITERAL.sub(r'\1="\3"', _CALL.sub(r'\1="\3"', _STYLE.sub("", line)))
    return _LINK.sub(r"<a\1 href=", line).replace("</Link>", "</a>").replace(" className=", " class=")


def plain_text(body: str) -> str:
    """Without code of MDX; heads of boxes as what they show."""
    lines: list[str] = []
    for line in _without_modules(body, lambda sentence: None).split("\n"):
        head = _BOX.match(line)
        if head is None:
            lines.append(line)
        else:
            lines += ["", head[2] or head[3] or head[1] or "", ""]
    return outside_code(_without_comments("\n".join(lines)), _as_html)


def _without_comments(text: str) -> str:
    return replaced(text, _COMMENTS, lambda opening, inside, whole: "")
