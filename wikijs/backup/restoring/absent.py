"""What things of a backup hang on and will not be there: told before, and not tried in vain. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from wikijs.core.values import paths

from .model import KINDS, Kind, RestoreOptions
from .target import SYSTEM, Target

Lost = list[tuple[str, str]]

_PAGE_WORDS: Final = {"page", "pages", "history", "version"}
_WORDS: Final[Mapping[str, Kind]] = {
    **{kind: kind for kind in KINDS},
    **dict.fromkeys(_PAGE_WORDS, "pages"),
    "file": "assets",
    "user": "users",
    "group": "groups",
}
"""How what a backup left out begins, and which kind that concerns."""


def in_reach(parts: Mapping[str, Any], target: Target, options: RestoreOptions) -> tuple[dict[str, Any], Lost]:
    """The parts of a backup without what hangs on things that are neither on the wiki nor brought back; and what it is.

    Args:
        parts: What the backup holds.
        target: The wiki.
        options: What is brought back.
    """
    found, lost = dict(parts), Lost()
    for narrow in (_logins, _groups, _pages):
        narrow(found, target, options, lost)
    return found, lost


def concerns(what: str, options: RestoreOptions) -> bool:
    """Whether something that a backup left out is of the kinds that are brought back."""
    kind = _WORDS.get(what.partition(" ")[0].rstrip(":"))
    return len(options.only) == len(KINDS) if kind is None else kind in options.only


def _logins(parts: dict[str, Any], target: Target, options: RestoreOptions, lost: Lost) -> None:
    """Users whose login strategy is missing."""
    here = {each["key"] for each in target.state.settings.get("logins", ())}
    if "users" not in parts or "users" not in options.only or "logins" in options.only or not here:
        return
    users: Sequence[Mapping[str, Any]] = parts["users"]
    without = [user for user in users if target.login(user["providerKey"]) not in here]
    parts["users"] = [user for user in users if user not in without]
    lost += [
        (
            f"the user {user['email']}",
            f"the login strategy {user['providerKey']} is not here: bring logins back as well",
        )
        for user in without
    ]


def _groups(parts: dict[str, Any], target: Target, options: RestoreOptions, lost: Lost) -> None:
    """Memberships, and what else names groups. Another group may have the same number: none is named in their place."""
    old: Sequence[Mapping[str, Any]] = parts.get("groups", ())
    names = {group["id"]: group["name"] for group in old}
    names |= {group["id"]: group["name"] for user in parts.get("users", ()) for group in user["groups"]}
    there = {*SYSTEM, *target.groups, *((group["id"] for group in old) if "groups" in options.only else ())}

    def kept(numbers: Sequence[int], what: str) -> list[int]:
        gone = [number for number in numbers if number not in there]
        called = ", ".join(str(names.get(number, number)) for number in gone)
        if gone:
            lost.append((f"{what} {called}", "there is no such group on this wiki: bring groups back as well"))
        return [number for number in numbers if number in there]

    if "users" in options.only and "users" in parts:
        parts["users"] = [
            {**user, "groups": [{"id": number, "name": names.get(number, "")} for number in here]}
            for user in parts["users"]
            for here in [kept([group["id"] for group in user["groups"]], f"that {user['email']} is in")]
        ]
    if "logins" in options.only and "logins" in parts:
        parts["logins"] = [
            {**each, "autoEnrollGroups": kept(each.get("autoEnrollGroups") or (), f"that {each['key']} enrols in")}
            for each in parts["logins"]
        ]
    if "navigation" in options.only and "navigation" in parts:
        parts["navigation"] = [
            {**tree, "items": [_item(item, kept) for item in tree["items"]]} for tree in parts["navigation"]
        ]


def _item(item: Mapping[str, Any], kept: Any) -> dict[str, Any]:
    shown = kept(
        item.get("visibilityGroups") or (), f"that {item.get('label') or 'an item'} of the navigation is seen by"
    )
    return {**item, "visibilityGroups": shown}


def _pages(parts: dict[str, Any], target: Target, options: RestoreOptions, lost: Lost) -> None:
    """Comments, and titles of tags."""
    there = list(target.state.pages.values())
    if "pages" in options.only:
        there += [
            page["head"]
            for page in parts.get("pages", ())
            if page["head"]["locale"] in target.locales and is_in(page["head"]["path"], options)
        ]
    if "comments" in options.only and "comments" in parts:
        places = {(page["path"], page["locale"]) for page in there}
        without = [page for page in parts["comments"] if (page["path"], page["locale"]) not in places]
        parts["comments"] = [page for page in parts["comments"] if page not in without]
        lost += [
            (
                f"comments of {page['locale']}/{page['path']}",
                "there is no such page on this wiki: bring pages back as well",
            )
            for page in without
            if is_in(page["path"], options)
        ]
    if "tags" in options.only and "tags" in parts:
        named = {tag for page in there for tag in page.get("tags") or ()}
        titled = [tag for tag in parts["tags"] if tag["title"] and tag["title"] != tag["tag"]]
        lost += [(f"the title of the tag {tag['tag']}", "no page has it") for tag in titled if tag["tag"] not in named]
        parts["tags"] = [tag for tag in parts["tags"] if tag["tag"] in named]


def is_in(path: str, options: RestoreOptions) -> bool:
    """Whether a page is in the folder that is brought back."""
    return paths.is_below(path, options.folder.strip("/"))
