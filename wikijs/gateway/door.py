"""What stands before each route: who calls, whether they may, how often, and whether this was done before."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Coroutine, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final, Literal, cast

from fastapi import APIRouter
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from wikijs.exceptions import OutcomeUnknownError, PageExistsError, PageNotFoundError, WikiJSException

from .access.checks import Asked, Rule, missing, refusal
from .http.problems import MEDIA_TYPE, Problem, Refused, invalid, of_status, refused, too_large, too_slow
from .idempotency import Interrupted, fingerprint
from .limits.policy import CHEAP, headers, raw
from .limits.traffic import Traffic, watched

if TYPE_CHECKING:
    from wikijs import AsyncWikiJSClient

    from .access.callers import Caller
    from .limits.tiers import RouteClass, Tier
    from .runtime import Gateway

Handler = Callable[[Request], Coroutine[Any, Any, Response]]

_KEY: Final = re.compile(r"[\x21-\x7e]{1,255}")
RULE: Final = "x-wikijs-rule"
_HEARTBEAT: Final = 20.0
_UNREADABLE: Final = "There was an error parsing the body"
"""What the framework says where a body is no UTF-8, has numbers without end, or brackets in brackets."""


def caller_of(request: Request) -> Caller:
    """Who calls."""
    return cast("Caller", request.state.caller)


def gateway_of(request: Request) -> Gateway:
    """The gateway."""
    return cast("Gateway", request.app.state.gateway)


def client_of(request: Request) -> AsyncWikiJSClient:
    """The client of the wiki for whoever calls."""
    return gateway_of(request).client(caller_of(request))


def require(request: Request, scope: str) -> None:
    """Refuse a caller without a scope, where the route alone does not say which one is needed.

    Raises:
        Refused: It has not got it.
    """
    if scope not in caller_of(request).scopes:
        raise missing(scope)


async def enter(request: Request, rule: Rule, inner: Handler, place: str, known: frozenset[str]) -> Response:
    """One request, from the door to its answer.

    Args:
        request: The request.
        rule: What its route asks for.
        inner: What answers.
        place: The route.
        known: Names of the parameters that it takes.
    """
    gateway = gateway_of(request)
    state = request.state
    state.route = place
    begun = time.perf_counter()
    response: Response | None = None
    try:
        response = await (inner(request) if rule.scope is None else _known(request, gateway, rule, inner, known))
    except Exception as error:
        response = failed(request, error)
        if response is None:
            raise
        return response
    else:
        return response
    finally:
        caller: Caller | None = getattr(state, "caller", None)
        status = response.status_code if response is not None else 500
        if caller is not None and not hasattr(state, "inside"):  # what the portal asks is no use of a key
            size = int(response.headers.get("content-length", 0)) if response is not None else 0
            gateway.usage.note(
                caller.id, f"{request.method} {place}"[:160], status, (time.perf_counter() - begun) * 1e3, size
            )
        if caller is not None and request.method not in {"GET", "HEAD"}:
            gateway.audit.note(
                caller=caller.id,
                name=caller.name,
                address=state.address,
                action=f"{request.method} {place}",
                target=getattr(state, "target", request.url.path),
                status=status,
                request_id=state.request_id,
            )
            if status < 400 and not getattr(state, "only_reads", False):
                gateway.wrote()


async def _known(request: Request, gateway: Gateway, rule: Rule, inner: Handler, known: frozenset[str]) -> Response:
    state = request.state
    authenticator = gateway.authenticator
    caller: Caller | None = getattr(state, "inside", None)
    inside = caller is not None  # the portal asks in the name of whoever is signed in, and counts for itself
    if caller is None and rule.tickets and "ticket" in request.query_params:
        caller = await asyncio.to_thread(authenticator.redeemed, request.query_params["ticket"])
    if caller is None:
        caller = await authenticator.authenticate(request.headers.get("authorization"), state.address)
    state.caller = caller
    why = refusal(Asked(caller, rule, request.method, request.headers.get("origin"), gateway.settings))
    if inside:
        tier = gateway.policy.tier(caller)
    else:  # what is refused counts, too
        tier, decision = await gateway.policy.take(caller, rule.kind)
        state.limit_headers = raw(headers(tier, decision, gateway.clock()))
    if why is not None:
        raise why
    _check_names(request, known)
    state.tier = tier
    traffic = watched()
    key = request.headers.get("idempotency-key")
    if key is not None and not rule.live and request.method not in {"GET", "HEAD"}:
        response = await _once(request, gateway, rule, caller, key, inner)
    else:
        response = await inner(request)
    if not inside:
        await _settled(request, gateway, rule, caller, traffic, response)
    return response


async def _settled(
    request: Request, gateway: Gateway, rule: Rule, caller: Caller, traffic: Traffic, response: Response
) -> None:
    """What a request really cost; and an answer that was made of the cache alone is kept to be given again."""
    is_cached = not traffic.asked and bool(traffic.found)
    if is_cached or response.status_code == 304:
        await gateway.policy.give_back(caller, rule.kind, 1 - CHEAP)
    if is_cached and rule.kept and gateway.answers is not None and caller.key is not None and not caller.origins:
        gateway.answers.keep(request.scope, rule, request.state.route, caller, traffic, response)


def _check_names(request: Request, known: frozenset[str]) -> None:
    """Refuse parameters that the route does not know: a filter with a typing error must not show everything."""
    unknown = sorted(set(request.query_params) - known) if request.url.query else ()
    if unknown:
        raise Refused(
            422,
            "validation",
            "Validation",
            f"There is no parameter {unknown[0][:80]!r} here."
            + (f" Known are {', '.join(sorted(known))}." if known else ""),
            errors=[{"pointer": name[:80], "detail": "It is not known here."} for name in unknown[:20]],
        )


async def _once(request: Request, gateway: Gateway, rule: Rule, caller: Caller, key: str, inner: Handler) -> Response:
    """Do a request that has an Idempotency-Key, or answer as it was answered before."""
    key = key.strip().strip('"')
    if not _KEY.fullmatch(key):
        raise Refused(400, "idempotency-key-invalid", "Idempotency-Key invalid", "It is 1 to 255 printable characters.")
    body = request.headers.get("content-length", "").encode() if rule.streams else await request.body()
    expected = f"{request.headers.get('if-match', '')}\n{request.headers.get('if-none-match', '')}"
    print_ = fingerprint(request.method, request.url.path, request.url.query, expected.encode("latin-1"), body)
    book = gateway.idempotency
    request.state.interrupted = False
    try:
        stored = await book.begin(caller, key, print_)
    except Interrupted:
        if not rule.again:
            unknown = Refused(
                504,
                "outcome-unknown",
                "Outcome unknown",
                "The gateway was stopped while it did this. Look whether it was done; then use a new Idempotency-Key.",
                outcome="unknown",
            ).response(instance=request.url.path, request_id=request.state.request_id)
            await book.end(caller, key, unknown)
            return unknown
        request.state.interrupted = True
        stored = None
    if stored is not None and rule.streams:
        request.state.stored = stored
        return await inner(request)
    if stored is not None:
        return stored.response()
    work = asyncio.ensure_future(_recorded(request, gateway, caller, key, inner))
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        # Whoever asked is gone; what was begun goes on, so that the second time they ask it is known.
        gateway.leftovers.add(work)
        work.add_done_callback(gateway.leftovers.discard)
        raise


async def _recorded(request: Request, gateway: Gateway, caller: Caller, key: str, inner: Handler) -> Response:
    book = gateway.idempotency
    alive = asyncio.create_task(_keep_alive(gateway, caller.id, key))
    try:
        try:
            response = await inner(request)
        except Exception as error:
            if isinstance(error, ClientDisconnect):  # the body was not even read
                await book.forget(caller.id, key)
                raise
            answer = failed(request, error)
            if answer is None:
                await book.forget(caller.id, key)
                raise
            response = answer
        unsent = response.status_code in {401, 403, 409, 412, 422, 428, 429, 503} or (response.status_code == 400)
        if unsent:  # nothing was done: the same request may succeed later
            await book.forget(caller.id, key)
        else:
            await book.end(caller, key, response, getattr(request.state, "content", None))
        return response
    finally:
        alive.cancel()


async def _keep_alive(gateway: Gateway, caller: str, key: str) -> None:
    while True:
        await asyncio.sleep(_HEARTBEAT)
        await gateway.idempotency.keep(caller, key)


def failed(request: Request, error: BaseException) -> Response | None:
    """The answer that tells of a failure; None where it is no business of the caller's."""
    told: Refused
    limit: int | None = getattr(request.state, "too_large", None)
    if limit is not None:
        told = too_large(limit)
    elif getattr(request.state, "too_slow", False):
        told = too_slow()
    elif isinstance(error, Refused):
        told = error
    elif isinstance(error, RequestValidationError):
        told = invalid(cast("Any", error.errors()))
    elif isinstance(error, HTTPException):
        told = _of_framework(error)
    elif isinstance(error, WikiJSException):
        caller: Caller | None = getattr(request.state, "caller", None)
        told = refused(error, own_token=caller is not None and caller.kind != "key")
        if caller is not None and caller.prefixes:
            # Where a database takes paths of other letters for the same, these would name a page elsewhere.
            if isinstance(error, PageExistsError):
                told.members["detail"] = (
                    "There is a page at this path, or at one that the wiki's database takes for the same."
                )
            elif isinstance(error, PageNotFoundError):
                told.members["detail"] = "This page does not exist."
        if isinstance(error, OutcomeUnknownError):
            told.members["outcome"] = "unknown"
    elif isinstance(error, UnicodeDecodeError):
        told = of_status(400, "The request is no UTF-8.")
    else:
        return None
    return told.response(instance=request.url.path, request_id=request.state.request_id)


