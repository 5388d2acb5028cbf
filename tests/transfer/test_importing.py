"""Importing: plans, what is refused before anything is sent, and work that is interrupted."""

from __future__ import annotations

import io
import json
import os
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from wikijs import WikiJSClient
from wikijs import exceptions as exc
from wikijs.core.files import BOUNDS
from wikijs.transfer.importing import ImportOptions, planned, run_import
from wikijs.transfer.plan import ImportPlan
from wikijs.transfer.reports import ImportReport

from .wikis import contents, empty_wiki

ASSETS = ImportOptions(assets=True)


def write(folder: Path, files: dict[str, str | bytes]) -> Path:
    """Write files."""
    for name, content in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def plan_of(client: WikiJSClient, source: Path, options: ImportOptions | None = None) -> ImportPlan:
    """The plan of an import."""
    with planned(client, source, options) as plan:
        return plan


def run(client: WikiJSClient, source: Path, options: ImportOptions | None = None, **arguments: Any) -> ImportReport:
    """Plan and import."""
    with planned(client, source, options) as plan:
        assert not plan.refused
        return run_import(client, plan, **arguments)


def refusals(client: WikiJSClient, source: Path, options: ImportOptions | None = None) -> dict[str, str]:
    """What is refused, and why. Nothing is sent for it."""
    return {error.name: error.message for error in plan_of(client, source, options).refused}


def test_new_pages_are_made_changed_ones_updated_and_others_left_alone(empty: WikiJSClient, tmp_path: Path) -> None:
    write(tmp_path, {"docs/new.md": "---\ntitle: New\ntags: [b, a]\n---\n\nx", "docs/bare.md": "bare"})
    assert run(empty, tmp_path).created == ["docs/bare.md", "docs/new.md"]
    empty.pages.create("elsewhere", title="Elsewhere", content="x")
    write(tmp_path, {"docs/new.md": "---\ntitle: New\ntags: [b, c]\n---\n\ny"})
    seen: list[tuple[int, int]] = []
    report = run(empty, tmp_path, progress=lambda *counts: seen.append(counts))
    assert (report.created, report.updated, report.unchanged) == ([], ["docs/new.md"], ["docs/bare.md"])
    assert seen == [(1, 1)]
    page = empty.pages.get_by_path("docs/new")
    assert (page.content, sorted(tag.tag for tag in page.tags)) == ("y", ["b", "c"])
    assert empty.pages.get_by_path("docs/bare").title == "bare"
    assert len(empty.pages.list()) == 3


def test_what_a_file_does_not_say_is_kept(empty: WikiJSClient, tmp_path: Path) -> None:
    empty.pages.create(
        "page", title="Title", content="x", description="D", tags=["a"], is_published=False, script_css="a{b:c}"
    )
    write(tmp_path, {"page.md": "new"})
    plan = plan_of(empty, tmp_path)
    assert [(step.action, step.changed) for step in plan.steps] == [("update", ("content",))]
    run(empty, tmp_path)
    page = empty.pages.get(1)
    assert (page.title, page.description, [tag.tag for tag in page.tags]) == ("Title", "D", ["a"])
    assert page.script_css == "a{b:c}"
    assert not empty.pages.list()[0].is_published


def test_all_fields_are_compared(empty: WikiJSClient, tmp_path: Path) -> None:
    empty.pages.create("page", title="T", content="<p>x</p>", editor="ckeditor")
    header = (
        "title: U\ndescription: D\nisPublished: false\ntags: a\neditor: code\npublishEndDate: 2030\nscriptCss: a{b:c}"
    )
    write(tmp_path, {"page.html": f"<!--\n{header}\n-->\n\n<p>y</p>"})
    (step,) = plan_of(empty, tmp_path).steps
    changed = "title description is_published publish_end_date script_css content tags editor"
    assert step.changed == tuple(changed.split())
    run(empty, tmp_path)
    assert plan_of(empty, tmp_path).steps == []


