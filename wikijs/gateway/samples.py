"""Code for each route of the contract, in four languages; `x-codeSamples` of docs/openapi.json.

All read the gateway's address and the key from `WIKIJS_GATEWAY_URL` and `WIKIJS_GATEWAY_TOKEN`, so that what is copied
runs as it is. Values are made of the schema: what is required, and examples where it has some.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast
from urllib.parse import urlencode

URL: Final = "WIKIJS_GATEWAY_URL"
KEY: Final = "WIKIJS_GATEWAY_TOKEN"
LANGUAGES: Final = (("shell", "curl"), ("python", "Python"), ("typescript", "TypeScript"), ("shell", "Command line"))

_PLACES: Final[dict[str, str]] = {
    "delivery": "wh_1.7",
    "key": "Ab3dE5gH",
    "locale": "en",
    "name": "default",
    "path": "home",
    "section": "first-steps",
    "tag": "docs",
    "user": "2",
    "version": "1",
}
_IDS: Final = {"admin": "Ab3dE5gH", "jobs": "job_0123456789abcdef", "webhooks": "wh_1"}
_QUERIES: Final[dict[str, Any]] = {"q": "lamp", "query": "lamp", "path": "home", "locale": "en", "id": 1, "pageId": 1}
_BODIES: Final[dict[str, Any]] = {
    "create_job": {"kind": "pages.render", "input": {"ids": [1, 2, 3]}},
    "create_token": {"key": "wkg_..."},
    "create_webhook": {"url": "https://ci.example.com/wiki", "events": ["page.*"]},
    "graphql": {"query": "query { pages { list { id path title } } }"},
    "put_credential": {"kind": "api_key", "key": "the API key of the wiki"},
    "refresh_token": {"refreshToken": "wkr_..."},
    "revoke_token": {"token": "wka_..."},
    "run_batch": {"requests": [{"operation": "pages.single", "arguments": {"id": 1}}]},
    "update_group": {"name": "Writers"},
    "update_page": {"title": "A better title"},
    "update_site": {"title": "Our wiki"},
    "update_theme": {"darkMode": True},
    "update_user": {"name": "Ada Lovelace"},
    "update_webhook": {"state": "paused"},
    "update_asset": {"name": "logo.png"},
    "update_key": {"tier": "pro"},
}
_TEXTS: Final = {
    "title": "Introduction",
    "path": "docs/intro",
    "content": "# Introduction\n",
    "email": "ada@example.com",
}
_DEEPEST: Final = 6


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as an example.

    Attributes:
        method: As of HTTP.
        path: Its path, filled in.
        query: Its parameters.
        body: What is sent as JSON; None for nothing.
        file: A file that is sent; None for none.
        match: Whether it wants If-Match.
        open: Whether it needs no key.
        stream: Whether the answer never ends by itself.
        call: The wiki's operation behind it, for those that are one.
    """

    method: str
    path: str
    query: Mapping[str, Any]
    body: Any = None
    file: str | None = None
    match: bool = False
    open: bool = False
    stream: bool = False
    call: str | None = None

    @property
    def target(self) -> str:
        """Path and query."""
        return self.path + (f"?{urlencode(self.query)}" if self.query else "")


def add_samples(document: dict[str, Any]) -> None:
    """Put `x-codeSamples` into each operation of a document."""
    schemas = document["components"]["schemas"]
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            asked = example(path, method, operation, schemas)
            sources = (curl(asked), python(asked), typescript(asked), command(asked))
            operation["x-codeSamples"] = [
                {"lang": lang, "label": label, "source": source}
                for (lang, label), source in zip(LANGUAGES, sources, strict=True)
            ]


def example(path: str, method: str, operation: Mapping[str, Any], schemas: Mapping[str, Any]) -> Asked:
    """A request of an operation."""
    query: dict[str, Any] = {}
    for parameter in operation.get("parameters", ()):
        name = parameter["name"]
        if parameter["in"] == "path":
            path = path.replace(f"{{{name}}}", _place(path, name))
        elif parameter["in"] == "query" and parameter.get("required"):
            query[name] = _QUERIES.get(name, value(parameter.get("schema", {}), schemas, name))
        elif name == "limit" and parameter["in"] == "query":
            query[name] = 3
    name = operation["operationId"]
    content = cast("Mapping[str, Any]", operation.get("requestBody") or {}).get("content", {})
    body: Any = None
    file: str | None = None
    if name == "upload_asset":
        query, file = {"folder": "images", "name": "logo.png"}, "logo.png"
    elif "application/json" in content:
        body = _BODIES.get(name, value(content["application/json"].get("schema", {}), schemas, "")) or {}
    return Asked(
        method.upper(),
        path,
        {key: _text(each) for key, each in query.items()},
        body,
        file,
        match=method in {"patch", "put", "delete"} and path.startswith("/api/v1/pages/"),
        open="security" not in operation,
        stream=any("event-stream" in kind for kind in operation["responses"].get("200", {}).get("content", {})),
        call=path.removeprefix("/api/v1/ops/").replace("/", ".") if path.startswith("/api/v1/ops/") else None,
    )


