"""`wikijs pages create`, `edit`, `update`: nothing is lost, neither of the page nor of what somebody wrote."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

import pytest

from wikijs.cli.frame import editor
from wikijs.cli.pages import arguments as page_arguments
from wikijs.cli.pages import given as pages_given
from wikijs.cli.pages import writing as pages_writing
from wikijs.resources.pages.values.merge import Editor

from .conftest import OnSandbox
from .terminal import Sit, at_terminal

__all__ = ["at_terminal"]

HELLO = {"EDITOR": "sed -i s/Welcome/Hello/"}


@pytest.fixture(autouse=True)
def drafts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where texts are kept."""
    folder = tmp_path / "drafts"
    folder.mkdir()
    monkeypatch.setattr("wikijs.cli.frame.editor.mkdtemp", lambda prefix: _made(folder / f"{prefix}x"))
    return folder


def _made(folder: Path) -> str:
    folder.mkdir()
    return str(folder)


def kept(drafts: Path) -> list[str]:
    return [file.read_bytes().decode() for file in drafts.rglob("*.*") if file.is_file()]


def test_the_editors_of_the_wiki_are_those_of_the_facade() -> None:
    assert get_args(pages_writing.Editor) == get_args(Editor)
    assert set(pages_given.CONTENT_TYPES) == set(get_args(Editor))


# Creating


def test_a_page_is_created_from_stdin(on_sandbox: OnSandbox) -> None:
    result = on_sandbox("pages", "create", "docs/first_steps-here", stdin="# Hi\r\nthere")
    page = on_sandbox.client.pages.get_by_path("docs/first_steps-here")
    assert result.stdout == f"Created page {page.id} (en/docs/first_steps-here).\n"
    assert (page.title, page.content) == ("Hi", "# Hi\r\nthere")


def test_a_page_is_created_from_a_file_with_all_its_fields(on_sandbox: OnSandbox, tmp_path: Path) -> None:
    file, css, js = (tmp_path / name for name in ("page.html", "page.css", "page.js"))
    file.write_bytes("\ufeff<p>Grüße</p>".encode())
    css.write_text("p{color:red}", encoding="utf-8")
    js.write_text("<script>1</script>", encoding="utf-8")
    result = on_sandbox(
        *("pages", "create", "/docs/x/", "--title", "[b]X", "--file", str(file), "--description", "d"),
        *("--tag", "B", "--tag", "a", "--editor", "code", "--draft", "--css", str(css), "--js", str(js)),
        *("--publish-from", "2030-01-02T03:04:05+0000", "--publish-until", "2031-01-01", "--json"),
    )
    made = json.loads(result.stdout)
    assert set(made) == set(page_arguments.SAVED)
    page = on_sandbox.client.pages.get(made["id"])
    assert (page.path, page.title, page.content, page.description) == ("docs/x", "[b]X", "<p>Grüße</p>", "d")
    assert (page.content_type, sorted(tag.tag for tag in page.tags)) == ("html", ["a", "b"])
    assert (page.script_css, page.script_js) == ("p{color:red}", "<script>1</script>")
    state = on_sandbox.client.pages.list(published=False)[-1]
    assert state.id == page.id


def test_a_page_is_created_with_its_content_on_the_line(on_sandbox: OnSandbox) -> None:
    number = on_sandbox("pages", "create", "docs/x", "--content", "-f", "--quiet").stdout.strip()
    assert on_sandbox.client.pages.get(int(number)).content == "-f"


def test_a_page_is_written_in_the_editor(on_sandbox: OnSandbox, at_terminal: Sit, drafts: Path) -> None:
    at_terminal("stdin")
    written = on_sandbox("pages", "create", "docs/x", environment={"EDITOR": "sh -c 'echo new > $0'"})
    assert (written.exit_code, written.stderr) == (0, "")
    assert on_sandbox.client.pages.get_by_path("docs/x").content == "new\n"
    long = on_sandbox(
        "pages", "create", "docs/y", "--title", "x" * 256, environment={"EDITOR": "sh -c 'echo other > $0'"}
    )
    assert long.exit_code == 1
    assert f"Your text is kept in {drafts}/wikijs-x/page.md" in long.stderr
    assert kept(drafts) == ["other\n"]


