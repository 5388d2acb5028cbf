"""`wikijs report` on the demo wiki: in each form, and with exit codes for cron."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from support.bad_site import BadSite

from wikijs.permissions import PageRule

from .conftest import OnSandbox


def data(result: Any, code: int = 0) -> Any:
    assert result.exit_code == code, result.output
    return json.loads(result.stdout)


@pytest.fixture
def faulty(on_sandbox: OnSandbox) -> OnSandbox:
    on_sandbox.client.pages.create(path="faulty", title="Faulty", content="# A\n\n[x](/nowhere) ![](/gone.png)\n")
    return on_sandbox


def test_a_clean_wiki_ends_with_0_and_a_faulty_one_with_1(on_sandbox: OnSandbox) -> None:
    clean = on_sandbox("report", "links")
    assert (clean.exit_code, clean.stdout) == (0, "")
    assert "Links that lead nowhere: nothing found (27 pages, 24 links)." in clean.stderr
    on_sandbox.client.pages.create(path="faulty", title="Faulty", content="[x](/nowhere)")
    found = on_sandbox("report", "links")
    assert found.exit_code == 1
    assert found.stdout == "error\ten/faulty\t1\tThere is no page en/nowhere.\t/nowhere\n"
    assert "1 error (28 pages" in found.stderr
    assert on_sandbox("report", "links", "--fail-on", "never").exit_code == 0
    assert on_sandbox("report", "links", "--folder", "handbook").exit_code == 0
    quiet = on_sandbox("report", "links", "--quiet")
    assert (quiet.exit_code, quiet.stdout) == (1, "faulty\n")


def test_where_no_page_can_be_read_nothing_is_said_to_be_in_order(on_sandbox: OnSandbox) -> None:
    rule = PageRule(roles=["read:pages"], path="")
    group = on_sandbox.client.groups.create("Listers", permissions=["read:pages"], rules=[rule])
    made = on_sandbox.client.authentication.create_api_key("lists", expiration="1d", full_access=False, group=group.id)
    lists_only = {"WIKIJS_API_KEY": str(made.key)}
    blind = on_sandbox("report", "links", environment=lists_only)
    assert (blind.exit_code, blind.stdout) == (1, "")
    assert "None of the 27 pages can be read with this key" in blind.stderr
    assert on_sandbox("report", "stale", "--fail-on", "never", environment=lists_only).exit_code == 0
    assert "pages" in on_sandbox("report", "stats", environment=lists_only).stdout


def test_programs_get_all_of_it(faulty: OnSandbox) -> None:
    report = data(faulty("report", "links", "--json"), 1)
    assert report["lookedAt"] == {"pages": 28, "links": 25}
    assert report["counts"] == {"error": 1, "warning": 0, "note": 0}
    assert report["findings"][0]["rule"] == "dead-link"
    assert data(faulty("report", "links", "--json", "path,detail"), 1) == [{"path": "faulty", "detail": "/nowhere"}]
    assert faulty("report", "lint", "--filter", "rule:no-alt", "--jq", "[].path").stdout == "faulty\n"
    several = data(faulty("report", "all", "--json"), 1)
    assert [each["report"] for each in several] == [
        "links", "assets", "orphans", "stale", "lint", "duplicates", "stats",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["links", "orphans", "stale", "assets", "lint", "duplicates", "stats", "access"])
def test_each_report_has_each_form(faulty: OnSandbox, tmp_path: Path, name: str) -> None:
    report = data(faulty("report", name, "--json"), faulty("report", name, "--quiet").exit_code)
    assert report["report"] == name
    table = list(csv.reader(io.StringIO(faulty("report", name, "--csv").stdout)))
    assert table[0][0] in {"report", "table"}
    assert faulty("report", name, "--markdown").stdout.startswith("## ")
    file = tmp_path / f"{name}.html"
    assert f"Wrote {file}." in faulty("report", name, "-o", str(file)).stderr
    assert file.read_text(encoding="utf-8").startswith("<!doctype html>")


def test_figures_are_not_called_nothing(on_sandbox: OnSandbox) -> None:
    said = on_sandbox("report", "stats").stderr
    assert said.endswith("Statistics (27 pages).\n")


def test_forms_exclude_each_other(faulty: OnSandbox, tmp_path: Path) -> None:
    assert faulty("report", "lint", "--csv", "--html").exit_code == 2
    assert faulty("report", "lint", "--csv", "--json").exit_code == 2
    assert "does not say in which form" in faulty("report", "lint", "-o", str(tmp_path / "x.pdf")).stderr
    unknown = faulty("report", "lint", "--rule", "no-tag")
    assert (unknown.exit_code, "Did you mean 'no-tags'" in unknown.stderr) == (2, True)


def test_other_sites_are_asked_on_request_only(on_sandbox: OnSandbox, tmp_path: Path) -> None:
    with BadSite() as site:
        links = " ".join(f"[{kind}]({site.url}/{kind}/1)" for kind in ("ok", "gone", "login", "moved"))
        on_sandbox.client.pages.create(path="outside", title="Outside", content=f"{links} [no]({site.url}/ignored/1)")
        assert on_sandbox("report", "links", "--folder", "outside").exit_code == 0
        private = on_sandbox("report", "links", "--external", "--folder", "outside", "--no-cache")
        assert private.stdout.count("private network") == 5
        assert not site.asked
        (tmp_path / "ignored").write_text("# not these\n*/ignored/*\n\n", encoding="utf-8")
        found = on_sandbox(
            *("report", "links", "--external", "--folder", "outside", "--allow-network", "127.0.0.0/8"),
            *("--ignore-file", str(tmp_path / "ignored"), "--ignore", "*.example.org/*", "--pause", "0"),
            *("--json", "rule,severity"),
            environment={"WIKIJS_CACHE_DIR": str(tmp_path / "cache")},
        )
        assert data(found, 1) == [
            {"rule": "external-gone", "severity": "error"},
            {"rule": "external-moved", "severity": "note"},
            {"rule": "external-refused", "severity": "note"},
        ]
        assert not any("ignored" in name for name in site.asked)
        assert (tmp_path / "cache" / "links.sqlite").exists()


@pytest.mark.parametrize("form", ["--json", "--csv", "--markdown", "--html", "--quiet", ""])
def test_no_form_lets_through_what_steers_a_terminal(on_sandbox: OnSandbox, form: str) -> None:
    for number, text in enumerate(
        ("=1+1\x1b[2J", "\x9b31m<script>x</script>", "\u202egnp.exe|`\x07", "@a;-1\x7f\u2066")
    ):
        on_sandbox.client.pages.create(f"evil-{number}", title=text, content="# A\n\n### B")
    shown = on_sandbox("report", "lint", *filter(None, [form]))
    assert "evil-0" in shown.stdout
    bidi = "\u202e\u2066"
    assert not [letter for letter in shown.stdout if letter in bidi or "\x7f" <= letter < "\xa0"] or form == "--csv"
    assert "\x1b" not in shown.stdout or form == "--csv"
    assert "<script>" not in shown.stdout or form not in {"--html", "--markdown"}
    if form == "--csv":
        titles = {row[5] for row in csv.reader(io.StringIO(shown.stdout)) if "evil" in "".join(row)}
        assert {title[:1] for title in titles} == {"'", "\x9b", "\u202e"}
