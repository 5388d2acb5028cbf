"""Every Python block of the guides runs on the sandbox."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from .conftest import Served
from .walking import given

DOCS = Path(__file__).parents[2] / "docs"
SAYS = {
    "resilience.md": ["True", "closed", "2 True", "True", "True 1", "1 True Finished"],
    "export-import.md": ["['docs/install.md', 'docs/intro.md'] []", "True []"],
    "publish.md": ["True 2"],
    "backup.md": ["True True\n[] True True"],
    "reading-with-few-rights.md": ["True\n('render', 'script_css',"],
    "change-feed.md": ["new: docs/feed\nmoved: docs/feed -> docs/the-feed"],
    "webhooks.md": ["whsec_ active", "True"],
    "access.md": ["write Administrators True manage:system of group Administrators allows everything"],
    "reports.md": ["True"],
    "people.md": ["create 1"],
    "raw-graphql.md": ["2 docs/intro\n", "Did you mean 'singleByPath'"],
}
CASES = [
    pytest.param(code, says, id=f"{name}-{number}")
    for name, expected in SAYS.items()
    for number, (code, says) in enumerate(
        zip(
            re.findall(r"^```python\n(.*?)^```$", (DOCS / name).read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE),
            expected,
            strict=True,
        )
    )
]


@pytest.mark.parametrize(("code", "says"), CASES)
def test_block(
    code: str,
    says: str,
    wiki: Served,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)  # where a block writes files
    exec(compile(given(code), "guide", "exec"), {})  # noqa: S102  that is the test
    assert says in capsys.readouterr().out
