"""The error codes of Wiki.js 2.5.314, written down apart from the package: code, slug, exception, the server's text."""

from __future__ import annotations

from typing import NamedTuple


class Row(NamedTuple):
    """One code."""

    code: int
    slug: str
    exception: str
    text: str


TABLE = (
    Row(1001, "AuthGenericError", "AuthError", "An unexpected error occured during login."),
    Row(1002, "AuthLoginFailed", "LoginFailedError", "Invalid email / username or password."),
    Row(1003, "AuthProviderInvalid", "InvalidAuthProviderError", "Invalid authentication provider."),
    Row(1004, "AuthAccountAlreadyExists", "AccountExistsError", "An account already exists using this email address."),
    Row(1005, "AuthTFAFailed", "TwoFactorFailedError", "Incorrect TFA Security Code."),
    Row(1006, "AuthTFAInvalid", "TwoFactorInvalidError", "Invalid TFA Security Code or Login Token."),
    Row(1007, "BruteInstanceIsInvalid", "BruteForceInstanceError", "Invalid Brute Force Instance."),
    Row(1008, "BruteTooManyAttempts", "TooManyAttemptsError", "Too many attempts! Try again later."),
    Row(1009, "UserCreationFailed", "UserCreationError", "An unexpected error occured during user creation."),
    Row(
        1010,
        "AuthRegistrationDisabled",
        "RegistrationDisabledError",
        "Registration is disabled. Contact your system administrator.",
    ),
    Row(
        1011,
        "AuthRegistrationDomainUnauthorized",
        "RegistrationDomainError",
        "You are not authorized to register. Your domain is not whitelisted.",
    ),
    Row(1012, "InputInvalid", "InputInvalidError", "Input data is invalid."),
    Row(1013, "AuthAccountBanned", "AccountDisabledError", "Your account has been disabled."),
    Row(
        1014, "AuthAccountNotVerified", "AccountNotVerifiedError", "You must verify your account before your can login."
    ),
    Row(1015, "AuthValidationTokenInvalid", "ContinuationTokenError", "Invalid validation token."),
    Row(1016, "UserNotFound", "UserNotFoundError", "This user does not exist."),
    Row(
        1017,
        "UserDeleteForeignConstraint",
        "UserHasContentError",
        "Cannot delete user because of content relational constraints.",
    ),
    Row(1018, "UserDeleteProtected", "ProtectedUserError", "Cannot delete a protected system account."),
    Row(1019, "AuthRequired", "AuthenticationRequiredError", "You must be authenticated to access this resource."),
    Row(1020, "AuthPasswordInvalid", "PasswordIncorrectError", "Password is incorrect."),
    Row(2001, "AssetGenericError", "AssetError", "An unexpected error occured during asset operation."),
    Row(2002, "AssetFolderExists", "AssetFolderExistsError", "An asset folder with the same name already exists."),
    Row(2003, "AssetDeleteForbidden", "AssetDeleteForbiddenError", "You are not authorized to delete this asset."),
    Row(2004, "AssetInvalid", "AssetNotFoundError", "This asset does not exist or is invalid."),
    Row(
        2005,
        "AssetRenameCollision",
        "AssetExistsError",
        "An asset with the same filename in the same folder already exists.",
    ),
    Row(2006, "AssetRenameForbidden", "AssetRenameForbiddenError", "You are not authorized to rename this asset."),
    Row(2007, "AssetRenameInvalid", "AssetNameInvalidError", "The new asset filename is invalid."),
    Row(
        2008,
        "AssetRenameInvalidExt",
        "AssetExtensionChangedError",
        "The file extension cannot be changed on an existing asset.",
    ),
    Row(
        2009,
        "AssetRenameTargetForbidden",
        "AssetRenameTargetForbiddenError",
        "You are not authorized to rename this asset to the requested name.",
    ),
    Row(3001, "MailGenericError", "MailError", "An unexpected error occured during mail operation."),
    Row(3002, "MailNotConfigured", "MailNotConfiguredError", "The mail configuration is incomplete or invalid."),
    Row(3003, "MailTemplateFailed", "MailTemplateError", "Mail template failed to load."),
    Row(3004, "MailInvalidRecipient", "MailRecipientError", "The recipient email address is invalid."),
    Row(4001, "SearchGenericError", "SearchError", "An unexpected error occured during search operation."),
    Row(4002, "SearchActivationFailed", "SearchActivationError", "Search Engine activation failed."),
    Row(5001, "LocaleGenericError", "LocaleError", "An unexpected error occured during locale operation."),
    Row(5002, "LocaleInvalidNamespace", "LocaleNotFoundError", "Invalid locale or namespace."),
    Row(6001, "PageGenericError", "PageError", "An unexpected error occured during a page operation."),
    Row(
        6002,
        "PageDuplicateCreate",
        "PageExistsError",
        "Cannot create this page because an entry already exists at the same path.",
    ),
    Row(6003, "PageNotFound", "PageNotFoundError", "This page does not exist."),
    Row(6004, "PageEmptyContent", "PageEmptyContentError", "Page content cannot be empty."),
    Row(6005, "PageIllegalPath", "PageIllegalPathError", "Page path cannot contains illegal characters."),
    Row(6006, "PagePathCollision", "PagePathCollisionError", "Destination page path already exists."),
    Row(6007, "PageMoveForbidden", "PageMoveForbiddenError", "You are not authorized to move this page."),
    Row(6008, "PageCreateForbidden", "PageCreateForbiddenError", "You are not authorized to create this page."),
    Row(6009, "PageUpdateForbidden", "PageUpdateForbiddenError", "You are not authorized to update this page."),
    Row(6010, "PageDeleteForbidden", "PageDeleteForbiddenError", "You are not authorized to delete this page."),
    Row(
        6011,
        "PageRestoreForbidden",
        "PageRestoreForbiddenError",
        "You are not authorized to restore this page version.",
    ),
    Row(
        6012,
        "PageHistoryForbidden",
        "PageHistoryForbiddenError",
        "You are not authorized to view the history of this page.",
    ),
    Row(6013, "PageViewForbidden", "PageViewForbiddenError", "You are not authorized to view this page."),
    Row(7001, "SystemGenericError", "SystemGenericError", "An unexpected error occured."),
    Row(7002, "SystemSSLDisabled", "SSLDisabledError", "SSL is not enabled."),
    Row(
        7003,
        "SystemSSLRenewInvalidProvider",
        "SSLProviderError",
        "Current provider does not support SSL certificate renewal.",
    ),
    Row(7004, "SystemSSLLEUnavailable", "LetsEncryptUnavailableError", "Let's Encrypt is not initialized."),
    Row(8001, "CommentGenericError", "CommentError", "An unexpected error occured."),
    Row(
        8002,
        "CommentPostForbidden",
        "CommentPostForbiddenError",
        "You are not authorized to post a comment on this page.",
    ),
    Row(8003, "CommentContentMissing", "CommentContentError", "Comment content is missing or too short."),
    Row(
        8004,
        "CommentManageForbidden",
        "CommentManageForbiddenError",
        "You are not authorized to manage comments on this page.",
    ),
    Row(8005, "CommentNotFound", "CommentNotFoundError", "This comment does not exist."),
    Row(
        8006,
        "CommentViewForbidden",
        "CommentViewForbiddenError",
        "You are not authorized to view comments for this page.",
    ),
)
BY_CODE = {row.code: row for row in TABLE}
