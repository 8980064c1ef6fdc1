"""Finds objects with YOLOX-nano, run by onnxruntime.

Ge, Liu, Wang, Li, Sun: "YOLOX: Exceeding YOLO Series in 2021", arXiv:2107.08430. The weights'
input is 1×3×416×416, blue-green-red, 0..255, letterboxed to the top left. Their output has one
row for every cell of three grids (strides 8, 16 and 32, in turn): 52² + 26² + 13² = 3549 rows
of centre x and y within the cell, logarithm of width and height, objectness, and 80 classes.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from PIL import Image

from recogniser.results import Label

Array = NDArray[np.float32]

INPUT_SIZE = 416  # pixels
STRIDES = (8, 16, 32)
GREY = (114, 114, 114)
LEAST_SCORE = 0.45  # below, the first label of an everyday photo is wrong too often
MOST_OVERLAP = 0.45  # of two boxes of one class, intersection over union


class Detector:
    """The model, loaded; call it with an upright RGB picture.

    Raises, when made:
        onnxruntime's own errors for a file that is not a model.
    """

    def __init__(self, weights: Path) -> None:
        self._session = onnxruntime.InferenceSession(
            str(weights), _session_options(), providers=["CPUExecutionProvider"]
        )
        self._input_name = self._session.get_inputs()[0].name
        self._names = read_class_names()
        self._cells, self._cell_sizes = make_grids()
        self.description = f"YOLOX-nano on onnxruntime {onnxruntime.__version__}"

    def __call__(self, picture: Image.Image) -> list[Label]:
        """Finds the objects of a picture; boxes are 0..1 of its width and height."""
        pixels, ratio = letterbox(picture)
        rows = self._session.run(None, {self._input_name: pixels})[0][0]
        boxes, classes, scores = self._decode(rows)
        extent = np.array([picture.width, picture.height] * 2, np.float32) * ratio
        return [
            self._to_label(boxes[index] / extent, int(classes[index]), float(scores[index]))
            for index in keep_distinct(boxes, classes, scores)
        ]

    def _decode(self, rows: Array) -> tuple[Array, NDArray[np.intp], Array]:
        """Turns the rows that are sure enough into boxes (left, top, right, bottom)."""
        scores = rows[:, 4:5] * rows[:, 5:]
        classes = scores.argmax(axis=1)
        best = scores[np.arange(len(scores)), classes]
        sure = best >= LEAST_SCORE
        centre = (rows[sure, 0:2] + self._cells[sure]) * self._cell_sizes[sure]
        half = np.exp(rows[sure, 2:4]) * self._cell_sizes[sure] / 2
        return np.hstack([centre - half, centre + half]), classes[sure], best[sure]

    def _to_label(self, corners: Array, index: int, score: float) -> Label:
        left, top, right, bottom = (float(side) for side in np.clip(corners, 0, 1))
        box = [round(number, 4) for number in (left, top, right - left, bottom - top)]
        return {"name": self._names[index], "confidence": round(score, 4), "box": box}


def _session_options() -> Any:
    """One thread: a function under 1,769 MB has less than one processor, and more would spin."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False  # the arena keeps memory that Lambda bills and limits
    return options


def read_class_names() -> list[str]:
    """The 80 names of the COCO classes, in the order of the model's columns."""
    text = Path(__file__).with_name("coco_classes.txt").read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def make_grids() -> tuple[Array, Array]:
    """The cell (column, row) and the stride in pixels of each of the 3549 output rows."""
    cells, sizes = [], []
    for stride in STRIDES:
        count = INPUT_SIZE // stride
        rows, columns = np.mgrid[:count, :count]
        cells.append(np.stack([columns.ravel(), rows.ravel()], axis=1))
        sizes.append(np.full((count * count, 1), stride))
    return np.vstack(cells).astype(np.float32), np.vstack(sizes).astype(np.float32)


def letterbox(picture: Image.Image) -> tuple[Array, float]:
    """Fits a picture into the model's square; returns the input and the scale that was used."""
    ratio = min(INPUT_SIZE / picture.width, INPUT_SIZE / picture.height)
    size = (max(1, int(picture.width * ratio)), max(1, int(picture.height * ratio)))
    square = Image.new("RGB", (INPUT_SIZE, INPUT_SIZE), GREY)
    square.paste(picture.resize(size, Image.Resampling.BILINEAR), (0, 0))
    blue_green_red = np.asarray(square, np.float32)[:, :, ::-1]
    return np.ascontiguousarray(blue_green_red.transpose(2, 0, 1)[np.newaxis]), ratio


def keep_distinct(boxes: Array, classes: NDArray[np.intp], scores: Array) -> list[int]:
    """Non-maximum suppression: of boxes of one class that overlap, the surest stays."""
    kept: list[int] = []
    for index in np.argsort(-scores, kind="stable"):
        same = [other for other in kept if classes[other] == classes[index]]
        if not same or overlaps(boxes[index], boxes[same]).max() <= MOST_OVERLAP:
            kept.append(int(index))
    return kept


def overlaps(box: Array, others: Array) -> Array:
    """Intersection over union of one box with each of the others (left, top, right, bottom)."""
    corner = np.maximum(box[:2], others[:, :2])
    sides = np.clip(np.minimum(box[2:], others[:, 2:]) - corner, 0, None)
    shared = sides.prod(axis=1)
    areas = (others[:, 2:] - others[:, :2]).prod(axis=1)
    union: Array = (box[2:] - box[:2]).prod() + areas - shared
    return np.asarray(shared / np.maximum(union, 1e-9), np.float32)
