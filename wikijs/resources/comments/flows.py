"""Comments on pages, and the providers they come from."""

from __future__ import annotations

import builtins
import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from wikijs import exceptions as exc
from wikijs import ops
from wikijs.core.collation import folded
from wikijs.core.flow import Flow, exclusively
from wikijs.core.operations import UNSET
from wikijs.core.values.paths import PagePath

from ..shared import module_settings as modules
from ..shared.base import Flows
from ..shared.module_settings import Setting, SettingValue

if TYPE_CHECKING:
    from wikijs_generated.fragments import CommentProvider, RenderedComment

    from .models import PageComment

POST_DELAY: Final = 30.0
"""Seconds between two comments of one account, unless the wiki's administrator chose others."""


LONGEST: Final = 65_535
"""Bytes that MariaDB and MySQL keep of a comment, and of the HTML made of it; other databases keep more."""


class CommentsFlows(Flows):
    """Comments on pages, and the providers they come from."""

    def get(self, id: int) -> Flow[PageComment]:
        """Read a comment; its `content` is None where the caller may see the HTML only.

        Raises:
            CommentNotFoundError: There is no such comment.

        Permission: any of `read:comments`, `manage:system`; for the content `write:comments` or `manage:comments` too.
        Operation: `comments.single` (query).
        """
        from .models import PageComment

        comment: RenderedComment
        try:
            comment = yield from self._execute(ops.comments_single(id))
        except exc.PermissionDeniedError:
            comment = yield from self._execute(ops.comments_single_rendered(id))
        return PageComment.model_validate(comment, from_attributes=True)

    def list(self, path: str, *, locale: str = "en") -> Flow[builtins.list[PageComment]]:
        """List the comments of a page, oldest first. The server does not say which one answers which.

        `content` of each is None where the caller may see the HTML only. A page that does not exist has no comments.

        Args:
            path: Path of the page.
            locale: Code of its locale.

        Permission: any of `read:comments`, `manage:system`; for the content `write:comments` or `manage:comments` too.
        Operation: `comments.list` (query).
        """
        from .models import PageComment

        path = path.strip("/")
        comments: Sequence[RenderedComment]
        try:
            comments = yield from self._execute(ops.comments_list(path, locale=locale))
        except exc.PermissionDeniedError:
            comments = yield from self._execute(ops.comments_list_rendered(path, locale=locale))
        if comments and (yield from self._belong_to_another(PagePath(path, locale))):
            return []
        found = [PageComment.model_validate(comment, from_attributes=True) for comment in comments]
        return sorted(found, key=lambda comment: (comment.created_at, comment.id))

    def create(
        self,
        page_id: int,
        *,
        content: str,
        reply_to: int | None = None,
        guest_name: str | None = None,
        guest_email: str | None = None,
    ) -> Flow[PageComment]:
        """Post a comment on a page and return it.

        The server takes one comment in 15 seconds from an address, refused ones included, and one in 30 seconds (or as
        the administrator chose) from an account; all API keys are one account. The client waits for the first by
        itself, unless it was made with `retry=False`; the second is an error.

        Args:
            page_id: Id of the page.
            content: Markdown without HTML, from 2 characters to 65,535 bytes.
            reply_to: Id of the comment it answers.
            guest_name, guest_email: Who writes; required of guests, of no use to others.

        Raises:
            RateLimitError: Too soon after another comment; `retry_after` says how many seconds to wait at most.
            CommentContentError: The content is too short or too long; nothing was sent.
            CommentNotFoundError: The comment to answer does not exist; nothing was posted.
            PageNotFoundError: The page does not exist.

        Permission: any of `write:comments`, `manage:system`.
        Operation: `comments.create` (mutation), then `comments.single` (query).
        """
        _check_content(content, "comments.create")
        if reply_to is not None:  # the server stores any number
            yield from self._execute(ops.comments_single_rendered(reply_to))
        operation = ops.comments_create(
            page_id,
            content=content,
            reply_to=UNSET if reply_to is None else reply_to,
            guest_name=UNSET if guest_name is None else guest_name,
            guest_email=UNSET if guest_email is None else guest_email,
        )
        try:
            created = yield from self._execute(operation)
        except exc.APIError as error:
            if "time limit" not in error.message:
                raise
            raise exc.RateLimitError(
                "Too soon after the last comment of this account.",
                operation=error.operation,
                retry_after=(yield from self._post_delay()),
                hint="All API keys are one account.",
            ) from None
        if created.id is None:
            raise exc.ServerError(
                "The comment was posted, but the server does not tell its id.", operation="comments.create"
            )
        try:
            return (yield from self.get(created.id))
        except exc.PermissionDeniedError as error:
            raise exc.PermissionDeniedError(
                f"The comment was posted (id {created.id}), but the caller may not read comments.",
                operation="comments.create",
                permissions=error.permissions,
                hint="Do not post it again.",
            ) from None

    def update(self, id: int, *, content: str) -> Flow[PageComment]:
        """Replace the text of a comment and return it.

        Args:
            id: Id of the comment.
            content: Markdown without HTML, from 2 characters to 65,535 bytes, which the server does not check here.

        Raises:
            CommentContentError: The content is too short or too long; nothing was sent.
            CommentNotFoundError: There is no such comment.
            CommentManageForbiddenError: The caller's page rules do not allow `manage:comments` there.

        Permission: any of `write:comments`, `manage:comments`, `manage:system`, and `manage:comments` by page rules.
        Operation: `comments.update` (mutation), then `comments.single` (query).
        """
        _check_content(content, "comments.update")
        yield from self._execute(ops.comments_update(id, content=content))
        return (yield from self.get(id))

    def _belong_to_another(self, place: PagePath) -> Flow[bool]:
        """Whether the comments at a place are those of a page that the wiki's database takes for the one asked for."""
        try:
            page = yield from self._execute(ops.pages_single_by_path_metadata(place.path, locale=place.locale))
        except exc.APIError:  # it takes more than reading comments does
            places = {PagePath(each.path, each.locale) for each in (yield from self._execute(ops.pages_list()))}
            return place not in places and any(folded(str(each)) == folded(str(place)) for each in places)
        return place != (page.path, page.locale)

    # Providers

    def get_provider(self, key: str) -> Flow[CommentProvider]:
        """Read a comment provider, such as "default", the built-in one.

        Raises:
            ModuleUnknownError: There is no such provider.

        Permission: `manage:system`.
        Operation: `comments.providers` (query).
        """
        providers = yield from self._execute(ops.comments_providers())
        return modules.find(providers, key, "comment provider", "comments.providers")

    def provider_settings(self, key: str) -> Flow[dict[str, Setting]]:
        """Read the settings of a comment provider by name.

        Raises:
            ModuleUnknownError: There is no such provider.

        Permission: `manage:system`.
        Operation: `comments.providers` (query).
        """
        return modules.settings((yield from self.get_provider(key)).config)

    def update_provider(
        self, key: str, *, enabled: bool | None = None, config: Mapping[str, SettingValue] | None = None
    ) -> Flow[CommentProvider]:
        """Change a comment provider, or switch to it, and return it. What is left out is kept.

        One provider is in use at a time: enabling one disables the others, and disabling the one in use goes back to
        "default".

        Args:
            key: The provider, such as "default".
            enabled: Whether to use it.
            config: Settings to change, by name; `provider_settings` tells them.

        Raises:
            ModuleUnknownError: There is no such provider.
            ValidationError: A setting or its value cannot be, or no provider would be left; nothing was sent.

        Permission: `manage:system`.
        Operation: `comments.providers` (query), then `comments.updateProviders` (mutation).
        """
        return (yield from exclusively("comment-provider-writes", self._update_provider(key, enabled, config or {})))

    def _update_provider(
        self, key: str, enabled: bool | None, config: Mapping[str, SettingValue]
    ) -> Flow[CommentProvider]:
        from wikijs_generated.input_types import CommentProviderInput

        operation = "comments.updateProviders"
        providers = yield from self._execute(ops.comments_providers())
        provider = modules.find(providers, key, "comment provider", operation)
        if enabled and not provider.is_available:
            raise exc.ValidationError(f"{provider.title} does not work in this release yet.", operation=operation)
        in_use = [each.key for each in providers if each.is_enabled]
        chosen = modules.chosen(in_use, key, enabled, "default", operation)
        yield from self._execute(
            ops.comments_update_providers(
                providers=[
                    CommentProviderInput(
                        key=each.key,
                        is_enabled=each.key == chosen,
                        config=modules.merged(each.config, config if each.key == key else {}, operation),
                    )
                    for each in providers
                ]
            )
        )
        return (yield from self.get_provider(key))

    def _post_delay(self) -> Flow[float]:
        """Seconds between two comments of one account: as configured, where the caller may know."""
        try:
            providers = yield from self._execute(ops.comments_providers())
        except exc.APIError:
            return POST_DELAY
        for provider in providers:
            for pair in provider.config if provider.is_enabled else ():
                if pair.key == "minDelay":
                    return float(json.loads(pair.value)["value"])
        return POST_DELAY


def _check_content(content: str, operation: str) -> None:
    # Looked at here because even a refused comment uses up the 15 seconds.
    if len(content.strip()) < 2:
        raise exc.CommentContentError("A comment needs at least 2 characters.", operation=operation, slug="")
    size = len(content.encode("utf-8", "surrogatepass"))
    if size > LONGEST:
        raise exc.CommentContentError(
            f"A comment has {LONGEST} bytes at most, and this one has {size}.",
            operation=operation,
            slug="",
            hint="More does not fit on MariaDB and MySQL. Put a long text on a page.",
        )
