"""What lies in examples/deploy: checked by the programs that read it where they are there, and really started."""

from __future__ import annotations

import configparser
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import fields
from pathlib import Path
from typing import Any

import httpx2
import jsonschema
import pytest
import yaml

from wikijs.gateway import Settings
from wikijs.gateway.settings import PREFIX, load

DEPLOY = Path(__file__).parents[2] / "examples/deploy"
ROOT = DEPLOY.parents[1]
UNIT = DEPLOY / "wikijs-gateway.service"
KNOWN = {f"{PREFIX}{each.name.upper()}" for each in fields(Settings)} | {f"{PREFIX}KEY", f"{PREFIX}CONFIG"}
OTHERS = {"WIKI_URL", "PUBLIC_URL", "DATABASE_PASSWORD"}
SERVICE = {
    "build", "image", "command", "environment", "ports", "volumes", "depends_on", "restart", "read_only", "tmpfs",
    "cap_drop", "security_opt", "stop_grace_period", "healthcheck",
}  # fmt: skip


def unit() -> configparser.RawConfigParser:
    found = configparser.RawConfigParser(strict=False)
    found.optionxform = str  # type: ignore[assignment,method-assign]
    found.read(UNIT)
    return found


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs the command systemd-analyze")
def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    copy = tmp_path / UNIT.name
    text = UNIT.read_text(encoding="utf-8").replace("/opt/wikijs/bin/wikijs", sys.executable)
    copy.write_text(text.replace("User=wikijs-gateway", "User=root"))
    checked = subprocess.run(["systemd-analyze", "verify", copy], capture_output=True, text=True, check=False)
    about_it = [line for line in checked.stderr.splitlines() if UNIT.name in line]
    assert not about_it, checked.stderr


def test_the_command_of_the_unit_starts_is_ready_and_stops(tmp_path: Path) -> None:
    service = unit()["Service"]
    name, value = service["Environment"].split("=", 1)
    assert service["WorkingDirectory"] == "/var/lib/wikijs-gateway"
    assert int(service["TimeoutStopSec"]) > Settings().drain_seconds
    program, *words = shlex.split(service["ExecStart"])
    assert Path(program).name == "wikijs"
    home = {key: text for key, text in os.environ.items() if not key.startswith("WIKIJS_")}
    home |= {"WIKIJS_URL": "http://127.0.0.1:9", "WIKIJS_CONFIG": str(tmp_path / "none.toml")}
    wikijs = [sys.executable, "-m", "wikijs.cli"]
    made = subprocess.run(
        [*wikijs, "gateway", "init", "--in", tmp_path], env=home, capture_output=True, text=True, check=False
    )
    assert made.returncode == 0, made.stderr
    own = {**home, name: value.replace("/var/lib/wikijs-gateway", str(tmp_path)), "WIKIJS_GATEWAY_DRAIN_SECONDS": "1"}
    own["WIKIJS_GATEWAY_PORT"] = "0"
    with subprocess.Popen([*wikijs, *words], env=own, cwd=tmp_path, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        try:
            told = process.stderr.readline()
            base = re.search(r"http://127\.0\.0\.1:\d+(?=\.)", told)
            assert base is not None, told + process.stderr.read()
            assert "There is no key yet" in process.stderr.readline()
            answers = [reached(f"{base[0]}{path}") for path in ("/healthz", "/readyz", "/docs", "/portal/sign-in")]
            # Without its wiki, and it says so.
            assert [answer.status_code for answer in answers] == [200, 503, 200, 200]
            allowed = Path(f"/proc/{process.pid}/limits")
            if allowed.exists():  # no core dump could hold the wiki's credentials
                assert re.search(r"Max core file size +0 +0 ", allowed.read_text())
        finally:
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=120)
        assert process.returncode in {0, -signal.SIGTERM}


def reached(url: str) -> httpx2.Response:
    deadline = time.monotonic() + 120
    while True:
        try:
            return httpx2.get(url, timeout=60)
        except httpx2.TransportError:
            assert time.monotonic() < deadline
            time.sleep(0.1)


