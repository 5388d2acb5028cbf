"""Each kind of bad input gets one sentence that names its file and line, and leaves the old package alone."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from wikijs.codegen.__main__ import main

BAD = Path(__file__).parent / "bad"
CASES = sorted(path.name for path in BAD.iterdir() if path.is_dir())


@pytest.fixture
def lay_out(tmp_path: Path):
    """Copy a case over the files that all cases share, beside a package written earlier."""

    def lay_out(case: str) -> Path:
        for shared in ("codegen.toml", "corrections.toml", "schema.graphql"):
            shutil.copy(BAD / shared, tmp_path)
        shutil.copytree(BAD / case, tmp_path, dirs_exist_ok=True)
        old = tmp_path / "out/bad_package"
        old.mkdir(parents=True)
        (old / "__init__.py").write_text("# from an earlier run\n")
        return tmp_path

    return lay_out


@pytest.mark.parametrize("case", CASES)
def test_bad_input_is_explained_and_changes_nothing(case, lay_out, capsys):
    folder = lay_out(case)
    assert main(["--config", str(folder / "codegen.toml")]) == 1
    message = capsys.readouterr().err
    if os.environ.get("WIKIJS_UPDATE_GOLDEN"):
        (BAD / case / "expected.txt").write_text(message)
    assert message == (BAD / case / "expected.txt").read_text()
    assert "Traceback" not in message
    assert [path.name for path in (folder / "out").iterdir()] == ["bad_package"]
    assert (folder / "out/bad_package/__init__.py").read_text() == "# from an earlier run\n"


@pytest.mark.parametrize("case", CASES)
def test_checking_refuses_bad_input_in_the_same_words(case, lay_out, capsys):
    folder = lay_out(case)
    assert main(["--check", "--config", str(folder / "codegen.toml")]) == 1
    assert capsys.readouterr().err == (BAD / case / "expected.txt").read_text()


def test_a_missing_configuration_is_explained(tmp_path, capsys):
    assert main(["--config", str(tmp_path / "codegen.toml")]) == 1
    assert "codegen.toml: cannot read the configuration: No such file or directory." in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("tool = [", "codegen.toml: not valid TOML: "),
        ("", "codegen.toml: there is no [tool.ariadne-codegen] section."),
        ("[tool.ariadne-codegen]\nqueries_path='q'", "codegen.toml: [tool.ariadne-codegen] lacks schema_path, target_"),
    ],
)
def test_a_broken_configuration_is_explained(text, message, tmp_path, capsys):
    path = tmp_path / "codegen.toml"
    path.write_text(text)
    assert main(["--config", str(path)]) == 1
    assert capsys.readouterr().err.startswith(message)
