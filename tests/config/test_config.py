"""Which wiki is chosen, and which credentials may go there."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from support.jwt import api_key, login_token

from wikijs.auth import APIKeyAuth, JWTAuth, PasswordAuth
from wikijs.config import Config, Target, choose, config_path, connect, credentials, load_config
from wikijs.config.credentials import LoginStore, StoredLogin, find_credentials, of_profile
from wikijs.config.dangers import is_readable_on_the_way
from wikijs.config.storing import change, warning, write_private
from wikijs.exceptions import ConfigurationError

DOCS, TEAM, EVIL = "https://docs.example.com", "https://team.example.com", "https://evil.example.net"
TWO = f"""
default = "docs"
[profiles.docs]
url = "{DOCS}/"
[profiles.team]
url = "{TEAM}/graphql"
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder with a configuration of two wikis."""
    return write(tmp_path, TWO)


def write(folder: Path, text: str) -> Path:
    (folder / "config.toml").write_text(text, encoding="utf-8")
    (folder / "config.toml").chmod(0o600)
    return folder


def config_of(folder: Path) -> Config:
    return load_config(folder / "config.toml")


def project(folder: Path, text: str) -> Path:
    """A project within the folder; returns a place deep in it."""
    (folder / "project" / "src").mkdir(parents=True)
    (folder / "project" / ".wikijs.toml").write_text(text, encoding="utf-8")
    return folder / "project" / "src"


def chosen(
    home: Path, *, folder: Path | None = None, environment: Mapping[str, str] | None = None, **flags: str
) -> str:
    target = choose(config_of(home), folder=folder or home, environment=environment or {}, **flags)
    return target.url if target else ""


# Sources, in the order of their force.


def test_without_any_source_no_wiki_is_chosen(tmp_path: Path) -> None:
    assert chosen(tmp_path) == ""


def test_the_users_own_default_is_the_weakest_source(home: Path) -> None:
    assert chosen(home) == DOCS


def test_a_single_profile_is_the_default(tmp_path: Path) -> None:
    assert chosen(write(tmp_path, f'[profiles.only]\nurl = "{TEAM}"')) == TEAM


def test_of_several_profiles_none_is_the_default(tmp_path: Path) -> None:
    assert chosen(write(tmp_path, TWO.replace('default = "docs"', ""))) == ""


def test_each_source_displaces_the_weaker_ones(home: Path) -> None:
    folder = project(home, 'profile = "team"')
    environment = {"WIKIJS_URL": "https://environment.example.com"}
    assert chosen(home, folder=folder) == TEAM
    assert chosen(home, folder=folder, environment=environment) == "https://environment.example.com"
    assert chosen(home, folder=folder, environment={"WIKIJS_PROFILE": "docs"}) == DOCS
    assert chosen(home, folder=folder, environment=environment, profile="team") == TEAM
    assert chosen(home, folder=folder, environment=environment, url="https://flag.example.com") == (
        "https://flag.example.com"
    )


def test_a_url_finds_the_profile_of_that_wiki(home: Path) -> None:
    target = choose(config_of(home), url=f"{TEAM}/", environment={}, folder=home)
    assert target is not None
    assert target.profile is not None
    assert target.profile.name == "team"


def test_a_source_that_contradicts_itself_is_refused(home: Path) -> None:
    with pytest.raises(ConfigurationError, match="contradict each other"):
        chosen(home, url=TEAM, profile="docs")
    with pytest.raises(ConfigurationError, match="contradict each other"):
        chosen(home, folder=project(home, f'profile = "docs"\nurl = "{EVIL}"'))


def test_a_profile_that_is_not_there_is_named_with_those_that_are(home: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"no profile 'dosc' .* Did you mean 'docs'\?"):
        chosen(home, profile="dosc")
    with pytest.raises(ConfigurationError, match="There are: docs, team"):
        chosen(home, profile="zzz")


# A project's file is from whoever wrote the project.


@pytest.mark.parametrize("line", ['token_command = "rm -rf /"', 'api_key_file = "/etc/passwd"', "verify_ssl = false"])
def test_a_project_can_name_a_wiki_and_nothing_else(home: Path, line: str) -> None:
    folder = project(home, f'profile = "docs"\n{line}')
    with pytest.raises(ConfigurationError, match=f"must not set '{line.split(maxsplit=1)[0]}'"):
        chosen(home, folder=folder)


@pytest.mark.parametrize("content", ["", "url = 3", 'url = ""', "url = [", 'url = "wiki.example.com"'])
def test_a_project_that_names_no_wiki_is_refused(home: Path, content: str) -> None:
    with pytest.raises(ConfigurationError):
        chosen(home, folder=project(home, content))


@pytest.mark.parametrize(
    "environment", [{"WIKIJS_API_KEY": api_key()}, {"WIKIJS_EMAIL": "a@b.c", "WIKIJS_PASSWORD": "x"}]
)
def test_no_credentials_go_to_a_url_that_only_a_project_names(home: Path, environment: dict[str, str]) -> None:
    target = choose(config_of(home), environment=environment, folder=project(home, f'url = "{EVIL}"'))
    assert target is not None
    assert not target.is_trusted
    with pytest.raises(ConfigurationError, match="no credentials are sent there"):
        find_credentials(config_of(home), target, environment=environment)
    (home / "key").write_text(api_key())
    with pytest.raises(ConfigurationError, match="no credentials are sent there"):
        find_credentials(config_of(home), target, environment={}, api_key_file=home / "key")
    assert find_credentials(config_of(home), target, environment={}) is None


def test_a_wiki_of_yours_may_be_named_by_a_project(home: Path) -> None:
    environment = {"WIKIJS_API_KEY": api_key()}
    target = choose(config_of(home), environment=environment, folder=project(home, f'url = "{DOCS}"'))
    assert target is not None
    assert target.is_trusted
    assert find_credentials(config_of(home), target, environment=environment) is not None


@pytest.mark.parametrize("line", [f'url = "{TEAM}"', 'profile = "team"'])
def test_a_key_of_the_environment_does_not_go_where_only_a_project_sends_it(home: Path, line: str) -> None:
    environment = {"WIKIJS_API_KEY": api_key(api=1)}
    target = choose(config_of(home), environment=environment, folder=project(home, line))
    assert target is not None
    with pytest.raises(ConfigurationError, match="WIKIJS_API_KEY is not known to be meant for") as refused:
        find_credentials(config_of(home), target, environment=environment)
    assert "--profile team" in (refused.value.hint or "")
    assert find_credentials(config_of(home), target, environment={}) is None
    by_flag = choose(config_of(home), environment=environment, profile="team")
    assert by_flag is not None
    assert find_credentials(config_of(home), by_flag, environment=environment) is not None
    (home / "team.key").write_text(api_key(api=2))
    change(home / "config.toml", "team", {"api_key_file": "team.key"})
    target = choose(config_of(home), environment=environment, folder=home / "project")
    assert target is not None
    found = find_credentials(config_of(home), target, environment=environment)
    assert found is not None
    assert found.source.startswith("the key file")


@pytest.mark.skipif(os.name != "posix", reason="modes of files")
def test_what_endangers_a_secret_is_told(home: Path, caplog: pytest.LogCaptureFixture) -> None:
    (home / "team.key").write_text(api_key())
    (home / "team.key").chmod(0o644)
    change(home / "config.toml", "team", {"api_key_file": "team.key", "verify_ssl": False, "url": "http://wiki.lan"})
    (home / "config.toml").chmod(0o622)
    with connect("team", environment={"WIKIJS_CONFIG": str(home / "config.toml")}):
        told = [record.getMessage() for record in caplog.records]
    assert [next(word for word in WORDS if word in text) for text in told] == list(WORDS)
    assert not any(api_key() in text for text in told)
    caplog.clear()
    (home / "team.key").chmod(0o600)
    (home / "config.toml").chmod(0o600)
    change(home / "config.toml", "team", {"verify_ssl": True, "url": "http://127.0.0.1:3000"})
    with connect("team", environment={"WIKIJS_CONFIG": str(home / "config.toml")}):
        assert not caplog.records


WORDS = ("Others can write", "Others can read", "is not checked", "without encryption")


@pytest.mark.parametrize(
    ("url", "is_readable"),
    [
        ("http://wiki.example.com", True),
        ("http://10.0.0.1", True),
        ("http://[2001:db8::1]:80", True),
        ("https://wiki.example.com", False),
        ("http://localhost:3000", False),
        ("http://wiki.localhost", False),
        ("http://127.0.0.2", False),
        ("http://[::1]", False),
    ],
)
def test_what_leaves_this_machine_unencrypted(url: str, *, is_readable: bool) -> None:
    assert is_readable_on_the_way(url) is is_readable


def test_the_token_of_a_profile_stays_with_its_url(tmp_path: Path) -> None:
    write(tmp_path, f'[profiles.docs]\nurl = "{DOCS}"')
    LoginStore(config_of(tmp_path), config_of(tmp_path).profile("docs")).write(api_key())
    assert of_profile(config_of(tmp_path), config_of(tmp_path).profile("docs")) is not None
    write(tmp_path, f'[profiles.docs]\nurl = "{EVIL}"')
    assert of_profile(config_of(tmp_path), config_of(tmp_path).profile("docs")) is None


# Where tokens come from.


def printing(*lines: str, code: int = 0) -> str:
    program = f"import sys; print({chr(10).join(lines)!r}); sys.exit({code})"
    return f"token_command = [{sys.executable!r}, '-c', {program!r}]".replace("\n", "\\n")


def with_profile(folder: Path, line: str) -> tuple[Config, Target]:
    config = config_of(write(folder, f"[profiles.docs]\nurl = '{DOCS}'\n{line}"))
    return config, Target(DOCS, "a test", config.profile("docs"))


def test_a_command_prints_the_token_on_its_first_line(tmp_path: Path) -> None:
    key = api_key()
    found = find_credentials(*with_profile(tmp_path, printing(key, "user: ada")), environment={})
    assert found is not None
    assert found.auth.current is not None
    assert found.auth.current.value == key
    assert found.source == "the token command of the profile 'docs'"


def test_a_login_token_is_one_too(tmp_path: Path) -> None:
    found = find_credentials(*with_profile(tmp_path, printing(login_token())), environment={})
    assert found is not None
    assert isinstance(found.auth, JWTAuth)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (printing("eyJsecret", code=3), "failed with exit code 3"),
        (printing(""), "printed no token"),
        ("token_command = 'no-such-program-here --x'", "cannot be run: No such file"),
        (
            f"token_command = [{sys.executable!r}, '-c', 'import sys; sys.stdout.buffer.write(bytes([255]))']",
            "not print",
        ),
    ],
)
def test_a_command_that_fails_is_named_without_what_it_printed(tmp_path: Path, line: str, says: str) -> None:
    with pytest.raises(ConfigurationError, match=says) as failed:
        find_credentials(*with_profile(tmp_path, line), environment={})
    assert "eyJ" not in str(failed.value)


def test_a_command_that_hangs_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(credentials, "COMMAND_TIMEOUT", 0.2)
    with pytest.raises(ConfigurationError, match=r"did not end within 0\.2 s"):
        find_credentials(
            *with_profile(tmp_path, f"token_command = [{sys.executable!r}, '-c', 'import time; time.sleep(30)']"),
            environment={},
        )


@pytest.mark.skipif(os.name != "posix", reason="modes of files")
def test_a_command_is_not_run_when_others_could_have_written_it(tmp_path: Path) -> None:
    config, target = with_profile(tmp_path, printing(api_key()))
    config.path.chmod(0o662)
    with pytest.raises(ConfigurationError, match=r"Others can write .* not run"):
        find_credentials(config, target, environment={})


def test_a_key_file_lies_beside_the_configuration_unless_said_otherwise(tmp_path: Path) -> None:
    (tmp_path / "docs.key").write_text(api_key() + "\n")
    found = find_credentials(*with_profile(tmp_path, "api_key_file = 'docs.key'"), environment={})
    assert found is not None
    assert isinstance(found.auth, APIKeyAuth)


@pytest.mark.parametrize(("content", "says"), [(None, "No such file"), (b"", "is empty"), (b"\xff", "not a text file")])
def test_a_key_file_that_cannot_be_read(tmp_path: Path, content: bytes | None, says: str) -> None:
    if content is not None:
        (tmp_path / "docs.key").write_bytes(content)
    with pytest.raises(ConfigurationError, match=says):
        find_credentials(*with_profile(tmp_path, "api_key_file = 'docs.key'"), environment={})


def test_the_environment_wins_over_a_profile_but_not_over_one_that_a_flag_names(tmp_path: Path) -> None:
    config, target = with_profile(tmp_path, printing(api_key(api=1)))
    environment = {"WIKIJS_API_KEY": api_key(api=2)}
    found = find_credentials(config, target, environment=environment)
    assert found is not None
    assert found.source == "WIKIJS_API_KEY"
    by_flag = find_credentials(config, Target(DOCS, "the flags", target.profile, is_flag=True), environment=environment)
    assert by_flag is not None
    assert by_flag.source.startswith("the token command")


def test_the_key_beside_another_url_is_not_for_a_wiki_that_a_flag_names(tmp_path: Path) -> None:
    config, target = with_profile(tmp_path, "")
    by_flag = Target(DOCS, "the flags", target.profile, is_flag=True)
    environment = {"WIKIJS_API_KEY": api_key(), "WIKIJS_URL": TEAM}
    assert find_credentials(config, by_flag, environment=environment) is None
    assert find_credentials(config, by_flag, environment={**environment, "WIKIJS_URL": DOCS}) is not None
    assert find_credentials(config, by_flag, environment={"WIKIJS_API_KEY": api_key()}) is not None


def test_email_and_password_come_together(tmp_path: Path) -> None:
    config, target = with_profile(tmp_path, "")
    found = find_credentials(config, target, environment={"WIKIJS_EMAIL": "a@b.c", "WIKIJS_PASSWORD": "x"})
    assert found is not None
    assert isinstance(found.auth, PasswordAuth)
    with pytest.raises(ConfigurationError, match="WIKIJS_PASSWORD is not"):
        find_credentials(config, target, environment={"WIKIJS_EMAIL": "a@b.c"})


def test_scripts_connect_as_the_command_does(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(home)
    change(home / "config.toml", "team", {"timeout": 7, "api_key_file": "team.key"})
    (home / "team.key").write_text(api_key())
    environment = {"WIKIJS_CONFIG": str(home / "config.toml")}
    with connect(environment=environment) as client:
        assert (client.url, client._settings.timeout) == (DOCS, 30.0)
    with connect("team", environment=environment) as client:
        assert (client.url, client._settings.timeout) == (TEAM, 7.0)
        assert client._engine.auth.current is not None
    with pytest.raises(ConfigurationError, match="No wiki is named"):
        connect(environment={"WIKIJS_CONFIG": str(home / "none.toml")})


# Stored logins.


def test_a_stored_login_is_for_its_owner_only_and_follows_renewals(tmp_path: Path) -> None:
    config, target = with_profile(tmp_path, "")
    assert target.profile is not None
    store = LoginStore(config, target.profile)
    old, new = login_token(iat=1_000), login_token(iat=2_000)
    assert store.read() is None
    store.write(old)
    assert store.file.stat().st_mode & 0o777 == 0o600 or os.name != "posix"
    found = find_credentials(config, target, environment={})
    assert found is not None
    assert isinstance(found.auth, StoredLogin)
    found.auth.adopt("nonsense")
    assert store.read() == old
    found.auth.adopt(new)
    assert store.read() == new
    assert store.delete() is True
    assert store.delete() is False
    assert find_credentials(config, target, environment={}) is None


class Keyring:
    """A keyring in memory, as a module."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, account: str) -> str | None:
        return self.kept.get((service, account))

    def set_password(self, service: str, account: str, token: str) -> None:
        self.kept[service, account] = token

    def delete_password(self, service: str, account: str) -> None:
        del self.kept[service, account]


