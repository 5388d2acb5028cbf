"""The table of errors is what the exceptions say."""

from __future__ import annotations

import runpy
from pathlib import Path

from wikijs import exceptions

DOCS = Path(__file__).parents[2] / "docs"


def test_the_table_of_errors_is_up_to_date() -> None:
    written = (DOCS / "errors.md").read_text(encoding="utf-8")
    assert written == runpy.run_path(str(DOCS / "errors.py"))["page"](), "run: python docs/errors.py"


def test_the_catalogue_of_events_is_up_to_date() -> None:
    made = runpy.run_path(str(DOCS / "events.py"))
    for name, content in (("events.md", made["page"]()), ("events.schema.json", made["schema"]())):
        assert (DOCS / name).read_text(encoding="utf-8") == content, "run: python docs/events.py"


def test_the_table_of_errors_has_every_exception() -> None:
    text = (DOCS / "errors.md").read_text(encoding="utf-8")
    found = {name: getattr(exceptions, name) for name in exceptions.__all__}
    names = {name for name, value in found.items() if isinstance(value, type) and value.__name__ == name}
    assert {name for name in names if f"`{name}`" not in text and f"## {name}\n" not in text} == set()