def test_a_page_can_change_its_language(empty: WikiJSClient, tmp_path: Path) -> None:
    empty.pages.create("page", title="T", content="# x")
    write(tmp_path, {"page.html": "<h1>y</h1>"})
    run(empty, tmp_path)
    page = empty.pages.get(1)
    assert (page.content, page.content_type) == ("<h1>y</h1>", "html")


def test_without_update_only_new_pages_are_made(empty: WikiJSClient, tmp_path: Path) -> None:
    empty.pages.create("old", title="Old", content="x")
    write(tmp_path, {"old.md": "y", "new.md": "z"})
    plan = plan_of(empty, tmp_path, ImportOptions(update=False))
    assert ([step.name for step in plan.steps], plan.left) == (["new.md"], ["old.md"])


def test_the_main_locale_decides_where_files_without_a_folder_go(empty: WikiJSClient, tmp_path: Path) -> None:
    empty.localization.update(locale="de", namespacing=True, namespaces=["de", "en"])
    write(tmp_path, {"seite.md": "x", "en/page.md": "y"})
    run(empty, tmp_path)
    assert sorted(f"{page.locale}/{page.path}" for page in empty.pages.list()) == ["de/seite", "en/page"]


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("page.md", "---\ntitle: [\nx: y\n---\n", "The header of page.md is broken: line 4: "),
        ("page.md", b"caf\xe9", "page.md is no UTF-8 text: byte 4 is none."),
        ("page.md", "", "page.md: The content of a page cannot be empty."),
        ("page.md", f"---\ntitle: {'x' * 300}\n---\ny", "page.md: The title has 300 characters"),
        ("page.md", "---\ntags: ['a,b']\n---\ny", "page.md: The tag 'a,b' holds a comma"),
        ("page.txt", "---\ntitle: T\n---\ny", "page.txt does not say which editor it is for."),
        ("v1.2/page.md", "x", "The file v1.2/page.md cannot be a page. The path 'v1.2/page' holds a dot."),
        ("login.md", "x", "The file login.md cannot be a page."),
        ("ja/page.md", "x", "page.md belongs to the locale 'ja', which the wiki does not have."),
    ],
)
def test_bad_files_are_refused(
    empty: WikiJSClient, tmp_path: Path, name: str, content: str | bytes, reason: str
) -> None:
    write(tmp_path, {name: content, "good.md": "x"})
    found = refusals(empty, tmp_path)
    assert list(found) == [name]
    assert reason in found[name]
    assert [step.name for step in plan_of(empty, tmp_path).steps] == ["good.md"]


def test_a_page_over_the_servers_limit_is_refused(empty: WikiJSClient, tmp_path: Path) -> None:
    write(
        tmp_path, {"large.md": "x" * 10 * 1024 * 1024, "escaped.md": '"' * 3 * 1024 * 1024, "fits.md": "x" * 4_000_000}
    )
    assert refusals(empty, tmp_path) == {
        "large.md": "large.md has 10 MB, more than the server takes: a request may have 5 MB.",
        "escaped.md": "escaped.md is larger than the server takes: a request may have 5 MB.",
    }
    more = ImportOptions(body_limit=20 * 1024 * 1024)
    assert refusals(empty, tmp_path, more) == {}
    with planned(empty, tmp_path) as plan:
        assert run_import(empty, plan).created == ["fits.md"]  # what the plan lets through the server takes


def test_names_that_collide_are_refused(empty: WikiJSClient, tmp_path: Path) -> None:
    write(tmp_path, {"docs/Page.md": "x", "docs/page.md": "y"})
    assert "docs/Page.md and docs/page.md differ only in case" in refusals(empty, tmp_path)["docs/page.md"]
    assert refusals(empty, tmp_path, ImportOptions(allow_case_collisions=True)) == {}


def test_two_files_of_one_page_are_refused(empty: WikiJSClient, tmp_path: Path) -> None:
    write(tmp_path, {"page.md": "x", "page.html": "y", "en/page.adoc": "z"})
    assert refusals(empty, tmp_path) == {
        "page.html": "page.html and en/page.adoc are one and the same page, en/page.",
        "page.md": "page.md and en/page.adoc are one and the same page, en/page.",
    }


