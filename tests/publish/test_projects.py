"""What a folder is: plain, or a project of MkDocs or Docusaurus, given by itself or by its documents."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from wikijs.publish import PublishOptions
from wikijs.publish.project import Project

SAMPLES = Path(__file__).parents[1] / "interop" / "samples"


def project(folder: Path, **options: object) -> Project:
    return Project(folder, "x-docs", "en", PublishOptions(**options))  # type: ignore[arg-type]


def test_projects_are_told_by_their_configuration(tmp_path: Path) -> None:
    assert project(SAMPLES / "mkdocs").kind == "mkdocs"
    assert project(SAMPLES / "mkdocs/docs").kind == "mkdocs"
    for folder in ("site", "around/website"):
        shutil.copytree(SAMPLES / "docusaurus", tmp_path / folder)
        (tmp_path / folder / "docusaurus.config.ts").write_text("export default {};\n")
        assert project(tmp_path / folder / "docs").kind == "docusaurus"
    assert project(tmp_path / "site").kind == project(tmp_path / "around").kind == "docusaurus"
    shutil.copytree(SAMPLES / "mkdocs/docs", tmp_path / "docs")
    assert project(tmp_path / "docs").kind == "plain"
    assert project(tmp_path / "docs", kind="mkdocs").kind == "mkdocs"


@pytest.mark.parametrize(
    ("settings", "url"),
    [
        (
            "repo_url: https://git.example.com/a/b/\nedit_uri: edit/main/docs/\n",
            "https://git.example.com/a/b/edit/main/docs/",
        ),
        ("edit_uri: https://git.example.com/e\n", "https://git.example.com/e/"),
        ("edit_uri: edit/main/docs/\n", None),
        ("repo_url: https://git.example.com/a/b/\n", None),
        ("- no settings\n", None),
    ],
)
def test_mkdocs_says_where_pages_are_edited(tmp_path: Path, settings: str, url: str | None) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/a b.md").write_text("Text\n")
    (tmp_path / "mkdocs.yml").write_text(settings)
    content = project(tmp_path).wanted[0].page.content
    assert content == "Text\n" + (f"\n> [Edit this page]({url}a%20b.md)\n{{.is-info}}\n" if url else "")
    assert project(tmp_path, edit_url="").wanted[0].page.content == "Text\n"
    assert "(https://e/a%20b.md)" in project(tmp_path, edit_url="https://e/").wanted[0].page.content


def test_docusaurus_says_where_pages_are_edited(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/intro.md").write_text("Text\n")
    (tmp_path / "docusaurus.config.js").write_text("docs: { editUrl: 'https://git.example.com/edit/main/' }\n")
    assert "(https://git.example.com/edit/main/docs/intro.md)" in project(tmp_path).wanted[0].page.content


def test_pages_and_files_can_be_left_out(tmp_path: Path) -> None:
    for name in ("a.md", "drafts/b.md", "drafts/deep/c.md", "d.txt.md", "node_modules/x/README.md"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("Text\n")
    assert [page.file for page in project(tmp_path, exclude=("drafts", "*.txt.md")).wanted] == ["a.md"]


def test_an_index_comes_before_a_readme(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("One\n")
    (tmp_path / "index.md").write_text("[one](README.md), [two](sub/), [three](sub)\n")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub/Readme.md").write_text("Two, [back](/index.md), [html](../index.html)\n")
    places = {page.file: page.place.path for page in project(tmp_path).wanted}
    assert places == {"README.md": "x-docs/readme", "index.md": "x-docs", "sub/Readme.md": "x-docs/sub"}
    texts = {page.file: page.page.content for page in project(tmp_path).wanted}
    assert texts["index.md"] == "[one](/x-docs/readme), [two](/x-docs/sub), [three](/x-docs/sub)\n"
    assert texts["sub/Readme.md"] == "Two, [back](/x-docs), [html](/x-docs)\n"
