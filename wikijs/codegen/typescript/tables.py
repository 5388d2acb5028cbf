"""Tables that both languages share, from their one home in Python: errors, outcomes, facts about operations."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from wikijs import exceptions as exc
from wikijs.codegen.intermediate import Fact, OperationIR
from wikijs.codegen.typescript import text
from wikijs.core import outcomes, replies
from wikijs.core.engine import PAGE_WRITES

LETTERS: Final[Mapping[type[exc.APIError], str]] = {
    exc.AuthenticationError: "A",
    exc.PermissionDeniedError: "P",
    exc.NotFoundError: "N",
    exc.ConflictError: "C",
    exc.ValidationError: "V",
    exc.RateLimitError: "R",
    exc.ServerError: "S",
}
"""The classes that TypeScript has, each by the letter that stands for it in tables."""

_PLAIN: Final[Mapping[str, type[exc.APIError]]] = {
    "Forbidden": exc.PermissionDeniedError,
    "Unauthorized": exc.AuthenticationRequiredError,
    "Too many req": exc.RateLimitError,
}
"""Starts of what GraphQL errors say whatever the operation."""
_BEFOREHAND: Final = ("API is disabled", "API Key is invalid")
"""Starts of what authentication says before anything is executed, reads or writes."""


def codes_module() -> str:
    """What reading has to know about errors, in as few bytes as can be read."""
    return f"""\
/** Error codes of the server. A letter stands for a class of errors, see `core/refusals.ts`. */

/** By the thousands of a code: the letters of the codes from 1 on. */
export const CODES: Record<number, string> = {text.table(_letters())};
"""


def writes_module() -> str:
    """What writing has to know besides: what proves that nothing happened."""
    texts = [[where, start, cls.server_code or _letter(cls)] for where, start, cls in replies.UNCODED]
    ours = [["", start, _letter(cls)] for start, cls in _PLAIN.items()]
    slugs = [["", slug, _letter(cls)] for slug, cls in replies.BY_SLUG.items()]
    starts = [start for start, _ in outcomes.BY_TEXT] + list(_BEFOREHAND)
    proven = "|".join(re.escape(start).replace("\\ ", " ").replace("/", "\\/") for start in starts)
    by_code = {f"{operation} {code}": str(outcome) for (operation, code), (outcome, _) in outcomes.BY_CODE.items()}
    by_slug = {f"{operation} {slug}": str(outcome) for (operation, slug), (outcome, _) in outcomes.BY_SLUG.items()}
    writes = "|".join(sorted(name.removeprefix("pages.") for name in PAGE_WRITES))
    return f"""\
/** What answers to writes prove, by the same tables as in Python. */

/** Texts without a code of their own, and the server's own classes: operation, start, and code or letter that fits. */
export const FIXED: readonly (readonly [string, string, number | string])[] = {text.table(ours + texts + slugs)};

/** Codes that do not prove, for this operation, that nothing happened. */
export const BY_CODE: Record<string, string> = {text.table(by_code)};

/** The server's classes that prove more than others do, for this operation. */
export const BY_SLUG: Record<string, string> = {text.table(by_slug)};

/** Texts that prove that nothing happened. */
export const BY_TEXT = /^({proven})/;

/** Writes to pages, of which a wiki takes one at a time. */
export const PAGE_WRITES = /^pages\\.({writes})$/;
"""


def errors_module() -> str:
    """A name for each error code, and what is known about it."""
    classes = _coded()
    names = "".join(f"{text.comment(_when(cls), 1)}  {_name(cls)}: {code},\n" for code, cls in classes.items())
    rows = "".join(
        f"  {code}: {text.table([_name(cls), cls.server_slug, _when(cls), cls.default_hint or ''])},\n"
        for code, cls in classes.items()
    )
    return f"""\
/** The error codes of Wiki.js: `error.code === ErrorCode.PageNotFound`. */

/** Codes by name. */
export const ErrorCode = {{
{names}}} as const;

export type ErrorCode = (typeof ErrorCode)[keyof typeof ErrorCode];

const ROWS: Record<number, readonly string[]> = {{
{rows}}};

/** What is known about an error code. */
export interface ErrorFacts {{
  readonly name: string;
  /** The server's name of it. */
  readonly slug: string;
  /** When it comes. */
  readonly when: string;
  /** What to do about it; empty where that is plain. */
  readonly advice: string;
}}

/** What is known about an error code; undefined for one that Wiki.js 2.x does not have. */
export function describe(code: number): ErrorFacts | undefined {{
  const [name, slug, when, advice] = ROWS[code] ?? [];
  return name === undefined ? undefined : {{ name, slug: slug!, when: when!, advice: advice! }};
}}
"""


def facts_module(operations: Iterable[OperationIR]) -> str:
    """Permissions, first versions and rate limits of the server's fields."""
    rows: dict[str, Fact] = {}
    for operation in operations:
        if operation.fact:
            rows.setdefault(operation.server_field, operation.fact)
    lines = "".join(f"  {text.literal(field)}: {text.table(_fact(fact))},\n" for field, fact in sorted(rows.items()))
    return f"""\
/** What is known about the server's fields, by the name that `error.operation` has. */

export interface FieldFacts {{
  /** Permissions of which the caller needs any one; empty when it is public. */
  readonly requires: readonly string[];
  /** The server's own limit: calls, seconds. */
  readonly rateLimit?: readonly [number, number];
  readonly note?: string;
}}

export const FACTS: Readonly<Record<string, FieldFacts>> = {{
{lines}}};
"""


def error_rows() -> list[tuple[int, str, str, str, str, str]]:
    """Code, name, slug, class in TypeScript, when, and advice, for the reference."""
    return [
        (code, _name(cls), cls.server_slug, _base(cls).__name__, _when(cls), cls.default_hint or "")
        for code, cls in _coded().items()
    ]


def _fact(fact: Fact) -> dict[str, object]:
    row: dict[str, object] = {"requires": list(fact.requires)}
    if fact.rate_limit:
        row["rateLimit"] = list(fact.rate_limit)
    if fact.note:
        row["note"] = fact.note
    return row


def _letters() -> dict[str, str]:
    found: dict[str, str] = {}
    for code, cls in _coded().items():
        block = str(code // 1000)
        found[block] = found.get(block, "").ljust(code % 1000 - 1, "S") + _letter(cls)
    return found


def _coded() -> dict[int, type[exc.APIError]]:
    return dict(sorted(exc.CLASS_FOR_CODE.items()))


def _name(cls: type[exc.APIError]) -> str:
    return cls.__name__.removesuffix("Error")


def _base(cls: type[exc.APIError]) -> type[exc.APIError]:
    return next(base for base in cls.__mro__ if base in LETTERS)


def _letter(cls: type[exc.APIError]) -> str:
    return LETTERS[_base(cls)]


def _when(cls: type) -> str:
    return " ".join((cls.__doc__ or "").partition("\n\n")[0].split())