def _of_framework(error: HTTPException) -> Refused:
    if error.detail == _UNREADABLE:
        return Refused(400, "json-invalid", "No JSON", "The body is no JSON, or nested too deeply.")
    return of_status(error.status_code, str(error.detail), error.headers)


def tier_of(request: Request) -> Tier:
    """The limits of whoever calls."""
    return cast("Tier", request.state.tier)


# Registering routes.

_PROBLEMS: Final = {
    400: "The request cannot be read.",
    401: "No key, or one that is not taken.",
    403: "The key may not do this, or the wiki's permissions do not allow it.",
    404: "What it is about does not exist.",
    405: "The address does not take this method.",
    408: "The body did not come in time.",
    409: "It collides with what is there.",
    412: "The state is not the expected one any more.",
    413: "The body is too large.",
    414: "The address is too long.",
    415: "The body is of a kind that is not taken here.",
    421: "The gateway does not go by this name.",
    422: "A part of the request is not valid; `errors` says which.",
    428: "A write without If-Match.",
    429: "Too many requests; Retry-After says how many seconds to wait.",
    501: "This Wiki.js release cannot do it.",
    502: "The wiki failed, or does not take the gateway's credential.",
    503: "The wiki cannot be reached, or the gateway is stopping; Retry-After says when to ask again.",
    504: "The wiki did not answer in time; of a write, `outcome` says what is known.",
}

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]


