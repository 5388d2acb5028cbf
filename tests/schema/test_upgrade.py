"""A changed schema goes through the whole upgrade in a repository in miniature."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from wikijs.codegen.__main__ import main as generate
from wikijs.sandbox import Sandbox
from wikijs.schema_tools.upgrade import __main__ as upgrade
from wikijs.schema_tools.upgrade.failing import failing_tests

MINIATURE = Path(__file__).parent / "miniature"


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository as its maintainer left it, compiled."""
    root = tmp_path_factory.mktemp("repository") / "miniature"
    shutil.copytree(MINIATURE, root)
    assert generate(["--config", str(root / "codegen.toml")]) == 0
    return root


@pytest.fixture
def repository(generated: Path, tmp_path: Path) -> Path:
    root = tmp_path / "miniature"
    shutil.copytree(generated, root)
    return root


def run(root: Path, *arguments: str, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.chdir(root)
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # the miniature needs none, and they take their time
    return upgrade.main(["--report", "report.md", *arguments])


def content(root: Path) -> dict[str, bytes]:
    skipped = {"__pycache__", ".pytest_cache"}
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and skipped.isdisjoint(path.parts)
    }


@pytest.fixture(scope="module")
def upgraded(generated: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository after `make schema-upgrade SDL=changed.graphql VERSION=2.6.0`."""
    root = tmp_path_factory.mktemp("upgraded") / "miniature"
    shutil.copytree(generated, root)
    with pytest.MonkeyPatch.context() as monkeypatch:
        code = run(root, "--sdl", "changed.graphql", "--server-version", "2.6.0", monkeypatch=monkeypatch)
    assert code == 1  # a test breaks
    return root


def python(root: Path, code: str) -> str:
    ended = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, 'generated'); {code}"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout.strip()


def test_the_report_says_what_a_maintainer_needs(upgraded: Path) -> None:
    report = (upgraded / "report.md").read_text(encoding="utf-8")
    for line in (
        "# Schema of Wiki.js 2.6.0",
        "3 breaking, 0 dangerous, 5 safe. Version bump: major: breaking changes touch operations of this client.",
        "- queries/pages.graphql:22: PagesDelete: PageMutation.delete takes `reason` now: the operation got a required"
        " variable for it.",
        "- queries/pages.graphql:36: PageView: Page.render became html.",
        "- `client.pages.archived`, in queries/pages.graphql",
        "- `client.pages.archive`, in queries/pages.graphql",
        "- `pages.archived` in schema/facts.json",
        "| Page.render was removed; Page.html of the same type is new: renamed? | `client.pages.single` |",
        "| PATH was removed from enum type PageOrderBy. | `client.pages.list` |",
        "- Added: `client.pages.archived`, for Wiki.js 2.6.0 and later.",
    ):
        assert line in report.splitlines(), line
    assert "## Not done" not in report


def test_the_old_tests_that_break_are_named(upgraded: Path) -> None:
    report = (upgraded / "report.md").read_text(encoding="utf-8")
    named = report.partition("## Tests that fail\n\n")[2].partition("\n\n")[0].splitlines()
    assert [line.partition(": ")[0] for line in named] == [
        "- `tests/test_pages.py::test_html_can_be_read`",
        "- `tests/test_pages.py::test_a_page_is_deleted_by_its_id`",
        "- `tests/test_pages.py::test_pages_can_be_sorted_by_path`",
    ]
    assert "has no attribute 'render'" in named[0]
    assert "missing 1 required keyword-only argument: 'reason'" in named[1]


def test_the_new_operation_has_a_typed_method(upgraded: Path) -> None:
    shown = python(
        upgraded,
        "import inspect; from miniature_client.client import Pages as P;"
        "print(inspect.signature(P.archived)); print(inspect.signature(P.archive))",
    )
    archived, archive = shown.splitlines()
    assert "before: " in archived
    assert "limit: " in archived
    assert "list[ArchivedPage]" in archived
    assert "id: 'int'" in archive


def test_drafts_are_safe_and_ask_to_be_reviewed(upgraded: Path) -> None:
    queries = (upgraded / "queries/pages.graphql").read_text(encoding="utf-8")
    assert "# Drafted from the schema: review its name" in queries
    assert "fragment ArchivedPage on ArchivedPage {\n  id\n  archivedAt\n}" in queries
    assert "# Kept as it is written: this comment.\nfragment PageView on Page {\n  id\n  title\n  html\n}" in queries


def test_facts_and_changelog_are_continued(upgraded: Path) -> None:
    facts = json.loads((upgraded / "schema/facts.json").read_text(encoding="utf-8"))
    assert facts["operations"]["pages.archived"]["since"] == "2.6.0"
    assert facts["removed"] == {"Page.render": "2.6.0", "PageOrderBy.PATH": "2.6.0"}
    changelog = (upgraded / "CHANGELOG.md").read_text(encoding="utf-8")
    assert "- What is there already.\n- `client.pages.archived`, for Wiki.js 2.6.0 and later.\n" in changelog
    assert "It touches client.pages.delete.\n" in changelog
    assert changelog.endswith("## [0.1.0] - 2026-01-01\n\n- The first one.\n")


def test_the_schema_keeps_its_order(upgraded: Path) -> None:
    schema = (upgraded / "schema/wikijs.graphql").read_text(encoding="utf-8")
    before = (MINIATURE / "schema/wikijs.graphql").read_text(encoding="utf-8")
    types = [line for line in before.splitlines() if line.startswith(("type", "enum"))]
    assert [line for line in schema.splitlines() if line in types] == types
    assert "Descriptions" not in schema


def test_an_upgrade_done_again_changes_nothing(
    upgraded: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = content(upgraded)
    monkeypatch.chdir(upgraded)
    assert upgrade.main(["--sdl", "changed.graphql", "--server-version", "2.6.0"]) == 0
    assert "Nothing changed: schema/wikijs.graphql is up to date." in capsys.readouterr().out
    assert content(upgraded) == before


def test_an_operation_that_is_gone_is_removed_and_told(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    schema = repository / "schema/wikijs.graphql"
    changed = schema.read_text(encoding="utf-8").replace("  delete(id: Int!): DefaultResponse\n", "  other: Int\n")
    (repository / "next.graphql").write_text(changed, encoding="utf-8")
    code = run(
        repository, "--sdl", "next.graphql", "--server-version", "2.6.0", "--", "-k", "title", monkeypatch=monkeypatch
    )
    assert code == 0
    report = (repository / "report.md").read_text(encoding="utf-8")
    assert "PageMutation.delete is gone: PagesDelete was removed." in report
    assert "All pass." in report
    changelog = (repository / "CHANGELOG.md").read_text(encoding="utf-8")
    assert "### Removed\n\n- `client.pages.delete`, which Wiki.js 2.6.0 does not have any more.\n" in changelog


def test_what_cannot_be_mended_is_told_and_the_old_package_stays(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    schema = repository / "schema/wikijs.graphql"
    changed = schema.read_text(encoding="utf-8").replace("  title: String!\n", "  title: Title\n")
    (repository / "next.graphql").write_text(changed + "\ntype Title { text: String }\n", encoding="utf-8")
    package = content(repository / "generated")
    assert run(repository, "--sdl", "next.graphql", "--server-version", "2.6.0", monkeypatch=monkeypatch) == 1
    report = (repository / "report.md").read_text(encoding="utf-8")
    assert "- PagesSingle does not fit and could not be mended: Field 'title' of type 'Title' must have" in report
    assert content(repository / "generated") == package


def test_what_cannot_be_generated_is_told(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    queries = repository / "queries/pages.graphql"
    queries.write_text(queries.read_text(encoding="utf-8").replace("PagesList(", "ListPages("), encoding="utf-8")
    code = run(repository, "--sdl", "changed.graphql", "--server-version", "2.6.0", monkeypatch=monkeypatch)
    assert code == 1
    report = (repository / "report.md").read_text(encoding="utf-8")
    assert "- The package could not be generated: queries/pages.graphql:2: the name of operation `ListPages`" in report


def test_queries_that_fall_apart_and_a_changelog_without_a_place_are_told(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    schema = repository / "schema/wikijs.graphql"
    item = "type PageListItem {\n  id: Int!\n  title: String\n}"
    changed = schema.read_text(encoding="utf-8").replace(item, "type PageListItem {\n  other: Int\n  another: Int\n}")
    (repository / "next.graphql").write_text(changed, encoding="utf-8")
    (repository / "CHANGELOG.md").write_text("# News\n", encoding="utf-8")
    assert run(repository, "--sdl", "next.graphql", "--server-version", "2.6.0", monkeypatch=monkeypatch) == 1
    report = (repository / "report.md").read_text(encoding="utf-8")
    assert "/queries/pages.graphql:5: there is no fragment `PageSummary`." in report
    assert "- CHANGELOG.md: there is no heading `## [Unreleased]` to write below." in report
    assert "PageSummary was removed." in report


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["--sdl", "changed.graphql", "--config", "other.toml"],
            "`schema_path` must name a file called wikijs.graphql.",
        ),
        (["--sdl", "page.html"], "page.html:1: this is an HTML or XML page, not a schema."),
        (["--sdl", "changed.graphql"], "the version of the server is not known: give --server-version."),
        (["--sdl", "changed.graphql", "--config", "none.toml"], "none.toml: cannot read"),
        (["--url", "http://127.0.0.1:9"], "127.0.0.1"),
    ],
)
def test_what_cannot_be_begun_leaves_everything_as_it_was(
    repository: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    message: str,
) -> None:
    (repository / "page.html").write_text("<html>", encoding="utf-8")
    settings = (repository / "codegen.toml").read_text(encoding="utf-8")
    (repository / "other.toml").write_text(settings.replace("schema/wikijs.graphql", "changed.graphql"), "utf-8")
    before = content(repository)
    assert run(repository, *arguments, monkeypatch=monkeypatch) == 1
    assert message in capsys.readouterr().err
    assert content(repository) == before


def test_tests_that_do_not_run_are_told(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    tests = repository / "tests/test_pages.py"
    tests.write_text("import nowhere\n", encoding="utf-8")
    failures, problems = failing_tests(repository)
    assert problems == []
    assert [failure.message for failure in failures or ()] == ["ModuleNotFoundError: No module named 'nowhere'"]
    tests.unlink()
    assert failing_tests(repository) == (None, ["The tests did not run: there are none."])
    failures, [problem] = failing_tests(repository, ["--no-such-option"])
    assert failures is None
    assert problem.startswith("The tests did not run: ")
    assert "--no-such-option" in problem


def test_the_schema_of_a_running_wiki_is_taken(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the reading: what follows is the same for every schema."""
    with Sandbox() as sandbox:
        import httpx2

        from wikijs import WikiJSClient

        def on_sandbox(url: str, **options: object) -> WikiJSClient:
            http = httpx2.Client(transport=sandbox.transport())
            return WikiJSClient(url, auth=sandbox.api_key, http_client=http)

        monkeypatch.setattr("wikijs.WikiJSClient", on_sandbox)
        loaded = upgrade._load(sandbox.url, None)
    assert loaded.version == "2.5.314"
    assert "PageQuery" in loaded.schema.type_map
