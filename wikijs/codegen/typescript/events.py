"""Types of the events that webhooks carry, from the models of the change feed."""

from __future__ import annotations

from wikijs.codegen.typescript import json_schema, text
from wikijs.feed.types import VERSION, event_schema


def module() -> str:
    """A type for each event, and for all of them."""
    schema = event_schema()
    names = {name: json_schema.name_of(place) for name, place in schema["discriminator"]["mapping"].items()}
    rows = "".join(f"  {text.literal(name)}: {cls};\n" for name, cls in names.items())
    return "\n".join(
        [
            "/** The events of a wiki, as its change feed finds them and its webhooks send them. */\n",
            f"/** The version of what events look like. */\nexport const EVENT_VERSION = {text.literal(VERSION)};\n",
            *json_schema.interfaces(schema["$defs"], complete=True),
            f"/** The event of each type. */\nexport interface Events {{\n{rows}}}\n",
            "/** Any event that this release knows. */\nexport type WikiEvent = Events[keyof Events];\n",
        ]
    )
