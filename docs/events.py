"""Writes docs/events.md and docs/events.schema.json from the types of events: `python docs/events.py`."""

from __future__ import annotations

import json
from pathlib import Path

from wikijs.feed import EVENT_TYPES, catalogue, event_schema
from wikijs.feed.types.base import Change, Event

HERE = Path(__file__).parent
HEAD = """\
# Events

What the [change feed](change-feed.md) tells and [webhooks](webhooks.md) send. Each type is a class of `wikijs.feed`;
the same as JSON Schema: [events.schema.json](events.schema.json). A version only gains fields; receivers leave out what
they do not know, and take types they do not know for `UnknownEvent`.

Written by `python docs/events.py`; do not edit.

## Every event
"""


def page() -> str:
    """The whole page."""
    parts = [HEAD, _table([(name, field.description or "") for name, field in Event.model_fields.items()])]
    parts.append("\n`data.change`, where something was changed:\n")
    parts.append(_table([(name, field.description or "") for name, field in Change.model_fields.items()]))
    kinds: dict[str, list[tuple[str, str, list[tuple[str, str]]]]] = {}
    for entry in catalogue():
        kinds.setdefault(entry[0].partition(".")[0], []).append(entry)
    for kind, entries in kinds.items():
        parts.append(f"\n## {kind}\n\n| type | class | when | data |\n|---|---|---|---|\n")
        for name, meaning, fields in entries:
            data = ", ".join(f"`{field}`" for field, _ in fields)
            parts.append(f"| `{name}` | `{EVENT_TYPES[name].__name__}` | {meaning} | {data} |\n")
    return "".join(parts)


def schema() -> str:
    """The schema as a file."""
    return json.dumps(event_schema(), indent=2) + "\n"


def _table(rows: list[tuple[str, str]]) -> str:
    lines = "".join(f"| `{name}` | {meaning} |\n" for name, meaning in rows)
    return f"\n| field | meaning |\n|---|---|\n{lines}"


if __name__ == "__main__":
    (HERE / "events.md").write_text(page(), encoding="utf-8")
    (HERE / "events.schema.json").write_text(schema(), encoding="utf-8")