def test_a_page_that_may_not_be_read_is_refused(tmp_path: Path) -> None:
    write(tmp_path, {"page.md": "y"})
    with empty_wiki() as sandbox, sandbox.client() as client, sandbox.client(guest=True) as guest:
        client.pages.create("page", title="P", content="x")
        assert "page.md cannot be compared. " in refusals(guest, tmp_path)["page.md"]


def test_hidden_files_links_and_special_files_are_not_read(empty: WikiJSClient, tmp_path: Path) -> None:
    import os

    write(tmp_path / "out", {"secret.md": "x"})
    folder = write(tmp_path / "in", {".git/x.md": "x", ".hidden.md": "x", "page.md": "x"})
    (folder / "link.md").symlink_to(tmp_path / "out" / "secret.md")
    (folder / "folder").symlink_to(tmp_path / "out")
    os.mkfifo(folder / "pipe.md")
    plan = plan_of(empty, folder)
    assert [step.name for step in plan.steps] == ["page.md"]
    assert {error.name for error in plan.refused} == {"link.md", "folder", "pipe.md"}


def test_a_file_that_cannot_be_read_is_refused(
    empty: WikiJSClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, {"page.md": "x"})
    opened = os.open

    def denied(path: str, flags: int) -> int:
        if str(path).endswith("page.md"):
            raise PermissionError(13, "Permission denied", str(path))
        return opened(path, flags)

    monkeypatch.setattr(os, "open", denied)
    assert refusals(empty, tmp_path) == {
        "page.md": "The file 'page.md' is refused: it cannot be read: Permission denied."
    }


def test_folders_may_not_be_too_deep(empty: WikiJSClient, tmp_path: Path) -> None:
    deepest = "/".join(["a"] * (BOUNDS.depth + 1))
    write(tmp_path, {f"{deepest}/page.md": "x"})
    assert refusals(empty, tmp_path) == {deepest: f"The file '{deepest}' is refused: it lies too deep."}


class TestArchives:
    """What strangers may have put into them."""

    def test_names_that_lead_out_are_refused(self, empty: WikiJSClient, tmp_path: Path) -> None:
        with zipfile.ZipFile(tmp_path / "x.zip", "w") as pack:
            for name in ("../evil.md", "/etc/evil.md", "good.md", "img/../../evil.png", ".git/x.md"):
                pack.writestr(name, "x")
        found = refusals(empty, tmp_path / "x.zip", ASSETS)
        assert list(found) == ["../evil.md", "/etc/evil.md", "img/../../evil.png"]
        assert all("leads out of the folder" in reason for reason in found.values())

    def test_links_in_a_tar_are_refused(self, empty: WikiJSClient, tmp_path: Path) -> None:
        with tarfile.open(tmp_path / "x.tar.gz", "w:gz") as tar:
            link = tarfile.TarInfo("link.md")
            link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
            tar.addfile(link)
            folder = tarfile.TarInfo("docs")
            folder.type = tarfile.DIRTYPE
            tar.addfile(folder)
            page = tarfile.TarInfo("./docs/page.md")
            page.size = 1
            tar.addfile(page, io.BytesIO(b"x"))
        plan = plan_of(empty, tmp_path / "x.tar.gz")
        assert [step.name for step in plan.steps] == ["docs/page.md"]
        assert [error.name for error in plan.refused] == ["link.md"]

    def test_encrypted_files_are_refused(self, empty: WikiJSClient, tmp_path: Path) -> None:
        with zipfile.ZipFile(tmp_path / "x.zip", "w") as pack:
            pack.writestr("page.md", "x")
        data = bytearray((tmp_path / "x.zip").read_bytes())
        data[data.index(b"PK\x01\x02") + 8] |= 1
        (tmp_path / "x.zip").write_bytes(data)
        assert "it is encrypted" in refusals(empty, tmp_path / "x.zip")["page.md"]

    @pytest.mark.parametrize("name", ["x.zip", "x.tar.gz"])
    def test_damaged_ones_are_one_sentence(self, empty: WikiJSClient, tmp_path: Path, name: str) -> None:
        (tmp_path / name).write_bytes(b"nothing of the kind")
        with pytest.raises(exc.ConfigurationError, match=r"is damaged: "):
            plan_of(empty, tmp_path / name)


