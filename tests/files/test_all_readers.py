"""Everything that reads what others have written is fed what breaks parsers: one clear refusal, or nothing of it.

A reader that is new is found by the calls of parsers in the code; where it is none of the ways that are bounded
(`wikijs.core.files`), it must take a document that is nested without end for what it is.
"""

from __future__ import annotations

import ast
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from wikijs_generated.fragments import KeyValue

import wikijs
from wikijs import exceptions as exc
from wikijs.access import moments
from wikijs.backup.store import Store, parsed
from wikijs.cli.frame import inputs
from wikijs.cli.frame.failures import CommandError
from wikijs.cli.operations import graphql
from wikijs.config.profiles import read_toml
from wikijs.core.files import FileRefusedError, load_json, load_yaml, parse_toml
from wikijs.core.jobs.journal import Journal
from wikijs.core.tokens import read_token
from wikijs.feed.types import parse_event
from wikijs.gateway import settings as gateway_settings
from wikijs.interop.pandoc import running as pandoc
from wikijs.people.reading import read_people
from wikijs.resources.shared import module_settings
from wikijs.sync.model import Layout
from wikijs.sync.state import FILE, State
from wikijs.telemetry import chain
from wikijs.transfer import documents, notes
from wikijs.transfer.format import load

SECONDS: Final = 20.0
"""Of this thread, for one document; each takes a fraction, and one took an hour."""
LONG: Final = 50_000
BOMBS: Final[dict[str, str]] = {
    "lists": "[" * LONG,
    "objects": '{"a":' * LONG,
    "lists that end": "[" * 5_000 + "]" * 5_000,
    "a number": "9" * LONG,
    "not a number": "NaN",
    "half a character": '{"a": "\\ud800"}',
    "a small float": "1e-99999999999",
    "zeros": "\0" * LONG,
    "no text": "\udcff",
    "nothing": "",
    "a list": "[]",
    "a text": '"x"',
    "other names": '{"version": {}, "files": [], "type": 5, "subject": [], "items": "x"}',
    "a name of TOML": f"{'a.' * LONG}b = 1",
    "a quoted name of TOML": f"{chr(34)}a{chr(34)}." * LONG + "b = 1",
    "a table of TOML": f"[{'a.' * LONG}b]",
    "names of TOML": f"x = {{{'a.' * LONG}b = 1}}",
    "lists of TOML": f"x = {'[' * LONG}",
    "a number of TOML": f"x = {'9' * LONG}",
    "a day of TOML": "x = 9999-99-99",
    "lines": "\n" * LONG,
    "colons": "a: " * LONG,
    "an alias": "a: &a [*a]",
    "commas": "," * LONG,
    "quotes": '"' * LONG,
    "entries of LDIF": "dn: x\n\n" * 2_000,
    "a long line of LDIF": f"dn: {'x' * LONG}\n {'y' * LONG}\n",
    "base64 of LDIF": f"dn:: {'=' * LONG}\n",
}

Reader = Callable[[Path], object]
"""Reads a file that holds the document."""


def text_of(path: Path) -> str:
    return path.read_bytes().decode("utf-8", "surrogateescape")


def journal(path: Path) -> None:
    Journal(path, "pages.create_many", "https://wiki.example.com", [1], str).close()


def state(path: Path) -> None:
    (path.parent / FILE).write_bytes(path.read_bytes())
    State(path.parent, "https://wiki.example.com", Layout("en", "")).close()


def front(before: str, after: str) -> Reader:
    return lambda path: load(f"{before}{text_of(path)}{after}", "md", name="x.md")


READERS: Final[dict[str, Reader]] = {
    "JSON": lambda path: load_json(path.read_bytes()),
    "YAML": lambda path: load_yaml(text_of(path)),
    "TOML": lambda path: parse_toml(text_of(path)),
    "front matter of YAML": front("---\nx: ", "\n---\ntext\n"),
    "front matter of TOML": front("+++\n", "\n+++\ntext\n"),
    "front matter of JSON": front('{\n"title": ', "}\ntext\n"),
    "an export of JSON": lambda path: list(documents.load(path, "json")),
    "an export of YAML": lambda path: list(documents.load(path, "yaml")),
    "notes of an export": lambda path: notes._load(path.read_bytes()),
    "a configuration": read_toml,
    "a configuration of the gateway": lambda path: gateway_settings.load(path, {}),
    "a journal": journal,
    "the state of a sync": state,
    "an event": lambda path: parse_event(path.read_bytes()),
    "a snapshot": lambda path: parsed(path.read_bytes(), "x"),
    "a store of backups": lambda path: Store(path.parent).snapshot(),
    "a moment of rights": moments.load,
    "people of CSV": lambda path: read_people(path.rename(path.with_suffix(".csv"))),
    "people of LDIF": lambda path: read_people(path.rename(path.with_suffix(".ldif"))),
    "a file of the command line": lambda path: inputs.read_data(str(path)),
    "a setting of the command line": lambda path: inputs.assignments([f"x={text_of(path)}"]),
    "a variable": lambda path: graphql._variable(f"x={text_of(path)}"),
    "a log that is chained": lambda path: list(chain.entries(text_of(path).splitlines(keepends=True))),
    "a token": lambda path: read_token(f"eyJh.{text_of(path)}.x"),
}