def route(
    router: APIRouter,
    method: Method,
    path: str,
    *,
    scope: str | None,
    answers: Mapping[int, tuple[Any, str]],
    kind: RouteClass | None = None,
    confined: bool = False,
    conditional: bool = False,
    streams: bool = False,
    again: bool = False,
    tickets: bool = False,
    kept: bool = False,
    media: Mapping[int, str] | None = None,
    headers_of: Iterable[str] = (),
    extra: Mapping[str, Any] | None = None,
    name: str | None = None,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a route.

    Args:
        router: Where it belongs.
        method: Its method; a GET also answers to HEAD.
        path: Its path.
        scope: The scope it needs; None for none at all, "" for any caller.
        answers: By status, the model of an answer (None for none) and what it means.
        kind: The bucket it takes from; read or write by its method unless given.
        confined: Whether it keeps to the folders of a key that is confined.
        conditional: Whether it takes If-Match or If-None-Match.
        streams: Whether its body is read as it comes.
        again: Whether it can be done once more after its process died.
        tickets: Whether a ticket does in the place of a key.
        kept: Whether its answers follow from what the wiki says, the address and the caller's folders alone.
        media: By status, the media type of an answer that is no JSON.
        headers_of: Names of headers of a good answer.
        extra: More of what OpenAPI has for an operation.
        name: Id of the operation; of the function unless given.
    """
    chosen: RouteClass = kind or ("read" if method == "GET" else "write")
    rule = Rule(scope, chosen, confined, streams, again, tickets, kept=kept)

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        responses: dict[int | str, dict[str, Any]] = {}
        for status, (model, meaning) in answers.items():
            responses[status] = {"description": meaning}
            if model is not None and status not in (media or {}):
                responses[status]["model"] = model
            elif (media or {}).get(status) is not None:
                shape = {"type": "string"} if "text" in media[status] else {"type": "string", "format": "binary"}  # type: ignore[index]
                responses[status]["content"] = {media[status]: {"schema": shape}}  # type: ignore[index]
            if status < 300:
                names = [*headers_of, "X-Request-Id"]
                responses[status]["headers"] = {each: {"schema": {"type": "string"}} for each in names}
        if conditional and method == "GET":
            responses.setdefault(304, {"description": "The state is the one that If-None-Match names."})
        responses |= _problems(method)
        more: dict[str, Any] = {RULE: rule, **(extra or {})}
        router.add_api_route(
            path,
            function,
            methods=[method],
            status_code=next(iter(answers)),
            response_model=None,
            responses=responses,
            operation_id=name or function.__name__,
            openapi_extra=more,
        )
        return function

    return register


def _problems(method: str) -> dict[int | str, dict[str, Any]]:
    hidden = set[int]()
    if method == "GET":
        hidden |= {408, 412, 428, 413, 415}
    return {
        status: {"description": text, "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}}
        for status, text in _PROBLEMS.items()
        if status not in hidden
    }


def rule_of(extra: Mapping[str, Any] | None) -> Rule | None:
    """The rule of a route, of what OpenAPI has for its operation."""
    return cast("Rule | None", (extra or {}).get(RULE))


PROBLEM_SCHEMA: Final = Problem.model_json_schema(by_alias=True, ref_template="#/components/schemas/{model}")
