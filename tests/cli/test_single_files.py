"""Files below a path, single files, and pipes: `pages import` and `pages export` without a folder of their own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .conftest import OnSandbox


def test_a_plain_folder_goes_below_a_path(on_sandbox: OnSandbox, tmp_path: Path) -> None:
    for name, text in {"a/intro.md": "# Intro\n", "img/x.md": "# X\n", "fr/y.md": "# Y\n", "logo.png": "x"}.items():
        (tmp_path / "docs" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "docs" / name).write_text(text)
    line = ("pages", "import", str(tmp_path / "docs"), "--prefix", "/product/docs/", "--assets", "--json")
    assert json.loads(on_sandbox(*line).stdout)["created"] == ["a/intro.md", "fr/y.md", "img/x.md"]
    paths = {(page.locale, page.path) for page in on_sandbox.client.pages.list(folder="product/docs")}
    assert paths == {("en", "product/docs/a/intro"), ("en", "product/docs/img/x"), ("fr", "product/docs/y")}
    assert on_sandbox.client.assets.download("/product/docs/logo.png") == b"x"
    assert len(json.loads(on_sandbox(*line).stdout)["unchanged"]) == 4


def test_a_single_file(on_sandbox: OnSandbox, tmp_path: Path) -> None:
    (tmp_path / "intro.md").write_text("---\ntitle: Hello\n---\n\nText.\n")
    assert on_sandbox("pages", "import", str(tmp_path / "intro.md"), "--prefix", "help").exit_code == 0
    assert on_sandbox.client.pages.get_by_path("help/intro").title == "Hello"
    target = tmp_path / "out.md"
    assert on_sandbox("pages", "export", str(target), "--page", "help/intro").exit_code == 0
    assert "title: Hello\n" in target.read_text()
    assert target.read_text().endswith("---\n\nText.\n")
    assert on_sandbox("pages", "export", "-", "--page", "help/intro", "--style", "yaml").stdout.endswith("\nText.\n")
    refused = on_sandbox("pages", "export", str(tmp_path / "none/x.md"), "--page", "help/intro")
    assert (refused.exit_code, "cannot be written" in refused.stderr) == (1, True)


def test_from_one_wiki_to_another_by_a_pipe(on_sandbox: OnSandbox, tmp_path: Path) -> None:
    for kind in ("json", "yaml"):
        exported = on_sandbox("export", "pages", "--format", kind, "--folder", "handbook").stdout
        result = on_sandbox("pages", "import", "-", "--prefix", f"copy-{kind}", stdin=exported)
        assert result.exit_code == 0, result.output
    originals = on_sandbox.client.pages.list(folder="handbook")
    copies = on_sandbox.client.pages.list(folder="copy-json/handbook")
    assert {page.path for page in copies} == {f"copy-json/{page.path}" for page in originals}
    piped = on_sandbox("pages", "export", "-", "--folder", "handbook").stdout
    again = on_sandbox("pages", "import", "-", stdin=piped)
    assert again.stderr.endswith(f"{len(originals)} unchanged.\n")
    bad = on_sandbox("pages", "import", "-", stdin="no export")
    assert (bad.exit_code, "holds no exported pages" in bad.stderr) == (2, True)
    assert "wikijs: stdin " in bad.stderr
    away = on_sandbox("pages", "import", "-", "--prefix", "x" * 250, stdin=piped)
    assert "cannot go below" in away.stderr


@pytest.mark.parametrize("before", ["---\n", "# made by hand\n", "\ufeff"])
def test_pages_on_stdin_may_begin_as_yaml_may(on_sandbox: OnSandbox, before: str) -> None:
    said = "format: wikijs-pages\nversion: 1\npages:\n- path: hand/made\n  locale: en\n  title: A\n  content: text\n"
    pages = before + said
    done = on_sandbox("pages", "import", "-", stdin=pages)
    assert (done.exit_code, done.stderr.count("hand/made")) == (0, 0), done.stderr
    assert on_sandbox("pages", "get", "hand/made", "--json").exit_code == 0


@pytest.mark.parametrize("page", ["---\ntitle: Two\n---\n\ntext\n", "# A heading\n", "<!--\ntitle: x\n-->\n<p>x</p>\n"])
def test_a_single_page_on_stdin_says_no_path_and_is_refused_in_words(on_sandbox: OnSandbox, page: str) -> None:
    refused = on_sandbox("pages", "import", "-", stdin=page)
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "which does not say where it goes" in refused.stderr
    assert "pages create PATH --file -" in refused.stderr
