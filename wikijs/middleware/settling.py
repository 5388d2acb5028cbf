"""Writes of unknown outcome: read back, compare, and only then decide.

A write whose answer was lost may have happened, may be happening right now, or may never have arrived. Each operation
that can be settled has a reader here: it looks at the server and says whether the wanted state is there. Operations
without a reader (comments, mail, storage actions, ...) are never settled and never repeated.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol, TypeAlias, TypeVar

from wikijs import exceptions as exc
from wikijs import ops
from wikijs.flow import Flow
from wikijs.operations import Operation

T = TypeVar("T")


class Execute(Protocol):
    """Executes an operation past any cache."""

    def __call__(self, operation: Operation[T]) -> Flow[T]: ...


@dataclass(frozen=True)
class Applied:
    """The wanted state is there. `value` is what the lost answer would have been."""

    value: Any


@dataclass(frozen=True)
class Absent:
    """The state is as before the write. Another send is safe: the server refuses or merges a repetition."""


@dataclass(frozen=True)
class Unclear:
    """Neither; `found` says what is there, for the caller to decide."""

    found: str


Verdict: TypeAlias = Applied | Absent | Unclear
Reader: TypeAlias = Callable[[Execute, Mapping[str, Any], Any], Flow[Verdict]]
"""Looks at the server. Takes how to execute, the variables of the write, and the state before it where known."""

_DONE: Final = {"succeeded": True, "errorCode": 0, "slug": "ok", "message": "Found to be done by reading back."}


def _status() -> Applied:
    from wikijs_generated.fragments import ResponseStatus

    return Applied(ResponseStatus.model_validate(_DONE))


def _page_result(page: Any) -> Applied:
    from wikijs_generated.fragments import PageWriteResult, WrittenPage

    written = {name: getattr(page, name) for name in WrittenPage.model_fields}
    return Applied(PageWriteResult.model_validate({"responseResult": _DONE, "page": written}))


def _differs(page: Any, wanted: Mapping[str, Any]) -> list[str]:
    """Names of the fields in which a page is not as wanted."""
    names = {"content": "content", "title": "title", "description": "description", "isPublished": "is_published"}
    found = [
        variable
        for variable, name in names.items()
        if wanted.get(variable, UNASKED) not in {UNASKED, getattr(page, name)}
    ]
    tags = wanted.get("tags")
    if tags is not None and {tag.strip().lower() for tag in tags} - {""} != {tag.tag for tag in page.tags}:
        found.append("tags")
    return found


UNASKED: Final = object()


def _page_created(execute: Execute, wanted: Mapping[str, Any], before: Any) -> Flow[Verdict]:
    del before
    path = str(wanted["path"]).strip("/")
    try:
        page = yield from execute(ops.pages_single_by_path_for_editor(path, locale=wanted["locale"]))
    except exc.PageNotFoundError:
        return Absent()
    differences = _differs(page, wanted)
    if not differences:
        return _page_result(page)
    if "content" in differences or "title" in differences:
        return Unclear(f"another page is at {path} (id {page.id})")
    # It was inserted, and what follows (tags, rendering) failed: an update with everything completes it.
    completed = yield from execute(_completing(page, wanted))
    return Applied(completed)


def _completing(page: Any, wanted: Mapping[str, Any]) -> Operation[Any]:
    kept = {name: value for name, value in wanted.items() if name not in {"path", "locale", "editor", "isPrivate"}}
    return Operation(ops.PAGES_UPDATE, {"id": page.id, **kept})


def _page_updated(execute: Execute, wanted: Mapping[str, Any], before: Any) -> Flow[Verdict]:
    page = yield from execute(ops.pages_single_for_editor(wanted["id"]))
    if not _differs(page, wanted):
        return _page_result(page)
    if before is not None and page.content == before.content and page.updated_at == before.updated_at:
        return Absent()
    return Unclear(f"page {page.id} holds neither the old nor the new version whole")


def _page_moved(execute: Execute, wanted: Mapping[str, Any], before: Any) -> Flow[Verdict]:
    del before
    page = yield from execute(ops.pages_single_metadata(wanted["id"]))
    there = (page.path, page.locale) == (wanted["destinationPath"].strip("/"), wanted["destinationLocale"])
    return _status() if there else Absent()


def _page_deleted(execute: Execute, wanted: Mapping[str, Any], before: Any) -> Flow[Verdict]:
    del before
    try:
        yield from execute(ops.pages_single_metadata(wanted["id"]))
    except exc.PageNotFoundError:
        return _status()
    return Absent()


def _user_created(execute: Execute, wanted: Mapping[str, Any], before: Any) -> Flow[Verdict]:
    del before
    users = yield from execute(ops.users_list())
    there = any((user.email, user.provider_key) == (wanted["email"].lower(), wanted["providerKey"]) for user in users)
    return _status() if there else Absent()


def _user_updated(execute: Execute, wanted: Mapping[str, Any], before: Any) -> Flow[Verdict]:
    del before
    user = yield from execute(ops.users_single(wanted["id"]))
    names = {"name": user.name, "location": user.location, "jobTitle": user.job_title, "timezone": user.timezone}
    same = all(wanted.get(variable) in {None, "", value} for variable, value in names.items())
    groups = wanted.get("groups")
    same = same and (groups is None or set(groups) == {group.id for group in user.groups})
    # A password cannot be read back; setting the same values again does no harm.
    return _status() if same and not wanted.get("newPassword") and not wanted.get("email") else Absent()


def _user_deleted(execute: Execute, wanted: Mapping[str, Any], before: Any) -> Flow[Verdict]:
    del before
    users = yield from execute(ops.users_list())
    return Absent() if any(user.id == wanted["id"] for user in users) else _status()


def _group_created(execute: Execute, wanted: Mapping[str, Any], before: Any) -> Flow[Verdict]:
    """Names of groups are not unique, so a group that was there before must not pass for the new one."""
    from wikijs_generated.fragments import GroupCreateResult

    groups = yield from execute(ops.groups_list())
    named = [group for group in groups if group.name == wanted["name"]]
    new = named if before is None else [group for group in named if group.id not in before]
    if not new:
        return Absent()
    if before is None or len(new) > 1:
        return Unclear(f"{len(new)} group(s) named {wanted['name']!r} exist, of which one may be new")
    group = yield from execute(ops.groups_single_settings(new[0].id))
    return Applied(GroupCreateResult.model_validate({"responseResult": _DONE, "group": group}))


def _group_updated(execute: Execute, wanted: Mapping[str, Any], before: Any) -> Flow[Verdict]:
    del before
    group = yield from execute(ops.groups_single_settings(wanted["id"]))
    if group is None:
        return Unclear(f"there is no group {wanted['id']} any more")
    same = (group.name, sorted(group.permissions)) == (wanted["name"], sorted(wanted["permissions"]))
    return _status() if same and len(group.page_rules or ()) == len(wanted["pageRules"]) else Absent()


def _group_deleted(execute: Execute, wanted: Mapping[str, Any], before: Any) -> Flow[Verdict]:
    del before
    groups = yield from execute(ops.groups_list())
    return Absent() if any(group.id == wanted["id"] for group in groups) else _status()


def _is_member(execute: Execute, wanted: Mapping[str, Any]) -> Flow[bool]:
    group = yield from execute(ops.groups_single(wanted["groupId"]))
    return group is not None and any(user.id == wanted["userId"] for user in group.users)


def _user_assigned(execute: Execute, wanted: Mapping[str, Any], before: Any) -> Flow[Verdict]:
    del before
    return _status() if (yield from _is_member(execute, wanted)) else Absent()


def _user_unassigned(execute: Execute, wanted: Mapping[str, Any], before: Any) -> Flow[Verdict]:
    del before
    return Absent() if (yield from _is_member(execute, wanted)) else _status()


def _folder_created(execute: Execute, wanted: Mapping[str, Any], before: Any) -> Flow[Verdict]:
    del before
    folders = yield from execute(ops.assets_folders(wanted["parentFolderId"]))
    return _status() if any(folder.slug == wanted["slug"].lower() for folder in folders) else Absent()


def _repeatable(execute: Execute, wanted: Mapping[str, Any], before: Any) -> Flow[Verdict]:
    """Doing it twice is doing it once: nothing needs to be read."""
    del execute, wanted, before
    yield from ()
    return Absent()


READERS: Final[Mapping[str, Reader]] = {
    "pages.create": _page_created,
    "pages.update": _page_updated,
    "pages.move": _page_moved,
    "pages.delete": _page_deleted,
    "users.create": _user_created,
    "users.update": _user_updated,
    "users.delete": _user_deleted,
    "users.activate": _repeatable,
    "users.deactivate": _repeatable,
    "users.verify": _repeatable,
    "groups.create": _group_created,
    "groups.update": _group_updated,
    "groups.delete": _group_deleted,
    "groups.assignUser": _user_assigned,
    "groups.unassignUser": _user_unassigned,
    "assets.createFolder": _folder_created,
    "assets.deleteAsset": _repeatable,
    "theming.setConfig": _repeatable,
    "site.updateConfig": _repeatable,
    "navigation.updateTree": _repeatable,
    "navigation.updateConfig": _repeatable,
    "pages.flushCache": _repeatable,
}
"""How each operation is settled. What is not here is never settled and never sent again."""


def group_ids(execute: Execute) -> Flow[Any]:
    """Ids of all groups, to tell a new one from others of its name."""
    groups = yield from execute(ops.groups_list())
    return frozenset(group.id for group in groups)


PREPARED: Final[Mapping[str, Callable[[Execute], Flow[Any]]]] = {"groups.create": group_ids}
"""What has to be known before the write, so that it can be told afterwards whether it happened."""

DONE_BY: Final[Mapping[str, tuple[type[exc.APIError], ...]]] = {
    "pages.create": (exc.PageExistsError,),
    "pages.move": (exc.PagePathCollisionError,),
    "pages.delete": (exc.PageNotFoundError,),
    "users.create": (exc.AccountExistsError,),
    "users.delete": (exc.UserNotFoundError,),
    "groups.assignUser": (exc.ConflictError,),
    "assets.createFolder": (exc.AssetFolderExistsError,),
    "assets.deleteAsset": (exc.NotFoundError,),
}
"""Refusals of a second send that say: the first one worked, or is about to. Reading back once more tells."""