def test_nobody_writes_a_page_that_cannot_be_created(on_sandbox: OnSandbox, drafts: Path) -> None:
    for path, text in (("home", "There is a page en/home already."), ("a b", "holds a space")):
        result = on_sandbox("pages", "create", path, "--edit", environment={"EDITOR": "sh -c 'echo other > $0'"})
        assert (result.exit_code, text in result.stderr, kept(drafts)) == (1, True, [])


def test_a_file_is_a_template_for_the_editor(on_sandbox: OnSandbox, tmp_path: Path) -> None:
    (tmp_path / "template").write_text("Welcome NAME", encoding="utf-8")
    line = ("pages", "create", "docs/x", "--edit", "-f", str(tmp_path / "template"))
    assert on_sandbox(*line, environment=HELLO).exit_code == 0
    assert on_sandbox.client.pages.get_by_path("docs/x").content == "Hello NAME"


NOT_CREATED = [
    (["--content", " "], 1, "content of a page cannot be empty"),
    (["--content", "x", "--file", "y"], 2, "either --file or --content"),
    (["--file", "nowhere.md"], 2, "The file nowhere.md cannot be read: No such file or directory."),
    (["--file", "/bin/true"], 2, "not a text in UTF-8"),
    (["--css", "nowhere.css"], 2, "nowhere.css cannot be read"),
    (["--content", "x", "--tag", "a,b"], 1, "holds a comma"),
    (["--content", "x", "--editor", "word"], 2, "word"),
    (["--content", "x", "--title", "x" * 256], 1, "256 characters"),
    (["--edit"], 2, "There is no editor"),
    (["--edit"], 2, "give --file"),
]


def test_what_cannot_be_created_is_refused(on_sandbox: OnSandbox) -> None:
    for options, code, text in NOT_CREATED:
        result = on_sandbox("pages", "create", "docs/x", *options)
        assert (result.exit_code, result.stdout) == (code, ""), options
        assert text in result.stderr
    assert not on_sandbox.client.pages.exists("docs/x")


def test_a_page_cannot_be_created_everywhere(on_sandbox: OnSandbox) -> None:
    for path in ("home", "a b", "x/y", "", "login/x"):
        result = on_sandbox("pages", "create", path, "--content", "x")
        assert (result.exit_code, result.stdout) == (1, ""), path


def test_stdin_must_be_text(on_sandbox: OnSandbox) -> None:
    result = on_sandbox("pages", "create", "docs/x", stdin=b"\xff\xfe")  # type: ignore[arg-type]  # what is no text
    assert (result.exit_code, "no text in UTF-8" in result.stderr) == (2, True)


# Editing


def test_an_edit_changes_the_content_alone(on_sandbox: OnSandbox, drafts: Path) -> None:
    before = on_sandbox.client.pages.get(1)
    result = on_sandbox("pages", "edit", "home", environment=HELLO)
    assert (result.exit_code, result.stdout) == (0, "Saved page 1 (en/home).\n")
    after = on_sandbox.client.pages.get(1)
    assert after.content == before.content.replace("Welcome", "Hello")
    changed = {"content": "", "render": "", "updated_at": None}
    assert after.model_copy(update=changed) == before.model_copy(update=changed)
    assert list(drafts.iterdir()) == []


