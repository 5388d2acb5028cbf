"""The chain of plugins: each one around those behind it. Made anew when it changes, so that running calls keep theirs.

Two rules hold whatever a plugin does. A write is sent once: `proceed` of a mutation works once, and what is raised
after it never looks as if nothing had been sent. And the outcome of a write stands: a defect of a plugin is logged.
"""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable, Generator
from copy import copy
from functools import partial
from types import GeneratorType
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

from wikijs.core.flow import Flow, Reply, Send
from wikijs.core.operations import Operation
from wikijs.core.outcomes import Outcome, classify
from wikijs.exceptions import ConfigurationError, PluginError, TransportError, WikiJSException

from .types import Ask, Attempt, Call, Plugin, Request, Response

if TYPE_CHECKING:
    from wikijs.core.collaborators import Purpose
    from wikijs.core.engine import Engine
    from wikijs.core.events import Event
    from wikijs.core.operations import OperationKind

T = TypeVar("T")
Inside = Callable[[Any], Flow[T]]

log: Final = logging.getLogger("wikijs")
_SECRET: Final = frozenset({"new-jwt", "set-cookie", "authorization"})


class Link:
    """One plugin in a chain: those of its hooks that it has, None for the others."""

    __slots__ = ("_inner", "_rest", "after", "around_attempt", "around_call", "before", "error", "event", "name")

    def __init__(self, plugin: Plugin, rest: tuple[Plugin, ...], wiki: str) -> None:
        self.name = plugin.name
        self.before = _hook(plugin, "before_request", "on_request", 1)
        self.after = _hook(plugin, "after_request", "on_response", 2)
        self.error = _hook(plugin, "on_error", "on_error", 2)
        self.around_call = _hook(plugin, "around_call", "around_call", 2)
        self.around_attempt = _hook(plugin, "around_attempt", "around_attempt", 2)
        event = _hook(plugin, "on_event", "on_event", 2, from_end=False)
        self.event = None if event is None else partial(_called_with_wiki, event, wiki)
        self._rest = rest, wiki
        self._inner: Chain | None = None

    @property
    def inner(self) -> Chain | None:
        """The plugins behind this one."""
        if self._inner is None and self._rest[0]:
            self._inner = Chain(*self._rest)
        return self._inner


def _called_with_wiki(event: Callable[..., object], wiki: str, value: Event) -> object:
    return event(value, wiki)


def _hook(plugin: Plugin, name: str, alias: str, wanted: int, *, from_end: bool = True) -> Callable[..., Any] | None:
    """A hook of a plugin if it has one, called with as many arguments as it takes."""
    cls = type(plugin)
    own = getattr(cls, name) is not getattr(Plugin, name)
    if own and alias != name and hasattr(cls, alias):
        raise ConfigurationError(f"The plugin {plugin.name!r} has both {name} and {alias}: they are the same hook.")
    if not own and (alias == name or not hasattr(cls, alias)):
        return None
    used = name if own else alias
    method: Callable[..., Any] = getattr(plugin, used)
    if inspect.iscoroutinefunction(method) or inspect.isasyncgenfunction(method):
        raise ConfigurationError(
            f"The hook {used} of the plugin {plugin.name!r} is async, and plugins serve both clients.",
            hint="Write a flow, and wait in it by `yield from blocking(function)`, see docs/plugins.md.",
        )
    if not callable(method):
        raise ConfigurationError(f"The hook {used} of the plugin {plugin.name!r} is no method.")
    taken = _positional(method)
    if taken is None or taken >= wanted:
        return method
    if taken < 1:
        raise ConfigurationError(f"The hook {used} of the plugin {plugin.name!r} takes no argument.")
    if from_end:
        return lambda *values: method(*values[-taken:])
    return lambda *values: method(*values[:taken])


def _positional(method: Callable[..., Any]) -> int | None:
    """How many positional arguments a method takes; None for any number."""
    parameters = inspect.signature(method).parameters.values()
    if any(each.kind is each.VAR_POSITIONAL for each in parameters):
        return None
    return sum(each.kind in {each.POSITIONAL_ONLY, each.POSITIONAL_OR_KEYWORD} for each in parameters)


