"""Markup to Markdown by pandoc, with links that a function rewrites on pandoc's own tree."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib import import_module
from typing import Any, Final, cast

from .model import InteropError

_MARKDOWN: Final = "gfm-raw_html"
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
    try:
        pypandoc: Any = import_module("pypandoc")  # it has no types
    except ModuleNotFoundError:
        raise InteropError("Translating this needs pandoc.", hint=_MISSING) from None
    try:
        tree = json.loads(pypandoc.convert_text(text, "json", format=format))
        tree["blocks"] = _walked(tree["blocks"], rewrite, remark)
        options = ["--wrap=none", "--markdown-headings=atx"]
        return str(pypandoc.convert_text(json.dumps(tree), _MARKDOWN, format="json", extra_args=options))
    except OSError:
        raise InteropError("Translating this needs pandoc.", hint=_MISSING) from None


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
