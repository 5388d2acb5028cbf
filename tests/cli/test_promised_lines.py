"""The command lines that the plan of this project prints, typed as they are printed, on the demo wiki."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from wikijs.cli.app import app
from wikijs.cli.frame.failures import CommandError
from wikijs.cli.frame.inputs import moment
from wikijs.cli.frame.session import RowFilter, Session, parsed
from wikijs.cli.frame.structured import matches
from wikijs.sandbox import Sandbox

from .conftest import OnSandbox


def rows(text: str) -> list[list[str]]:
    """The rows of a table in a pipe."""
    return [line.split("\t") for line in text.splitlines()]


# ---- lists


def test_rows_are_filtered_by_field_and_text(on_sandbox: OnSandbox) -> None:
    everything = json.loads(on_sandbox("pages", "list", "--json").stdout)
    wanted = [page["id"] for page in everything if "hand" in page["title"].lower()]
    assert wanted
    found = json.loads(on_sandbox("pages", "list", "--filter", "title:HAND", "--json").stdout)
    assert [page["id"] for page in found] == wanted
    french = on_sandbox("pages", "list", "--filter", "locale:fr", "--filter", "path:home", "-q").stdout.split()
    assert french == [str(page["id"]) for page in everything if page["locale"] == "fr" and page["path"] == "home"]
    assert on_sandbox("pages", "list", "--filter", "locale:fr", "--jq", "[].locale | [0]").stdout == "fr\n"
    limited = on_sandbox("pages", "list", "--filter", "locale:fr", "--limit", "1", "-q").stdout.split()
    assert len(limited) == 1
    assert on_sandbox("users", "list", "--filter", "is_active:yes", "-q").stdout
    assert on_sandbox("--filter", "name:edit", "groups", "list", "--json", "name").stdout.count("Editors") == 1


def test_a_path_goes_on_to_work_as_a_filter(on_sandbox: OnSandbox) -> None:
    assert (
        on_sandbox("pages", "list", "--filter", "[0].id").stdout == on_sandbox("pages", "list", "--jq", "[0].id").stdout
    )


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (["pages", "list", "--filter", "titel:x"], "There is no field 'titel' here."),
        (["pages", "get", "home", "--filter", "title:x"], "This command prints no list"),
        (["pages", "delete", "home", "--yes", "--filter", "title:x"], "This command prints no list"),
        (["pages", "get", "home", "--columns", "id"], "This command prints no list: --columns"),
        (["pages", "list", "--columns", "id", "--json"], "--columns is for tables"),
        (["pages", "list", "--columns", "colour"], "There is no field 'colour' here."),
        (["pages", "list", "--filter", "[0]", "--jq", "[1]"], "are both paths of what to print"),
        (["pages", "list", "--jq", "[[["], "--jq cannot read '[[['"),
        (["pages", "list", "--sort", "size"], "Pages cannot be sorted by 'size'"),
        (["pages", "list", "--since", "some day"], "--since cannot read 'some day'"),
        (["pages", "list", "--before", "999999y"], "--before cannot read '999999y'"),
        (["pages", "create", "docs/x", "--path", "docs/y", "--content", "x"], "PATH is given twice"),
        (["pages", "create", "--content", "x"], "PATH is missing. "),
        (["pages", "export"], "TARGET is missing."),
        (["pages", "import"], "SOURCE is missing."),
        (["users", "create", "--name", "N"], "EMAIL is missing."),
        (["groups", "create"], "NAME is missing."),
        (["export", "pages", "--format", "md"], "Markdown files go into a folder or an archive."),
        (["export", "pages", "--format", "md", "--output", "x.json"], "Markdown files go into a folder"),
        (["help", "pages", "fly"], "There is no command 'pages fly'."),
        (["export", "pages", "out"], "There is no place for 'out'.\n  `wikijs export pages --help` shows"),
        (["pages", "get", "1", "2", "3"], "There is no place for '2 3'.\n  `wikijs pages get --help` shows"),
        (["pages", "list", "--limit"], "--limit needs a value.\n  `wikijs pages list --help` shows"),
        (["--url"], "--url needs a value.\n  `wikijs --help` shows"),
    ],
)
def test_wrong_usage_is_one_sentence(on_sandbox: OnSandbox, line: list[str], sentence: str) -> None:
    before = len(on_sandbox.client.pages.list())
    result = on_sandbox(*line)
    assert result.exit_code == 2
    assert sentence.strip() in result.stderr
    assert len(on_sandbox.client.pages.list()) == before


def test_a_group_without_a_command_shows_its_help_and_no_error(on_sandbox: OnSandbox) -> None:
    result = on_sandbox("pages")
    assert result.exit_code == 2
    assert "mend-links" in result.stdout
    assert result.stderr == ""


def test_pages_are_listed_as_promised(on_sandbox: OnSandbox) -> None:
    pages = on_sandbox.client.pages.list()
    assert rows(on_sandbox("pages", "list", "--search", "handbook", "--limit", "2", "--columns", "id,path").stdout) == [
        [str(page.id), page.path] for page in on_sandbox.client.pages.list(search="handbook", limit=2)
    ]
    assert on_sandbox("pages", "list", "--limit", "2", "--offset", "3", "-q").stdout.split() == [
        str(page.id) for page in pages[3:5]
    ]
    by_path = on_sandbox("pages", "list", "--path", "handbook/*", "--jq", "[].path").stdout.splitlines()
    assert by_path
    assert all(path.startswith("handbook/") for path in by_path)
    titles = on_sandbox("pages", "list", "--title", "*book", "--jq", "[].title").stdout.splitlines()
    assert titles
    assert all(title.lower().endswith("book") for title in titles)
    newest = [page.id for page in on_sandbox.client.pages.list(order_by="updated", descending=True)]
    for line in (
        ("--sort", "-updated"),
        ("--sort", "updated", "--descending"),
        ("--order-by", "updated", "--descending"),
    ):
        assert on_sandbox("pages", "list", *line, "-q").stdout.split() == [str(each) for each in newest]


def test_pages_are_listed_by_time_and_author(on_sandbox: OnSandbox) -> None:
    pages = on_sandbox.client.pages.list()
    moments = sorted(page.updated_at for page in pages)
    middle = moments[len(moments) // 2]
    stamp = middle.strftime("%Y-%m-%dT%H:%M:%S+0000")
    late = set(on_sandbox("pages", "list", "--after", stamp, "-q").stdout.split())
    early = set(on_sandbox("pages", "list", "--before", stamp, "-q").stdout.split())
    assert late
    assert early
    assert late.isdisjoint(early)
    assert late | early == {str(page.id) for page in pages}
    assert set(on_sandbox("pages", "list", "--since", "10y", "-q").stdout.split()) == late | early
    assert on_sandbox("pages", "list", "--since", "0d", "-q").stdout == ""
    for user in on_sandbox.client.users.list():
        mine = [str(page.id) for page in on_sandbox.client.pages.list(author_id=user.id)]
        for name in (str(user.id), user.email, user.name):
            assert on_sandbox("pages", "list", "--author", name, "-q").stdout.split() == mine
    assert "There is no user 'nobody'" in on_sandbox("pages", "list", "--author", "nobody").stderr


def test_two_users_of_one_name_are_not_confused(on_sandbox: OnSandbox) -> None:
    for address in ("ann@example.net", "ann@example.org"):
        on_sandbox.client.users.create(address, name="Ann Twin", password="correct horse")
    assert "2 users are called 'ann twin'" in on_sandbox("pages", "list", "--author", "ann twin").stderr


# ---- pages


def test_a_page_is_written_into_a_file_and_created_from_one(on_sandbox: OnSandbox, tmp_path: Path) -> None:
    file = tmp_path / "handbook.md"
    assert on_sandbox("pages", "get", "handbook", "--output", str(file)).stdout == f"Wrote {file}.\n"
    content = on_sandbox.client.pages.get("handbook").content
    assert file.read_bytes().decode() == content
    assert on_sandbox("pages", "get", "handbook", "--output", "-").stdout == content
    assert "cannot be written" in on_sandbox("pages", "get", "handbook", "--output", str(tmp_path)).stderr
    made = on_sandbox("pages", "create", "--title", "T", "--path", "docs/copy", "--content-file", str(file))
    assert made.exit_code == 0, made.stderr
    page = on_sandbox.client.pages.get("docs/copy")
    assert (page.title, page.content) == ("T", content)
    assert on_sandbox("pages", "create", "docs/again", "--title", "T", "--file", str(file)).exit_code == 0
    assert on_sandbox("pages", "update", "docs/again", "--content-file", str(file)).exit_code == 0


def test_pages_are_exported_and_imported(on_sandbox: OnSandbox, tmp_path: Path) -> None:
    assert on_sandbox("pages", "export", "--output", str(tmp_path / "wiki")).exit_code == 0
    assert (tmp_path / "wiki" / "handbook.md").exists()
    again = on_sandbox("pages", "import", "--directory", str(tmp_path / "wiki"))
    assert again.exit_code == 0, again.stderr
    assert "unchanged" in again.stderr


def test_a_page_opens_in_the_browser(on_sandbox: OnSandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []

    def browser(url: str) -> bool:
        opened.append(url)
        return len(opened) == 1

    monkeypatch.setattr("webbrowser.open", browser)
    address = f"{on_sandbox.client.url}/en/handbook"
    assert on_sandbox("pages", "open", "handbook").stdout == f"Opened {address}\n"
    assert on_sandbox("pages", "open", "handbook", "--no-browser").stdout == f"{address}\n"
    assert on_sandbox("pages", "open", "handbook", "-q").stdout == f"{address}\n"
    assert opened == [address]
    assert on_sandbox("pages", "open", "handbook").stdout == f"{address}\n"  # there is no browser


# ---- people and files


def test_people_are_created_by_options(on_sandbox: OnSandbox, tmp_path: Path) -> None:
    secret = tmp_path / "password"
    secret.write_text("correct horse\n")
    made = on_sandbox(
        "users", "create", "--email", "eve@example.net", "--name", "Eve", "--password-file", str(secret), "--json"
    )
    assert json.loads(made.stdout)["email"] == "eve@example.net"
    assert on_sandbox("groups", "create", "--name", "Authors").exit_code == 0
    assert on_sandbox("groups", "create", "Writers").exit_code == 0
    assert {"Authors", "Writers"} <= {group.name for group in on_sandbox.client.groups.list()}


def test_files_are_uploaded_moved_and_listed(on_sandbox: OnSandbox, tmp_path: Path) -> None:
    from PIL import Image

    picture = tmp_path / "logo.png"
    out = io.BytesIO()
    Image.new("RGB", (64, 64), "red").save(out, "PNG", compress_level=0)
    picture.write_bytes(out.getvalue())
    made = json.loads(on_sandbox("assets", "upload", str(picture), "--folder", "/img", "--optimize", "--json").stdout)
    assert made["path"] == "/img/logo.png"
    assert made["fileSize"] < picture.stat().st_size
    assert on_sandbox("assets", "move", "/img/logo.png", "/brand").stdout == "Moved /img/logo.png to /brand/logo.png.\n"
    assert on_sandbox("assets", "list", "/brand", "--kind", "image", "-q").stdout


# ---- exports


def test_pages_are_exported_in_each_format(on_sandbox: OnSandbox, tmp_path: Path) -> None:
    count = len(on_sandbox.client.pages.list())
    for name in ("pages.json", "pages"):
        assert on_sandbox("export", "pages", "--format", "json", "--output", str(tmp_path / name)).exit_code == 0
        assert len(json.loads((tmp_path / name).read_text())["pages"]) == count
    assert on_sandbox("export", "pages", "--format", "yaml", "--output", str(tmp_path / "p.txt")).exit_code == 0
    assert len(yaml.safe_load((tmp_path / "p.txt").read_text())["pages"]) == count
    assert on_sandbox("export", "pages", "--format", "md", "--output", str(tmp_path / "md")).exit_code == 0
    assert (tmp_path / "md" / "handbook.md").exists()
    assert on_sandbox("export", "pages", "--output", str(tmp_path / "wiki.zip")).exit_code == 0
    assert "handbook.md" in zipfile.ZipFile(tmp_path / "wiki.zip").namelist()
    assert len(json.loads(on_sandbox("export", "pages", "--format", "json").stdout)["pages"]) == count
    assert list(tmp_path.glob(".wikijs-*")) == []


@pytest.mark.parametrize(("what", "member"), [("users", "email"), ("groups", "permissions"), ("assets", "path")])
def test_records_are_exported(on_sandbox: OnSandbox, tmp_path: Path, what: str, member: str) -> None:
    listed = json.loads(on_sandbox("export", what, "--format", "json").stdout)
    assert listed
    assert all(member in record for record in listed)
    done = on_sandbox("export", what, "--output", str(tmp_path / "deep" / "records.yaml"))
    assert done.exit_code == 0, done.stderr
    assert yaml.safe_load((tmp_path / "deep" / "records.yaml").read_text()) == listed
    assert f"written to {tmp_path}" in done.stderr
    (tmp_path / "folder.json").mkdir()
    assert "cannot be written" in on_sandbox("export", what, "--output", str(tmp_path / "folder.json")).stderr


def test_files_are_exported_in_their_folders(on_sandbox: OnSandbox, tmp_path: Path) -> None:
    done = on_sandbox("export", "assets", "--output", str(tmp_path / "files"))
    assert done.exit_code == 0, done.stderr
    for asset in on_sandbox.client.assets.iter_all():
        assert (tmp_path / "files" / asset.path.strip("/")).stat().st_size == asset.file_size
    assert not list((tmp_path / "files").rglob("*.md"))


# ---- the command itself


def lone(*arguments: str, **environment: str) -> Any:
    """Run a command line with this environment alone."""
    return CliRunner().invoke(app, list(arguments), prog_name="wikijs", obj=Session(environment=environment))


@pytest.mark.parametrize("line", [["-h"], ["pages", "-h"], ["pages", "list", "-h"], ["config", "validate", "-h"]])
def test_a_short_option_shows_the_help(line: list[str]) -> None:
    short, long = lone(*line), lone(*line[:-1], "--help")
    assert short.exit_code == 0
    assert short.stdout == long.stdout
    assert "Usage: wikijs" in short.stdout


def test_help_and_version_are_commands() -> None:
    assert lone("help").stdout == lone("--help").stdout
    assert lone("help", "pages", "list").stdout == lone("pages", "list", "--help").stdout
    assert lone("version").stdout == lone("--version").stdout
    assert json.loads(lone("version", "--json").stdout)["version"]


KEY = "eyJhbGciOiJSUzI1NiJ9.secret"


@pytest.mark.parametrize(
    "line",
    [
        ["interactive", "--url", "https://wiki.example.com", "--api-key", KEY],
        ["pages", "list", f"--api-key={KEY}"],
        ["--token", KEY, "whoami"],
    ],
)
def test_a_key_on_the_command_line_is_refused(line: list[str]) -> None:
    result = lone(*line)
    assert result.exit_code == 2
    assert "can be read by everyone on this machine" in result.stderr
    for way in ("WIKIJS_API_KEY", "--api-key-file", "wikijs config init"):
        assert way in result.stderr
    assert KEY not in result.stdout + result.stderr
    assert KEY not in repr(Session(api_key=KEY))


def test_the_environment_alone_is_validated() -> None:
    done = lone("config", "validate", WIKIJS_URL="https://wiki.example.com/", WIKIJS_CONFIG="/nowhere/config.toml")
    assert done.exit_code == 0, done.stderr
    assert "https://wiki.example.com" in done.stdout
    assert "you are a guest" in done.stdout
    wrong = {"WIKIJS_CONFIG": "/nowhere/config.toml", "WIKIJS_URL": "wiki.example.com"}
    assert "is not the URL of a wiki" in lone("config", "validate", **wrong).stderr
    bad_key = {**wrong, "WIKIJS_URL": "https://wiki.example.com", "WIKIJS_API_KEY": "nonsense"}
    assert lone("config", "validate", **bad_key).exit_code != 0
    bad_locale = {**wrong, "WIKIJS_URL": "https://wiki.example.com", "WIKIJS_LOCALE": "french"}
    assert "WIKIJS_LOCALE: 'french' is no code of a locale" in lone("config", "validate", **bad_locale).stderr
    assert "There is no configuration" in lone("config", "validate", WIKIJS_CONFIG="/nowhere/config.toml").stderr


# ---- the locale


def test_the_locale_is_that_of_option_environment_and_profile(on_sandbox: OnSandbox, tmp_path: Path) -> None:
    english, french = (on_sandbox.client.pages.get("home", locale=code).title for code in ("en", "fr"))
    title = ("--jq", "title")
    assert on_sandbox("pages", "get", "home", *title).stdout == f"{english}\n"
    assert on_sandbox("pages", "get", "home", "--locale", "fr", *title).stdout == f"{french}\n"
    assert on_sandbox("--locale", "fr", "pages", "get", "home", *title).stdout == f"{french}\n"
    refused = on_sandbox("pages", "create", "docs/x", "--locale", "de", "--content", "x")
    assert refused.exit_code == 1
    assert "The locale 'de' is not in use on this wiki. In use: en, fr." in refused.stderr
    assert "The locale 'de' is not in use" in on_sandbox("pages", "get", "home", "--locale", "de").stderr
    assert "The locale 'de' is not in use" in on_sandbox("pages", "list", "--locale", "de").stderr


def test_a_profile_and_the_environment_name_a_locale(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[profiles.docs]\nurl = "https://wiki.example.com"\nlocale = "FR"\n')
    config.chmod(0o600)
    environment = {"WIKIJS_CONFIG": str(config)}
    assert Session(environment=environment).client().localization.default() == "fr"
    assert Session(environment={**environment, "WIKIJS_LOCALE": "de"}).client().localization.default() == "de"
    session = Session(environment={**environment, "WIKIJS_LOCALE": "de"}, locale="es")
    assert session.client().localization.default() == "es"
    config.write_text('[profiles.docs]\nurl = "https://wiki.example.com"\nlocale = "french"\n')
    assert "`locale`: 'french' is no code of a locale" in lone("config", "validate", **environment).stderr


def test_connect_takes_the_locale_too(tmp_path: Path) -> None:
    from wikijs.config import connect

    environment = {"WIKIJS_CONFIG": str(tmp_path / "none"), "WIKIJS_URL": "https://wiki.example.com"}
    with connect(environment={**environment, "WIKIJS_LOCALE": "fr"}) as client:
        assert client.localization.default() == "fr"


# ---- parts


@pytest.mark.parametrize(
    ("value", "text", "expected"),
    [
        ("API guide", "api", True),
        ("API guide", "api*", True),
        ("The API", "api*", False),
        ("API", "?PI", True),
        (5, "5", True),
        (15, "5", False),
        (True, "yes", True),
        (False, "true", False),
        (False, "no", True),
        (None, "", True),
        (None, "x", False),
        (["howto", "draft"], "draft", True),
        ({"tag": "howto", "title": "How to"}, "how to", True),
        ([], "x", False),
    ],
)
def test_values_are_compared_as_people_would(value: object, text: str, expected: bool) -> None:
    assert matches(value, text) is expected


def test_conditions_are_told_from_paths() -> None:
    assert parsed(["title:API", "path: docs:a "], "[0]") == (
        [RowFilter("title", "API"), RowFilter("path", "docs:a")],
        "[0]",
    )
    for path in ("[].title", "{name: name}", "[:1]", "length(@)", "[?a=='b:c']", ".", "a.b"):
        assert parsed(path, None) == ([], path)


@pytest.mark.parametrize("text", ["2026-01-31", "2026-01-31T12:00:00", "2026-01-31 12:00:00", "30d", "12h", "5m", "2w"])
def test_moments_have_a_time_zone(text: str) -> None:
    found = moment(text, "--since")
    assert found is not None
    assert found.tzinfo is not None
    assert moment(None, "--since") is None


def test_a_moment_that_is_none_is_said_so() -> None:
    with pytest.raises(CommandError, match="--since cannot read 'soon'"):
        moment("soon", "--since")


def test_the_sandbox_of_these_tests_has_two_locales() -> None:
    with Sandbox(seed="demo") as sandbox, sandbox.client() as client:
        assert client.localization.in_use() == ["en", "fr"]
        assert client.localization.default() == "en"
