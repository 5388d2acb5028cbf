"""Users and groups of one test, which are gone after it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from wikijs_generated.fragments import GroupSettings, User

from tests.resources.conftest import Area
from wikijs import WikiJSClient, ops

ROOT = 1
GUEST = 2
NOBODY = 987654
"""An id that no user, group or anything else has."""


@dataclass
class People:
    """Makes users and groups whose names no other test uses."""

    client: WikiJSClient
    tag: str = field(default_factory=lambda: uuid4().hex[:10])

    def email(self, name: str) -> str:
        """An address of this test."""
        return f"{name}@{self.tag}.example.com"

    def name(self, name: str) -> str:
        """A name of this test, for groups and keys."""
        return f"{name} {self.tag}"

    def user(self, name: str = "ann", **arguments: Any) -> User:
        """A new user."""
        details = {"name": name.capitalize(), "password": "correct horse"} | arguments
        return self.client.users.create(self.email(name), **details)

    def group(self, name: str = "editors", **arguments: Any) -> GroupSettings:
        """A new group."""
        return self.client.groups.create(self.name(name), **arguments)

    def clean_up(self) -> None:
        """Delete all that carries the mark of this test."""
        for user in self.client.execute(ops.users_list()):
            if self.tag in user.email:
                self.client.execute(ops.users_delete(user.id, replace_id=ROOT))
        for group in self.client.execute(ops.groups_list()):
            if self.tag in group.name:
                self.client.execute(ops.groups_delete(group.id))


@contextmanager
def people_of(wiki: Area) -> Iterator[People]:
    """People of this wiki, deleted afterwards."""
    people = People(wiki.client)
    yield people
    if wiki.is_live:
        people.clean_up()
