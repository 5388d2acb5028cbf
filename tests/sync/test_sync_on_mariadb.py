"""A wiki whose database does not tell case and accents of paths apart."""

from __future__ import annotations

import itertools
import time
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.sync.conftest import Scene
from wikijs import exceptions as exc
from wikijs.core.values.paths import PagePath
from wikijs.publish import plan_publish, run_publish
from wikijs.sandbox import Sandbox
from wikijs.transfer.moving import move_page


@pytest.fixture
def on_mariadb(tmp_path: Path) -> Iterator[Scene]:
    folder = tmp_path / "docs"
    folder.mkdir()
    ticks = itertools.count()
    with (
        Sandbox(database="mariadb", clock=lambda: time.time() + next(ticks) / 100) as sandbox,
        sandbox.client() as client,
    ):
        yield Scene(sandbox, client, folder)


def places(scene: Scene) -> dict[int, str]:
    return {page.id: page.path for page in scene.client.pages.list()}


@pytest.mark.parametrize("text", ["# A heading\n\ntext\n", "no heading, so that the title follows the name\n"])
@pytest.mark.parametrize("name", ["HEAD.md", "head.md", "Heäd.md"])
def test_a_file_renamed_by_case_or_accents_alone_takes_its_page_with_it(
    on_mariadb: Scene, name: str, text: str
) -> None:
    (on_mariadb.folder / "Head.md").write_text(text)
    assert on_mariadb.sync().is_whole
    before = places(on_mariadb)
    (on_mariadb.folder / "Head.md").rename(on_mariadb.folder / name)
    assert on_mariadb.sync().is_whole
    assert list(places(on_mariadb).values()) == [name.removesuffix(".md")]
    assert places(on_mariadb).keys() == before.keys() or "no heading" in text
    assert not on_mariadb.sync().changes


def test_a_move_that_ended_half_way_is_finished_by_the_next_run(
    on_mariadb: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    (on_mariadb.folder / "Head.md").write_text("# A heading\n\ntext\n")
    on_mariadb.sync()
    before = places(on_mariadb)
    (on_mariadb.folder / "Head.md").rename(on_mariadb.folder / "HEAD.md")
    move = type(on_mariadb.client.pages).move

    def ended(pages: object, number: int, path: str, **options: object) -> object:
        done = move(pages, number, path, **options)  # type: ignore[arg-type]
        if path.endswith("-on-its-way"):
            raise KeyboardInterrupt
        return done

    with monkeypatch.context() as patch:
        patch.setattr(type(on_mariadb.client.pages), "move", ended)
        on_mariadb.sync()
    assert list(places(on_mariadb).values()) == ["HEAD-on-its-way"]
    assert on_mariadb.sync().is_whole
    assert places(on_mariadb) == dict.fromkeys(before, "HEAD")
    assert [path.name for path in on_mariadb.folder.glob("*.md")] == ["HEAD.md"]


_REFUSED = exc.PageMoveForbiddenError("No.", code=6007)
_LOST = exc.TransportError("Lost.", sent=True)


@pytest.mark.parametrize(
    ("errors", "done", "told", "then"),
    [
        ({"HEAD": _REFUSED}, False, "No", "Head"),
        ({"HEAD": _REFUSED, "Head": _REFUSED}, False, "moved to HEAD-on-its-way", "HEAD-on-its-way"),
        ({"HEAD": _LOST}, True, "moved to HEAD-on-its-way", "HEAD"),
        ({"HEAD": _LOST}, False, "moved to HEAD-on-its-way", "HEAD-on-its-way"),
        ({"HEAD": exc.FollowUpError("Done, but.")}, True, "Done, but", "HEAD"),
    ],
)
def test_the_first_step_is_taken_back_only_where_the_second_has_certainly_done_nothing(
    on_mariadb: Scene, monkeypatch: pytest.MonkeyPatch, errors: dict[str, Exception], done: bool, told: str, then: str
) -> None:
    number = on_mariadb.create("Head")
    move = type(on_mariadb.client.pages).move
    asked: list[str] = []

    def failing(pages: Any, page: int, path: str, **options: Any) -> object:
        asked.append(path)
        fails = path in errors and len(asked) > 1  # the first one is refused by the server itself
        moved = None if fails and not done else move(pages, page, path, **options)
        if fails:
            raise errors[path]
        return moved

    with monkeypatch.context() as patch:
        patch.setattr(type(on_mariadb.client.pages), "move", failing)
        with pytest.raises(exc.WikiJSException, match=told):
            move_page(on_mariadb.client, number, PagePath("HEAD", "en"))
    assert places(on_mariadb) == {number: then}


def test_names_that_the_database_takes_for_one_are_told_and_nothing_is_lost(on_mariadb: Scene) -> None:
    texts = {"cote": "without\n", "coté": "with\n", unicodedata.normalize("NFD", "café"): "decomposed\n"}
    for name, text in texts.items():
        (on_mariadb.folder / f"{name}.md").write_text(text)
    report = on_mariadb.sync()
    (failure,) = report.failures
    assert failure.error.message.startswith("There is no room for a page en/coté beside en/cote (id ")
    assert {text.strip() for text in on_mariadb.wiki().values()} == {"without", "decomposed"}
    assert (on_mariadb.folder / "coté.md").read_text() == "with\n"
    (on_mariadb.folder / "cote.md").unlink()
    assert on_mariadb.sync().is_whole
    assert "with" in {text.strip() for text in on_mariadb.wiki().values()}
    assert not on_mariadb.sync().changes


def test_published_files_are_renamed_by_case_too(on_mariadb: Scene) -> None:
    client, folder = on_mariadb.client, on_mariadb.folder
    (folder / "Head.md").write_text("# A heading\n\nSome text of it.\n")
    run_publish(client, plan_publish(client, folder, "docs"))
    before = places(on_mariadb)
    (folder / "Head.md").rename(folder / "HEAD.md")
    report = run_publish(client, plan_publish(client, folder, "docs"))
    assert report.is_whole, report.failed
    assert [path.rpartition("/")[2] for path in places(on_mariadb).values()] in (["HEAD"], ["head"])
    assert places(on_mariadb).keys() == before.keys()


def test_another_page_in_the_way_stays(on_mariadb: Scene) -> None:
    number = on_mariadb.create("docs/one")
    on_mariadb.create("docs/Two")
    for path in ("docs/two", "docs/Two"):
        with pytest.raises(exc.PagePathCollisionError):
            move_page(on_mariadb.client, number, PagePath(path, "en"))
    assert sorted(places(on_mariadb).values()) == ["docs/Two", "docs/one"]
