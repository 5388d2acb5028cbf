"""Pages in the sandbox: what sequences of recorded requests cannot show."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

from wikijs.sandbox import Sandbox
from wikijs.sandbox.pages.convert import html_to_markdown, without_anchors
from wikijs.sandbox.pages.rendering import rendered
from wikijs.sandbox.pages.row_order import arranged, hashed

CREATE = """mutation {{ pages {{ create(path: "{path}", locale: "en", title: "{title}", content: "{content}",
description: "", editor: "markdown", isPublished: true, isPrivate: false, tags: {tags}) {{
responseResult {{ succeeded message slug }} page {{ id }} }} }} }}"""


def creation(path: str, *, title: str = "T", content: str = "x", tags: str = "[]") -> str:
    """A request for a page."""
    return CREATE.format(path=path, title=title, content=content, tags=tags)


def ask(http: httpx2.Client, query: str) -> Any:
    """The data of `pages` in the reply to a query."""
    reply = http.post("/graphql", json={"query": query}).json()
    assert "errors" not in reply
    return reply["data"]["pages"]


def together(http: httpx2.Client, *queries: str) -> list[Any]:
    """The `create` payloads of queries sent as one batch."""
    replies = http.post("/graphql", json=[{"query": query} for query in queries]).json()
    return [reply["data"]["pages"]["create"] for reply in replies]


def test_pages_created_side_by_side_at_one_path_are_both_there(http: httpx2.Client) -> None:
    made = together(http, creation("same"), creation("same"))
    assert made[0]["page"]["id"] == 1
    pages = ask(http, "{ pages { list { id path } } }")["list"]
    assert pages == [{"id": 1, "path": "same"}, {"id": 2, "path": "same"}]


def test_pages_created_side_by_side_with_a_new_tag_clash(http: httpx2.Client) -> None:
    made = together(http, creation("one", tags='["new"]'), creation("two", tags='["new"]'))
    assert made[1]["responseResult"]["slug"] == "UniqueViolationError"
    assert made[1]["page"] is None
    pages = ask(http, "{ pages { list { path tags } } }")["list"]
    assert pages == [{"path": "one", "tags": ["new"]}, {"path": "two", "tags": []}]


def test_many_pages_created_side_by_side_clash_in_the_tree(http: httpx2.Client) -> None:
    made = together(http, *(creation(f"page{number}") for number in range(8)))
    failed = [payload["responseResult"]["message"] for payload in made if not payload["responseResult"]["succeeded"]]
    assert 0 < len(failed) < 8
    assert all(message.startswith("Error when running job rebuild-tree: ") for message in failed)
    assert len(ask(http, "{ pages { list { id } } }")["list"]) == 8


def test_pages_created_one_after_the_other_never_clash(http: httpx2.Client) -> None:
    for number in range(8):
        created = ask(http, creation(f"page{number}", tags='["new"]'))["create"]
        assert created["responseResult"]["succeeded"]


def test_tree_keeps_the_title_of_an_update_that_failed_half_way(http: httpx2.Client) -> None:
    ask(http, creation("page", title="Before"))
    failed = ask(http, 'mutation { pages { update(id: 1, content: "y", title: "After") { page { id } } } }')
    assert failed["update"]["page"] is None
    tree = '{ pages { tree(mode: ALL, locale: "en", parent: 0) { title } single(id: 1) { title } } }'
    assert ask(http, tree) == {"tree": [{"title": "Before"}], "single": {"title": "After"}}
    ask(http, "mutation { pages { rebuildTree { responseResult { succeeded } } } }")
    assert ask(http, tree)["tree"] == [{"title": "After"}]


def test_every_update_is_later_than_the_one_before() -> None:
    sandbox = Sandbox(clock=lambda: 1_800_000_000.0)
    with httpx2.Client(
        transport=sandbox.transport(), base_url=sandbox.url, headers={"authorization": f"Bearer {sandbox.api_key}"}
    ) as http:
        ask(http, creation("one"))
        ask(http, creation("two"))
        times = [
            ask(http, "{ pages { list { updatedAt } } }")["list"],
            ask(http, 'mutation { pages { update(id: 1, content: "y", tags: []) { page { updatedAt } } } }'),
        ]
    first, second = (page["updatedAt"] for page in times[0])
    assert first < second < times[1]["update"]["page"]["updatedAt"]


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("# A\n\n## A\n\n## 1st", [("a", "A"), ("a-1", "A"), ("h-1st", "1st")]),
        ("## It's *so*", [("its-so", "It's <em>so</em>")]),
        ("# Own {#custom}", [("custom", "Own")]),
    ],
)
def test_headings_have_addresses(sandbox: Sandbox, markdown: str, html: list[tuple[str, str]]) -> None:
    text = rendered({"content": markdown, "contentType": "markdown", "path": "p"}, sandbox.db).html
    for anchor, title in html:
        assert f' id="{anchor}" class="toc-header"><a class="toc-anchor" href="#{anchor}">¶</a> {title}</h' in text


@pytest.mark.parametrize(
    ("content", "html"),
    [
        ("> Mind the gap\n{.is-warning}", '<blockquote class="is-warning">\n<p>Mind the gap</p>\n</blockquote>\n'),
        ("- [x] done", '<li class="task-list-item"><input class="task-list-item-checkbox" checked="" disabled=""'),
        ("[a](b.pdf) [c](https://d.example)", '<a href="b.pdf" class="is-asset-link">a</a>'),
        ("[a](b)", '<a href="/p/b" class="is-internal-link is-invalid-page">a</a>'),
        ("<img src=x onerror=alert(1)><script>x</script>", '<p><img src="x"></p>\n'),
        ("H~2~O and www.example.com", 'H<sub>2</sub>O and <a href="http://www.example.com" class="is-external-link">'),
        ("{{ x }}", '<p v-pre="true">{{ x }}</p>'),
    ],
)
def test_rendering(sandbox: Sandbox, content: str, html: str) -> None:
    assert html in rendered({"content": content, "contentType": "markdown", "path": "p"}, sandbox.db).html


def test_table_of_contents_is_nested_and_leaves_gaps_out(sandbox: Sandbox) -> None:
    page = {"content": "# A\n\n### lost\n\n## B\n\n### C", "contentType": "markdown", "path": "p"}
    leaf = {"title": "C", "anchor": "#c", "children": []}
    inner = {"title": "B", "anchor": "#b", "children": [leaf]}
    assert rendered(page, sandbox.db).toc == [{"title": "A", "anchor": "#a", "children": [inner]}]


def test_converting_there_and_back() -> None:
    html = (
        '<h2 class="toc-header" id="t"><a class="toc-anchor" href="#t">¶</a> T</h2>'
        "<ul><li>a<ol><li>b</li></ol></li></ul>"
    )
    assert without_anchors(html).startswith('<h2 class="toc-header" id="t"> T</h2>')
    assert html_to_markdown(html) == "## T\n\n-   a\n    1.  b"
    assert html_to_markdown(
        '<pre><code class="language-sh">ls\n</code></pre><hr><blockquote><p>q</p></blockquote>'
    ) == ("```sh\nls\n```\n\n---\n\n> q")
    assert html_to_markdown("<p><b>x</b> <i>y</i> <a href='/z'>z</a><br><img src='a.png' alt='i'></p>") == (
        "**x** *y* [z](/z)  \n![i](a.png)"
    )


def test_sorting_is_right_whatever_the_order_of_equal_rows() -> None:
    rows = [(number * 7919 % 13, number) for number in range(300)]
    for descending in (False, True):
        for limit in (None, 5, 100, 280):
            keys = [row[0] for row in arranged(rows, lambda row: row[0], descending=descending, limit=limit)]
            assert keys == sorted((row[0] for row in rows), reverse=descending)[:limit]
    assert sorted(arranged(rows, lambda row: row[0])) == sorted(rows)


def test_hash_is_that_of_the_database() -> None:
    # SELECT hashint4(n) & 1023 FROM generate_series(1, 6) n ORDER BY 1
    assert sorted(range(1, 7), key=lambda number: hashed(number) % 1024) == [2, 5, 6, 4, 1, 3]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 200),
        ("/home", 200),
        ("/en/home", 200),
        ("/home.md", 200),
        ("/missing", 404),
        ("/draft", 200),
        ("/i/1", 302),
        ("/i/99", 404),
        ("/i", 302),
        ("/d/en/home", 200),
        ("/d/en/missing", 404),
        ("/s/en/home", 200),
        ("/s/en/missing", 302),
        ("/h/en/home", 200),
        ("/h/en/missing", 404),
        ("/e/en/home", 200),
        ("/e/en/login", 500),
        ("/t", 200),
        ("/p", 200),
        ("/a", 200),
        ("/login", 200),
    ],
)
def test_views_for_an_administrator(http: httpx2.Client, path: str, status: int) -> None:
    ask(http, creation("home"))
    ask(http, creation("draft").replace("isPublished: true", "isPublished: false"))
    assert http.get(path).status_code == status


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/home", 200),
        ("/draft", 403),
        ("/d/en/home", 403),
        ("/s/en/home", 403),
        ("/e/en/home", 403),
        ("/p", 403),
        ("/a", 403),
    ],
)
def test_views_for_guests(http: httpx2.Client, path: str, status: int) -> None:
    ask(http, creation("home"))
    ask(http, creation("draft").replace("isPublished: true", "isPublished: false"))
    assert http.get(path, headers={"authorization": ""}).status_code == status


def test_download_of_a_page_and_of_a_version(http: httpx2.Client) -> None:
    ask(http, creation("docs/日本", title="A: b", content="old", tags='["x", "y"]'))
    ask(http, 'mutation { pages { update(id: 1, content: "new", tags: ["x"], isPublished: true) { page { id } } } }')
    now = http.get("/d/en/docs/日本")
    assert now.text.startswith("---\ntitle: A: b\ndescription: \npublished: true\ndate: ")
    assert "\ntags: x\neditor: markdown\ndateCreated: " in now.text
    assert now.text.endswith("\n---\n\nnew")
    assert (
        now.headers["content-disposition"] == "attachment; filename=\"??.md\"; filename*=UTF-8''%E6%97%A5%E6%9C%AC.md"
    )
    before = http.get("/d/en/docs/日本", params={"v": 1})
    assert "\ntags: \neditor: undefined\n" in before.text
    assert before.text.endswith("\n---\n\nold")


@pytest.mark.parametrize("view", ["d", "s"])
def test_asking_for_a_version_that_is_not_there_is_never_answered(http: httpx2.Client, view: str) -> None:
    ask(http, creation("home"))
    with pytest.raises(httpx2.ReadTimeout):
        http.get(f"/{view}/en/home", params={"v": 9})
