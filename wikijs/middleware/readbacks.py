"""What is known of each write that can be settled: how it is read back, and whether it may be done twice.

The decision is taken in `settlement`.

A write whose answer was lost may have happened, may be happening right now, or may never have arrived. Each operation
that can be settled has a reader here, which looks at the server and says whether the wanted state is there, or is one
of which doing it twice is doing it once. All others (comments, mail, storage actions, ...) are never settled and never
repeated.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeAlias, TypeVar

from pydantic_core import to_jsonable_python

from wikijs import exceptions as exc
from wikijs import ops
from wikijs.core.flow import Flow
from wikijs.core.operations import Operation

if TYPE_CHECKING:
    from wikijs_generated.fragments import PageForEditor

T = TypeVar("T")

SEARCH_LIMIT: Final = 10
"""Users that a search finds at most."""


class Execute(Protocol):
    """Executes an operation past any cache."""

    def __call__(self, operation: Operation[T]) -> Flow[T]: ...


@dataclass(frozen=True)
class Applied:
    """The wanted state is there. `value` is what the lost answer would have been."""

    value: Any


@dataclass(frozen=True)
class Absent:
    """The state is as before the write.

    Attributes:
        found: What is there.
        repeatable: Whether another send is safe even if the first one arrives late: the server refuses or merges a
            repetition.
    """

    found: str = "nothing of it is there"
    repeatable: bool = True


@dataclass(frozen=True)
class Incomplete:
    """The write happened in part. `completion` brings about the rest; it harms nothing when sent twice."""

    found: str
    completion: Operation[Any]


@dataclass(frozen=True)
class Unclear:
    """Neither; `found` says what is there, for the caller to decide."""

    found: str


Verdict: TypeAlias = Applied | Absent | Incomplete | Unclear
Reader: TypeAlias = Callable[[Execute, Mapping[str, Any], Any], Flow[Verdict]]
"""Looks at the server. Takes how to execute, the variables of the write, and the state before it where known."""

_DONE: Final = {"succeeded": True, "errorCode": 0, "slug": "ok", "message": "Found to be done by reading back."}


def done() -> Applied:
    """What operations answer that say nothing but whether they succeeded."""
    from wikijs_generated.fragments import ResponseStatus

    return Applied(ResponseStatus.model_validate(_DONE))


def _page_result(page: Any) -> Applied:
    from wikijs_generated.fragments import PageWriteResult, WrittenPage

    written = {name: getattr(page, name) for name in WrittenPage.model_fields}
    return Applied(PageWriteResult.model_validate({"responseResult": _DONE, "page": written}))


COLUMNS: Final = {"content": "content", "title": "title", "description": "description", "isPublished": "is_published"}
"""What a page write stores in one statement, and where it is found when reading."""
REMADE: Final = ("publishStartDate", "publishEndDate", "scriptCss", "scriptJs")
"""What it stores as well, but not as it was given, or not at all without further permissions."""


def _differs(page: Any, wanted: Mapping[str, Any]) -> list[str]:
    """Names of the columns in which a page is not as wanted."""
    return [name for name, field in COLUMNS.items() if name in wanted and wanted[name] != getattr(page, field)]


def _is_tagged(page: Any, wanted: Mapping[str, Any]) -> bool:
    """Whether a page has the wanted tags; they are stored after everything else, one by one."""
    tags = wanted.get("tags")
    return tags is None or {tag.strip().lower() for tag in tags} - {""} == {tag.tag for tag in page.tags}


def _page_created(execute: Execute, wanted: Mapping[str, Any], before: Any) -> Flow[Verdict]:
    path = str(wanted["path"]).strip("/")
    try:
        page = yield from _page_at(execute, path, wanted["locale"])
    except exc.PageNotFoundError:
        return Absent()
    if (page.path, page.locale) != (path, wanted["locale"]):  # MariaDB takes some paths for one
        return Unclear(f"the wiki's database takes {page.locale}/{page.path} (id {page.id}) for it")
    if _differs(page, wanted):
        return Unclear(f"another page is at {path} (id {page.id})")
    if before is not False:
        return Unclear(f"such a page is at {path} (id {page.id}), but it may have been there before")
    if _is_tagged(page, wanted) and (yield from execute(ops.pages_single(page.id))).render:
        return _page_result(page)
    kept = {name: value for name, value in wanted.items() if name not in {"path", "locale", "editor", "isPrivate"}}
    return Incomplete(
        f"page {page.id} lacks tags or its rendering", Operation(ops.PAGES_UPDATE, {"id": page.id, **kept})
    )


def _page_at(execute: Execute, path: str, locale: str) -> Flow[PageForEditor]:
    """The page at a path, on servers before 2.5.296 by way of the list."""
    try:
        return (yield from execute(ops.pages_single_by_path_for_editor(path, locale=locale)))
    except exc.UnsupportedByServerError:
        listed = yield from execute(ops.pages_list(locale=locale))
    for page in listed:
        if page.path == path:
            return (yield from execute(ops.pages_single_for_editor(page.id)))
    raise exc.PageNotFoundError(f"There is no page {locale}/{path}.")


def _page_updated(execute: Execute, wanted: Mapping[str, Any], before: Any) -> Flow[Verdict]:
    page = yield from execute(ops.pages_single_for_editor(wanted["id"]))
    differences = _differs(page, wanted)
    if before is not None and _is_untouched(page, before, changes=bool(differences)):
        return Absent()
    if differences:
        return Unclear(f"page {page.id} differs in {', '.join(differences)}, and what it was before is not known")
    if (wanted.get("path") or page.path).strip("/") != page.path or (
        wanted.get("locale") or page.locale
    ) != page.locale:
        return Unclear(f"page {page.id} is saved, but it is at {page.locale}/{page.path}")
    if not _is_tagged(page, wanted):
        return Incomplete(f"page {page.id} has not got its tags", Operation(ops.PAGES_UPDATE, wanted))
    if before is None and any(wanted.get(name) for name in REMADE):
        return Unclear(f"page {page.id} is as wanted, but its dates and scripts cannot be compared")
    return _page_result(page)


def _is_untouched(page: Any, before: Any, *, changes: bool) -> bool:
    """Whether a page is as it was before an update: each update sets its time stamp, but other things do so too."""
    # Servers before 2.5.290 do not answer styles and scripts.
    scripts = [name for name in ("script_css", "script_js") if getattr(page, name) is not None]
    names = (*COLUMNS.values(), *scripts, "publish_start_date", "publish_end_date")
    same = all(getattr(page, name) == getattr(before, name) for name in names)
    tags = {tag.tag for tag in page.tags} == {tag.tag for tag in before.tags}
    return same and tags and (changes or page.updated_at == before.updated_at)


def _page_moved(execute: Execute, wanted: Mapping[str, Any], before: Any) -> Flow[Verdict]:
    del before
    page = yield from execute(ops.pages_single_metadata(wanted["id"]))
    there = (page.path, page.locale) == (wanted["destinationPath"].strip("/"), wanted["destinationLocale"])
    return done() if there else Absent()


def _page_deleted(execute: Execute, wanted: Mapping[str, Any], before: Any) -> Flow[Verdict]:
    try:
        yield from execute(ops.pages_single_metadata(wanted["id"]))
    except exc.PageNotFoundError:
        return Unclear("there was no such page before, either") if before is False else done()
    return Absent()


def _user_created(execute: Execute, wanted: Mapping[str, Any], before: Any) -> Flow[Verdict]:
    users = yield from execute(ops.users_list())
    for user in users:
        if (user.email, user.provider_key) == (wanted["email"].lower(), wanted["providerKey"]):
            if user.name != wanted["name"]:
                return Unclear(f"another account has this address (id {user.id})")
            if before is not False:
                return Unclear(f"such an account is there (id {user.id}), but it may have been there before")
            return done()
    return Absent()


def _user_updated(execute: Execute, wanted: Mapping[str, Any], before: Any) -> Flow[Verdict]:
    del before
    user = yield from execute(ops.users_single(wanted["id"]))
    texts = {
        "name": user.name,
        "email": user.email,
        "location": user.location,
        "jobTitle": user.job_title,
        "timezone": user.timezone,
        "dateFormat": user.date_format,
        "appearance": user.appearance,
    }
    groups = wanted.get("groups")
    same = all(wanted.get(name) in {None, "", text} for name, text in texts.items())  # the server ignores empty texts
    if not same or (groups is not None and set(groups) != {group.id for group in user.groups}):
        return Absent()
    return Absent("a password cannot be read back") if wanted.get("newPassword") else done()


def _user_deleted(execute: Execute, wanted: Mapping[str, Any], before: Any) -> Flow[Verdict]:
    if (yield from _user_is_there(execute, wanted)):
        return Absent()
    return Unclear("there was no such user before, either") if before is False else done()


def _group_created(execute: Execute, wanted: Mapping[str, Any], before: Any) -> Flow[Verdict]:
    """Names of groups are not unique, so a group that was there before must not pass for the new one."""
    from wikijs_generated.fragments import GroupCreateResult

    groups = yield from execute(ops.groups_list())
    named = [group for group in groups if group.name == wanted["name"]]
    new = named if before is None else [group for group in named if group.id not in before]
    if not new:
        return Absent("no new group of this name is there yet, and a second one could come of sending it again", False)
    if before is None or len(new) > 1:
        return Unclear(f"{len(new)} group(s) named {wanted['name']!r} exist, of which one may be new")
    group = yield from execute(ops.groups_single_settings(new[0].id))
    return Applied(GroupCreateResult.model_validate({"responseResult": _DONE, "group": group}))


def _group_updated(execute: Execute, wanted: Mapping[str, Any], before: Any) -> Flow[Verdict]:
    del before
    group = yield from execute(ops.groups_single_settings(wanted["id"]))
    if group is None:
        return Unclear(f"there is no group {wanted['id']} any more")
    found = {"name": group.name, "redirectOnLogin": group.redirect_on_login, "permissions": group.permissions}
    same = all(found[name] == wanted[name] for name in found) and _plain(group.page_rules) == _plain(
        wanted["pageRules"]
    )
    return done() if same else Absent()


def _plain(rules: Any) -> Any:
    """Page rules as JSON, whether read or about to be sent."""
    return to_jsonable_python(list(rules), by_alias=True)


def _group_deleted(execute: Execute, wanted: Mapping[str, Any], before: Any) -> Flow[Verdict]:
    if (yield from _group_is_there(execute, wanted)):
        return Absent()
    return Unclear("there was no such group before, either") if before is False else done()


def _is_member(execute: Execute, wanted: Mapping[str, Any]) -> Flow[bool]:
    group = yield from execute(ops.groups_single(wanted["groupId"]))
    return group is not None and any(user.id == wanted["userId"] for user in group.users)


def _user_assigned(execute: Execute, wanted: Mapping[str, Any], before: Any) -> Flow[Verdict]:
    del before
    return done() if (yield from _is_member(execute, wanted)) else Absent()


def _user_unassigned(execute: Execute, wanted: Mapping[str, Any], before: Any) -> Flow[Verdict]:
    del before
    return Absent() if (yield from _is_member(execute, wanted)) else done()


def _folder_created(execute: Execute, wanted: Mapping[str, Any], before: Any) -> Flow[Verdict]:
    del before
    folders = yield from execute(ops.assets_folders(wanted["parentFolderId"]))
    return done() if any(folder.slug == wanted["slug"].lower() for folder in folders) else Absent()


READERS: Final[Mapping[str, Reader]] = {
    "pages.create": _page_created,
    "pages.update": _page_updated,
    "pages.move": _page_moved,
    "pages.delete": _page_deleted,
    "users.create": _user_created,
    "users.update": _user_updated,
    "users.delete": _user_deleted,
    "groups.create": _group_created,
    "groups.update": _group_updated,
    "groups.delete": _group_deleted,
    "groups.assignUser": _user_assigned,
    "groups.unassignUser": _user_unassigned,
    "assets.createFolder": _folder_created,
}
"""How each operation is settled. What is neither here nor in `REPEATABLE` is never settled and never sent again."""

REPEATABLE: Final = frozenset(
    {
        "users.activate",
        "users.deactivate",
        "users.verify",
        "assets.deleteAsset",
        "theming.setConfig",
        "site.updateConfig",
        "navigation.updateTree",
        "navigation.updateConfig",
        "pages.flushCache",
    }
)
"""Operations that need not be read back: doing them twice is doing them once."""


def _group_ids(execute: Execute, wanted: Mapping[str, Any]) -> Flow[Any]:
    """Ids of all groups, to tell a new one from others of its name."""
    del wanted
    groups = yield from execute(ops.groups_list())
    return frozenset(group.id for group in groups)


def page_is_there(execute: Execute, wanted: Mapping[str, Any]) -> Flow[bool]:
    """Whether a page is at the path where one is to be created, also one that the caller may not read."""
    path, locale = str(wanted["path"]).strip("/"), wanted["locale"]
    try:
        yield from execute(ops.pages_single_by_path_metadata(path, locale=locale))
    except exc.PageNotFoundError:
        return False
    except exc.PageViewForbiddenError:
        return True
    except exc.UnsupportedByServerError:
        listed = yield from execute(ops.pages_list(locale=locale))
        return any(page.path == path for page in listed)
    return True


def account_is_there(execute: Execute, wanted: Mapping[str, Any]) -> Flow[bool]:
    """Whether there is an account of the address that is to be created."""
    address = wanted["email"].lower()
    hits = yield from execute(ops.users_search(address))
    found = any((hit.email, hit.provider_key) == (address, wanted["providerKey"]) for hit in hits)
    if found or len(hits) < SEARCH_LIMIT:
        return found
    users = yield from execute(ops.users_list())
    return any((user.email, user.provider_key) == (address, wanted["providerKey"]) for user in users)


def _page_of_id_is_there(execute: Execute, wanted: Mapping[str, Any]) -> Flow[bool]:
    try:
        yield from execute(ops.pages_single_metadata(wanted["id"]))
    except exc.PageNotFoundError:
        return False
    return True


def _user_is_there(execute: Execute, wanted: Mapping[str, Any]) -> Flow[bool]:
    users = yield from execute(ops.users_list())
    return any(user.id == wanted["id"] for user in users)


def _group_is_there(execute: Execute, wanted: Mapping[str, Any]) -> Flow[bool]:
    groups = yield from execute(ops.groups_list())
    return any(group.id == wanted["id"] for group in groups)


PREPARED: Final[Mapping[str, Callable[[Execute, Mapping[str, Any]], Flow[Any]]]] = {
    "pages.create": page_is_there,
    "pages.delete": _page_of_id_is_there,
    "users.create": account_is_there,
    "users.delete": _user_is_there,
    "groups.create": _group_ids,
    "groups.delete": _group_is_there,
}
"""What has to be known before the write, so that what was there before does not pass for it afterwards."""

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
"""Refusals of a second send that may say: the first one worked, or is about to. Reading back once more tells."""
