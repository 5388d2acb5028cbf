"""No regular expression reads a text of others in more than linear time.

A dozen did: 20 to 60 kB of a page, a header or a token took over 20 seconds. What is tried is made from each expression
itself, so that new ones are tried without being named here.
"""

from __future__ import annotations

import pkgutil
import re

import pytest

import wikijs

from .expressions import Expression, expressions, slowest

PACKAGES = tuple(f"wikijs.{found.name}" for found in pkgutil.iter_modules(wikijs.__path__))
KNOWN = {
    "wikijs.sandbox.accounts.regular.PART": "the loop ends at the first bracket without an end",
    "wikijs.sandbox.graphql.errors.QUOTED": "it is given the first 4,000 characters",
    "wikijs.core.values.styles.COMMENT": "it is given what ends in a comment",
    "wikijs.core.values.styles.TOKEN": "style sheets of a sandbox are its owner's",
    "wikijs.sandbox.markup.comments.LINK": "addresses have a bound",
    "wikijs.gateway.portal.docs.site._INLINE": "it reads the site that the owner of the gateway built",
}


@pytest.mark.parametrize("package", PACKAGES)
def test_expressions_take_linear_time(package: str) -> None:
    found = {each.name: slowest(each) for each in expressions(package) if each.name.partition("[")[0] not in KNOWN}
    assert {name: text for name, text in found.items() if text is not None} == {}


@pytest.mark.parametrize(
    ("source", "is_bad"),
    [
        (r"eyJ[\w-]{5,}(?:\.[\w-]*)+", True),
        (r"\[\[\s*Category\s*:\s*([^\]|]+)(?:\|[^\]]*)?\]\]", True),
        (r"\{%.*?%\}", True),
        (r"(<(?:img|a)\b[^>]*?\b(?:src|href)=)", True),
        (r"\{\{tag>([^}]*)\}\}", True),
        (r"\{\{tag>([^{}]*+)\}\}", False),
        (r"[a-z]+", False),
        (r"^[ \t]*+(?:import|export)\s.+", False),
    ],
)
def test_the_texts_find_what_was_wrong_before(source: str, *, is_bad: bool) -> None:
    expression = Expression(source, re.compile(source), frozenset({"search"}))
    assert (slowest(expression) is not None) is is_bad