class TestDocuments:
    """One file of JSON or YAML."""

    @pytest.mark.parametrize(
        ("name", "content", "message"),
        [
            ("x.json", "{", "cannot be read as JSON"),
            ("x.json", "[]", "holds no exported pages"),
            ("x.json", '{"format": "wikijs-pages", "version": 2, "pages": []}', "holds no exported pages"),
            ("x.json", '{"format": "wikijs-pages", "version": 1, "pages": 1}', "holds no exported pages"),
            ("x.json", "[" * 100_000, "cannot be read as JSON: it is nested|cannot be read as JSON: "),
            ("x.yaml", "a: [", "cannot be read as YAML"),
            ("x.json", b"\xff", "cannot be read as JSON"),
        ],
    )
    def test_other_files_are_refused(
        self, empty: WikiJSClient, tmp_path: Path, name: str, content: str | bytes, message: str
    ) -> None:
        write(tmp_path, {name: content})
        with pytest.raises(exc.ConfigurationError, match=message):
            plan_of(empty, tmp_path / name)

    @pytest.mark.parametrize(
        ("entry", "message"),
        [
            ("x", "The page 1 of x.json is no page."),
            ({"path": "a"}, "has no content, or a wrong one"),
            ({"path": "abc", "content": 1}, "has no content, or a wrong one"),
            ({"path": "abc", "content": "x", "tags": "a"}, "has no tags, or a wrong one"),
            ({"path": "abc", "content": "x", "tags": [1]}, "has no tags, or a wrong one"),
            ({"path": "abc", "content": "x", "isPublished": "no"}, "has no isPublished, or a wrong one"),
            ({"path": "a.b", "content": "x"}, "The path 'a.b' holds a dot"),
        ],
    )
    def test_entries_that_are_no_pages_are_refused(
        self, empty: WikiJSClient, tmp_path: Path, entry: object, message: str
    ) -> None:
        document = {"format": "wikijs-pages", "version": 1, "pages": [entry, {"path": "good", "content": "x"}]}
        write(tmp_path, {"x.json": json.dumps(document)})
        plan = plan_of(empty, tmp_path / "x.json")
        assert [message in error.message for error in plan.refused] == [True]
        assert [step.name for step in plan.steps] == ["en/good"]

    def test_an_empty_one_is_no_mistake(self, empty: WikiJSClient, tmp_path: Path) -> None:
        write(tmp_path, {"x.yaml": "format: wikijs-pages\nversion: 1\npages:\n"})
        assert plan_of(empty, tmp_path / "x.yaml").files == []


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("missing", "does not exist"),
        ("missing.json", "does not exist"),
        ("file.doc", "neither a folder nor an archive"),
    ],
)
def test_sources_that_are_none(empty: WikiJSClient, tmp_path: Path, name: str, message: str) -> None:
    (tmp_path / "file.doc").write_text("x")
    with pytest.raises(exc.ConfigurationError, match=message):
        plan_of(empty, tmp_path / name)


