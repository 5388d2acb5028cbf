"""Whether a gateway can work: its database, its wiki, its credentials, and what those may do."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from wikijs.exceptions import NotFoundError, PermissionDeniedError, WikiJSException

if TYPE_CHECKING:
    from .runtime import Gateway


async def look(gateway: Gateway) -> list[dict[str, Any]]:
    """What was found: name, state ("ok", "warning", "problem") and detail of each thing."""
    found: list[dict[str, Any]] = []

    def tell(name: str, state: str, detail: str) -> None:
        found.append({"name": name, "state": state, "detail": detail})

    tell("database", "ok", f"{gateway.database.name}, version {gateway.database.version()}")
    problem = await gateway.reach()
    tell("wiki", "problem" if problem else "ok", problem or gateway.settings.wiki)
    states = await asyncio.to_thread(gateway.credentials.all)
    if not states:
        tell("credentials", "problem", "There is none. `wikijs gateway credentials add` stores one.")
    for each in states:
        name = f"credential {each.name}"
        problem = await gateway.problem_of(each.name)
        if problem is not None:
            tell(name, "problem", problem)
            continue
        state, detail = await _rights(gateway, each.name)
        tell(name, state, detail)
    now = gateway.clock()
    active = [key for key in gateway.keys.all() if key.problem(now) is None]
    state = "ok" if active else "warning"
    tell("keys", state, f"{len(active)} active" if active else "There is none. `wikijs gateway keys create` makes one.")
    known = {each.name for each in states}
    for key in active:
        if key.credential not in known:
            tell(f"key {key.id}", "problem", f"It uses the credential {key.credential!r}, which is not there.")
        if key.expires_at is not None and key.expires_at < now + 14 * 86_400:
            tell(f"key {key.id}", "warning", f"{key.name} ends within two weeks.")
    return found


async def _rights(gateway: Gateway, credential: str) -> tuple[str, str]:
    """What a credential may read: a page by its id needs a rule of its own, which is easily forgotten."""
    client = gateway.clients.of(credential)
    try:
        pages = await client.pages.list(limit=1)
        if not pages:
            return "ok", "It sees no page yet."
        await client.pages.get(pages[0].id)
    except PermissionDeniedError as error:
        return "warning", (
            f"It may list pages, but not read one whole: {error.message} Reading by id needs a page rule with"
            " manage:pages or delete:pages, and the content one with read:source or write:pages."
        )
    except NotFoundError as error:
        return "warning", error.message
    except WikiJSException as error:
        return "problem", error.message
    return "ok", "It lists and reads pages."
