"""Files of people: CSV with a head, and LDIF as directories write it. Whatever is wrong is told with its line."""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from textwrap import shorten
from typing import Final

from wikijs import exceptions as exc
from wikijs.core.files.tree import decoded, read_file

from . import ldif

LARGEST: Final = 64 * 1024 * 1024
"""Bytes of a file at most."""
_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+")
_BETWEEN: Final = re.compile(r"[;|,]")
_UNIT: Final = "\x1f"
"""Between names of groups that may hold commas: the separator of units."""
_FORMULA: Final = re.compile(r"'(?=[=+\-@])")
_NO: Final = frozenset({"no", "false", "0", "inactive", "disabled", "off"})
_NAMES: Final[Mapping[str, str]] = {
    "email": "email", "mail": "email", "emailaddress": "email",
    "name": "name", "fullname": "name", "displayname": "name", "cn": "name",
    "firstname": "first", "givenname": "first", "lastname": "last", "surname": "last", "sn": "last",
    "groups": "groups", "group": "groups", "memberof": "groups",
    "provider": "provider", "providerkey": "provider", "strategy": "provider",
    "password": "password",
    "location": "location", "l": "location", "jobtitle": "job_title", "title": "job_title",
    "timezone": "timezone", "active": "active", "isactive": "active",
}  # fmt: skip
"""What heads of columns mean, without spaces, dashes and underscores."""
_DIRECTORY: Final[Mapping[str, str]] = {
    "mail": "email", "cn": "name", "displayname": "shown", "givenname": "first", "sn": "last",
    "l": "location", "title": "job_title",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A person of a file; None where the file says nothing.

    Attributes:
        email: Address, in lower case.
        name: Name to show.
        groups: Names of groups.
        provider: Key of the login strategy.
        password: Never shown.
        location, job_title, timezone: The profile.
        active: Whether the account may log in.
        line: Line of the file.
    """

    email: str
    name: str | None = None
    groups: tuple[str, ...] | None = None
    provider: str | None = None
    password: str | None = field(default=None, repr=False)
    location: str | None = None
    job_title: str | None = None
    timezone: str | None = None
    active: bool | None = None
    line: int = 0


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in a file that is left alone: its line, and why."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileOfPeople:
    """What a file says.

    Attributes:
        people: Each address once, in the order of the file.
        problems: Rows that say nobody, or what cannot be.
        ignored: Heads of columns that mean nothing here.
    """

    people: tuple[Person, ...]
    problems: tuple[Problem, ...] = ()
    ignored: tuple[str, ...] = ()


def read_people(file: str | os.PathLike[str]) -> FileOfPeople:
    """Read a CSV file (separated by commas, semicolons or tabs) or an LDIF file (`.ldif`).

    A person on several rows gets the groups of all of them, so that a file may have a row for each membership.

    Raises:
        FileRefusedError: It is no text, or too large.
        ValidationError: It has no column of addresses, or is no LDIF.
        OSError: It cannot be read.
    """
    place = Path(file)
    text = decoded(read_file(place, LARGEST), str(place)).removeprefix("\ufeff")
    ignored: tuple[str, ...] = ()
    if place.suffix.lower() in {".ldif", ".ldf"}:
        rows = _of_directory(text)
    else:
        rows, ignored = _of_table(text, place.name)
    people: dict[tuple[str, str | None], Person] = {}
    problems: list[Problem] = []
    for line, row in rows:
        person = _person(line, row)
        if isinstance(person, Problem):
            problems.append(person)
            continue
        key = (person.email, person.provider)
        earlier = people.get(key)
        if earlier is None:
            people[key] = person
        elif _same_but_groups(earlier, person):
            people[key] = _together(earlier, person)
        else:
            problems.append(Problem(line, f"{person.email} is on line {earlier.line} already, and otherwise."))
    return FileOfPeople(people=tuple(people.values()), problems=tuple(problems), ignored=ignored)


def _of_table(text: str, name: str) -> tuple[Iterator[tuple[int, dict[str, str]]], tuple[str, ...]]:
    head = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(",;\t", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        heads = next((row for row in reader if any(cell.strip() for cell in row)), list[str]())
    except csv.Error as error:
        raise exc.ValidationError(f"{name} is no CSV: {error}.") from None
    fields = [_NAMES.get(re.sub(r"[\s_-]", "", cell).lower(), "") for cell in heads]
    if "email" not in fields:
        found = shorten(", ".join(cell.strip() for cell in heads), 300, placeholder=" ...") or "none"
        raise exc.ValidationError(
            f"{name} has no column of addresses. Its columns: {found}.",
            hint="The first line names the columns: email, name, groups, provider, location, job title, active ...",
        )
    ignored = tuple(cell.strip() for cell, known in zip(heads, fields, strict=True) if not known and cell.strip())

    def rows() -> Iterator[tuple[int, dict[str, str]]]:
        try:
            for row in reader:
                if any(cell.strip() for cell in row):
                    yield reader.line_num, _row(fields, row)
        except csv.Error as error:
            raise exc.ValidationError(f"Line {reader.line_num} of {name} is no CSV: {error}.") from None

    return rows(), ignored


def _row(fields: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    row: dict[str, str] = {}
    for known, cell in zip(fields, cells, strict=False):
        value = cell if known == "password" else _FORMULA.sub("", cell.strip(), count=1)
        if known and value:
            row[known] = f"{row[known]};{value}" if known == "groups" and known in row else value
    return row


def _of_directory(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    """People of a directory, with the groups that entries of groups say they are in."""
    entries = ldif.entries(text)
    groups: dict[str, list[str]] = {}
    for entry in entries:
        members = [value for name in ("member", "uniquemember") for value in entry.all(name)]
        for member in members:
            groups.setdefault(ldif.normal(member), []).append(entry.first("cn") or ldif.name_of(entry.dn))
    for entry in entries:
        if entry.problem:
            yield entry.line, {"problem": entry.problem}
            continue
        if entry.all("member") or entry.all("uniquemember") or not entry.all("mail"):
            continue
        row = {known: value for name, known in _DIRECTORY.items() if (value := entry.first(name))}
        row["name"] = row.pop("shown", "") or row.get("name", "")
        held = [*map(ldif.name_of, entry.all("memberof")), *groups.get(ldif.normal(entry.dn), ())]
        row["exact groups"] = _UNIT.join(dict.fromkeys(held))
        yield entry.line, {known: value for known, value in row.items() if value}


def _person(line: int, row: Mapping[str, str]) -> Person | Problem:
    if "problem" in row:
        return Problem(line, row["problem"])
    email = row.get("email", "").lower()
    if not _EMAIL.fullmatch(email):
        return Problem(line, f"{email!r} is no e-mail address." if email else "There is no e-mail address.")
    name = row.get("name") or " ".join(part for part in (row.get("first"), row.get("last")) if part) or None
    names = _BETWEEN.split(row["groups"]) if "groups" in row else row.get("exact groups", "").split(_UNIT)
    groups = tuple(dict.fromkeys(group for each in names if (group := each.strip()))) or None
    return Person(
        email=email,
        name=name,
        groups=groups,
        provider=row.get("provider"),
        password=row.get("password"),
        location=row.get("location"),
        job_title=row.get("job_title"),
        timezone=row.get("timezone"),
        active=row["active"].lower() not in _NO if "active" in row else None,
        line=line,
    )


def _same_but_groups(one: Person, other: Person) -> bool:
    def rest(person: Person) -> dict[str, object]:
        return {name: value for name in _COMPARED if (value := getattr(person, name)) is not None}

    first, second = rest(one), rest(other)
    return all(first[name] == second[name] for name in first.keys() & second.keys())


_COMPARED: Final = ("name", "password", "location", "job_title", "timezone", "active")


def _together(one: Person, other: Person) -> Person:
    missing = {name: getattr(other, name) for name in _COMPARED if getattr(one, name) is None}
    groups = tuple(dict.fromkeys((*(one.groups or ()), *(other.groups or ()))))
    return replace(one, **missing, groups=groups or one.groups)
