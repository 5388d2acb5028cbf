"""`wikijs assets` on a demo wiki, for people and for programs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from .conftest import OnSandbox


def data(result: Any) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.fixture
def files(tmp_path: Path) -> Path:
    folder = tmp_path / "shots"
    (folder / "deep").mkdir(parents=True)
    (folder / ".git").mkdir()
    (folder / ".git" / "config").write_bytes(b"hidden")
    for name in ("a.bin", "b.bin", "deep/c.bin"):
        (folder / name).write_bytes(name.encode())
    return folder


@pytest.fixture
def uploaded(on_sandbox: OnSandbox, files: Path) -> OnSandbox:
    assert on_sandbox("assets", "upload", str(files), "-r", "--to", "/img").exit_code == 0
    return on_sandbox


def paths(on_sandbox: OnSandbox) -> list[str]:
    return [asset.path for asset in on_sandbox.client.assets.list("/img", recursive=True)]


ALL = ["/img/shots/a.bin", "/img/shots/b.bin", "/img/shots/deep/c.bin"]


def test_a_folder_keeps_its_shape_and_hidden_files_stay(uploaded: OnSandbox) -> None:
    assert paths(uploaded) == ALL


def test_a_dry_run_uploads_nothing(on_sandbox: OnSandbox, files: Path) -> None:
    shown = on_sandbox("assets", "upload", str(files / "*.bin"), "--to", "/img", "--dry-run")
    assert [line.split("\t")[1] for line in shown.stdout.splitlines()] == ["/img", "/img"]
    assert "img" not in {folder.slug for folder in on_sandbox.client.assets.folders()}


def test_one_file_is_told_like_one_and_not_replaced_unless_asked(on_sandbox: OnSandbox, files: Path) -> None:
    assert on_sandbox("assets", "upload", str(files / "a.bin"), "--to", "/img").stdout == "Uploaded /img/a.bin.\n"
    again = on_sandbox("assets", "upload", str(files / "a.bin"), "--to", "/img")
    assert again.exit_code == 1
    assert "--overwrite" in again.stderr
    assert data(on_sandbox("assets", "upload", str(files / "a.bin"), "--to", "/img", "--overwrite", "--json"))["path"]


def test_many_files_with_a_bad_one_are_done_partly(on_sandbox: OnSandbox, files: Path) -> None:
    assert on_sandbox("assets", "upload", str(files / "b.bin"), "--to", "/img").exit_code == 0
    result = on_sandbox("assets", "upload", str(files / "a.bin"), str(files / "b.bin"), "--to", "/img")
    assert result.exit_code == 3
    assert "1 of 2 uploaded, 1 failed." in result.stderr


def test_an_upload_with_a_journal_goes_on(on_sandbox: OnSandbox, files: Path, tmp_path: Path) -> None:
    line = ("assets", "upload", str(files), "-r", "--to", "/img", "--journal", str(tmp_path / "journal"))
    assert on_sandbox(*line).exit_code == 0
    assert on_sandbox(*line).exit_code == 0  # all are known to be there, so nothing collides
    assert paths(on_sandbox) == ALL


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["{}"], "Give --recursive"),
        (["{}/nothing.bin"], "There is no file"),
        (["{}/*.png"], "No file fits"),
        (["{}/deep/empty", "-r"], "There is nothing to upload."),
    ],
)
def test_words_that_name_nothing_to_upload(on_sandbox: OnSandbox, files: Path, words: list[str], message: str) -> None:
    (files / "deep" / "empty").mkdir()
    result = on_sandbox("assets", "upload", *(word.format(files) for word in words))
    assert result.exit_code == 2
    assert message in result.stderr


def test_files_and_folders_are_listed(uploaded: OnSandbox) -> None:
    assert "\t/img/shots/a.bin\t" in uploaded("assets", "list", "/img", "-r").stdout
    assert data(uploaded("assets", "list", "/img/shots", "--json", "path")) == [{"path": path} for path in ALL[:2]]
    assert "\t/img/shots/deep\n" in uploaded("assets", "folders", "/img").stdout
    assert data(uploaded("assets", "get", "/img/shots/a.bin", "--json", "fileSize")) == {"fileSize": 5}
    assert "path\t/img/shots/a.bin\n" in uploaded("assets", "get", "/img/shots/a.bin").stdout


def test_files_are_downloaded_by_pattern_in_their_folders(uploaded: OnSandbox, tmp_path: Path) -> None:
    result = uploaded("assets", "download", "/img/**/*.bin", "--to", str(tmp_path / "new"), "--tree")
    assert result.exit_code == 0
    assert (tmp_path / "new/img/shots/deep/c.bin").read_bytes() == b"deep/c.bin"
    assert "3 of 3 downloaded." in result.stderr


def test_a_star_never_crosses_a_slash(uploaded: OnSandbox) -> None:
    shown = uploaded("assets", "delete", "/img/shots/*", "--dry-run", "--quiet")
    assert len(shown.stdout.split()) == 2
    assert paths(uploaded) == ALL


def test_a_file_that_exists_is_not_replaced_by_a_download(uploaded: OnSandbox, tmp_path: Path) -> None:
    line = ("assets", "download", "/img/shots/a.bin", "--to", str(tmp_path))
    assert uploaded(*line).stdout == f"Wrote {tmp_path / 'a.bin'}.\n"
    assert "exists" in uploaded(*line).stderr
    assert uploaded(*line, "--overwrite").exit_code == 0


def test_files_that_would_share_a_name_are_refused(uploaded: OnSandbox, tmp_path: Path) -> None:
    (tmp_path / "A.bin").write_bytes(b"other")
    assert uploaded("assets", "upload", str(tmp_path / "A.bin"), "--to", "/img/other").exit_code == 0
    result = uploaded("assets", "download", "/img/**/a.bin", "--to", str(tmp_path / "flat"))
    assert result.exit_code == 1
    assert "--tree" in result.stderr


def test_a_single_file_goes_to_stdout(uploaded: OnSandbox) -> None:
    assert uploaded("assets", "download", "/img/shots/a.bin", "--stdout").stdout_bytes == b"a.bin"
    assert uploaded("assets", "download", "/img/shots/*", "--stdout").exit_code == 2


def test_a_file_is_renamed(uploaded: OnSandbox) -> None:
    assert uploaded("assets", "rename", "/img/shots/a.bin", "z.bin").stdout == (
        "Renamed /img/shots/a.bin to /img/shots/z.bin.\n"
    )


def test_files_are_deleted_after_a_question(uploaded: OnSandbox) -> None:
    refused = uploaded("assets", "delete", "/img/shots/*")
    assert refused.exit_code == 2
    assert "Delete 2 files, /img/shots/a.bin first?" in refused.stderr
    assert uploaded("assets", "delete", "/img/shots/a.bin", "--yes").stdout == "Deleted /img/shots/a.bin.\n"
    assert data(uploaded("assets", "delete", "/img/**", "--yes", "--json"))["success"][0]["path"] == "/img/shots/b.bin"
    assert "No file of the wiki fits" in uploaded("assets", "delete", "/img/**", "--yes").stderr
