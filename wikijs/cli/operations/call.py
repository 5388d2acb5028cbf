"""`wikijs call NAMESPACE.OPERATION`."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from typing import Annotated, Any, cast

import typer
import typer.main

from wikijs.core.calls.signatures import Call, calls, find

from ..frame.command import check_fields, command, group
from ..frame.lazy import LazyGroup, Placeholder
from ..frame.options import Command
from ..frame.output import printable, show_data, show_done, show_list, show_record, wants_data
from ..frame.session import Session
from .calling import option_of, parameters, read


class Operations(LazyGroup):
    """Every generated operation; the options of one are made when it is wanted."""

    def placeholders(self) -> list[Placeholder]:
        """A line for each operation, in a panel for each namespace."""
        return [Placeholder(name, one.summary, _loader(one), panel=one.namespace) for name, one in calls().items()]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The operation of that name, also as the schema or Python write it."""
        one = find(cmd_name)
        return super().get_command(ctx, one.name if one else cmd_name)


app = typer.Typer(no_args_is_help=True)


@group(app, example="wikijs call users.deactivate --id 3", cls=Operations)
def call(session: Session) -> None:
    """Execute any single operation of the server.

    It is sent as it is, without the safety that the other commands add: `pages.update` erases what is not given, and
    nothing asks before something is deleted. `wikijs call NAME --help` shows the arguments of one.
    """


def _loader(one: Call) -> Callable[[], Any]:
    def load() -> Any:
        parent = typer.Typer(add_completion=False)
        given = " ".join(f"{option_of(item)} ..." for item in one.arguments if item.is_required and item.kind != "bool")
        command(parent, one.name, example=f"wikijs call {one.name} {given}".strip(), cls=_command_class(one))(
            _function(one)
        )
        return typer.main.get_command(parent)

    return load


def _command_class(one: Call) -> type[Command]:
    class Operation(Command):
        def field_names(self) -> tuple[str, ...]:
            return one.fields

    return Operation


def _function(one: Call) -> Callable[..., None]:
    def execute(session: Session, *, dry_run: bool = False, **given: Any) -> None:
        operation = read(one, given)
        check_fields(session, one.fields)
        if dry_run:
            _show_request(session, operation)
            return
        with session.client() as client:
            if one.spec.kind == "subscription":
                for item in getattr(getattr(client, one.namespace), one.operation.replace("-", "_"))():
                    _show(session, item)
            else:
                _show(session, client.execute(operation))

    option = typer.Option("--dry-run", help="Print the document and its variables, and send nothing.")
    own = list(parameters(one))
    annotations = {"session": Session, **{item.name: item.annotation for item in own}}
    execute.__annotations__ = {**annotations, "dry_run": Annotated[bool, option]}
    signature = inspect.signature(execute)
    session, dry_run, _ = signature.parameters.values()
    execute.__signature__ = signature.replace(parameters=[session, *own, dry_run])  # type: ignore[attr-defined]
    execute.__doc__ = one.documentation
    return execute


def _show_request(session: Session, operation: Any) -> None:
    if wants_data(session):
        show_data(session, operation.payload())
        return
    from ..frame.structured import write_json

    sys.stdout.write(operation.spec.document + "\n")
    write_json(operation.variables)


def _show(session: Session, leaf: Any) -> None:
    """Whatever an operation gives."""
    from pydantic import BaseModel
    from wikijs_generated.fragments import ResponseStatus

    if isinstance(leaf, ResponseStatus):
        show_done(session, leaf.message or "Done.", leaf)
    elif wants_data(session):
        show_data(session, leaf)
    elif isinstance(leaf, BaseModel):
        show_record(session, leaf, key=_key(type(leaf)))
    elif isinstance(leaf, list) and leaf and isinstance(leaf[0], BaseModel):
        items = cast("list[BaseModel]", leaf)
        kind = type(items[0])
        show_list(session, items, tuple(kind.model_fields), key=_key(kind))
    else:
        lines = cast("list[object]", leaf) if isinstance(leaf, list) else [leaf]
        sys.stdout.writelines(f"{printable(str(line))}\n" for line in lines if line is not None)


def _key(model: type[Any]) -> str:
    names = list(model.model_fields)
    return "id" if "id" in names else names[0]
