"""What MediaWiki's extensions add to its markup: translated, kept as code and told, or left out and told."""

from __future__ import annotations

from pathlib import Path

import pytest

from .test_cases import Converted, of_dump

_CASES: dict[str, tuple[str, list[str], list[str], str]] = {
    "verses": (
        "a\n\n<poem>\nroses ''red''\n  violets\n:blue\n\nsugar\n</poem>\n\nz",
        ["roses *red*\\\n\u00a0\u00a0violets\\\n\u00a0\u00a0\u00a0\u00a0blue\\\n\\\nsugar\n\nz"],
        ["poem", "`"],
        "",
    ),
    "verses in an item": ("* <poem>one\ntwo</poem>\n* next", ["- one\\\n  two\n- next"], ["poem"], ""),
    "verses with a list": ("<poem>\n* one\n* two\nthree\n</poem>", ["- one\n- two\n\nthree"], ["poem"], ""),
    "verses in a cell": ("{|\n| <poem>one\ntwo</poem> || b\n|}", ["one<br>two", "b"], ["poem"], ""),
    "code in a line": ("see <syntaxhighlight lang=c inline>a *b*</syntaxhighlight> x", ["`a *b*` x"], ["```"], ""),
    "music": ("<score>{c d}</score> x", ["`<score>{c d}</score>` x"], [], "What MediaWiki makes of <score>"),
    "music over lines": (
        "a\n<score sound=1>\n\\new { c d }\n\ne\n</score>\nb",
        ["```\n<score sound=1>\n\\new { c d }\n\ne\n</score>\n```\n\nb"],
        [],
        "is kept as code: '\\\\new { c d } e'",
    ),
    "a program without content": ('<pages index="a" from=1 />', ['`<pages index="a" from=1 />`'], [], "<pages index"),
    "a question to the reader": ("<inputbox>\ntype=create\n</inputbox>", ["```\n<inputbox>"], [], "<inputbox>"),
    "a time line": ("<timeline>\na=b\n c\n</timeline>", ["\n c\n</timeline>\n```"], [], "<timeline>"),
    "code in code": (
        "<quiz>\na</syntaxhighlight>b <pre>c</pre>\n</quiz>",
        ["a</syntaxhighlight>b <pre>c"],
        [],
        "<quiz>",
    ),
    "chemistry": (
        "<ce>CO2</ce> <chem>NaCl</chem> <math chem>\\ce{H2O}</math>",
        ["$\\ce{CO2}$ $\\ce{NaCl}$ $\\ce{H2O}$"],
        [],
        "",
    ),
    "parts for other pages": (
        "<section begin=a/> in<section end=a />\n<noinclude>here</noinclude><includeonly>there</includeonly>",
        ["in here"],
        ["section", "`"],
        "What only pages that include this one show was left out: 'there'.",
    ),
    "translations": (
        "<languages/>\n<translate><!--T:1--> hello <tvar name=1>x</tvar> <tvar|2>y</></translate>",
        ["hello x y"],
        ["translate", "tvar", "`"],
        "'<languages/>' was left out.",
    ),
    "style sheets": ('<templatestyles src="A/b.css" /> text', ["\ntext"], ["styles.css"], "was left out"),
    "areas of an image": (
        "<imagemap>\n# no\nFile:A.png|thumb|the map\nrect 0 0 9 9 [[Other|Corner]]\ndesc none\n</imagemap>",
        ["![the map](/A.png)", "- [Corner](/other)"],
        ["rect", "imagemap", "none"],
        "became an image and a list of its links",
    ),
    "areas of nothing": ("a <imagemap>\n</imagemap> b", ["a b"], ["imagemap"], "list of its links"),
    "tabs": (
        "<tabber>\nOne=first\n|-|\nTwo=second\n|-|\nlast\n</tabber>",
        ["**One**\n\nfirst\n\n**Two**"],
        ["|-|"],
        "",
    ),
    "what stands above a gallery": (
        "<gallery caption=\"Our '''boats'''\" mode=packed>\nA.png|cap\n</gallery>",
        ["Our", "boats", "![cap](/A.png)"],
        [],
        "",
    ),
    "notes of a list": (
        'a<ref name=q/>\n<references>\n<ref name="q">said</ref>\n<ref name="r">unused</ref>\n</references>',
        ["a[^1]", "[^1]: said", "unused"],
        ["references"],
        "",
    ),
    "notes in groups": (
        'a<ref group=g name="x/y">said</ref> b<ref name="x/y" group=g />\n<references group=g />',
        ["a[^1] b[^2]", "[^1]: said", "[^2]: said"],
        ["```", "references"],
        "",
    ),
    "comments": (
        "* a\n<!-- one -->\n <!-- two\n<poem> -->\n* b <!-- <score> -->c<nowiki><!-- d --></nowiki>",
        ["- a\n- b c\\<!-- d --\\>"],
        ["one", "two", "score"],
        "",
    ),
    "elements that do not end a word": ("w<font color=red>o</font><big>r</big>d", ["font"], [], ""),
}


def _page(markup: str, folder: Path) -> tuple[str, Converted]:
    site = of_dump(folder, [("Page", markup), ("Other", "x")])
    return next(text for name, text in site.pages.items() if name.startswith("page")), site


@pytest.mark.parametrize(("markup", "keeps", "lacks", "told"), list(_CASES.values()), ids=list(_CASES))
def test_what_extensions_add(markup: str, keeps: list[str], lacks: list[str], told: str, tmp_path: Path) -> None:
    text, site = _page(markup, tmp_path)
    assert [each for each in keeps if each not in text] == []
    assert [each for each in lacks if each in text] == []
    assert "not to be seen" not in site.told
    assert told in site.told
    if not told:
        assert [remark for remark in site.report.remarks if "beside the dump" not in remark.text] == []
