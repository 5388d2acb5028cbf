"""Configuring the command line: `wikijs config` and `wikijs auth`, and what a bad configuration says."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest
from support.jwt import api_key
from typer.testing import Result

from wikijs.cli.frame import confirm as asking
from wikijs.cli.frame import session as sessions
from wikijs.config import load_config
from wikijs.config.credentials import LoginStore

from .conftest import OnSandbox, Run


@pytest.fixture
def config_file(on_sandbox: OnSandbox) -> Path:
    return Path(on_sandbox.environment["WIKIJS_CONFIG"])


@pytest.fixture
def configured(on_sandbox: OnSandbox, config_file: Path) -> OnSandbox:
    """The wiki is named by the configuration, not by the environment, and there are no credentials yet."""
    config_file.write_text(f'default = "demo"\n[profiles.demo]\nurl = "{on_sandbox.sandbox.url}"\n')
    config_file.chmod(0o600)
    del on_sandbox.environment["WIKIJS_URL"]
    return on_sandbox


@pytest.fixture
def somebody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody sits at the terminal; their answers are what is on stdin."""
    monkeypatch.setattr(asking, "somebody_is_there", lambda: True)
    monkeypatch.setattr("wikijs.cli.setup.config.somebody_is_there", lambda: True)


def log_in(run: OnSandbox, *more: str) -> Result:
    sandbox = run.sandbox
    return run(
        *("auth", "login", "--email", sandbox.admin_email, "--password-stdin", *more),
        stdin=sandbox.admin_password + "\n",
        guest=True,
    )


# init


def test_init_tries_the_connection_and_writes_a_private_file(on_sandbox: OnSandbox, config_file: Path) -> None:
    key = config_file.parent / "the.key"
    key.write_text(on_sandbox.sandbox.api_key)
    result = on_sandbox("config", "init", "demo", "--api-key-file", str(key), guest=True)
    assert result.exit_code == 0, result.stderr
    assert result.stdout == f"Wrote the profile 'demo' to {config_file}.\n"
    assert "takes you for API key 1, rights of group 1 (Administrators)" in result.stderr
    assert config_file.stat().st_mode & 0o777 == 0o600 or os.name != "posix"
    config = load_config(config_file)
    assert config.default == "demo"
    assert config.profile("demo").api_key_file == key
    assert on_sandbox("pages", "list", "--profile", "demo", guest=True).exit_code == 0


def test_init_asks_and_keeps_a_key_that_was_typed_in_a_private_file(
    on_sandbox: OnSandbox, config_file: Path, somebody: None
) -> None:
    answers = f"{on_sandbox.sandbox.url}\ndemo\nkey\n{on_sandbox.sandbox.api_key}\n"
    result = on_sandbox("config", "init", stdin=answers, guest=True, environment={"WIKIJS_URL": ""})
    assert result.exit_code == 0, result.stderr
    assert on_sandbox.sandbox.api_key not in result.output + config_file.read_text()
    kept = config_file.parent / "keys" / "demo"
    assert kept.read_text().strip() == on_sandbox.sandbox.api_key
    assert kept.stat().st_mode & 0o777 == 0o600 or os.name != "posix"
    shown = on_sandbox("auth", "status", "--json", guest=True)
    assert json.loads(shown.stdout)["credentials"] == "the key file of the profile 'demo'"


@pytest.mark.parametrize(
    ("answer", "setting"),
    [
        ("command\nprintf nothing\n", "token_command"),
        ("email\nada@example.com\n", "email"),
        ("guest\n", None),
    ],
)
def test_init_asks_for_other_ways(
    on_sandbox: OnSandbox, config_file: Path, somebody: None, answer: str, setting: str | None
) -> None:
    result = on_sandbox("config", "init", "demo", "--no-test", "--url", on_sandbox.sandbox.url, stdin=answer)
    assert result.exit_code == 0, result.stderr
    written = {name for name in ("token_command", "email") if getattr(load_config(config_file).profile("demo"), name)}
    assert written == ({setting} if setting else set())
    assert ("Log in with: wikijs auth login --profile demo" in result.stderr) == (setting == "email")


def test_init_does_not_write_what_does_not_work(on_sandbox: OnSandbox, config_file: Path) -> None:
    key = config_file.parent / "the.key"
    key.write_text(api_key())  # of another wiki
    result = on_sandbox("config", "init", "demo", "--api-key-file", str(key), guest=True)
    assert result.exit_code == 4, result.stderr
    assert not config_file.exists()


