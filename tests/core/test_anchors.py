"""Anchors of headings. All pairs were measured on a server of version 2.5.314."""

from __future__ import annotations

import pytest

from wikijs.core.anchors import anchor, anchors


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
