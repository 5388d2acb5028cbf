"""Posing as PostgreSQL, MariaDB and SQLite: what a real Wiki.js 2.5.314 answered on each, in order."""

from __future__ import annotations

from pathlib import Path

import databases
import httpx2
import pytest
from compare import differences

from wikijs.sandbox import Sandbox
from wikijs.sandbox.storage.database import DataFileError
from wikijs.sandbox.storage.engines import ENGINES, UnknownDatabaseError, compare, weights


@pytest.mark.parametrize("database", databases.DATABASES)
def test_answers_as_the_real_server_did_on_this_database(database: str) -> None:
    found: dict[str, list[str]] = {}
    with Sandbox(database=database) as sandbox:
        headers = {"authorization": f"Bearer {sandbox.api_key}"}
        with httpx2.Client(transport=sandbox.transport(), base_url=sandbox.url, headers=headers) as http:
            for number, step in enumerate(databases.load()):
                wrong = differences(databases.expected(step, database), databases.shortened(databases.ask(http, step)))
                if wrong:
                    found[f"{number}: {step.get('query') or step} {str(step.get('variables'))[:100]}"] = wrong[:4]
    assert not found


def test_there_are_three_databases() -> None:
    assert tuple(ENGINES) == databases.DATABASES
    with pytest.raises(UnknownDatabaseError, match="'oracle' is no database of the sandbox; take one of postgres, m"):
        Sandbox(database="oracle")


def test_a_data_file_stays_with_its_database(tmp_path: Path) -> None:
    file = tmp_path / "wiki.db"
    with Sandbox(data=file, database="mariadb") as sandbox, sandbox.client() as client:
        client.pages.create("area/cafe", title="T", content="x")
    with Sandbox(data=file, database="mariadb") as sandbox, sandbox.client() as client:
        assert client.system.info().db_type == "MariaDB"
        assert [page.path for page in client.pages.list()] == ["area/cafe"]
    with pytest.raises(DataFileError, match="was made as a wiki on mariadb; say --database mariadb"):
        Sandbox(data=file)


@pytest.mark.parametrize(
    ("left", "right"),
    [("café", "CAFE"), ("straße", "strase"), ("🙂", "🚀"), ("a ", "a"), ("Ẍ", "x"), ("\u017f", "S"), ("", " ")],
)
def test_what_the_usual_collation_of_mariadb_takes_for_one(left: str, right: str) -> None:
    assert compare(left, right) == 0


@pytest.mark.parametrize(("left", "right"), [("cafe\u0301", "café"), ("ø", "o"), ("æ", "ae"), ("a", " a"), ("_", "-")])
def test_what_it_tells_apart(left: str, right: str) -> None:
    assert compare(left, right) != 0
    assert weights(left) != weights(right)