def test_init_may_write_all_the_same_if_somebody_says_so(
    on_sandbox: OnSandbox, config_file: Path, somebody: None
) -> None:
    arguments = ("config", "init", "demo", "--token-command", "false", "--url", on_sandbox.sandbox.url)
    result = on_sandbox(*arguments, stdin="n\n")
    assert result.exit_code == 1
    assert "failed with exit code 1" in result.stderr
    assert not config_file.exists()
    assert on_sandbox(*arguments, stdin="y\n").exit_code == 0
    assert config_file.exists()


def test_init_replaces_a_profile_only_when_told_to(configured: OnSandbox, config_file: Path) -> None:
    before = config_file.read_text()
    arguments = ("config", "init", "demo", "--url", "https://other.example.com", "--no-test")
    result = configured(*arguments)
    assert result.exit_code == 2
    assert "Replace the profile 'demo'" in result.stderr
    assert config_file.read_text() == before
    assert configured(*arguments, "--yes").exit_code == 0
    assert load_config(config_file).profile("demo").url == "https://other.example.com"


def test_init_without_a_url_and_nobody_to_ask(on_sandbox: OnSandbox) -> None:
    result = on_sandbox("config", "init", environment={"WIKIJS_URL": ""})
    assert (result.exit_code, result.stderr) == (
        2,
        "wikijs: URL of the wiki?\n  Give --url, or set WIKIJS_URL.\n",
    )


def test_init_keeps_a_key_in_the_keyring(
    on_sandbox: OnSandbox, config_file: Path, somebody: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: dict[tuple[str, str], str] = {}
    monkeypatch.setattr("keyring.set_password", lambda *entry: kept.update({entry[:2]: entry[2]}))
    monkeypatch.setattr("keyring.get_password", lambda *entry: kept.get(entry))
    key = on_sandbox.sandbox.api_key
    result = on_sandbox("config", "init", "demo", "--keyring", stdin=f"{on_sandbox.sandbox.url}\n{key}\n")
    assert result.exit_code == 0, result.stderr
    assert list(kept.values()) == [key]
    assert key not in config_file.read_text()


# list, set, unset, validate, path


def test_list_never_shows_a_token(configured: OnSandbox, config_file: Path) -> None:
    log_in(configured)
    result = configured("config", "list")
    assert result.stdout == f"demo\t{configured.sandbox.url}\tyes\tlogin\t\tno\n"
    [profile] = json.loads(configured("config", "list", "--json", "name,token").stdout)
    assert profile == {"name": "demo", "token": "login"}
    assert configured("config", "list", "--quiet").stdout == "demo\n"


def test_set_and_unset(configured: OnSandbox, config_file: Path) -> None:
    assert configured("config", "set", "demo.timeout", "60").stdout == "Set demo.timeout to 60.\n"
    assert configured("config", "set", "demo.cache", "true", "--json").stdout.startswith("{")
    assert configured("config", "set", "second.url", "https://second.example.com").exit_code == 0
    assert configured("config", "set", "default", "second").exit_code == 0
    config = load_config(config_file)
    assert (config.default, config.profile("demo").timeout, config.profile("demo").cache) == ("second", 60.0, True)
    assert configured("config", "unset", "demo.timeout").stdout == "Removed demo.timeout.\n"
    assert load_config(config_file).profile("demo").timeout is None


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("set", "timeout", "3"), "'timeout' is no setting."),
        (("set", "demo.timeout", "soon"), "`timeout`: it must be seconds"),
        (("set", "demo.timeout", "1.2.3"), "`timeout`: it must be seconds"),
        (("set", "demo.cache", "perhaps"), "`cache`: it must be true or false"),
        (("set", "demo.color", "red"), "'color' is no setting."),
        (("set", "new.timeout", "3"), "`url` is missing"),
        (("unset", "none.timeout"), "There is no profile 'none'"),
        (("unset", "demo.timeout"), "does not set demo.timeout."),
        (("unset", "demo.tiemout"), "does not set demo.tiemout."),
        (("unset", "demo.url"), "`url` is missing"),
    ],
)
def test_a_setting_that_cannot_be_is_refused(
    configured: OnSandbox, config_file: Path, arguments: tuple[str, ...], says: str
) -> None:
    before = config_file.read_text()
    result = configured("config", *arguments)
    assert result.exit_code == 2
    assert says in result.stderr
    assert config_file.read_text() == before


