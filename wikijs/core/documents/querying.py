"""Queries for one-offs: fields chosen in Python, an operation like any other as the result.

`wikijs.q` holds what can be asked, generated from the schema; this module makes an operation of a choice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from ..operations import MARK, UNSET, Operation, OperationSpec

if TYPE_CHECKING:
    from pydantic import BaseModel

F_contra = TypeVar("F_contra", bound=str, contravariant=True)
T_co = TypeVar("T_co", covariant=True)

Arguments = Mapping[str, tuple[str, Any]]
"""By the server's name: the GraphQL type of an argument, and its value."""

_LEAF: Final = "leaf"


class QuerySpec(OperationSpec[T_co]):
    """The spec of a query that was put together at run time. Its leaf is plain JSON, not a model."""

    @cached_property
    def result(self) -> type[BaseModel]:
        """A model of the reply down to the leaf, which is left as it is."""
        import pydantic

        create: Any = pydantic.create_model  # whose overloads know no names of fields that are made up
        namespace, field = self.keys
        inside: Any = create("Namespace", **{_LEAF: (Any, pydantic.Field(alias=field))})
        model: type[BaseModel] = create("Data", **{namespace: (inside, ...)})
        return model


class QueryField(Generic[F_contra, T_co]):
    """A field of the server with its arguments, of which the parts to read are still to be chosen.

    Attributes:
        selectable: What `select` takes.
    """

    def __init__(
        self, server_field: str, arguments: Arguments, selectable: Iterable[str], requires: tuple[str, ...], since: str
    ) -> None:
        self._server_field = server_field
        self._arguments = arguments
        self.selectable = tuple(selectable)
        self._requires = requires
        self._since = since

    def select(self, *fields: F_contra) -> Operation[T_co]:
        """Choose what to read. The answer is plain JSON with the server's names, for `client.query`.

        Args:
            fields: Names as the schema has them; a dot leads into an object, such as "tags.tag".

        Raises:
            ValidationError: Nothing was chosen, or a field does not exist.
        """
        from wikijs.exceptions import ValidationError

        if not fields:
            known = ", ".join(self.selectable[:5])
            raise ValidationError("No field was selected.", operation=self._server_field, hint=f"For example: {known}.")
        for name in fields:
            if name not in self.selectable:
                near = get_close_matches(name, self.selectable, n=2)
                raise ValidationError(
                    f"{self._server_field} has no field {name!r}.",
                    operation=self._server_field,
                    hint=f"Did you mean {' or '.join(repr(each) for each in near)}?"
                    if near
                    else f"There are {', '.join(self.selectable)}.",
                )
        return operation(self._server_field, self._arguments, tuple(fields), self._requires, self._since)

    def __repr__(self) -> str:
        return f"<QueryField {self._server_field}: select {', '.join(self.selectable)}>"


def operation(
    server_field: str,
    arguments: Arguments = {},  # noqa: B006  never changed
    fields: tuple[str, ...] = (),
    requires: tuple[str, ...] = (),
    since: str = "",
) -> Operation[Any]:
    """The operation that reads some fields; what has no fields of its own is read as it is."""
    given = {name: (type_, value) for name, (type_, value) in arguments.items() if value is not UNSET}
    types = tuple((name, type_) for name, (type_, _) in given.items())
    spec = _spec(server_field, types, fields, requires, since)
    return Operation(spec, {name: value for name, (_, value) in given.items()})


@cache  # programs ask for few different things, again and again
def _spec(
    server_field: str,
    arguments: tuple[tuple[str, str], ...],
    fields: tuple[str, ...],
    requires: tuple[str, ...],
    since: str,
) -> QuerySpec[Any]:
    namespace, field = server_field.split(".")
    values = ", ".join(f"{name}: ${MARK}{name}" for name, _ in arguments)
    call = f"{field}({values})" if values else field
    inside = f" {{ {_selection(fields)} }}" if fields else ""
    return QuerySpec(
        name=namespace[:1].upper() + namespace[1:] + field[:1].upper() + field[1:],
        kind="query",
        server_field=server_field,
        model="",
        path=(namespace, _LEAF),
        keys=(namespace, field),
        selection=f"{MARK}{namespace}: {namespace} {{\n  {call}{inside}\n}}",
        variable_definitions=", ".join(f"${MARK}{name}: {type_}" for name, type_ in arguments),
        requires=requires,
        since=since,
    )


def _selection(fields: Iterable[str]) -> str:
    """`id tags { tag }` of "id" and "tags.tag"."""
    parts: dict[str, list[str]] = {}
    for name in fields:
        first, _, rest = name.partition(".")
        parts.setdefault(first, []).extend([rest] if rest else [])
    return " ".join(f"{name} {{ {_selection(inner)} }}" if inner else name for name, inner in parts.items())
