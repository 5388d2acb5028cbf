"""Markup to Markdown by pandoc, with links that a function rewrites on pandoc's own tree."""

from __future__ import annotations

import json
import math
import re
import subprocess
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from importlib import import_module
from subprocess import PIPE
from typing import Any, Final

from wikijs.core.files import BOUNDS, FileRefusedError, refusing
from wikijs.core.values.installing import pip_line

from ..markdown.lines import guarded, tight_fences
from ..model import InteropError
from .tree import PLAIN, Node, Rewrite, Walker, code_block, short, sized

_MARKDOWN: Final = "gfm-tex_math_gfm+tex_math_dollars"
_HEADING: Final = re.compile(r"^(?===[^\n]*==[ \t]*$)", re.MULTILINE)
_COLUMNS: Final = re.compile(r"</?col(?:group)?\b[^<>]*+>", re.IGNORECASE)
"""Where they are fewer than a row has cells, pandoc would leave out the cells behind them."""
_MOST_PARTS: Final = 200
_MEMORY: Final = "-M1G"


class PandocError(FileRefusedError):
    """Pandoc cannot read a text."""


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
        if format == "html":
            text = _COLUMNS.sub("", text)
        return from_tree(_blocks(text, format, remark), rewrite=rewrite, remark=remark)


def from_tree(blocks: list[Node], *, rewrite: Rewrite, remark: Callable[[str], None]) -> str:
    """Translate the blocks of pandoc's tree; see `to_markdown`."""
    with refusing("The page"):
        tree = json.loads(_empty(_pandoc()))
        tree["blocks"] = Walker(rewrite, remark).blocks(blocks)
        text = run_pandoc(json.dumps(tree), "json", _MARKDOWN, "--wrap=none", "--markdown-headings=atx")
        return tight_fences(sized(guarded(text)), PLAIN).replace(f' class="{PLAIN}"', "")


@cache
def _empty(pandoc: str) -> str:
    """The tree of nothing, which says what version of trees a pandoc reads."""
    return run_pandoc("", "html", "json")


def _blocks(text: str, format: str, remark: Callable[[str], None]) -> list[Node]:
    """The tree of a text. Where pandoc cannot read it, the parts of it that it can read, and the others as code."""
    try:
        read: list[Node] = json.loads(run_pandoc(text, format, "json"))["blocks"]
    except RecursionError:
        raise FileRefusedError(
            "The page is refused: it is nested too deeply.", reason="it is nested too deeply"
        ) from None
    except PandocError as error:
        parts = _parts(text)
        if len(parts) == 1:
            remark(f"A part of it could not be translated and is kept as code, {short(text)}: {error.reason}.")
            return [code_block(text.strip("\n"))]
        return [block for part in parts for block in _blocks(part, format, remark)]
    return read


def _parts(text: str) -> list[str]:
    """A text at its headings, or at its empty lines where it has none."""
    parts = [part for part in _HEADING.split(text) if part.strip()]
    if len(parts) == 1:
        parts = [part for part in text.split("\n\n") if part.strip()]
    return parts if 1 < len(parts) <= _MOST_PARTS else [text]


def run_pandoc(text: str | bytes, source: str, target: str, *options: str, seconds: float = BOUNDS.seconds) -> str:
    """Let pandoc translate a text, in bounded time and memory; it reads no file and opens no connection.

    It is gone when this returns, and soon after this process has died: the system ends it when its time is over.

    Args:
        text: The text, or the bytes of a document.
        source: Its format.
        target: The format wanted.
        options: Further options of pandoc.
        seconds: How long it may take.

    Raises:
        InteropError: There is no pandoc.
        FileRefusedError: It cannot translate this, or not in this time.
    """
    command = [_pandoc(), "+RTS", _MEMORY, "-RTS", "--sandbox", "--preserve-tabs", "-f", source, "-t", target, *options]
    try:
        with subprocess.Popen(command, stdin=PIPE, stdout=PIPE, stderr=PIPE) as process:  # noqa: S603  no shell
            try:
                _limit_time(process.pid, seconds)
                written, complaint = process.communicate(
                    text.encode("utf-8", "replace") if isinstance(text, str) else text, seconds
                )
            except BaseException:
                process.kill()
                raise
    except subprocess.TimeoutExpired:
        raise FileRefusedError(f"The page is refused: pandoc did not translate it in {seconds:g} seconds.") from None
    except OSError:
        raise InteropError("Translating this needs pandoc.", hint=f"{pip_line('interop')}, or install pandoc") from None
    if process.returncode:
        reason = " ".join(complaint.decode("utf-8", "replace").split())[:200].rstrip(":. ")
        raise PandocError(
            f"The page is refused: pandoc cannot translate it: {reason}.", reason=f"pandoc says: {reason}"
        )
    return written.decode("utf-8", "replace").replace("\r\n", "\n")


def _pandoc() -> str:
    try:
        pypandoc: Any = import_module("pypandoc")  # it has no types
        return str(pypandoc.get_pandoc_path())
    except (ModuleNotFoundError, OSError):
        raise InteropError("Translating this needs pandoc.", hint=f"{pip_line('interop')}, or install pandoc") from None


def _limit_time(process: int, seconds: float) -> None:
    """Time of the processor after which the system ends a process, whatever has become of us."""
    with suppress(ImportError, AttributeError, OSError):  # not everywhere, and it may have ended already
        import resource

        limit = math.ceil(seconds)
        resource.prlimit(process, resource.RLIMIT_CPU, (limit, limit))
