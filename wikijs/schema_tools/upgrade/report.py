"""What an upgrade of the schema did, in Markdown, and its entries for the changelog."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from wikijs.codegen import naming
from wikijs.codegen.reading.config import Config
from wikijs.schema_tools import rendering
from wikijs.schema_tools.diff import Difference, Severity
from wikijs.schema_tools.drafts import Draft
from wikijs.schema_tools.operations import Checked
from wikijs.schema_tools.pulling import Pulled
from wikijs.schema_tools.repairs import Edit

from .failing import Failure


@dataclass
class Upgrade:
    """What was done, and what is left to do.

    Attributes:
        difference: What changed in the schema.
        pulled: What was written to its folder.
        edits: What was changed in queries.
        drafts: Operations that were drafted.
        problems: Why something could not be done, a sentence each.
        entries: What was written to the changelog, by section.
        failures: Tests that fail; None where no test ran.
    """

    difference: Difference
    pulled: Pulled
    edits: tuple[Edit, ...] = ()
    drafts: tuple[Draft, ...] = ()
    problems: list[str] = field(default_factory=list[str])
    entries: Mapping[str, Sequence[str]] = field(default_factory=dict[str, list[str]])
    failures: tuple[Failure, ...] | None = None

    @property
    def clean(self) -> bool:
        """Whether nothing failed. There may still be something to review."""
        return not self.problems and not self.failures


def entries(done: Upgrade, before: Mapping[str, Checked]) -> dict[str, list[str]]:
    """Lines for the changelog by section: what callers of methods will see.

    Args:
        done: The upgrade.
        before: The operations that there were, by name.
    """
    release = f"Wiki.js {done.pulled.version}" if done.pulled.version else "the new Wiki.js"
    removed = {edit.definition for edit in done.edits if edit.removed}
    changed = [
        f"{release}: {change.text} It touches {rendering.labels(change.touches)}."
        for change in done.difference.of(Severity.BREAKING)
        if change.touches and not all(operation.name in removed for operation in change.touches)
    ]
    return {
        "Added": [f"`{method(draft.name, draft.server_field)}`, for {release} and later." for draft in done.drafts],
        "Changed": changed,
        "Removed": [
            f"`{before[name].method}`, which {release} does not have any more."
            for name in sorted(removed)
            if name in before
        ],
    }


def as_markdown(done: Upgrade, settings: Config) -> str:
    """The report, worst things first, for a terminal and for the text of a pull request."""
    version = done.pulled.version or "unknown version"
    if not done.pulled.changed:
        return f"# Schema of Wiki.js {version}\n\nNothing changed: {settings.shown(settings.schema)} is up to date.\n"
    return "\n".join(
        [
            f"# Schema of Wiki.js {version}",
            "",
            rendering.summary(done.difference),
            "",
            *_section("Not done", done.problems),
            *_tests(done),
            *_section(
                "Mended queries, to be reviewed",
                (f"{settings.shown(edit.file)}:{edit.line}: {edit.definition}: {edit.text}" for edit in done.edits),
            ),
            *_section(
                "New operations, drafted, to be reviewed",
                (
                    f"`{method(draft.name, draft.server_field)}`, in {settings.shown(draft.file)}"
                    for draft in done.drafts
                ),
            ),
            *_section(
                "Permissions and rate limits to fill in",
                (f"`{name}` in {settings.shown(settings.schema.parent)}/facts.json" for name in done.pulled.to_fill_in),
            ),
            *_section("Permissions that changed", done.pulled.permissions),
            *_section(
                "Changelog, to be reviewed",
                (f"{section}: {entry}" for section, lines in done.entries.items() for entry in lines),
            ),
            rendering.as_markdown(done.difference, "before", version),
        ]
    )


def _tests(done: Upgrade) -> list[str]:
    if done.failures is None:
        return []
    if not done.failures:
        return ["## Tests", "", "All pass.", ""]
    return _section("Tests that fail", (f"`{failure.test}`: {failure.message}" for failure in done.failures))


def _section(title: str, items: Iterable[str]) -> list[str]:
    lines = [f"- {item}" for item in items]
    return [f"## {title}", "", *lines, ""] if lines else []


def method(name: str, server_field: str) -> str:
    """`PagesSingle` for `pages.single` as `client.pages.single`; the name alone where it is not named so."""
    namespace, constructor = naming.snake(server_field.partition(".")[0]), naming.snake(name)
    if not constructor.startswith(f"{namespace}_"):
        return name
    return f"client.{namespace}.{naming.argument(constructor.removeprefix(f'{namespace}_'))}"
