"""Markup to Markdown by pandoc, with links that a function rewrites on pandoc's own tree."""

from __future__ import annotations

import json
import math
import subprocess
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from subprocess import PIPE
from typing import Any, Final, cast

from wikijs.core.files import BOUNDS, FileRefusedError, refusing

from .model import InteropError

_MARKDOWN: Final = "gfm-raw_html"
_MEMORY: Final = "-M1G"
_MISSING: Final = 'pip install "py-wikijs[interop]", or install pandoc'

Rewrite = Callable[[str, bool], str | None]
"""The new target of a link, or of an image if the second argument is true; None for text without a link."""


def to_markdown(text: str, format: str, *, rewrite: Rewrite, remark: Callable[[str], None]) -> str:
    """Translate markup.

    Args:
        text: The markup.
        format: Its name for pandoc, such as "mediawiki".
        rewrite: Gives links and images their new targets.
        remark: Told of what pandoc left as it was.

    Raises:
        InteropError: There is no pandoc.
    """
    with refusing("The page"):
        tree = json.loads(run_pandoc(text, format, "json"))
        tree["blocks"] = _walked(tree["blocks"], rewrite, remark)
        return run_pandoc(json.dumps(tree), "json", _MARKDOWN, "--wrap=none", "--markdown-headings=atx")


def run_pandoc(text: str, source: str, target: str, *options: str, seconds: float = BOUNDS.seconds) -> str:
    """Let pandoc translate a text, in bounded time and memory; it reads no file and opens no connection.

    It is gone when this returns, and soon after this process has died: the system ends it when its time is over.

    Args:
        text: The text.
        source: Its format.
        target: The format wanted.
        options: Further options of pandoc.
        seconds: How long it may take.

    Raises:
        InteropError: There is no pandoc.
        FileRefusedError: It cannot translate this, or not in this time.
    """
    command = [_pandoc(), "+RTS", _MEMORY, "-RTS", "--sandbox", "-f", source, "-t", target, *options]
    try:
        with subprocess.Popen(command, stdin=PIPE, stdout=PIPE, stderr=PIPE) as process:  # noqa: S603  no shell
            try:
                _limit_time(process.pid, seconds)
                written, complaint = process.communicate(text.encode("utf-8", "replace"), seconds)
            except BaseException:
                process.kill()
                raise
    except subprocess.TimeoutExpired:
        raise FileRefusedError(f"The page is refused: pandoc did not translate it in {seconds:g} seconds.") from None
    except OSError:
        raise InteropError("Translating this needs pandoc.", hint=_MISSING) from None
    if process.returncode:
        lines = complaint.decode("utf-8", "replace").split("\n")
        raise FileRefusedError(f"The page is refused: pandoc cannot translate it: {lines[0][:200]}")
    return written.decode("utf-8", "replace").replace("\r\n", "\n")


def _pandoc() -> str:
    try:
        pypandoc: Any = import_module("pypandoc")  # it has no types
        return str(pypandoc.get_pandoc_path())
    except (ModuleNotFoundError, OSError):
        raise InteropError("Translating this needs pandoc.", hint=_MISSING) from None


def _limit_time(process: int, seconds: float) -> None:
    """Time of the processor after which the system ends a process, whatever has become of us."""
    with suppress(ImportError, AttributeError, OSError):  # not everywhere, and it may have ended already
        import resource

        limit = math.ceil(seconds)
        resource.prlimit(process, resource.RLIMIT_CPU, (limit, limit))


def _walked(node: Any, rewrite: Rewrite, remark: Callable[[str], None]) -> Any:
    """The tree with other links. Nodes are `{"t": kind, "c": content}`; a link has attributes, text, target."""
    if isinstance(node, list):
        found: list[Any] = []
        items = cast("list[Any]", node)  # type: ignore[redundant-cast]  # pyright sees no type here
        for item in items:
            new: Any = _walked(item, rewrite, remark)
            found += cast("list[Any]", new) if isinstance(new, _Spliced) else [new]
        return found
    if not isinstance(node, dict) or "c" not in node or "t" not in node:
        return cast("Any", node)
    kind, content = cast("str", node["t"]), cast("Any", node["c"])
    if kind in {"RawInline", "RawBlock"} and content[0] != "html":
        remark(f"{_short(content[1])} was left as it is.")
        return _node("Code" if kind == "RawInline" else "CodeBlock", content[1])
    if kind in {"Link", "Image"}:
        inner: Any = _walked(content[1], rewrite, remark)
        new_target = rewrite(content[2][0], kind == "Image")
        if new_target is None:
            return _Spliced(inner)
        if kind == "Link" and not any(each.get("c") for each in inner):
            # The program itself would show the title of the page.
            inner = [{"t": "Str", "c": new_target.strip("/")}]
        return _node(kind, inner, [new_target, ""])
    return {"t": kind, "c": _walked(content, rewrite, remark)}


def _node(kind: str, *content: object) -> dict[str, object]:
    no_attributes: list[object] = ["", [], []]
    return {"t": kind, "c": [no_attributes, *content]}


class _Spliced(list[Any]):
    """Nodes that take the place of one."""


def _short(text: str) -> str:
    line = " ".join(text.split())
    return repr(line if len(line) <= 60 else f"{line[:57]}...")