@pytest.mark.parametrize(
    "content", ["Welcome\r\n\r\nend", "Welcome", "Welcome\n\n", "\ufeffWelcome\r\nx\n", "Welcome\u2028x\n\r\n\n"]
)
def test_what_editors_do_unasked_is_undone(on_sandbox: OnSandbox, tmp_path: Path, content: str) -> None:
    page = on_sandbox.client.pages.create("docs/x", title="x", content=content)
    rude = tmp_path / "rude.py"
    rude.write_text(
        "import pathlib, sys\n"
        "file = pathlib.Path(sys.argv[1])\n"
        "text = file.read_bytes().decode().replace('\\r', '').replace('Welcome', 'Hello')\n"
        "file.write_bytes((text.removesuffix('\\n') + '\\n').encode())\n",
        encoding="utf-8",
    )
    environment = {"VISUAL": f"{sys.executable} -IS {rude}", "EDITOR": "false"}
    assert on_sandbox("pages", "edit", str(page.id), environment=environment).exit_code == 0
    assert on_sandbox.client.pages.get(page.id).content == content.replace("Welcome", "Hello")


@pytest.mark.parametrize(
    ("text", "new", "result"),
    [
        ("a", "a\n", "a"),
        ("a", "a\n\n", "a\n"),
        ("a\n", "a", "a"),
        ("", "a\n", "a\n"),
        ("a\r\nb", "a\nc\n", "a\r\nc"),
        ("a\r\nb\r\n", "a\r\nc\r\n", "a\r\nc\r\n"),
        ("a\r\nb\nc", "a\r\nb\nc\n", "a\r\nb\nc"),
        ("a\r\nb\nc", "a\nb\nc\n", "a\r\nb\nc"),
        ("a\r\nb\r\n", "a\nx\nb\ny\n", "a\r\nx\r\nb\r\ny\r\n"),
        ("a\r\nb\nc\n", "x\nb\nc\n", "x\r\nb\nc\n"),
    ],
)
def test_line_ends_stay_as_they_were(text: str, new: str, result: str) -> None:
    assert editor.as_before(text, new) == result


NOTHING_WRITTEN = [
    ("true", 0, "Page 1 (en/home) is as it was: nothing was sent."),
    ("sh -c '> $0'", 1, "The text is empty: nothing was sent."),
    ("false", 1, "The editor ended with code 1; nothing was sent."),
    ("no-such-editor -w", 1, "The editor no-such-editor cannot be started: No such file or directory."),
    ("rm", 1, "The editor left no text"),
    ("'", 2, "EDITOR is no command line"),
]


def test_nothing_is_sent_where_nothing_was_written(on_sandbox: OnSandbox, drafts: Path) -> None:
    before = on_sandbox.client.pages.get(1)
    for command, code, text in NOTHING_WRITTEN:
        result = on_sandbox("pages", "edit", "home", environment={"EDITOR": command})
        assert result.exit_code == code, command
        assert text in result.output
        assert kept(drafts) == []
    assert on_sandbox.client.pages.get(1) == before


@pytest.mark.parametrize(
    ("command", "text", "left"),
    [
        ("sh -c 'echo mine > $0; false'", "ended with code 1", "mine\n"),
        ("sh -c 'printf \"x\\\\377\" > $0'", "no text in UTF-8", None),
    ],
)
def test_a_text_is_kept_when_the_editor_fails(
    on_sandbox: OnSandbox, drafts: Path, command: str, text: str, left: str | None
) -> None:
    result = on_sandbox("pages", "edit", "home", environment={"EDITOR": command})
    assert result.exit_code == 1
    assert text in result.stderr
    assert "Your text is kept in" in result.stderr
    assert [file.read_bytes() for file in drafts.rglob("*.md")] == [left.encode() if left else b"x\xff"]


