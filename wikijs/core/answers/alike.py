"""The answer to one query asked over and over in a request, read in one pass."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, cast

from pydantic_core import ValidationError

from wikijs.core.operations import Operation, OperationSpec
from wikijs.core.replies import Envelope

if TYPE_CHECKING:
    from wikijs.core.flow import Reply


@cache
def _decoder_for_many(spec: OperationSpec[Any]) -> Callable[[bytes], Envelope] | None:
    """The decoder of replies to many of one query under aliases; None where the query has several parts."""
    from pydantic import Field, create_model

    spec.result.model_rebuild()  # resolves what is annotated as text
    fields = spec.result.model_fields
    if spec.kind != "query" or not spec.path or fields.keys() != {spec.path[0]}:
        return None
    # Besides the parts there is the text by which the answer is known.
    part: Any = Annotated[fields[spec.path[0]].annotation | str, Field(union_mode="left_to_right")]
    data: Any = (dict[str, part] | None, None)
    errors: Any = (Any, None)
    validator = create_model("Reply", data=data, errors=errors).__pydantic_validator__
    return cast("Callable[[bytes], Envelope]", validator.validate_json)


def parse_alike(operations: Sequence[Operation[Any]], reply: Reply, prefix: Callable[[int], str]) -> list[Any] | None:
    """The leaves of a batch of one query over and over, in one pass; None where it takes the thorough way.

    Args:
        operations: What was sent.
        reply: The answer.
        prefix: What stands in front of the response key of each, by its number.
    """
    spec = operations[0].spec
    decode_many = _decoder_for_many(spec) if all(each.spec is spec for each in operations) else None
    if decode_many is None:
        return None
    try:
        envelope = decode_many(reply.content)
    except ValidationError:
        return None
    if envelope.errors or not envelope.data:
        return None
    rest, leaves = spec.path[1:], list[Any]()
    for index in range(len(operations)):
        part = envelope.data.get(prefix(index) + spec.keys[0])
        if part is None or isinstance(part, str):
            return None
        for attribute in rest:
            if part is None:
                break
            part = getattr(part, attribute)
        leaves.append(part)
    return leaves