def _place(path: str, name: str) -> str:
    if name == "id":
        return _IDS.get(path.split("/")[3], "1")
    if name == "path" and path.startswith("/api/v1/assets"):
        return "images/logo.png"
    return _PLACES.get(name, "1")


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def value(schema: Mapping[str, Any], schemas: Mapping[str, Any], name: str, depth: int = 0) -> Any:  # noqa: PLR0911
    """A value that fits a schema."""
    if "$ref" in schema:
        schema = schemas[schema["$ref"].rpartition("/")[2]]
    if schema.get("examples"):
        return schema["examples"][0]
    if schema.get("enum"):
        return schema["enum"][0]
    for key in ("anyOf", "oneOf", "allOf"):
        if key in schema:
            return value(schema[key][0], schemas, name, depth)
    kind: Any = schema.get("type")
    kind = cast("list[str]", kind)[0] if isinstance(kind, list) else kind
    if kind == "object" and depth < _DEEPEST:
        known: Mapping[str, Any] = schema.get("properties", {})
        needed = schema.get("required", list(known)[:1] if depth == 0 else ())
        return {each: value(known.get(each, {}), schemas, each, depth + 1) for each in needed}
    if kind == "array":
        return [value(schema.get("items", {}), schemas, name, depth + 1)] if depth < _DEEPEST else []
    if kind in {"integer", "number"}:
        return max(1, int(schema.get("minimum", 1)))
    if kind == "boolean":
        return True
    if schema.get("format") == "date-time" or "Date" in name:
        return "2026-12-01T00:00:00.000Z"
    return _TEXTS.get(name, "text")


def curl(asked: Asked) -> str:
    """For the shell."""
    parts = [f'curl -s "${URL}{asked.target}"']
    if asked.method != "GET":
        parts[0] = f'curl -s -X {asked.method} "${URL}{asked.target}"'
    if asked.stream:
        parts[0] = parts[0].replace("curl -s", "curl -sN")
    if not asked.open:
        parts.append(f'-H "Authorization: Bearer ${KEY}"')
    if asked.match:
        parts.append("-H 'If-Match: *'")
    if asked.file:
        parts += ["-H 'Content-Type: application/octet-stream'", f"--data-binary @{asked.file}"]
    if asked.body is not None:
        parts += ["-H 'Content-Type: application/json'", f"-d {shlex.quote(json.dumps(asked.body))}"]
    return " \\\n  ".join(parts)


def _headers(asked: Asked, key: str) -> list[str]:
    headers = [] if asked.open else [f'"Authorization": {key}']
    if asked.match:
        headers.append('"If-Match": "*"')
    if asked.file:
        headers.append('"Content-Type": "application/octet-stream"')
    return headers


def python(asked: Asked) -> str:
    """For Python, with the HTTP library that comes with py-wikijs."""
    lines = ["import os", "", "import httpx2", ""]
    headers = ", ".join(_headers(asked, f"f\"Bearer {{os.environ['{KEY}']}}\""))
    given = [f'    "{asked.method}",', f"    f\"{{os.environ['{URL}']}}{asked.path}\","]
    given += [f"    params={dict(asked.query)!r},"] if asked.query else []
    given += [f"    headers={{{headers}}},"] if headers else []
    given += [f"    json={asked.body!r},"] if asked.body is not None else []
    if asked.file:
        lines.insert(2, "from pathlib import Path\n")
        lines.remove("")
        given.append(f'    content=Path("{asked.file}").read_bytes(),')
    if asked.stream:
        lines += [
            "with httpx2.stream(",
            *given,
            "    timeout=None,",
            ") as response:",
            "    response.raise_for_status()",
        ]
        lines += ["    for line in response.iter_lines():", "        print(line)"]
    else:
        lines += ["response = httpx2.request(", *given, ")", "response.raise_for_status()", "print(response.text)"]
    return "\n".join(lines)


def typescript(asked: Asked) -> str:
    """For TypeScript: `fetch`, as browsers and Node have it."""
    headers = _headers(asked, f"`Bearer ${{process.env.{KEY}}}`")
    lines: list[str] = []
    if asked.file:
        lines.append('import { readFile } from "node:fs/promises";\n')
    if asked.body is not None:
        headers.append('"Content-Type": "application/json"')
    lines.append(f"const response = await fetch(`${{process.env.{URL}}}{asked.target}`, {{")
    lines += [f'  method: "{asked.method}",'] if asked.method != "GET" else []
    lines += [f"  headers: {{ {', '.join(headers)} }},"] if headers else []
    lines += [f"  body: JSON.stringify({json.dumps(asked.body)}),"] if asked.body is not None else []
    lines += [f'  body: await readFile("{asked.file}"),'] if asked.file else []
    lines += ["});", "if (!response.ok) throw new Error(await response.text());"]
    if asked.stream:
        lines += [
            "for await (const part of response.body!.pipeThrough(new TextDecoderStream())) {",
            "  console.log(part);",
            "}",
        ]
    else:
        lines.append("console.log(await response.text());")
    return "\n".join(lines)


def command(asked: Asked) -> str:
    """For the command line; of a single operation also what asks the wiki itself."""
    parts = ["wikijs", "gateway", "request", asked.method, asked.target]
    if asked.match:
        parts += ["--if-match", "*"]
    if asked.file:
        parts += ["--file", asked.file]
    if asked.body is not None:
        parts += ["--data", json.dumps(asked.body)]
    line = shlex.join(parts)
    if asked.call is None:
        return line
    body: Any = asked.body
    given: Mapping[str, Any] = asked.query if body is None else body
    options = [part for name, each in given.items() for part in _option(name, each)]
    return f"{line}\n# the same without the gateway:\n{shlex.join(['wikijs', 'call', asked.call, *options])}"


def _option(name: str, given: Any) -> list[str]:
    """An option of `wikijs call`."""
    option = "--" + re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower()
    if isinstance(given, list):
        return [part for each in cast("Sequence[Any]", given) for part in _option(name, each)]
    if given is True or given == "true":
        return [option]
    return [option, json.dumps(given) if isinstance(given, dict) else str(given)]
