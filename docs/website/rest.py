"""The reference of REST, from docs/openapi.json: a page for each tag with its routes, and one with the values."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parents[2]
DEEP: Final = 3
METHODS: Final = ("get", "head", "post", "put", "patch", "delete")
ALWAYS: Final = frozenset(
    {"400", "401", "403", "405", "413", "414", "415", "421", "422", "429", "501", "502", "503", "504"}
)
"""Failures that nearly every route has; told once."""
LANGUAGES: Final = {"shell": "sh", "curl": "sh", "javascript": "js", "typescript": "ts", "python": "python"}
LIMITS: Final = {"read": "reads", "write": "writes", "search": "searches", "job": "jobs", "login": "logins"}


@cache
def contract() -> dict[str, Any]:
    """The contract of the gateway."""
    read: dict[str, Any] = json.loads((ROOT / "docs/openapi.json").read_text(encoding="utf-8"))
    return read


def routes() -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    """Tag, method, path and what is said of each route."""
    for path, methods in contract()["paths"].items():
        for method in METHODS:
            if method in methods:
                yield (methods[method].get("tags") or ["other"])[0], method, path, methods[method]


def pages() -> Iterator[tuple[str, str, str]]:
    """File name, title and text of each page."""
    tags: dict[str, list[tuple[str, str, dict[str, Any]]]] = {}
    for tag, method, path, said in routes():
        home = f"ops-{said['x-wikijs-operation'].partition('.')[0]}" if tag == "ops" else tag
        tags.setdefault(home, []).append((method, path, said))
    yield "rest/index.md", "REST", _index(tags)
    for tag, found in sorted(tags.items()):
        text = "\n".join(line for method, path, said in found for line in _route(method, path, said))
        yield f"rest/{tag}.md", f"REST: {tag}", f"# REST: {tag}\n\n{text}"
    yield "rest/values.md", "REST: values", _values()


def _index(tags: dict[str, list[tuple[str, str, dict[str, Any]]]]) -> str:
    lines = [
        "# REST",
        "",
        "What a [gateway](../../gateway.md) answers, from its contract ([openapi.json](../../openapi.json)).",
        "Send a key as `Authorization: Bearer wkg_…`.",
        "",
        "| | routes | |",
        "|---|---|---|",
    ]
    for tag, found in sorted(tags.items()):
        scopes = sorted({said.get("x-scope", "") for _, _, said in found} - {""})
        lines.append(f"| [{tag}]({tag}.md) | {len(found)} | {', '.join(f'`{scope}`' for scope in scopes)} |")
    lines += [
        "",
        "[Values](values.md): what bodies and answers hold.",
        "",
        "## Scopes",
        "",
        "| scope | allows |",
        "|---|---|",
    ]
    lines += [f"| `{scope}` | {what} |" for scope, what in sorted(contract()["x-scopes"].items())]
    lines += [
        "",
        "## Failures",
        "",
        "Each is `application/problem+json`. These can come from any route that checks what they say:",
        "",
    ]
    lines += ["| | |", "|---|---|"]
    responses = contract()["components"]["responses"]
    lines += [
        f"| {name.removeprefix('Problem')} | {_cell(said['description'])} |"
        for name, said in sorted(responses.items())
        if name.startswith("Problem")
    ]
    return "\n".join([*lines, ""])


def _route(method: str, path: str, said: dict[str, Any]) -> Iterator[str]:
    yield from (f"## `{method.upper()} {path}`", "", (said.get("description") or said.get("summary") or "").strip(), "")
    facts = list(_facts(said))
    if facts:
        yield from (" ".join(facts), "")
    yield from _parameters(said.get("parameters", []))
    for kind, content in said.get("requestBody", {}).get("content", {}).items():
        yield from (f"Body (`{kind}`): {_type(content.get('schema', {}))}", "")
    yield from ("| answer | |", "|---|---|")
    rare = []
    for code, answer in said.get("responses", {}).items():
        resolved = _resolved(answer)
        if code.startswith(("4", "5")):
            if code not in ALWAYS:
                rare.append(f"| {code} | {_cell(resolved.get('description', ''))} |")
            continue
        holds = [_type(content.get("schema", {})) for content in resolved.get("content", {}).values()]
        holds += [f"header `{name}`" for name in resolved.get("headers", {}) if name != "X-Request-Id"]
        yield f"| {code} | {_cell('. '.join([resolved.get('description', '').rstrip('.'), *holds]))} |"
    yield from (*rare, "")
    yield from _samples(method, path, said)


def _facts(said: dict[str, Any]) -> Iterator[str]:
    """What a call needs, and what it counts as."""
    scopes = [each for each in (said.get("x-scope"), said.get("x-also-scope")) if each]
    if scopes:
        yield f"Scope: {' and '.join(f'`{scope}`' for scope in scopes)}."
    elif not said.get("security"):
        yield "No key is needed."
    if limit := said.get("x-limit-class"):
        yield f"Counts as: {LIMITS.get(limit, limit)}."
    if operation := said.get("x-wikijs-operation"):
        needs = ", ".join(f"`{each}`" for each in said.get("x-wikijs-requires") or []) or "none"
        since = said.get("x-wikijs-since") or "2.0.1"
        yield f"Operation of the server: `{operation}`, since {since}; permission (one of): {needs}."


def _parameters(parameters: list[dict[str, Any]]) -> Iterator[str]:
    if not parameters:
        return
    yield from ("| parameter | type | |", "|---|---|---|")
    for each in map(_resolved, parameters):
        needed = " (needed)" if each.get("required") and each["in"] != "path" else ""
        yield (
            f"| `{each['name']}` ({each['in']}) | {_cell(_type(each.get('schema', {})))}{needed} |"
            f" {_cell(each.get('description', ''))} |"
        )
    yield ""


def _samples(method: str, path: str, said: dict[str, Any]) -> Iterator[str]:
    samples = said.get("x-codeSamples") or [{"lang": "Shell", "label": "curl", "source": curl(method, path, said)}]
    if len(samples) == 1:
        language = LANGUAGES.get(str(samples[0]["lang"]).lower(), "text")
        yield from (f"```{language}", samples[0]["source"].rstrip(), "```", "")
        return
    for sample in samples:
        language = LANGUAGES.get(str(sample["lang"]).lower(), "text")
        yield from (f'=== "{sample.get("label", sample["lang"])}"', "", f"    ```{language}")
        yield from (f"    {line}".rstrip() for line in sample["source"].rstrip().splitlines())
        yield from ("    ```", "")


def curl(method: str, path: str, said: dict[str, Any]) -> str:
    """The route as a line for a shell, with what it cannot do without."""
    needed = [each for each in map(_resolved, said.get("parameters", [])) if each.get("required")]
    query = "&".join(f"{each['name']}={each['name'].upper()}" for each in needed if each["in"] == "query")
    place = re.sub(r"\{(\w+)(?::\w+)?\}", lambda name: name[1].upper(), path) + (f"?{query}" if query else "")
    words = ["curl"]
    if method not in {"get", "post"}:
        words.append("--head" if method == "head" else f"-X {method.upper()}")
    words.append(f'"$GATEWAY{place}"')
    if said.get("security"):
        words.append('-H "Authorization: Bearer $KEY"')
    words += [f'-H "{each["name"]}: …"' for each in needed if each["in"] == "header"]
    content = said.get("requestBody", {}).get("content", {})
    if "application/json" in content:
        words.append(
            f"--json '{json.dumps(_example(content['application/json'].get('schema', {})), ensure_ascii=False)}'"
        )
    elif method == "post" and not content:
        words.insert(1, "-X POST")
    elif content:
        words.append("-F file=@FILE" if "multipart/form-data" in content else "--data-binary @FILE")
    line = " ".join(words)
    return line if len(line) <= 100 else " \\\n  ".join([" ".join(words[:2]), *words[2:]])


def _resolved(said: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in said:
        found: Any = contract()
        for part in said["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        said = found
    return said


def _type(schema: dict[str, Any]) -> str:
    """A schema in a few words, with links to values."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[-1]
        return f"[{name}](values.md#{name.lower()})"
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            return " or ".join(dict.fromkeys(_type(each) for each in schema[several]))
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    if "const" in schema:
        return f"`{schema['const']}`"
    kind = schema.get("type", "any")
    if kind == "array":
        return f"list of {_type(schema.get('items', {}))}"
    bounds = [
        f"{words} {schema[key]}"
        for key, words in (
            ("minimum", "from"), ("maximum", "to"), ("minLength", "at least"), ("maxLength", "at most"),
            ("maxItems", "at most"), ("default", "default"), ("format", ""),
        )
        if schema.get(key) is not None and schema.get(key) != ""
    ]  # fmt: skip
    return f"{kind} ({', '.join(each.strip() for each in bounds)})" if bounds else str(kind)


