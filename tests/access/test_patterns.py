"""Regular expressions of page rules find in Python what they find in JavaScript."""

from __future__ import annotations

import json
import random
import shutil
import subprocess

import pytest

from wikijs.access import patterns


@pytest.mark.parametrize(
    ("pattern", "path", "found"),
    [
        ("^docs", "docs/a", True),
        ("a$", "a\n", False),  # `$` of Python would match before the last line end
        (r"\d", "\u0663", False),  # digits and words are those of ASCII
        (r"^\w+$", "caf\u00e9", False),
        (r"\bx", "\u00e9x", True),
        (r"\B", "", True),
        (r"^\s$", "\ufeff", True),
        (r"^\S$", "\u00a0", False),
        (".", "\u2028", False),
        ("^.$", "\U0001f600", False),  # two characters, to JavaScript
        ("^..$", "\U0001f600", True),
        ("[^]", "\n", True),
        ("[]", "a", False),
        ("a{,3}$", "a{,3}", True),
        (r"(?<year>\d{4})-\k<year>", "2024-2024", True),
        (r"(a)|b\1$", "b", True),  # what took no part is empty
        (r"[\w-.]+$", "a-.", True),
        (r"[a&&b]", "&", True),
        (r"\/\u0041\x41\cA\0", "/AA\x01\0", True),
        (r"[\b]", "\b", True),
        (r"[\D]", "5", False),
        (r"[\W]", "_", False),
        (r"[\S]", "\u3000", False),
        (r"\8", "8", True),
        (r"[\c1]", "\x11", True),
        (r"\c", r"\c", True),
    ],
)
def test_what_the_two_languages_read_differently(pattern: str, path: str, found: bool) -> None:
    assert patterns.found(pattern, path) is found


@pytest.mark.parametrize(
    "pattern",
    [
        *("(", ")", "a)", "[", "\\", "*", "a**", "a{2,1}", "a{1}{2}", "^*", r"\b+", "(?<=a)*", "(?i:a)"),
        *("(?>a)", "(?P<a>b)", "[z-a]", "(?<a>b)(?<a>c)", r"(?<a>b)\k<c>", r"(?<a>b)\kx", "(?<a", "[a\\", "{2}", "(?"),
    ],
)  # fmt: skip
def test_what_javascript_cannot_read(pattern: str) -> None:
    with pytest.raises(patterns.BrokenPatternError):
        patterns.found(pattern, "a")


@pytest.mark.parametrize("pattern", ["(?<=a+)b", r"\1(a)", r"(?:(a)|b)*\1", r"\k<a>(?<a>b)", "a" * 2001])
def test_what_python_cannot_read_is_refused_instead_of_guessed(pattern: str) -> None:
    with pytest.raises(patterns.UnknownPatternError):
        patterns.found(pattern, "a")


def test_length_counts_as_javascript_counts() -> None:
    assert patterns.length("a\u00e9\U0001f600") == 4


ATOMS = (
    "a", "b", "-", "/", ".", "\u00e9", "\U0001f600", r"\d", r"\D", r"\w", r"\W", r"\s", r"\S", "^", "$", r"\b", r"\B",
    "[a-c]", "[^a-c]", "[]", "[^]", r"[\d-x]", r"[a\-z]", r"[\b]", r"\q", r"\x41", r"\u0041", r"\u{2}", r"\cA", r"\c1",
    r"\0", r"\012", r"\1", r"\8", "[[a]", "[a&&b]", "[--a]", "[~~]", "{", "}", "]", "{,3}", r"\k", r"[\W\D]", "[z-a]",
)  # fmt: skip
REPEATED = ("", "", "", "", "*", "+", "?", "{2}", "{1,2}", "{0,}", "*?", "??", "{2,1}")
OPENED = ("(", "(?:", "(?=", "(?!", "(?<=", "(?<!", "(?<n>", "(?i:", "(?>")


def _pattern(at: random.Random, depth: int = 0) -> str:
    parts: list[str] = []
    for _ in range(at.randint(0, 3)):
        if depth < 3 and at.random() < 0.25:
            parts.append(at.choice(OPENED) + _pattern(at, depth + 1) + ")")
        else:
            parts.append(at.choice(ATOMS))
        parts.append(at.choice(REPEATED))
    return ("|" if at.random() < 0.1 else "").join(parts)


@pytest.mark.skipif(shutil.which("node") is None, reason="needs node, whose JavaScript is the server's")
def test_random_expressions_find_what_they_find_in_node() -> None:
    at = random.Random(2026)
    letters = "abcAB019_-/. \u00e9\U0001f600XkxcZ{},[]&|~\\\u00a0\u2028\n\x01\ufeff"
    cases = [(_pattern(at), ["".join(at.choices(letters, k=at.randint(0, 7))) for _ in range(5)]) for _ in range(4000)]
    program = """
        const cases = JSON.parse(require("fs").readFileSync(0, "utf8"));
        const found = ([pattern, paths]) => {
            try { const it = new RegExp(pattern); return paths.map((path) => it.test(path)); } catch { return null; }
        };
        console.log(JSON.stringify(cases.map(found)));
    """
    node = subprocess.run(["node", "-e", program], input=json.dumps(cases), capture_output=True, text=True, check=True)
    known = 0
    for (pattern, paths), wanted in zip(cases, json.loads(node.stdout), strict=True):
        try:
            found = [patterns.found(pattern, path) for path in paths]
        except patterns.BrokenPatternError:
            found = None
        except patterns.UnknownPatternError:
            continue
        assert found == wanted, (pattern, paths)
        known += 1
    assert known > 3000
