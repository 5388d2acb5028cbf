"""Take this repository to the schema of another Wiki.js: pull, compare, mend and draft queries, generate, check, test.

python -m wikijs.schema_tools.upgrade (--url URL | --sdl SCHEMA) [--server-version VERSION] [--report FILE]

It changes files and commits nothing. The report says what was done, what is left to a person, and which tests fail.
Credentials, in WIKIJS_API_KEY or in WIKIJS_EMAIL and WIKIJS_PASSWORD, are needed only to read the wiki's version.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from graphql import GraphQLSchema

from wikijs.codegen.errors import CodegenError
from wikijs.codegen.reading import config, documents
from wikijs.codegen.reading.config import Config
from wikijs.exceptions import WikiJSException
from wikijs.schema_tools import diff, drafts, operations, pulling, repairs, server, sources
from wikijs.schema_tools.drafts import Draft, Drafting
from wikijs.schema_tools.operations import Checked
from wikijs.schema_tools.sources import SDL_FILE, Loaded
from wikijs.schema_tools.together import Together

from . import changelog, report
from .failing import failing_tests
from .report import Upgrade


def upgrade(
    settings: Config,
    loaded: Loaded,
    *,
    version: str | None = None,
    history: Path | None = None,
    tests: Sequence[str] = (),
) -> Upgrade:
    """Do everything, in order. Nothing is written before the new schema is known to be one.

    Args:
        settings: Those of code generation, which say where everything is.
        loaded: The new schema.
        version: The Wiki.js version that it comes from, unless `loaded` says.
        history: The changelog, if it is to get entries.
        tests: Arguments for pytest.

    Raises:
        CodegenError: The schema or the queries of before cannot be read, or the version is needed and not known.
    """
    if settings.schema.name != SDL_FILE:
        raise CodegenError(f"{settings.name}: `schema_path` must name a file called {SDL_FILE}.")
    files = documents.graphql_files(settings.queries)
    before = _operations(settings)
    difference = diff.compare(sources.load(settings.schema.as_posix()).schema, loaded.schema, before)
    pulled = pulling.pull(loaded, settings.schema.parent, version, own_facts=True)
    done = Upgrade(difference, pulled)
    if not pulled.changed:
        return done
    renamed = {change.at: change.renamed for change in difference.changes if change.renamed}
    done.edits = repairs.repair(files, loaded.schema, renamed)
    try:
        done.drafts = _drafted(settings, loaded.schema)
        done.problems += _unfit(settings, loaded.schema) or _generate(settings)
    except CodegenError as error:  # the queries do not even hang together any more
        done.problems += error.problems
    if not done.problems:  # otherwise it is the old package that they would test
        done.failures, done.problems = failing_tests(settings.root, tests)
    if history is not None:
        done.entries = report.entries(done, {operation.name: operation for operation in before})
        try:
            text = changelog.with_entries(history.read_text(encoding="utf-8"), done.entries, settings.shown(history))
            history.write_text(text, encoding="utf-8")
        except CodegenError as error:
            done.problems += error.problems
    return done


def _operations(settings: Config) -> tuple[Checked, ...]:
    """The operations of the repository, with the methods that they become."""
    found = operations.of_files([settings.queries], "client", ours=False)
    return tuple(
        replace(operation, method=report.method(operation.name, operation.server_field)) for operation in found
    )


def _drafted(settings: Config, schema: GraphQLSchema) -> tuple[Draft, ...]:
    """Draft an operation for each field that has none."""
    covered = {operation.server_field for operation in _operations(settings)}
    drafting = Drafting(schema, operations.fragments_of([settings.queries]), _not_to_select(settings))
    made: list[Draft] = []
    for server_field in drafts.missing(schema, covered):
        file = drafts.append(_folder(settings.queries), server_field, drafting.operation(server_field))
        made.append(Draft(drafts.operation_name(server_field), server_field, file))
    return tuple(made)


def _folder(queries: Path) -> Path:
    return queries if queries.is_dir() else queries.parent


def _not_to_select(settings: Config) -> set[str]:
    """Fields that need a permission of their own, and those that always fail."""
    facts = settings.schema.parent / sources.FACTS_FILE
    guarded: dict[str, Any] = json.loads(facts.read_text(encoding="utf-8"))["field_permissions"]
    table: dict[str, Any] = {}
    if settings.corrections is not None:
        table = tomllib.loads(settings.corrections.read_text(encoding="utf-8"))
    failing = {row["at"] for row in table.get("correction", ()) if row.get("action") == "unselectable"}
    return {*guarded, *failing}


def _unfit(settings: Config, schema: GraphQLSchema) -> list[str]:
    """What still does not fit, an operation a sentence."""
    found = _operations(settings)
    refusals = Together(found).refused_by(schema)
    return [
        f"{operation.name} does not fit and could not be mended: {refused[0].message}"
        for operation, refused in zip(found, refusals, strict=True)
        if refused
    ]


def _generate(settings: Config) -> list[str]:
    """Generate in an interpreter of its own, which has not loaded what is generated anew."""
    command = ["-m", "wikijs.codegen", "--config", (settings.root / settings.name).as_posix()]
    ended = subprocess.run(  # noqa: S603  our own program
        [sys.executable, *command], cwd=settings.root, capture_output=True, text=True, check=False
    )
    if not ended.returncode:
        return []
    said = (ended.stderr or ended.stdout).strip().splitlines()
    return [f"The package could not be generated: {line}" for line in said or ["no reason was given"]]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code: 0 done, 1 something failed, which the report names."""
    parser = argparse.ArgumentParser(
        prog="python -m wikijs.schema_tools.upgrade",
        description="Take this repository to the schema of another Wiki.js.",
    )
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--url", help="a running wiki")
    source.add_argument("--sdl", help="a file or folder of SDL, an introspection result, or bundled@VERSION")
    parser.add_argument("--server-version", help="its version, where it cannot be read")
    parser.add_argument("--config", type=Path, default=Path("codegen.toml"))
    parser.add_argument("--changelog", type=Path, default=Path("CHANGELOG.md"))
    parser.add_argument("--report", type=Path, help="write the report to this file, too")
    parser.add_argument("tests", nargs="*", help="arguments for pytest, after --")
    options = parser.parse_args(arguments)
    try:
        settings = config.load(options.config)
        history = options.changelog.resolve() if options.changelog.is_file() else None
        done = upgrade(
            settings,
            _load(options.url, options.sdl),
            version=options.server_version,
            history=history,
            tests=options.tests,
        )
    except (CodegenError, WikiJSException) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    text = report.as_markdown(done, settings)
    sys.stdout.write(text)
    if options.report is not None:
        options.report.write_text(text, encoding="utf-8")
    return 0 if done.clean else 1


def _load(url: str | None, sdl: str | None) -> Loaded:
    if url is None:
        return sources.load(sdl or sources.BUNDLED)
    from wikijs import WikiJSClient
    from wikijs.auth import PasswordAuth

    key, email, password = (os.environ.get(f"WIKIJS_{name}", "") for name in ("API_KEY", "EMAIL", "PASSWORD"))
    auth = key or (PasswordAuth(email, password) if email and password else None)
    with WikiJSClient(url, auth=auth) as client:
        return server.introspect(client)


if __name__ == "__main__":
    sys.exit(main())
