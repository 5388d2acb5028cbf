"""A folder kept on the wiki below one path: only what changed, nothing of others, renames followed."""

from __future__ import annotations

from pathlib import Path

import pytest

from wikijs import exceptions as exc
from wikijs.interop import InteropError
from wikijs.permissions import PageRule
from wikijs.publish import ManyDeletionsError, PublishOptions, UnclearLinksError, plan_publish, run_publish
from wikijs.publish.marks import read

from .conftest import Scene

PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)


@pytest.fixture
def boats(scene: Scene) -> Scene:
    scene.write(
        "README.md",
        "# Boats\n\nSee [mooring](guide/mooring.md#lines), [the guide](guide/) and ![plan](img/plan.png).\n",
    )
    scene.write(
        "guide/index.md", "---\ntitle: The guide\ntags: [howto]\ndescription: How to\n---\n\nText of the guide.\n"
    )
    scene.write("guide/mooring.md", "Mooring\n=======\n\n## Lines\n\n> [!WARNING]\n> Wet.\n\n[home](../README.md)\n")
    scene.write("guide/secret.md", "---\ndraft: true\n---\n\n# Secret\n\nNot yet.\n")
    scene.write("img/plan.png", PNG)
    scene.write("img/unused.png", PNG)
    return scene


def test_a_folder_becomes_pages_with_links_images_titles_tags_and_drafts(boats: Scene) -> None:
    assert sorted(boats.did()) == [
        ("create", "en/product/docs"),
        ("create", "en/product/docs/guide"),
        ("create", "en/product/docs/guide/mooring"),
        ("create", "en/product/docs/guide/secret"),
        ("upload", "/media/product/docs/img/plan.png"),
    ]
    texts = boats.texts()
    assert texts["product/docs"] == (
        "See [mooring](/product/docs/guide/mooring#lines), [the guide](/product/docs/guide) and"
        " ![plan](/media/product/docs/img/plan.png).\n"
    )
    assert texts["product/docs/guide/mooring"] == (
        "## Lines\n\n> **Warning**\n>\n> Wet.\n{.is-warning}\n\n[home](/product/docs)\n"
    )
    guide = boats.client.pages.get_by_path("product/docs/guide")
    assert (guide.title, guide.description, [tag.tag for tag in guide.tags]) == ("The guide", "How to", ["howto"])
    listed = {page.path: (page.title, page.is_published) for page in boats.client.pages.list()}
    assert listed["product/docs"] == ("Boats", True)
    assert listed["product/docs/guide/secret"] == ("Secret", False)
    assert boats.client.assets.download("/media/product/docs/img/plan.png") == PNG


def test_a_second_run_writes_nothing_and_one_edit_is_one_write(boats: Scene) -> None:
    boats.did()
    plan = boats.plan(delete=True)
    assert plan.is_up_to_date
    assert len(plan.unchanged) == 5
    boats.write("guide/index.md", "---\ntitle: The guide\ntags: [howto]\ndescription: How to\n---\n\nOther text.\n")
    assert boats.did() == [("update", "en/product/docs/guide")]
    boats.write("img/plan.png", PNG + b"more")
    assert boats.did() == [("upload", "/media/product/docs/img/plan.png")]
    assert boats.did() == []


def test_what_the_file_says_no_more_goes_and_what_it_never_said_stays(boats: Scene) -> None:
    boats.did()
    boats.client.pages.update(boats.id_of("product/docs"), tags=["by-hand"])
    boats.write("guide/index.md", "---\ntitle: The guide\n---\n\nText of the guide.\n")
    boats.write("guide/secret.md", "# Secret\n\nNot yet.\n")
    assert len(boats.did()) == 2
    guide = boats.client.pages.get_by_path("product/docs/guide")
    assert (guide.description, list(guide.tags)) == ("", [])
    assert [tag.tag for tag in boats.client.pages.get_by_path("product/docs").tags] == ["by-hand"]
    assert {page.path for page in boats.client.pages.list(published=False)} == set()


def test_a_renamed_file_takes_its_page_with_it(boats: Scene) -> None:
    boats.did()
    id_before = boats.id_of("product/docs/guide/mooring")
    (boats.folder / "guide/mooring.md").rename(boats.folder / "guide/tying-up.md")
    boats.write("README.md", (boats.folder / "README.md").read_text().replace("mooring.md", "tying-up.md"))
    assert boats.did(delete=True) == [
        ("move", "en/product/docs/guide/tying-up"),
        ("update", "en/product/docs"),
    ]
    assert boats.id_of("product/docs/guide/tying-up") == id_before
    assert "(/product/docs/guide/tying-up#lines)" in boats.texts()["product/docs"]
    assert boats.did(delete=True) == []


