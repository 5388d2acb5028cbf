"""Files of people, as spreadsheets and directories write them."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from wikijs.exceptions import ValidationError
from wikijs.people import FileOfPeople, Person, read_people
from wikijs.people.exporting import as_csv
from wikijs.people.ldif import entries, name_of, normal


def read_people_of(folder: Path, text: str, name: str = "people.csv") -> FileOfPeople:
    (folder / name).write_bytes(text.encode("utf-8"))
    return read_people(folder / name)


def test_a_table_is_read_whatever_separates_it_and_whatever_its_heads_are_called(tmp_path: Path) -> None:
    for delimiter in ",;\t":
        head = delimiter.join(["E-Mail", "First Name", "sn", "Groups", "Job_Title", "Shoe size", "Active"])
        row = delimiter.join([" ANN@Example.com ", "Ann", "Lee", '"Editors, Readers"', "Boss", "38", "no"])
        found = read_people_of(tmp_path, f"\ufeff{head}\r\n\r\n{row}\r\n")
        assert found.people == (
            Person(
                email="ann@example.com",
                name="Ann Lee",
                groups=("Editors", "Readers"),
                job_title="Boss",
                active=False,
                line=3,
            ),
        )
        assert found.ignored == ("Shoe size",)


def test_a_row_for_each_membership(tmp_path: Path) -> None:
    text = (
        "email,group,name\nann@x.org,Editors,Ann\nann@x.org,Readers,\nbob@x.org,Editors,Bob\nann@x.org,Editors,Anna\n"
    )
    found = read_people_of(tmp_path, text)
    assert [(person.email, person.groups, person.name) for person in found.people] == [
        ("ann@x.org", ("Editors", "Readers"), "Ann"),
        ("bob@x.org", ("Editors",), "Bob"),
    ]
    assert [(problem.line, problem.reason) for problem in found.problems] == [
        (5, "ann@x.org is on line 2 already, and otherwise.")
    ]


def test_rows_that_say_nobody_are_told(tmp_path: Path) -> None:
    found = read_people_of(tmp_path, "email,name\nnobody,A\n,B\nann@x.org,'=Ann\n")
    assert [problem.line for problem in found.problems] == [2, 3]
    assert found.people[0].name == "=Ann"


def test_a_password_is_read_as_it_is_and_never_shown(tmp_path: Path) -> None:
    found = read_people_of(tmp_path, "email,password\nann@x.org, '=geheim \n")
    assert found.people[0].password == " '=geheim "
    assert "geheim" not in repr(found)


@pytest.mark.parametrize("text", ["", "name,groups\nAnn,x\n", 'email,name\n"ann@x.org,x\n'])
def test_what_is_no_table_of_people_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(ValidationError):
        read_people_of(tmp_path, text)


LDIF = f"""\
version: 1
# A directory
dn: cn=Ann Lee,ou=People,dc=example,dc=com
objectClass: inetOrgPerson
cn: Ann Lee
displayName:: {base64.b64encode("Ann Léé".encode()).decode()}
mail: Ann@Example.com
title: Bo
 ss
l;lang-en: Paris
memberOf: CN=Writers\\, all,OU=Groups,DC=example,DC=com
# continued
 comment

dn: cn=Bob,ou=People,dc=example,dc=com
givenName: Bob
sn: Stone
mail: bob@example.com

dn: cn=Editors,ou=Groups,dc=example,dc=com
cn: Editors
member: CN=Bob, OU=People, DC=example, DC=com
member: cn=Ann Lee,ou=People,dc=example,dc=com

dn: cn=printer,dc=example,dc=com
cn: printer
"""


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_directory_is_read_with_its_groups(tmp_path: Path, end: str) -> None:
    found = read_people_of(tmp_path, LDIF.replace("\n", end), "people.ldif")
    assert [
        (person.email, person.name, person.groups, person.job_title, person.location) for person in found.people
    ] == [
        ("ann@example.com", "Ann Léé", ("Writers, all", "Editors"), "Boss", "Paris"),
        ("bob@example.com", "Bob Stone", ("Editors",), None, None),
    ]
    assert found.people[0].line == 3


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("dn: cn=a\nno colon here\n", "Line 2 is none of LDIF"),
        ("cn: a\n", "Line 1 belongs to no entry"),
        ("dn: cn=a\nchangetype: delete\n", "Line 2 is a change"),
        ("dn: cn=a\njpegPhoto:< file:///etc/passwd\n", "Line 2 names a file elsewhere"),
    ],
)
def test_what_is_no_ldif_of_entries_is_refused(text: str, says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        entries(text)


def test_an_entry_with_a_bad_value_does_not_keep_the_others(tmp_path: Path) -> None:
    bad = "dn: cn=a\ncn:: ###\nmail: a@example.com\n\ndn:: %\nmail: c@example.com\n\n"
    found = read_people_of(tmp_path, bad + "dn: cn=b\nmail: b@example.com\n", "people.ldif")
    assert [person.email for person in found.people] == ["b@example.com"]
    assert [(problem.line, problem.reason) for problem in found.problems] == [
        (1, "Line 2 is no base64."),
        (5, "Line 5 is no base64."),
    ]


def test_distinguished_names() -> None:
    assert name_of(r"CN=Smith\, J\C3,OU=x") == "Smith, J\u00c3"
    assert normal("CN=Ann , OU = X") == normal("cn=ann,ou=x")


def test_an_export_is_read_again(tmp_path: Path) -> None:
    row = dict.fromkeys(("provider", "location", "job_title", "timezone"), "")
    rows = [{"email": "ann@x.org", "name": '=Ann, "A"', "groups": "A;B", "active": "no", **row}]
    found = read_people_of(tmp_path, as_csv(rows))
    assert found.people == (Person(email="ann@x.org", name='=Ann, "A"', groups=("A", "B"), active=False, line=2),)
