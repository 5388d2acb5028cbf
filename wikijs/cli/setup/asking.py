"""What `wikijs config init` asks, until it understands the answer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from ..frame import confirm
from ..frame.confirm import ask
from ..frame.output import note
from ..frame.session import Session

_ADDRESS: Final = re.compile(r"[^\s@]{1,200}@[^\s@]{1,200}")
_WAYS: Final = {
    "key": ("key", "api key", "an api key", "k"),
    "command": ("command", "a command", "c"),
    "email": ("email", "e-mail", "an email address", "email address", "e", "password", "login"),
    "guest": ("guest", "a guest", "as a guest", "g"),
    "environment": ("environment", "env", "wikijs_api_key"),
}
"""Ways to log in, and how people answer."""


@dataclass(frozen=True)
class Way:
    """How a new profile gets its token.

    Attributes:
        settings: What to write for it.
        secret: A key to store: in the keyring, or in a file for its owner only.
        tried_with: A key that is only tried: that of the environment.
    """

    settings: Mapping[str, Any]
    secret: str | None = field(default=None, repr=False)
    tried_with: str | None = field(default=None, repr=False)


def asked_url(session: Session, *, is_tried: bool) -> str:
    """The URL of the wiki. One that cannot be, or does not answer, is asked for again; the same again is insisted on.

    Raises:
        CommandError: Nobody could be asked.
        ConfigurationError: It is none, and nobody could be asked for another one.
    """
    from wikijs.core.settings import normalize_url
    from wikijs.exceptions import ConfigurationError

    default = session.environment.get("WIKIJS_URL") or None
    before = None
    while True:
        answer = ask("URL of the wiki", default=default, instead="Give --url, or set WIKIJS_URL.")
        try:
            url = normalize_url(answer)
        except ConfigurationError as error:
            if not confirm.somebody_is_there():
                raise
            note(f"wikijs: {error}")
            continue
        if not is_tried or not confirm.somebody_is_there() or url == before:
            return url
        said = _silence_of(session, url)
        if said is None:
            return url
        note(f"wikijs: {said}")
        note("Press Enter to keep this URL, or give another one.")
        default = before = url


def _silence_of(session: Session, url: str) -> str | None:
    """Why no wiki answers at a URL; None where one does."""
    from wikijs import WikiJSClient
    from wikijs.exceptions import EndpointError, TransportError, WikiJSException

    try:
        with WikiJSClient(url, http_client=session.http, timeout=session.timeout or 30.0) as client:
            client.graphql("{ __typename }")
    except (EndpointError, TransportError) as error:
        return str(error)
    except WikiJSException:
        return None  # it answers, whatever it says
    return None


def way_of(session: Session, *, token_command: str | None, keyring: bool, email: str | None) -> Way:
    """Where the token comes from: as the options say, else as whoever is there answers."""
    settings: dict[str, Any] = {"email": email} if email else {}
    if session.api_key_file is not None:
        return Way({**settings, "api_key_file": str(session.api_key_file.expanduser().absolute())})
    if token_command:
        return Way({**settings, "token_command": token_command})
    if keyring:
        key = None if email else ask("API key", hidden=True, instead="Give --email too, and log in afterwards.")
        return Way({**settings, "keyring": True}, key)
    if email:
        return Way(settings)
    key_there = session.environment.get("WIKIJS_API_KEY", "").strip() or None
    return _asked_way(key_there) if confirm.somebody_is_there() else Way(settings, tried_with=key_there)


def _asked_way(key_there: str | None) -> Way:
    offered = f"{', that of WIKIJS_API_KEY (environment)' if key_there else ''}"
    question = f"Log in with an API key{offered}, a command that prints one, an email address, or as a guest"
    while True:
        answer = ask(question, default="environment" if key_there else "key", instead="")
        if answer.startswith("eyJ"):  # a key itself
            return Way({}, answer)
        way = next((name for name, words in _WAYS.items() if answer.lower() in words), None)
        if way == "key":
            return Way({}, ask("API key", hidden=True, instead=""))
        if way == "command":
            return Way({"token_command": ask("Command", instead="")})
        if way == "email" or _ADDRESS.fullmatch(answer):
            return Way({"email": answer if way is None else _asked_address()})
        if way == "guest":
            return Way({})
        if way == "environment" and key_there:
            return Way({}, tried_with=key_there)
        known = [name for name in _WAYS if name != "environment" or key_there]
        note(f"wikijs: {answer!r} is none of {', '.join(known)}.")


def _asked_address() -> str:
    while not _ADDRESS.fullmatch(answer := ask("Email address", instead="")):
        note(f"wikijs: {answer!r} is no email address.")
    return answer