class TestAssets:
    """Files beside the pages."""

    def test_new_and_changed_ones_are_uploaded(self, empty: WikiJSClient, tmp_path: Path) -> None:
        write(tmp_path, {"img/same.png": b"1", "img/size.png": b"1", "img/bytes.png": b"1", "page.md": "x"})
        assert run(empty, tmp_path, ASSETS).uploaded == ["img/bytes.png", "img/same.png", "img/size.png"]
        write(tmp_path, {"img/size.png": b"22", "img/bytes.png": b"2", "img/new.png": b"1"})
        seen: list[tuple[int, int]] = []
        with planned(empty, tmp_path, ASSETS) as plan:
            assert [step.replaces is not None for step in plan.assets] == [True, False, True]
            report = run_import(empty, plan, progress=lambda *counts: seen.append(counts))
        assert report.uploaded == ["img/bytes.png", "img/new.png", "img/size.png"]
        assert report.unchanged == ["page.md", "img/same.png"]
        assert seen == [(3, 3)]
        assert empty.assets.download("/img/bytes.png") == b"2"

    def test_a_drawing_that_the_server_cleaned_is_not_replaced_for_ever(
        self, empty: WikiJSClient, tmp_path: Path
    ) -> None:
        write(tmp_path, {"img/plan.svg": '<?xml version="1.0"?><svg onload="x()"><path d="M0 0"/></svg>'})
        assert run(empty, tmp_path, ASSETS).uploaded == ["img/plan.svg"]
        assert run(empty, tmp_path, ASSETS).unchanged == ["img/plan.svg"]
        write(tmp_path, {"img/plan.svg": "<svg><path d='M1 1'/></svg>"})
        assert run(empty, tmp_path, ASSETS).uploaded == ["img/plan.svg"]

    def test_without_the_option_they_are_left(self, empty: WikiJSClient, tmp_path: Path) -> None:
        write(tmp_path, {"img/a.png": b"1", "notes.txt": "no page"})
        assert plan_of(empty, tmp_path).left == ["img/a.png", "notes.txt"]

    def test_names_are_what_the_server_makes_of_them(self, empty: WikiJSClient, tmp_path: Path) -> None:
        write(tmp_path, {"Img/My Photo.PNG": b"1"})
        run(empty, tmp_path, ASSETS)
        assert [asset.path for asset in empty.assets.list(recursive=True)] == ["/img/my_photo.png"]
        assert plan_of(empty, tmp_path, ASSETS).assets == []

    @pytest.mark.parametrize(
        ("names", "refused", "reason"),
        [
            (["a b.png", "a_b.png"], "a_b.png", "would both be stored as /a_b.png"),
            (["notes.txt"], "notes.txt", "could not be downloaded as /notes.txt"),
            (["img/con"], "img/con", "without a name"),
        ],
    )
    def test_what_cannot_be_stored_is_refused(
        self, empty: WikiJSClient, tmp_path: Path, names: list[str], refused: str, reason: str
    ) -> None:
        write(tmp_path, dict.fromkeys(names, b"1"))
        found = refusals(empty, tmp_path, ASSETS)
        assert list(found) == [refused]
        assert reason in found[refused]

    def test_a_failure_does_not_stop_the_rest(self, empty: WikiJSClient, tmp_path: Path) -> None:
        write(tmp_path, {"img/a.png": b"1", "img/large.png": b"1" * (6 * 1024 * 1024)})
        report = run(empty, tmp_path, ASSETS)
        assert report.uploaded == ["img/a.png"]
        assert [name for name, _ in report.failed] == ["img/large.png"]
        assert isinstance(report.failed[0][1], exc.PayloadTooLargeError)


def failing(monkeypatch: pytest.MonkeyPatch, client: WikiJSClient, error: BaseException, at: int) -> None:
    """Let the nth creation of a page fail."""
    create: Callable[..., Any] = client.pages.create
    calls = iter(range(1000))

    def fail(*arguments: Any, **options: Any) -> Any:
        if next(calls) == at:
            raise error
        return create(*arguments, **options)

    monkeypatch.setattr(client.pages, "create", fail)