def test_a_keyring_keeps_the_token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keyring = Keyring()
    for name in ("get_password", "set_password", "delete_password"):
        monkeypatch.setattr(f"keyring.{name}", getattr(keyring, name))
    config, target = with_profile(tmp_path, "keyring = true")
    assert target.profile is not None
    store = LoginStore(config, target.profile)
    store.write(api_key())
    assert list(keyring.kept) == [("py-wikijs", f"docs {DOCS}")]
    found = find_credentials(config, target, environment={})
    assert found is not None
    assert found.source == "the keyring, for the profile 'docs'"
    assert store.delete() is True
    assert not keyring.kept
    assert not store.file.exists()


def test_a_keyring_that_does_not_work_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import keyring
    from keyring.backends.fail import Keyring as NoKeyring

    before = keyring.get_keyring()
    keyring.set_keyring(NoKeyring())
    try:
        with pytest.raises(ConfigurationError, match="keyring does not work here"):
            find_credentials(*with_profile(tmp_path, "keyring = true"), environment={})
    finally:
        keyring.set_keyring(before)
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(ConfigurationError, match="which is an extra"):
        find_credentials(*with_profile(tmp_path, "keyring = true"), environment={})


# The file.


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("url = ", "is no valid TOML"),
        ("\xff", "is no valid TOML"),
        ("defualt = 'x'", "'defualt' is no setting. Did you mean 'default'?"),
        ("default = 'x'", "`default` names the profile 'x', which is not there. There are none yet"),
        ("profiles = 3", "`profiles` must be tables"),
        ("[profiles]\ndocs = 3", "profiles.docs must be a table"),
        ("[profiles.'../x']\nurl = 'https://a.b'", "'../x' cannot be the name of a profile"),
        ("[profiles.docs]", "profiles.docs: `url` is missing"),
        ("[profiles.docs]\nurl = 'docs.example.com'", "is not the URL of a wiki"),
        ("[profiles.docs]\nurl = 3", "must be a text, not int"),
        ("[profiles.docs]\nurl = 'https://a.b'\ntoken = 'x'", "`token` does not belong into this file"),
        ("[profiles.docs]\nurl = 'https://a.b'\ntimout = 3", "Did you mean 'timeout'?"),
        ("[profiles.docs]\nurl = 'https://a.b'\ntimeout = true", "`timeout`: it must be seconds"),
        ("[profiles.docs]\nurl = 'https://a.b'\ncache = 1", "`cache`: it must be true or false"),
        ("[profiles.docs]\nurl = 'https://a.b'\ntoken_command = []", "`token_command`: it must be a command"),
        ("[profiles.docs]\nurl = 'https://a.b'\ntoken_command = \"a 'b\"", "`token_command`: No closing quotation"),
        ("[profiles.docs]\nurl = 'https://a.b'\nkeyring = true\ntoken_command = 'x'", "only one of"),
    ],
)
def test_what_is_wrong_in_the_file_is_said_with_its_place(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(ConfigurationError) as failed:
        config_of(write(tmp_path, text))
    assert says in str(failed.value)
    assert str(tmp_path) in str(failed.value)


def test_a_file_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "config.toml").mkdir()
    with pytest.raises(ConfigurationError, match="cannot be read: Is a directory"):
        config_of(tmp_path)


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigurationError, match="not a text file"):
        config_of(tmp_path)


