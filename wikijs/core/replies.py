"""From the bytes of an answer to a value or an exception.

Wiki.js reports failures on three channels: the HTTP status, GraphQL `errors`, and `responseResult` inside the data of a
mutation. The order below matters: a mutation whose `responseResult` says yes has succeeded even when `errors` is set,
because the server fails to resolve some fields of what it has just written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Final, NoReturn, Protocol, TypeGuard, TypeVar, cast

from pydantic_core import ValidationError, from_json

from wikijs import exceptions as exc

from .answers.waiting import bounded, retry_after
from .documents.older_servers import is_about_schema
from .operations import OperationSpec
from .transport import gatekeepers
from .values.patterns import LazyPattern
from .values.redaction import clean

if TYPE_CHECKING:
    from .flow import Reply

T = TypeVar("T")
JSON: Final = "application/json"

_GRAPHQL_CODES: Final = frozenset(
    {"GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED", "BAD_USER_INPUT", "INTERNAL_SERVER_ERROR"}
)
"""What the server's GraphQL library says of documents that it does not execute."""
_TOO_MANY: Final = LazyPattern(r"^Too many requests, please try again in (\d+) seconds?\.")
UNCODED: Final[tuple[tuple[str, str, type[exc.APIError]], ...]] = (
    # operation prefix, start of the server's message, exception (server-side texts without a code of their own)
    ("", "API is disabled", exc.ApiDisabledError),
    ("", "API Key is invalid", exc.ApiKeyRevokedError),
    ("", "Invalid Page Id", exc.PageNotFoundError),
    ("", "This tag does not exist", exc.TagNotFoundError),
    ("", "Page is already using this editor", exc.ConflictError),
    ("", "Unsupported source / destination content types", exc.ValidationError),
    ("", "User is already assigned to group", exc.ConflictError),
    ("", "Comment must be at least", exc.CommentContentError),
    ("localization.", "Invalid locale or namespace", exc.LocaleNotFoundError),
    # A lookup that found nothing surfaces as a TypeError of the server's own code.
    ("users.single", "Cannot set propert", exc.UserNotFoundError),
    ("pages.history", "Cannot read propert", exc.PageNotFoundError),
)
_IN_PLAIN_WORDS: Final = tuple(
    # what PostgreSQL, MariaDB, MySQL and SQLite say, and what it means to somebody who wrote a page
    (LazyPattern(pattern, re.DOTALL), words)
    for pattern, words in (
        (r"\bpages_editorkey_foreign\b", "There is no such editor."),
        (r"\bpages_localecode_foreign\b", "This locale is not installed on the wiki."),
        (r"(?i)foreign key constraint", "It refers to something that does not exist on the wiki, or that is in use."),
        (r"value too long for type character varying\((\d+)\)", r"A text is longer than the \1 characters that fit."),
        (r"Data too long for column 'render'", "The HTML made of a text is longer than the wiki's database stores."),
        (r"Data too long for column '(\w+)'", r"The \1 is longer than the wiki's database stores."),
        (r"invalid byte sequence for encoding", "A text holds a character that cannot be stored, such as NUL."),
        (
            r"Incorrect string value",
            "A text is longer than the wiki's database stores, or holds a character that it cannot store.",
        ),
        (
            r"Duplicate entry '|duplicate key value|UNIQUE constraint failed",
            "There is something of this name already, or of one that the wiki's database takes for it.",
        ),
        (
            r"(?i)null value in column|column '\w+' cannot be null|not null constraint failed",
            "A value is missing that the wiki's database demands.",
        ),
        (r"max_allowed_packet", "It is larger than the wiki's database takes at once (max_allowed_packet)."),
        (
            r"You have an error in your SQL syntax|must not be negative",
            "The wiki's database does not accept a value, such as a negative number.",
        ),
        (
            r"SQLITE_BUSY|database is locked|Lock wait timeout|Deadlock found|deadlock detected",
            "The wiki's database was busy with another write.",
        ),
    )
)
_TAG_REFUSED: Final = LazyPattern(
    r"(?:Duplicate entry '(.{0,300})' )?(?:for key '(?:tags\.)?tags_tag_unique'|UNIQUE constraint failed: tags\.tag)",
    re.DOTALL,
)
BY_SLUG: Final[dict[str, type[exc.APIError]]] = {
    "UniqueViolationError": exc.ConflictError,
    "ForeignKeyViolationError": exc.ValidationError,
    "NotNullViolationError": exc.ValidationError,
    "DataError": exc.ValidationError,
    "ValidationError": exc.ValidationError,
}


