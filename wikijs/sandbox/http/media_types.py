"""The media types that the server gives to files, by their extension."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files

UNKNOWN = "application/octet-stream"
IN_UTF8 = ("text/", "application/json", "application/javascript")


@cache
def media_types() -> dict[str, str]:
    """Media types by extension, without its dot."""
    source = files("wikijs.sandbox").joinpath("definitions", "media_types.json")
    listed: dict[str, str] = json.loads(source.read_text(encoding="utf-8"))
    return {extension: kind for kind, extensions in listed.items() for extension in extensions.split()}


def content_type_of(extension: str) -> str:
    """The Content-Type of a file with an extension such as `.png`; texts are taken for UTF-8."""
    kind = media_types().get(extension.lstrip("."), UNKNOWN)
    return f"{kind}; charset=utf-8" if kind.startswith(IN_UTF8) else kind
