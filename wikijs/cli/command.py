"""What all commands share: the global options, before or after the subcommand, and how they fail."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Final, TypeVar, get_type_hints

import typer

from .failures import report
from .session import Session, debugging

F = TypeVar("F", bound=Callable[..., None])

_PANEL: Final = "Global options"


def _global_options(
    *,
    url: Annotated[
        str | None, typer.Option(metavar="URL", help="Root of the wiki; else WIKIJS_URL.", rich_help_panel=_PANEL)
    ] = None,
    # There is no option for the key itself: arguments can be read by everybody in the list of processes.
    api_key_file: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="File that holds an API key; else WIKIJS_API_KEY.", rich_help_panel=_PANEL),
    ] = None,
    timeout: Annotated[
        float | None,
        typer.Option(metavar="SECONDS", help="How long to wait for the server; 30 by default.", rich_help_panel=_PANEL),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.", rich_help_panel=_PANEL)] = False,
    debug: Annotated[
        bool, typer.Option("--debug", help="Show operations and times on stderr.", rich_help_panel=_PANEL)
    ] = False,
) -> None:
    """The global options; typer reads them off this signature."""


def command(app: typer.Typer, name: str, *, example: str) -> Callable[[F], F]:
    """Register a function as a command. It gets the session first, its own arguments after it."""

    def register(function: F) -> F:
        app.command(name, epilog=f"Example: {example}")(_with_global_options(function))
        return function

    return register


def group(app: typer.Typer, *, example: str) -> Callable[[F], F]:
    """Register a function as what a command group does before its commands; its docstring describes the group."""

    def register(function: F) -> F:
        app.callback(epilog=f"Example: {example}")(_with_global_options(function))
        return function

    return register


def _with_global_options(function: Callable[..., None]) -> Callable[..., None]:
    own = _parameters(function)[1:]
    shared = _parameters(_global_options)

    def run(context: typer.Context, **values: Any) -> None:
        session = context.ensure_object(Session)
        for option in shared:
            given = values.pop(option.name)
            if given is not None and given is not False:  # an option that is not given here may have been given before
                setattr(session, option.name, given)
        _run(session, function, values)

    context = inspect.Parameter("context", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=typer.Context)
    parameters = [context, *own, *shared]
    run.__doc__ = function.__doc__
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # what typer reads
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return run


def _parameters(function: Callable[..., None]) -> list[inspect.Parameter]:
    hints = get_type_hints(function, include_extras=True)
    return [
        parameter.replace(annotation=hints[parameter.name], kind=inspect.Parameter.KEYWORD_ONLY)
        for parameter in inspect.signature(function).parameters.values()
    ]


def _run(session: Session, function: Callable[..., None], values: dict[str, Any]) -> None:
    try:
        with debugging(session.debug):
            function(session, **values)
            sys.stdout.flush()  # here a reader that has gone away is noticed while it can still be handled
    except (typer.Exit, typer.Abort, typer.TyperException, BrokenPipeError):
        raise
    except Exception as error:
        code = report(error, has_credentials=session.has_credentials)
        if session.debug:
            _show_place(error)
        raise typer.Exit(code) from None


def _show_place(error: Exception) -> None:
    """The way to an error without its texts and values, which may hold a token."""
    import traceback

    for frame in traceback.extract_tb(error.__traceback__):
        sys.stderr.write(f"wikijs: {frame.filename}:{frame.lineno} in {frame.name}\n")
