"""Doing what was planned, one step after the other; each is remembered as soon as it is done.

A run may end anywhere, also between a step and its being remembered: then both sides have the same text at the same
place, or the file is where the wiki has moved the page, and the next run sees that there is nothing left to do there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, cast

from wikijs import exceptions as exc
from wikijs import ops
from wikijs.core.outcomes import after_write
from wikijs.core.scalars import timestamp
from wikijs.transfer.format import PageFile, editor_of, of_page
from wikijs.transfer.moving import move_page

from .actions import Action, Kind
from .aftermath import after_change, unwritable
from .assets.applying import AssetApplier
from .assets.model import AssetAction
from .folder import FileChangedError, Folder, written
from .model import KnownPage, LocalPage, OpenConflict, RemotePage
from .state import State
from .texts import as_file, body_digest, differences, digest, to_bytes

if TYPE_CHECKING:
    from wikijs_generated.fragments import PageForEditor

    from wikijs import WikiJSClient
    from wikijs.resources.pages.values.merge import Editor

_FATAL: Final = (exc.TransportError, exc.AuthenticationError, exc.RateLimitError, exc.ConfigurationError)


class PageEditedError(exc.ConflictError):
    """A page is not as it was when the wiki was read; it was left as it is."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A step that failed; the rest went on.

    Attributes:
        action: The step.
        error: Why.
    """

    action: Action | AssetAction
    error: exc.WikiJSException


class Applier:
    """Does steps.

    Args:
        client: A client of the wiki.
        folder: The folder.
        state: What to remember them in.
    """

    def __init__(self, client: WikiJSClient, folder: Folder, state: State) -> None:
        self._client = client
        self._folder = folder
        self._state = state
        self._do_asset = AssetApplier(client, folder, state)
        self._do: dict[Kind, Callable[[Action], None]] = {
            Kind.RECORD: self._agreed,
            Kind.FORGET: self._forget,
            Kind.TIDY: self._tidy,
            Kind.MOVE_FILE: self._move_file,
            Kind.WRITE_FILE: self._write_file,
            Kind.DELETE_FILE: self._delete_file,
            Kind.MOVE_PAGE: self._move_page,
            Kind.UPDATE_PAGE: self._update_page,
            Kind.CREATE_PAGE: self._create_page,
            Kind.DELETE_PAGE: self._delete_page,
            Kind.MERGE: self._merge,
            Kind.CONFLICT: self._conflict,
            Kind.MARK: self._mark,
        }

    def apply(self, action: Action | AssetAction) -> Failure | None:
        """Do a step. Returns why it could not be done, where that concerns this page only.

        Raises:
            WikiJSException: The wiki cannot be reached, or not as this caller.
        """
        try:
            if isinstance(action, AssetAction):
                self._do_asset(action)
            else:
                self._do[action.kind](action)
        except exc.WikiJSException as error:
            if _is_fatal(error):
                raise
            return Failure(action, error)
        except OSError as error:
            reason = unwritable(action.file, error)
            return Failure(action, exc.WikiJSException(reason, hint="Check the folder's permissions and space."))
        return None

    # Only the state.

    def _agreed(self, action: Action) -> None:
        """Both sides have the wiki's text."""
        remote = _remote(action)
        # A page that was not read has not changed.
        self._remember(action, remote.id, remote.page or action.trio.known, remote=remote)

    def _forget(self, action: Action) -> None:
        assert action.known_at is not None  # noqa: S101
        self._state.forget(action.known_at)

    def _remember(
        self,
        action: Action,
        page_id: int,
        both: PageFile | KnownPage | None,
        *,
        remote: RemotePage | None = None,
        conflict: OpenConflict | None = None,
        merging: tuple[str, str] | None = None,
    ) -> None:
        """Remember what a step led to.

        Args:
            action: The step.
            page_id: The page's id.
            both: What both sides have now, or had the last time; None where they never agreed.
            remote: The wiki's page where it has this very text.
            conflict: The conflict that is open now.
            merging: What both sides are about to have.
        """
        before = action.trio.known.conflict if action.trio.known else None
        if before is not None and before != conflict and not before.marks:
            self._remove_settled(before)
        if isinstance(both, KnownPage):
            text, header, body, base = both.digest, both.header, both.body, self._base(action)
        elif both is not None:
            text, header, body, base = digest(both), replace(both, content=""), body_digest(both), both.content
        else:
            text, header, body, base = None, PageFile(content=""), "", None
        self._state.put(
            KnownPage(
                action.place,
                page_id,
                action.file,
                text,
                header,
                body,
                remote.seen if remote else None,
                timestamp(remote.updated) if remote else "",
                conflict,
                base,
                merging,
            ),
            replacing=action.known_at,
        )

    def _base(self, action: Action) -> str | None:
        return None if action.known_at is None else self._state.base(action.known_at)

    def _remove_settled(self, conflict: OpenConflict) -> None:
        """Remove the wiki's version beside a file, unless somebody has worked in it."""
        try:
            self._folder.remove(conflict.file, only=conflict.written)
        except FileChangedError:
            return

    # The folder.

    def _tidy(self, action: Action) -> None:
        local = _local(action)
        self._folder.remove(local.file, only=local.written)

    def _move_file(self, action: Action) -> None:
        local, remote, known = _local(action), _remote(action), _known(action)
        self._folder.rename(local.file, action.file)
        if action.trio.local_digest == remote.digest:
            self._agreed(action)
        else:
            self._remember(action, remote.id, known, conflict=known.conflict)

    def _write_file(self, action: Action) -> None:
        remote = _remote(action)
        assert remote.page is not None  # noqa: S101  what is to be written was read
        self._replace_file(action, remote.page)
        self._agreed(action)

    def _replace_file(self, action: Action, page: PageFile) -> None:
        local = action.trio.local
        over = local.written if local is not None and action.old_file == action.file else None
        self._folder.write(action.file, to_bytes(page), over=over)
        if local is not None and action.old_file is not None and action.old_file != action.file:
            self._folder.remove(action.old_file, only=local.written)

    def _delete_file(self, action: Action) -> None:
        local = _local(action)
        self._folder.remove(local.file, only=local.written)
        self._forget(action)

    def _conflict(self, action: Action) -> None:
        """Put the wiki's version beside the file."""
        remote, known = _remote(action), action.trio.known
        assert remote.page is not None  # noqa: S101
        assert remote.digest is not None  # noqa: S101
        assert action.old_file is not None  # noqa: S101
        data = to_bytes(remote.page)
        beside = self._folder.free_name(action.file, data)
        self._folder.write(beside, data)
        self._remember(
            replace(action, file=action.old_file),
            remote.id,
            known,
            conflict=OpenConflict(remote.digest, beside, written(data)),
        )

    def _mark(self, action: Action) -> None:
        """Put both versions into the file; that is remembered before, so that no marks are taken for text."""
        local, remote, marked = _local(action), _remote(action), action.trio.marked
        assert marked is not None  # noqa: S101
        assert remote.digest is not None  # noqa: S101
        conflict = OpenConflict(remote.digest, action.file, local.written, marked.size)
        self._remember(action, remote.id, action.trio.known, conflict=conflict)
        self._folder.write(action.file, to_bytes(marked.page), over=local.written)

    # The wiki.

    def _create_page(self, action: Action) -> None:
        page = _text(action)
        made = self._client.pages.create(
            action.place.path,
            locale=action.place.locale,
            title=page.title or "",
            content=page.content,
            description=page.description or "",
            editor=cast("Editor", editor_of(page)),
            tags=page.tags or (),
            is_published=page.is_published is not False,
            publish_start_date=page.publish_start_date,
            publish_end_date=page.publish_end_date,
            script_css=page.script_css or "",
            script_js=page.script_js or "",
        )
        with after_change("pages.create", f"The page {action.place} was created", action.file):
            self._pushed(action, made.id)

    def _update_page(self, action: Action) -> None:
        self._replace_page(action, _text(action))
        with after_change("pages.update", f"The page {action.place} was updated", action.file):
            self._pushed(action, _remote(action).id)

    def _replace_page(self, action: Action, page: PageFile) -> None:
        current = self._unchanged(action)
        changes: dict[str, Any] = differences(page, of_page(current))
        self._client.pages.update(current.id, expected=current, **changes)

    def _merge(self, action: Action) -> None:
        page = action.trio.merged
        assert page is not None  # noqa: S101
        assert action.trio.local_digest is not None  # noqa: S101
        # Merging the same once more, after a run that was killed in between, need not give the same.
        known, both = _known(action), (action.trio.local_digest, digest(page))
        self._remember(action, _remote(action).id, known, conflict=known.conflict, merging=both)
        self._replace_page(action, page)
        with after_change("pages.update", f"The page {action.place} was updated", action.file):
            self._replace_file(action, page)
            self._remember(action, _remote(action).id, page)

    def _move_page(self, action: Action) -> None:
        remote, known = _remote(action), _known(action)
        title = self._read(remote.id).title
        moved = move_page(self._client, remote.id, action.place)
        if moved.title != title:  # the server changes a title that was the last part of the path
            with after_write("pages.move", moved):
                self._client.pages.update(remote.id, title=title)
        with after_change("pages.move", f"The page {action.place} was moved", action.file):
            self._remember(action, remote.id, known, conflict=known.conflict)

    def _delete_page(self, action: Action) -> None:
        current = self._unchanged(action)
        self._client.pages.delete(current.id)
        with after_change("pages.delete", f"The page {action.place} was deleted", action.file):
            self._forget(action)

    def _pushed(self, action: Action, page_id: int) -> None:
        # Without a fingerprint: the next run reads the page again and sees what the server made of it.
        self._remember(action, page_id, _text(action))

    def _read(self, page_id: int) -> PageForEditor:
        return self._client.execute(ops.pages_single_for_editor(page_id), cache=False)

    def _unchanged(self, action: Action) -> PageForEditor:
        """The page, read just before it is overwritten or deleted.

        Raises:
            PageEditedError: Somebody has changed its text since the wiki was read.
        """
        remote = _remote(action)
        current = self._read(remote.id)
        if digest(as_file(of_page(current))) != remote.digest:
            raise PageEditedError(
                f"The page {action.place} was changed meanwhile.",
                operation="pages.singleForEditor",
                hint="The next run looks at it anew.",
            )
        return current


def _is_fatal(error: exc.WikiJSException) -> bool:
    """Whether nothing else would go better after this error."""
    if isinstance(error, exc.FollowUpError):  # what cannot be remembered should not go on changing the wiki
        return isinstance(error.__cause__, exc.ConfigurationError)
    return isinstance(error, _FATAL) or (isinstance(error, exc.ServerError) and error.status >= 500)


def _local(action: Action) -> LocalPage:
    assert action.trio.local is not None  # noqa: S101
    return action.trio.local


def _remote(action: Action) -> RemotePage:
    assert action.trio.remote is not None  # noqa: S101
    return action.trio.remote


def _known(action: Action) -> KnownPage:
    assert action.trio.known is not None  # noqa: S101
    return action.trio.known


def _text(action: Action) -> PageFile:
    assert action.trio.text is not None  # noqa: S101
    return action.trio.text
