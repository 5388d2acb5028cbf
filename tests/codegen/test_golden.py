"""Small schemas and queries compile to exactly the packages kept beside them, and those packages work.

`WIKIJS_UPDATE_GOLDEN=1 pytest tests/codegen` rewrites what is expected; read the difference before committing it.
"""

from __future__ import annotations

import importlib
import inspect
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

import pytest
from graphql import build_schema, parse, print_ast, validate
from pydantic import BaseModel
from pydantic_core import to_json
from support.type_checks import MYPY

from wikijs.codegen import package
from wikijs.codegen.__main__ import main
from wikijs.codegen.reading.config import load
from wikijs.core.operations import Operation, OperationSpec

GOLDEN = Path(__file__).parent / "golden"
CASES = sorted(path.name for path in GOLDEN.iterdir())


@pytest.fixture
def copied(tmp_path):
    """A case of its own, to change at will."""

    def copied(case: str) -> Path:
        folder = tmp_path / case
        shutil.copytree(GOLDEN / case, folder, ignore=shutil.ignore_patterns("__pycache__"))
        return folder / "codegen.toml"

    return copied


@pytest.fixture
def golden(monkeypatch):
    """Import a module of a case's package."""

    def golden(case: str, module: str = "") -> ModuleType:
        monkeypatch.syspath_prepend(str(GOLDEN / case / "expected"))
        return importlib.import_module(f"golden_{case}{module and '.'}{module}")

    return golden


def specs(operations: ModuleType) -> list[OperationSpec[object]]:
    return [value for value in vars(operations).values() if isinstance(value, OperationSpec)]


@pytest.mark.parametrize("case", CASES)
def test_a_case_compiles_to_what_is_expected(case):
    config = load(GOLDEN / case / "codegen.toml")
    if os.environ.get("WIKIJS_UPDATE_GOLDEN"):
        package.generate(config)
    assert package.differences(config) == []


@pytest.mark.parametrize("case", CASES)
def test_documents_and_models_of_a_case_work(case, golden):
    schema = build_schema((GOLDEN / case / "schema.graphql").read_text())
    written = "\n".join(path.read_text() for path in (GOLDEN / case / "queries").iterdir())
    definitions = {node.name.value: print_ast(node) for node in parse(written).definitions}
    found = specs(golden(case, "operations"))
    assert found
    for spec in found:
        assert validate(schema, parse(spec.document)) == []
        needed = [definitions[name] for name in (spec.name, *spec.fragments)]
        assert print_ast(parse(spec.document)) == "\n\n".join(needed)
        assert issubclass(spec.result, BaseModel)
        spec.result.model_rebuild()
    public = golden(case)
    for name in dir(public):
        if issubclass(getattr(public, name), BaseModel):
            getattr(public, name).model_json_schema()


def test_the_leaf_is_at_the_end_of_path_and_of_keys(golden):
    operations = golden("everything", "operations")
    data = {"books": {"list": [{"id": 1, "title": "A", "kind": "LEVEL_1"}]}}
    leaf = operations.BOOKS_LIST.result.model_validate(data)
    for attribute in operations.BOOKS_LIST.path:
        leaf = getattr(leaf, attribute)
    public = golden("everything")
    assert leaf == [public.BookSummary(id=1, title="A", kind=public.Kind.LEVEL_1)]
    for key in operations.BOOKS_LIST.keys:
        data = data[key]
    assert data[0]["title"] == "A"


def test_arguments_that_are_not_given_are_absent_and_none_is_null(golden):
    operations = golden("everything", "operations")
    assert operations.books_list().variables == {}
    assert operations.books_list(filter=None).variables == {"filter": None}
    assert operations.loans_import("here", loans=[], pass_="x").variables == {"from": "here", "loans": [], "pass": "x"}


def test_inputs_leave_out_what_was_not_given(golden):
    public = golden("everything")
    loan = public.LoanInput(book_id=1, until=None, parts=[public.PartInput(name="a")])
    body = {"bookId": 1, "until": None, "parts": [{"name": "a"}]}
    operation = golden("everything", "operations").loans_register(loan)
    assert to_json(body) in operation.body()
    assert loan.model_dump(by_alias=True) == body
    assert loan.model_dump() == {"book_id": 1, "until": None, "parts": [{"name": "a"}]}
    assert public.LoanInput.model_validate({"bookId": 1}).model_dump_json() == '{"book_id":1}'
    due = datetime(2026, 1, 2, tzinfo=UTC)
    assert public.LoanInput(book_id=1, until=due).model_dump(mode="json") == {
        "book_id": 1,
        "until": "2026-01-02T00:00:00.000Z",
    }


