"""`wikijs schema ...`."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from ...core.values.installing import pip_line
from ..frame.command import command, group
from ..frame.failures import CommandError, ExitCode
from ..frame.output import note, show_data, show_list, wants_data, write_text
from ..frame.session import Session

if TYPE_CHECKING:
    from wikijs.schema_tools.diff import Severity
    from wikijs.schema_tools.operations import Checked
    from wikijs.schema_tools.sources import Loaded

app = typer.Typer(no_args_is_help=True)

DANGEROUS_CODE: Final = 10
BREAKING_CODE: Final = 11


class FailOn(StrEnum):
    """The severity from which on the exit code tells."""

    DANGEROUS = "dangerous"
    BREAKING = "breaking"
    NEVER = "never"


_Queries = Annotated[
    list[Path] | None,
    typer.Option("--queries", metavar="PATH", help="Query files of yours, or a folder of them; may be repeated."),
]
_FailOn = Annotated[
    FailOn, typer.Option("--fail-on", metavar="dangerous|breaking|never", help="From where on the exit code tells.")
]


@group(app, example="wikijs schema check")
def schema(session: Session) -> None:
    """The GraphQL schema of a wiki, and whether this client fits it.

    A SCHEMA is a file of SDL or of an introspection result, a folder of SDL, the URL of a wiki, `bundled` for what this
    client was made for, or `bundled@2.5.201` for what that version of Wiki.js has (any since 2.0.1).
    """


@command(
    app,
    "pull",
    example="wikijs schema pull --url https://wiki.example.com -o schema/",
    fields=("folder", "version", "changed", "toFillIn", "permissions"),
)
def pull(
    session: Session,
    *,
    sdl: Annotated[
        str | None, typer.Option("--sdl", metavar="SCHEMA", help="Read this schema instead of asking the wiki.")
    ] = None,
    output: Annotated[Path, typer.Option("-o", "--output", metavar="FOLDER", help="Where to write.")] = Path("schema"),
    server_version: Annotated[
        str | None,
        typer.Option(metavar="VERSION", help="The wiki's version, which it tells only those with manage:system."),
    ] = None,
) -> None:
    """Write a wiki's schema as SDL in canonical order, and the facts about it.

    facts.json holds what introspection does not show: permissions, rate limits, first versions. Those of the folder are
    kept, or those of this client, and completed: operations that nobody knows yet are marked with "todo". Where the
    wiki does not tell its schema, the message says what to do instead. Files are replaced together or not at all.
    """
    with _tools():
        from wikijs.schema_tools import pulling

        loaded = _load(session, sdl or session.target.url)
        pulled = pulling.pull(loaded, output, server_version)
    if wants_data(session):
        show_data(session, pulled)
        return
    files = " and ".join((output / name).as_posix() for name in pulled.changed)
    known = f" (Wiki.js {pulled.version})" if pulled.version else ""
    if not session.quiet:
        write_text(f"Wrote {files}{known}.\n" if files else f"{output.as_posix()} is up to date{known}.\n")
    for sentence in pulled.permissions:
        note(f"wikijs: {sentence}")
    for name in pulled.to_fill_in:
        note(f"wikijs: {name} is new: fill in its permissions and rate limit in {(output / 'facts.json').as_posix()}.")


@command(
    app,
    "diff",
    example="wikijs schema diff bundled@2.5.201 bundled --queries queries/",
    fields=("from", "to", "severity", "bump", "changes"),
)
def diff(
    session: Session,
    old: Annotated[str, typer.Argument(metavar="A", help="A schema: what there was.")],
    new: Annotated[str, typer.Argument(metavar="B", help="A schema: what there is.")],
    *,
    queries: _Queries = None,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print Markdown, for a pull request.")] = False,
    fail_on: _FailOn = FailOn.DANGEROUS,
) -> None:
    """Show what changed between two schemas, and which operations of this client and of yours it touches.

    Exit codes: 0 nothing or only safe changes, 10 dangerous changes, 11 breaking changes, 1 failed.
    """
    with _tools():
        from wikijs.schema_tools import diff as comparison
        from wikijs.schema_tools import rendering

        before, now = _load(session, old), _load(session, new)
        difference = comparison.compare(before.schema, now.schema, _operations(queries))
        if wants_data(session):
            show_data(session, rendering.diff_data(difference, before.name, now.name))
        elif markdown:
            write_text(rendering.as_markdown(difference, before.name, now.name))
        elif not session.quiet:
            write_text(rendering.as_text(difference))
    _exit(difference.severity, fail_on)


@command(
    app,
    "check",
    example="wikijs schema check --url https://wiki.example.com",
    fields=("server", "version", "compared", "identity", "permissions", "counts", "operations"),
    lists=True,
    reads=True,
)
def check(
    session: Session,
    *,
    sdl: Annotated[
        str | None, typer.Option("--sdl", metavar="SCHEMA", help="Check against this schema instead of a wiki.")
    ] = None,
    queries: _Queries = None,
    probe: Annotated[
        bool,
        typer.Option("--probe", help="Do not ask for the schema, but for what the wiki would accept."),
    ] = False,
    everything: Annotated[bool, typer.Option("--all", help="List what fits, too.")] = False,
    fail_on: _FailOn = FailOn.DANGEROUS,
) -> None:
    """Show which operations a wiki lacks, which it serves differently, and which your credentials do not allow.

    Nothing is executed. Where the wiki does not tell its schema, it is asked which operations it would accept: all of
    them are sent in one document, with the name of an operation that is not in it.

    Exit codes: 0 everything fits, 10 something is served differently, 11 something is missing or refused, 1 failed.
    Missing permissions do not change it.
    """
    with _tools():
        from wikijs.schema_tools import checking, rendering

        operations = _operations(queries)
        if sdl is not None:
            report = checking.check_schema(_load(session, sdl), operations)
        else:
            with session.client() as client:
                report = checking.check_server(client, operations, introspect=not probe)
        if wants_data(session):
            show_data(session, rendering.check_data(report))
        else:
            shown = [
                found for found in report.findings if everything or found.fit is not checking.Fit.FITS or found.lacks
            ]
            show_list(
                session,
                [
                    {
                        "method": rendering.label(found.operation),
                        "fit": found.fit.value,
                        "since": found.operation.since,
                        "why": rendering.why(found),
                        "lacks": rendering.lacking(found.lacks),
                    }
                    for found in shown
                ],
                ("method", "fit", "since", "why", "lacks"),
                key="method",
                empty_is_good=True,
            )
            if not session.quiet:
                for sentence in rendering.conclusions(report):
                    note(sentence)
    _exit(report.severity, fail_on)


def _operations(queries: Sequence[Path] | None) -> tuple[Checked, ...]:
    """Those of this client, then those of the user."""
    from wikijs.schema_tools import operations

    own = operations.of_files(queries) if queries else ()
    return (*operations.of_client(), *own)


def _load(session: Session, source: str) -> Loaded:
    from wikijs.schema_tools import server, sources

    if not source.startswith(("http://", "https://")):
        return sources.load(source)
    # Credentials go to the wiki that was chosen and to no other one. Schemas are told to everybody.
    if source == _chosen_or_none(session):
        with session.client() as client:
            return server.introspect(client)
    from wikijs import WikiJSClient

    with WikiJSClient(source, timeout=session.timeout or 30.0, http_client=session.http) as client:
        return server.introspect(client)


def _chosen_or_none(session: Session) -> str | None:
    try:
        return session.target.url
    except CommandError:
        return None


def _exit(severity: Severity | None, fail_on: FailOn) -> None:
    codes = {"DANGEROUS": DANGEROUS_CODE, "BREAKING": BREAKING_CODE}
    name = severity.name if severity else "NONE"
    if fail_on is FailOn.NEVER or (fail_on is FailOn.BREAKING and name == "DANGEROUS"):
        return
    if name in codes:
        raise typer.Exit(codes[name])


@contextmanager
def _tools() -> Generator[None]:
    """Say in words what is wrong with schemas and queries, and which extra is missing."""
    try:
        from wikijs.codegen.errors import CodegenError
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "graphql":
            raise
        raise CommandError("The schema commands are an extra.", hint=pip_line("codegen")) from None
    try:
        yield
    except CodegenError as error:
        _explain(error.problems)


def _explain(problems: Iterable[str]) -> None:
    *before, last = problems
    for problem in before:
        note(f"wikijs: {problem}")
    raise CommandError(last, code=ExitCode.FAILED)
