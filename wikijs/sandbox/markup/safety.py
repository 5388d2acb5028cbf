"""Leaving out what a page must not contain: scripts, frames, handlers of events."""

from __future__ import annotations

from .tree import Element

DROPPED = {"script", "style", "iframe", "object", "embed", "noscript", "template", "head", "title", "xmp"}
"""Elements that go with all that is in them."""

UNWRAPPED = {"html", "body", "base", "link", "meta", "frame", "frameset", "applet"}
"""Elements that go without what is in them."""


def sanitised(root: Element) -> None:
    """Clean a tree in place."""
    kept: list[Element | str] = []
    for child in root.children:
        if isinstance(child, str):
            kept.append(child)
        elif child.name not in DROPPED:
            sanitised(child)
            child.attributes = {name: value for name, value in child.attributes.items() if is_safe(name, value)}
            kept += child.children if child.name in UNWRAPPED else [child]
    root.children = kept


def is_safe(name: str, value: str) -> bool:
    """Whether an attribute may stay."""
    return not name.startswith("on") and not (
        name in {"href", "src", "action", "formaction", "xlink:href"}
        and value.strip().lower().startswith(("javascript:", "vbscript:"))
    )
