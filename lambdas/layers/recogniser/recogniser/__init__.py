"""Says what a picture shows, and where; the layer of the function reco-image.

    recognise(content)   the labels of a picture, from the bytes of its file
    PictureError         the file cannot be read as a picture; the text says why
    RECOGNISER           who answers: the model, or the pixels alone, and then why

The model is loaded once, when the package is imported: on Lambda, in the cold start.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PIL import Image

from recogniser.pictures import PictureError, open_picture
from recogniser.pixels import PixelRecogniser
from recogniser.results import Label, Recognition, to_recognition

__all__ = ["RECOGNISER", "Label", "PictureError", "Recognition", "load_recogniser", "recognise"]

WEIGHTS = Path(__file__).with_name("yolox_nano.onnx")


def load_recogniser(weights: Path) -> tuple[str, Callable[[Image.Image], list[Label]]]:
    """Loads the model, or what stands in for it when the layer was built without one.

    Returns a sentence that names the recogniser, and the recogniser: an upright RGB picture in,
    its labels out, the surest first.
    """
    if not weights.exists():
        return "pixels only: the layer holds no model weights", PixelRecogniser()
    try:
        from recogniser.detection import Detector
    except ImportError as missing:
        return f"pixels only: onnxruntime cannot be loaded ({missing})", PixelRecogniser()
    detector = Detector(weights)
    return detector.description, detector


RECOGNISER, _find_labels = load_recogniser(WEIGHTS)


def recognise(content: bytes) -> Recognition:
    """Recognises the picture in a JPEG, PNG, WebP or GIF file.

    Boxes are [left, top, width, height], from 0 to 1 of the picture as it is seen, that is
    after the rotation that its EXIF data ask for.

    Raises:
        PictureError: the file cannot be read as a picture.
    """
    return to_recognition(_find_labels(open_picture(content)), RECOGNISER)