class Chain:
    """The plugins of a client, in the order in which they stand around a call: the first is the outermost."""

    def __init__(self, plugins: tuple[Plugin, ...], wiki: str = "") -> None:
        self.plugins = plugins
        self.wiki = wiki
        links = [Link(plugin, plugins[place + 1 :], wiki) for place, plugin in enumerate(plugins)]
        self.calls = tuple(link for link in links if link.around_call or link.error)
        self.attempts = tuple(link for link in links if link.before or link.after or link.around_attempt)
        self.events = tuple((link.name, link.event) for link in links if link.event)

    def emit(self, event: Event) -> None:
        """Hand an event to each plugin that listens."""
        for name, listener in self.events:
            try:
                listener(event)
            except Exception as error:
                _swallowed(name, "on_event", error)

    def call(
        self, engine: Engine, name: str, kind: OperationKind, operations: tuple[Operation[Any], ...], purpose: Purpose
    ) -> Call:
        """What plugins see of a call."""
        return Call(name, kind, operations, purpose, self.wiki, engine.auth)

    def run(self, engine: Engine, call: Call, attempts: Callable[[Running], Flow[T]]) -> Flow[T]:
        """Run the attempts of a call with all plugins around it."""
        running = Running(self, engine, call)
        if not self.calls:
            return attempts(running)
        return self._around_call(0, running, attempts)

    def fetch(
        self, engine: Engine, call: Call, attempts: Callable[[Running], Flow[tuple[T, bytes]]]
    ) -> Flow[tuple[T, bytes]]:
        """The same for a single operation, whose plugins see its leaf and not its JSON.

        Where a plugin gave another leaf there is no JSON, and the cache keeps nothing.
        """
        if not self.calls:
            return attempts(Running(self, engine, call))
        return self._fetched(engine, call, attempts)

    def _fetched(
        self, engine: Engine, call: Call, attempts: Callable[[Running], Flow[tuple[T, bytes]]]
    ) -> Flow[tuple[T, bytes]]:
        kept: tuple[T, bytes] | None = None

        def leaf_of(running: Running) -> Flow[T]:
            nonlocal kept
            kept = yield from attempts(running)
            return kept[0]

        leaf = yield from self.run(engine, call, leaf_of)
        return leaf, kept[1] if kept is not None and kept[0] is leaf else b""

    def _around_call(self, place: int, running: Running, innermost: Callable[[Running], Flow[T]]) -> Flow[T]:
        if place == len(self.calls):
            return innermost(running)
        link = self.calls[place]

        def inside(_: Call) -> Flow[T]:
            return self._around_call(place + 1, running, innermost)

        if link.around_call is None:
            flow = inside(running.call)
        else:
            flow = _Guard(link, "around_call", link.around_call, running).run(running.call, inside)
        return flow if link.error is None else _telling(link, running, flow)


