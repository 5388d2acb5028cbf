"""Images in fewer bytes: the same pixels, and all else that was in the file."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from wikijs.resources.assets.optimizing import recompressed

COMMENT = b"taken at noon"


def photo(mode: str = "RGB", *, progressive: bool = False) -> bytes:
    """A JPEG whose coefficients were packed carelessly, with EXIF data, a colour profile and a comment."""
    image = Image.new(mode, (96, 64))
    band = len(image.getbands())
    image.frombytes(bytes((x * 5 + y * 3 + 40 * c) % 256 for y in range(64) for x in range(96) for c in range(band)))
    exif = Image.Exif()
    exif[0x010E] = "A harbour"
    out = io.BytesIO()
    image.save(out, "JPEG", quality=95, progressive=progressive, exif=exif, icc_profile=b"p" * 400, comment=COMMENT)
    return out.getvalue()


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
def test_a_photo_keeps_its_pixels_and_what_is_said_of_it(mode: str) -> None:
    before = photo(mode)
    after = recompressed(before)
    assert after is not None
    assert len(after) < len(before)
    with Image.open(io.BytesIO(before)) as old, Image.open(io.BytesIO(after)) as new:
        assert new.tobytes() == old.tobytes()
        assert new.getexif()[0x010E] == "A harbour"
        assert new.info["icc_profile"] == old.info["icc_profile"]
        assert new.info["comment"] == COMMENT


def test_what_cannot_be_made_smaller_stays() -> None:
    once = recompressed(photo())
    assert once is not None
    assert recompressed(once) is None


@pytest.mark.parametrize(
    "data",
    [photo()[:-2], photo() + photo(), b"\xff\xd8\xff\xd9", photo()[:200] + b"\xff\xd9", b"GIF89a", photo() + b"behind"],
    ids=["no end", "two in one", "empty", "damaged", "another kind", "more behind"],
)
def test_what_is_not_plainly_one_image_is_left_alone(data: bytes) -> None:
    assert recompressed(data) is None
