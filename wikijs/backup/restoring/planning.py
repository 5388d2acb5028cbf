"""What a restore has to do: what the backup holds and the wiki is not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, cast

from wikijs import exceptions as exc
from wikijs.core.values import paths
from wikijs.core.values.paths import PagePath

from ..store import Snapshot, Store
from . import settings
from .absent import concerns, in_reach, is_in
from .model import KINDS, SETTINGS, Action, Kind, RestoreOptions, RestorePlan, Step
from .pages import plan_pages
from .target import SYSTEM, Target, look_at

if TYPE_CHECKING:
    from wikijs import WikiJSClient

Progress = Callable[[int, int], None]

_PROFILE: Final = ("name", "location", "jobTitle", "timezone", "dateFormat", "appearance")
_RULE: Final = ("deny", "match", "roles", "path", "locales")


def load_parts(store: Store, snapshot: Snapshot) -> dict[str, Any]:
    """What a backup holds, without the content of pages and files.

    Raises:
        FileRefusedError: It is damaged.
    """
    return {kind: store.get_json(part.object) for kind, part in snapshot.parts.items()}


def plan_restore(
    client: WikiJSClient,
    store: Store,
    snapshot: Snapshot,
    options: RestoreOptions | None = None,
    progress: Progress | None = None,
) -> RestorePlan:
    """Find out what a restore has to do, without changing anything.

    The wiki is compared with the backup thing by thing. Nothing of the wiki is ever deleted, and what the backup does
    not hold is left alone.

    Args:
        client: A client of the wiki, without a cache.
        store: Where the backup lies.
        snapshot: The backup.
        options: What to bring back, and how.
        progress: Called with the number of pages compared and the total.

    Raises:
        FileRefusedError: The backup is damaged.
        ValidationError: The folder of the options is an address of another wiki.
        WikiJSException: The wiki cannot be read.

    Permission: `manage:system`.
    Operation: queries of all namespaces.
    """
    options = options or RestoreOptions()
    if paths.is_address(options.folder):
        folder = paths.of_folder(options.folder, client.localization.default(), client.url)
        options = replace(options, folder=folder)
    parts = load_parts(store, snapshot)
    target = look_at(client, parts)
    plan = RestorePlan(snapshot.name)
    parts, absent = in_reach(parts, target, options)
    plan.lost += absent + lost(snapshot, parts, target, options)
    for kind in KINDS:
        if kind not in options.only or kind not in parts:
            continue
        if kind == "pages":
            plan_pages(client, store, parts["pages"], target, plan, options, progress)
        elif kind == "comments":
            _comments(client, parts["comments"], target, plan, options)
        elif kind == "assets":
            _assets(client, store, parts["assets"], target, plan, options)
        elif kind == "groups":
            _groups(parts["groups"], target, plan, options)
        elif kind == "users":
            _users(parts["users"], target, plan, options)
        elif kind in SETTINGS:
            settings.plan(kind, parts, target, plan, options)
    return plan


def _add(plan: RestorePlan, options: RestoreOptions, step: Step) -> None:
    if step.action == "update" and not options.update:
        plan.left.append(f"{step.kind}: {step.name}")
    else:
        plan.steps.append(step)


def _groups(groups: Sequence[dict[str, Any]], target: Target, plan: RestorePlan, options: RestoreOptions) -> None:
    for group in groups:
        now = target.group(group["id"])
        if now is not None and group_settings(now) == group_settings(group):
            plan.same("groups")
        else:
            action: Action = "create" if now is None else "update"
            _add(plan, options, Step(kind="groups", name=group["name"], action=action, data=group))


def group_settings(group: Mapping[str, Any]) -> dict[str, Any]:
    """What of a group is compared: ids of rules say nothing."""
    return {
        "permissions": sorted(group["permissions"]),
        "redirect": group["redirectOnLogin"] or "/",
        "rules": [{name: rule[name] for name in _RULE} for rule in group["pageRules"]],
    }


def _users(users: Sequence[dict[str, Any]], target: Target, plan: RestorePlan, options: RestoreOptions) -> None:
    for user in users:
        if user["id"] in SYSTEM and (user["id"] == 2 or target.user(user["email"], user["providerKey"]) is None):
            continue  # told among what is lost: each wiki has its own
        provider = target.login(user["providerKey"])
        now = target.user(user["email"], provider)
        name = f"{user['email']} ({user['providerKey']})"
        if now is None:
            _add(plan, options, Step(kind="users", name=name, action="create", data=user))
        elif user_changes(user, now, target.groups) or user_switches(user, now):
            _add(plan, options, Step(kind="users", name=name, action="update", data=user))
        else:
            plan.same("users")


def user_changes(user: Mapping[str, Any], now: Mapping[str, Any], groups: Mapping[int, int]) -> dict[str, Any]:
    """What of a user is to be changed. The server cannot clear texts."""
    found = {name: user[name] for name in _PROFILE if user[name] and user[name] != now[name]}
    ids: list[int] = [group["id"] for group in user["groups"]]
    wanted = {groups.get(each, -each) for each in ids}
    if wanted - {group["id"] for group in now["groups"]} or len(wanted) != len(now["groups"]):
        found["groups"] = sorted(wanted)
    return found


def user_switches(user: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """Which switches of a user are to be turned: names of methods of the facade."""
    found: list[str] = []
    if user["isActive"] != now["isActive"]:
        found.append("activate" if user["isActive"] else "deactivate")
    if user["isVerified"] and not now["isVerified"]:
        found.append("verify")
    if user["tfaIsActive"] and not now["tfaIsActive"] and user["providerKey"] == "local":
        found.append("enable_tfa")
    return [] if now["id"] in SYSTEM else found


def _assets(
    client: WikiJSClient,
    store: Store,
    assets: Mapping[str, Any],
    target: Target,
    plan: RestorePlan,
    options: RestoreOptions,
) -> None:
    folders = {folder.path for folder in client.assets.folders()}
    for folder in assets["folders"]:
        if folder["path"] not in folders:
            plan.steps.append(Step(kind="assets", name=f"{folder['path']}/", action="create", data=folder))
    there = {asset.path: asset for asset in client.assets.list(recursive=True)}
    for file in assets["files"]:
        now = there.get(file["path"])
        if now is not None and now.file_size == file["size"] and _same_file(client, store, file, now):
            plan.same("assets")
            continue
        action: Action = "create" if now is None else "update"
        _add(plan, options, Step(kind="assets", name=file["path"], action=action, data=file))


def _same_file(client: WikiJSClient, store: Store, file: Mapping[str, Any], now: Any) -> bool:
    from ..store import digest_of

    try:
        digest: str = file["object"]
        return digest_of(client.assets.download(now)) == digest
    except (exc.TransportError, exc.AuthenticationError):
        raise
    except exc.WikiJSException:
        return False


def _comments(
    client: WikiJSClient, pages: Sequence[dict[str, Any]], target: Target, plan: RestorePlan, options: RestoreOptions
) -> None:
    """Comments that are missing: they are known again by their text, and come back in their order."""
    places = {(page["path"], page["locale"]): page["id"] for page in target.state.pages.values()}
    there: Counter[tuple[str, str, str]] = Counter()
    if any((page["path"], page["locale"]) in places for page in pages):
        for comment in client.comments.iter_all():
            there[comment.path, comment.locale, comment.content or ""] += 1
    for page in pages:
        place = PagePath(page["path"], page["locale"])
        if not paths.is_below(place.path, options.folder.strip("/")) or place.locale not in target.locales:
            continue
        seen: Counter[str] = Counter()
        for comment in page["comments"]:
            content = comment["content"]
            seen[content] += 1
            if seen[content] <= there[place.path, place.locale, content]:
                plan.same("comments")
                continue
            data = {"path": place.path, "locale": place.locale, "content": content, "number": seen[content]}
            plan.steps.append(Step(kind="comments", name=f"{place} #{comment['id']}", action="create", data=data))


def _holds(part: Any) -> bool:
    """Whether there is anything in a part of a backup."""
    files: Any = cast("dict[str, Any]", part).get("files", part) if isinstance(part, dict) else part
    return bool(files)


def lost(
    snapshot: Snapshot, parts: Mapping[str, Any], target: Target, options: RestoreOptions
) -> list[tuple[str, str]]:
    """What cannot come back, and why."""
    found: list[tuple[str, str]] = []

    def tell(kind: Kind, what: str, why: str) -> None:
        if kind in options.only and _holds(parts.get(kind)):
            found.append((what, why))

    pages = [page for page in parts.get("pages", ()) if is_in(page["head"]["path"], options)]
    tell("pages", "ids, authors and moments of pages", "the server sets its own")
    kept = sum(1 for page in pages if page.get("history"))
    if kept:
        tell("pages", f"old versions of {kept} pages", "the server takes none; they stay in the backup")
    for locale in sorted({page["head"]["locale"] for page in pages} - target.locales):
        tell("pages", f"pages of the locale {locale}", "it is not installed on this wiki: install it, and run again")
    partly = [page for page in pages if page.get("missing")]
    if partly:
        names = sorted({name for page in partly for name in page["missing"]})
        tell("pages", f"{', '.join(names)} of {len(partly)} pages", "the backup was made with a key that saw none")
    tell(
        "comments", "ids, authors and moments of comments, and what they answer", "all are posted by this key's account"
    )
    tell("assets", "ids, authors and moments of files", "the server sets its own")
    for user in parts.get("users", ()):
        if user["id"] == 1 and target.user(user["email"], user["providerKey"]) is None:
            tell("users", f"the first administrator, {user['email']}", "each wiki has its own")
    local = [user for user in parts.get("users", ()) if user["providerKey"] == "local" and user["id"] not in SYSTEM]
    if local:
        tell("users", f"passwords of {len(local)} users", "no server tells them: new ones are made, which nobody knows")
    tell("users", "ids and moments of users, and their second factors", "the server sets its own")
    unverified = [user["email"] for user in local if not user["isVerified"]]
    if unverified:
        tell("users", f"that {', '.join(unverified)} never verified the address", "accounts made here are verified")
    tell("groups", "ids and moments of groups", "the server sets its own")
    found += settings.lost(parts, target, options)
    return found + [(what, why) for what, why in snapshot.left_out if concerns(what, options)]
