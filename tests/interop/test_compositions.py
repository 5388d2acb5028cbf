"""Random pages made of each program's constructs in each other: no word is lost, and none is said to be.

`WIKIJS_COMPOSITIONS=200` makes as many pages of each kind.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path
from random import Random
from typing import Final

import pytest

from wikijs.interop import Kind
from wikijs.interop.markdown.parsing import shown

from .test_cases import Converted, converted, of_dump, of_files
from .test_odd_documents import packed

PAGES: Final = int(os.environ.get("WIKIJS_COMPOSITIONS", "6"))
# W is a word, I what stands in a line, B a block.
_HTML: Final = (
    [
        "<h2>I</h2>", "<p>I</p>", "<p>I<br/>- W<br/>1. W</p>", "<ul><li>I</li><li>B</li></ul>", "<pre>W\n\n\nW</pre>",
        "<table><tr><th>I</th><th>W|W</th></tr><tr><td>B</td><td>I</td></tr></table>", "<blockquote>B</blockquote>",
        "<dl><dt>W</dt><dd>I</dd></dl>", "<hr/>B", "<p>W *W* _W_ &lt;W&gt; # W</p>",
    ],
    [
        "W W", "<b>I</b>", "<i>I</i>", "<strong>“I”</strong>W", "<a href='https://e.example'>W</a>", "<code>W</code>",
        "<sup>W</sup>", "<span>I</span>", "&lt;W&gt;", "<u>I</u>", "<s>I</s>", "W<br/>W",
    ],
)  # fmt: skip
_MARKDOWN: Final = (
    [
        "## W", "I", "- I\n\n  W", '!!! note "W"\n\n    I', '=== "W"\n\n    I', "| W | I |\n|---|---|\n| I | W |",
        "```\nW\n\nW\n```", "> I", "I  \nI", "<div>\n\nI\n\n</div>", "- [x] I", "text[^1]\n\n[^1]: W",
    ],
    ["W W", "**W**", "*W*", "[W](page0.md)", "`W`", "<b>I</b>", "==W==", "![W](a.png)"],
)  # fmt: skip
_BODY: Final = "<ac:rich-text-body>B</ac:rich-text-body>"
_TITLE: Final = '<ac:parameter ac:name="title">W</ac:parameter>'
_STORAGE: Final = (
    [
        *_HTML[0][:-1],
        f'<ac:structured-macro ac:name="info">{_TITLE}{_BODY}</ac:structured-macro>',
        f'<ac:structured-macro ac:name="panel">{_BODY}</ac:structured-macro>',
        f'<ac:structured-macro ac:name="expand">{_TITLE}{_BODY}</ac:structured-macro>',
        f'<ac:structured-macro ac:name="own-macro">{_BODY}</ac:structured-macro>',
        '<ac:structured-macro ac:name="code"><ac:parameter ac:name="language">py</ac:parameter>'
        "<ac:plain-text-body><![CDATA[W <W>\n\n# W]]]]><![CDATA[>W]]></ac:plain-text-body></ac:structured-macro>",
        "<ac:task-list><ac:task><ac:task-id>1</ac:task-id><ac:task-status>complete</ac:task-status>"
        "<ac:task-body>I</ac:task-body></ac:task></ac:task-list>",
        '<ac:layout><ac:layout-section ac:type="two_equal"><ac:layout-cell>B</ac:layout-cell><ac:layout-cell>B'
        "</ac:layout-cell></ac:layout-section></ac:layout>",
    ],
    [
        *_HTML[1],
        '<ac:link><ri:page ri:content-title="Page0"/><ac:plain-text-link-body><![CDATA[W & W]]>'
        "</ac:plain-text-link-body></ac:link>",
        '<ac:link><ri:page ri:space-key="OTHER" ri:content-title="W"/></ac:link>',
        '<ac:link><ri:attachment ri:filename="W ü.pdf"/></ac:link>',
        '<ac:image ac:width="20"><ri:attachment ri:filename="W.png"/></ac:image>',
        '<ac:structured-macro ac:name="status"><ac:parameter ac:name="title">W</ac:parameter></ac:structured-macro>',
        '<ac:structured-macro ac:name="jira"><ac:parameter ac:name="key">W</ac:parameter></ac:structured-macro>',
        '<ac:emoticon ac:name="smile"/> <time datetime="2026-01-01"/> W',
    ],
)
_RUN: Final = '<w:r><w:t xml:space="preserve"> W </w:t></w:r>'
_WORD: Final = (
    [
        "<w:p>I</w:p>", "<w:p>I<w:r><w:br/></w:r>I</w:p>",
        "<w:p><w:pPr><w:pStyle w:val='berschrift1'/></w:pPr>I</w:p>",
        "<w:tbl><w:tblGrid><w:gridCol w:w='9'/><w:gridCol w:w='9'/></w:tblGrid><w:tr><w:tc><w:tcPr/>B</w:tc><w:tc>"
        "<w:tcPr/><w:p>I</w:p></w:tc></w:tr><w:tr><w:tc><w:tcPr><w:gridSpan w:val='2'/></w:tcPr><w:p>I</w:p>"
        "</w:tc></w:tr></w:tbl>",
        "<w:sdt><w:sdtContent><w:p>I</w:p></w:sdtContent></w:sdt>",
    ],
    [
        _RUN, "<w:r><w:rPr><w:b/></w:rPr><w:t>W</w:t></w:r>", "<w:r><w:rPr><w:i/></w:rPr><w:t>W. </w:t></w:r>",
        "<w:ins w:id='1' w:author='A'><w:r><w:t>W</w:t></w:r></w:ins>", "<w:r><w:t>*W* |W| &lt;W&gt; # W</w:t></w:r>",
        "<w:hyperlink r:id='r1'><w:r><w:t>W</w:t></w:r></w:hyperlink>", "<w:r><w:tab/><w:t>W</w:t></w:r>",
        "<w:r><w:rPr><w:vertAlign w:val='superscript'/></w:rPr><w:t>W</w:t></w:r>",
    ],
)  # fmt: skip
KINDS: Final[dict[Kind, tuple[str, Sequence[str], Sequence[str]]]] = {
    "mediawiki-xml": (
        "",
        [
            "== W ==\nI", "* I\n* I\n** W", "# I\n# W", "{|\n! W !! I\n|-\n| I || I\n|}",
            ":{|\n| W\n| I\n|}", "; W : W",
            "<pre>W\n\nW</pre>", "<blockquote>I</blockquote>", "<gallery>\nA.png|W\n</gallery>", "I<br>I",
            "<div>I</div>", "<syntaxhighlight lang=py>\nW\n</syntaxhighlight>", "{|\n|\n* I\n* I\n|\nW\n|}", "----\nI",
            "<poem>\nI\n  W\n:I\n\nW\n</poem>", "<tabber>\nW=I\n|-|\nW=W\n</tabber>",
            "<score>\nW\n W\n</score>",
            "<imagemap>\nFile:A.png|thumb|W\nrect 0 0 1 1 [[Page0|W]]\n</imagemap>",
            "I <!-- no -->\n<!-- no -->\nI",
        ],
        [
            "W W", "'''I'''", "''I''", "[[Page0|W]]", "[https://e.example W]", "<b>I</b>", "<sup>W</sup>",
            "<code>W</code>", "<nowiki>[[W</nowiki>", "[[File:A.png|thumb|W]]",
            "<u>I</u>", "W<br/>W", "<small>I</small>", "(W) 1. W", "<score>W</score>", "<ce>W</ce>",
            "<syntaxhighlight lang=c inline>W *W*</syntaxhighlight>", "<font color='red'>I</font>",
            "<section begin=a/>W", "<poem>W\nW</poem>", "<ref name='a/b'>W</ref>",
        ],
    ),
    "dokuwiki": (
        "pages/page{}.txt",
        [
            "===== W =====\nI", "  * I\n  * I\n    * W", "  - I\n  - W", "^ W ^ I ^\n| I | I |\n| ::: | W |", "> I",
            "<code php>\nW\n\nW\n</code>", "<html><p>W</p></html>", "----\nI", "I \\\\ I", "| <code>W</code> | I |",
        ],
        [
            "W W", "**I**", "//W//", "__I__", "[[page0|W]]", "[[https://e.example|W]]", "''W''", "%%W **%%",
            "{{a.png|W}}", "<del>W</del>", "<sub>W</sub>", "[[page0|{{a.png|W}}]]", "(W) 1. W",
        ],
    ),
    "confluence-html": ("Page{}_1.html", *_HTML),
    "html": ("page{}.html", *_HTML),
    "mkdocs": ("docs/page{}.md", *_MARKDOWN),
    "docusaurus": (
        "docs/page{}.md",
        [*(block for block in _MARKDOWN[0] if block[0] not in "!="), ":::tip[W]\n\nB\n\n:::"],
        [each for each in _MARKDOWN[1] if each[0] != "="],
    ),
    "markdown": (
        "page{}.md",
        [*(block for block in _MARKDOWN[0] if block[0] not in "!="), "> [!WARNING]\n> I", "- a\n\n  > [!TIP]\n  > I"],
        [each for each in _MARKDOWN[1] if each[0] != "="],
    ),
    "notion": (
        "page{} 0123456789abcdef0123456789abcdef.md",
        ["## W", "I", "- I\n    - I", "<aside>\n💡 I\n\nI\n</aside>", "> I",
         "| W | I |\n|---|---|\n| I | W |", "```\nW\n\nW\n```", "- [x]  I"],
        ["W W", "**W**", "*W*", "`W`", "[W](page0%200123456789abcdef0123456789abcdef.md)", "![W](W.png)", "$W$",
         ":smile: W"],
    ),
    "confluence-xml": ("", *_STORAGE),
    "word": ("page{}.docx", *_WORD),
    "obsidian": (
        "page{}.md",
        ["> [!note] W\n> I", "I\nI", "- I\n\t- I"],
        ["W", "[[page0|W]]", "==W==", "![[a.png|W]]"],
    ),
}  # fmt: skip


_LEAVES: Final[dict[str, dict[str, str]]] = {
    "word": {"I": "<w:r><w:t>{}</w:t></w:r>", "B": "<w:p><w:r><w:t>{}</w:t></w:r></w:p>"}
}
"""What stands where it gets too deep, where a word alone may not."""


def composed(blocks: Sequence[str], lines: Sequence[str], random: Random, words: Iterator[int], kind: str = "") -> str:
    def made(pattern: str, depth: int) -> str:
        def part(mark: re.Match[str]) -> str:
            if mark[0] == "W" or depth > 2:
                return _LEAVES.get(kind, {}).get(mark[0], "{}").format(f"w{next(words)}x")
            return made(random.choice(blocks if mark[0] == "B" else lines), depth + 1)

        return re.sub(r"(?<![A-Za-z])[WIB](?![A-Za-z])", part, pattern)

    return "\n\n".join(made(random.choice(blocks), 0) for _ in range(3))


def of_space(folder: Path, pages: dict[str, str]) -> Converted:
    """A space of Confluence with these pages."""
    (folder / "space").mkdir()
    objects = "".join(
        f'<object class="Page"><id name="id">{number}</id><property name="title">{title}</property></object>'
        f'<object class="BodyContent"><id name="id">9{number}</id><property name="body"><![CDATA['
        f"{text.replace(']]>', ']] >')}]]></property>"
        f'<property name="content"><id name="id">{number}</id></property></object>'
        for number, (title, text) in enumerate(pages.items(), 1)
    )
    (folder / "space" / "entities.xml").write_text(
        f"<hibernate-generic>{objects}</hibernate-generic>", encoding="utf-8"
    )
    return converted("confluence-xml", folder / "space", folder)


@pytest.mark.parametrize("kind", list(KINDS))
def test_no_word_is_lost(kind: Kind, tmp_path: Path) -> None:
    name, blocks, lines = KINDS[kind]
    random, words = Random(f"{kind} {PAGES}"), count()
    sources = {number: composed(blocks, lines, random, words, kind) for number in range(PAGES)}
    if kind == "mediawiki-xml":
        site = of_dump(tmp_path, [(f"Page{number}", text) for number, text in sources.items()])
    elif kind == "confluence-xml":
        site = of_space(tmp_path, {f"Page{number}": text for number, text in sources.items()})
    elif kind == "word":
        site = of_files(kind, tmp_path, {name.format(number): packed(text) for number, text in sources.items()})
    else:
        site = of_files(kind, tmp_path, {name.format(number): text for number, text in sources.items()})
    seen = set(re.findall(r"w\d+x", " ".join([shown(text) for text in site.pages.values()] + [site.text])))
    lost = {number: set(re.findall(r"w\d+x", text)) - seen for number, text in sources.items()}
    assert {number: found for number, found in lost.items() if found} == {}
    assert "not to be seen" not in site.told
    assert len(site.pages) == PAGES
