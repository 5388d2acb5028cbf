"""Groups, their rules and members, as they are at one moment: read from a wiki, kept in a file, read from it again."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

from wikijs import exceptions as exc
from wikijs import ops
from wikijs.core.files.locking import make_private
from wikijs.core.files.writing import replacing
from wikijs.permissions import PageRule, rule_from, suggestion

from .deciding import Action, Decision, action_of, decide
from .model import Group, Page, Person, Target

if TYPE_CHECKING:
    from wikijs import WikiJSClient

T = TypeVar("T")

GUEST: Final = 2
LARGEST_FILE: Final = 64 * 1024 * 1024
"""Bytes of a kept moment at most."""
_FORMAT: Final = "wikijs-access/1"


@dataclass(frozen=True, kw_only=True)
class Moment:
    """Who may do what, at one moment.

    Attributes:
        groups: All groups.
        people: All users; the guest among them.
        pages: All pages, where they were read too.
        taken: When.
        url: Of which wiki.
    """

    groups: tuple[Group, ...]
    people: tuple[Person, ...]
    pages: tuple[Page, ...] = ()
    taken: datetime = field(default_factory=lambda: datetime.now(UTC))
    url: str = ""

    @cached_property
    def _by_id(self) -> dict[int, Group]:
        return {group.id: group for group in self.groups}

    def group(self, group: int | str) -> Group:
        """A group by id or name.

        Raises:
            GroupNotFoundError: There is none.
            ConflictError: Several have this name.
        """
        found = [each for each in self.groups if group in (each.id, each.name)]
        if not found and isinstance(group, str) and group.isascii() and group.isdecimal():
            return self.group(int(group))
        if not found:
            hint = suggestion(str(group), [each.name for each in self.groups])
            raise exc.GroupNotFoundError(f"There is no group {group!r}.", hint=hint)
        return _single(found, f"{len(found)} groups are called {group!r}.")

    def person(self, person: int | str) -> Person:
        """A user by id, e-mail address or whole name.

        Raises:
            UserNotFoundError: There is none.
            ConflictError: Several are called so.
        """
        wanted = str(person).casefold()
        for means in (_id, _address, _name):
            found = [each for each in self.people if means(each) == wanted]
            if found:
                return _single(found, f"{len(found)} users are called {person!r}.")
        raise exc.UserNotFoundError(
            f"There is no user {person!r}.", code=0, slug="", hint="Give the id, e-mail address or whole name."
        )

    def groups_of(self, person: Person) -> list[Group]:
        """The groups of a user."""
        return [self._by_id[number] for number in person.groups if number in self._by_id]

    def can(self, person: int | str | Person, action: str | Action, target: Target | Page) -> Decision:
        """Whether a user may do something, and why.

        Args:
            person: A user, or its id, e-mail address or name; 2 is the guest.
            action: Name of an action, or of a permission.
            target: A page or file.

        Raises:
            UserNotFoundError, ConflictError: Not exactly one user is called so.
            UnknownPermissionError: There is no such action.
        """
        who = person if isinstance(person, Person) else self.person(person)
        what = action if isinstance(action, Action) else action_of(action)
        return decide(self.groups_of(who), what, target.target if isinstance(target, Page) else target)

    def save(self, file: str | os.PathLike[str]) -> None:
        """Keep it in a file (JSON), which only the user can read.

        Raises:
            OSError: It cannot be written.
        """
        text = self.as_json()
        with replacing(Path(file)) as stream:
            make_private(stream.fileno())
            stream.write(text.encode("utf-8", "surrogatepass"))

    def as_json(self) -> str:
        """What `save` writes, as a text."""
        data = {"format": _FORMAT, **asdict(self), "taken": self.taken.isoformat()}
        return json.dumps(data, ensure_ascii=False, indent=1) + "\n"


def load(file: str | os.PathLike[str]) -> Moment:
    """Read a moment that `Moment.save` kept.

    Raises:
        ConfigurationError: It is no such file.
        FileRefusedError: It is no JSON, or too large.
        OSError: It cannot be read.
    """
    from wikijs.core.files.data import load_json
    from wikijs.core.files.tree import read_file

    place = Path(file)
    data: Any = load_json(read_file(place, LARGEST_FILE), name=str(place), most=LARGEST_FILE)
    try:
        if data["format"] == _FORMAT:
            return Moment(
                groups=tuple(_group_from(each) for each in data["groups"]),
                people=tuple(Person(**_tuples(each)) for each in data["people"]),
                pages=tuple(Page(**_tuples(each)) for each in data["pages"]),
                taken=datetime.fromisoformat(data["taken"]),
                url=str(data["url"]),
            )
    except (ValueError, KeyError, TypeError):
        pass
    raise exc.ConfigurationError(
        f"{place} is no moment of a wiki's permissions.", hint="`wikijs access save FILE` makes one."
    )


def read_moment(client: WikiJSClient, *, pages: bool = True) -> Moment:
    """Read all groups with rules and members, all users and, unless told otherwise, the list of pages.

    Args:
        client: A client whose key may read groups and users.
        pages: Whether to read the list of pages too, which `compare` and reports need.

    Permission: any of `write:users`, `manage:users`, `write:groups`, `manage:groups`, `manage:system`.
    Operation: `groups.list`, `groups.single`, `users.list`, `pages.list` (queries).
    """
    listed = client.execute(ops.groups_list(), cache=False)
    read = client.batch(*(ops.groups_single(group.id) for group in listed))
    groups = tuple(
        Group(
            id=group.id,
            name=group.name,
            permissions=tuple(group.permissions),
            rules=tuple(rule_from(rule) for rule in group.page_rules),
            members=tuple(user.id for user in group.users),
        )
        for group in cast("Sequence[Any]", read)
        if group is not None  # deleted meanwhile
    )
    belongs: dict[int, list[int]] = {}
    for group in groups:
        for member in group.members:
            belongs.setdefault(member, []).append(group.id)
    known = {user.id: user for user in client.execute(ops.users_list(), cache=False)}
    for group in cast("Sequence[Any]", read):
        for user in () if group is None else group.users:
            known.setdefault(user.id, user)
    people = tuple(
        Person(
            id=user.id, name=user.name, email=user.email, active=user.is_active, groups=tuple(belongs.get(user.id, ()))
        )
        for _, user in sorted(known.items())
    )
    return Moment(groups=groups, people=people, pages=read_pages(client) if pages else (), url=client.url)


def read_pages(client: WikiJSClient) -> tuple[Page, ...]:
    """All pages, as far as rules look at them, by locale and path."""
    return tuple(
        Page(path=page.path, locale=page.locale, tags=tuple(page.tags), published=page.is_published)
        for page in sorted(client.pages.list(), key=lambda page: (page.locale, page.path))
    )


def _group_from(data: dict[str, Any]) -> Group:
    rules = [PageRule(**_tuples(rule)) for rule in data["rules"]]
    return Group(**_tuples({**data, "rules": rules}))


def _tuples(data: dict[str, Any]) -> dict[str, Any]:
    """Values of a dataclass from those of JSON, which knows lists only."""
    return {name: _tuple(value) for name, value in data.items()}


def _tuple(value: Any) -> Any:
    return tuple(cast("list[object]", value)) if isinstance(value, list) else value


def _single(found: Sequence[T], message: str) -> T:
    if len(found) > 1:
        ids = [cast("Any", each).id for each in found]
        raise exc.ConflictError(message, hint=f"Give one of the ids {ids}.")
    return found[0]


def _id(person: Person) -> str:
    return str(person.id)


def _address(person: Person) -> str:
    return person.email.casefold()


def _name(person: Person) -> str:
    return person.name.casefold()


def groups_in(people: Iterable[Person]) -> dict[tuple[int, ...], list[Person]]:
    """Users by the groups they are in: those of the same groups may do the same."""
    same: dict[tuple[int, ...], list[Person]] = {}
    for person in people:
        same.setdefault(tuple(sorted(person.groups)), []).append(person)
    return same
