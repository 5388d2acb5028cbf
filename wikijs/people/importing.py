"""Making accounts of people, and bringing those that are there up to date: planned whole, then done one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from wikijs import exceptions as exc
from wikijs.core.jobs.results import BatchError, BatchResult
from wikijs.core.outcomes import after_write
from wikijs.permissions import suggestion

if TYPE_CHECKING:
    from collections.abc import Callable

    from wikijs import WikiJSClient
    from wikijs.resources.shared.base import Progress

    from .passwords import PasswordFile
    from .reading import Person

Step: TypeAlias = Literal["create", "update", "none", "refused"]
NOTHING_TO_LOG_IN_WITH: Final = "There is no password for the new account."
NEEDS_ONE: Final = "It needs a password."
_PROFILE: Final = ("location", "job_title", "timezone")
LOCAL: Final = "local"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonPlan:
    """What is to be done about one person.

    Attributes:
        person: The person.
        step: What: make an account, change it, nothing, or nothing because it cannot be.
        id: Id of the account that is there.
        changes: What would change, by field.
        reason: Why nothing is done.
    """

    person: Person
    step: Step
    id: int | None = None
    changes: Mapping[str, Any] = field(default_factory=dict[str, Any])
    reason: str = ""

    @property
    def is_without_password(self) -> bool:
        """Whether it would be a new account of the built-in login of which the file says no password."""
        return self.step == "create" and self.changes["provider"] == LOCAL and self.person.password is None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportPlan:
    """What an import would do.

    Attributes:
        people: A step for each person, in the order of the file.
        new_groups: Names of groups that would be made.
    """

    people: tuple[PersonPlan, ...]
    new_groups: tuple[str, ...] = ()

    def count(self, step: Step) -> int:
        """How many people have this step."""
        return sum(plan.step == step for plan in self.people)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Account:
    id: int
    name: str
    active: bool
    groups: frozenset[str]
    profile: Mapping[str, str]


def plan_import(
    client: WikiJSClient,
    people: Sequence[Person],
    *,
    provider: str = LOCAL,
    update: bool = False,
    create_groups: bool = False,
    passwords: bool = False,
) -> ImportPlan:
    """What an import of people would do. Accounts are known again by address and login strategy.

    Args:
        client: A client of the wiki.
        people: The people.
        provider: Login strategy of those of whom the file says none.
        update: Whether accounts that are there are changed: name, profile, and groups that are missing. No account is
            ever taken out of a group.
        create_groups: Whether groups that are missing are made; people of such groups are refused otherwise.
        passwords: Whether passwords will be made for accounts of the built-in login of which the file says none.

    Permission: `manage:users` or `manage:system`, and to read groups.
    Operation: `users.list`, `groups.list`, `groups.single`, `users.single`, `authentication.activeStrategies`
        (queries).
    """
    listed = {(user.email.lower(), user.provider_key): user for user in client.users.list()}
    names: dict[int, set[str]] = {}
    groups = {group.name: group.id for group in client.groups.list()}
    for group in client.groups.get_many(list(groups.values())):
        for member in group.users:
            names.setdefault(member.id, set()).add(group.name)
    wanted = {(person.email, person.provider or provider) for person in people}
    profiles: dict[int, Mapping[str, str]] = {}
    if update and any(getattr(person, name) is not None for person in people for name in _PROFILE):
        ids = [user.id for key, user in listed.items() if key in wanted]
        for whole in client.users.get_many(ids, return_exceptions=True):
            if not isinstance(whole, Exception):
                profiles[whole.id] = {name: str(getattr(whole, name) or "") for name in _PROFILE}
    accounts = {
        key: _Account(
            id=user.id,
            name=user.name,
            active=user.is_active,
            groups=frozenset(names.get(user.id, ())),
            profile=profiles.get(user.id, {}),
        )
        for key, user in listed.items()
    }
    strategies = {strategy.key for strategy in client.authentication.active_strategies()}
    missing: dict[str, None] = {}
    plans: list[PersonPlan] = []
    for person in people:
        unknown = [name for name in person.groups or () if name not in groups]
        key = person.provider or provider
        reason = _refusal(person, key, strategies, [] if create_groups else unknown, list(groups))
        account = accounts.get((person.email, key))
        if reason:
            plans.append(
                PersonPlan(person=person, step="refused", reason=reason, id=None if account is None else account.id)
            )
            continue
        plan = _plan(person, key, account, update=update, passwords=passwords)
        if plan.step in {"create", "update"}:
            missing.update(dict.fromkeys(unknown))
        plans.append(plan)
    return ImportPlan(people=tuple(plans), new_groups=tuple(missing))


def _refusal(person: Person, provider: str, strategies: set[str], unknown: Sequence[str], groups: Sequence[str]) -> str:
    if provider not in strategies:
        return f"There is no login strategy {provider!r}. {suggestion(provider, strategies)}"
    if unknown:
        return f"There is no group {unknown[0]!r}. {suggestion(unknown[0], groups)}"
    return ""


def _plan(person: Person, provider: str, account: _Account | None, *, update: bool, passwords: bool) -> PersonPlan:
    if account is None:
        if provider == LOCAL and person.password is None and not passwords:
            return PersonPlan(person=person, step="refused", reason=NOTHING_TO_LOG_IN_WITH)
        local = person.email.partition("@")[0]
        name = person.name or (local if len(local) > 1 else person.email)  # the server wants two characters
        given = {"email": person.email, "name": name, "provider": provider, "groups": list(person.groups or ())}
        profile = {part: value for part in _PROFILE if (value := getattr(person, part))}
        switched = {"active": False} if person.active is False else {}
        return PersonPlan(person=person, step="create", changes={**given, **profile, **switched})
    changes: dict[str, Any] = {}
    if person.name and person.name != account.name:
        changes["name"] = person.name
    joined = [name for name in person.groups or () if name not in account.groups]
    if joined:
        changes["groups"] = [*sorted(account.groups), *joined]
    for part in _PROFILE:
        value = getattr(person, part)
        if value and account.profile and value != account.profile.get(part):
            changes[part] = value
    if person.active is not None and person.active is not account.active:
        changes["active"] = person.active
    if changes and update:
        return PersonPlan(person=person, step="update", id=account.id, changes=changes)
    reason = f"The account differs in {', '.join(changes)}." if changes else ""
    return PersonPlan(person=person, step="none", id=account.id, reason=reason)


def carry_out(
    client: WikiJSClient,
    plan: ImportPlan,
    *,
    passwords: PasswordFile | None = None,
    must_change_password: bool = True,
    send_welcome_email: bool = False,
    progress: Progress | None = None,
) -> BatchResult[PersonPlan, int]:
    """Do what a plan says, one after the other. A bad one does not stop the rest.

    Run again after it was ended in the middle, it goes on: accounts that are there are not made twice.

    Args:
        client: A client of the wiki.
        plan: The plan.
        passwords: Where passwords that are made are written.
        must_change_password: Whether passwords that were made must be changed at the first login.
        send_welcome_email: Whether the wiki writes to new users.
        progress: Called after each person with the number done and the total.

    Returns:
        Ids of the accounts, and what failed, each in the order of the plan.

    Permission: `manage:users` or `manage:system`; to make groups `manage:groups`.
    Operation: `groups.create`, `users.create`, `users.update`, `users.activate`, `users.deactivate` (mutations).
    """
    for name in plan.new_groups:
        client.groups.create(name)
    steps = [each for each in plan.people if each.step in {"create", "update"}]
    result: BatchResult[PersonPlan, int] = BatchResult()
    for index, each in enumerate(steps):
        try:
            if each.step == "create":
                result.success.append(
                    _create(client, each, passwords, must_change=must_change_password, welcome=send_welcome_email)
                )
            else:
                result.success.append(_update(client, each.id or 0, dict(each.changes)))
        except exc.WikiJSException as error:
            result.errors.append(BatchError(index, each, error))
        if progress is not None:
            progress(index + 1, len(steps))
    return result


def _create(
    client: WikiJSClient, plan: PersonPlan, passwords: PasswordFile | None, *, must_change: bool, welcome: bool
) -> int:
    given = dict(plan.changes)
    later: dict[str, Any] = {name: given.pop(name) for name in (*_PROFILE, "active") if name in given}
    password = plan.person.password
    is_made = password is None and given["provider"] == LOCAL and passwords is not None
    with passwords.made_for(given["email"]) if passwords and is_made else nullcontext(password) as password:
        made = client.users.create(
            given["email"],
            name=given["name"],
            password=password,
            groups=given["groups"],
            provider=given["provider"],
            must_change_password=must_change and is_made,
            send_welcome_email=welcome,
        )
    with after_write("users.create", made):
        return _update(client, made.id, later)


def _update(client: WikiJSClient, id: int, changes: dict[str, Any]) -> int:
    active = changes.pop("active", None)
    if changes:
        client.users.update(id, **changes)
    if active is not None:
        switch: Callable[[int], object] = client.users.activate if active else client.users.deactivate
        switch(id)
    return id
