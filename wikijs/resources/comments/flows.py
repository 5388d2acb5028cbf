"""Comments on pages, and the providers they come from."""

from __future__ import annotations

import builtins
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from wikijs import exceptions as exc
from wikijs import ops
from wikijs.core.collation import folded
from wikijs.core.flow import Flow, Stream, emit, exclusively
from wikijs.core.operations import UNSET
from wikijs.core.values.paths import PagePath, is_below

from ..pages.access import AccessFlows
from ..shared import module_settings as modules
from ..shared.base import afterwards
from ..shared.module_settings import Setting, SettingValue
from ..shared.paging import check_batch_size, check_part, part
from ..shared.references import PageRef, number, page_reference

if TYPE_CHECKING:
    from wikijs_generated.fragments import CommentProvider, PageSummary, RenderedComment

    from .models import PageComment, PlacedComment

POST_DELAY: Final = 30.0
"""Seconds between two comments of one account, unless the wiki's administrator chose others."""


LONGEST: Final = 65_535
"""Bytes that MariaDB and MySQL keep of a comment, and of the HTML made of it; other databases keep more."""


class CommentsFlows(AccessFlows):
    """Comments on pages, and the providers they come from."""

    def get(self, id: int) -> Flow[PageComment]:
        """Read a comment; its `content` is None where the caller may see the HTML only.

        Args:
            id: Id of the comment.

        Raises:
            CommentNotFoundError: There is no such comment.

        Permission: any of `read:comments`, `manage:system`; for the content `write:comments` or `manage:comments` too.
        Operation: `comments.single` (query).
        """
        from .models import PageComment

        number(id, "A comment")
        comment: RenderedComment
        try:
            comment = yield from self._execute(ops.comments_single(id))
        except exc.PermissionDeniedError:
            comment = yield from self._execute(ops.comments_single_rendered(id))
        return PageComment.model_validate(comment, from_attributes=True)

    def list(
        self, path: PageRef, *, locale: str | None = None, limit: int | None = None, offset: int = 0
    ) -> Flow[builtins.list[PageComment]]:
        """List the comments of a page, oldest first. The server does not say which one answers which.

        `content` of each is None where the caller may see the HTML only. A page that does not exist has no comments.

        Args:
            path: Path of the page, or its id.
            locale: Code of the locale of the path; the wiki's main one unless given.
            limit: Comments at most.
            offset: Comments to leave out first.

        Raises:
            PageNotFoundError: There is no page with this id.
            LocaleNotFoundError: The locale is not in use on this wiki.
            ValidationError: A negative limit or offset.

        Permission: any of `read:comments`, `manage:system`; for the content `write:comments` or `manage:comments` too.
        Operation: `comments.list` (query); for an id `pages.list` (query) first.
        """
        from .models import PageComment

        check_part(limit, offset)
        place = yield from self._place_of(path, locale)
        comments: Sequence[RenderedComment]
        try:
            comments = yield from self._execute(ops.comments_list(place.path, locale=place.locale))
        except exc.PermissionDeniedError:
            comments = yield from self._execute(ops.comments_list_rendered(place.path, locale=place.locale))
        if not comments:
            yield from self._engine.locales.check(place.locale, "comments.list")
        elif (yield from self._belong_to_another(place)):
            return []
        found = [PageComment.model_validate(comment, from_attributes=True) for comment in comments]
        return part(sorted(found, key=lambda comment: (comment.created_at, comment.id)), limit, offset)

    def iter_all(
        self,
        page: PageRef | None = None,
        *,
        batch_size: int = 50,
        folder: str = "",
        locale: str | None = None,
    ) -> Stream[PlacedComment]:
        """Iterate over the comments of a page, of a folder, or of the whole wiki, each with the page it is on.

        Pages are gone through in the order of their ids and comments of each are read as the iteration goes on, those
        of `batch_size` pages in one request: stop early, and the rest is never asked for. Comments of pages whose
        comments the caller's page rules hide are left out.

        Args:
            page: Id or path of a page; None for all pages.
            batch_size: Pages in one request.
            folder: Path of a folder: the page there and all below it, at any depth.
            locale: Code of a locale to keep to; of a page's path the locale, the wiki's main one unless given.

        Raises:
            PageNotFoundError: There is no such page.
            LocaleNotFoundError: The locale is not in use on this wiki.

        Permission: `read:pages`, and any of `read:comments`, `manage:system`; for the content `write:comments` or
        `manage:comments` too.
        Operation: `pages.list`, `comments.list` (queries).
        """
        check_batch_size(batch_size)
        code = None if locale is None else (yield from self._locale(locale))
        listed = yield from self._execute(ops.pages_list(locale=code if page is None else UNSET))
        if page is not None:
            wanted = yield from self._id_of(page, locale)
            pages = [each for each in listed if each.id == wanted]
            if not pages:
                raise exc.PageNotFoundError(f"There is no page {page}.", operation="pages.list")
        else:
            pages = [each for each in listed if is_below(each.path, folder.strip("/"))]
            if code is not None and not pages:
                yield from self._engine.locales.check(code, "comments.list")
        del listed
        pages.sort(key=lambda each: -each.id)  # so that what was gone through can be let go of
        while pages:
            some = [pages.pop() for _ in range(min(batch_size, len(pages)))]
            yield from emit((yield from self._comments_on(some)))

    def _comments_on(self, pages: Sequence[PageSummary]) -> Flow[builtins.list[PlacedComment]]:
        """The comments of some pages, in as few requests as possible."""
        from .models import PlacedComment

        whole = yield from self._batch([ops.comments_list(page.path, locale=page.locale) for page in pages])
        outcomes: builtins.list[Sequence[RenderedComment] | Exception] = [*whole]
        hidden = [place for place, each in enumerate(outcomes) if isinstance(each, exc.PermissionDeniedError)]
        if hidden:  # the HTML may be seen by more
            rendered = yield from self._batch(
                [ops.comments_list_rendered(pages[place].path, locale=pages[place].locale) for place in hidden]
            )
            for place, each in zip(hidden, rendered, strict=True):
                outcomes[place] = each
        found: builtins.list[PlacedComment] = []
        for page, comments in zip(pages, outcomes, strict=True):
            if isinstance(comments, exc.CommentViewForbiddenError):
                continue
            if isinstance(comments, Exception):
                raise comments
            where: dict[str, Any] = {"page_id": page.id, "path": page.path, "locale": page.locale}
            placed = [PlacedComment.model_construct(**dict(comment), **where) for comment in comments]
            found += sorted(placed, key=lambda comment: (comment.created_at, comment.id))
        return found

    def _place_of(self, page: PageRef, locale: str | None) -> Flow[PagePath]:
        """Where a page is that is given by its id or path."""
        wanted = page_reference(page)
        if isinstance(wanted, str):
            return (yield from self._place(wanted, locale))
        for each in (yield from self._execute(ops.pages_list())):
            if each.id == wanted:
                return PagePath(each.path, each.locale)
        raise exc.PageNotFoundError(f"There is no page {wanted}.", operation="pages.list")

    def create(
        self,
        page_id: PageRef,
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
            page_id: Id of the page, or its path.
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
        page = yield from self._id_of(page_id)
        operation = ops.comments_create(
            page,
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
            return (yield from afterwards(self.get(created.id), "comments.create"))
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
        number(id, "A comment")
        _check_content(content, "comments.update")
        yield from self._execute(ops.comments_update(id, content=content))
        return (yield from afterwards(self.get(id), "comments.update"))

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

        Args:
            key: Key of the provider.

        Raises:
            ModuleUnknownError: There is no such provider.

        Permission: `manage:system`.
        Operation: `comments.providers` (query).
        """
        providers = yield from self._execute(ops.comments_providers())
        return modules.find(providers, key, "comment provider", "comments.providers")

    def provider_settings(self, key: str) -> Flow[dict[str, Setting]]:
        """Read the settings of a comment provider by name.

        Args:
            key: Key of the provider.

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
        return (yield from afterwards(self.get_provider(key), "comments.updateProviders"))

    def _post_delay(self) -> Flow[float]:
        """Seconds between two comments of one account: as configured, where the caller may know."""
        try:
            providers = yield from self._execute(ops.comments_providers())
        except exc.APIError:
            return POST_DELAY
        for provider in providers:
            for pair in provider.config if provider.is_enabled else ():
                if pair.key == "minDelay":
                    with suppress(ValueError, TypeError, KeyError, RecursionError, OverflowError):
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
