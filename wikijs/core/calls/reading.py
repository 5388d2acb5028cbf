"""Operations of arguments that come as JSON, and what their JSON must look like."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any, Final, cast

from .signatures import aliases, plain

if TYPE_CHECKING:
    from wikijs.core.operations import Operation

    from .signatures import Argument, Call

_SMALLEST: Final = -(2**31)
_LARGEST: Final = 2**31 - 1
_JSON_TYPES: Final = {"str": "string", "int": "integer", "bool": "boolean"}


class ArgumentProblem(ValueError):  # noqa: N818  not one of the errors that users catch
    """An argument of an operation cannot be read.

    Attributes:
        pointer: Where the value is, as a JSON pointer: `/pageRules/0/path`; empty for the arguments as a whole.
        problem: What is wrong with it, without the place.
    """

    def __init__(self, call: Call, pointer: str, problem: str) -> None:
        place = f" at {pointer}" if pointer else ""
        super().__init__(f"{call.name}{place}: {problem}.")
        self.pointer = pointer
        self.problem = problem


def operation_of(call: Call, given: Mapping[str, Any]) -> Operation[Any]:
    """The operation with arguments that came as JSON.

    Args:
        call: Which operation.
        given: Values by the schema's names (`newPassword`) or Python's (`new_password`). What is absent stays absent,
            and null is null, where the schema allows it.

    Raises:
        ArgumentProblem: An argument is unknown, missing, given twice, or of another type.
    """
    by_name = {plain(argument.name): argument for argument in call.arguments}
    values: dict[str, Any] = {}
    for name, value in given.items():
        argument = by_name.get(plain(name))
        if argument is None:
            known = ", ".join(argument.variable for argument in call.arguments) or "none"
            raise ArgumentProblem(call, _pointer(name), f"there is no such argument; it takes {known}")
        if argument.name in values:
            raise ArgumentProblem(call, _pointer(name), "it is given twice")
        values[argument.name] = _value(call, argument, value, _pointer(name))
    for argument in call.arguments:
        if argument.is_required and argument.name not in values:
            raise ArgumentProblem(call, _pointer(argument.variable), "it must be given")
    return call.build(**values)


def json_schema(call: Call) -> dict[str, Any]:
    """JSON Schema of the arguments of an operation, by the schema's names. Loads the models of its input objects."""
    properties: dict[str, Any] = {}
    definitions: dict[str, Any] = {}
    for argument in call.arguments:
        item = _item_schema(argument, definitions)
        schema = {"type": "array", "items": item} if argument.is_list else item
        properties[argument.variable] = _nullable(schema) if argument.is_nullable else schema
    schema = {
        "type": "object",
        "properties": properties,
        "required": [argument.variable for argument in call.arguments if argument.is_required],
        "additionalProperties": False,
    }
    return {**schema, "$defs": definitions} if definitions else schema


def _nullable(schema: dict[str, Any]) -> dict[str, Any]:
    kind = schema.get("type")
    return (
        {**schema, "type": [kind, "null"]}
        if isinstance(kind, str) and "enum" not in schema
        else {"anyOf": [schema, {"type": "null"}]}
    )


def _item_schema(argument: Argument, definitions: dict[str, Any]) -> dict[str, Any]:
    if argument.is_input:
        schema = _input_schema(argument)
        definitions.update(schema.pop("$defs", {}))
        definitions[argument.kind] = schema
        return {"$ref": f"#/$defs/{argument.kind}"}
    if argument.is_enum:
        return {"type": "string", "enum": list(argument.words)}
    if argument.kind == "datetime":
        return {"type": "string", "format": "date-time"}
    return {"type": _JSON_TYPES[argument.kind]}


def _input_schema(argument: Argument) -> dict[str, Any]:
    model = argument.item_type
    model.model_rebuild()
    schema = cast("dict[str, Any]", model.model_json_schema(by_alias=True, ref_template="#/$defs/{model}"))
    for part in [schema, *cast("dict[str, dict[str, Any]]", schema.get("$defs", {})).values()]:
        part.pop("title", None)
        for field in cast("dict[str, dict[str, Any]]", part.get("properties", {})).values():
            field.pop("title", None)
    return schema


def _value(call: Call, argument: Argument, value: Any, pointer: str) -> Any:
    if value is None:
        if argument.is_nullable:
            return None
        raise ArgumentProblem(call, pointer, "it must not be null")
    if not argument.is_list:
        return _item(call, argument, value, pointer)
    if not isinstance(value, list | tuple):
        raise ArgumentProblem(call, pointer, "it must be a list")
    items = cast("list[Any]", value)
    return [_item(call, argument, item, f"{pointer}/{index}") for index, item in enumerate(items)]


def _item(call: Call, argument: Argument, value: Any, pointer: str) -> Any:
    if argument.is_input:
        return _input(call, argument, value, pointer)
    if argument.is_enum:
        if value not in argument.words:
            raise ArgumentProblem(call, pointer, f"it must be one of {', '.join(argument.words)}")
        return argument.item_type(value)
    if argument.kind == "datetime":
        return _moment(call, value, pointer)
    if type(value) is not argument.item_type:
        words = {"str": "a text", "int": "a whole number", "bool": "true or false"}
        raise ArgumentProblem(call, pointer, f"it must be {words[argument.kind]}")
    if argument.kind == "int" and not _SMALLEST <= value <= _LARGEST:
        raise ArgumentProblem(call, pointer, "the number is too large for the server")
    return value


def _moment(call: Call, value: Any, pointer: str) -> datetime:
    if isinstance(value, datetime):
        return value
    try:
        read = datetime.fromisoformat(value if isinstance(value, str) else "")
    except ValueError:
        raise ArgumentProblem(call, pointer, "it must be a date such as 2026-05-01T12:00:00Z") from None
    if read.tzinfo is None:
        raise ArgumentProblem(call, pointer, "the date must say its time zone, as in 2026-05-01T12:00:00Z")
    return read


def _input(call: Call, argument: Argument, value: Any, pointer: str) -> Any:
    from pydantic import ValidationError

    model = argument.item_type
    if isinstance(value, model):
        return value
    known = _input_fields(argument)
    if isinstance(value, Mapping):
        fields = cast("Mapping[str, Any]", value)
        unknown = next((name for name in fields if name not in known), None)
        if unknown is not None:
            raise ArgumentProblem(
                call, pointer + _pointer(unknown), f"there is no such field; it has {', '.join(known)}"
            )
    try:
        return model.model_validate(value)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise ArgumentProblem(call, pointer + _pointer(*first["loc"]), first["msg"].rstrip(".")) from None


@cache
def _input_fields(argument: Argument) -> tuple[str, ...]:
    model = argument.item_type
    model.model_rebuild()
    return tuple(aliases(model))


def _pointer(*parts: str | int) -> str:
    return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in parts)
