"""A user's own project: its queries become methods of a client that extends ours, and work like ours."""

from __future__ import annotations

import importlib
import json
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx2
import pytest
from pydantic import BaseModel
from support.type_checks import MYPY
from typer.testing import CliRunner, Result
from wikijs_generated.enums import PageOrderBy
from wikijs_generated.facades.asynchronous.pages import AsyncPages
from wikijs_generated.facades.blocking.pages import Pages
from wikijs_generated.fragments import Group, PageSummary
from wikijs_generated.input_types import PageRuleInput

import wikijs
from wikijs import exceptions as exc
from wikijs.cache import MemoryCache
from wikijs.cli.app import app
from wikijs.codegen import package
from wikijs.codegen.reading import project
from wikijs.sandbox import Sandbox

PROJECT = Path(__file__).parent / "project"
BIN = Path(sys.executable).parent


def run(folder: Path, *arguments: str) -> Result:
    """Run `wikijs generate` in this process, with the settings of a folder."""
    return CliRunner().invoke(app, ["generate", "--config", str(folder / "codegen.toml"), *arguments])


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The project beside this file, compiled, and where Python finds it."""
    folder = tmp_path_factory.mktemp("made") / "project"
    shutil.copytree(PROJECT, folder)
    package.generate(project.load(folder / "codegen.toml"))
    sys.path.insert(0, str(folder))
    yield folder
    sys.path.remove(str(folder))


@pytest.fixture(scope="module")
def team(made: Path) -> ModuleType:
    return importlib.import_module("team_wiki")


class Line(httpx2.BaseTransport):
    """The way to a sandbox: counts requests by operation, and loses the answers of writes on demand."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.inner = sandbox.transport()
        self.sent: Counter[str] = Counter()
        self.losing = False
        self.unreachable = 0

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        asked = json.loads(request.read())
        if self.unreachable:
            self.unreachable -= 1
            raise httpx2.ConnectError("down", request=request)
        self.sent[asked["operationName"]] += 1
        response = self.inner.handle_request(request)
        if self.losing and asked["query"].startswith("mutation"):
            raise httpx2.ReadError("cut", request=request)
        return response


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(seed="demo") as sandbox:
        yield sandbox


@pytest.fixture
def line(sandbox: Sandbox) -> Line:
    return Line(sandbox)


@pytest.fixture
def wiki(team: ModuleType, sandbox: Sandbox, line: Line) -> Iterator[Any]:
    """The project's own blocking client, with a cache, on a sandbox."""
    with httpx2.Client(transport=line) as http:
        yield team.TeamWiki(sandbox.url, sandbox.api_key, http_client=http, cache=MemoryCache())


def test_what_init_writes_is_typed_runs_and_stays_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sandbox: Sandbox
) -> None:
    """The whole way of a new user, from an empty folder."""
    monkeypatch.chdir(tmp_path)
    began = CliRunner().invoke(app, ["generate", "--init"])
    assert (began.exit_code, began.stdout) == (0, "Wrote codegen.toml and queries/pages.graphql.\n")
    assert began.stderr == "Next: make the query yours, then run `wikijs generate`.\n"
    made = CliRunner().invoke(app, ["generate"])
    assert (made.exit_code, made.stdout) == (0, "Wrote my_wiki: from my_wiki import MyWiki\n")

    before = contents(tmp_path / "my_wiki")
    assert CliRunner().invoke(app, ["generate"]).exit_code == 0
    assert contents(tmp_path / "my_wiki") == before
    assert CliRunner().invoke(app, ["generate", "--check"]).stdout == "my_wiki is up to date.\n"

    (tmp_path / "use.py").write_text(
        "from typing import assert_type\n"
        "import wikijs\n"
        "from my_wiki import AsyncMyWiki, MyWiki, PagesRecentItem, ops\n"
        "from wikijs.models import Page, PageSummary\n"
        "def blocking(client: MyWiki) -> None:\n"
        "    assert_type(client.pages.recent(limit=3), list[PagesRecentItem])\n"
        "    both = client.batch(ops.pages_recent(), wikijs.ops.pages_list())\n"
        "    assert_type(both, tuple[list[PagesRecentItem], list[PageSummary]])\n"
        "    assert_type(client.pages.get(1), Page)\n"
        "async def asynchronous(client: AsyncMyWiki) -> None:\n"
        "    assert_type(await client.pages.recent(limit=3), list[PagesRecentItem])\n"
        "    assert_type(await client.pages.get(1), Page)\n"
    )
    (tmp_path / "pyrightconfig.json").write_text('{"typeCheckingMode": "strict", "pythonVersion": "3.11"}')
    checks = [
        [*MYPY, "my_wiki", "use.py"],
        [BIN / "pyright", "--pythonpath", sys.executable],
    ]
    running = [subprocess.Popen(check, cwd=tmp_path, stdout=subprocess.PIPE, text=True) for check in checks]
    said = [process.communicate(timeout=200)[0] for process in running]
    assert [process.returncode for process in running] == [0, 0], "\n".join(said)

    monkeypatch.syspath_prepend(str(tmp_path))
    my_wiki = importlib.import_module("my_wiki")
    with httpx2.Client(transport=sandbox.transport()) as http:
        client = my_wiki.MyWiki(sandbox.url, sandbox.api_key, http_client=http)
        assert [type(page) for page in client.pages.recent(limit=1)] == [my_wiki.PagesRecentItem]


