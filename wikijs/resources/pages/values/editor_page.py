"""The page with the editor, as a server sends it to a browser."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Final

EDITOR: Final = "editor"


class EditorReader(HTMLParser):
    """Finds the element that the editor is made of."""

    def __init__(self) -> None:
        super().__init__()
        self.attributes: dict[str, str | None] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take the attributes of the first such element."""
        if tag == EDITOR and self.attributes is None:
            self.attributes = dict(attrs)
