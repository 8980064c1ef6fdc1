"""Detection with a real onnxruntime: on a tiny model of our own, and on the real weights."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from recogniser import load_recogniser
from recogniser.detection import Detector, keep_distinct, letterbox, overlaps, read_class_names
from recogniser.pictures import open_picture
from recogniser.results import to_recognition

PROJECT = Path(__file__).parents[3]
PICTURES = PROJECT / "notebooks" / "pictures"
RED, BLUE, WHITE = (255, 0, 0), (0, 0, 255), (255, 255, 255)

TinyModel = Callable[[int], Path]


def paint(size: tuple[int, int], *squares: tuple[Any, tuple[int, int, int, int]]) -> Image.Image:
    """A white picture with coloured squares (left, top, right, bottom)."""
    picture = Image.new("RGB", size, WHITE)
    for colour, box in squares:
        picture.paste(colour, box)
    return picture


@pytest.mark.parametrize("stride", [8, 16, 32])
def test_box_of_each_grid(tiny_model: TinyModel, stride: int) -> None:
    """A red cell is found where it is, by the rows of each of the three strides."""
    square = (stride * 3, stride * 5, stride * 4, stride * 6)
    [label] = Detector(tiny_model(stride))(paint((416, 416), (RED, square)))
    assert ("person", 1.0) == (label["name"], label["confidence"])
    expected = [stride * 3 / 416, stride * 5 / 416, stride / 416, stride / 416]
    assert pytest.approx(expected, abs=1e-4) == label["box"]


@pytest.mark.parametrize(
    ("size", "square"),
    [
        ((832, 416), (64, 128, 128, 192)),
        ((416, 832), (64, 128, 128, 192)),
        ((208, 104), (16, 32, 32, 48)),
    ],
    ids=["wide", "high", "small"],
)
def test_box_of_any_shape(
    tiny_model: TinyModel, size: tuple[int, int], square: tuple[int, int, int, int]
) -> None:
    """Boxes are parts of the picture's own width and height, whatever its shape."""
    [label] = Detector(tiny_model(32))(paint(size, (RED, square)))
    left, top, right, bottom = square
    width, height = size
    expected = [left / width, top / height, (right - left) / width, (bottom - top) / height]
    assert pytest.approx(expected, abs=1e-4) == label["box"]


def test_channels(tiny_model: TinyModel) -> None:
    """The model sees blue, green, red in this order: red and blue are not mixed up."""
    picture = paint((416, 416), (RED, (0, 0, 32, 32)), (BLUE, (64, 64, 96, 96)))
    labels = Detector(tiny_model(32))(picture)
    assert {"person": 0.0, "bicycle": 0.1538} == {
        label["name"]: label["box"][0] for label in labels
    }


def test_surest_first(tiny_model: TinyModel) -> None:
    """Labels come with the surest first, and what is not sure enough is left out."""
    picture = paint(
        (416, 416),
        ((150, 0, 0), (0, 0, 32, 32)),
        ((250, 0, 0), (64, 0, 96, 32)),
        ((100, 0, 0), (128, 0, 160, 32)),
    )
    labels = Detector(tiny_model(32))(picture)
    assert [0.9804, 0.5882] == [label["confidence"] for label in labels]


def test_nothing(tiny_model: TinyModel) -> None:
    """A picture without anything known is a result that says so."""
    labels = Detector(tiny_model(32))(paint((416, 416)))
    recognition = to_recognition(labels, "tiny")
    assert ("nothing recognised", 0.0, []) == (
        recognition["result"],
        recognition["confidence"],
        recognition["labels"],
    )


def test_many(tiny_model: TinyModel) -> None:
    """However much is found, an answer has at most 20 labels."""
    labels = Detector(tiny_model(32))(Image.new("RGB", (416, 416), RED))
    assert 169 == len(labels)
    assert 20 == len(to_recognition(labels, "tiny")["labels"])


