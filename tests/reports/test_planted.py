"""Faults planted in the demo wiki: all are found, and nothing else is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from wikijs.exceptions import ConfigurationError
from wikijs.models import NavigationItem
from wikijs.reports import (
    LintOptions,
    Report,
    WikiFacts,
    access,
    dead_links,
    duplicates,
    lint,
    missing_and_unused_assets,
    orphans,
    read_edits,
    read_wiki,
    stale,
    statistics,
)

from .conftest import DAY, PNG, Planted


def rows(report: Report) -> set[tuple[str, str, str]]:
    return {(finding.rule, finding.path, finding.detail) for finding in report.findings}


def new(planted: Planted, make: Callable[[WikiFacts], Report], plant: Callable[[], None]) -> set[tuple[str, str, str]]:
    """What is found after something was planted and not before, and that nothing went away by it."""
    before = rows(make(read_wiki(planted.client)))
    plant()
    after = rows(make(read_wiki(planted.client)))
    assert before <= after
    return after - before


LINKS = """\
# Links
## Part two
<a name="by-hand"></a>

Good: [a](/handbook) [b](/handbook#handbook) [c](#part-two) [d](#by-hand) [e](/fr/home) [f](first-week)
[g](/en/handbook) [h](/i/{home}) [i](/t/handbook) [j](mailto:a@example.com) [k](/handbook/writing.md) [l](http://wikijs.sandbox/home#welcome)
[m](https://elsewhere.example.com/nothing#x) [n](#) [o](/) [p](/login) [q](/handbook?x=1#handbook) [r](/_assets/x/y)

```
[code](/never/there)
```

Bad: [1](/nowhere) [2](/handbook#no-part) [3](#no-part) [4](/fr/rien) [5](/i/99999) [6](third-week) [7](/Handbook)
[8](http://wikijs.sandbox/gone) [9](/handbook/writing#Writing) [10](/nowhere) [11](/no/page.html)
[draft](/engineering/decisions/0003-plain-text-logs)
"""


def test_links_that_lead_nowhere(planted: Planted) -> None:
    content = LINKS.replace("{home}", str(planted.ids["home"]))
    found = new(planted, dead_links, lambda: planted.write("handbook/links", content))
    where = "handbook/links"
    assert {(rule, path) for rule, path, _ in found} <= {
        (rule, where) for rule in ("dead-link", "dead-anchor", "draft-link")
    }
    assert {detail.removeprefix("/en") for rule, _, detail in found if rule == "dead-link"} == {
        *("/nowhere", "/fr/rien", "/i/99999", "/handbook/links/third-week", "/Handbook", "http://wikijs.sandbox/gone"),
        "/no/page.html",
        "/handbook/links/first-week",  # the server takes it for one below this page
    }
    assert {detail.removeprefix("/en") for rule, _, detail in found if rule == "dead-anchor"} == {
        *("/handbook#no-part", "#no-part", "/handbook/writing#Writing")
    }
    assert [rule for rule, _, _ in found].count("draft-link") == 1


def test_the_line_of_a_link_is_told(planted: Planted) -> None:
    planted.write("handbook/links", "# Links\n\nGood: [a](/handbook)\n\nBad: [b](/nowhere)\n")
    (finding,) = dead_links(read_wiki(planted.client)).findings
    assert (finding.line, finding.message, finding.place) == (5, "There is no page en/nowhere.", "en/handbook/links")


def test_items_of_the_navigation_that_lead_nowhere(planted: Planted) -> None:
    def plant() -> None:
        items = planted.client.navigation.get()
        bad = NavigationItem(label="Gone", target_type="page", target="/en/gone")
        good = NavigationItem(label="Handbook", target_type="page", target="/en/handbook")
        planted.client.navigation.set([*items, bad, good])

    assert new(planted, dead_links, plant) == {("dead-menu-item", "", "/en/gone")}


def test_pages_that_nothing_leads_to(planted: Planted) -> None:
    def plant() -> None:
        planted.write("alone", "[myself](/alone) and [home](/home)")
        planted.write("with-id", "Reached by its id.")
        planted.write("reached", "Reached by its path.")
        planted.write("leading", f"[a](/i/{planted.ids['with-id']}) [b](/reached#x)")
        planted.write("alone/below", "A page above is no link.")
        items = planted.client.navigation.get()
        planted.client.navigation.set([*items, NavigationItem(label="L", target_type="page", target="/leading")])

    assert new(planted, orphans, plant) == {("orphan", "alone", ""), ("orphan", "alone/below", "")}


def test_renderings_and_moves_are_no_changes_where_histories_are_asked(planted: Planted) -> None:
    for name in ("rendered", "moved", "edited", "edited-moved"):
        planted.write(name, "Made.")
    planted.clock.now += 100 * DAY
    for name in ("edited", "edited-moved"):
        planted.client.pages.update(planted.ids[name], content="Edited.")
    planted.clock.now += 200 * DAY
    planted.client.pages.render(planted.ids["rendered"])
    planted.client.pages.move(planted.ids["moved"], "moved-away")
    planted.client.pages.move(planted.ids["edited-moved"], "edited-moved-away")
    now = datetime.fromtimestamp(planted.clock.now, UTC)
    wiki = replace(read_wiki(planted.client, content=False), now=now)
    edits = read_edits(planted.client, wiki)
    names = {page.path: (now - edits[page.id]).days for page in wiki.pages if page.id in set(planted.ids.values())}
    assert names["rendered"] == names["moved-away"] == 300
    assert names["edited"] == names["edited-moved-away"] == 200
    found = {finding.path: finding.rule for finding in stale(wiki, days=150, edits=edits).findings}
    assert (found["rendered"], found["moved-away"], found["edited-moved-away"]) == (
        "never-updated",
        "never-updated",
        "stale",
    )
    assert "moved-away" not in {finding.path for finding in stale(wiki, days=150).findings}


def test_pages_that_nobody_changed(planted: Planted) -> None:
    planted.write("old", "Made and forgotten.")
    planted.clock.now += 200 * DAY
    planted.client.pages.update(planted.ids["handbook"], title="The handbook")
    planted.write("young", "Just made.")
    wiki = replace(read_wiki(planted.client, content=False), now=datetime.fromtimestamp(planted.clock.now, UTC))
    assert not stale(wiki).findings
    report = stale(wiki, days=150)
    listed = {page.path for page in planted.client.pages.list()}
    assert {finding.path for finding in report.findings} == listed - {"handbook", "young"}
    assert ("never-updated", "old") in {(finding.rule, finding.path) for finding in report.findings}
    assert ("stale", "home") in {(finding.rule, finding.path) for finding in report.findings}
    ages = [int(finding.detail) for finding in report.findings]
    assert ages == sorted(ages, reverse=True)


def test_files_that_are_missing_and_files_that_nothing_shows(planted: Planted) -> None:
    client = planted.client
    for path in (
        "used/a.png",
        "used/b.pdf",
        "used/c.png",
        "used/d.png",
        "used/e(1).png",
        "used/f.png",
        "idle/a.png",
        "idle/z.pdf",
    ):
        folder, _, name = path.rpartition("/")
        client.assets.upload(PNG, name=name, folder=f"/{folder}")

    def plant() -> None:
        planted.write(
            "used/page",
            '![a](/used/a.png) [b](/used/b.pdf "title") ![c](c.png) ![e](</used/e(1).png>) ![x](/idle/missing.png)\n'
            "[y](/used/nix.pdf) ![x](/idle/missing.png) <video src='/film.mp4'></video> ![web](https://example.com/w.png)\n\n"
            "<div style=\"background: url('/used/f.png')\">f</div>\n",
            script_css=".x { background: url(/used/d.png) }",
        )

    planted.write("start", "Nothing.")
    before = rows(missing_and_unused_assets(read_wiki(client)))
    assert ("unused-asset", "", "used/a.png") in before
    plant()
    after = missing_and_unused_assets(read_wiki(client))
    assert rows(after) - before == {
        ("missing-asset", "used/page", "/idle/missing.png"),
        ("missing-asset", "used/page", "/used/nix.pdf"),
        ("missing-asset", "used/page", "/film.mp4"),
    }
    assert {detail for rule, _, detail in rows(after) if rule == "unused-asset"} == {
        "idle/a.png",
        "idle/z.pdf",
        "images/lamp.svg",
    }
    assert "There is no image idle/missing.png." in {finding.message for finding in after.findings}


def test_what_is_missing_or_odd_in_pages(planted: Planted) -> None:
    def plant() -> None:
        planted.write("odd/plain", "# Fine\n## Two\n### Three\n## Two again\n![alt](/x.png)\nWords.")
        planted.write("odd/no-description", "Words.", description="")
        planted.write("odd/no-tags", "Words.", tags=[])
        planted.write("odd/draft", "Words.", is_published=False)
        planted.write("odd/empty", "# Only a heading\n\n<!-- and a comment -->\n")
        planted.write("odd/large", "word " * 30_000)
        planted.write("odd/order", "# One\n\n### Three\n\nWords.\n\n# One\n\n## Two\n\n#### Four\n")
        planted.write("odd/first", "### Three comes first\n\nWords.")
        planted.write(
            "odd/alt", 'Words. ![](/silent.png) <img src="/two.png"> <img src="/deco.png" role="presentation">'
        )
        planted.write("odd/heading", "#\n\nWords.")

    assert new(planted, lint, plant) == {
        ("no-description", "odd/no-description", ""),
        ("no-tags", "odd/no-tags", ""),
        ("draft", "odd/draft", ""),
        ("empty", "odd/empty", ""),
        ("oversized", "odd/large", "150000"),
        ("heading-order", "odd/order", "Three"),
        ("heading-order", "odd/order", "Four"),
        ("heading-order", "odd/first", "Three comes first"),
        ("no-alt", "odd/alt", "/silent.png"),
        ("no-alt", "odd/alt", "/two.png"),
        ("empty-heading", "odd/heading", ""),
    }
    wiki = read_wiki(planted.client, folder="odd")
    only = lint(wiki, LintOptions(only=["draft", "no-tags"], ignored=["draft"]))
    assert rows(only) == {("no-tags", "odd/no-tags", "")}
    assert "oversized" not in {rule for rule, _, _ in rows(lint(wiki, LintOptions(largest=1_000_000)))}
    with pytest.raises(ConfigurationError, match="Did you mean 'no-tags'"):
        lint(wiki, LintOptions(only=["no-tag"]))


def test_pages_that_look_the_same(planted: Planted) -> None:
    def plant() -> None:
        planted.write("same/a", "One text.", title="Same  title")
        planted.write("same/b", "Another text.", title="same title")
        planted.write("same/c", "One text.\n", title="Other title")
        planted.client.pages.create(path="same/a", locale="fr", title="Same title", content="Un texte.", tags=["x"])

    assert new(planted, duplicates, plant) == {
        ("same-title", "same/a", "en/same/b"),
        ("same-title", "same/b", "en/same/a"),
        ("same-content", "same/a", "en/same/c"),
        ("same-content", "same/c", "en/same/a"),
    }


def test_figures_add_up(planted: Planted) -> None:
    planted.write("figures", "# Figures\n\n[a](/home) [b](https://example.com) four words\n")
    report = statistics(read_wiki(planted.client))
    tables = {table.title: {row[0]: row[-1] for row in table.rows} for table in report.tables}
    pages = planted.client.pages.list()
    totals = tables["Totals"]
    assert totals["pages"] == len(pages)
    assert totals["drafts"] == sum(not page.is_published for page in pages)
    assert totals["files"] == 1
    for title in ("Pages by month of creation", "Pages by month of the last change", "Locales", "Sizes of pages"):
        assert sum(tables[title].values()) == len(pages), title
    assert tables["Authors of the last change"]["Will Riter"] > 5
    one = statistics(read_wiki(planted.client, folder="figures"))
    totals = {row[0]: row[-1] for row in one.tables[0].rows}
    assert (totals["pages"], totals["words"], totals["links to pages"], totals["links elsewhere"]) == (1, 5, 1, 1)


def test_what_groups_and_rules_allow_by_mistake(planted: Planted) -> None:
    from wikijs.access import read_moment
    from wikijs.permissions import PageRule

    client = planted.client
    before = rows(access(read_moment(client)))
    rules = [
        PageRule(roles=["read:pages", "write:pages"], path="handbook"),
        PageRule(roles=["read:pages"], path="no/such", match="EXACT"),
        PageRule(roles=["read:history"], path="handbook"),
    ]
    client.groups.create("Faulty", permissions=["read:pages", "write:pages"], rules=rules)
    client.groups.create("Ruleless", permissions=["read:pages"], rules=[])
    client.groups.update("Guests", permissions=["read:pages", "write:pages"], rules=rules[:1])
    client.users.create("lost@example.com", name="Lost", password="Secret-99")
    found = {(rule, detail) for rule, _, detail in rows(access(read_moment(client))) - before}
    kinds = {rule for rule, _ in found}
    assert kinds == {"guests-change", "no-members", "no-rules", "unmatched-rule", "idle-rule", "no-groups"}
    assert ("guests-change", "write") in found
    assert ("no-groups", "lost@example.com") in found
    assert {detail for rule, detail in found if rule == "no-members"} == {"Faulty", "Ruleless"}


def test_reports_may_be_about_a_part_of_the_wiki(planted: Planted) -> None:
    planted.write("one/a", "[b](/two/b) [gone](/gone)")
    planted.write("two/b", "[gone](/gone)")
    assert {finding.path for finding in dead_links(read_wiki(planted.client, folder="/two/")).findings} == {"two/b"}
    assert not dead_links(read_wiki(planted.client, locale="fr")).findings


def test_readers_are_told_what_they_cannot_see(planted: Planted) -> None:
    with planted.sandbox.client(guest=True) as guest:
        wiki = read_wiki(guest)
    report = orphans(wiki)
    assert len(wiki.unreadable) == len(wiki.pages) > 10
    assert "pages could not be read, among them" in report.notes[0]
    assert "The navigation may not be seen" in report.notes[-1]
    assert not dead_links(wiki).findings


def test_progress_is_told(planted: Planted) -> None:
    told: list[tuple[int, int]] = []
    read_wiki(planted.client, progress=lambda done, total: told.append((done, total)))
    assert told[-1][0] == told[-1][1] > 20


def test_a_client_that_may_see_no_files_is_told_so(planted: Planted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wikijs.reports.reading._files", lambda client: None)
    assert "Files may not be listed" in missing_and_unused_assets(read_wiki(planted.client)).notes[-1]
