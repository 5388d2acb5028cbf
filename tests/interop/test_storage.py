"""Confluence's storage format by hand: macros, links and parts that other tests do not have."""

from __future__ import annotations

from pathlib import Path

import pytest

from .test_compositions import of_space


def macro(name: str, body: str = "", /, **values: str) -> str:
    told = "".join(f'<ac:parameter ac:name="{key.strip("_")}">{value}</ac:parameter>' for key, value in values.items())
    inner = f"<ac:rich-text-body>{body}</ac:rich-text-body>" if body else ""
    return f'<ac:structured-macro ac:name="{name}">{told}{inner}</ac:structured-macro>'


_TWO = '<ac:link><ri:page ri:content-title="Two"/></ac:link>'
_NOTE = (
    '<ac:adf-extension><ac:adf-node type="panel"><ac:adf-attribute key="panel-type">note</ac:adf-attribute>'
    "<ac:adf-content><p>adf</p></ac:adf-content></ac:adf-node><ac:adf-fallback><div>adf</div></ac:adf-fallback>"
    "</ac:adf-extension>"
)


@pytest.mark.parametrize(
    ("body", "keeps", "lacks", "told"),
    [
        (macro("include", __=_TWO), ["[Two](/two)"], [], "The page Two, which was included, is a link now."),
        (macro("excerpt-include", default_parameter="x") + "y", ["y"], [], "excerpt-include"),
        (macro("excerpt", "<p>e</p>") + macro("details", "<p>d</p>"), ["e\n\nd"], [], ""),
        (
            macro("view-file", name='<ri:attachment ri:filename="Plän 1.pdf"/>'),
            ["Plän 1.pdf"],
            [],
            "The macro view-file became a link to its file.",
        ),
        ('<ac:link><ri:space ri:space-key="DEV"/></ac:link>', ["DEV"], ["]("], "Where a link to DEV leads"),
        ('<ac:link><ri:blog-post ri:content-title="Two"/></ac:link>', ["[Two](/two)"], [], ""),
        (
            '<ac:link><ri:shortcut ri:key="jira" ri:parameter="A-1"/></ac:link>',
            ["jira A-1"],
            [],
            "Where a link to jira",
        ),
        (
            '<ac:link><ri:page ri:space-key="X" ri:content-title="Two"/></ac:link>',
            ["Two"],
            ["]("],
            "The page X:Two is not in the export.",
        ),
        ('<p>on <time datetime="2026-05-01"/></p>', ["on 2026-05-01"], [], ""),
        (_NOTE, ["> adf\n{.is-warning}"], ["note", "adf\n\nadf"], ""),
        (
            '<ac:adf-extension><ac:adf-node type="x"/><ac:adf-fallback><p>old</p></ac:adf-fallback></ac:adf-extension>',
            ["old"],
            [],
            "",
        ),
        (macro("status", title="DONE", colour="Green"), ["**DONE**"], ["Green"], ""),
        (
            "<p><ac:placeholder>type</ac:placeholder><ac:inline-comment-marker>m</ac:inline-comment-marker></p>",
            ["m"],
            [],
            "",
        ),
        ('<a href="https://old.example/wiki/spaces/K/pages/2/Two">x</a>', ["[x](/two)"], [], ""),
        ('<ac:link ac:anchor="A b"><ri:page ri:content-title="Two"/></ac:link>', ["(/two#a-b)"], [], ""),
    ],
)
def test_what_is_stored_is_kept_or_told(
    body: str, keeps: list[str], lacks: list[str], told: str, tmp_path: Path
) -> None:
    site = of_space(tmp_path, {"One": body, "Two": "<h1>A b</h1><p>x</p>"})
    text = site.pages["one.md"]
    assert [each for each in keeps if each not in text] == []
    assert [each for each in lacks if each in text] == []
    assert (told in site.told) if told else "One: " not in site.told.replace("One: The file Plän", "")
