"""What is said of a picture without a model: measured, and said to be no more."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageFilter
from recogniser import RECOGNISER, load_recogniser, recognise
from recogniser.pixels import (
    PixelRecogniser,
    find_main_colour,
    measure_brightness,
    measure_sharpness,
    name_colour,
)

PROJECT = Path(__file__).parents[3]
PICTURES = PROJECT / "notebooks" / "pictures"
LAYER = PROJECT / "lambdas" / "layers" / "recogniser"


def test_says_that_no_model_was_used(tmp_path: Path) -> None:
    """Without weights the pixels answer, and the recogniser's name says why."""
    description, recogniser = load_recogniser(tmp_path / "absent.onnx")
    assert "pixels only: the layer holds no model weights" == description == RECOGNISER
    assert isinstance(recogniser, PixelRecogniser)


def test_shape() -> None:
    """The answer has the shape of a model's, its measures from 0 to 1 over the whole picture."""
    answer = recognise((PICTURES / "cat.jpg").read_bytes())
    assert {"result", "confidence", "labels", "recogniser"} == set(answer)
    assert ["brown", "brightness", "sharpness"] == [label["name"] for label in answer["labels"]]
    assert all(0 <= label["confidence"] <= 1 for label in answer["labels"])
    assert all([0, 0, 1, 1] == label["box"] for label in answer["labels"])
    assert ("brown", answer["labels"][0]["confidence"]) == (answer["result"], answer["confidence"])


def test_main_colour_and_share() -> None:
    """The colour of most pixels, and how many of all they are."""
    picture = Image.new("RGB", (640, 640), "blue")
    picture.paste("red", (0, 0, 160, 640))
    assert ("blue", 0.75) == find_main_colour(picture)


@pytest.mark.parametrize(
    ("colour", "name"),
    [
        ((200, 30, 30), "red"),
        ((230, 0, 60), "red"),
        ((255, 150, 0), "orange"),
        ((120, 70, 30), "brown"),
        ((250, 220, 60), "yellow"),
        ((20, 120, 40), "green"),
        ((0, 180, 180), "turquoise"),
        ((40, 60, 180), "blue"),
        ((130, 40, 160), "purple"),
        ((250, 120, 180), "pink"),
        ((0, 0, 0), "black"),
        ((10, 10, 45), "black"),
        ((128, 128, 128), "grey"),
        ((255, 255, 255), "white"),
    ],
)
def test_names(colour: tuple[int, int, int], name: str) -> None:
    """Colours bear their everyday names."""
    assert name == name_colour(*colour)


@pytest.mark.parametrize(("colour", "expected"), [("black", 0.0), ("white", 1.0)])
def test_brightness(colour: str, expected: float) -> None:
    """Brightness goes from black, 0, to white, 1."""
    assert expected == measure_brightness(Image.new("RGB", (20, 20), colour))


def test_sharpness() -> None:
    """A blurred copy is less sharp, and a flat colour is not sharp at all."""
    sharp = Image.open(PICTURES / "coffee.jpg")
    blurred = sharp.filter(ImageFilter.GaussianBlur(6))
    flat: Any = Image.new("RGB", (300, 200), "green")
    assert measure_sharpness(sharp) > 0.5 > 0.1 > measure_sharpness(blurred)
    assert measure_sharpness(flat) == 0


def test_without_onnxruntime(tmp_path: Path) -> None:
    """With weights but without onnxruntime the pixels answer, and the name says what is missing."""
    (tmp_path / "yolox_nano.onnx").write_bytes(b"weights")
    program = (
        "import sys; sys.modules['onnxruntime'] = None; sys.path.append(sys.argv[1]);"
        "import recogniser, pathlib;"
        "print(recogniser.load_recogniser(pathlib.Path(sys.argv[2]))[0])"
    )
    arguments = [str(LAYER), str(tmp_path / "yolox_nano.onnx")]
    said = subprocess.run(
        [sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=True
    )
    assert said.stdout.startswith("pixels only: onnxruntime cannot be loaded")
