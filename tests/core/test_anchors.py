"""Anchors of headings. All pairs were measured on a server of version 2.5.314."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Literal

import pytest

from wikijs.core.anchors import anchor, anchors
from wikijs.core.pages.outline import outline
from wikijs.reports import dead_links, read_wiki
from wikijs.sandbox import Sandbox


@pytest.mark.parametrize(
    ("text", "measured"),
    [
        ("What's new?", "whats-new"),
        ("Sails & masts", "sails-masts"),
        ("2024 News", "h-2024-news"),
        ("C++ / C#", "c-c"),
        ("a_b_c", "a_b_c"),
        ("Über uns", "über-uns"),
        ("Ärger -- Ösen", "ärger-ösen"),
        ("foo \u2013 bar — baz", "foo-bar-baz"),
        ("  trimmed  ", "trimmed"),
        ("😀 smile", "smile"),
        ("日本語 見出し", "日本語-見出し"),
        ("Привет Мир", "привет-мир"),
        ("a~b", "a~b"),
        ("100%", "h-100"),
        ("a/b/c", "abc"),
        ("-dash-", "-dash-"),
        ("“quoted”", "quoted"),
        ("x²", "x2"),
        ("a\u00a0b", "a-b"),
        ("tab\tx", "tabx"),
        ("----", "-"),
        ("???", ""),
        ("Ⅷ roman", "viii-roman"),
        ("İstanbul", "i\u0307stanbul"),
        ("e\u0301 nfd", "é-nfd"),
        ("half½", "half12"),
        ("٣ arabic", "٣-arabic"),
        ("中文\uff0c标点", "中文标点"),
        ("हिन्दी शीर्षक", "हिन्दी-शीर्षक"),
        ("№ 5", "no-5"),
        ("v1.2.3", "v123"),
    ],
)
def test_an_anchor_is_the_servers(text: str, measured: str) -> None:
    assert anchor(text) == measured


def test_headings_alike_are_numbered_and_an_id_counts() -> None:
    headings = [("A", None), ("a!", None), ("B", "a"), ("1", None), ("h-1", None), ("C", "own")]
    assert anchors(headings) == ["a", "a-1", "a-2", "h-1", "h-1-1", "own"]


MEASURED = Path(__file__).parents[1] / "sandbox" / "measured" / "headings.json"


@pytest.mark.parametrize("page", json.loads(MEASURED.read_text(encoding="utf-8")), ids=["markdown", "html"])
def test_a_page_of_odd_headings_has_the_anchors_that_a_server_gave_them(page: dict[str, Any]) -> None:
    """Signs of all kinds, of all scripts, alike, empty, with ids of their own: as the sandbox renders them. An id that
    a document has itself is left out.
    """
    with Sandbox() as sandbox, sandbox.client() as client:
        editor: Literal["code", "markdown"] = "code" if page["editor"] == "html" else "markdown"
        made = client.pages.create("odd", title="Odd", content=page["content"], editor=editor)
        html = client.pages.get(made.id).render or ""
    found = re.findall(r'<h[1-6]([^>]*)><a class="toc-anchor" href="#([^"]*)"', html)
    ids = [re.search(r'\bid="([^"]*)"', attributes) for attributes, _ in found]
    assert [[href, own and own[1]] for (_, href), own in zip(found, ids, strict=True)] == page["headings"]


def test_sections_are_called_by_the_anchors_that_a_server_gave() -> None:
    """But for headings without any text, formulas, and names of emoji, which are not known here."""
    for page in json.loads(MEASURED.read_text(encoding="utf-8")):
        sections = [each for each in outline(page["content"], html=page["editor"] == "html") if each.level]
        pairs = list(zip([each.id for each in sections], [each[0] for each in page["headings"]], strict=True))
        assert [own for own, measured in pairs if own != measured and not re.fullmatch(r"section(-\d+)?", own)] == (
            [] if page["editor"] == "html" else ["smile-smile-rocket", "tada-shortcode-first", "x2-squared", "e-mc2"]
        )


@pytest.mark.parametrize(
    ("text", "measured"),
    [
        ("日本語、テスト。", "日本語-テスト"),
        ("𠮷野家", "野家"),
        ("𐍈 gothic", "gothic"),
        ("㐂 rare", "rare"),
        ("Ა newer", "newer"),
        ("\U0001d401old", "bold"),
    ],
)
def test_letters_that_the_server_does_not_know_go(text: str, measured: str) -> None:
    assert anchor(text) == measured


def test_an_id_that_begins_with_a_digit_is_put_behind_a_letter() -> None:
    assert anchors([("Text", "1st"), ("Text", "own")]) == ["h-1st", "own"]


def test_a_link_to_a_heading_that_gets_no_id_is_told() -> None:
    with Sandbox() as sandbox, sandbox.client() as client:
        client.pages.create("odd", title="Odd", content="## Links\n\n## Fine\n\n[a](#links) [b](#fine) [c](/odd#links)")
        told = [finding.detail for finding in dead_links(read_wiki(client)).findings]
    assert "/odd#links" in told
