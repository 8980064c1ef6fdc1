"""Pictures, boxes, galleries."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from workshop_lib.ui.pictures import (
    LONGEST_SIDE,
    Picture,
    PictureView,
    UnreadablePictureError,
    confidence_text,
    prepare_picture,
)

CAT = Path(__file__).parents[2] / "notebooks" / "pictures" / "cat.jpg"


def encode(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    file = BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def test_a_photo_is_bounded() -> None:
    """A large photo is shown at no more than 640 pixels, its shape kept."""
    prepared = prepare_picture(encode(Image.new("RGB", (3000, 1500), "teal"), "JPEG"))

    assert (LONGEST_SIDE, LONGEST_SIDE // 2) == (prepared.width, prepared.height)
    assert len(prepared.content) < 100_000


def test_a_photo_is_turned_upright() -> None:
    """A photo that its camera held sideways is shown upright, so boxes lie where they should."""
    exif = Image.Exif()
    exif[0x0112] = 6

    prepared = prepare_picture(encode(Image.new("RGB", (60, 40)), "JPEG", exif=exif))

    assert (40, 60) == (prepared.width, prepared.height)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "I;16"])
def test_every_kind_of_pixel_can_be_shown(mode: str) -> None:
    """Transparent, printed, palette and 16-bit pictures are shown like any other."""
    kind = "JPEG" if mode == "CMYK" else "PNG"

    assert 20 == prepare_picture(encode(Image.new(mode, (20, 10)), kind)).width


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "not a JPEG, PNG, WebP or GIF"),
        (b"only text", "not a JPEG, PNG, WebP or GIF"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not a JPEG, PNG, WebP or GIF"),
        (CAT.read_bytes()[:3000], "truncated"),
        (encode(Image.new("1", (10_000, 6_000))), "10000 × 6000 pixels"),
    ],
    ids=["empty", "text", "SVG", "cut off", "a bomb"],
)
def test_what_is_no_picture_is_said_in_words(content: bytes, said: str) -> None:
    """Bytes that cannot be shown raise an error that says why, and the view says it."""
    with pytest.raises(UnreadablePictureError, match=said):
        prepare_picture(content)

    assert "cannot be shown as a picture" in PictureView(content, caption="x.jpg").to_html()


def test_boxes_lie_in_the_picture() -> None:
    """Boxes are drawn at the shares given, and what reaches outside is cut at the edge."""
    picture = encode(Image.new("RGB", (200, 100)))
    labels = [
        {"name": "cat", "confidence": 0.9, "box": [0.25, 0.5, 0.5, 0.25]},
        {"name": "dog", "confidence": Decimal("0.5"), "box": [-1, -1, 9, Decimal(9)]},
    ]

    drawing = ElementTree.fromstring(_svg_of(PictureView(picture, labels)))

    boxes = [
        tuple(float(rect.get(side, -1)) for side in ("x", "y", "width", "height"))
        for rect in drawing.iter("rect")
        if rect.get("class") == "box"
    ]
    assert [(50.0, 50.0, 100.0, 25.0), (0.0, 0.0, 200.0, 100.0)] == boxes


@pytest.mark.parametrize(
    "label",
    [
        {"name": "brown"},
        {"name": "brown", "box": None},
        {"name": "brown", "box": [1, 2]},
        {"name": "brown", "box": ["a", "b", "c", "d"]},
        {"name": "brown", "box": [float("nan")] * 4},
    ],
    ids=repr,
)
def test_a_label_without_a_place_is_said_only(label: dict[str, Any]) -> None:
    """A label without a usable box is in the words under the picture, and no box is drawn."""
    view = PictureView(encode(Image.new("RGB", (20, 10))), [label])

    assert 'class="box"' not in view.to_html()
    assert "brown" == view.to_text()


def test_a_picture_file_shows_its_labels() -> None:
    """A sample photo with labels is one image with a name for a screen reader."""
    photo = Picture.read(CAT)
    view = photo.with_labels([{"name": "cat", "confidence": 0.94, "box": [0, 0, 1, 1]}])

    assert "cat.jpg: cat 94 %" == view.to_text()
    assert 'role="img" aria-label="cat.jpg: cat 94 %"' in view.to_html()
    assert "image/jpeg" == photo.content_type


@pytest.mark.parametrize(
    ("confidence", "expected"),
    [(0.944, "94 %"), (Decimal("0.5"), "50 %"), (1, "100 %"), (None, ""), ("x", ""), (0, "")],
)
def test_confidence_is_a_percentage(confidence: object, expected: str) -> None:
    """A confidence is said in percent, a missing one not at all."""
    assert expected == confidence_text(confidence)


def _svg_of(view: PictureView) -> str:
    html = view.to_html()
    return html[html.index("<svg") : html.index("</svg>") + len("</svg>")]
