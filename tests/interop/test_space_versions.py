"""Spaces of Confluence with drafts, older versions, archived and deleted pages: only what readers see moves in."""

from __future__ import annotations

from pathlib import Path

import pytest

from .test_cases import Converted, converted


def _space(folder: Path, *others: str) -> Converted:
    """A space with the page One, and others of these objects; the text of number n is `text n`."""
    pages = '<object class="Page"><id name="id">1</id><property name="title">One</property></object>' + "".join(others)
    bodies = "".join(
        f'<object class="BodyContent"><id name="id">9{number}</id><property name="body">&lt;p&gt;text {number}'
        f'&lt;/p&gt;</property><property name="content"><id name="id">{number}</id></property></object>'
        for number in range(1, 5)
    )
    (folder / "space").mkdir()
    (folder / "space" / "entities.xml").write_text(f"<hibernate-generic>{pages}{bodies}</hibernate-generic>")
    return converted("confluence-xml", folder / "space", folder)


def _object(number: int, title: str, status: str, *, kind: str = "Page", below: int = 0, of: int = 0) -> str:
    refers = {"parent": below, "originalVersion": of}
    return (
        f'<object class="{kind}"><id name="id">{number}</id><property name="title">{title}</property>'
        f'<property name="contentStatus">{status}</property>'
        + "".join(f'<property name="{n}"><id name="id">{i}</id></property>' for n, i in refers.items() if i)
        + "</object>"
    )


@pytest.mark.parametrize("kind", ["Page", "BlogPost"])
@pytest.mark.parametrize("status", ["draft", "archived", "deleted"])
def test_what_readers_do_not_see_is_left_out_and_told(status: str, kind: str, tmp_path: Path) -> None:
    site = _space(tmp_path, _object(2, "Two", status, kind=kind))
    assert list(site.pages) == ["one.md"]
    assert "text 1" in site.text
    assert f"1 pages were left out because they are {status}: Two." in site.told


def test_older_versions_are_left_out_and_told(tmp_path: Path) -> None:
    site = _space(tmp_path, _object(2, "One", "current", of=1), _object(3, "Old", "current", of=1))
    assert list(site.pages) == ["one.md"]
    assert "text 1" in site.text
    assert "2 older versions of pages were left out." in site.told


def test_a_draft_of_a_page_does_not_take_its_place(tmp_path: Path) -> None:
    site = _space(tmp_path, _object(2, "One", "draft", of=1), _object(3, "One", "draft"))
    assert list(site.pages) == ["one.md"]
    assert "text 1" in site.text
    assert "2 pages were left out because they are draft: One, One." in site.told


def test_a_page_below_an_archived_one_arrives(tmp_path: Path) -> None:
    site = _space(tmp_path, _object(2, "Two", "archived", below=1), _object(3, "Three", "current", below=2))
    assert sorted(site.pages) == ["one.md", "three.md"]
    assert "are archived: Two." in site.told
