"""Every recorded answer of a real Wiki.js 2.5.314 goes through the parser: data to models, failures to exceptions."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any, NamedTuple

import pytest
from graphql import GraphQLSyntaxError
from support.error_codes import BY_CODE
from support.recordings import Step, steps
from support.selections import Call, calls, covers, selected_by, specs_by_field

from wikijs import exceptions
from wikijs.core import replies
from wikijs.core.operations import OperationSpec

STEPS = steps()
NUMBERS = {
    "steps": 398,
    "steps that call an operation": 345,
    "calls": 448,
    "calls: exception": 127,
    "calls: model": 201,
    "calls: narrower than ours": 120,
    "fields: seen": 90,
    "fields: model": 84,
    "fields: exception": 47,
    "operations: model": 99,
}
"""What the recordings cover of the server's 120 fields and of this package's 136 operations."""
UNCODED = {  # server-side texts without a code, and what they mean to us
    "API is disabled. You must enable it from the Administration Area first.": "ApiDisabledError",
    "API Key is invalid or was revoked.": "ApiKeyRevokedError",
    "Invalid Page Id": "PageNotFoundError",
    "This tag does not exist.": "TagNotFoundError",
    "Page is already using this editor. Nothing to convert.": "ConflictError",
    "Unsupported source / destination content types combination.": "ValidationError",
    "User is already assigned to group.": "ConflictError",
    "Forbidden": "PermissionDeniedError",
    "Unauthorized": "AuthenticationRequiredError",
    "request entity too large": "PayloadTooLargeError",
}
UNCODED_OF = {  # a lookup that finds nothing is a TypeError of the server's own code
    ("pages.history", "Cannot read properties of undefined (reading 'path')"): "PageNotFoundError",
    ("users.single", "Cannot set properties of undefined (setting 'password')"): "UserNotFoundError",
}
SLUGS = {
    "UniqueViolationError": "ConflictError",
    "ForeignKeyViolationError": "ValidationError",
    "ValidationError": "ValidationError",
}


class Case(NamedTuple):
    """One call of a recorded step, as one operation of this package would have been answered."""

    step: Step
    call: Call
    alone: bool

    @property
    def body(self) -> dict[str, Any]:
        """The answer to this call alone, under the field's own names."""
        if self.alone:
            body: dict[str, Any] = self.step.body
            return body
        namespace, name = self.call.server_field.split(".")
        first, second = self.call.keys
        data = self.step.body.get("data") or {}
        errors = [
            e for e in self.step.body.get("errors", []) if (e.get("path") or [first])[:2] in ([first], [first, second])
        ]
        part = data.get(first)
        return {"data": {namespace: part and {name: part[second]}}, "errors": errors}


def cases() -> list[Case]:
    found: list[Case] = []
    for step in STEPS:
        request = step.request.get("json")
        if not step.is_graphql or not step.is_json or not isinstance(request, dict) or not request.get("query"):
            continue
        try:
            inside = [call for call in calls(request["query"]) if call.server_field in specs_by_field()]
        except GraphQLSyntaxError:
            continue
        alone = len(inside) == 1 and ".".join(inside[0].keys) == inside[0].server_field
        found += [Case(step, call, alone) for call in inside]
    return found


CASES = cases()


def response_result(body: dict[str, Any], call: Call) -> dict[str, Any]:
    value: Any = body.get("data")
    for name in call.server_field.split("."):
        value = (value or {}).get(name)
    value = value or {}
    return (value.get("responseResult") or {}) if call.kind == "mutation" else {}


def expected_exception(body: dict[str, Any], status: int, call: Call) -> str | None:
    """Name of the exception that an answer must become, by tables of its own; None where it is a success."""
    result = response_result(body, call)
    if result.get("succeeded"):
        return None
    if "succeeded" in result and result["succeeded"] is False:
        message, code, slug = result.get("message", ""), result.get("errorCode"), result.get("slug", "")
    elif body.get("errors"):
        first = body["errors"][0]
        message, slug = first["message"], ""
        code = first.get("extensions", {}).get("exception", {}).get("code")
    else:
        return "ServerError" if call.kind == "mutation" and "responseResult" in call.selected else None
    return meaning(message, code, slug, call.server_field, status)


