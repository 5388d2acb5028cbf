"""The server's rules for names, as tables of what a real 2.5.314 was seen to do."""

from __future__ import annotations

import pytest

from wikijs import exceptions as exc
from wikijs.resources.assets.names import (
    folder_slugs,
    media_type,
    renamed_name,
    split_path,
    stored_name,
    url_path,
    why_unreachable,
)

UPLOADED = {
    "pixel.png": "pixel.png",
    "My Photo (1).PNG": "my_photo_(1).png",
    "A,;# B.PNG": "a_b.png",
    "a\u00a0b.png": "a_b.png",
    "a\ufeffb.png": "a_b.png",
    "a\u2028b.png": "a_b.png",
    "a\u3000b.png": "a_b.png",
    "a\u180eb.png": "a\u180eb.png",
    "a\u200bb.png": "a\u200bb.png",
    "a\x85b.png": "ab.png",
    "x.png.": "x.png",
    "x.png ": "x.png_",
    "x.png . .": "x.png_._",
    "x. ": "x._",
    " lead.png": "_lead.png",
    "con .png": "con_.png",
    "CONX.png": "conx.png",
    "ab:cd.png": "abcd.png",
    "a*b?c<d>e|f.png": "abcdef.png",
    "|.png": ".png",
    "\u0130x.png": "i\u0307x.png",
    "ΌΔΟΣ": "όδος",
    "ẞ.png": "ß.png",
    "e\u0301.png": "e\u0301.png",
    "\u01c5.png": "\u01c6.png",
    "a%20b.png": "a%20b.png",
    "a&b=c+d.png": "a&b=c+d.png",
    "a..b.png": "a..b.png",
    "図.png": "図.png",
    "😀.png": "😀.png",
    ".htaccess": ".htaccess",
    "\x7fz.png": "\x7fz.png",
    "README": "readme",
}
"""Names given to uploads, and what the server listed afterwards. The live tests upload all of them."""

NAMELESS = ["con", "con.png", "CON.tar.gz", "nul", "aux", "lpt1.txt", "COM1.x.png", "...", ".", "..", "|", ""]

FOLDERS = {
    "My Docs": "my docs",
    "a.b": "a.b",
    "x.": "x",
    " x": " x",
    "a,;#b": "a,;#b",
    "a\u00a0b": "a\u00a0b",
    "a\tb": "ab",
    "%41": "%41",
    'a"b': "ab",
    "\u0130": "i\u0307",
    "v1.0": "v1.0",
}

REACHABLE = [
    "/img/f.bin", "/e1/f.bin", "/logout/f.bin", "/svg/f.bin", "/_assets/f.bin", "/.well-known/f.bin", "/v1.0/readme",
    "/graphql-subscriptions/f.bin", "/it's/f.bin", "/a+b/f.bin", "/100%/f.bin", "/#x/f.bin", "/my docs/f.bin",
    "/sitemap.xml", "/page.adoc", "/x.htm", "/x.html.gz", "/a.md.png", "/x.rmd", "/.htaccess", "/login.png", "/u.png",
    "/en.png", "/[a].png", "/a%20b.png", "/deep/en/f.bin", "/img/favicon.ico", "/img/login/f.bin",
]  # fmt: skip
UNREACHABLE = [
    "/a/f.bin", "/en/f.bin", "/js/f.bin", "/zz/f.bin", "/en-us/f.bin", "/login/f.bin", "/login-reset/f.bin",
    "/verify/f.bin", "/graphql/f.bin", "/u/f.bin", "/_userav/f.bin", "/..x/f.bin", "/a..b.png", "/..a.png", "/x.md",
    "/img/x.html", "/img/x.txt", "/xmd", "/img/readme", "/favicon.ico", "/robots.txt",
]  # fmt: skip


@pytest.mark.parametrize(("given", "stored"), UPLOADED.items())
def test_names_of_uploads(given: str, stored: str) -> None:
    assert stored_name(given) == stored


@pytest.mark.parametrize("name", NAMELESS)
def test_names_that_would_be_stored_as_nothing_are_refused(name: str) -> None:
    with pytest.raises(exc.AssetNameInvalidError, match="without a name"):
        stored_name(name)


def test_names_that_would_lose_their_extension_are_refused() -> None:
    assert stored_name("図" * 83 + ".png").endswith(".png")
    for name in ("x" * 252 + ".png", "図" * 84 + ".png"):
        with pytest.raises(exc.AssetNameInvalidError, match="255 bytes"):
            stored_name(name)


def test_a_renamed_file_keeps_its_spaces() -> None:
    assert renamed_name("A b,C.PNG") == "a b,c.png"


@pytest.mark.parametrize(("given", "stored"), FOLDERS.items())
def test_names_of_folders(given: str, stored: str) -> None:
    assert folder_slugs(f"/img/{given}/") == ("img", stored)


@pytest.mark.parametrize("path", ["/../x", "/img/./x", "/con", "/img/...", "/ /x", f"/{'y' * 256}"])
def test_folders_that_would_become_others_are_refused(path: str) -> None:
    with pytest.raises(exc.AssetNameInvalidError):
        folder_slugs(path)


def test_the_root_has_many_spellings() -> None:
    assert folder_slugs("/") == folder_slugs("") == folder_slugs("//") == ()
    assert split_path("photo.PNG") == split_path("/photo.png") == ((), "photo.png")
    assert split_path("/Img/Deep/A.png") == (("img", "deep"), "a.png")


@pytest.mark.parametrize("path", REACHABLE)
def test_files_that_can_be_downloaded(path: str) -> None:
    assert why_unreachable(path) is None


@pytest.mark.parametrize("path", UNREACHABLE)
def test_files_that_cannot(path: str) -> None:
    assert why_unreachable(path)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.png", "image/png"), ("a.svg", "image/svg+xml"), ("a.webp", "image/webp"), ("a.AVIF", "image/avif"),
        ("a.pdf", "application/pdf"), ("a.tar.gz", "application/gzip"), ("a.unknown", "application/octet-stream"),
        ("readme", "application/octet-stream"), ("data:x.png", "image/png"),
    ],
)  # fmt: skip
def test_media_types(name: str, kind: str) -> None:
    assert media_type(name) == kind


def test_addresses_are_percent_encoded() -> None:
    assert url_path("/my docs/100% #1?.png") == "/my%20docs/100%25%20%231%3F.png"
