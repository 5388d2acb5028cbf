"""Merging operations into one document, beside what a GraphQL parser needs for reading that document."""

from __future__ import annotations

from typing import Final

from graphql import parse
from measure import Result, compare, cpu, take_turns

from wikijs import ops
from wikijs.core import batching

OPERATIONS: Final = 200
ROUNDS: Final = 15


def measure() -> list[Result]:
    """By alias, the larger of the two ways."""
    operations = [ops.pages_single(i) for i in range(1, OPERATIONS + 1)]
    document: str = batching.merge(operations)["query"]
    assert len(parse(document).definitions) > 1
    samples = take_turns(
        {"merge": lambda: batching.merge(operations), "parse": lambda: parse(document)}, ROUNDS, cpu, calls=5
    )
    return [compare(samples, "merge", "parse", f"CPU of merging {OPERATIONS} operations", "parsing the result")]