def test_the_container_is_made_of_what_is_there() -> None:
    text = (DEPLOY / "Containerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    steps = [line.split(maxsplit=1) for line in text.splitlines() if line and not line.startswith("#")]
    names = [name for name, _ in steps]
    assert set(names) <= {
        "FROM",
        "COPY",
        "RUN",
        "USER",
        "WORKDIR",
        "VOLUME",
        "EXPOSE",
        "ENV",
        "HEALTHCHECK",
        "STOPSIGNAL",
        "CMD",
    }
    for name, rest in steps:
        if name == "COPY":
            assert all((ROOT / source).exists() for source in rest.split()[:-1]), rest
    found = dict(steps)
    assert found["EXPOSE"] == str(Settings().port)
    assert found["USER"] not in {"root", "0"}
    assert found["ENV"].split("=")[0] in KNOWN
    assert json.loads(found["CMD"]) == ["wikijs", "gateway", "serve"]
    taken = (DEPLOY / "Containerfile.dockerignore").read_text(encoding="utf-8").split()
    copied = {source for name, rest in steps if name == "COPY" for source in rest.split()[:-1]}
    assert {line[1:] for line in taken if line.startswith("!")} == copied
    extras = re.search(r"/src\[([\w,]+)\]", text)
    assert extras is not None
    known = __import__("tomllib").loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert set(extras[1].split(",")) <= set(known["optional-dependencies"])


def test_the_compose_file_says_what_it_needs_and_no_more() -> None:
    text = (DEPLOY / "compose.yaml").read_text(encoding="utf-8")
    document: dict[str, Any] = yaml.safe_load(text)
    services = document["services"]
    for name, service in services.items():
        assert set(service) <= SERVICE, name
        assert ("image" in service) != ("build" in service)
        assert {volume.split(":")[0] for volume in service.get("volumes", ())} <= set(document["volumes"])
        assert set(service.get("depends_on", ())) <= set(services)
        for other, about in service.get("depends_on", {}).items():
            assert about["condition"] == "service_healthy"
            assert "healthcheck" in services[other]
    gateway = services["gateway"]
    build = (DEPLOY / gateway["build"]["context"]).resolve()
    assert (build / gateway["build"]["dockerfile"]).is_file()
    assert set(gateway["environment"]) <= KNOWN
    assert gateway["ports"] == [f"127.0.0.1:{Settings().port}:{Settings().port}"]
    assert int(gateway["stop_grace_period"].removesuffix("s")) > Settings().drain_seconds
    used = set(re.findall(r"\$\{(\w+)", text))
    assert used <= KNOWN | OTHERS
    filled = {
        name: re.sub(r"\$\{(\w+)(?::[-?]([^}]*))?\}", "http://x", value)
        for name, value in gateway["environment"].items()
    }
    settings = load(None, {**filled, "WIKIJS_GATEWAY_DATABASE": "postgresql://gateway:x@database/gateway"}).checked()
    assert (settings.workers, settings.redis) == (2, "redis://redis:6379/0")


def test_the_values_fit_their_schema_and_name_settings_that_there_are() -> None:
    values: dict[str, Any] = yaml.safe_load((DEPLOY / "values.yaml").read_text(encoding="utf-8"))
    schema = json.loads((DEPLOY / "values.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(values, schema)
    assert {*values["env"], *values["secretEnv"]["keys"]} <= KNOWN
    load(None, values["env"]).checked()
    for bad in (
        {"replicaCount": 0},
        {"env": {**values["env"], "WIKIJS_GATEWAY_KEY": "in clear"}},
        {"image": {"repository": "x", "tag": "latest"}},
        {"terminationGracePeriodSeconds": 30},
        {"typing": "error"},
    ):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({**values, **bad}, schema)


@pytest.mark.parametrize("name", ["nginx.conf", "Caddyfile"])
def test_the_proxies_know_where_the_gateway_is_and_hide_its_figures(name: str) -> None:
    text = (DEPLOY / name).read_text(encoding="utf-8")
    assert f"127.0.0.1:{Settings().port}" in text
    assert "/metrics" in text
    assert 'public_url = "https://api.example.com"' in text


@pytest.mark.skipif(shutil.which("nginx") is None, reason="needs the command nginx")
def test_nginx_takes_its_part(tmp_path: Path) -> None:
    certificate, key = tmp_path / "fullchain.pem", tmp_path / "privkey.pem"
    made = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-subj",
        "/CN=x",
        "-out",
        certificate,
        "-keyout",
        key,
    ]
    subprocess.run(made, capture_output=True, check=True)
    text = (
        (DEPLOY / "nginx.conf")
        .read_text(encoding="utf-8")
        .replace("/etc/letsencrypt/live/api.example.com", str(tmp_path))
    )
    whole = tmp_path / "nginx.conf"
    whole.write_text(f"pid {tmp_path}/pid;\nevents {{}}\nhttp {{ access_log off;\n{text}\n}}\n")
    checked = subprocess.run(["nginx", "-t", "-c", whole, "-e", "stderr"], capture_output=True, text=True, check=False)
    assert "syntax is ok" in checked.stderr, checked.stderr


@pytest.mark.skipif(shutil.which("caddy") is None, reason="needs the command caddy")
def test_caddy_takes_its_part(tmp_path: Path) -> None:
    command = ["caddy", "validate", "--adapter", "caddyfile", "--config", DEPLOY / "Caddyfile"]
    environment = {**os.environ, "HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)}
    checked = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert "Valid configuration" in checked.stdout + checked.stderr, checked.stderr
