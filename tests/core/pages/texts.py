"""Random texts that look like pages."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Final

_LINES: Final = (
    *(
        "# One",
        "## Two {#two}",
        "### Three {.tabset}",
        "###### Six ##",
        "#no",
        "# ",
        "Title\n===",
        "Title\n---",
        "---",
        "***",
    ),
    *(
        "```",
        "```py",
        "~~~",
        "````",
        "    code",
        "\tcode",
        "> quote",
        "> # quoted",
        "- item",
        "  - # in a list",
        "1. one",
    ),
    *(
        "<h2>a</h2>",
        "<h2 id='x'>a",
        "</h2>",
        "<div>",
        "</div>",
        "<!-- ",
        "-->",
        "<pre>",
        "</pre>",
        "<script>",
        "</script>",
    ),
    *(
        "text",
        "*emphasis* and `code`",
        "[a]: /b",
        "| a | b |\n|---|---|",
        "title: x",
        "",
        "",
        "",
        " ",
        "ü 日本 \U0001f600",
        "\0",
    ),
    *("$$", "{.is-info}", "\\# no", "&amp;", "a\x0bb\x0cc\x1cd\x85e\u2028f", "== ", "<h1>x</h1> y <h3>z</h3>"),
)


def texts(number: int, seed: int = 1) -> Iterator[str]:
    """That many texts, the same ones for the same seed."""
    chance = random.Random(seed)
    for _ in range(number):
        ends = chance.choice(("\n", "\n", "\r\n", "\r", None))
        lines = chance.choices(_LINES, k=chance.randrange(0, 14))
        text = "".join(line + (ends or chance.choice(("\n", "\r\n", "\r", ""))) for line in lines)
        yield text.removesuffix("\n") if chance.random() < 0.3 else text