class TestInterruptions:
    """An import that breaks off says so, and goes on when it is run again."""

    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        """Four pages and an asset."""
        names = ("one", "two", "three", "four")
        return write(tmp_path / "in", {f"{name}.md": name for name in names} | {"a.png": b"1"})

    def test_a_failure_does_not_stop_the_rest(
        self, empty: WikiJSClient, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        failing(monkeypatch, empty, exc.PageCreateForbiddenError("No.", code=6008, slug="x"), 1)
        report = run(empty, folder, ASSETS)
        assert report.created == ["four.md", "three.md", "two.md"]
        assert [name for name, _ in report.failed] == ["one.md"]
        assert (report.uploaded, report.done, report.not_attempted) == (["a.png"], 4, [])

    @pytest.mark.parametrize("error", [exc.TransportError("Gone.", sent=False), KeyboardInterrupt()])
    def test_what_was_left_is_told_and_done_the_next_time(
        self, empty: WikiJSClient, folder: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
    ) -> None:
        failing(monkeypatch, empty, error, 2)
        report = run(empty, folder, ASSETS)
        is_interrupted = isinstance(error, KeyboardInterrupt)
        assert report.created == ["four.md", "one.md"]
        assert (report.interrupted, report.stopped_by is error) == (is_interrupted, not is_interrupted)
        assert [name for name, _ in report.failed] == (["three.md"] if is_interrupted else [])
        assert report.not_attempted == [*([] if is_interrupted else ["three.md"]), "two.md", "a.png"]
        second = run(empty, folder, ASSETS)
        assert (second.created, second.unchanged) == (["three.md", "two.md"], ["four.md", "one.md"])

    def test_with_a_journal_what_was_done_is_not_touched_again(
        self, empty: WikiJSClient, folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        journal = tmp_path / "journal"
        with monkeypatch.context() as patch:
            failing(patch, empty, exc.TransportError("Gone.", sent=False), 2)
            run(empty, folder, journal=journal)
        changed = empty.pages.get_by_path("one")
        empty.pages.update(changed.id, content="somebody's")
        report = run(empty, folder, journal=journal)
        assert (report.done_before, report.created) == (["one.md"], ["three.md", "two.md"])
        assert empty.pages.get_by_path("one").content == "somebody's"

    def test_a_page_that_was_in_flight_is_looked_at(
        self, empty: WikiJSClient, folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        journal = tmp_path / "journal"
        with monkeypatch.context() as patch:
            failing(patch, empty, KeyboardInterrupt(), 0)
            run(empty, folder, journal=journal)
        with planned(empty, folder) as plan:
            empty.pages.create("four", title="Four", content="made meanwhile")
            report = run_import(empty, plan, journal=journal)
        assert report.created == ["four.md", "one.md", "three.md", "two.md"]
        assert empty.pages.get_by_path("four").content == "four"

    def test_a_page_that_came_meanwhile_is_not_overwritten(self, empty: WikiJSClient, folder: Path) -> None:
        with planned(empty, folder) as plan:
            empty.pages.create("four", title="Four", content="made meanwhile")
            report = run_import(empty, plan)
        assert [(name, type(error)) for name, error in report.failed] == [("four.md", exc.PageExistsError)]
        assert empty.pages.get_by_path("four").content == "made meanwhile"

    def test_a_page_that_changed_meanwhile_is_not_overwritten(self, empty: WikiJSClient, folder: Path) -> None:
        empty.pages.create("four", title="Four", content="x")
        with planned(empty, folder) as plan:
            empty.pages.update(1, content="changed meanwhile")
            report = run_import(empty, plan)
        assert [(name, type(error)) for name, error in report.failed] == [("four.md", exc.PageChangedError)]

    def test_the_journal_of_other_files_is_refused(self, empty: WikiJSClient, folder: Path, tmp_path: Path) -> None:
        journal = tmp_path / "journal"
        run(empty, folder, journal=journal)
        whole = journal.read_bytes()
        journal.write_bytes(b"".join(whole.splitlines(keepends=True)[:-2]))  # as if it had not come to its end
        write(folder, {"five.md": "5"})
        with pytest.raises(exc.ConfigurationError, match="journal of another job"):
            run(empty, folder, journal=journal)
        journal.write_bytes(whole)
        assert run(empty, folder, journal=journal).created == ["five.md"]


def test_front_matter_that_means_nothing_is_told(empty: WikiJSClient, tmp_path: Path) -> None:
    write(tmp_path, {"page.md": "---\ntitle: T\nlayout: wide\n---\nx"})
    assert plan_of(empty, tmp_path).unknown == {"page.md": ("layout",)}


def test_front_matter_that_was_mended_is_told(empty: WikiJSClient, tmp_path: Path) -> None:
    write(tmp_path, {"page.md": "---\ntitle: Foo: bar\n---\nx", "good.md": "---\ntitle: T\n---\nx"})
    plan = plan_of(empty, tmp_path)
    assert list(plan.mended) == ["page.md"]
    assert plan.mended["page.md"].startswith("Its front matter is broken: ")
    assert not plan.refused


@pytest.mark.parametrize(
    ("text", "told"),
    [("---\nlayout: wide\n---\nx", ("layout",)), ("---\ntitle: T\n\nx", ("a header without an end",))],
)
def test_a_header_that_is_none_stays_in_the_page_and_is_told(
    empty: WikiJSClient, tmp_path: Path, text: str, told: tuple[str, ...]
) -> None:
    write(tmp_path, {"page.md": text})
    plan = plan_of(empty, tmp_path)
    assert plan.unknown == {"page.md": told}
    assert plan.steps[0].values["content"] == text


def test_a_file_name_with_letters_taken_apart_is_the_wikis_page(empty: WikiJSClient, tmp_path: Path) -> None:
    empty.pages.create("über", title="T", content="x")
    write(tmp_path, {"u\u0308ber.md": "x", "img/u\u0308.png": b"png"})
    plan = plan_of(empty, tmp_path, ASSETS)
    assert (plan.steps, plan.unchanged) == ([], ["u\u0308ber.md"])
    assert [step.path for step in plan.assets] == ["/img/ü.png"]


def test_a_page_whose_path_has_letters_taken_apart_is_found(empty: WikiJSClient, tmp_path: Path) -> None:
    empty.pages.create("u\u0308ber", title="T", content="x")
    write(tmp_path, {"u\u0308ber.md": "x"})
    assert plan_of(empty, tmp_path).unchanged == ["u\u0308ber.md"]


def test_a_mark_of_the_encoding_is_no_content(empty: WikiJSClient, tmp_path: Path) -> None:
    write(tmp_path, {"one.md": b"\xef\xbb\xbf# Title\n", "two.md": b"\xef\xbb\xbf---\ntitle: T\n---\nx"})
    steps = plan_of(empty, tmp_path).steps
    assert [(step.values["title"], step.values["content"]) for step in steps] == [("Title", "# Title\n"), ("T", "x")]


def test_nothing_is_left_behind(empty: WikiJSClient, tmp_path: Path) -> None:
    write(tmp_path, {"page.md": "x"})
    before = contents(tmp_path)
    run(empty, tmp_path)
    assert contents(tmp_path) == before


def test_styles_that_the_server_minifies_are_not_to_be_written_for_ever(empty: WikiJSClient, tmp_path: Path) -> None:
    css = "/* mine */\n.page  {\n  color: #FF0000;\n  margin: 0px;\n}\n"
    header = "---\ntitle: Styled\nscriptCss: |\n" + "".join(f"  {line}\n" for line in css.splitlines()) + "---\n\ntext"
    write(tmp_path / "site", {"styled.md": header})
    assert run(empty, tmp_path / "site").created == ["styled.md"]
    with planned(empty, tmp_path / "site") as plan:
        assert (plan.steps, plan.unchanged) == ([], ["styled.md"])
    (tmp_path / "site" / "styled.md").write_text(header.replace("FF0000", "00FF00"), encoding="utf-8")
    with planned(empty, tmp_path / "site") as plan:
        assert [step.changed for step in plan.steps] == [("script_css",)]


def test_styles_as_they_are_are_not_sent_again(empty: WikiJSClient) -> None:
    page = empty.pages.create("styled", title="Styled", content="x", script_css="p { color: blue; }")
    saved = empty.pages.get(page.id)
    again = empty.pages.update(page.id, script_css="p {\n  color: blue;\n}\n")
    assert again.updated_at == saved.updated_at