def test_a_text_is_kept_when_the_page_changed_meanwhile(
    on_sandbox: OnSandbox, drafts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write(command: list[str]) -> None:
        Path(command[-1]).write_text("mine", encoding="utf-8")
        on_sandbox.client.pages.update(1, content="theirs")

    monkeypatch.setattr(editor, "_run", write)
    result = on_sandbox("pages", "edit", "home", environment=HELLO)
    assert result.exit_code == 1
    assert "Page 1 (en/home) changed while you edited it: nothing was sent." in result.stderr
    assert f"kept in {drafts}/wikijs-x/page.md" in result.stderr
    assert "wikijs pages update 1 --file" in result.stderr
    assert (on_sandbox.client.pages.get(1).content, kept(drafts)) == ("theirs", ["mine"])


def test_a_text_is_kept_when_it_cannot_be_sent(on_sandbox: OnSandbox, drafts: Path) -> None:
    on_sandbox.client.groups.create("Nobody")
    key = on_sandbox.client.api_keys.create("k", group="Nobody").key
    result = on_sandbox("pages", "edit", "home", environment={**HELLO, "WIKIJS_API_KEY": key})
    assert (result.exit_code, kept(drafts)) == (1, [])  # it could not even be read
    huge = "sh -c 'head -c 6000000 /dev/zero | tr \"\\0\" x > $0'"
    result = on_sandbox("pages", "edit", "home", environment={"EDITOR": huge})
    assert (result.exit_code, len(kept(drafts)[0])) == (1, 6_000_000)


# Updating


def test_fields_are_updated_and_the_others_kept(on_sandbox: OnSandbox) -> None:
    before = on_sandbox.client.pages.get(1)
    result = on_sandbox("pages", "update", "home", "--title", "Neu", "--tag", "X", "--tag", "y")
    assert (result.exit_code, result.stdout) == (0, "Saved page 1 (en/home).\n")
    page = on_sandbox.client.pages.get(1)
    assert (page.title, sorted(tag.tag for tag in page.tags), page.content) == ("Neu", ["x", "y"], before.content)
    assert on_sandbox("pages", "update", "1", "--no-tags", "--draft", "-f", "-", stdin="new\r\n").exit_code == 0
    page = on_sandbox.client.pages.get(1)
    assert (page.title, page.tags, page.content) == ("Neu", [], "new\r\n")
    assert 1 in [page.id for page in on_sandbox.client.pages.list(published=False)]
    saved = json.loads(on_sandbox("pages", "update", "1", "--publish", "--description", "", "--json").stdout)
    assert saved == {"id": 1, "locale": "en", "path": "home", "title": "Neu"}
    assert (on_sandbox.client.pages.get(1).description, on_sandbox.client.pages.list()[0].is_published) == ("", True)


def test_publish_dates_are_moments(on_sandbox: OnSandbox) -> None:
    on_sandbox("pages", "update", "1", "--publish-from", "2030-01-02T03:04:05+0100", "--publish-until", "2031-01-01")
    state = on_sandbox.client.pages.single_for_editor(1)
    assert state.publish_start_date == datetime(2030, 1, 2, 2, 4, 5, tzinfo=UTC)
    assert state.publish_end_date == datetime(2031, 1, 1).astimezone()


NOT_UPDATED: list[tuple[list[str], int, str]] = [
    ([], 2, "Say what to change."),
    (["--content", ""], 1, "content of a page cannot be empty"),
    (["--publish-from", "soon"], 2, "soon"),
    (["--tag", "a", "--no-tags"], 2, "either --tag or --no-tags"),
]


def test_what_cannot_be_updated_is_refused(on_sandbox: OnSandbox) -> None:
    before = on_sandbox.client.pages.get(1)
    for options, code, text in NOT_UPDATED:
        result = on_sandbox("pages", "update", "1", *options)
        assert (result.exit_code, result.stdout) == (code, ""), options
        assert text in result.stderr
    assert on_sandbox.client.pages.get(1) == before


def test_the_editor_is_vi_where_nobody_said_another(
    on_sandbox: OnSandbox, at_terminal: Sit, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[str] = []
    monkeypatch.setattr(editor, "_run", lambda command: started.append(command[0]))
    at_terminal("stdin")
    assert on_sandbox("pages", "edit", "home").exit_code == 0
    assert started == ["vi"]
