"""Links follow pages that move."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from wikijs import WikiJSClient
from wikijs import exceptions as exc
from wikijs.core.values.paths import PagePath
from wikijs.resources.pages.values.links import Mover
from wikijs.sandbox import Sandbox

URL = "https://wiki.example.com"


def moved(content: str, content_type: str = "markdown", page: str = "other") -> str:
    moves = {
        PagePath("docs/intro", "en"): PagePath("help/start", "en"),
        PagePath("docs/a b", "en"): PagePath("help/a b", "en"),
        PagePath("docs/page", "en"): PagePath("new/page", "en"),
        PagePath("docs/page/below", "en"): PagePath("new/page/below", "en"),
        PagePath("docs/fr", "en"): PagePath("docs/fr", "fr"),
    }
    return Mover(moves, "en", URL).relinked(content, content_type, PagePath(page, "en"))[0]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("[a](/docs/intro)", "[a](/help/start)"),
        (
            '[a](/docs/intro#part "Title"), ![x](/docs/intro.png)',
            '[a](/help/start#part "Title"), ![x](/docs/intro.png)',
        ),
        ("[a](/en/docs/intro?x=1)", "[a](/en/help/start?x=1)"),
        ("[a](</docs/a%20b>)", "[a](</help/a%20b>)"),
        ("[a](https://wiki.example.com/docs/intro)", "[a](https://wiki.example.com/help/start)"),
        ("[a](https://other.example.com/docs/intro)", "[a](https://other.example.com/docs/intro)"),
        ("[a]: /docs/intro", "[a]: /help/start"),
        ('<a class="x" href="/docs/intro">a</a>', '<a class="x" href="/help/start">a</a>'),
        ("`[a](/docs/intro)` [a](/docs/intro)", "`[a](/docs/intro)` [a](/help/start)"),
        ("```\n[a](/docs/intro)\n```", "```\n[a](/docs/intro)\n```"),
        ("[a](/docs/introduction) [a](/docs/intro/below)", "[a](/docs/introduction) [a](/docs/intro/below)"),
        ("[a](/docs/fr)", "[a](/fr/docs/fr)"),
        ("[a](#part) [b](mailto:a@b.c) [c](?x)", "[a](#part) [b](mailto:a@b.c) [c](?x)"),
        ("[a](../docs/intro)", "[a](/help/start)"),
    ],
)
def test_markdown(before: str, after: str) -> None:
    assert moved(before) == after


def test_relative_links_of_a_page_that_moves() -> None:
    page = "docs/page"
    assert moved("[a](below) [b](other) [c](../intro) [d](x.png)", page=page) == (
        "[a](below) [b](/docs/page/other) [c](/help/start) [d](x.png)"
    )
    assert moved("[a](intro)", page="home") == "[a](intro)"


def test_other_languages() -> None:
    assert moved('<a href="/docs/intro">a</a> [a](/docs/intro)', "html") == (
        '<a href="/help/start">a</a> [a](/docs/intro)'
    )
    assert moved("link:/docs/intro[a] xref:/docs/intro[b] /docs/intro", "asciidoc") == (
        "link:/help/start[a] xref:/help/start[b] /docs/intro"
    )
    assert moved("[a](/docs/intro)", "text") == "[a](/docs/intro)"


@pytest.fixture
def client() -> Iterator[WikiJSClient]:
    with Sandbox() as sandbox, sandbox.client() as made:
        made.pages.create("docs", title="Docs", content="[intro](intro) and [more](/docs/more)\n")
        made.pages.create("docs/intro", title="Intro", content="[up](/docs)\n")
        made.pages.create("home", title="Home", content="[docs](/en/docs) [intro](/docs/intro#x)\n")
        made.pages.create("apart", title="Apart", content="Nothing.\n")
        yield made


def contents(client: WikiJSClient) -> dict[str, str]:
    return {page.path: page.content for page in client.pages.iter_all(content=True)}


def test_one_page(client: WikiJSClient) -> None:
    plan = client.pages.plan_move("docs/intro", "help/start")
    assert (plan.path, plan.new_path, plan.new_locale) == ("docs/intro", "help/start", "en")
    found = client.pages.find_links_to_mend([plan])
    assert [(each.path, each.count) for each in found] == [("docs", 1), ("home", 1)]
    client.pages.move("docs/intro", "help/start")
    result = client.pages.mend_links([plan])
    assert len(result.success) == 2
    texts = contents(client)
    assert texts["home"] == "[docs](/en/docs) [intro](/help/start#x)\n"
    assert texts["docs"] == "[intro](/help/start) and [more](/docs/more)\n"
    assert client.pages.mend_links([plan]).success == []
    assert client.pages.mend_links([]).success == []


def test_a_folder_after_it_has_moved(client: WikiJSClient) -> None:
    client.pages.move_tree("docs", "handbook")
    moves = client.pages.plan_moved("docs", "handbook")
    assert [(each.path, each.new_path) for each in moves] == [("docs", "handbook"), ("docs/intro", "handbook/intro")]
    assert len(client.pages.mend_links(moves).success) == 2
    texts = contents(client)
    assert texts["home"] == "[docs](/en/handbook) [intro](/handbook/intro#x)\n"
    assert texts["handbook/intro"] == "[up](/handbook)\n"
    assert texts["handbook"] == "[intro](intro) and [more](/docs/more)\n"


def test_a_move_that_would_be_refused(client: WikiJSClient) -> None:
    with pytest.raises(exc.PagePathCollisionError):
        client.pages.plan_move("docs/intro", "home")
    with pytest.raises(exc.LocaleNotFoundError):
        client.pages.plan_move("docs/intro", "help/y", locale="xx")
    assert client.pages.plan_move("docs/intro", "docs/intro", locale="en").new_path == "docs/intro"


def test_pages_are_given_by_their_address(client: WikiJSClient) -> None:
    page = client.pages.get("docs/intro")
    url = client.url
    for address in (
        "/docs/intro",
        "/en/docs/intro?x#y",
        "/e/en/docs/intro",
        "/h/en/docs/intro",
        f"/i/{page.id}",
        "/d/en/docs/intro",
    ):
        assert client.pages.get(url + address).id == page.id
        assert client.pages.find_ids([url + address]) == [page.id]
    assert client.pages.get(url).path == "home"
    assert client.pages.get(f"{url}/en").path == "home"
    for address in ("https://other.example.com/docs/intro", f"{url}/t/tag", "http://["):
        with pytest.raises(exc.ValidationError, match=r"is no address|shows no page"):
            client.pages.get(address)


def test_copies_are_like_the_page(client: WikiJSClient) -> None:
    client.pages.update("docs/intro", tags=["a", "b"], description="What", is_published=False)
    made = client.pages.copy("docs/intro", "docs/second", title="Second")
    page = client.pages.single_for_editor(made.id)
    assert (page.title, page.description, page.is_published, page.content) == ("Second", "What", False, "[up](/docs)\n")
    assert sorted(tag.tag for tag in page.tags) == ["a", "b"]
    other = client.pages.copy("docs/intro", "docs/third", tags=(), is_published=True)
    assert (other.title, other.is_published, list(other.tags)) == ("Intro", True, [])
    with pytest.raises(exc.PageExistsError):
        client.pages.copy("docs/intro", "home")


def test_templates_are_filled(client: WikiJSClient) -> None:
    client.pages.create("templates/meeting", title="{{ title }}", content="# {{topic}}\n\n{{date}} {{open}} {{ 1x }}\n")
    made = client.pages.copy(
        "templates/meeting", "meetings/one", values={"title": "T", "topic": "Boats", "date": "today"}
    )
    assert (made.title, made.content) == ("T", "# Boats\n\ntoday {{open}} {{ 1x }}\n")


def test_text_is_put_at_the_ends(client: WikiJSClient) -> None:
    assert client.pages.append("apart", "More.").content == "Nothing.\n\nMore."
    assert client.pages.append("apart", "Last.", separator="").content == "Nothing.\n\nMore.\nLast."
    assert client.pages.prepend("apart", "First.\n").content == "First.\n\nNothing.\n\nMore.\nLast."
    with pytest.raises(exc.ValidationError, match="empty"):
        client.pages.append("apart", " \n")