def test_a_file_that_was_renamed_and_edited_takes_its_page_with_it(boats: Scene) -> None:
    text = "# Knots\n\n" + "A bowline holds, a sheet bend joins, a clove hitch is quick.\n" * 5
    boats.write("knots.md", text)
    boats.did()
    id_before = boats.id_of("product/docs/knots")
    (boats.folder / "knots.md").unlink()
    boats.write("ropes/all-knots.md", text + "\nAnd one line more.\n")
    assert ("move", "en/product/docs/ropes/all-knots") in boats.did()
    assert boats.id_of("product/docs/ropes/all-knots") == id_before


def test_files_that_change_places_keep_their_pages_apart(boats: Scene) -> None:
    boats.did()
    one, two, three = (boats.folder / name for name in ("guide/index.md", "guide/mooring.md", "other"))
    one.rename(three)
    two.rename(one)
    three.rename(two)
    boats.did(delete=True)
    assert boats.texts()["product/docs/guide/mooring"].startswith("Text of the guide.")
    assert boats.client.pages.get_by_path("product/docs/guide").title == "Mooring"
    assert boats.did(delete=True) == []


def test_what_is_gone_is_deleted_only_when_asked_and_only_if_published_from_there(boats: Scene) -> None:
    boats.client.pages.create("product/docs/by-hand", title="By hand", content="Ours.\n")
    boats.did()
    boats.did("product/docs/other", name="other")
    (boats.folder / "guide/mooring.md").unlink()
    boats.write("README.md", "# Boats\n\nNo pictures any more.\n")
    report = boats.publish()
    assert report.plan.gone == ["en/product/docs/guide/mooring"]
    assert boats.client.pages.exists("product/docs/guide/mooring")
    # The picture that no page shows any more goes only where the page that showed it is still marked with it.
    boats.write("guide/index.md", "![plan](../img/plan.png)\n")
    boats.did()
    boats.write("guide/index.md", "No picture.\n")
    done = boats.did(delete=True)
    assert done == [
        ("delete-file", "/media/product/docs/img/plan.png"),
        ("update", "en/product/docs/guide"),
        ("delete", "en/product/docs/guide/mooring"),
    ]
    assert boats.client.pages.exists("product/docs/by-hand")
    assert boats.client.pages.exists("product/docs/other/guide/mooring")
    assert boats.client.assets.download("/media/product/docs/other/img/plan.png") == PNG


def test_a_page_of_somebody_else_is_never_overwritten(boats: Scene) -> None:
    boats.client.pages.create("product/docs/guide", title="Mine", content="Mine.\n")
    report = boats.publish()
    assert report.plan.refused == [
        ("guide/index.md", "there is a page en/product/docs/guide that was not published from here")
    ]
    assert not report.is_whole
    assert boats.texts()["product/docs/guide"] == "Mine.\n"
    assert ("update", "en/product/docs/guide") in boats.did(adopt=True)
    assert boats.did() == []


def test_edits_on_the_wiki_are_told_and_never_deleted(boats: Scene) -> None:
    boats.did()
    boats.edit("product/docs/guide", "An edit.\n")
    boats.edit("product/docs/guide/mooring", "An edit.\n")
    kept = boats.publish(keep_edited=True)
    assert sorted(kept.plan.kept) == ["guide/index.md", "guide/mooring.md"]
    assert not kept.done
    (boats.folder / "guide/mooring.md").unlink()
    report = boats.publish(delete=True)
    assert [(step.path, step.is_edited) for step in report.done if step.is_edited] == [("en/product/docs/guide", True)]
    assert report.plan.kept == ["en/product/docs/guide/mooring"]
    assert boats.client.pages.exists("product/docs/guide/mooring")


def test_much_is_not_deleted_unasked(scene: Scene) -> None:
    for number in range(12):
        scene.write(f"page{number}.md", f"# Page {number}\n\nText {number * 7919}\n")
    scene.did()
    for number in range(11):
        (scene.folder / f"page{number}.md").unlink()
    with pytest.raises(ManyDeletionsError, match="11 of 12"):
        scene.plan(delete=True)
    assert len(scene.did(delete=True, many_deletions=True)) == 11


def test_a_bad_file_stops_nothing_and_its_page_stays(boats: Scene) -> None:
    boats.did()
    boats.write("guide/mooring.md", "x" * (6 * 1024 * 1024))
    boats.write("guide/index.md", "Other text.\n")
    report = boats.publish(delete=True)
    assert [name for name, _ in report.plan.refused] == ["guide/mooring.md"]
    assert [(step.action, step.path) for step in report.done][-1] == ("update", "en/product/docs/guide")
    assert boats.client.pages.exists("product/docs/guide/mooring")


