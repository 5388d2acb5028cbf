"""Drawings are the same where the server has only cleaned them."""

from __future__ import annotations

import pytest

from wikijs.transfer.drawings import is_same

UPLOADED = (
    b'\xef\xbb\xbf<?xml version="1.0"?><!DOCTYPE svg><svg xmlns="http://www.w3.org/2000/svg" xmlns:inkscape="x"'
    b' viewBox="0 0 1 1" inkscape:version="1"><sodipodi:namedview/><style>.a{fill:red}</style><script>alert(1)</script>'
    b'<g onclick="x()" class="a"><path d="M0 0"/></g><use xlink:href="#a"/><a href="javascript:x">'
    b"<text>T &amp; <tspan>x</tspan></text></a><foreignObject><div>x</div></foreignObject></svg>"
)
STORED = (  # measured on a server of version 2.5.314
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><style>.a{fill:red}</style><g class="a">'
    b'<path d="M0 0"></path></g><a><text>T &amp; <tspan>x</tspan></text></a></svg>'
)


def test_a_cleaned_drawing_is_the_same() -> None:
    assert is_same(STORED, UPLOADED)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"M0 0", b"M1 0"),
        (b"</g>", b"<rect/></g>"),
        (b"T &amp;", b"U &amp;"),
        (b'class="a"', b'class="b"'),
        (b"<path", b"<circle"),
    ],
)
def test_a_changed_drawing_is_another(old: bytes, new: bytes) -> None:
    assert not is_same(STORED, UPLOADED.replace(old, new))