@pytest.mark.parametrize("reader", READERS)
def test_what_breaks_parsers_is_refused(reader: str, tmp_path: Path) -> None:
    for number, (name, text) in enumerate(BOMBS.items()):
        place = tmp_path / str(number) / "x"
        place.parent.mkdir()
        place.write_bytes(text.encode("utf-8", "surrogateescape"))
        began, said = time.thread_time(), ""
        try:
            READERS[reader](place)
        except (exc.WikiJSException, CommandError) as error:
            said = str(error)
        except ValueError as error:
            said = "" if reader in {"TOML", "an event"} else f"{error!r}\n"
        assert "\n" not in said, name
        assert len(said) < 1_000, name
        assert time.thread_time() - began < SECONDS, name


@pytest.mark.parametrize("value", ["[" * LONG, "", "[]", "9" * LONG, "null"])
def test_what_a_server_says_of_its_settings_is_refused_too(value: str) -> None:
    pair = KeyValue.model_construct(key="minDelay", value=value)
    with pytest.raises(exc.ServerError, match="'minDelay' in a way that cannot be read"):
        module_settings.settings([pair])


def test_what_pandoc_makes_of_a_page_may_be_nested_too_deeply(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pandoc, "run_pandoc", lambda *_: "[" * LONG)
    with pytest.raises(FileRefusedError, match="nested too deeply"):
        pandoc._blocks("x", "html", print)


# What is in the code.

OWN: Final = {
    "wikijs/gateway/limits/policy.py",
    "wikijs/gateway/jobs/store.py",
    "wikijs/gateway/access/keys.py",
    "wikijs/gateway/idempotency.py",
    "wikijs/webhooks/sending/endpoints.py",
    "wikijs/webhooks/sending/outbox.py",
    "wikijs/webhooks/sending/payloads.py",
    "wikijs/webhooks/sending/sealing.py",
    "wikijs/webhooks/sinks/svix.py",
    "wikijs/feed/listing.py",
    "wikijs/feed/store.py",
    "wikijs/feed/snapshot.py",
    "wikijs/sync/state.py",
    "wikijs/sync/texts.py",
}
"""They read rows of a database that only they write."""
MADE_HERE: Final = {
    "wikijs/gateway/routes/operations.py",
    "wikijs/gateway/portal/asking.py",
    "wikijs/core/calls/exposure.py",
    "wikijs/core/values/emoji.py",
    "wikijs/core/transport/subscriptions.py",  # what is sent; what comes is caught
    "wikijs/plugins/testing.py",
    "wikijs/plugins/types.py",  # for the plugin that asks for it
}
"""They read what this very process has written, or what lies in the package."""
PARSERS: Final = {("json", "loads"), ("tomllib", "loads"), ("tomllib", "load"), ("json", "load")}


def named(*trees: ast.AST | None) -> frozenset[str]:
    """All names in these expressions."""
    return frozenset(name.id for tree in trees if tree for name in ast.walk(tree) if isinstance(name, ast.Name))


def parsing(tree: ast.AST, caught: frozenset[str] = frozenset()) -> Iterator[tuple[int, frozenset[str]]]:
    """Lines with calls of parsers, and the errors that are caught around them."""
    for child in ast.iter_child_nodes(tree):
        if isinstance(child, ast.Try):
            yield from parsing(ast.Module(child.body, []), caught | named(*(each.type for each in child.handlers)))
            yield from parsing(ast.Module([*child.orelse, *child.finalbody], []), caught)
            for handler in child.handlers:
                yield from parsing(handler, caught)
            continue
        if isinstance(child, ast.Call) and isinstance(child.func, ast.Attribute):
            owner = child.func.value
            if isinstance(owner, ast.Name) and (owner.id, child.func.attr) in PARSERS:
                yield child.lineno, caught
        around = (item.context_expr for item in child.items) if isinstance(child, ast.With) else ()
        yield from parsing(child, caught | named(*around))


def test_no_parser_is_called_that_may_break_the_program() -> None:
    root = Path(wikijs.__file__).parent
    bare: list[Any] = []
    for file in sorted(root.rglob("*.py")):
        name = f"wikijs/{file.relative_to(root)}"
        if name in OWN | MADE_HERE or name.split("/")[1] in {"sandbox", "codegen", "schema_tools"}:
            continue
        text = file.read_text(encoding="utf-8")
        if not any(f"{owner}.{function}(" in text for owner, function in PARSERS):
            continue
        for line, caught in parsing(ast.parse(text)):
            if not caught & {"RecursionError", "Exception", "refusing"}:
                bare.append(f"{name}:{line}")
    assert bare == []