def test_arguments_go_through_the_serializer_of_their_scalar(golden):
    operations = golden("everything", "operations")
    moment = datetime(2026, 1, 2, 3, 4, 5, 397000, tzinfo=UTC)
    assert operations.books_list(since=moment).variables == {"since": "2026-01-02T03:04:05.397Z"}
    assert operations.books_list(since=None).variables == {"since": None}
    assert operations.loans_prolong(moment).variables == {"until": "2026-01-02T03:04:05.397Z"}


def test_only_a_required_first_argument_is_positional(golden):
    operations = golden("everything", "operations")
    kinds = {
        name: [str(parameter.kind) for parameter in inspect.signature(getattr(operations, name)).parameters.values()]
        for name in ("books_single", "books_list")
    }
    assert kinds == {
        "books_single": ["POSITIONAL_OR_KEYWORD", "KEYWORD_ONLY"],
        "books_list": ["KEYWORD_ONLY"] * 4,
    }


def test_both_clients_hand_the_same_operations_to_their_executor(golden):
    sent: list[Operation[object]] = []

    class Recorder:
        def execute(self, operation: Operation[object]) -> str:
            sent.append(operation)
            return "executed"

        def subscribe(self, operation: Operation[object]) -> str:
            sent.append(operation)
            return "subscribed"

    class AsyncRecorder(Recorder):
        async def execute(self, operation: Operation[object]) -> str:
            return Recorder.execute(self, operation)

    client = golden("everything", "client").GeneratedClient(Recorder())
    assert client.books is client.books
    assert client.books.single(1, more=True) == "executed"
    assert client.loans.due() == "subscribed"
    other = golden("everything", "aio").AsyncGeneratedClient(AsyncRecorder())
    coroutine = other.books.single(1, more=True)
    with pytest.raises(StopIteration, match="executed"):
        coroutine.send(None)
    assert other.loans.due() == "subscribed"
    assert [(operation.name, operation.variables) for operation in sent] == 2 * [
        ("BooksSingle", {"id": 1, "more": True}),
        ("LoansDue", {}),
    ]


def test_generating_twice_leaves_no_difference(copied, capsys):
    config = copied("everything")
    for _ in range(2):
        assert main(["--config", str(config)]) == 0
    assert capsys.readouterr().out == "Wrote expected/golden_everything.\n" * 2
    assert main(["--check", "--config", str(config)]) == 0
    original = GOLDEN / "everything/expected"
    written = config.parent / "expected"
    for path in original.rglob("*.py"):
        assert (written / path.relative_to(original)).read_bytes() == path.read_bytes()


def test_output_does_not_depend_on_the_order_of_hashing(copied):
    config = copied("everything")
    for seed in ("1", "2"):
        run = [sys.executable, "-m", "wikijs.codegen", "--check", "--config", str(config)]
        done = subprocess.run(
            run, env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stderr) == (0, "")


def test_checking_names_each_file_that_differs(copied, capsys):
    config = copied("minimal")
    folder = config.parent / "expected/golden_minimal"
    enums = folder / "operations.py"
    enums.write_bytes(enums.read_bytes() + b"#")
    (folder / "aio.py").unlink()
    (folder / "left_over.py").touch()
    assert main(["--check", "--config", str(config)]) == 1
    assert capsys.readouterr().err == (
        "expected/golden_minimal is not what its sources give; run `make generate`:\n"
        "  golden_minimal/aio.py: missing\n"
        "  golden_minimal/left_over.py: stale\n"
        "  golden_minimal/operations.py: differs\n"
    )
    assert (folder / "left_over.py").exists()


def test_generating_removes_files_of_former_runs(copied):
    config = copied("minimal")
    left_over = config.parent / "expected/golden_minimal/left_over.py"
    left_over.touch()
    assert main(["--config", str(config)]) == 0
    assert not left_over.exists()


def test_a_failing_swap_puts_the_old_package_back(copied, monkeypatch):
    config = load(copied("minimal"))
    folder = config.target / config.package
    (folder / "old.py").touch()
    rename = Path.rename

    def failing(self: Path, target: Path) -> Path:
        if self.parent.name == "new":
            raise OSError("disk full")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(OSError, match="disk full"):
        package.generate(config)
    assert (folder / "old.py").exists()
    assert [path.name for path in config.target.iterdir()] == [config.package]


def test_an_unknown_public_name_is_an_attribute_error(golden):
    with pytest.raises(AttributeError, match="module 'golden_minimal' has no attribute 'Missing'"):
        _ = golden("minimal").Missing


def test_packages_pass_mypy_strict():
    root = GOLDEN.parents[2]
    folders = [str(GOLDEN / case / "expected") for case in CASES]
    environment = {**os.environ, "MYPYPATH": ":".join([*folders, str(root)])}
    command = [*MYPY, "--explicit-package-bases", *folders]
    done = subprocess.run(command, env=environment, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
