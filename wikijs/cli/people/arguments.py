"""What commands about users and groups share: how they are named."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wikijs import exceptions as exc

if TYPE_CHECKING:
    from wikijs import WikiJSClient

UserArgument = Annotated[str, typer.Argument(metavar="USER", help="Id or e-mail address of the user.")]
UsersArgument = Annotated[list[str], typer.Argument(metavar="USER", help="Ids or e-mail addresses of users.")]
GroupArgument = Annotated[str, typer.Argument(metavar="GROUP", help="Id or name of the group.")]

GeneratedOption = Annotated[
    Path | None,
    typer.Option(
        "--generate-password",
        metavar="FILE",
        help="Make passwords, and write them once into a new file that only you can read (0600).",
    ),
]


def user_id(client: WikiJSClient, user: str) -> int:
    """The id of a user given by id or e-mail address.

    Raises:
        UserNotFoundError: Nobody has this address.
    """
    if _is_id(user):
        return int(user)
    for hit in client.users.search(user):
        if hit.email.casefold() == user.casefold():
            return hit.id
    raise exc.UserNotFoundError(f"There is no user {user!r}.", hint="Give the id, or the whole e-mail address.")


def author_id(client: WikiJSClient, author: str) -> int:
    """The id of a user given by id, e-mail address or whole name.

    Raises:
        CommandError: Several users have this name.
        UserNotFoundError: Nobody has it.
    """
    if _is_id(author):
        return int(author)
    wanted = author.casefold()
    ids = [hit.id for hit in client.users.search(author) if wanted in {hit.email.casefold(), hit.name.casefold()}]
    if not ids:
        raise exc.UserNotFoundError(f"There is no user {author!r}.", hint="Give the id, e-mail address or whole name.")
    if len(ids) > 1:
        raise exc.ConflictError(f"{len(ids)} users are called {author!r}.", hint=f"Give one of the ids {ids}.")
    return ids[0]


def group_id(client: WikiJSClient, group: str) -> int:
    """The id of a group given by id or name.

    Raises:
        GroupNotFoundError: There is no group of this name.
    """
    return int(group) if _is_id(group) else client.groups.get_by_name(group).id


def id_or_name(group: str) -> int | str:
    """A group as the client takes it."""
    return int(group) if _is_id(group) else group


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdecimal()
