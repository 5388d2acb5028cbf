"""Logging in by LDAP: as measured on a real server, and again where there is one.

`recorded_ldap.json` holds what Wiki.js 2.5.314 answered with Debian's slapd behind its LDAP strategy.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.support.jwt import login_token
from wikijs import WikiJSClient, ops
from wikijs import exceptions as exc
from wikijs.auth import PasswordAuth

from .strategies import strategy

RECORDED = json.loads(Path(__file__).with_name("recorded_ldap.json").read_text(encoding="utf-8"))["steps"]
ADA, WRONG, NOBODY = ("ada", "Ada-Ldap-1"), ("ada", "wrong"), ("nobody", "x")
SCHEMA = Path("/etc/ldap/schema")


def replayed(*steps: Any) -> httpx2.Client:
    """A client that gets these answers, and that asks what was asked then."""
    left = list(steps)

    def answer(request: httpx2.Request) -> httpx2.Response:
        step, asked = left.pop(0), json.loads(request.content)
        assert asked["operationName"] == step["operation"]
        assert {name: value for name, value in asked["variables"].items() if name != "password"} == {
            name: value for name, value in step["variables"].items() if name != "password"
        }
        token = login_token(id=3, name="Ada Lovelace", email="ada@example.com")
        return httpx2.Response(step["status"], json=json.loads(json.dumps(step["body"]).replace("<jwt>", token)))

    return httpx2.Client(transport=httpx2.MockTransport(answer))


def test_the_password_of_the_directory_logs_in_as_measured() -> None:
    with replayed(*RECORDED[:2]) as http:
        auth = PasswordAuth(*ADA, strategy="ldap-key")
        with WikiJSClient("http://wiki.example.com", auth, http_client=http) as client:
            identity = client.whoami()
    assert (identity.kind, identity.name, identity.email) == ("user", "Ada Lovelace", "ada@example.com")
    assert identity.groups == ("Administrators",)


@pytest.mark.parametrize(("who", "step"), [(WRONG, RECORDED[2]), (NOBODY, RECORDED[3])])
def test_a_wrong_password_and_nobody_are_refused_alike_as_measured(who: tuple[str, str], step: Any) -> None:
    with replayed(step) as http:
        auth = PasswordAuth(*who, strategy="ldap-key")
        client = WikiJSClient("http://wiki.example.com", auth, http_client=http)
        with client, pytest.raises(exc.LoginFailedError):
            client.whoami()


@pytest.fixture
def directory(tmp_path: Path) -> Iterator[str]:
    """slapd with one person in it, on loopback."""
    if shutil.which("slapd") is None or not SCHEMA.exists():
        pytest.skip("slapd is not installed (Debian: slapd ldap-utils)")
    (tmp_path / "db").mkdir()
    schemas = "".join(f"include {SCHEMA}/{name}.schema\n" for name in ("core", "cosine", "inetorgperson"))
    (tmp_path / "slapd.conf").write_text(
        f'{schemas}moduleload back_mdb\nmodulepath /usr/lib/ldap\ndatabase mdb\nsuffix "dc=example,dc=com"\n'
        f'rootdn "cn=admin,dc=example,dc=com"\nrootpw secret\ndirectory {tmp_path}/db\n'
    )
    person = "objectClass: inetOrgPerson\nuid: ada\ncn: Ada\nsn: Lovelace\ndisplayName: Ada Lovelace\n"
    (tmp_path / "base.ldif").write_text(
        "dn: dc=example,dc=com\nobjectClass: dcObject\nobjectClass: organization\no: Example\ndc: example\n\n"
        f"dn: uid=ada,dc=example,dc=com\n{person}mail: ada@example.com\nuserPassword: {ADA[1]}\n"
    )
    conf = str(tmp_path / "slapd.conf")
    subprocess.run(["slapadd", "-f", conf, "-l", str(tmp_path / "base.ldif")], check=True, timeout=30)
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    url = f"ldap://127.0.0.1:{port}"
    with subprocess.Popen(["slapd", "-f", conf, "-h", url, "-d", "0"], stderr=subprocess.DEVNULL) as process:
        ends = time.monotonic() + 20
        while time.monotonic() < ends:
            with socket.socket() as tried:
                if tried.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield url
        process.terminate()


@pytest.mark.live
@pytest.mark.skipif("WIKIJS_URL" not in os.environ, reason="needs a real Wiki.js that may be reconfigured")
def test_the_password_of_a_real_directory_logs_in_to_a_real_wiki(directory: str) -> None:
    """Replaces the wiki's strategies: for a wiki that may be thrown away, on this machine."""
    config = {
        "url": directory,
        "bindDn": "cn=admin,dc=example,dc=com",
        "bindCredentials": "secret",
        "searchBase": "dc=example,dc=com",
        "searchFilter": "(uid={{username}})",
        "tlsEnabled": False,
        "verifyTLSCertificate": True,
        "tlsCertPath": "",
        "mappingUID": "uid",
        "mappingEmail": "mail",
        "mappingDisplayName": "displayName",
        "mappingPicture": "jpegPhoto",
        "mapGroups": False,
    }
    url = os.environ["WIKIJS_URL"]
    local = strategy("local", "local", 0, {})
    with WikiJSClient(url, os.environ["WIKIJS_API_KEY"]) as admin:
        admin.execute(ops.authentication_update_strategies([local, strategy("ldap-key", "ldap", 1, config)]))
        try:
            with WikiJSClient(url, PasswordAuth(*ADA, strategy="ldap-key")) as client:
                assert client.whoami().name == "Ada Lovelace"
            wrong = WikiJSClient(url, PasswordAuth(*WRONG, strategy="ldap-key"))
            with wrong, pytest.raises(exc.LoginFailedError):
                wrong.whoami()
        finally:
            for user in admin.users.list():
                if user.email == "ada@example.com":
                    admin.users.delete(user.id, replace_with=1)
            admin.execute(ops.authentication_update_strategies([local]))
