"""Random work on both sides: after a synchronisation they agree, no edit is lost, and another one does nothing.

WIKIJS_SYNC_EXAMPLES sets how many stories are tried; a few by default.
"""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

from hypothesis import HealthCheck, Phase, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from tests.sync.killing import Killed, killed_at
from wikijs.core.values.paths import PagePath
from wikijs.sandbox import Sandbox
from wikijs.sync.folder import Folder
from wikijs.sync.run import Report, synchronise
from wikijs.transfer.format import PageFile, dump, load
from wikijs.transfer.names import file_name, page_place

EXAMPLES: Final = int(os.environ.get("WIKIJS_SYNC_EXAMPLES", "4"))
PLACES: Final = [
    PagePath("one", "en"),
    PagePath("two", "en"),
    PagePath("three", "en"),
    PagePath("one/four", "en"),
    PagePath("one/five", "en"),
    PagePath("one", "fr"),
]
NUMBER: Final = st.integers(0, 5)
WORK: Final = ["leave", "edit", "edit", "delete", "move", "title"]
PLACE: Final = st.sampled_from(PLACES)


class SyncMachine(RuleBasedStateMachine):
    """Two people, one in the browser and one with the files, who never look at each other's side.

    `alive` holds each text that was written and that its own writer has not overwritten or deleted since.
    """

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="sync-"))
        ticks = itertools.count()
        self.sandbox = Sandbox(clock=lambda: time.time() + next(ticks) / 100)
        en = self.sandbox.db.one("SELECT * FROM locales")
        assert en is not None
        self.sandbox.db.put("locales", {**en, "code": "fr"})
        self.sandbox.db.save_setting("localization", {"namespacing": True, "namespaces": ["en", "fr"]})
        self.client = self.sandbox.client()
        self.numbers = itertools.count()
        self.alive: set[str] = set()
        self.settled: set[str] = set()
        self.synced = True

    def teardown(self) -> None:
        self.client.close()
        self.sandbox.close()
        shutil.rmtree(self.folder)

    # What is there.

    def pages(self) -> list[tuple[int, PagePath, str]]:
        rows = self.sandbox.db.all("SELECT id, path, localeCode, content FROM pages ORDER BY id")
        return [(row["id"], PagePath(row["path"], row["localeCode"]), row["content"]) for row in rows]

    def files(self) -> list[str]:
        return list(Folder(self.folder).files())

    def page_files(self) -> list[str]:
        return [name for name in self.files() if ".conflict-" not in name]

    def load(self, name: str) -> PageFile:
        return load((self.folder / name).read_bytes().decode(), name.rpartition(".")[2])

    def text(self) -> str:
        number = next(self.numbers)
        text = f"text {number}\n" if number % 3 else f"# {number}\r\ntext: [{number}] --- \u00e4"
        self.alive.add(text)
        self.synced = False
        return text

    # The person in the browser.

    @rule(place=PLACE)
    def create_page(self, place: PagePath) -> None:
        if all(place != taken for _, taken, _ in self.pages()):
            self.client.pages.create(
                place.path, locale=place.locale, title=place.path.rpartition("/")[2], content=self.text(), tags=["new"]
            )

    @precondition(lambda self: self.pages())
    @rule(number=NUMBER)
    def edit_page(self, number: int) -> None:
        page_id, _, text = self.pages()[number % len(self.pages())]
        self.alive.discard(text)
        self.client.pages.update(page_id, content=self.text())

    @precondition(lambda self: self.pages())
    @rule(number=NUMBER, title=st.sampled_from(["Plain", "With: colon # and 'quotes'", " 2026 ", "one"]))
    def title_page(self, number: int, title: str) -> None:
        page_id, _, _ = self.pages()[number % len(self.pages())]
        self.client.pages.update(page_id, title=title, tags=["x", "y"])
        self.synced = False

    @precondition(lambda self: self.pages())
    @rule(number=NUMBER)
    def convert_page(self, number: int) -> None:
        page_id, _, text = self.pages()[number % len(self.pages())]
        self.alive.discard(text)
        self.client.pages.update(page_id, editor="code", content=f"<p>{self.text()}</p>")
        self.alive = {f"<p>{text}</p>" if f"<p>{text}</p>" == self.pages_text(page_id) else text for text in self.alive}

    def pages_text(self, page_id: int) -> str:
        return next(text for found, _, text in self.pages() if found == page_id)

    @precondition(lambda self: self.pages())
    @rule(number=NUMBER, place=PLACE)
    def move_page(self, number: int, place: PagePath) -> None:
        page_id, _, _ = self.pages()[number % len(self.pages())]
        if all(place != taken for _, taken, _ in self.pages()):
            self.client.pages.move(page_id, place.path, locale=place.locale)
            self.synced = False

    @precondition(lambda self: len(self.pages()) > 1)
    @rule(number=NUMBER, other=NUMBER)
    def swap_pages(self, number: int, other: int) -> None:
        pages = self.pages()
        (one, here, _), (two, there, _) = pages[number % len(pages)], pages[other % len(pages)]
        if one != two:
            self.client.pages.move(one, "elsewhere", locale="en")
            self.client.pages.move(two, here.path, locale=here.locale)
            self.client.pages.move(one, there.path, locale=there.locale)
            self.synced = False

    @precondition(lambda self: self.pages())
    @rule(number=NUMBER)
    def delete_page(self, number: int) -> None:
        page_id, _, text = self.pages()[number % len(self.pages())]
        self.alive.discard(text)
        self.client.pages.delete(page_id)
        self.synced = False

    # The person with the files.

    def write(self, name: str, page: PageFile) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes((page.content if page.title is None else dump(page, "yaml")).encode())
        self.synced = False

    @rule(place=PLACE)
    def create_file(self, place: PagePath) -> None:
        if not any(page_place(name) == place for name in self.page_files()):
            self.write(file_name(place, "markdown"), PageFile(content=self.text()))

    @precondition(lambda self: self.page_files())
    @rule(number=NUMBER)
    def edit_file(self, number: int) -> None:
        name = self.page_files()[number % len(self.page_files())]
        page = self.load(name)
        self.alive.discard(page.content)
        text = self.text()
        self.write(name, PageFile(**{**vars_of(page), "content": text}))

    @precondition(lambda self: self.page_files())
    @rule(number=NUMBER, place=PLACE)
    def move_file(self, number: int, place: PagePath) -> None:
        name = self.page_files()[number % len(self.page_files())]
        if not any(page_place(other) == place for other in self.page_files()):
            target = self.folder / file_name(place, self.load(name).content_type)
            target.parent.mkdir(parents=True, exist_ok=True)
            (self.folder / name).rename(target)
            self.synced = False

    @precondition(lambda self: len(self.page_files()) > 1)
    @rule(number=NUMBER, other=NUMBER)
    def swap_files(self, number: int, other: int) -> None:
        names = self.page_files()
        one, two = self.folder / names[number % len(names)], self.folder / names[other % len(names)]
        if one.suffix == two.suffix:
            first, second = one.read_bytes(), two.read_bytes()
            one.write_bytes(second)
            two.write_bytes(first)
            self.synced = False

    @precondition(lambda self: self.page_files())
    @rule(number=NUMBER)
    def delete_file(self, number: int) -> None:
        name = self.page_files()[number % len(self.page_files())]
        self.alive.discard(self.load(name).content)
        (self.folder / name).unlink()
        self.synced = False

    @precondition(lambda self: any(".conflict-" in name for name in self.files()))
    @rule()
    def settle(self) -> None:
        for name in self.files():
            if ".conflict-" in name:
                self.alive.discard(self.load(name).content)
                (self.folder / name).unlink()
        self.synced = False

    # Both at once, at the same page.

    def shared(self) -> list[PagePath]:
        """Pages that have a file."""
        there = {place for _, place, _ in self.pages()}
        return [page_place(name) for name in self.page_files() if page_place(name) in there]

    @rule(
        jobs=st.lists(
            st.tuples(NUMBER, st.sampled_from(WORK), st.sampled_from(WORK), PLACE, PLACE), min_size=2, max_size=5
        ),
        boundary=st.none() | st.integers(0, 16),
    )
    def spend_a_day(self, jobs: list[tuple[int, str, str, PagePath, PagePath]], boundary: int | None) -> None:
        for number, here, there, *places in jobs:
            if self.shared():
                self.work_on_both(number, here, there, places)
        if boundary is not None:
            self.synchronise_and_die(boundary)
        self.check(self.sync())

    def work_on_both(self, number: int, here: str, there: str, places: list[PagePath]) -> None:
        place = self.shared()[number % len(self.shared())]
        page = next(index for index, (_, at, _) in enumerate(self.pages()) if at == place)
        file = next(index for index, name in enumerate(self.page_files()) if page_place(name) == place)
        if here == "move":
            self.move_file(file, places[0])
        elif here in {"edit", "delete"}:
            {"edit": self.edit_file, "delete": self.delete_file}[here](file)
        if there == "move":
            self.move_page(page, places[1])
        elif there == "title":
            self.title_page(page, "Another title")
        elif there in {"edit", "delete"}:
            {"edit": self.edit_page, "delete": self.delete_page}[there](page)

    # Both.

    @initialize(count=st.integers(2, 5))
    def begin(self, count: int) -> None:
        for place in PLACES[:count]:
            self.create_page(place)
        self.sync()
        self.synced = True

    def sync(self, **options: object) -> Report:
        report = synchronise(self.client, self.folder, allow_many_deletions=True, **options)  # type: ignore[arg-type]
        note(f"{[(each.kind.value, each.file) for each in report.done]} {report.blocked} {report.failures}")
        return report

    @precondition(lambda self: not self.synced)
    @rule()
    def synchronise(self) -> None:
        self.check(self.sync())

    @precondition(lambda self: not self.synced)
    @rule(boundary=st.integers(0, 16))
    def synchronise_and_die(self, boundary: int) -> None:
        with killed_at(boundary), suppress(Killed):
            self.sync()

    @precondition(lambda self: not self.synced)
    @rule()
    def synchronise_ours(self) -> None:
        self.check(self.sync(rule="ours"))

    @precondition(lambda self: not self.synced)
    @rule()
    def plan_only(self) -> None:
        before = {name: (self.folder / name).read_bytes() for name in self.files()}, self.pages()
        self.sync(dry_run=True)
        assert before == ({name: (self.folder / name).read_bytes() for name in self.files()}, self.pages())

    def check(self, report: Report) -> None:
        assert not report.failures
        assert not report.refused
        again = self.sync()
        assert not again.changes
        assert again.conflicts == report.conflicts
        self.agree(again)
        history = {row["content"] for row in self.sandbox.db.all("SELECT content FROM pageHistory")}
        files = {self.load(name).content for name in self.files()}
        lost = self.alive - files - {text for _, _, text in self.pages()} - history
        assert not lost
        self.synced = True

    def agree(self, report: Report) -> None:
        """Both sides have the same texts at the same places, but for what was reported."""
        apart = {blocked.place for blocked in report.blocked}
        apart |= {str(page_place(blocked.file)) for blocked in report.blocked if blocked.file}
        folder = {str(page_place(name)): self.load(name).content for name in self.page_files()}
        wiki = {str(place): text for _, place, text in self.pages()}
        assert {place: text for place, text in folder.items() if place not in apart} == {
            place: text for place, text in wiki.items() if place not in apart
        }


def vars_of(page: PageFile) -> dict[str, object]:
    return {name: getattr(page, name) for name in PageFile.__dataclass_fields__}


TestSync = SyncMachine.TestCase
TestSync.settings = settings(
    max_examples=EXAMPLES,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate],
    report_multiple_bugs=False,
)
