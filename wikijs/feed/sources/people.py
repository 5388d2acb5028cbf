"""Users and groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from wikijs import q
from wikijs.core.flow import Flow

from ..history import Draft
from ..listing import Ask, Item, change, is_gone
from ..snapshot import digest

if TYPE_CHECKING:
    from wikijs.core.operations import Operation

USERS_AT_ONCE: Final = 245
"""Users whose profiles are read at each look; of more users, some at a time."""
_SHOWN: Final = ("name", "is_active")
_PROFILE: Final = {
    "location": "location",
    "jobTitle": "job_title",
    "timezone": "timezone",
    "dateFormat": "date_format",
    "appearance": "appearance",
    "isVerified": "is_verified",
    "tfaIsActive": "tfa",
}


def _profile(user_id: int) -> Operation[Any]:
    return q.users.single(user_id).select(
        "id",
        "location",
        "jobTitle",
        "timezone",
        "dateFormat",
        "appearance",
        "isVerified",
        "tfaIsActive",
        "groups.id",
    )


class UsersSource:
    """Accounts. The list does not show changed profiles, so each is read; mail addresses are not kept."""

    name = "users"

    def look(
        self, ask: Ask, known: Mapping[str, Item], place: dict[str, Any]
    ) -> Flow[tuple[dict[str, Item], set[str]]]:
        [rows] = yield from ask.answers(
            [q.users.list().select("id", "name", "email", "providerKey", "isActive", "createdAt")]
        )
        found: dict[str, Item] = {}
        for row in rows:
            subject = f"user:{row['id']}"
            found[subject] = {
                **known.get(subject, {}),
                "id": row["id"],
                "name": row["name"],
                "email": digest(row["email"]),
                "provider": row["providerKey"],
                "is_active": row["isActive"],
                "created_at": row["createdAt"],
            }
        ids = sorted(int(row["id"]) for row in rows)
        after = int(place.get("next", 0))
        some = [each for each in ids if each > after][:USERS_AT_ONCE]
        place["next"] = 0 if not some or some[-1] == ids[-1] else some[-1]
        outcomes = yield from ask.outcomes([_profile(each) for each in some])
        for each, outcome in zip(some, outcomes, strict=True):
            if isinstance(outcome, Exception) or not outcome:
                continue  # deleted since, or not to be read: what the list says is known
            item = found[f"user:{each}"]
            item |= {ours: digest(outcome.get(theirs)) for theirs, ours in _PROFILE.items()}
            item["groups"] = sorted(group["id"] for group in outcome.get("groups") or ())
        return found, known.keys() - found.keys()

    def tell(self, subject: str, before: Item | None, after: Item | None, count: int, wiki: str) -> Sequence[Draft]:
        item: Item = after or before or {}
        info = {name: item.get(name) for name in ("id", "name", "provider", "is_active")}
        key = f"{item['created_at']}:{count}"
        if before is None or after is None:
            kind = "create" if before is None else "delete"
            moment = item["created_at"] if before is None else None
            return [Draft(f"user.{kind}d", subject, key, moment, {"user": info, "change": change(kind)})]
        # What was read for the first time did not change.
        shared = {name: value for name, value in before.items() if name in after}
        now = {name: after[name] for name in shared}
        found = change("edit", shared, now, shown=_SHOWN)
        if not found["fields"]:
            return []
        drafts: list[Draft] = []
        if "is_active" in found["fields"]:
            type_ = "user.activated" if after["is_active"] else "user.deactivated"
            drafts.append(Draft(type_, subject, key, None, {"user": info, "change": {**found, "kind": type_[5:-1]}}))
        if set(found["fields"]) - {"is_active"}:
            drafts.append(Draft("user.updated", subject, key, None, {"user": info, "change": found}))
        return drafts


def _group(group_id: int) -> Operation[Any]:
    return q.groups.single(group_id).select(
        "id",
        "name",
        "redirectOnLogin",
        "permissions",
        "pageRules.deny",
        "pageRules.match",
        "pageRules.roles",
        "pageRules.path",
        "pageRules.locales",
        "users.id",
    )


class GroupsSource:
    """Groups with their rights and members, each read as a whole: the list shows how many members there are at most."""

    name = "groups"

    def look(
        self, ask: Ask, known: Mapping[str, Item], place: dict[str, Any]
    ) -> Flow[tuple[dict[str, Item], set[str]]]:
        [rows] = yield from ask.answers([q.groups.list().select("id", "name", "userCount", "createdAt")])
        outcomes = yield from ask.outcomes([_group(row["id"]) for row in rows])
        found: dict[str, Item] = {}
        for row, outcome in zip(rows, outcomes, strict=True):
            subject = f"group:{row['id']}"
            if is_gone(outcome) or outcome is None:
                continue
            item: Item = {"id": row["id"], "name": row["name"], "created_at": row["createdAt"]}
            if isinstance(outcome, Exception):
                item |= {key: value for key, value in known.get(subject, {}).items() if key not in item}
            else:
                item |= {
                    "redirect_on_login": outcome["redirectOnLogin"],
                    "permissions": sorted(outcome["permissions"] or ()),
                    "page_rules": digest(outcome["pageRules"]),
                    "users": sorted(user["id"] for user in outcome["users"] or ()),
                }
            found[subject] = item
        return found, known.keys() - found.keys()

    def tell(self, subject: str, before: Item | None, after: Item | None, count: int, wiki: str) -> Sequence[Draft]:
        item: Item = after or before or {}
        info = {"id": item["id"], "name": item["name"], "user_count": len(item.get("users", ()))}
        key = f"{item['created_at']}:{count}"
        if before is None or after is None:
            kind = "create" if before is None else "delete"
            moment = item["created_at"] if before is None else None
            return [Draft(f"group.{kind}d", subject, key, moment, {"group": info, "change": change(kind)})]
        found = change("edit", before, after, shown=("name", "permissions", "redirect_on_login"))
        drafts: list[Draft] = []
        if set(found["fields"]) - {"users"}:
            fields = [name for name in found["fields"] if name != "users"]
            drafts.append(
                Draft("group.updated", subject, key, None, {"group": info, "change": {**found, "fields": fields}})
            )
        if "users" in found["fields"]:
            old, new = set(before.get("users", ())), set(after.get("users", ()))
            members = {"added": sorted(new - old), "removed": sorted(old - new)}
            data = {"group": info, "change": {**change("members"), "fields": ["users"]}, **members}
            drafts.append(Draft("group.members", subject, key, None, data))
        return drafts