def meaning(message: str, code: int | None, slug: str, field: str, status: int) -> str:
    if code in BY_CODE:
        return BY_CODE[code].exception
    if message.startswith("Too many requests"):
        return "RateLimitError"
    known = UNCODED.get(message) or UNCODED_OF.get((field, message)) or SLUGS.get(slug)
    if known is None and status == 400:
        return "UnsupportedByServerError" if message.startswith("Cannot query field") else "QueryError"
    return known or "ServerError"


def parsed(spec: OperationSpec[Any], case: Case) -> Any:
    if case.alone:
        return replies.parse(spec, case.step.reply())
    return replies.parse_data(spec, case.body, case.step.status or 0)


def specs_for(case: Case) -> tuple[OperationSpec[Any], ...]:
    return specs_by_field()[case.call.server_field]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.step}: {'.'.join(case.call.keys)}")
def test_an_answer_becomes_a_model_or_the_right_exception(case: Case) -> None:
    expected = expected_exception(case.body, case.step.status or 0, case.call)
    for spec in specs_for(case):
        if expected is not None:
            with pytest.raises(exceptions.WikiJSException) as caught:
                parsed(spec, case)
            assert type(caught.value).__name__ == expected
            check_message(caught.value, case)
        elif covers(case.call.selected, selected_by(spec)):
            check_value(parsed(spec, case), spec, case)


def check_message(error: exceptions.WikiJSException, case: Case) -> None:
    text = str(error)
    assert text.startswith(case.call.server_field)
    assert "\n" not in text
    assert not re.search(r"insert into|update \"|select |\$1|returning|<omitted>|    at ", text)
    assert isinstance(error, exceptions.APIError)
    assert error.status == case.step.status
    result = response_result(case.body, case.call)
    if result:
        assert (error.code, error.slug) == (result["errorCode"], result["slug"])
    if isinstance(error, exceptions.RateLimitError):
        assert error.retry_after in {15, 59}


def check_value(value: Any, spec: OperationSpec[Any], case: Case) -> None:
    """The leaf holds what the server sent, item by item."""
    sent: Any = case.body["data"]
    for key in spec.keys:
        sent = sent[key]
    if isinstance(sent, list):
        assert len(value) == len(sent)
        value, sent = (value[0], sent[0]) if sent else (None, None)
    if isinstance(sent, dict):
        for name in ("id", "path", "title", "name", "key"):
            if name in sent and name in selected_by(spec):
                assert getattr(value, name) == sent[name]
    elif not isinstance(sent, str):
        assert value == sent


def test_the_recordings_cover_this_much() -> None:
    outcome: Counter[str] = Counter()
    fields: dict[str, set[str]] = {"seen": set(), "model": set(), "exception": set()}
    operations: set[str] = set()
    for case in CASES:
        expected = expected_exception(case.body, case.step.status or 0, case.call)
        field = case.call.server_field
        fields["seen"].add(field)
        covering = [spec.name for spec in specs_for(case) if covers(case.call.selected, selected_by(spec))]
        if expected is not None:
            outcome["exception"] += 1
            fields["exception"].add(field)
        elif covering:
            outcome["model"] += 1
            fields["model"].add(field)
            operations.update(covering)
        else:
            outcome["narrower than ours"] += 1
    assert {
        "steps": len(STEPS),
        "steps that call an operation": len({str(case.step) for case in CASES}),
        "calls": len(CASES),
        **{f"calls: {kind}": count for kind, count in sorted(outcome.items())},
        **{f"fields: {kind}": len(names) for kind, names in fields.items()},
        "operations: model": len(operations),
    } == NUMBERS
