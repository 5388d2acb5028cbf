"""What a client finds out about a server that is older than the schema this package was made from.

Such a server refuses a whole document for one field or argument that came later, and names all that it does not know.
What can be left out is left out from then on, of every operation of this client: fields that may be missing in their
model anyway, and arguments that were not given or say what the server does without them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import field, replace
from importlib import import_module
from typing import Any, Final, TypeGuard, TypeVar, cast

from pydantic_core import from_json, to_json

from wikijs.exceptions import QueryError, UnsupportedByServerError

from ..flow import BareReply, Reply
from ..operations import MARK, Operation, OperationSpec
from ..values.patterns import LazyPattern
from ..values.records import record

T = TypeVar("T")

# The second form is that of graphql-js 14, in releases before 2.5.105.
_FIELD: Final = LazyPattern(r'Cannot query field "(\w+)" on type "(\w+)"')
_ARGUMENT: Final = LazyPattern(r'Unknown argument "(\w+)" on field "(?:(\w+)\.)?(\w+)"(?: of type "(\w+)")?')
_TYPE: Final = LazyPattern(r'Unknown type "(\w+)"')
_TAG: Final = "Cannot return null for non-nullable field PageTag."

_PARTS_OF_TAGS: Final = {("PageTag", "id"), ("PageTag", "createdAt"), ("PageTag", "updatedAt")}
"""Before 2.5.105 the tags of a page have only a name and a title, though the schema says otherwise."""
OURS: Final = "wikijs_generated"
_LIST_OF_TAGS: Final = "pages.tags"
"""The one operation that had whole tags then, too."""
_UNSET: Final = "1970-01-01T00:00:00.000Z"

DEFAULTS: Final[Mapping[str, Any]] = {"redirectOnLogin": "/", "tocPosition": "left", "verifySSL": True}
"""What servers do that lack an argument. Leaving one out that asks for just that changes nothing."""

FILLED: Final[Mapping[tuple[str, str], Any]] = {
    ("Group", "redirectOnLogin"): "/",
    ("User", "tfaIsActive"): False,
    ("PageTag", "id"): 0,
    ("PageTag", "createdAt"): _UNSET,
    ("PageTag", "updatedAt"): _UNSET,
}
"""What holds on servers that lack a field, by type and name, where the model cannot do without it.

Their place in an answer is held by the name of the type, under the name of the field.
"""


def is_about_schema(message: str) -> bool:
    """Whether a server says with this that it does not know a part of a document."""
    return message.startswith(_TAG) or any(pattern.match(message) for pattern in (_FIELD, _ARGUMENT, _TYPE))


@record(frozen=False)
class OlderServer:
    """What one client knows of its server. Nothing, as long as the server knows everything it is asked."""

    version: str | None = None
    """The version that the server told; None before it was asked, and where it does not tell."""
    was_asked: bool = False
    fields: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])
    """Type and name of fields that it lacks."""
    arguments: set[tuple[str, str, str]] = field(default_factory=set[tuple[str, str, str]])
    """Type, field and name of arguments that it lacks."""
    _fitted: dict[OperationSpec[Any], _Fitted] = field(
        default_factory=dict["OperationSpec[Any]", "_Fitted"], repr=False
    )

    def has(self, type_name: str, field_name: str) -> bool:
        """Whether the server has a field, as far as it has not said otherwise."""
        return (type_name, field_name) not in self.fields

    def learn(self, error: QueryError) -> None:
        """Remember what a server said that it does not know."""
        for message in (str(item.get("message", "")) for item in error.errors):
            if found := _FIELD.match(message):
                self.fields.add((found[2], found[1]))
            elif found := _ARGUMENT.match(message):
                self.arguments.add((found[2] or found[4] or "", found[3], found[1]))
            if message.startswith(_TAG) or "scriptCss" in message:  # the same release brought both
                self.fields |= _PARTS_OF_TAGS
        self._fitted.clear()

    def fit(self, operation: Operation[T]) -> Operation[T]:
        """The operation without what the server does not know; itself where nothing is to be left out.

        Raises:
            UnsupportedByServerError: An argument that the server does not know was given.
        """
        if not self.fields and not self.arguments:
            return operation
        spec = operation.spec
        fitted = self._fitted.get(spec) or self._fitted.setdefault(spec, self._fit(spec))
        if fitted.spec is spec:
            return operation
        lost = [name for name in fitted.dropped if not _is_default(name, operation.variables.get(name))]
        if lost:
            raise UnsupportedByServerError(
                f"The server does not know {' and '.join(lost)}.", operation=spec.server_field, arguments=lost
            )
        kept = {name: value for name, value in operation.variables.items() if name not in fitted.dropped}
        return replace(operation, spec=fitted.spec, variables=kept)

    def keeps_apart(self, fitted: Iterable[Operation[Any]]) -> bool:
        """Whether operations cannot share a document, since one has a fragment whole of which another has a part."""
        if not self.fields:
            return False
        sources: dict[str, str] = {}
        return any(
            sources.setdefault(name, operation.spec.fragment_sources[name]) != operation.spec.fragment_sources[name]
            for operation in fitted
            for name in operation.spec.fragments
        )

    def complete(self, reply: Reply) -> Reply:
        """A server's answer with the fields filled in that it lacks and whose values are known all the same."""
        if not self.fields:
            return reply
        missing = {name: (owner, FILLED[owner, name]) for owner, name in self.fields if (owner, name) in FILLED}
        if not missing:
            return reply
        try:
            body = from_json(reply.content)
        except ValueError:
            return reply  # whoever reads it says what is wrong
        return BareReply(reply.status_code, reply.headers, to_json(_filled(body, missing)))

    def _fit(self, spec: OperationSpec[Any]) -> _Fitted:
        namespace, _, name = spec.server_field.partition(".")
        fields = self.fields - _PARTS_OF_TAGS if spec.server_field == _LIST_OF_TAGS else self.fields
        sources = {fragment: _without_fields(spec, fragment, fields) for fragment in spec.fragments}
        arguments = [
            argument
            for owner, of, argument in self.arguments
            if of == name and owner.lower() == f"{namespace.removesuffix('s')}{spec.kind}"
        ]
        selection, definitions = spec.selection, spec.variable_definitions
        dropped: tuple[str, ...] = ()
        for argument in arguments:
            selection, definitions, variables = _without_argument(selection, definitions, argument)
            dropped += variables
        if not dropped and all(source == spec.fragment_sources[fragment] for fragment, source in sources.items()):
            return _Fitted(spec)
        return _Fitted(
            replace(spec, fragment_sources=sources, selection=selection, variable_definitions=definitions),
            dropped,
        )