def _example(schema: dict[str, Any], depth: int = 0) -> Any:
    """Something that a schema takes: what is needed, or the first that may be."""
    schema = _resolved(schema)
    for key in ("example", "const", "default"):
        if schema.get(key) is not None:
            return schema[key]
    if schema.get("examples"):
        return schema["examples"][0]
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            return _example(schema[several][0], depth)
    kind = str(schema.get("type"))
    if kind == "object" and depth < DEEP:
        properties = schema.get("properties", {})
        wanted = schema.get("required") or list(properties)[:1]
        return {name: _example(properties.get(name, {}), depth + 1) for name in wanted}
    if kind == "array":
        return [_example(schema.get("items", {}), depth + 1)] if depth < DEEP else []
    plain = {"integer": schema.get("minimum", 1), "number": 1, "boolean": True, "string": "…"}
    return schema["enum"][0] if "enum" in schema else plain.get(kind, {})


def _values() -> str:
    lines = ["# Values of REST", "", "What bodies and answers hold.", ""]
    for name, schema in sorted(contract()["components"]["schemas"].items()):
        lines += [f"## {name}", "", _escape(schema.get("description", "")), ""]
        properties = schema.get("properties", {})
        if not properties:
            lines += [_type(schema), ""]
            continue
        needed = schema.get("required", [])
        lines += ["| field | type | |", "|---|---|---|"]
        for field, said in properties.items():
            mark = "" if field in needed else " ?"
            lines.append(f"| `{field}`{mark} | {_cell(_type(said))} | {_cell(said.get('description', ''))} |")
        lines.append("")
    return "\n".join([*lines, "A `?` marks what may be left out.", ""])


def _cell(text: str) -> str:
    return _escape(" ".join(text.split()).replace("|", "\\|"))


def _escape(text: str) -> str:
    return re.sub(r"<(?=[A-Za-z/])", "&lt;", text)
