"""Writing pages: nothing is lost, nothing is overwritten unseen, nothing goes where nobody finds it."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime
from threading import Thread
from typing import Any

import httpx2
import pytest

from tests.resources.conftest import Area, answer
from wikijs import exceptions as exc


def make(wiki: Area, name: str = "page", **fields: Any) -> Any:
    return wiki.pages.create(wiki.path(name), **{"title": "Title", "content": "Text", **fields})


def test_a_new_page_has_friendly_defaults(wiki: Area) -> None:
    page = wiki.pages.create(f"/{wiki.path('new')}/", title="New", content="# New")
    state = wiki.state(page.id)
    assert (state.path, state.locale, state.editor, state.description) == (wiki.path("new"), "en", "markdown", "")
    assert (state.is_published, state.tags, state.publish_start_date) == (True, [], None)


def test_create_returns_the_page_as_it_is_stored(wiki: Area) -> None:
    page = make(wiki, tags=["B", " a", "b"], description="About", is_published=False)
    state = wiki.state(page.id)
    names = ("id", "path", "hash", "locale", "title", "description", "content", "editor", "content_type")
    assert {name: getattr(page, name) for name in names} == {name: getattr(state, name) for name in names}
    assert (page.updated_at, page.created_at, page.is_published) == (state.updated_at, state.created_at, False)
    assert sorted(tag.tag for tag in page.tags) == ["a", "b"] == sorted(tag.tag for tag in state.tags)


def test_publish_dates_and_scripts_are_stored(wiki: Area) -> None:
    start = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    page = make(wiki, publish_start_date=start, publish_end_date="2030-01-01", script_js="<script>1</script>")
    state = wiki.state(page.id)
    assert state.publish_start_date == start
    assert state.script_js == "<script>1</script>"


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"path": "docs/a.b"}, exc.PageIllegalPathError),
        ({"path": "login"}, exc.PageIllegalPathError),
        ({"path": "de/x", "locale": "en"}, exc.PageIllegalPathError),
        ({"content": " \n"}, exc.PageEmptyContentError),
        ({"tags": ["a,b"]}, exc.ValidationError),
        ({"tags": [""]}, exc.ValidationError),
        ({"title": "x" * 256}, exc.ValidationError),
        ({"publish_start_date": datetime(2026, 1, 1)}, exc.ValidationError),  # noqa: DTZ001
    ],
)
def test_bad_input_is_refused_before_anything_is_sent(
    sandbox_wiki: Area, fields: dict[str, Any], error: type[Exception]
) -> None:
    def silent(request: Any, ask: Any) -> httpx2.Response:
        raise AssertionError(f"{request} was sent")

    pages = sandbox_wiki.meddled(silent).pages
    with pytest.raises(error):
        pages.create(**{"path": sandbox_wiki.path("x"), "title": "X", "content": "x", **fields})


def test_a_second_page_at_a_path_is_refused(wiki: Area) -> None:
    make(wiki)
    with pytest.raises(exc.PageExistsError):
        make(wiki)


def test_a_create_that_failed_on_its_way_is_completed(wiki: Area) -> None:
    words = "Error when running job rebuild-tree: insert into pageTree - duplicate key value"

    def failing(request: Any, ask: Any) -> httpx2.Response:
        if request["operationName"] != "PagesCreate":
            return ask()
        request["variables"]["tags"].clear()
        ask()
        result = {"succeeded": False, "errorCode": 1, "slug": "Error", "message": words}
        return answer({"pages": {"create": {"responseResult": result, "page": None}}})

    page = wiki.meddled(failing).pages.create(wiki.path("made"), title="Made", content="Text", tags=["kept"])
    state = wiki.state(page.id)
    assert (page.path, state.title, state.content) == (wiki.path("made"), "Made", "Text")
    assert [tag.tag for tag in state.tags] == ["kept"]


def test_a_create_that_failed_for_good_raises(wiki: Area) -> None:
    if wiki.database == "SQLite":
        pytest.skip("this wiki's database stores editors that do not exist")
    with pytest.raises(exc.ValidationError):
        make(wiki, "bad", editor="xx")
    assert not wiki.pages.exists(wiki.path("bad"))


def test_a_reply_without_its_page_is_completed_by_reading(wiki: Area) -> None:
    def hole(request: Any, ask: Any) -> httpx2.Response:
        response = ask()
        if request["operationName"] in {"PagesCreate", "PagesUpdate"}:
            body = response.json()
            for result in body["data"]["pages"].values():
                result["page"] = None
            return answer(body["data"], errors=[{"message": "Cannot return null", "path": ["pages"]}])
        return response

    pages = wiki.meddled(hole).pages
    page = pages.create(wiki.path("hole"), title="Hole", content="Text")
    assert (page.title, page.content, page.locale) == ("Hole", "Text", "en")
    assert pages.update(page.id, title="Whole").title == "Whole"


def test_an_update_keeps_all_that_it_does_not_change(wiki: Area) -> None:
    page = make(
        wiki,
        tags=["x", "y"],
        description="About",
        publish_start_date="2026-01-01",
        publish_end_date=datetime(2031, 1, 1, tzinfo=UTC),
        script_js="<script>1</script>",
        script_css="p{color:red}",
    )
    before = wiki.state(page.id)
    saved = wiki.pages.update(page.id, title="Other")
    after = wiki.state(page.id)
    assert after.model_copy(update={"title": before.title, "updated_at": before.updated_at}) == before
    assert (saved.title, saved.updated_at, saved.content) == ("Other", after.updated_at, "Text")


def test_an_update_that_changes_nothing_writes_nothing(wiki: Area) -> None:
    page = make(wiki, tags=["x"])
    again = wiki.pages.update(page.id, title="Title", content="Text", tags=["X"])
    assert (again.updated_at, again.title, again.content) == (page.updated_at, "Title", "Text")
    assert list(wiki.pages.history(page.id)) == []


def test_dates_tags_and_scripts_can_be_cleared(wiki: Area) -> None:
    page = make(wiki, tags=["x"], publish_start_date="2026-01-01", script_js="<script>1</script>")
    wiki.pages.update(page.id, tags=[], publish_start_date=None, script_js="")
    state = wiki.state(page.id)
    assert (state.tags, state.publish_start_date, state.script_js) == ([], None, "")


def test_a_draft_stays_a_draft_and_a_published_page_published(wiki: Area) -> None:
    draft = make(wiki, is_published=False)
    assert wiki.pages.update(draft.id, title="Still a draft").is_published is False
    assert wiki.pages.update(draft.id, is_published=True).is_published is True
    assert wiki.pages.update(draft.id, title="Still published").is_published is True


def test_a_page_changed_meanwhile_is_not_overwritten(wiki: Area) -> None:
    page = make(wiki)
    mine = wiki.pages.get(page.id)
    wiki.pages.update(page.id, content="Theirs")
    for expected in (mine, page, page.updated_at):
        with pytest.raises(exc.ConflictError) as caught:
            wiki.pages.update(page.id, content="Mine", expected=expected)
        assert isinstance(caught.value, exc.PageChangedError)
        assert caught.value.expected is expected
        assert caught.value.current.content == "Theirs"
    assert wiki.state(page.id).content == "Theirs"


def test_the_expected_page_is_overwritten(wiki: Area) -> None:
    page = make(wiki)
    page = wiki.pages.update(page.id, content="Second", expected=page)
    page = wiki.pages.update(page.id, content="Third", expected=page.updated_at)
    page = wiki.pages.update(page.id, content="Fourth", expected=wiki.pages.list(folder=wiki.folder)[0])
    assert wiki.state(page.id).content == "Fourth"


def test_a_time_stamp_that_the_server_touched_is_no_conflict(wiki: Area) -> None:
    page = make(wiki)
    mine = wiki.pages.get(page.id)
    wiki.pages.render(page.id)
    touched = wiki.state(page.id).updated_at
    saved = wiki.pages.update(page.id, content="Mine", expected=mine)
    assert saved.content == "Mine"
    if touched != mine.updated_at:  # without its content, a page cannot be told from one that was edited
        with pytest.raises(exc.PageChangedError):
            wiki.pages.update(page.id, content="Late", expected=mine.updated_at)


def test_updating_nothing_names_the_page(wiki: Area) -> None:
    with pytest.raises(exc.PageNotFoundError, match="There is no page 999999"):
        wiki.pages.update(999_999, title="x")


def test_scripts_that_a_server_does_not_answer_are_kept(wiki: Area) -> None:
    def before_2_5_290(request: Any, ask: Any) -> httpx2.Response:
        response = ask()
        if request["operationName"] != "PagesSingleForEditor":
            return response
        body = response.json()
        body["data"]["pages"]["single"] |= {"scriptCss": None, "scriptJs": None}
        return answer(body["data"])

    page = make(wiki, script_css=".a{color:red}", script_js='<script>a("b") && c</script>')
    wiki.meddled(before_2_5_290).pages.update(page.id, title="x")
    after = wiki.pages.get(page.id)
    assert (after.title, after.script_js) == ("x", '<script>a("b") && c</script>')
    assert after.script_css == ".a{color:red}"


def test_upsert_creates_then_updates_then_leaves_alone(wiki: Area) -> None:
    path = wiki.path("upserted")
    page, created = wiki.pages.upsert(path, title="One", content="1", tags=["t"])
    assert created
    second = wiki.pages.upsert(path, title="Two", content="2")
    assert (second.created, second.page.id, second.page.title) == (False, page.id, "Two")
    assert [tag.tag for tag in wiki.state(page.id).tags] == ["t"]
    assert wiki.pages.upsert(path, title="Two", content="2").page.updated_at == second.page.updated_at


def test_a_page_moves_and_stays_the_same_otherwise(wiki: Area) -> None:
    page = make(wiki, tags=["t"])
    moved = wiki.pages.move(page.id, f"/{wiki.path('other/place')}")
    assert (moved.id, moved.path, moved.locale) == (page.id, wiki.path("other/place"), "en")
    assert wiki.pages.get_by_path(wiki.path("other/place")).content == "Text"
    assert not wiki.pages.exists(wiki.path("page"))


def test_a_page_does_not_move_onto_another(wiki: Area) -> None:
    page, other = make(wiki), make(wiki, "other")
    with pytest.raises(exc.PagePathCollisionError):
        wiki.pages.move(page.id, other.path)
    with pytest.raises(exc.PageIllegalPathError):
        wiki.pages.move(page.id, "login")
    with pytest.raises(exc.PageNotFoundError, match="999999"):
        wiki.pages.move(999_999, wiki.path("x"))


def test_a_page_is_deleted_once(wiki: Area) -> None:
    page = make(wiki)
    wiki.pages.delete(page.id)
    assert not wiki.pages.exists(page.path)
    with pytest.raises(exc.PageNotFoundError, match=f"There is no page {page.id}"):
        wiki.pages.delete(page.id)


def test_a_page_changes_its_editor(wiki: Area) -> None:
    page = make(wiki, content="# Head\n\n*text*", tags=["t"])
    converted = wiki.pages.convert(page.id, editor="ckeditor")
    assert (converted.editor, converted.content_type) == ("ckeditor", "html")
    assert "<em>text</em>" in converted.content
    assert wiki.pages.convert(page.id, editor="ckeditor").updated_at == converted.updated_at
    updated = wiki.pages.update(page.id, editor="markdown", content="# New", title="New")
    state = wiki.state(page.id)
    assert (updated.editor, state.editor, state.content, state.title) == ("markdown", "markdown", "# New", "New")
    assert [tag.tag for tag in state.tags] == ["t"]


def test_a_page_is_rendered_again(wiki: Area) -> None:
    page = make(wiki, content="*text*")
    wiki.pages.render(page.id)
    assert "<em>text</em>" in (wiki.pages.get(page.id).render or "")


def test_page_writes_of_threads_go_one_at_a_time(wiki: Area) -> None:
    threads = [Thread(target=make, args=(wiki, f"page{number}"), kwargs={"tags": ["same"]}) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    pages = wiki.pages.list(folder=wiki.folder)
    assert sorted(page.path for page in pages) == [wiki.path(f"page{number}") for number in range(4)]
    assert [page.tags for page in pages] == [["same"]] * 4
    assert len(wiki.pages.tree(wiki.folder)) == 4


def test_updates_of_threads_lose_nothing(wiki: Area) -> None:
    page = make(wiki)

    def update(changes: dict[str, Any]) -> None:
        wiki.pages.update(page.id, **changes)

    all_changes: list[dict[str, Any]] = [{"title": "T"}, {"description": "D"}, {"content": "C"}, {"tags": ["g"]}]
    threads = [Thread(target=update, args=(changes,)) for changes in all_changes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    state = wiki.state(page.id)
    assert (state.title, state.description, state.content) == ("T", "D", "C")
    assert [tag.tag for tag in state.tags] == ["g"]


def test_a_failed_create_does_not_take_over_the_page_of_somebody_else(wiki: Area) -> None:
    other = make(wiki, content="Theirs")

    def failing(request: Any, ask: Any) -> httpx2.Response:
        if request["operationName"] != "PagesCreate":
            return ask()
        result = {"succeeded": False, "errorCode": 1, "slug": "Error", "message": "The job failed."}
        return answer({"pages": {"create": {"responseResult": result, "page": None}}})

    with pytest.raises(exc.OutcomeUnknownError, match="The job failed; another page is at"):
        wiki.meddled(failing).pages.create(other.path, title="Title", content="Mine")
    assert wiki.state(other.id).content == "Theirs"


def test_upsert_says_whether_it_wrote(wiki: Area) -> None:
    path = wiki.path("upserted-outcome")
    outcomes = [wiki.pages.upsert(path, title="T", content=content) for content in ("1", "1", "2")]
    assert [outcome.outcome for outcome in outcomes] == ["created", "unchanged", "updated"]
    again = pickle.loads(pickle.dumps(outcomes[1]))  # noqa: S301  our own bytes
    assert (again.outcome, again.created, again == outcomes[1]) == ("unchanged", False, True)
