"""From the bytes of a file to an upright picture in red, green and blue.

The file comes from a stranger: it may be damaged, mislabelled, or made to harm.
"""

from __future__ import annotations

import io
import struct

from PIL import Image, ImageOps, UnidentifiedImageError

FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
MOST_PIXELS = 64_000_000  # a phone's 50 megapixels pass, a decompression bomb does not
WORKING_SIZE = 832  # pixels; twice what the model sees, so that shrinking stays smooth
TOO_MANY_PIXELS = f"The picture has more than {MOST_PIXELS // 1_000_000} million pixels."
WHITE = (255, 255, 255)

# What Pillow raises over damaged files, found by opening some ten thousand of them.
_DAMAGED = (OSError, EOFError, SyntaxError, ValueError, TypeError, struct.error)


class PictureError(Exception):
    """The file cannot be read as a picture; the text says why, for the person who sent it."""


def open_picture(content: bytes) -> Image.Image:
    """Decodes a picture, turns it upright, and lays what is transparent on white.

    Of an animation this is the first frame. Pictures much larger than the recogniser needs
    come back smaller, in the same proportions.

    Raises:
        PictureError: empty, damaged, too large, or of no format that is read here.
    """
    if not content:
        raise PictureError("The file is empty.")
    try:
        return _decode(content)
    except UnidentifiedImageError:
        raise PictureError(_describe_unknown(content)) from None
    except Image.DecompressionBombError:
        raise PictureError(TOO_MANY_PIXELS) from None
    except _DAMAGED as error:
        raise PictureError(f"The picture is damaged or cut short ({error}).") from error


def _decode(content: bytes) -> Image.Image:
    with Image.open(io.BytesIO(content), formats=FORMATS) as picture:
        if picture.width * picture.height > MOST_PIXELS:
            raise PictureError(TOO_MANY_PIXELS)
        # A JPEG can be decoded at a half, a quarter or an eighth of its size.
        picture.draft(None, (WORKING_SIZE, WORKING_SIZE))
        plain = _to_plain_colours(picture)
        plain.thumbnail((WORKING_SIZE, WORKING_SIZE))
        return _lay_on_white(ImageOps.exif_transpose(plain))


def _to_plain_colours(picture: Image.Image) -> Image.Image:
    """Red, green, blue (and alpha); without a copy, which can be large, where that is so."""
    if picture.mode.startswith("I"):
        # Pillow's own conversion cuts 16-bit greys off at 255 instead of scaling them.
        return picture.point(lambda grey: grey / 256).convert("L")
    mode = "RGBA" if picture.has_transparency_data else "RGB"
    return picture if picture.mode == mode else picture.convert(mode)


def _lay_on_white(picture: Image.Image) -> Image.Image:
    if picture.mode != "RGBA":
        return picture.convert("RGB")
    background = Image.new("RGB", picture.size, WHITE)
    background.paste(picture, mask=picture.getchannel("A"))
    return background


def _describe_unknown(content: bytes) -> str:
    # ISO base media files name their kind in bytes 4 to 12 (ISO/IEC 14496-12, section 4.3).
    if content[4:8] == b"ftyp":
        brand = content[8:12]
        if brand in (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"):
            return "This is a HEIC picture, Apple's own format. Save it as JPEG, and try again."
        if brand in (b"avif", b"avis"):
            return "This is an AVIF picture. Save it as JPEG, and try again."
    return "This file is not a picture that can be read here (JPEG, PNG, WebP or GIF)."