class Envelope(Protocol):
    """A whole reply: `data` is the operation's result model, `errors` are read when there are any."""

    data: Any
    errors: Any


@cache
def decoder_for(spec: OperationSpec[Any]) -> Callable[[bytes], Envelope]:
    """The decoder of an operation's replies, which goes from bytes to models in one pass."""
    from pydantic import create_model  # loads most of pydantic: at the first reply, not at the import

    data: Any = (spec.result | None, None)
    errors: Any = (Any, None)
    # `model_validate_json` without its arguments, which take a microsecond of each call.
    validator = create_model("Reply", data=data, errors=errors).__pydantic_validator__
    return cast("Callable[[bytes], Envelope]", validator.validate_json)


def parse(spec: OperationSpec[T], reply: Reply) -> T:
    """The leaf of one operation's answer.

    Raises:
        APIError: The server refused or failed; the subclass says how.
        EndpointError: Something other than Wiki.js answered.
    """
    content = reply.content
    if reply.status_code == 200:
        try:
            envelope = decoder_for(spec)(content)
        except ValidationError:
            pass  # told apart below, from the plain JSON
        else:
            if not envelope.errors and envelope.data is not None:
                return accept(spec, envelope.data)
    return parse_data(spec, payload(reply, spec.server_field), reply.status_code)


