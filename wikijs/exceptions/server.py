"""One class for each error code of Wiki.js 2.x, under the bases that callers catch.

Code and slug are the server's (constant since 2.0); they have been stable, newer ones were
appended.
"""

from __future__ import annotations

from .base import (
    APIError,
    AuthenticationError,
    ConflictError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitError,
    ServerError,
    ValidationError,
)


class AuthError(AuthenticationError):
    """An unexpected error occurred during login."""

    server_code = 1001
    server_slug = "AuthGenericError"


class LoginFailedError(AuthenticationError):
    """The user name or the password is wrong."""

    server_code = 1002
    server_slug = "AuthLoginFailed"
    default_hint = "Check the user name (the email address) and the password."


class InvalidAuthProviderError(AuthenticationError):
    """The authentication provider does not exist or cannot do this."""

    server_code = 1003
    server_slug = "AuthProviderInvalid"


class AccountExistsError(ConflictError):
    """An account with this email address exists already."""

    server_code = 1004
    server_slug = "AuthAccountAlreadyExists"


class TwoFactorFailedError(AuthenticationError):
    """The two-factor code is wrong."""

    server_code = 1005
    server_slug = "AuthTFAFailed"


class TwoFactorInvalidError(AuthenticationError):
    """The two-factor code or the login token is invalid."""

    server_code = 1006
    server_slug = "AuthTFAInvalid"


class BruteForceInstanceError(ServerError):
    """The brute-force guard is invalid; Wiki.js 2.x never sends it."""

    server_code = 1007
    server_slug = "BruteInstanceIsInvalid"


class TooManyAttemptsError(RateLimitError):
    """Too many login attempts; Wiki.js 2.x never sends it."""

    server_code = 1008
    server_slug = "BruteTooManyAttempts"


class UserCreationError(ServerError):
    """The user could not be created; Wiki.js 2.x never sends it."""

    server_code = 1009
    server_slug = "UserCreationFailed"


class RegistrationDisabledError(PermissionDeniedError):
    """Registration is switched off on this wiki."""

    server_code = 1010
    server_slug = "AuthRegistrationDisabled"


class RegistrationDomainError(PermissionDeniedError):
    """Addresses of this mail domain may not register."""

    server_code = 1011
    server_slug = "AuthRegistrationDomainUnauthorized"


class InputInvalidError(ValidationError):
    """The server refused a value; its message names the rule."""

    server_code = 1012
    server_slug = "InputInvalid"


class AccountDisabledError(AuthenticationError):
    """The account is deactivated."""

    server_code = 1013
    server_slug = "AuthAccountBanned"
    default_hint = "An administrator can activate the account."


class AccountNotVerifiedError(AuthenticationError):
    """The account's email address is not verified yet."""

    server_code = 1014
    server_slug = "AuthAccountNotVerified"


class ContinuationTokenError(AuthenticationError):
    """The continuation token of a login is unknown, used or too old."""

    server_code = 1015
    server_slug = "AuthValidationTokenInvalid"


class UserNotFoundError(NotFoundError):
    """The user does not exist."""

    server_code = 1016
    server_slug = "UserNotFound"


class UserHasContentError(ConflictError):
    """The user still owns content that has to go to somebody else."""

    server_code = 1017
    server_slug = "UserDeleteForeignConstraint"
    default_hint = "Name a user that takes over the content."


class ProtectedUserError(PermissionDeniedError):
    """The account belongs to the system and cannot be deleted."""

    server_code = 1018
    server_slug = "UserDeleteProtected"


class AuthenticationRequiredError(AuthenticationError):
    """The server takes the caller for nobody or for a guest."""

    server_code = 1019
    server_slug = "AuthRequired"
    default_hint = "Check the token with client.whoami(): a bad or expired token is silently taken for a guest."


class PasswordIncorrectError(AuthenticationError):
    """The current password is wrong."""

    server_code = 1020
    server_slug = "AuthPasswordInvalid"


class AssetError(ServerError):
    """An unexpected error of the asset area; Wiki.js 2.x never sends it."""

    server_code = 2001
    server_slug = "AssetGenericError"


class AssetFolderExistsError(ConflictError):
    """A folder of this name exists already."""

    server_code = 2002
    server_slug = "AssetFolderExists"


class AssetDeleteForbiddenError(PermissionDeniedError):
    """The caller may not delete this asset."""

    server_code = 2003
    server_slug = "AssetDeleteForbidden"


class AssetNotFoundError(NotFoundError):
    """The asset does not exist."""

    server_code = 2004
    server_slug = "AssetInvalid"


class AssetExistsError(ConflictError):
    """An asset of this name exists in the folder already."""

    server_code = 2005
    server_slug = "AssetRenameCollision"


class AssetRenameForbiddenError(PermissionDeniedError):
    """The caller may not rename this asset."""

    server_code = 2006
    server_slug = "AssetRenameForbidden"


class AssetNameInvalidError(ValidationError):
    """The new file name is invalid."""

    server_code = 2007
    server_slug = "AssetRenameInvalid"


class AssetExtensionChangedError(ValidationError):
    """The extension of an asset cannot change."""

    server_code = 2008
    server_slug = "AssetRenameInvalidExt"


class AssetRenameTargetForbiddenError(PermissionDeniedError):
    """The caller may not give an asset this name."""

    server_code = 2009
    server_slug = "AssetRenameTargetForbidden"


class MailError(ServerError):
    """An unexpected error of the mail area; Wiki.js 2.x never sends it."""

    server_code = 3001
    server_slug = "MailGenericError"