def test_validate_says_all_that_is_wrong(configured: OnSandbox, config_file: Path) -> None:
    assert configured("config", "validate").stdout == f"{config_file} is valid.\n"
    config_file.write_text("[profiles.a]\n[profiles.b]\nurl = 'x'\n")
    config_file.chmod(0o644)
    result = configured("config", "validate")
    assert (result.exit_code, result.stdout) == (1, "")
    assert [line.partition("config.toml: ")[2] for line in result.stderr.splitlines()[:2]] == [
        "profiles.a: `url` is missing.",
        "profiles.b: `url`: 'x' is not the URL of a wiki. It should read like https://x",
    ]
    assert "chmod 600" in result.stderr or os.name != "posix"
    assert len(json.loads(configured("config", "validate", "--json").stdout)["problems"]) == 3


def test_validate_without_a_configuration(run: Run) -> None:
    result = run("config", "validate", environment={"WIKIJS_CONFIG": "/nowhere/config.toml"})
    assert result.exit_code == 1
    assert "There is no configuration at" in result.stderr


def test_validate_looks_at_the_projects_file(
    configured: OnSandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".wikijs.toml").write_text('token_command = "evil"')
    result = configured("config", "validate")
    assert result.exit_code == 2
    assert "must not set 'token_command'" in result.stderr


def test_path(on_sandbox: OnSandbox, config_file: Path) -> None:
    assert on_sandbox("config", "path").stdout == f"{config_file}\n"
    assert json.loads(on_sandbox("config", "path", "--json").stdout) == {"path": str(config_file), "exists": False}


# auth


def test_login_keeps_the_token_and_not_the_password(configured: OnSandbox, config_file: Path) -> None:
    result = log_in(configured)
    assert result.exit_code == 0, result.stderr
    assert result.stdout == (
        f"Logged in to {configured.sandbox.url} as Administrator ({configured.sandbox.admin_email}).\n"
    )
    files = {path: path.read_text() for path in config_file.parent.rglob("*") if path.is_file()}
    assert not any(configured.sandbox.admin_password in text for text in files.values())
    status = configured("auth", "status", "--json", guest=True)
    shown = json.loads(status.stdout)
    assert (shown["kind"], shown["profile"], shown["credentials"]) == (
        "user",
        "demo",
        "the login stored for the profile 'demo'",
    )
    token = LoginStore(load_config(config_file), load_config(config_file).profile("demo")).read()
    assert token is not None
    assert token not in status.output + result.output


def test_a_login_that_the_wiki_renewed_is_kept(configured: OnSandbox, config_file: Path) -> None:
    store = LoginStore(load_config(config_file), load_config(config_file).profile("demo"))
    configured.sandbox.clock = lambda: time.time() - 3600
    log_in(configured)
    old = store.read()
    configured.sandbox.clock = time.time
    assert configured("pages", "list", guest=True).exit_code == 0
    assert store.read() not in {None, old}


def test_logout_forgets_the_token(configured: OnSandbox) -> None:
    log_in(configured)
    assert configured("auth", "logout").stdout == f"Logged out of {configured.sandbox.url}.\n"
    assert configured("auth", "logout").stdout == f"There was no login for {configured.sandbox.url}.\n"
    status = configured("auth", "status", guest=True)
    assert status.exit_code == 4
    assert "`wikijs auth login`" in status.stderr


def test_login_asks(configured: OnSandbox, somebody: None) -> None:
    sandbox = configured.sandbox
    result = configured("auth", "login", stdin=f"{sandbox.admin_email}\n{sandbox.admin_password}\n", guest=True)
    assert result.exit_code == 0, result.stderr
    assert sandbox.admin_password not in result.output


def test_login_with_the_environment_and_nobody_there(configured: OnSandbox) -> None:
    environment = {"WIKIJS_EMAIL": configured.sandbox.admin_email}
    result = configured("auth", "login", guest=True, environment=environment)
    assert result.exit_code == 2
    assert "Set WIKIJS_PASSWORD" in result.stderr
    environment["WIKIJS_PASSWORD"] = configured.sandbox.admin_password
    assert configured("auth", "login", guest=True, environment=environment).exit_code == 0


def test_a_wrong_password(configured: OnSandbox) -> None:
    result = configured("auth", "login", "--email", "a@example.com", "--password-stdin", stdin="wrong\n", guest=True)
    assert "You are a guest here" not in result.stderr  # it would tell to log in who just tries to
    assert result.exit_code == 4
    assert "wrong" not in result.stderr


def test_login_needs_a_profile_to_belong_to(on_sandbox: OnSandbox) -> None:
    result = log_in(on_sandbox)
    assert result.exit_code == 2
    assert result.stderr.endswith(f"wikijs config init NAME --url {on_sandbox.sandbox.url}\n")


