"""Requests with the replies of a real Wiki.js 2.5.314, beyond the recordings: measured in this order on a new wiki.

python tests/sandbox/stories.py groups URL KEY     measures again the replies in stories/groups.json

A step says who asks (`as`: guest, key, admin, or a token saved before), what (`query`, `variables`), which parts of the
reply later steps need (`save`: names and paths), how many seconds pass before (`wait`), and how many it took (`took`).
`{name}` in a variable stands for what was saved, `{code of address}` for what an authenticator of that user shows.
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
from compare import Differences, differences
from replay import START, FakeClock

from wikijs.sandbox import Sandbox
from wikijs.sandbox.accounts.logins import time_code

DIRECTORY = Path(__file__).parent / "stories"
TOKEN_HEADERS = ("new-jwt", "set-cookie")
TEXTS = {"title", "hint"}
"""Parts of an option whose words are the sandbox's own."""
PAUSE = 0.05
"""Seconds between steps that do not wait."""

Step = dict[str, Any]


@dataclass
class Wiki:
    """A wiki under test, and what earlier replies gave."""

    http: httpx2.Client
    saved: dict[str, Any]
    wait: Callable[[float], object]
    now: Callable[[], float]
    secret_of: Callable[[str], str]
    """The secret of the second factor of the user with this address."""
    count: int = field(default=0)

    def ask(self, step: Step) -> Step:
        """Do a step; status, body, and which headers with tokens there were."""
        self.wait(step.get("wait", PAUSE))
        self.count += 1
        headers = {"x-forwarded-for": f"10.0.{self.count // 250}.{self.count % 250 + 1}", **step.get("headers", {})}
        if step["as"] != "guest":
            headers["authorization"] = f"Bearer {self.saved[step['as']]}"
        payload = {"query": step["query"], "variables": self.filled(step.get("variables", {}))}
        response = self.http.post("/graphql", content=json.dumps(payload), headers=headers)
        body = response.json()
        for name, path in step.get("save", {}).items():
            value = body
            for part in path.split("."):
                value = value[int(part) if isinstance(value, list) else part]
            self.saved[name] = value
        return {
            "status": response.status_code,
            "tokens": [name for name in TOKEN_HEADERS if name in response.headers],
            "body": body,
        }

    def filled(self, value: Any) -> Any:
        """Variables with names replaced by what was saved."""
        if isinstance(value, dict):
            return {name: self.filled(item) for name, item in value.items()}
        if isinstance(value, list):
            return [self.filled(item) for item in value]
        if not isinstance(value, str) or not re.fullmatch(r"\{[^{}]+\}", value):
            return value
        name = value[1:-1]
        if name.startswith("code of "):
            return time_code(self.secret_of(name.removeprefix("code of ")), self.now())
        return self.saved.get(name, value)


def load(name: str) -> list[Step]:
    """The steps of a file."""
    steps: list[Step] = json.loads((DIRECTORY / f"{name}.json").read_text(encoding="utf-8"))
    return steps


def repeated(name: str) -> dict[str, Differences]:
    """Where the sandbox differs from the replies measured, by step."""
    clock = FakeClock(START)
    sandbox = Sandbox(clock=clock)
    clock.now += 60  # tokens of the second a server started in are renewed at each use

    def wait(seconds: float) -> None:
        clock.now += seconds

    def secret_of(email: str) -> str:
        secret: str = sandbox.db.value("SELECT tfaSecret FROM users WHERE email = ?", email)
        return secret

    saved = {"key": sandbox.api_key, "admin": sandbox.admin_jwt}
    headers = {"content-type": "application/json"}
    found: dict[str, Differences] = {}
    with sandbox, httpx2.Client(transport=sandbox.transport(), base_url=sandbox.url, headers=headers) as http:
        wiki = Wiki(http, saved, wait, clock, secret_of)
        for step in load(name):
            reply = normalised(wiki.ask(step))
            clock.now += step["took"]
            found[step["step"]] = differences(step["reply"], reply)
    return found


def normalised(reply: Any) -> Any:
    """A reply without what differs between any two runs or says too much."""
    if isinstance(reply, list):
        return [normalised(item) for item in reply]
    if not isinstance(reply, dict):
        return reply
    kept: dict[str, Any] = {}
    for name, value in reply.items():
        if name in {"stack", "stacktrace", "nativeError"}:
            kept[name] = "<omitted>"
        elif name in {"jwt", "key"} and isinstance(value, str) and value.startswith("ey"):
            kept[name] = "<jwt>"
        elif name == "value" and isinstance(value, str) and value.startswith("{"):
            texts = {part: "<text>" for part, text in json.loads(value).items() if part in TEXTS and text}
            kept[name] = json.dumps(json.loads(value) | texts)
        elif name == "tfaQRImage" and value:
            kept[name] = "<svg>" if value.startswith("<svg") else value
        else:
            kept[name] = normalised(value)
    return kept


LOGIN = """mutation ($password: String!) { authentication {
  login(username: "admin@example.com", password: $password, strategy: "local") { jwt } } }"""


def measure(name: str, url: str, key: str) -> None:
    """Do the steps on a real wiki and keep its replies."""
    steps = load(name)
    with httpx2.Client(base_url=url, headers={"content-type": "application/json"}, timeout=30) as http:
        login = {"query": LOGIN, "variables": {"password": Sandbox.admin_password}}
        token = http.post("/graphql", json=login).json()["data"]["authentication"]["login"]["jwt"]
        wiki = Wiki(http, {"key": key, "admin": token}, time.sleep, time.time, asked_secret)
        for step in steps:
            began = time.time() + step.get("wait", PAUSE)
            step["reply"] = normalised(wiki.ask(step))
            step["took"] = max(0, round(time.time() - began, 3))
    lines = ",\n".join(json.dumps(step, ensure_ascii=False) for step in steps)
    (DIRECTORY / f"{name}.json").write_text(f"[\n{lines}\n]\n", encoding="utf-8")


def asked_secret(email: str) -> str:
    """Ask for a secret, which only the server's database tells."""
    return input(f"tfaSecret of {email}: ").strip()


if __name__ == "__main__":
    measure(*sys.argv[1:])
