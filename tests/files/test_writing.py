"""A file that cannot be written is told by the name that was asked for, not by that of its temporary form."""

from __future__ import annotations

from pathlib import Path

import pytest

from wikijs.core.files.writing import replacing


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    target = tmp_path / "nowhere" / "pages.jsonl"
    with pytest.raises(FileNotFoundError) as caught, replacing(target):
        pytest.fail("nothing can be written there")
    assert (caught.value.filename, caught.value.filename2) == (str(target), None)


def test_a_folder_in_the_place(tmp_path: Path) -> None:
    (tmp_path / "pages.jsonl").mkdir()
    with pytest.raises(OSError, match=r"pages\.jsonl") as caught, replacing(tmp_path / "pages.jsonl") as file:
        file.write(b"x")
    assert ".wikijs-" not in str(caught.value)
    assert [each.name for each in tmp_path.iterdir()] == ["pages.jsonl"]


def test_an_error_of_the_caller_stays_as_it_is(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="else"), replacing(tmp_path / "x"):
        (tmp_path / "else").read_bytes()
