"""What a shell may put at the cursor: profiles, fields, and names of what there is in the wiki.

Silent where anything is in the way: whoever presses Tab wants no error, no question and no long wait.
"""

from __future__ import annotations

import inspect
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import redirect_stderr, suppress
from typing import TYPE_CHECKING, Any, Final

import typer
from typer.models import ParameterInfo

if TYPE_CHECKING:
    from wikijs import WikiJSClient

    from .frame.session import Session

KINDS: Final[Mapping[str, str]] = {
    "page": "pages",
    "pages": "pages",
    "path": "pages",
    "destination": "pages",
    "folder": "pages",
    "tag": "tags",
    "tags": "tags",
    "add_tag": "tags",
    "remove_tag": "tags",
    "user": "users",
    "users": "users",
    "author": "users",
    "replace_with": "users",
    "group": "groups",
    "groups": "groups",
    "locale": "locales",
    "profile": "profiles",
    "json": "fields",
    "columns": "fields",
    "filter": "fields",
}
"""What names of arguments and options mean."""
KINDS_BY_METAVAR: Final = {"PROFILE": "profiles", "PAGE": "pages", "USER": "users", "GROUP": "groups"}
"""What arguments and options mean, whatever their names are."""
SECONDS: Final = 3.0
"""For which a wiki is asked."""


def ways_to_ask(client: WikiJSClient) -> Mapping[str, Callable[[], Sequence[str]]]:
    """How the names of each kind of thing are had."""
    return {
        "pages": lambda: [page.path for page in client.pages.list(order_by="path")],
        "tags": lambda: sorted(tag.tag for tag in client.tags.list()),
        "users": lambda: [user.email for user in client.users.list()],
        "groups": lambda: [group.name for group in client.groups.list()],
        "locales": lambda: sorted({page.locale for page in client.pages.list()}),
    }


def with_completion(parameters: Iterable[inspect.Parameter]) -> list[inspect.Parameter]:
    """Parameters of a command, those that are completed by names."""
    found = list(parameters)
    for parameter in found:
        for info in getattr(parameter.annotation, "__metadata__", ()):
            kind = KINDS_BY_METAVAR.get(getattr(info, "metavar", None) or "", KINDS.get(parameter.name))
            if kind is not None and isinstance(info, ParameterInfo) and info.metavar not in {"FILE", "GLOB"}:
                info.autocompletion = _completer(kind, parameter.name)
    return found


def _completer(kind: str, option: str) -> Callable[..., Iterable[str]]:
    def complete(ctx: typer.Context, incomplete: str) -> Iterable[str]:
        if kind == "fields":
            return _fields(ctx, incomplete, option)
        with suppress(Exception), redirect_stderr(io.StringIO()):
            session = _session(ctx)
            if kind == "profiles":
                return list(session.config.profiles)
            return _names(session, kind)
        return ()

    return complete


def _fields(context: typer.Context, incomplete: str, option: str) -> Iterable[str]:
    """Fields of the command; of a list separated by commas the last one."""
    command: Any = context.command
    names: Sequence[str] = command.field_names() if hasattr(command, "field_names") else ()
    if option == "filter":
        return [f"{name}:" for name in names]
    before, comma, _ = incomplete.rpartition(",")
    return [f"{before}{comma}{name}" for name in names if name not in before.split(",")]


def _session(context: typer.Context) -> Session:
    """The session of the line so far: a profile or a URL on it counts."""
    from .frame.session import Session

    given: dict[str, Any] = {}
    at: Any = context
    while at is not None:
        for name in ("url", "profile", "api_key_file", "locale"):
            if at.params.get(name) and name not in given:
                given[name] = at.params[name]
        at = at.parent
    made = context.find_object(Session)
    session = made or Session()
    for name, value in given.items():
        setattr(session, name, value)
    session.timeout = SECONDS
    return session


def _names(session: Session, kind: str) -> Sequence[str]:
    profile = session.target.profile
    if profile is not None and profile.token_command:
        return ()  # it may ask for a passphrase
    with session.client(or_guest=True) as client:
        return ways_to_ask(client)[kind]()
