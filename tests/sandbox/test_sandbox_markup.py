"""Style sheets and pages as a server of version 2.5.314 was measured to store and render them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from wikijs.sandbox import Sandbox
from wikijs.sandbox.markup.css import minified
from wikijs.sandbox.pages.rendering import rendered


@pytest.mark.parametrize(
    ("css", "stored"),
    [
        ("p{color:blue}", "p{color:#00f}"),
        ("p { color : #ff0000 ; margin: 0px 0px 0px 0px }", "p{color:red;margin:0}"),
        ("/* c */ a{b:c}", "a{b:c}"),
        ("a{color:red;color:blue}", "a{color:red;color:#00f}"),
        ("@media screen { a { color: white } }", "@media screen{a{color:#fff}}"),
        ("a{background:url( 'x.png' )}", "a{background:url('x.png')}"),
        ("p{color:#aabbcc;font-weight:bold}", "p{color:#abc;font-weight:700}"),
        ("a{margin:1px 2px 1px 2px}", "a{margin:1px 2px 1px 2px}"),
        ("a,b{c:d} a,b{e:f}", "a,b{c:d}a,b{e:f}"),
        ("a{}", ""),
        ("h1{font-weight:normal}", "h1{font-weight:400}"),
        ("a{color:rgb(255,0,0)}", "a{color:red}"),
        ("a{color:rgba(0,0,0,.5)}", "a{color:rgba(0,0,0,.5)}"),
        ("a{width:calc(1px + 2px)}", "a{width:calc(1px + 2px)}"),
        ("a{transition:all 0.5s}", "a{transition:all .5s}"),
        ("a{opacity:0.50}", "a{opacity:.5}"),
        ("@import url(x.css);a{b:c}", "@import url(x.css);a{b:c}"),
        ("a{color:blue !important}", "a{color:#00f!important}"),
        ("a{background:none}", "a{background:0 0}"),
        ("a::after{content:'x'}", "a::after{content:'x'}"),
        (".a .b > .c{d:e}", ".a .b>.c{d:e}"),
        ("broken{", ""),
        ("a{color:hsl(0,100%,50%)}", "a{color:red}"),
        ("a{font:bold 12px/1 Arial, sans-serif}", "a{font:bold 12px/1 Arial,sans-serif}"),
        ("a{color:BLUE}", "a{color:#00f}"),
        ("@keyframes x{from{a:b}to{c:d}}", "@keyframes x{from{a:b}to{c:d}}"),
        (":root{--x: 1px}", ":root{--x:1px}"),
        ("@font-face{font-family:x;src:url(y)}", "@font-face{font-family:x;src:url(y)}"),
        ("a[href='x']{b:c}", "a[href='x']{b:c}"),
        ("a:not(.b){c:d}", "a:not(.b){c:d}"),
        ("a{padding:0.0em 1.0em}", "a{padding:0 1em}"),
        ("not css at all", ""),
        ("", ""),
    ],
)
def test_a_style_sheet_is_minified_as_the_server_does(css: str, stored: str) -> None:
    assert minified(css) == stored


EMOJI = '<img class="emoji" draggable="false" alt="{}" src="/_assets/svg/twemoji/{}.svg">'


@pytest.mark.parametrize(
    ("content", "html"),
    [
        ("Type <username> here", "<p>Type  here</p>"),
        ("a <foo>inner</foo> b", "<p>a inner b</p>"),
        ("<foo-bar>x</foo-bar>", "<p>x</p>"),
        ("<object data=x>o</object><embed src=x>", "<p>o</p>"),
        ("<marquee>m</marquee>", "<p><marquee>m</marquee></p>"),
        ("<button onclick='x()'>go</button>", "<p><button>go</button></p>"),
        ("<ruby>a<rt>b</rt></ruby>", "<p><ruby>a<rt>b</rt></ruby></p>"),
        (
            ":smile: :+1: :unknown_one:",
            f"<p>{EMOJI.format('😄', '1f604')} {EMOJI.format('👍', '1f44d')} :unknown_one:</p>",
        ),
        (":) ;)", f"<p>{EMOJI.format('😃', '1f603')} {EMOJI.format('😉', '1f609')}</p>"),
        ("`:smile:` 😀 raw", "<p><code>:smile:</code> 😀 raw</p>"),
        ("![a](/x.png =100x200)", '<p><img src="/x.png" alt="a" width="100" height="200"></p>'),
        ("![a](/x.png =x50)", '<p><img src="/x.png" alt="a" height="50"></p>'),
        ("text {braces}", "<p>text</p>"),
        ("text {braces} end", "<p>text {braces} end</p>"),
        ("text {braces}<!-- -->", "<p>text {braces}</p>"),
        ("text {.cls}", '<p class="cls">text</p>'),
        ("- item {x}\n- item2", "<li>item</li>"),
        ("**b**{x} rest", "<p><strong>b</strong> rest</p>"),
        ("`c`{.k} rest", '<p><code class="k">c</code> rest</p>'),
        ("**{x}**", "<p><strong>{x}</strong></p>"),
        ("end `${x}`", "<p>end <code>${x}</code></p>"),
        ("text {{x}}", '<p v-pre="true">text {{x}}</p>'),
        ("price $5 and $6 here", "<p>price $5 and $6 here</p>"),
        ("\\$5 and \\$6", "<p>$5 and $6</p>"),
        ("$ a $", "<p>$ a $</p>"),
        (
            "text[^1]\n\n[^1]: Foot note",
            '<p>text<sup class="footnote-ref"><a href="#fn1" id="fnref1">[1]</a></sup></p>',
        ),
        ("text[^1]\n\n[^1]: Foot note", '<li id="fn1" class="footnote-item"><p>Foot note <a href="#fnref1" class='),
    ],
)
def test_pages_are_rendered_as_the_server_does(sandbox: Sandbox, content: str, html: str) -> None:
    page = {"content": content, "contentType": "markdown", "path": "p"}
    assert html in rendered(page, sandbox.db).html


@pytest.mark.parametrize("content", ["$a$", "$$\na\n$$", "a$b$c"])
def test_formulas_are_formulas(sandbox: Sandbox, content: str) -> None:
    html = rendered({"content": content, "contentType": "markdown", "path": "p"}, sandbox.db).html
    assert '<span class="katex"><span class="katex-mathml"><math xmlns="http://www.w3.org/1998/Math/MathML"' in html
    assert '<span class="katex-html" aria-hidden="true">' in html
    assert "$" not in html


@pytest.mark.parametrize(
    ("heading", "anchor"),
    [
        ("Sails & masts", "sails-masts"),
        ("Emoji :smile: here", "emoji-here"),
        ("$x$ math", "xxx-math"),
        ("foo--bar", "foo-bar"),
        ("half½ №", "half12-no"),
        ("hello {#my-id}", "my-id"),
    ],
)
def test_anchors_are_the_servers(sandbox: Sandbox, heading: str, anchor: str) -> None:
    html = rendered({"content": f"## {heading}", "contentType": "markdown", "path": "p"}, sandbox.db).html
    assert f'<h2 id="{anchor}" class="toc-header">' in html


FORMULAS = json.loads((Path(__file__).parent / "measured" / "formulas.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("kind", ["inline", "display"])
def test_formulas_have_the_mathml_that_a_server_gave_them(sandbox: Sandbox, kind: str) -> None:
    """One at the end of a text loses the braces at its own end, there too, and is shown as it is written."""
    for formula, measured in FORMULAS[kind]:
        content = f"${formula}$" if kind == "inline" else f"$$\n{formula}\n$$"
        html = rendered({"content": content, "contentType": "markdown", "path": "p"}, sandbox.db).html
        assert measured in html, formula


AMID = json.loads((Path(__file__).parent / "measured" / "formulas_amid.json").read_text(encoding="utf-8"))


def test_formulas_amid_a_text_have_the_mathml_that_a_server_gave_them(sandbox: Sandbox) -> None:
    content = "\n\n".join(f"a ${formula}$ b" for formula, _ in AMID)
    html = rendered({"content": content, "contentType": "markdown", "path": "p"}, sandbox.db).html
    assert [measured for _, measured in AMID if f">{measured}</math>" not in html] == []
    assert len(AMID) > 60


@pytest.mark.parametrize(
    "formula", ["{" * 99, "{" * 60 + "a" + "}" * 60, r"\genfrac(]{0pt}{1}{a}{b}", r"\def\a{x}\a", ""]
)
def test_formulas_that_are_not_judged_are_shown_sign_by_sign(sandbox: Sandbox, formula: str) -> None:
    html = rendered({"content": f"$$\n{formula}\n$$", "contentType": "markdown", "path": "p"}, sandbox.db).html
    assert '<span class="katex-display">' in html


REFUSED = [
    r"a\over b\over c", r"\hspace{x}", r"\limits", r"x\limits", r"\verb|x", r"\begingroup x", r"\hline", r"a\cr b",
    r"\begin{array}{x}1\end{array}",
    r"\frac", r"\undefined", r"\frac{1}", r"\frac1", r"\sqrt", "x^", "x_", "x^^2", "}", "2^{3", r"\left( x", "x#",
    "a & b", r"x \right)", r"\begin{foo}a\end{foo}", r"\begin{matrix}a\end{pmatrix}", r"\begin{matrix}a", r"\begin x",
    r"\mathbb", r"\hat", r"\big", r"\text{a_b}", r"\text{a", r"\text", r"\AA", r"\*", r"\frac^2", "x^2'",
]  # fmt: skip
"""A server showed them as they are written."""
TAKEN = [
    r"a\over b", r"\hspace{1em}", r"\sum\limits_a^b", r"\verb|x|", r"\begingroup x\endgroup",
    r"\begin{array}{|c:r}\hline 1&2\\3&4\end{array}", r"\rule{1em}{.5ex}",
    r"\begin{matrix}a\over b&c\over d\end{matrix}", r"\hspace*{1em}",
    r"\frac12", r"\sqrt x", r"\sqrt[3]{x}", "x^2_3", "x'^2", "_2", r"\mathbb R", r"\text{ü}", r"\left( x \right)",
    r"\begin{matrix}a & b\\c\end{matrix}", r"\begin{array}{c}a\end{array}", r"\color{red}x", r"\href{http://a}{x}", "é",
    r"\newcommand{\a}{x}\a", "x%y", r"\%", r"\sum_{i}^n", r"\big(", r"\ce{H2O}", r"x^\frac12", r"\operatorname*{a}",
    r"\not=", r"\,",
]  # fmt: skip


@pytest.mark.parametrize(
    "formula",
    [
        r"\begin{matrix}a\begin{matrix}b\end{matrix}", r"\left( x \left) y \right)", r"\sqrt[3{x}",
        r"\operatorname{a b}_2",
        r"\operatorname{1}x", r"\left/x\right/", r"\overline", r"\begin{gathered}a\end{gathered}", r"\binom{a}{b}_1",
    ],
)  # fmt: skip
def test_formulas_that_are_half_known_are_shown_somehow(sandbox: Sandbox, formula: str) -> None:
    page = {"content": f"a ${formula}$ b", "contentType": "markdown", "path": "p"}
    html = rendered(page, sandbox.db).html
    assert ('class="katex"' in html) != (f"a {formula} b" in html)


@pytest.mark.parametrize("formula", REFUSED)
def test_what_katex_refuses_is_shown_as_it_is_written(sandbox: Sandbox, formula: str) -> None:
    written = formula.replace("&", "&amp;")
    page = {"content": f"a ${formula}$ b", "contentType": "markdown", "path": "p"}
    assert f"a {written} b" in rendered(page, sandbox.db).html
    html = rendered(page | {"content": f"a\n\n$$\n{formula}\n$$\n\nb"}, sandbox.db).html
    assert written in html
    assert "katex" not in html


@pytest.mark.parametrize("formula", TAKEN)
def test_what_katex_takes_is_a_formula(sandbox: Sandbox, formula: str) -> None:
    html = rendered({"content": f"a ${formula}$ b", "contentType": "markdown", "path": "p"}, sandbox.db).html
    assert '<span class="katex">' in html


def test_two_dollars_in_a_line_are_text(sandbox: Sandbox) -> None:
    page = {"content": "a $$x$$ b", "contentType": "markdown", "path": "p"}
    assert "a $$x$$ b" in rendered(page, sandbox.db).html


def test_marks_in_a_formula_are_none(sandbox: Sandbox) -> None:
    html = rendered({"content": "$a^2+b^2=c$", "contentType": "markdown", "path": "p"}, sandbox.db).html
    assert "<sup>" not in html
    assert "</mrow>a^2+b^2=c</math>" in html