def parse_data(spec: OperationSpec[T], body: Any, status: int = 200) -> T:
    """The leaf of one operation's answer, from decoded JSON: the thorough way, also for parts of a batch."""
    if not is_answer(body):
        raise exc.BrokenReplyError("The answer is no GraphQL answer.", operation=spec.server_field, status=status)
    errors, data = body.get("errors") or (), body.get("data")
    outcome = _outcome(data, spec) if spec.kind == "mutation" else {}
    if outcome.get("succeeded") is False:
        _raise_refused(spec.server_field, outcome, status)
    if errors and not outcome.get("succeeded"):
        raise_errors(errors, operation=spec.server_field, spec=spec, status=status, data=data)
    try:
        model = spec.result.model_validate(data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        done = bool(outcome.get("succeeded"))  # then the change was made, whatever is wrong with the rest
        raise (exc.BrokenReplyError if done else exc.ServerError)(
            f"{'The operation succeeded, but its' if done else 'The'} answer does not have the shape that the schema"
            f" promises: {place}: {first['msg']}.",
            operation=spec.server_field,
            status=status,
            hint="Check with system.info which Wiki.js release this is; the client knows 2.5.314.",
        ) from None
    return accept(spec, model)


def accept(spec: OperationSpec[T], data: Any) -> T:
    """Walk from the result model to the leaf, and refuse it where `responseResult` says that the operation failed."""
    for attribute in spec.path:
        if data is None:  # a nullable step before the leaf, in a user's own query
            break
        data = getattr(data, attribute)
    if spec.kind == "mutation":
        result = getattr(data, "response_result", data)
        if result is None:
            raise exc.ServerError(
                "The server answered without a result.",
                operation=spec.server_field,
                hint="In Wiki.js 2.x this operation does nothing.",
            )
        if not result.succeeded:
            _raise_refused(
                spec.server_field,
                {"errorCode": result.error_code, "slug": result.slug, "message": result.message},
            )
    leaf: T = cast("Any", data)
    return leaf


def payload(reply: Reply, operation: str | None = None) -> dict[str, Any]:
    """The JSON object of an answer that is one.

    Raises:
        APIError, EndpointError: The answer is a redirect, a page of a proxy, plain text, or broken.
    """
    decoded = decode(reply, operation)
    if not is_answer(decoded):
        raise _foreign(reply, operation)
    return decoded


def is_answer(value: Any) -> TypeGuard[dict[str, Any]]:
    """Whether this is a GraphQL answer: `data`, `errors` or both, of the right kinds."""
    if not isinstance(value, dict):
        return False
    answer = cast("dict[str, Any]", value)
    data, errors = answer.get("data"), answer.get("errors")
    return (
        not answer.keys().isdisjoint({"data", "errors"})
        and (data is None or isinstance(data, dict))
        and (errors is None or (is_list(errors) and all(isinstance(error, dict) for error in errors)))
    )


def is_list(value: Any) -> TypeGuard[list[Any]]:
    """Whether this is a list, of whatever."""
    return isinstance(value, list)


def decode(reply: Reply, operation: str | None = None) -> Any:
    """The JSON of an answer; see `payload`."""
    status, content = reply.status_code, reply.content
    kind = reply.headers.get("content-type", "")
    if kind.startswith(JSON) and not 300 <= status < 400:
        try:
            return from_json(content)
        except ValueError:
            raise exc.BrokenReplyError(
                "The answer is cut off or is not JSON.", operation=operation, status=status
            ) from None
    raise _foreign(reply, operation)


def _foreign(reply: Reply, operation: str | None) -> exc.WikiJSException:
    """The exception for an answer that does not come from Wiki.js' GraphQL endpoint."""
    status = reply.status_code
    kind = reply.headers.get("content-type", "").partition(";")[0] or "no content type"
    if 300 <= status < 400:
        login = gatekeepers.login_redirect(reply, operation)
        if login is not None:
            return login
        target = reply.headers.get("location", "").split("?", 1)[0]
        return exc.EndpointError(
            f"The server redirects to {clean(target) or 'another place'} (HTTP {status}).",
            operation=operation,
            hint="Use the address it redirects to (https instead of http, for instance) as the wiki's URL.",
        )
    if status in {400, 401, 403, 413, 429} or status >= 500:
        return _refused_by_status(reply, kind, operation)
    return gatekeepers.login_page(reply, operation) or exc.EndpointError(
        f"No Wiki.js GraphQL endpoint answers here (HTTP {status}, {kind}).",
        operation=operation,
        hint="The URL must be the root of the wiki, such as https://wiki.example.com, and its setup must be finished.",
    )


def _refused_by_status(reply: Reply, kind: str, operation: str | None) -> exc.APIError:
    status = reply.status_code
    text = "" if "html" in kind and b"<" in reply.content else clean(reply.content[:500].decode("utf-8", "replace"))
    wait = retry_after(reply.headers.get("retry-after", ""))
    if status == 429:
        return exc.RateLimitError(
            "Too many requests.", operation=operation, status=status, retry_after=wait, foreign=True
        )
    if status in {401, 403}:
        return gatekeepers.refused(reply, operation)
    if status == 413:
        return exc.PayloadTooLargeError(
            "The request is too large for a proxy in front of the wiki.",
            operation=operation,
            status=status,
            foreign=True,
        )
    cls, what = (exc.QueryError, "refused the request") if status == 400 else (exc.ServerError, "failed")
    message = f"The server {what} with HTTP {status}{f': {text}' if text else '.'}"
    return cls(message, operation=operation, status=status, retry_after=wait, foreign=True)


def is_own(errors: Sequence[Any], data: Any, status: int) -> bool:
    """Whether errors are Wiki.js' own words: with data they bear the key of the request, without they have its form."""
    if data:
        return True
    first = _dict(errors[0])
    if _dict(first.get("extensions")).get("code") in _GRAPHQL_CODES:
        return status in {200, 400}
    return data == {} and first.keys() == {"message", "path"} and first["path"] == []


def raise_errors(
    errors: Sequence[Any],
    *,
    operation: str | None = None,
    spec: OperationSpec[Any] | None = None,
    status: int = 200,
    data: Any = None,
) -> NoReturn:
    """Raise the exception for the `errors` of an answer: its class by the first error, all of them attached."""
    items = [_item(error) for error in errors]
    first = items[0]
    message, code = first["message"], first.get("code", 0)
    path = ".".join(str(part) for part in first.get("path", ()))
    details: dict[str, Any] = {"operation": operation, "status": status, "errors": items, "data": data}
    if not is_own(errors, data, status):
        details["foreign"] = True
    waiting = _TOO_MANY.match(message)
    if waiting:
        raise exc.RateLimitError(message, retry_after=bounded(float(waiting[1])), **details)
    if message == "Forbidden":
        permissions = spec.requires if spec and path.count(".") < 2 else ()
        names = ", ".join(permissions)
        raise exc.PermissionDeniedError(
            f"The server forbids this{f' ({path})' if path and path != operation else ''}.",
            permissions=permissions,
            hint=(f"It takes any of these permissions: {names}. " if names else "")
            + "A bad token is silently taken for a guest; client.whoami() tells.",
            **details,
        )
    if message == "Unauthorized":
        raise exc.AuthenticationRequiredError(
            "The server knows no user for this token.",
            code=0,
            slug="Unauthorized",
            hint="The API key has expired, or the account was deactivated or deleted.",
            **details,
        )
    if spec and is_about_schema(message):
        raise exc.UnsupportedByServerError(message, **details)
    kind = first.get("kind", "")
    if kind in {"GRAPHQL_VALIDATION_FAILED", "GRAPHQL_PARSE_FAILED", "BAD_USER_INPUT"} or (status == 400 and not code):
        raise exc.QueryError(message, **details)
    if status == 413:
        raise exc.PayloadTooLargeError(
            "The request is too large.", hint="The server's bodyParserLimit is 5 MB unless configured.", **details
        )
    cls = class_for(code, "", message, operation)
    raise cls(_in_plain_words(message), code=code or None, **details)


def _raise_refused(operation: str, result: Mapping[str, Any], status: int = 200) -> NoReturn:
    code, slug = _integer(result.get("errorCode")), str(result.get("slug") or "")
    message = clean(str(result.get("message") or slug or "The server refused without a reason."))
    waiting = _TOO_MANY.match(message)
    if waiting:
        raise exc.RateLimitError(
            message, retry_after=bounded(float(waiting[1])), operation=operation, code=code, slug=slug
        )
    if refused := _TAG_REFUSED.search(message):
        raise exc.TagCollisionError(
            "The wiki has this tag already, or its database takes it for another one that the wiki has.",
            operation=operation,
            code=code,
            slug=slug,
            status=status,
            tags=[refused[1]] if refused[1] else (),
        )
    cls = class_for(code, slug, message, operation)
    raise cls(_in_plain_words(message), operation=operation, code=code, slug=slug, status=status)


def _in_plain_words(message: str) -> str:
    for pattern, words in _IN_PLAIN_WORDS:
        found = pattern.search(message)
        if found:
            return found.expand(words)
    return message


def class_for(code: int, slug: str, message: str, operation: str | None) -> type[exc.APIError]:
    """The exception class for what the server says: by code, then by its known texts, then by its own class name."""
    if code in exc.CLASS_FOR_CODE:
        return exc.CLASS_FOR_CODE[code]
    for where, start, cls in UNCODED:
        if message.startswith(start) and (operation or "").startswith(where):
            return cls
    return BY_SLUG.get(slug, exc.ServerError)


def _item(error: Mapping[str, Any]) -> dict[str, Any]:
    """One GraphQL error without stack trace, positions and SQL."""
    item: dict[str, Any] = {"message": clean(str(error.get("message", "")))}
    path, extensions = error.get("path"), _dict(error.get("extensions"))
    if path and is_list(path):
        item["path"] = path
    code = _integer(_dict(extensions.get("exception")).get("code"))
    if code:
        item["code"] = code
    if isinstance(extensions.get("code"), str):
        item["kind"] = extensions["code"]
    return item


def _dict(value: Any) -> dict[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def _integer(value: Any) -> int:
    return value if isinstance(value, int) else 0


def _outcome(data: Any, spec: OperationSpec[Any]) -> dict[str, Any]:
    """A mutation's own word on whether it succeeded, from plain data, as far as it is there."""
    for key in spec.keys:
        data = _dict(data).get(key)
    return _dict(_dict(data).get("responseResult", data))
