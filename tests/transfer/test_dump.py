"""What a real Wiki.js wrote to its disk is what the export writes, byte for byte."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from wikijs import WikiJSClient
from wikijs.core.values.paths import PagePath
from wikijs.transfer.exporting import ExportOptions, export_pages
from wikijs.transfer.format import PageFile, Style, dump, load, of_page
from wikijs.transfer.importing import ImportOptions, planned, run_import
from wikijs.transfer.names import file_name, suffix
from wikijs.transfer.reports import ExportReport

from .wikis import DUMP, contents, states

PAGES = {file_name(PagePath(page.path, page.locale), page.content_type): page for page in states()}


def imported(client: WikiJSClient, source: Path) -> None:
    """Import a folder; all of it must go through."""
    with planned(client, source, ImportOptions(assets=True)) as plan:
        report = run_import(client, plan)
    assert not plan.refused
    assert not report.failed
    assert not report.not_attempted


def exported(client: WikiJSClient, target: Path, options: ExportOptions | None = None) -> ExportReport:
    """Export; all of it must go through."""
    report = export_pages(client, target, options)
    assert not report.failed
    assert not report.partly
    assert len(report.written) + len(report.unchanged) >= len(PAGES)
    return report


@pytest.mark.parametrize("name", PAGES)
def test_each_page_is_the_servers_file(name: str) -> None:
    assert dump(of_page(PAGES[name])).encode() == (DUMP / name).read_bytes()


@pytest.mark.parametrize("name", [name for name in PAGES if not name.endswith("adoc")])
def test_each_of_the_servers_files_is_read_as_the_page(name: str) -> None:
    page = of_page(PAGES[name])
    read = load((DUMP / name).read_bytes().decode(), suffix(name))
    held = PageFile(
        content=page.content,
        content_type=page.content_type,
        title=page.title,
        description=page.description,
        is_published=page.is_published,
        tags=page.tags,
        editor=page.editor,
        updated_at=page.updated_at,
        created_at=page.created_at,
    )
    assert read == held


def test_an_export_of_that_wiki_is_its_dump(dumped: WikiJSClient, tmp_path: Path) -> None:
    exported(dumped, tmp_path)
    expected = {name: content for name, content in contents(DUMP).items() if name in PAGES}
    assert contents(tmp_path) == expected


def test_a_dump_goes_into_an_empty_wiki_and_comes_back_but_for_the_dates(
    empty: WikiJSClient, dumped: WikiJSClient, tmp_path: Path
) -> None:
    imported(empty, DUMP)
    exported(empty, tmp_path / "new", ExportOptions(assets=True, portable=True))
    exported(dumped, tmp_path / "old", ExportOptions(portable=True))
    new, old = contents(tmp_path / "new"), contents(tmp_path / "old")
    assert {name: content for name, content in new.items() if name in PAGES} == old
    assets = {name: content for name, content in new.items() if name not in PAGES}
    assert assets == {name: content for name, content in contents(DUMP).items() if name not in PAGES}


def test_an_export_onto_the_imported_folder_leaves_it_alone(empty: WikiJSClient, tmp_path: Path) -> None:
    folder = tmp_path / "wiki"
    shutil.copytree(DUMP, folder)
    imported(empty, folder)
    report = exported(empty, folder, ExportOptions(assets=True, keep_dates=True))
    assert report.written == []
    assert contents(folder) == contents(DUMP)


@pytest.mark.parametrize("style", ["wikijs", "yaml"])
@pytest.mark.parametrize("target", ["wiki", "wiki.zip", "wiki.tar.gz", "wiki.json", "wiki.yaml"])
def test_every_kind_of_export_comes_back(
    dumped: WikiJSClient, empty: WikiJSClient, tmp_path: Path, target: str, style: Style
) -> None:
    options = ExportOptions(style=style, portable=True)
    exported(dumped, tmp_path / "first" / target, options)
    imported(empty, tmp_path / "first" / target)
    exported(empty, tmp_path / "second" / target, options)
    assert contents(tmp_path / "second") == contents(tmp_path / "first")


def test_the_second_import_finds_nothing_to_do(dumped: WikiJSClient, tmp_path: Path) -> None:
    exported(dumped, tmp_path, ExportOptions(style="yaml"))
    with planned(dumped, tmp_path) as plan:
        assert (plan.steps, plan.refused, plan.left, plan.unknown) == ([], [], [], {})
        assert plan.unchanged == sorted(PAGES)


@pytest.mark.parametrize("style", ["wikijs", "yaml"])
def test_the_demo_wiki_comes_back(demo: WikiJSClient, empty: WikiJSClient, tmp_path: Path, style: Style) -> None:
    options = ExportOptions(style=style, portable=True, assets=True)
    exported(demo, tmp_path / "first", options)
    imported(empty, tmp_path / "first")
    exported(empty, tmp_path / "second", options)
    assert contents(tmp_path / "second") == contents(tmp_path / "first")
    assert "images/lamp.svg" in contents(tmp_path / "second")
