"""`python -m wikijs.sandbox`: it starts, says where it is, and refuses bad input in one line."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest

from wikijs.sandbox.__main__ import main


def test_it_says_where_it_is_and_answers() -> None:
    command = [sys.executable, "-m", "wikijs.sandbox", "--port", "0", "--rate-limit", "off"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            lines = [process.stdout.readline().split() for _ in range(3)]
            url, key = lines[0][-1], lines[2][-1]
            assert lines[1] == ["Login", "admin@example.com", "Passw0rd!x"]
            with httpx2.Client(base_url=url, headers={"authorization": f"Bearer {key}"}) as client:
                response = client.post("/graphql", json={"query": "{system{info{usersTotal}}}"})
                assert response.json() == {"data": {"system": {"info": {"usersTotal": 2}}}}
                assert client.head("/healthz").status_code == 200
            process.send_signal(signal.SIGINT)
            assert process.wait(10) == 0
            assert process.stderr
            assert process.stderr.read() == ""
        finally:
            process.kill()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--seed", "nope"], "There is no seed 'nope'"),
        (["--latency", "fast"], "A latency is a time such as 25ms"),
        (["--fail", "often"], "such as 502:0.1"),
        (["--port", "99999"], "Port 99999 on 127.0.0.1 cannot be used"),
        (["--data", "/"], "cannot be opened"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_1(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as exit_:
        main(["--port", "0", *arguments])
    printed = capsys.readouterr()
    assert (exit_.value.code, printed.out) == (1, "")
    assert words in printed.err
    assert printed.err.count("\n") == 1


def test_a_port_in_use_is_one_line_and_exit_code_1(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(SystemExit):
            main(["--port", str(taken.getsockname()[1])])
    assert "cannot be used (Address already in use). Choose another with --port." in capsys.readouterr().err


def test_a_data_file_of_another_program_stays_untouched(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "letter.txt"
    file.write_text("Dear Sir or Madam, " * 100)
    before = file.read_bytes()
    with pytest.raises(SystemExit):
        main(["--port", "0", "--data", str(file)])
    assert file.read_bytes() == before
    assert "cannot be opened as a sandbox's data" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("host", "is_own"),
    [
        ("127.0.0.1:3000", True),
        ("localhost:3000", True),
        ("[::1]:3000", True),
        ("192.168.1.7", True),
        ("sandbox:3000", True),
        ("wiki.lan:3000", True),
        ("", True),
        ("evil.example.org", False),
        ("evil.example.org:3000", False),
        ("127.0.0.1.evil.org:3000", False),
        ("localhost.evil.org", False),
    ],
)
def test_names_of_strangers_that_lead_here_are_refused(host: str, *, is_own: bool) -> None:
    from wikijs.sandbox.http.app import is_own_host

    assert is_own_host(host, "http://wiki.lan:3000") is is_own