def test_a_file_without_end_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_bytes(b"#" * 1_000_001)
    with pytest.raises(ConfigurationError, match="more than 1,000,000 bytes"):
        config_of(tmp_path)


def test_the_file_is_where_the_environment_says(tmp_path: Path) -> None:
    assert config_path({"WIKIJS_CONFIG": str(tmp_path / "x.toml")}) == tmp_path / "x.toml"
    assert config_path({}).parts[-2:] == ("wikijs", "config.toml")


def test_the_library_alone_finds_the_file_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "platformdirs", None)
    assert config_path({}).parts[-3:] == (".config", "wikijs", "config.toml")


@pytest.mark.skipif(os.name != "posix", reason="modes of files")
def test_a_file_that_others_can_read_is_warned_of(tmp_path: Path) -> None:
    file = write(tmp_path, TWO) / "config.toml"
    assert warning(file) is None
    assert warning(tmp_path / "none") is None
    file.chmod(0o644)
    assert warning(file) == f"Others can read {file}: run `chmod 600 {file}`."


@pytest.mark.skipif(os.name != "posix", reason="modes of files")
def test_a_private_file_is_private_and_whole(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("old")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    write_private(tmp_path / "link", "new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "new"
    assert (tmp_path / "real").stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link", "real"]
    (tmp_path / "folder").mkdir()
    with pytest.raises(ConfigurationError, match="cannot be written"):
        write_private(tmp_path / "folder", "x")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder", "link", "real"]


def test_a_change_keeps_comments_and_order(tmp_path: Path) -> None:
    text = f'# mine\n[profiles.docs] # the docs\nurl = "{DOCS}"\ntimeout = 5\n'
    file = write(tmp_path, text) / "config.toml"
    change(file, "docs", {"timeout": 60, "email": "ada@example.com"})
    assert file.read_text() == text.replace("5", "60") + 'email = "ada@example.com"\n'
    change(file, "docs", {"timeout": None, "email": None, "cache": None})
    assert "timeout" not in file.read_text()
    before = file.read_text()
    with pytest.raises(ConfigurationError, match=r"Nothing was written, for profiles\.docs: `timeout`"):
        change(file, "docs", {"timeout": "soon"})
    assert file.read_text() == before


def test_a_configuration_is_made_where_there_is_none(tmp_path: Path) -> None:
    file = tmp_path / "new" / "config.toml"
    change(file, "docs", {"url": DOCS})
    change(file, None, {"default": "docs"})
    assert load_config(file).profile("docs").url == DOCS
    assert load_config(file).default == "docs"
