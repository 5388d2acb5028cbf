"""Summaries as Markdown."""

from __future__ import annotations

from wikijs import exceptions as exc
from wikijs.interop import Remark
from wikijs.publish import PublishPlan, PublishReport, Step, summary


def test_everything_that_can_happen() -> None:
    steps = [Step("create", f"a|{number}.md", f"en/docs/a{number}") for number in range(3)]
    plan = PublishPlan("docs", steps=steps, refused=[("b.md", "bad_name")], gone=["en/docs/c"], kept=["d.md"])
    plan.copies = ["en/docs/e"]
    plan.remarks = [Remark("a.md", "<x> is lost"), Remark("", "All.")]
    report = PublishReport(plan, done=[steps[0], Step("update", "e.md", "en/docs/e", is_edited=True)])
    report.failed = [(steps[1], exc.WikiJSException("No.")), (steps[1], OSError("disk"))]
    report.not_attempted = [steps[2]]
    report.stopped_by = exc.TransportError("Gone.")
    text = summary(plan, report, url="https://wiki.example.com/")
    assert "1 created, 1 updated, 2 failed, 1 not attempted, 1 refused, 1 left alone, 1 gone." in text
    assert "| created | [en/docs/a0](<https://wiki.example.com/en/docs/a0>) | a\\|0.md |" in text
    for part in (
        "### Failed\n\n- a\\|1.md: No.\n- a\\|1.md: disk\n",
        "### Not attempted\n\n- a\\|2.md\n",
        "**It stopped:** Gone.",
        "### Refused\n\n- b.md: bad\\_name\n",
        "### Edited on the wiki, and overwritten\n\n- en/docs/e\n",
        "### Remarks\n\n- a.md: \\<x\\> is lost\n- All.\n",
    ):
        assert part in text
    assert summary(PublishPlan("docs")).endswith("Nothing to do.\n")


def test_long_ones_are_cut() -> None:
    steps = [Step("create", f"{number}.md", f"en/{number}") for number in range(600)]
    text = summary(PublishPlan("docs", steps=steps, gone=[f"en/{number}" for number in range(600)]))
    assert "| | and 100 more | |" in text
    assert text.endswith("- and 100 more\n")
