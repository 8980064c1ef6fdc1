"""What can be said of a picture without a model: its main colour, its light, its sharpness."""

from __future__ import annotations

import colorsys
from collections import Counter

from PIL import Image, ImageFilter, ImageStat

from recogniser.results import Label

WHOLE_PICTURE = [0.0, 0.0, 1.0, 1.0]
SAMPLE_SIZE = (64, 64)  # pixels that vote for a colour
EDGES_SIZE = 256  # pixels of the longest side, so that all pictures are measured alike
HALF_SHARP = 400.0  # variance of the edges at which a picture counts as half sharp

# The hue, in degrees, up to which a colour bears its name.
HUES = {
    15: "red",
    40: "orange",
    68: "yellow",
    160: "green",
    200: "turquoise",
    255: "blue",
    290: "purple",
    340: "pink",
    360: "red",
}


class PixelRecogniser:
    """Answers from the pixels alone; call it with an upright RGB picture."""

    def __call__(self, picture: Image.Image) -> list[Label]:
        """Three measures as labels, each from 0 to 1: the main colour's share of the picture,
        its brightness and its sharpness. The first is the result."""
        colour, share = find_main_colour(picture)
        return [
            _label(colour, share),
            _label("brightness", measure_brightness(picture)),
            _label("sharpness", measure_sharpness(picture)),
        ]


def _label(name: str, measure: float) -> Label:
    return {"name": name, "confidence": round(measure, 4), "box": WHOLE_PICTURE}


def find_main_colour(picture: Image.Image) -> tuple[str, float]:
    """The name that most of the pixels bear, and their share, 0..1."""
    values = picture.resize(SAMPLE_SIZE, Image.Resampling.BOX).tobytes()
    pixels = zip(values[0::3], values[1::3], values[2::3], strict=True)
    votes = Counter(name_colour(*pixel) for pixel in pixels)
    name, count = votes.most_common(1)[0]
    return name, count / votes.total()


def name_colour(red: int, green: int, blue: int) -> str:
    """An everyday name for a colour, each part 0..255."""
    hue, lightness, _ = colorsys.rgb_to_hls(red / 255, green / 255, blue / 255)
    vividness = (max(red, green, blue) - min(red, green, blue)) / 255
    if vividness < 0.12:
        return "black" if lightness < 0.2 else "white" if lightness > 0.85 else "grey"
    if lightness < 0.12:
        return "black"
    name = next(name for limit, name in HUES.items() if hue * 360 <= limit)
    return "brown" if name in ("orange", "red") and 0.6 * lightness + 0.2 > vividness else name


def measure_brightness(picture: Image.Image) -> float:
    """The mean grey of the picture: 0 is black, 1 is white."""
    return ImageStat.Stat(picture.convert("L")).mean[0] / 255


def measure_sharpness(picture: Image.Image) -> float:
    """How strongly neighbouring pixels differ: 0 is one flat colour, towards 1 all is edges.

    The variance of the Laplacian, a common measure of focus (Pech-Pacheco et al., 2000).
    """
    grey = picture.convert("L")
    grey.thumbnail((EDGES_SIZE, EDGES_SIZE))
    laplacian = ImageFilter.Kernel((3, 3), (0, 1, 0, 1, -4, 1, 0, 1, 0), scale=1, offset=128)
    if min(grey.size) < 3:
        return 0.0
    # A filter leaves the outermost pixels as they were: they are no edges, so they do not count.
    edges = grey.filter(laplacian).crop((1, 1, grey.width - 1, grey.height - 1))
    variance = ImageStat.Stat(edges).var[0]
    return variance / (variance + HALF_SHARP)
