"""Walking, opening and writing: no links, nothing outside, no devices, whole or not at all."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from wikijs.core.files import (
    Bounds,
    FileRefusedError,
    Found,
    Tree,
    copy,
    new_file,
    open_file,
    read_file,
    replacing,
    sweep,
    temporary_name,
)


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """A file outside of the folder, which nothing may read or write."""
    file = tmp_path / "outside" / "secret"
    file.parent.mkdir()
    file.write_text("mine")
    return file


@pytest.fixture
def root(tmp_path: Path, secret: Path) -> Path:
    """A folder with everything that may be in one."""
    root = tmp_path / "root"
    (root / "a" / ".git").mkdir(parents=True)
    (root / "a" / "b.md").write_text("b")
    (root / "a" / ".git" / "config").write_text("x")
    (root / "link.md").symlink_to(secret)
    (root / "folder").symlink_to(secret.parent)
    (root / "loop").symlink_to(root)
    os.mkfifo(root / "pipe.md")
    (root / "z.md").write_bytes(b"\xef\xbb\xbfz")
    return root


def test_only_ordinary_files_are_found(root: Path) -> None:
    entries = list(Tree(root).walk())
    assert [entry.name for entry in entries if isinstance(entry, Found)] == ["a/b.md", "z.md"]
    refused = {entry.name: entry.reason for entry in entries if isinstance(entry, FileRefusedError)}
    assert {name: reason.split(",")[0] for name, reason in refused.items()} == {
        "folder": "it is a symbolic link",
        "link.md": "it is a symbolic link",
        "loop": "it is a symbolic link",
        "pipe.md": "it is no ordinary file",
    }
    assert [entry.name for entry in Tree(root).files("a", hidden=True)] == ["a/.git/config", "a/b.md"]
    assert list(Tree(root).files("nothing")) == []


def test_the_folder_itself_may_be_a_link(root: Path, tmp_path: Path) -> None:
    (tmp_path / "named").symlink_to(root)
    assert Tree(tmp_path / "named").text("z.md") == "z"
    with pytest.raises(FileRefusedError, match="no folder"):
        Tree(root / "z.md")


@pytest.mark.parametrize(
    "name", ["../outside/secret", "/etc/passwd", "a/../../outside/secret", "link.md", "folder/secret", "a\0b", "..\\x"]
)
def test_a_name_leads_nowhere_else(root: Path, name: str) -> None:
    tree = Tree(root)
    with pytest.raises(FileRefusedError):
        tree.read(name)
    with pytest.raises(FileRefusedError):
        tree.below(name)
    assert not tree.is_file(name)


def test_a_folder_in_it_is_a_tree_of_its_own(root: Path) -> None:
    assert Tree(root).below("./a").read("b.md") == b"b"
    with pytest.raises(FileRefusedError, match="no such folder"):
        Tree(root).below("nothing")


def test_bounds(root: Path) -> None:
    with pytest.raises(FileRefusedError, match="more than 1 files"):
        list(Tree(root, Bounds(files=1)).walk())
    deep = [entry for entry in Tree(root, Bounds(depth=0)).walk() if entry.name == "a"]
    assert isinstance(deep[0], FileRefusedError)
    assert deep[0].reason == "it lies too deep"
    with pytest.raises(FileRefusedError, match="more than 3 bytes"):
        Tree(root).read("z.md", 3)


def test_names_that_are_no_text(tmp_path: Path) -> None:
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.md")).write_text("x")
    (entry,) = Tree(tmp_path).walk()
    assert isinstance(entry, FileRefusedError)
    assert entry.reason == "its name is no text in UTF-8"


def test_what_is_no_text_or_no_file_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"\xff")
    with pytest.raises(FileRefusedError, match="no text in UTF-8"):
        Tree(tmp_path).text("x")
    with pytest.raises(FileRefusedError, match="No such file"):
        read_file(tmp_path / "y")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(os.path.relpath(tmp_path / "s"))
        with pytest.raises(FileRefusedError):
            open_file(tmp_path / "s")


def test_without_help_of_the_system_links_are_still_not_followed(
    tmp_path: Path, secret: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "link").symlink_to(secret)
    monkeypatch.delattr(os, "O_NOFOLLOW")
    with pytest.raises(FileRefusedError, match="symbolic link"):
        open_file(tmp_path / "link")


def test_a_link_in_the_way_of_a_new_file_is_replaced(tmp_path: Path, secret: Path) -> None:
    place = tmp_path / "x"
    place.symlink_to(secret)
    with pytest.raises(FileExistsError):
        new_file(place)
    with replacing(place) as file:
        file.write(b"new")
    assert (place.read_bytes(), place.is_symlink(), secret.read_text()) == (b"new", False, "mine")


def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("old")

    def interrupted() -> None:
        with replacing(tmp_path / "x") as file:
            file.write(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert {each.name: each.read_text() for each in tmp_path.iterdir()} == {"x": "old"}


def test_copies(tmp_path: Path, secret: Path) -> None:
    copy(secret, tmp_path / "x")
    assert (tmp_path / "x").read_text() == "mine"
    with pytest.raises(FileRefusedError, match="more than 3 bytes"):
        copy(secret, tmp_path / "y", 3)
    (tmp_path / "link").symlink_to(secret)
    with pytest.raises(FileRefusedError, match="symbolic link"):
        copy(tmp_path / "link", tmp_path / "y")
    assert not (tmp_path / "y").exists()


def test_what_a_killed_process_left_is_swept_and_nothing_else(tmp_path: Path, secret: Path) -> None:
    left, fresh, held = (tmp_path / temporary_name() for _ in range(3))
    others = {".wikijs-sync.db", ".wikijs-0123", "x.wikijs-0123456789abcdef"}
    for name in {left.name, fresh.name, *others}:
        (tmp_path / name).write_text("x")
    for name in {left.name, *others}:
        os.utime(tmp_path / name, (1, 1))
    link = tmp_path / temporary_name()
    link.symlink_to(secret)
    with new_file(held) as file:
        file.write(b"x")
        file.flush()
        os.utime(held, (1_000_000_000, 1_000_000_000))
        sweep(tmp_path, os.listdir(tmp_path))
        names = set(os.listdir(tmp_path)) - {"outside"}
    assert names == {fresh.name, held.name, link.name, *others}


def test_where_nothing_can_be_locked_only_old_files_are_swept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "fcntl", None)
    for age, name in ((3600, "0" * 16), (90_000, "1" * 16)):
        file = tmp_path / f".wikijs-{name}"
        file.write_text("x")
        then = file.stat().st_mtime - age
        os.utime(file, (then, then))
    sweep(tmp_path, os.listdir(tmp_path))
    assert os.listdir(tmp_path) == [f".wikijs-{'0' * 16}"]
