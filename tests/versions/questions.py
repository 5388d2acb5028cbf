"""What real servers of older versions were asked, and asking it again.

`python -m tests.versions.questions VERSION` asks the server at WIKIJS_URL, freshly set up and with the key in
WIKIJS_API_KEY, and writes what it answers into `measured/VERSION.json`. The server must be of that version.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from wikijs.core.operations import OperationSpec

MEASURED: Final = Path(__file__).parent / "measured"
VERSIONS: Final = ("2.4.75", "2.5.117", "2.5.201", "2.5.290")

Ask = Callable[[dict[str, Any], bool], tuple[int, Any]]
"""Sends a GraphQL request, with or without the key; the answer's status and JSON."""

CREATE: Final = """mutation ($path: String!, $title: String!) { pages { create(
  path: $path, title: $title, content: "# Text", description: "", editor: "markdown", isPublished: true,
  isPrivate: false, locale: "en", tags: ["one"]) { responseResult { succeeded errorCode slug message } } } }"""
STYLED: Final = """mutation { pages { create(path: "docs/styled", title: "Styled", content: "x", description: "",
  editor: "markdown", isPublished: true, isPrivate: false, locale: "en", tags: [], scriptCss: ".a{color:red}",
  scriptJs: "<script>1 && 2</script>") { responseResult { succeeded errorCode slug message } } } }"""
RESULT: Final = "responseResult { succeeded errorCode slug message }"

# Each: is it asked with the key, the document, and its variables.
STORY: Final[tuple[tuple[bool, str, dict[str, Any]], ...]] = (
    (True, "{ system { info { currentVersion } } }", {}),
    (True, "{ pages { list { id } tags { id } } }", {}),
    (True, CREATE, {"path": "docs/first", "title": "first"}),
    (True, CREATE, {"path": "docs/first", "title": "again"}),
    (True, "{ pages { single(id: 1) { path title content editor isPublished tags { tag } } } }", {}),
    (True, "{ pages { single(id: 1) { tags { id tag } } } }", {}),
    (False, "{ pages { single(id: 1) { path } } }", {}),
    (False, "{ pages { single(id: 1) { content } } }", {}),
    (False, "{ pages { list { path title tags } } }", {}),
    (False, '{ pages { tree(parent: 0, mode: ALL, locale: "en") { path title isFolder pageId } } }', {}),
    (False, "{ navigation { config { mode } } }", {}),
    (True, "{ authentication { activeStrategies(enabledOnly: true) { key } } }", {}),
    (True, "{ pages { single(id: 1) { scriptCss scriptJs } } }", {}),
    (True, STYLED, {}),
    (True, "{ pages { single(id: 2) { scriptCss scriptJs } } }", {}),
    (
        True,
        'mutation { pages { move(id: 1, destinationPath: "docs/moved", destinationLocale: "en") '
        f"{{ {RESULT} }} }} }}",
        {},
    ),
    (True, "{ pages { single(id: 1) { path title } } }", {}),
    (True, f'mutation {{ pages {{ update(id: 1, content: "New") {{ {RESULT} page {{ id }} }} }} }}', {}),
    (True, "{ pages { single(id: 1) { content title isPublished tags { tag } } } }", {}),
    (True, f'mutation {{ pages {{ update(id: 77, content: "New") {{ {RESULT} }} }} }}', {}),
    (True, f'mutation {{ pages {{ convert(id: 1, editor: "ckeditor") {{ {RESULT} }} }} }}', {}),
    (True, '{ pages { singleByPath(path: "docs/moved", locale: "en") { id } } }', {}),
    (True, "{ pages { single(id: 99) { id } } }", {}),
    (True, "{ pages { single(ids: [1]) { id } } }", {}),
    (True, "query ($x: PageRuleInputs) { pages { list { id } } }", {}),
    (True, "{ pages { lst { id } } }", {}),
    (True, "{ pages { list(orderBy: PATHS) { id } } }", {}),
    (True, '{ comments { list(locale: "en", path: "docs/moved") { id } } }', {}),
    (True, f"mutation {{ users {{ delete(id: 1, replaceId: 2) {{ {RESULT} }} }} }}", {}),
    (True, f'mutation {{ groups {{ create(name: "Editors") {{ {RESULT} group {{ id name }} }} }} }}', {}),
    (
        True,
        'mutation { groups { update(id: 3, name: "Writers", permissions: ["read:pages"], pageRules: []) '
        f"{{ {RESULT} }} }} }}",
        {},
    ),
    (True, f"mutation {{ pages {{ delete(id: 1) {{ {RESULT} }} }} }}", {}),
    (True, "{ pages { single(id: 1) { id } } }", {}),
)
OPERATIONS: Final = import_module("wikijs_generated.operations")


def documents() -> dict[str, str]:
    """Documents of all operations that can be asked over HTTP, by name."""
    specs = [value for value in vars(OPERATIONS).values() if isinstance(value, OperationSpec)]
    return {spec.name: spec.document for spec in specs if spec.kind != "subscription"}


def complaints(ask: Ask) -> dict[str, list[str]]:
    """What the server finds wrong with our documents, by name; those it accepts are left out.

    None is executed: a second operation stands beside it, and the request does not say which of the two is meant.
    """
    found: dict[str, list[str]] = {}
    for name, document in documents().items():
        _, answer = ask({"query": f"{document}\nquery Other {{ __typename }}"}, True)
        errors = [error for error in answer["errors"] if error["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"]
        if errors:
            found[name] = sorted(error["message"] for error in errors)
    return found


def story(ask: Ask) -> list[dict[str, Any]]:
    """The answers to the questions, in their order, without stack traces."""
    answers: list[dict[str, Any]] = []
    for with_key, document, variables in STORY:
        status, body = ask({"query": document, "variables": variables}, with_key)
        answers.append({"query": " ".join(document.split()), "status": status, "body": without_traces(body)})
    return answers


def without_traces(value: Any) -> Any:
    """The same without what tells of files and lines of a server."""
    if isinstance(value, dict):
        return {key: without_traces(item) for key, item in value.items() if key not in {"stack", "stacktrace"}}
    return [without_traces(item) for item in value] if isinstance(value, list) else value


def main() -> None:
    """Measure the server of the environment."""
    import httpx2

    version = sys.argv[1]
    with httpx2.Client(base_url=os.environ["WIKIJS_URL"], timeout=60) as http:

        def ask(request: dict[str, Any], with_key: bool) -> tuple[int, Any]:
            headers = {"authorization": f"Bearer {os.environ['WIKIJS_API_KEY']}"} if with_key else {}
            response = http.post("/graphql", json=request, headers=headers)
            return response.status_code, response.json()

        measured = {"version": version, "complaints": complaints(ask), "story": story(ask)}
    MEASURED.mkdir(exist_ok=True)
    (MEASURED / f"{version}.json").write_text(json.dumps(measured, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