@pytest.mark.parametrize("size", [(1, 1), (1, 3000), (5000, 1)])
def test_extreme_shapes(tiny_model: TinyModel, size: tuple[int, int]) -> None:
    """A picture of one pixel, and a line, are looked at without an error."""
    Detector(tiny_model(8))(Image.new("RGB", size, WHITE))


def test_load_recogniser(tiny_model: TinyModel) -> None:
    """With weights the recogniser is the model, and names itself."""
    description, recognise = load_recogniser(tiny_model(16))
    assert description.startswith("YOLOX-nano on onnxruntime 1.")
    assert isinstance(recognise, Detector)


def test_damaged_weights(tmp_path: Path) -> None:
    """Weights that are no model fail when they are loaded, not in silence."""
    (tmp_path / "broken.onnx").write_bytes(b"no model")
    with pytest.raises(Exception, match=r"broken\.onnx"):
        load_recogniser(tmp_path / "broken.onnx")


def test_letterbox() -> None:
    """The picture lies at the top left of a grey square, blue first, from 0 to 255."""
    pixels, ratio = letterbox(Image.new("RGB", (832, 416), (10, 20, 30)))
    assert (1, 3, 416, 416) == pixels.shape
    assert np.float32 == pixels.dtype
    assert 0.5 == ratio
    assert [30, 20, 10] == pixels[0, :, 0, 0].tolist()
    assert [30, 20, 10] == pixels[0, :, 207, 415].tolist()
    assert [114, 114, 114] == pixels[0, :, 208, 0].tolist()


def test_overlaps() -> None:
    """Overlap is the shared area by the area of both together."""
    box = np.array([0, 0, 2, 2], np.float32)
    others = np.array([[0, 0, 2, 2], [1, 0, 3, 2], [2, 2, 3, 3], [5, 5, 5, 5]], np.float32)
    assert pytest.approx([1, 1 / 3, 0, 0]) == overlaps(box, others).tolist()


def test_keep_distinct() -> None:
    """Of boxes of one class that overlap, the surest stays; other classes are not touched."""
    boxes = np.array([[0, 0, 10, 10], [0, 0, 10, 9], [0, 0, 10, 9], [20, 0, 30, 10]], np.float32)
    classes = np.array([1, 1, 2, 1], np.intp)
    scores = np.array([0.6, 0.9, 0.5, 0.7], np.float32)
    assert [1, 3, 2] == keep_distinct(boxes, classes, scores)


def test_class_names() -> None:
    """The 80 names of COCO, without the lines that say where they come from."""
    names = read_class_names()
    assert 80 == len(names) == len(set(names))
    assert ("person", "cat", "toothbrush") == (names[0], names[15], names[79])


def test_class_names_are_words() -> None:
    """What other lists run together stands as COCO, and people, write it."""
    names = read_class_names()
    own = ("motorcycle", "airplane", "couch", "potted plant", "dining table", "tv")
    assert own == tuple(names[column] for column in (3, 4, 57, 58, 60, 62))


@pytest.fixture(scope="session")
def detector() -> Detector:
    folder = Path(os.environ.get("WORKSHOP_MODEL") or PROJECT.parent / "shared" / "models")
    if not (folder / "yolox_nano.onnx").is_file():
        pytest.skip(f"no weights in {folder}; name a folder that has them in WORKSHOP_MODEL")
    return Detector(folder / "yolox_nano.onnx")


@pytest.mark.model
@pytest.mark.parametrize(
    ("name", "expected"), [("coffee", "cup"), ("cat", "cat"), ("astronaut", "person")]
)
def test_sample_pictures(detector: Detector, name: str, expected: str) -> None:
    """The sample pictures are recognised for what they show."""
    [first, *_] = detector(open_picture((PICTURES / f"{name}.jpg").read_bytes()))
    assert expected == first["name"]
    assert first["confidence"] > 0.55


@pytest.mark.model
def test_place_of_the_cup(detector: Detector) -> None:
    """The box is around the cup: its edges lie where the eye sees them."""
    [first, *_] = detector(open_picture((PICTURES / "coffee.jpg").read_bytes()))
    assert pytest.approx([0.28, 0.05, 0.41, 0.71], abs=0.04) == first["box"]
