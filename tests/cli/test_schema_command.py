"""`wikijs schema`: pull, diff and check from the command line."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest

from wikijs.core.documents import bundled

from .conftest import OnSandbox, Run

SDL = bundled.schema().read_text(encoding="utf-8")

OFF = httpx2.Response(
    400,
    json={
        "errors": [
            {
                "message": "GraphQL introspection is not allowed by Apollo Server, but the query contained __schema or"
                " __type. To enable introspection, pass introspection: true to ApolloServer in production",
                "extensions": {"code": "GRAPHQL_VALIDATION_FAILED"},
            }
        ]
    },
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that commands are run in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


# ---- pull ----


def test_pull_writes_the_schema_of_a_wiki(on_sandbox: OnSandbox, folder: Path) -> None:
    done = on_sandbox("schema", "pull")
    assert done.exit_code == 0
    assert done.stdout == "Wrote schema/wikijs.graphql and schema/facts.json (Wiki.js 2.5.314).\n"
    assert (folder / "schema/wikijs.graphql").read_text(encoding="utf-8") == SDL
    assert on_sandbox("schema", "pull").stdout == "schema is up to date (Wiki.js 2.5.314).\n"
    shown = json.loads(on_sandbox("schema", "pull", "-o", "other", "--json").stdout)
    assert shown == {
        "folder": "other",
        "version": "2.5.314",
        "changed": ["wikijs.graphql", "facts.json"],
        "toFillIn": [],
        "permissions": [],
    }
    assert on_sandbox("schema", "pull", "-o", "third", "--quiet").stdout == ""


def test_a_guest_gets_the_schema_too_but_not_the_version(on_sandbox: OnSandbox, folder: Path) -> None:
    done = on_sandbox("schema", "pull", guest=True)
    assert (done.exit_code, done.stdout) == (0, "Wrote schema/wikijs.graphql and schema/facts.json.\n")


def test_pull_says_what_to_fill_in(run: Run, folder: Path) -> None:
    new = SDL.replace("  tags: [PageTag]!\n", "  tags: [PageTag]!\n  archived: [PageListItem!]!\n")
    Path("new.graphql").write_text(new, encoding="utf-8")
    refused = run("schema", "pull", "--sdl", "new.graphql")
    assert refused.exit_code == 1
    assert "give --server-version" in refused.stderr
    assert not (folder / "schema").exists()
    done = run("schema", "pull", "--sdl", "new.graphql", "--server-version", "2.6.0")
    assert done.exit_code == 0
    assert done.stderr == (
        "wikijs: pages.archived is new: fill in its permissions and rate limit in schema/facts.json.\n"
    )


def test_pull_says_what_became_of_permissions(run: Run, folder: Path) -> None:
    Path("tree.graphql").write_text(
        "directive @auth(requires: [String]) on FIELD_DEFINITION\n"
        "type Query { pages: PageQuery }\n"
        'type PageQuery { tags: [Int] @auth(requires: ["read:tags"]) }\n',
        encoding="utf-8",
    )
    done = run("schema", "pull", "--sdl", "tree.graphql", "--server-version", "3.0.0")
    assert done.exit_code == 0
    assert "wikijs: pages.tags: manage:system or read:pages became read:tags.\n" in done.stderr


def test_where_introspection_is_off_pull_says_what_to_do_instead(run: Run, folder: Path) -> None:
    done = run("schema", "pull", answers=(OFF,))
    assert done.exit_code == 1
    assert "does not tell its schema: introspection is off there" in done.stderr
    assert "--sdl bundled@VERSION" in done.stderr
    assert list(folder.glob("schema*")) == []


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("<html></html>", "wikijs: bad.graphql:1: this is an HTML or XML page, not a schema.\n"),
        ("", "wikijs: bad.graphql:1: this is empty, not a schema.\n"),
        ('{"pages": []}', "wikijs: bad.graphql:1: this JSON is no answer to an introspection query.\n"),
        ("type Query {\n  a: \n}\n", "wikijs: bad.graphql:3: Syntax Error: Expected Name, found '}'.\n"),
        ("type Query {\n  a: A\n  b: Z\n}\n", "wikijs: bad.graphql:2: Unknown type 'A'.\nwikijs: bad.graphql:3: "),
    ],
)
def test_what_is_no_schema_leaves_the_old_files_untouched(run: Run, folder: Path, text: str, problem: str) -> None:
    run("schema", "pull", "--sdl", "bundled@2.5.201")
    before = {path.name: path.read_bytes() for path in (folder / "schema").iterdir()}
    Path("bad.graphql").write_text(text, encoding="utf-8")
    done = run("schema", "pull", "--sdl", "bad.graphql")
    assert done.exit_code == 1
    assert done.stderr.startswith(problem)
    assert {path.name: path.read_bytes() for path in (folder / "schema").iterdir()} == before


# ---- diff ----


def test_diff_shows_changes_whom_they_touch_and_the_version_bump(run: Run) -> None:
    done = run("schema", "diff", "bundled@2.5.293", "bundled")
    assert done.exit_code == 10
    assert done.stdout.splitlines()[:2] == [
        "DANGEROUS  An optional arg footerOverride on SiteMutation.updateConfig was added.",
        "           touches client.site.update_config",
    ]
    assert done.stdout.splitlines()[-1].startswith("0 breaking, 1 dangerous, 2 safe. Version bump: minor: ")


@pytest.mark.parametrize(
    ("old", "new", "option", "code"),
    [
        ("bundled", "bundled", "dangerous", 0),
        ("bundled@2.5.289", "bundled@2.5.289", "dangerous", 0),
        ("bundled@2.5.293", "bundled", "dangerous", 10),
        ("bundled@2.5.293", "bundled", "breaking", 0),
        ("bundled", "bundled@2.5.293", "breaking", 11),
        ("bundled", "bundled@2.5.293", "dangerous", 11),
        ("bundled", "bundled@2.5.293", "never", 0),
    ],
)
def test_the_exit_code_tells_the_severity(run: Run, old: str, new: str, option: str, code: int) -> None:
    done = run("schema", "diff", old, new, "--fail-on", option, "--quiet")
    assert (done.exit_code, done.stdout) == (code, "")


def test_diff_names_operations_of_the_user(run: Run, folder: Path) -> None:
    Path("mine.graphql").write_text('query Mine { pages { singleByPath(path: "a", locale: "en") { id } } }', "utf-8")
    done = run("schema", "diff", "bundled", "bundled@2.5.293", "--queries", "mine.graphql", "--json")
    assert done.exit_code == 11
    shown = json.loads(done.stdout)
    assert {key: shown[key] for key in ("from", "to", "severity", "bump")} == {
        "from": "bundled",
        "to": "bundled@2.5.293",
        "severity": "breaking",
        "bump": "major",
    }
    [removed] = [change for change in shown["changes"] if change["at"] == "PageQuery.singleByPath"]
    assert (removed["severity"], removed["kind"]) == ("breaking", "FIELD_REMOVED")
    assert {"operation": "Mine", "owner": "user", "method": None} in removed["touches"]
    assert {
        "operation": "PagesSingleByPath",
        "owner": "client",
        "method": "client.pages.single_by_path",
    } in removed["touches"]
    assert "`Mine`" in run("schema", "diff", "bundled", "bundled@2.5.293", "--queries", ".", "--markdown").stdout


def test_a_wiki_can_be_one_side_and_gets_no_credentials_of_another(on_sandbox: OnSandbox, run: Run) -> None:
    assert on_sandbox("schema", "diff", "bundled", on_sandbox.sandbox.url).exit_code == 0
    done = run("schema", "diff", "bundled", "http://other.example.com", answers=(OFF,))
    assert done.exit_code == 1
    assert all("authorization" not in request.headers for request in run.replay.requests)
    done = run("schema", "diff", "bundled", "http://other.example.com", answers=(OFF,), environment={})
    assert done.exit_code == 1


# ---- check ----


def test_check_lists_what_does_not_fit(run: Run) -> None:
    done = run("schema", "check", "--sdl", "bundled@2.5.285")
    assert done.exit_code == 11
    rows = [line.split("\t") for line in done.stdout.splitlines()]
    assert [row[:3] for row in rows[:1]] == [["client.pages.single_by_path", "missing", "2.5.296"]]
    assert len(rows) == 8
    assert done.stderr == "bundled@2.5.285 (Wiki.js 2.5.285): 128 of 136 operations fit; 4 missing, 4 refused.\n"
    assert run("schema", "check", "--sdl", "bundled@2.5.285", "--fail-on", "never").exit_code == 0


@pytest.mark.parametrize("probe", [(), ("--probe",)])
def test_check_asks_a_wiki(on_sandbox: OnSandbox, probe: tuple[str, ...]) -> None:
    done = on_sandbox("schema", "check", *probe)
    assert (done.exit_code, done.stdout) == (0, "")
    assert done.stderr.startswith(f"{on_sandbox.sandbox.url} (Wiki.js 2.5.314): 136 of 136 operations fit.\n")
    assert ("was asked what it would accept" in done.stderr) is bool(probe)


def test_check_names_permissions_that_are_lacking(on_sandbox: OnSandbox) -> None:
    client = on_sandbox.client
    group = client.groups.create("Readers", permissions=["read:pages", "manage:groups"])
    key = {"WIKIJS_API_KEY": client.api_keys.create("reader", group=group.id).key}
    done = on_sandbox("schema", "check", environment=key)
    assert done.exit_code == 0
    lacking = {line.split("\t")[0]: line.split("\t")[4] for line in done.stdout.splitlines()}
    assert lacking["client.pages.single"] == "read:source or write:pages or manage:system"
    assert "client.pages.list" not in lacking
    assert f"Your credentials lack a permission for {len(lacking)} operations.\n" in done.stderr
    shown = json.loads(on_sandbox("schema", "check", "--json", environment=key).stdout)
    assert shown["permissions"] == ["manage:groups", "read:pages"]
    assert (shown["identity"], shown["compared"], shown["counts"]) == ("api_key", True, {"fits": 136})
    [single] = [row for row in shown["operations"] if row["operation"] == "PagesSingle"]
    assert single == {
        "operation": "PagesSingle",
        "owner": "client",
        "method": "client.pages.single",
        "field": "pages.single",
        "fit": "fits",
        "since": "2.5.105",
        "reasons": [],
        "lacks": [["read:source", "write:pages", "manage:system"]],
    }


def test_check_can_list_everything_and_queries_of_the_user(on_sandbox: OnSandbox, folder: Path) -> None:
    Path("mine.graphql").write_text("query Mine { pages { nope } }", encoding="utf-8")
    done = on_sandbox("schema", "check", "--all", "--queries", "mine.graphql")
    rows = [line.split("\t") for line in done.stdout.splitlines()]
    assert len(rows) == 137
    assert rows[-1][:3] == ["Mine", "missing", ""]
    assert rows[-1][3].startswith("Cannot query field 'nope' on type 'PageQuery'.")
    assert done.exit_code == 11


def test_broken_queries_are_refused(run: Run, folder: Path) -> None:
    Path("mine.graphql").write_text("query Mine {\n  ...Nope\n}\n", encoding="utf-8")
    done = run("schema", "check", "--queries", "mine.graphql")
    assert (done.exit_code, done.stderr) == (1, "wikijs: mine.graphql:2: there is no fragment `Nope`.\n")


# ---- around ----


def test_without_the_extra_it_says_what_to_install() -> None:
    code = (
        "import sys; sys.modules['graphql'] = None; from wikijs.cli import main;"
        "sys.argv = ['wikijs', 'schema', 'diff', 'bundled', 'bundled']; main()"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    assert ended.returncode == 1
    assert ended.stderr == 'wikijs: The schema commands are an extra.\n  pip install "py-wikijs[codegen]"\n'


GUIDE = (Path(__file__).parents[2] / "docs/upgrading.md").read_text(encoding="utf-8")
LINES = [line for line in GUIDE.splitlines() if line.startswith("wikijs ")]


@pytest.mark.parametrize("line", LINES)
def test_command_lines_of_the_guide_run(request: pytest.FixtureRequest, run: Run, folder: Path, line: str) -> None:
    asks_a_wiki = line in {"wikijs schema check", "wikijs schema pull -o schema/"}
    execute: Run | OnSandbox = request.getfixturevalue("on_sandbox") if asks_a_wiki else run
    done = execute(*shlex.split(line)[1:])
    expected = 11 if line == "wikijs schema check --sdl bundled@2.5.201" else 0
    assert done.exit_code == expected, done.stderr