def test_check_fails_after_a_query_was_changed_and_names_the_files(made: Path, tmp_path: Path) -> None:
    folder = tmp_path / "project"
    shutil.copytree(made, folder, ignore=shutil.ignore_patterns("__pycache__"))
    assert run(folder, "--check").exit_code == 0
    query = folder / "queries/pages.graphql"
    query.write_text(query.read_text().replace("      updatedAt\n", ""))
    checked = run(folder, "--check")
    assert checked.exit_code == 1
    assert checked.stderr.splitlines() == [
        "team_wiki is not what its sources give; run `wikijs generate`:",
        "  team_wiki/fragments/pages_recent_item.py: differs",
        "  team_wiki/ops.py: differs",
    ]


def test_the_clients_are_ours_with_more(team: ModuleType) -> None:
    assert issubclass(team.TeamWiki, wikijs.WikiJSClient)
    assert issubclass(team.AsyncTeamWiki, wikijs.AsyncWikiJSClient)
    client = team.TeamWiki("http://wiki.example.com")
    assert isinstance(client.pages, Pages)
    assert isinstance(team.AsyncTeamWiki("http://wiki.example.com").pages, AsyncPages)
    assert team.ops.PAGES_RECENT.requires == ("manage:system", "read:pages")
    assert "limit: Counts pages by their tags." in client.pages.recent.__doc__
    assert set(dir(team)) > {"AsyncTeamWiki", "GroupAndRules", "PagesRecentItem", "TeamWiki", "ops"}
    with pytest.raises(AttributeError, match="has no attribute 'Nothing'"):
        _ = team.Nothing
    client.close()


def test_every_model_of_the_project_can_be_made(team: ModuleType) -> None:
    models = [value for value in (getattr(team, name) for name in dir(team)) if isinstance(value, type)]
    found = [model for model in models if issubclass(model, BaseModel)]
    assert len(found) == 8
    for model in found:
        assert model.__module__.startswith("team_wiki.fragments.")
        model.model_json_schema()


def test_types_of_ours_are_imported_not_copied(made: Path, team: ModuleType) -> None:
    assert issubclass(team.GroupAndRules, Group)
    written = {path.name for path in (made / "team_wiki").rglob("*.py")}
    assert not written & {"enums.py", "input_types.py", "base_model.py", "page_summary.py", "group.py"}