class MailNotConfiguredError(ServerError):
    """Mail is not set up on this wiki; what was asked may have been done all the same."""

    server_code = 3002
    server_slug = "MailNotConfigured"
    default_hint = "Look whether the change took place before repeating it."


class MailTemplateError(ServerError):
    """The server could not load the mail template."""

    server_code = 3003
    server_slug = "MailTemplateFailed"


class MailRecipientError(ValidationError):
    """The recipient's address is invalid."""

    server_code = 3004
    server_slug = "MailInvalidRecipient"


class SearchError(ServerError):
    """An unexpected error of the search area; Wiki.js 2.x never sends it."""

    server_code = 4001
    server_slug = "SearchGenericError"


class SearchActivationError(ServerError):
    """The search engine could not be activated."""

    server_code = 4002
    server_slug = "SearchActivationFailed"


class LocaleError(ServerError):
    """An unexpected error of the locale area; Wiki.js 2.x never sends it."""

    server_code = 5001
    server_slug = "LocaleGenericError"


class LocaleNotFoundError(NotFoundError):
    """The locale or namespace does not exist."""

    server_code = 5002
    server_slug = "LocaleInvalidNamespace"


class PageError(ServerError):
    """An unexpected error of the page area; Wiki.js 2.x never sends it."""

    server_code = 6001
    server_slug = "PageGenericError"


class PageExistsError(ConflictError):
    """A page exists at this path already."""

    server_code = 6002
    server_slug = "PageDuplicateCreate"
    default_hint = "Update the existing page, or choose another path."


class PageNotFoundError(NotFoundError):
    """The page does not exist."""

    server_code = 6003
    server_slug = "PageNotFound"


class PageEmptyContentError(ValidationError):
    """The content of a page cannot be empty."""

    server_code = 6004
    server_slug = "PageEmptyContent"
    default_hint = "An update must always carry the whole content."


class PageIllegalPathError(ValidationError):
    """The path holds a dot, a space, a backslash or a double slash."""

    server_code = 6005
    server_slug = "PageIllegalPath"


class PagePathCollisionError(ConflictError):
    """Another page is at the destination already."""

    server_code = 6006
    server_slug = "PagePathCollision"


class PageMoveForbiddenError(PermissionDeniedError):
    """The caller may not move this page."""

    server_code = 6007
    server_slug = "PageMoveForbidden"


class PageCreateForbiddenError(PermissionDeniedError):
    """The caller may not create this page; Wiki.js 2.x sends 6010 instead."""

    server_code = 6008
    server_slug = "PageCreateForbidden"


class PageUpdateForbiddenError(PermissionDeniedError):
    """The caller may not update this page."""

    server_code = 6009
    server_slug = "PageUpdateForbidden"


class PageDeleteForbiddenError(PermissionDeniedError):
    """The caller may not delete this page, or may not create it."""

    server_code = 6010
    server_slug = "PageDeleteForbidden"
    default_hint = "A forbidden create has this code too: it takes write:pages in a page rule that covers the path."


class PageRestoreForbiddenError(PermissionDeniedError):
    """The caller may not restore this version."""

    server_code = 6011
    server_slug = "PageRestoreForbidden"


class PageHistoryForbiddenError(PermissionDeniedError):
    """The caller may not see the history of this page."""

    server_code = 6012
    server_slug = "PageHistoryForbidden"


class PageViewForbiddenError(PermissionDeniedError):
    """The caller may not view this page."""

    server_code = 6013
    server_slug = "PageViewForbidden"
    default_hint = "A single page takes manage:pages or delete:pages in a page rule; read:pages is not enough."


class SystemGenericError(ServerError):
    """An unexpected error of the system area; Wiki.js 2.x never sends it."""

    server_code = 7001
    server_slug = "SystemGenericError"


class SSLDisabledError(ConflictError):
    """HTTPS is not enabled on this wiki."""

    server_code = 7002
    server_slug = "SystemSSLDisabled"


class SSLProviderError(ConflictError):
    """The certificate provider cannot renew certificates."""

    server_code = 7003
    server_slug = "SystemSSLRenewInvalidProvider"


class LetsEncryptUnavailableError(ServerError):
    """Let's Encrypt is not initialised on this wiki."""

    server_code = 7004
    server_slug = "SystemSSLLEUnavailable"


class CommentError(ServerError):
    """An unexpected error of the comment area."""

    server_code = 8001
    server_slug = "CommentGenericError"


class CommentPostForbiddenError(PermissionDeniedError):
    """The caller may not comment on this page."""

    server_code = 8002
    server_slug = "CommentPostForbidden"


class CommentContentError(ValidationError):
    """The comment is empty or shorter than two characters."""

    server_code = 8003
    server_slug = "CommentContentMissing"


class CommentManageForbiddenError(PermissionDeniedError):
    """The caller may not manage comments of this page."""

    server_code = 8004
    server_slug = "CommentManageForbidden"


class CommentNotFoundError(NotFoundError):
    """The comment does not exist."""

    server_code = 8005
    server_slug = "CommentNotFound"


class CommentViewForbiddenError(PermissionDeniedError):
    """The caller may not see the comments of this page."""

    server_code = 8006
    server_slug = "CommentViewForbidden"


def _by_code(base: type[APIError]) -> dict[int, type[APIError]]:
    found = {base.server_code: base} if base.server_code else {}
    for child in base.__subclasses__():
        found |= _by_code(child)
    return found


CLASS_FOR_CODE: dict[int, type[APIError]] = _by_code(APIError)
"""Exception class by the server's error code."""
