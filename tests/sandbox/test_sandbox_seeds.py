"""What seeded sandboxes hold."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

from wikijs.sandbox import Sandbox


def ask(sandbox: Sandbox, query: str) -> Any:
    """The data of a query with full access."""
    with httpx2.Client(transport=sandbox.transport(), base_url=sandbox.url) as client:
        headers = {"authorization": f"Bearer {sandbox.api_key}"}
        reply = client.post("/graphql", json={"query": query}, headers=headers).json()
    assert "errors" not in reply
    return reply["data"]


@pytest.fixture(scope="module")
def demo() -> Sandbox:
    """The demo."""
    return Sandbox("demo")


def test_demo_is_a_small_wiki_in_two_languages(demo: Sandbox) -> None:
    pages = ask(demo, "{ pages { list { path locale isPublished tags } } }")["pages"]["list"]
    assert len(pages) == 27
    assert {page["locale"] for page in pages} == {"en", "fr"}
    assert [page["path"] for page in pages if not page["isPublished"]] == ["engineering/decisions/0003-plain-text-logs"]
    assert all(page["tags"] for page in pages)


def test_demo_links_lead_somewhere(demo: Sandbox) -> None:
    found = ask(demo, '{ pages { en: links(locale: "en") { path links } fr: links(locale: "fr") { path links } } }')
    items = found["pages"]["en"] + found["pages"]["fr"]
    linked = {link for item in items for link in item["links"]}
    assert linked
    assert linked <= {item["path"] for item in items}


def test_demo_has_folders_history_and_people(demo: Sandbox) -> None:
    found = ask(
        demo,
        """{ pages { tree(mode: FOLDERS, locale: "en", parent: 0) { path } history(id: 1) { total } }
        users { list { name } } groups { list { name } } }""",
    )
    folders = {item["path"] for item in found["pages"]["tree"]}
    assert folders == {"docs", "engineering", "handbook", "notes", "operations", "products"}
    assert found["pages"]["history"]["total"] == 1
    assert {"Eda Itor", "Will Riter", "Rhea Der"} <= {user["name"] for user in found["users"]["list"]}
    assert {"Editors", "Readers"} <= {group["name"] for group in found["groups"]["list"]}


def test_demo_renders_what_it_says(demo: Sandbox) -> None:
    page = ask(demo, '{ pages { singleByPath(path: "handbook", locale: "en") { render } } }')["pages"]["singleByPath"]
    assert 'href="/handbook/first-week" class="is-internal-link is-valid-page"' in page["render"]


@pytest.mark.parametrize("number", [1, 250])
def test_number_seeds_so_many_pages(number: int) -> None:
    sandbox = Sandbox(number)
    pages = ask(sandbox, "{ pages { list { id path title tags } } }")["pages"]["list"]
    assert len(pages) == len({page["path"] for page in pages}) == number
    assert pages[0]["path"] == "home"
    assert all(1 <= len(page["tags"]) <= 3 for page in pages)
    last = ask(sandbox, f"{{ pages {{ single(id: {number}) {{ content render hash }} }} }}")["pages"]["single"]
    assert f"# Page {number - 1}\n" in last["content"]
    assert f'<h1 id="page-{number - 1}" class="toc-header">' in last["render"]


def test_generated_pages_have_the_render_that_saving_them_again_gives() -> None:
    sandbox = Sandbox(3)
    before = ask(sandbox, "{ pages { single(id: 2) { render } } }")["pages"]["single"]["render"]
    ask(sandbox, "mutation { pages { render(id: 2) { responseResult { succeeded } } } }")
    assert ask(sandbox, "{ pages { single(id: 2) { render } } }")["pages"]["single"]["render"] == before