def test_its_queries_run_alone_and_in_a_batch_with_ours(team: ModuleType, wiki: Any, line: Line) -> None:
    recent, listed = wiki.batch(team.ops.pages_recent(limit=2), wikijs.ops.pages_list())
    assert line.sent == {"Batch": 1}
    assert {type(page) for page in recent} == {team.PagesRecentItem}
    assert {type(page) for page in listed} == {PageSummary}
    assert wiki.pages.recent(limit=2) == recent
    assert {type(page) for page in wiki.pages.summaries(order=PageOrderBy.PATH)} == {PageSummary}
    assert wiki.source_of(recent[0].id) == wiki.pages.get(recent[0].id).content
    assert wiki.pages.with_text(recent[0].id).content == wiki.source_of(recent[0].id)
    group = wiki.groups.in_full(1)
    assert (group.id, type(group.users[0]).__name__) == (1, "UserSummary"), "a list that Group declares elsewhere"
    assert wiki.groups.in_full(99) is None


async def test_its_queries_run_in_an_event_loop(team: ModuleType, sandbox: Sandbox) -> None:
    async with httpx2.AsyncClient(transport=sandbox.transport()) as http:
        client = team.AsyncTeamWiki(sandbox.url, sandbox.api_key, http_client=http)
        recent, listed = await client.batch(team.ops.pages_recent(limit=2), wikijs.ops.pages_list())
        assert await client.pages.recent(limit=2) == recent
        assert len(listed) > len(recent)
        assert await client.source_of(recent[0].id) == (await client.pages.get(recent[0].id)).content


def test_its_answers_are_cached_and_dropped_by_any_write_to_pages(wiki: Any, line: Line) -> None:
    before = wiki.source_of(1)
    assert wiki.source_of(1) == before
    assert line.sent["SourceOf"] == 1
    wiki.pages.update(1, content="# Other\n")
    assert wiki.source_of(1) == "# Other\n", "though it calls the page's id by another name"
    wiki.groups.create(name="Others")
    wiki.source_of(1)
    assert line.sent["SourceOf"] == 2, "groups have nothing to do with it"


def test_its_writes_drop_what_they_may_have_changed(wiki: Any, line: Line) -> None:
    wiki.groups.in_full(3)
    wiki.groups.restrict(3, name="Renamed", rules=[])
    assert wiki.groups.in_full(3).name == "Renamed"
    assert line.sent["GroupsInFull"] == 2


def test_a_write_whose_answer_is_lost_is_never_sent_again(wiki: Any, line: Line) -> None:
    """Ours are read back, or may be repeated; of theirs nobody knows what they select and how variables are called."""
    line.losing = True
    for write, name in ((lambda: wiki.groups.open("New"), "GroupsOpen"), (lambda: wiki.users.wake(1), "UsersWake")):
        with pytest.raises(exc.OutcomeUnknownError, match="this operation cannot be checked by reading"):
            write()
        assert line.sent[name] == 1
    line.losing = False
    assert [group.name for group in wiki.groups.list()].count("New") == 1


def test_a_write_that_never_left_is_sent_again(wiki: Any, line: Line, team: ModuleType) -> None:
    line.unreachable = 1
    made = wiki.groups.open("New")
    assert isinstance(made, team.GroupsOpenResult)
    assert made.group.id > 3


def test_a_refused_write_raises_what_ours_raise(wiki: Any) -> None:
    rule = PageRuleInput.model_validate(
        {"id": "a", "deny": False, "match": "REGEX", "roles": ["read:pages"], "path": "(a+)+$", "locales": []}
    )
    with pytest.raises(exc.APIError, match="Page Rules"):
        wiki.groups.restrict(3, name="Any", rules=[rule])


def test_a_package_inside_another_one_finds_its_models(made: Path, tmp_path: Path, sandbox: Sandbox) -> None:
    (tmp_path / "outer").mkdir()
    (tmp_path / "outer/__init__.py").touch()
    shutil.copytree(PROJECT / "queries", tmp_path / "queries")
    (tmp_path / "pyproject.toml").write_text('[tool.wikijs.generate]\npackage = "outer/inner"\nclient = "Wiki"\n')
    assert CliRunner().invoke(app, ["generate", "--config", str(tmp_path / "pyproject.toml")]).exit_code == 0
    code = "from outer.inner import Wiki, ops; print(ops.PAGES_RECENT.result.__module__)"
    ended = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert ended.stdout == "outer.inner.pages_recent\n"