@record
class _Fitted:
    """A spec for an older server, and the names of variables that it no longer has."""

    spec: OperationSpec[Any]
    dropped: tuple[str, ...] = ()


def unsupported(error: QueryError, spec: OperationSpec[Any], version: str | None) -> UnsupportedByServerError:
    """The error of an operation that a server does not have, in words that say which version has it."""
    name, since = spec.server_field, spec.since
    arguments = getattr(error, "arguments", ())
    what = f"{name} with {' and '.join(arguments)}" if arguments else name
    is_older = bool(since) and (version is None or _order(version) < _order(since))
    if is_older:
        message = f"{what} needs Wiki.js {since} or later; this server is {version or 'older'}."
    else:
        message = f"{what} does not fit this server, Wiki.js {version or 'of unknown version'}: {error.message}"
    hidden = "" if version else " Only who has manage:system is told which version a server has."
    return UnsupportedByServerError(
        message,
        operation=name,
        needs=since or None,
        version=version,
        arguments=arguments,
        hint=f"`wikijs schema check` lists all that this server lacks.{hidden}",
        status=error.status,
        errors=error.errors,
        data=error.data,
    )


def _order(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version))


def _is_default(name: str, value: Any) -> bool:
    return value in (None, "", [], (), {}) or value == DEFAULTS.get(name, None)


def _without_fields(spec: OperationSpec[Any], fragment: str, fields: Iterable[tuple[str, str]]) -> str:
    """A fragment without those of its fields that the server lacks, where their model can do without."""
    head, _, rest = spec.fragment_sources[fragment].partition("\n")
    type_name = head.split()[3]
    for name in sorted(name for owner, name in fields if owner == type_name):
        if (type_name, name) in FILLED:
            rest = re.sub(rf"^  {name}$", f"  {name}: __typename", rest, flags=re.MULTILINE)
        elif not _is_required(spec, fragment, name):
            rest = re.sub(rf"^  {name}\b(?: \{{\n(?:    .*\n)*  \}})?\n", "", rest, flags=re.MULTILINE)
    return f"{head}\n{rest}"


def _filled(value: Any, missing: Mapping[str, tuple[str, Any]]) -> Any:
    """A part of an answer, with what is missing in the places that the names of types hold."""
    if _is_list(value):
        return [_filled(item, missing) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: missing[key][1] if key in missing and item == missing[key][0] else _filled(item, missing)
        for key, item in cast("dict[str, Any]", value).items()
    }


def _is_list(value: Any) -> TypeGuard[list[Any]]:
    return isinstance(value, list)


def _is_required(spec: OperationSpec[Any], fragment: str, name: str) -> bool:
    """Whether the model of a fragment cannot be made without a field."""
    for package in (spec.model.partition(":")[0].rpartition(".")[0], OURS):
        try:
            model: Any = getattr(import_module(f"{package}.fragments"), fragment)
        except (ImportError, AttributeError):  # an operation may be decoded into a model from somewhere else
            continue
        found = [info for key, info in model.model_fields.items() if name in {key, info.alias}]
        return any(info.is_required() for info in found)
    return True


def _without_argument(selection: str, definitions: str, name: str) -> tuple[str, str, tuple[str, ...]]:
    """A selection and its variables without an argument; and the names of the variables that it was given by."""
    pattern = re.compile(rf"[\s,]*\b{name}: \${MARK}(\w+)")
    variables = tuple(pattern.findall(selection))
    selection = re.sub(r"\(\s*\)", "", pattern.sub("", selection))
    for variable in variables:
        definitions = re.sub(rf"(?:, )?\${MARK}{variable}: [^,]+", "", definitions).removeprefix(", ")
    return selection, definitions, variables
