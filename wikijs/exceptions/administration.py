"""Errors about users, groups and settings that the server does not have; the facade finds them out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .base import ConflictError, NotFoundError, PermissionDeniedError, ServerError, ValidationError

if TYPE_CHECKING:
    from wikijs_generated.fragments import UserSearchHit


class GroupNotFoundError(NotFoundError):
    """The group does not exist."""


class MembershipError(ConflictError):
    """The user is in the group already, or is not in it."""


class ProtectedGroupError(PermissionDeniedError):
    """The change would delete a group that the wiki cannot do without, or lock its administrators out."""


class UnknownPermissionError(ValidationError):
    """There is no permission of this name. Wiki.js would store it all the same, and it would allow nothing."""


class UserUnreadableError(PermissionDeniedError):
    """The user was created, but the caller may not read it.

    Attributes:
        user: What can be had of the user.
    """

    effect = "applied"
    user: UserSearchHit | None = None


class ApiKeyNotFoundError(NotFoundError):
    """The API key does not exist."""


class ModuleUnknownError(NotFoundError):
    """There is no such storage target, search engine, renderer, provider or login strategy."""


class NavigationItemNotFoundError(NotFoundError):
    """There is no such item in the navigation."""


class ExportFailedError(ServerError):
    """The export of the wiki failed; the message is the server's."""