class Running:
    """A call on its way through a chain."""

    __slots__ = ("_engine", "_sent", "call", "chain", "number", "request")

    def __init__(self, chain: Chain, engine: Engine, call: Call) -> None:
        self.chain = chain
        self._engine = engine
        self.call = call
        self.number = -1
        self.request: Request | None = None
        self._sent: Send | None = None

    def attempt(self, sent: Send, exchange: Callable[[Send], Flow[Reply]]) -> Flow[Reply]:
        """Make one attempt with all plugins around it."""
        self.number += 1
        self._sent = sent
        if not self.chain.attempts:
            return exchange(sent)
        return self._surrounded(sent, exchange)

    def last_request(self) -> Request:
        """What was sent last, or would have been."""
        if self.request is None:
            self.request = self._shown(self._sent or Send("/graphql", b"", {}))
        return self.request

    def _shown(self, sent: Send) -> Request:
        content = sent.content if isinstance(sent.content, bytes) and self.call.purpose != "login" else b""
        return Request(self.call, sent.method, sent.path, sent.headers, content, max(self.number, 0))

    def _surrounded(self, sent: Send, exchange: Callable[[Send], Flow[Reply]]) -> Flow[Reply]:
        call = self.call
        self.request = request = self._shown(sent)
        last: list[tuple[Response, Reply]] = []

        def innermost(request: Request) -> Flow[Response]:
            self.request = request
            changed = sent if request.headers is sent.headers else sent.with_headers(request.headers)
            reply = yield from exchange(changed)
            shown = _shown(reply, hidden=call.purpose == "login")
            last[:] = [(shown, reply)]
            return shown

        response = yield from self._around_attempt(0, request, innermost)
        return last[0][1] if last and response is last[0][0] else response

    def _around_attempt(self, place: int, request: Request, innermost: Inside[Response]) -> Flow[Response]:
        """Those that only look need no flow of their own: one flow serves all up to the next that stands around."""
        links = self.chain.attempts
        told: list[tuple[Link, Request]] = []
        around: Link | None = None
        while around is None and place < len(links):
            link = links[place]
            place += 1
            if link.before is not None:
                request = _before(link.name, link.before, request)
            if link.after is not None:
                told.append((link, request))
            if link.around_attempt is not None:
                around = link
        if around is None or around.around_attempt is None:
            response = yield from innermost(request)
        else:

            def inside(given: Attempt) -> Flow[Response]:
                return self._around_attempt(place, given.request, innermost)

            guard = _Guard(around, "around_attempt", around.around_attempt, self)
            response = yield from guard.run(Attempt(self.call, request, self.number), inside, Response)
        for link, seen in reversed(told):
            try:
                cast("Callable[..., Any]", link.after)(seen, response)
            except Exception as error:
                _swallowed(link.name, "after_request", error)
        return response

    def ask(self, link: Link, operation: Operation[Any]) -> Flow[Any]:
        """Send an operation of a plugin's own, through the plugins behind it."""
        from wikijs.core.engine import PAGE_WRITES

        if not isinstance(operation, Operation):  # pyright: ignore[reportUnnecessaryIsInstance]  plugins are others' code
            raise PluginError("send() takes what a function of wikijs.ops returns.", plugin=link.name, hook="send")
        if operation.spec.server_field in PAGE_WRITES:
            raise PluginError(
                "A plugin cannot write pages inside of a call: that write could wait for this call for ever.",
                plugin=link.name,
                hook="send",
                hint="Write it with a client of its own, or after the call.",
            )
        inner = copy(self._engine)
        inner.chain = link.inner
        if self.call.purpose == "login":
            return inner.execute_as_guest(operation)
        return inner.execute_unlocked(operation)


def _before(name: str, hook: Callable[..., Any], request: Request) -> Request:
    try:
        changed = hook(request)
    except WikiJSException as error:
        error.effect = _unsent(error)
        raise
    except Exception as error:
        raise _defect(name, "before_request", error, Outcome.NOT_SENT) from error
    if changed is None:
        return request
    if not isinstance(changed, Request):
        wrong = TypeError(f"it returned {type(changed).__name__} instead of a request or None")
        raise _defect(name, "before_request", wrong, Outcome.NOT_SENT)
    return changed


