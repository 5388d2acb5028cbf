"""Where databases differ: requests, and what Wiki.js 2.5.314 answered on each of its databases.

python tests/sandbox/databases.py mariadb URL KEY     measures again the replies of one, on a new wiki

A step holds a query with variables, or an upload, or a path to ask for with HEAD; its replies are by database, and one
that all of them share is `reply`.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import httpx2

FILE = Path(__file__).parent / "measured" / "databases.json"
DATABASES = ("postgres", "mariadb", "sqlite")

STATEMENT = re.compile(r"^(insert into|update|delete from|select) .* - ", re.DOTALL)
DATABASE = re.compile(r"`wiki_\w+`")

Step = dict[str, Any]


def load() -> list[Step]:
    """The steps."""
    steps: list[Step] = json.loads(FILE.read_text(encoding="utf-8"))
    return steps


def expected(step: Step, database: str) -> Any:
    """What a database answered to a step."""
    return step["reply"] if "reply" in step else step.get("replies", {}).get(database)


def ask(http: httpx2.Client, step: Step) -> Any:
    """Do a step; the reply in the form that is kept."""
    if "upload" in step:
        upload = step["upload"]
        files = [
            ("mediaUpload", (None, json.dumps({"folderId": upload["folder"]}))),
            ("mediaUpload", (upload["name"], b"x" * upload["bytes"], "application/octet-stream")),
        ]
        response = http.post("/u", files=files)
        return {"status": response.status_code, "text": response.text[:200] if response.status_code < 500 else None}
    if "head" in step:
        response = http.head(step["head"])
        return {"status": response.status_code, "length": response.headers.get("content-length")}
    payload = {"query": filled(step["query"]), "variables": variables(step)}
    return http.post("/graphql", json=payload).json()


def variables(step: Step) -> dict[str, Any]:
    """The variables of a step; `[text, n]` under a name that ends in `*` stands for a long text."""
    return {
        name.removesuffix("*"): value[0] * value[1] if name.endswith("*") else value
        for name, value in step.get("variables", {}).items()
    }


def filled(query: str) -> str:
    """A query with its short forms written out."""
    return query.replace("$OK", "responseResult { succeeded errorCode slug message }")


def measure(database: str, url: str, key: str) -> None:
    """Replace the replies of one database."""
    with httpx2.Client(base_url=url, headers={"authorization": f"Bearer {key}"}, timeout=120) as http:
        answers = [shortened(ask(http, step)) for step in load()]
    steps = load()
    for step, answer in zip(steps, answers, strict=True):
        replies = {name: expected(step, name) for name in DATABASES} | {database: answer}
        step.pop("reply", None)
        step.pop("replies", None)
        if all(reply == answer for reply in replies.values()):
            step["reply"] = answer
        else:
            step["replies"] = {name: reply for name, reply in replies.items() if reply is not None}
    lines = ",\n".join(json.dumps(step, ensure_ascii=False) for step in steps)
    FILE.write_text(f"[\n{lines}\n]\n", encoding="utf-8")


def shortened(value: Any) -> Any:
    """A reply without stack traces and statements of SQL; tags of a page are in no order."""
    if isinstance(value, dict):
        if all(isinstance(tag, str) for tag in value.get("tags") or (None,)):
            value = value | {"tags": sorted(value["tags"])}
        kept = {
            name: shortened(item) for name, item in value.items() if name not in {"stacktrace", "stack", "locations"}
        }
        exception = kept.get("exception")
        if isinstance(exception, dict):  # what the driver says of itself
            kept["exception"] = {name: item for name, item in exception.items() if name in {"code", "message"}}
        return kept
    if isinstance(value, list):
        return [shortened(item) for item in value]
    return STATEMENT.sub("<SQL> - ", DATABASE.sub("`wiki`", value)) if isinstance(value, str) else value


if __name__ == "__main__":
    measure(*sys.argv[1:4])