def test_dead_links_are_told_and_strict_refuses_them(boats: Scene) -> None:
    boats.client.pages.create("handbook/rules", title="Rules", content="x")
    boats.write("guide/secret.md", "[gone](nowhere.md) and [wiki](/handbook/rules), [no page](/handbook/none)\n")
    plan = boats.plan()
    assert [(remark.page, remark.text) for remark in plan.remarks] == [
        ("guide/secret.md", "The link to nowhere.md leads nowhere."),
        ("guide/secret.md", "The link to /handbook/none leads nowhere."),
    ]
    with pytest.raises(UnclearLinksError, match="2 things"):
        plan_publish(boats.client, boats.folder, "x-docs", strict=True)


def test_the_top_of_the_wiki_and_another_locale(boats: Scene) -> None:
    boats.client.localization.update(locale="en", auto_update=False, namespacing=True, namespaces=["en"])
    assert ("create", "en/home") in boats.did("/")
    assert ("create", "en/Product/Docs") in boats.did("Product/Docs")


@pytest.mark.parametrize("to", ["a.b", "fr/x", "img/x"])
def test_a_path_that_the_wiki_could_not_serve_is_refused(boats: Scene, to: str) -> None:
    with pytest.raises(exc.PageIllegalPathError):
        boats.plan(to)


def test_a_folder_without_pages_is_refused(scene: Scene, tmp_path: Path) -> None:
    with pytest.raises(InteropError, match="holds no Markdown"):
        scene.plan()
    with pytest.raises(InteropError, match="is no folder"):
        plan_publish(scene.client, tmp_path / "none", "x-docs")
    scene.write("a.md", "text\n")
    with pytest.raises(InteropError, match="left out"):
        scene.plan(exclude=("*.md",))


def test_a_page_that_cannot_be_read_is_refused(boats: Scene) -> None:
    boats.did()
    group = boats.client.groups.create("Writers")
    boats.client.groups.update(
        group.id,
        permissions=["read:pages", "write:pages", "read:assets"],
        rules=[PageRule(roles=["read:pages"], match="START", path="")],
    )
    key = boats.client.api_keys.create("weak", group="Writers")
    with boats.sandbox.client(auth=key.key) as weak:
        plan = plan_publish(weak, boats.folder, "product/docs", PublishOptions())
    assert len(plan.refused) == 4
    assert "cannot be read" in plan.refused[0][1]


def test_the_note_leads_to_where_the_page_is_edited(boats: Scene) -> None:
    url = "https://git.example.com/boats/edit/main/docs/{file}"
    boats.did(edit_url=url)
    assert boats.texts()["product/docs/guide/mooring"].endswith(
        "\n> [Edit this page](https://git.example.com/boats/edit/main/docs/guide/mooring.md)\n{.is-info}\n"
    )
    assert len(boats.did()) == 4  # and goes again


def test_a_page_made_by_a_run_that_was_killed_meanwhile_is_gone_on_with(boats: Scene) -> None:
    plan = boats.plan()
    boats.did()
    boats.edit("product/docs/guide", "Half of it.\n")
    report = run_publish(boats.client, plan)
    assert report.is_whole, report.failed
    assert boats.texts()["product/docs/guide"] == "Text of the guide.\n"
    boats.client.pages.update(boats.id_of("product/docs/guide"), content="Somebody else's.\n")
    report = run_publish(boats.client, plan)
    assert [step.name for step, _ in report.failed] == ["guide/index.md"]


def test_a_page_that_changes_between_plan_and_work_is_left_alone(boats: Scene) -> None:
    boats.did()
    (boats.folder / "guide/mooring.md").unlink()
    boats.write("guide/index.md", "Other text.\n")
    plan = boats.plan(delete=True)
    boats.edit("product/docs/guide", "Meanwhile.\n")
    boats.edit("product/docs/guide/mooring", "Meanwhile.\n")
    report = run_publish(boats.client, plan)
    assert {step.action for step, _ in report.failed} == {"update", "delete"}
    assert all(isinstance(error, exc.ConflictError) for _, error in report.failed)
    mark, _ = read(boats.client.pages.get_by_path("product/docs/guide/mooring").content)
    assert mark is not None


def test_a_copy_of_a_published_page_is_left_alone(boats: Scene) -> None:
    boats.did()
    boats.client.pages.copy("product/docs/guide", "product/docs/own-guide")
    report = boats.publish(delete=True)
    assert not report.done
    assert report.plan.copies == ["en/product/docs/own-guide"]


def test_an_interruption_and_an_outage_end_the_work_early(boats: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    def end(*arguments: object, **options: object) -> None:
        raise error

    for error in (KeyboardInterrupt(), exc.TransportError("The wiki is gone.")):
        plan = boats.plan()
        with monkeypatch.context() as patched:
            patched.setattr(type(boats.client.pages), "create", end)
            report = run_publish(boats.client, plan, progress=lambda done, total: None)
        assert report.interrupted == isinstance(error, KeyboardInterrupt)
        assert (report.stopped_by is error) == isinstance(error, exc.TransportError)
        assert len(report.not_attempted) == 4
        assert not report.is_whole
    assert len(boats.did()) == 4