class _Guard:
    """Runs one `around_` hook once, and holds it to the rules."""

    __slots__ = ("_call", "_function", "_hook", "_link", "_name", "_outcome", "_proceeded", "_running")

    def __init__(self, link: Link, hook: str, function: Callable[..., Any], running: Running) -> None:
        self._name = link.name
        self._hook = hook
        self._function = function
        self._call = running.call
        self._link = link
        self._running = running
        self._proceeded = False
        self._outcome: tuple[Any] | Exception | None = None  # a value, or what was raised

    def run(self, subject: Any, inside: Inside[Any], wanted: type[Any] | None = None) -> Flow[Any]:
        def proceed(given: Any) -> Flow[Any]:
            if type(given) is not type(subject) or (isinstance(given, Call) and given is not subject):
                raise self._misused(
                    "It proceeded with something else than it was given.",
                    hint="To ask something else send it, by `yield from send(operation)`, and return its result.",
                )
            return self._noting(inside(given))

        try:
            flow: Any = _checked(self._function(subject, proceed))
        except Exception as error:
            return self._after(error)
        try:
            step: Any = next(flow)
            while True:  # as `yield from flow` does, but for the operations that it asks for
                try:
                    if type(step) is Ask:
                        answer = yield from self._running.ask(self._link, step.operation)
                    else:
                        answer = yield step
                except GeneratorExit:
                    flow.close()
                    raise
                except BaseException as error:
                    step = flow.throw(error)
                else:
                    step = flow.send(answer)
        except StopIteration as end:
            value = end.value
        except Exception as error:
            return self._after(error)
        if wanted is not None and not isinstance(value, wanted):
            return self._after(TypeError(f"it returned {type(value).__name__} instead of {wanted.__name__}"))
        return value

    def _misused(self, what: str, hint: str | None = None) -> PluginError:
        return PluginError(what, plugin=self._name, hook=self._hook, hint=hint)

    def _noting(self, flow: Flow[Any]) -> Flow[Any]:
        if self._proceeded and self._call.kind == "mutation":
            raise self._misused("It proceeded twice with a write, which is sent once.")
        self._proceeded = True
        try:
            value = yield from flow
        except Exception as error:  # also what is no error of ours: it is not the plugin's either
            self._outcome = error
            raise
        self._outcome = (value,)
        return value

    def _after(self, error: Exception) -> Any:
        """What comes of an exception that left the hook: the outcome that stands, or an exception."""
        outcome = self._outcome
        if error is outcome:
            raise error
        deliberate = isinstance(error, WikiJSException) and not isinstance(error, PluginError)
        if not self._proceeded:
            if not isinstance(error, WikiJSException):
                raise _defect(self._name, self._hook, error, Outcome.NOT_SENT) from error
            error.effect = _unsent(error)
            raise error
        if self._call.kind == "mutation":
            if not deliberate and outcome is not None:
                _swallowed(self._name, self._hook, error)
                if isinstance(outcome, Exception):
                    raise outcome
                return outcome[0]
            fate = self._fate(outcome)
            if deliberate:
                cast("WikiJSException", error).effect = fate
                raise error
            raise _defect(self._name, self._hook, error, fate) from error
        if isinstance(error, WikiJSException):
            raise error
        raise _defect(self._name, self._hook, error, None) from error

    def _fate(self, outcome: tuple[Any] | Exception | None) -> Outcome:
        if isinstance(outcome, Exception):
            return classify(outcome, self._call.name)
        # An HTTP answer may still say no: only a whole call that was answered has certainly been applied.
        return Outcome.APPLIED if outcome is not None and self._hook == "around_call" else Outcome.UNKNOWN


def _checked(flow: Any) -> Flow[Any]:
    if type(flow) is not GeneratorType and not isinstance(flow, Generator):
        raise TypeError("it is no flow: it must be a generator, or return what proceed() gave")
    return cast("Flow[Any]", flow)


def _telling(link: Link, running: Running, flow: Flow[T]) -> Flow[T]:
    """Run what stands inside of a plugin, which is told how it failed."""
    try:
        return (yield from flow)
    except WikiJSException as error:
        other = _told(link, running, error)
        if other is error:
            raise
        raise other from error


def _told(link: Link, running: Running, error: WikiJSException) -> WikiJSException:
    """Tell a plugin about the error that ends a call; the one that is raised in its place, or the same."""
    if link.error is None:
        return error
    request = running.last_request()
    try:
        other = link.error(request, error)
    except Exception as failure:
        _swallowed(link.name, "on_error", failure)
        return error
    if other is None or other is error:
        return error
    if not isinstance(other, WikiJSException):
        _swallowed(link.name, "on_error", TypeError(f"it returned {type(other).__name__}, no WikiJSException"))
        return error
    # What became of the request does not depend on what its error is called.
    other.effect = classify(error, running.call.name)
    return other


def _unsent(error: WikiJSException) -> Outcome:
    """What became of a request before which a plugin raised this: it may be tried again only if the plugin says so."""
    again = isinstance(error, TransportError) and not error.sent
    return Outcome.NOT_SENT if again else Outcome.REJECTED


def _shown(reply: Reply, *, hidden: bool) -> Response:
    headers = {name.lower(): value for name, value in reply.headers.items() if name.lower() not in _SECRET}
    return Response(reply.status_code, headers, b"" if hidden else reply.content)


def _defect(name: str, hook: str, error: Exception, fate: Outcome | None) -> PluginError:
    failed = PluginError(f"It failed: {type(error).__name__}: {error}", plugin=name, hook=hook)
    failed.effect = fate
    return failed


def _swallowed(name: str, hook: str, error: Exception) -> None:
    log.error("the plugin %r failed in %s: %s", name, hook, type(error).__name__, exc_info=error)