def test_login_does_not_hide_behind_another_source(configured: OnSandbox, config_file: Path) -> None:
    configured("config", "set", "demo.api_key_file", "x")
    result = log_in(configured)
    assert result.exit_code == 2
    assert result.stderr.endswith("wikijs config unset demo.api_key_file\n")


def test_a_two_factor_code_is_asked_for(configured: OnSandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr("wikijs.cli.setup.auth.code_asker", lambda: lambda: asked.append("code") or "000000")
    configured.sandbox.db.run("UPDATE users SET tfaIsActive = 1, tfaSecret = 'JBSWY3DPEHPK3PXP' WHERE id = 1")
    result = log_in(configured)
    assert asked == ["code"]
    assert result.exit_code == 4


# What a bad configuration says.


@pytest.mark.parametrize(
    ("text", "code", "says"),
    [
        ("url = [", 2, "is no valid TOML"),
        ("[profiles.docs]", 2, "`url` is missing"),
        ("default = 'docs'", 2, "which is not there"),
        ("[profiles.docs]\nurl = 'https://docs.example.com'\ntoken_command = 'no-such-program'", 2, "cannot be run"),
        ("[profiles.docs]\nurl = 'https://docs.example.com'\ntoken_command = 'echo hello'", 4, "not a Wiki.js token"),
        ("[profiles.docs]\nurl = 'https://docs.example.com'\napi_key_file = 'none'", 2, "No such file"),
    ],
)
def test_a_bad_configuration_is_one_sentence(
    on_sandbox: OnSandbox, config_file: Path, text: str, code: int, says: str
) -> None:
    config_file.write_text(text)
    config_file.chmod(0o600)
    result = on_sandbox("pages", "list", guest=True, environment={"WIKIJS_URL": ""})
    assert result.exit_code == code
    assert says in result.stderr
    assert len(result.stderr.splitlines()) <= 2
    assert "guest" not in result.stderr


def test_an_unknown_profile(configured: OnSandbox) -> None:
    result = configured("pages", "list", "--profile", "dmeo")
    assert result.exit_code == 2
    assert "Did you mean 'demo'?" in result.stderr


def test_a_project_gets_no_key(on_sandbox: OnSandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".wikijs.toml").write_text(f'url = "{on_sandbox.sandbox.url}"')
    result = on_sandbox("pages", "list", environment={"WIKIJS_URL": ""})
    assert result.exit_code == 2
    assert "no credentials are sent there" in result.stderr
    assert on_sandbox("pages", "list", "--url", on_sandbox.sandbox.url).exit_code == 0


@pytest.mark.skipif(os.name != "posix", reason="modes of files")
def test_a_configuration_that_others_can_read_is_warned_of_once(configured: OnSandbox, config_file: Path) -> None:
    config_file.chmod(0o644)
    result = configured("pages", "list")
    assert result.exit_code == 0
    assert result.stderr == f"wikijs: Others can read {config_file}: run `chmod 600 {config_file}`.\n"


def test_a_profile_says_how_to_talk_to_its_wiki(
    configured: OnSandbox, config_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with config_file.open("a") as file:
        file.write("timeout = 3\nverify_ssl = false\nproxy = 'http://proxy.example.com'\n")
    session = sessions.Session(environment={**configured.environment})
    with session.client() as client:
        settings = client._settings
    assert (settings.timeout, settings.verify_ssl, settings.proxy) == (3.0, False, "http://proxy.example.com")
    session.timeout = 7
    with session.client() as client:
        assert client._settings.timeout == 7


# asking again


def test_init_asks_again_what_it_does_not_understand(on_sandbox: OnSandbox, config_file: Path, somebody: None) -> None:
    answers = "what?\nnothing\nemail\nada@example.com\n"
    result = on_sandbox(
        *("config", "init", "demo", "--no-test", "--url", on_sandbox.sandbox.url), stdin=answers, guest=True
    )
    assert result.exit_code == 0, result.stderr
    assert "'what?' is none of key, command, email, guest." in result.stderr
    assert result.stderr.count("Log in with an API key") == 3
    assert load_config(config_file).profile("demo").email == "ada@example.com"


@pytest.mark.parametrize("answers", ["ada@example.com\n", "password\nada\nada@example.com\n"])
def test_init_takes_an_address_for_an_address(
    on_sandbox: OnSandbox, config_file: Path, somebody: None, answers: str
) -> None:
    line = ("config", "init", "demo", "--no-test", "--url", on_sandbox.sandbox.url)
    result = on_sandbox(*line, stdin=answers, guest=True)
    assert result.exit_code == 0, result.stderr
    assert ("'ada' is no email address." in result.stderr) is ("\nada\n" in answers)
    assert load_config(config_file).profile("demo").email == "ada@example.com"


def test_init_asks_again_for_a_url_that_is_none_or_does_not_answer(
    on_sandbox: OnSandbox, config_file: Path, somebody: None
) -> None:
    answers = f"not a url\n{on_sandbox.sandbox.url}/nowhere\n{on_sandbox.sandbox.url}\ndemo\nguest\n"
    result = on_sandbox("config", "init", stdin=answers, guest=True, environment={"WIKIJS_URL": ""})
    assert result.exit_code == 0, result.stderr
    assert "'not a url' is not the URL of a wiki." in result.stderr
    assert "Press Enter to keep this URL, or give another one." in result.stderr
    assert load_config(config_file).profile("demo").url == on_sandbox.sandbox.url


def test_init_takes_a_url_that_is_insisted_on(on_sandbox: OnSandbox, config_file: Path, somebody: None) -> None:
    url = f"{on_sandbox.sandbox.url}/nowhere"
    answers = f"{url}\n\ndemo\nguest\ny\n"
    result = on_sandbox("config", "init", stdin=answers, guest=True, environment={"WIKIJS_URL": ""})
    assert result.exit_code == 0, result.stderr
    assert load_config(config_file).profile("demo").url == url


def test_init_takes_a_key_where_the_way_was_asked_for(on_sandbox: OnSandbox, config_file: Path, somebody: None) -> None:
    line = ("config", "init", "demo", "--url", on_sandbox.sandbox.url)
    assert on_sandbox(*line, stdin=f"{on_sandbox.sandbox.api_key}\n", guest=True).exit_code == 0
    assert (config_file.parent / "keys" / "demo").read_text().strip() == on_sandbox.sandbox.api_key


def test_init_tries_the_key_of_the_environment_and_does_not_store_it(
    on_sandbox: OnSandbox, config_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = on_sandbox("config", "init", "demo", "--url", on_sandbox.sandbox.url)
    assert result.exit_code == 0, result.stderr
    assert "takes you for API key 1" in result.stderr
    assert "the key was not stored" in result.stderr
    assert on_sandbox.sandbox.api_key not in config_file.read_text()
    monkeypatch.setattr(asking, "somebody_is_there", lambda: True)
    monkeypatch.setattr("wikijs.cli.setup.config.somebody_is_there", lambda: True)
    again = on_sandbox("config", "init", "other", "--url", on_sandbox.sandbox.url, stdin="\n")
    assert (again.exit_code, "that of WIKIJS_API_KEY (environment)" in again.stderr) == (0, True)
    assert not (config_file.parent / "keys").exists()


# use, remove


def test_use_chooses_the_default(configured: OnSandbox, config_file: Path) -> None:
    configured("config", "set", "second.url", "https://second.example.com")
    used = configured("config", "use", "second")
    assert used.stdout == "second is the default now: https://second.example.com.\n"
    assert load_config(config_file).default == "second"
    wrong = configured("config", "use", "secnd")
    assert (wrong.exit_code, "Did you mean 'second'?" in wrong.stderr) == (2, True)


def test_remove_takes_profile_login_and_key_away(configured: OnSandbox, config_file: Path, somebody: None) -> None:
    log_in(configured)
    config_file.write_text("# mine\n" + config_file.read_text())
    key = f"{configured.sandbox.api_key}\n"
    configured("config", "init", "second", "--url", configured.sandbox.url, stdin=f"key\n{key}", guest=True)
    config = load_config(config_file)
    assert LoginStore(config, config.profile("demo")).file.exists()
    refused = configured("config", "remove", "demo", stdin="n\n")
    assert (refused.exit_code, load_config(config_file).default) == (1, "demo")
    removed = configured("config", "remove", "demo", "--yes")
    assert removed.stdout.startswith("Removed the profile 'demo'. It was the default")
    now = load_config(config_file)
    assert (list(now.profiles), now.default) == (["second"], None)
    assert not LoginStore(config, config.profile("demo")).file.exists()
    assert config_file.read_text().startswith("# mine\n")
    assert configured("config", "remove", "second", "--yes").exit_code == 0
    assert not (config_file.parent / "keys" / "second").exists()
    assert configured("config", "remove", "second", "--yes").exit_code == 2
