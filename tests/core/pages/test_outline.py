"""Headings of a page and the sections below them."""

from __future__ import annotations

import pytest

from wikijs import WikiJSClient
from wikijs.core.pages.outline import LEAD, Section, outline

TEXT = """---
title: x
tags:
  - a
- b
---
Above.

# One {#eins .wide}

a *b*
Two `c`
===

```md
# no heading
```

> ## quoted

- item

  ## in a list

## Tabs {.tabset}

### First

x

### [Second](/a) **tab** &amp; more ##

<h2 id="z" class="a">Ha <b>x</b>
y</h2>

<div>
<h2>inside</h2>
</div>

<!-- <h2>said to nobody</h2> -->

## Two c
"""


def shown(sections: tuple[Section, ...]) -> list[tuple[str, str, int, tuple[str, ...]]]:
    return [(section.id, section.title, section.level, section.parents) for section in sections]


def test_headings_are_those_that_the_server_shows() -> None:
    assert shown(outline(TEXT)) == [
        (LEAD, "", 0, ()),
        ("eins", "One", 1, ()),
        ("a-btwo-c", "a b Two c", 1, ()),
        ("tabs", "Tabs", 2, ("a-btwo-c",)),
        ("first", "First", 3, ("a-btwo-c", "tabs")),
        ("second-tab-more", "Second tab & more", 3, ("a-btwo-c", "tabs")),
        ("z", "Ha x y", 2, ("a-btwo-c",)),
        ("two-c", "Two c", 2, ("a-btwo-c",)),
    ]
    assert [section.id for section in outline(TEXT) if section.is_tabset] == ["tabs"]


def test_sections_end_where_the_next_begins_and_hold_those_below() -> None:
    sections = {section.id: section for section in outline(TEXT)}
    assert TEXT[sections["tabs"].start : sections["tabs"].end] == "## Tabs {.tabset}\n\n"
    assert TEXT[sections["tabs"].start : sections["tabs"].through].startswith("## Tabs {.tabset}\n\n### First")
    assert TEXT[: sections["tabs"].through].endswith("& more ##\n\n".replace("& ", "&amp; "))
    assert sections["a-btwo-c"].through == len(TEXT)
    assert TEXT[sections["z"].start : sections["z"].body] == '<h2 id="z" class="a">Ha <b>x</b>\ny</h2>'


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("", []),
        ("\n", [LEAD]),
        ("# A\r\n\r\ntext\r\n\r\nB\r\n-\r\n", ["a", "b"]),
        ("# A\rtext\r## B", ["a", "b"]),
        ("# A\n# A\n# a\n## A-1", ["a", "a-1", "a-2", "a-1-1"]),
        ("#\n# !\n", ["section", "section-1"]),
        ("# ~lead", ["~lead-1"]),
        ("# 1 of 2\n# Überschrift\n# 日本", ["h-1-of-2", "überschrift", "日本"]),
        ("~~~\n# a\n# b", [LEAD]),
        ("    # code\n\ttext", [LEAD]),
        ("<pre>\n# a\n\n# b\n</pre>\n# c", [LEAD, "c"]),
        ("---\n\ntext\n\n---\n\n# a", [LEAD, "a"]),
        ("---\nnote: x\n\n# a\n\n---\n", [LEAD, "a"]),
        ("***\n# x {.tabset #y}\n", [LEAD, "y"]),
    ],
)
def test_other_texts(text: str, ids: list[str]) -> None:
    assert [section.id for section in outline(text)] == ids


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("<p>x</p><h1>A &amp; <i>b</i></h1><p>y</p><h2 id='q'>C</h2>", [(LEAD, ""), ("a-b", "A & b"), ("q", "C")]),
        ('<h2>a</h2><div><h3>b</h3></div><H2 CLASS="tabset">c</H2>', [("a", "a"), ("c", "c")]),
        ("<p>no end <h2>a<h3>b", [(LEAD, ""), ("a", "a"), ("b", "b")]),
        ("<!-- <h2>no</h2> --><script>'<h2>no</h2>'</script><h2>a</h2>", [(LEAD, ""), ("a", "a")]),
        ("<br><img src=x><h2>a</h2></div><h2>b</h2>", [(LEAD, ""), ("a", "a"), ("b", "b")]),
        ("<!-- <h2>no end</h2>", [(LEAD, "")]),
        ("text only", [(LEAD, "")]),
    ],
)
def test_html(text: str, found: list[tuple[str, str]]) -> None:
    assert [(section.id, section.title) for section in outline(text, html=True)] == found


@pytest.mark.parametrize(
    "piece", ["<", "<a ", "<!--", "<h2>", "<script>", "---\nx: y\r\n", "`", "[", "> ", "# {", "<a b='"]
)
def test_no_text_takes_longer_than_it_is_long(piece: str) -> None:
    text = piece * (40_000 // len(piece))
    sections = outline(text, html=True)
    assert "".join(text[section.start : section.end] for section in sections) == text
    sections = outline("---\n" + text)
    assert sections[-1].end == len(text) + 4


def test_tabs_leave_their_names_to_other_headings() -> None:
    text = "# T {.tabset}\n## A\n### B\n## C\n# A\n# C\n"
    assert [section.id for section in outline(text)] == ["t", "a-1", "b", "c-1", "a", "c"]


def test_the_server_and_the_outline_agree_on_anchors(wikijs_client: WikiJSClient) -> None:
    text = TEXT[TEXT.index("Above.") :]
    page = wikijs_client.pages.create(path="anchors", title="t", content=text)
    render = wikijs_client.pages.get(page.id).render or ""
    for section in outline(text):
        if section.level and section.id not in {"tabs", "first", "second-tab-more"}:  # tabs have no anchors
            assert f'id="{section.id}"' in render, section.id
