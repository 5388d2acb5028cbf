"""Reports of tests without the keys that a live run is given."""

from __future__ import annotations

import os

import pytest

from wikijs.core.values.redaction import hide_tokens

SECRETS = ("WIKIJS_API_KEY", "WIKIJS_ADMIN_PASSWORD")


def clean(text: str) -> str:
    """A text without tokens and without the secrets of the environment."""
    for name in SECRETS:
        if value := os.environ.get(name):
            text = text.replace(value, f"<{name}>")
    return hide_tokens(text)


def without_secrets(report: pytest.TestReport) -> None:
    """Take secrets out of what is printed of a test that failed."""
    if report.outcome != "failed":
        return
    told = str(report.longrepr)
    if clean(told) != told:
        report.longrepr = clean(told)
    report.sections = [(title, clean(text)) for title, text in report.sections]
