"""A tiny model of our own in the shape of YOLOX-nano, so that every step can be foretold."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

SIZE, STRIDES, COLUMNS = 416, (8, 16, 32), 85

# ONNX is a protobuf message (onnx.proto3); a few of its fields are enough here.
FLOAT, INT64 = 1, 7
ATTRIBUTE_INT, ATTRIBUTE_INTS = 2, 7


def varint(number: int) -> bytes:
    number &= (1 << 64) - 1
    encoded = b""
    while number > 0x7F:
        encoded += bytes([number & 0x7F | 0x80])
        number >>= 7
    return encoded + bytes([number])


def number_field(field: int, value: int) -> bytes:
    return varint(field << 3) + varint(value)


def bytes_field(field: int, value: bytes | str) -> bytes:
    content = value.encode() if isinstance(value, str) else value
    return varint(field << 3 | 2) + varint(len(content)) + content


def tensor(name: str, kind: int, shape: Sequence[int], values: Sequence[float]) -> bytes:
    raw = struct.pack(f"<{len(values)}{'f' if kind == FLOAT else 'q'}", *values)
    dimensions = b"".join(number_field(1, size) for size in shape)
    return dimensions + number_field(2, kind) + bytes_field(8, name) + bytes_field(9, raw)


def attribute(name: str, value: int | Sequence[int]) -> bytes:
    if isinstance(value, int):
        body = number_field(3, value) + number_field(20, ATTRIBUTE_INT)
    else:
        values = b"".join(number_field(8, each) for each in value)
        body = values + number_field(20, ATTRIBUTE_INTS)
    return bytes_field(1, name) + body


def node(
    operator: str, inputs: Sequence[str], output: str, **attributes: int | Sequence[int]
) -> bytes:
    return (
        b"".join(bytes_field(1, name) for name in inputs)
        + bytes_field(2, output)
        + bytes_field(4, operator)
        + b"".join(bytes_field(5, attribute(*pair)) for pair in attributes.items())
    )


def value_info(name: str, shape: Sequence[int]) -> bytes:
    dimensions = b"".join(bytes_field(1, number_field(1, size)) for size in shape)
    tensor_type = number_field(1, FLOAT) + bytes_field(2, dimensions)
    return bytes_field(1, name) + bytes_field(2, bytes_field(1, tensor_type))


def build_model(active_stride: int) -> bytes:
    """A model that sees a person in each red cell and a bicycle in each blue one.

    A cell is a square of active_stride pixels of the input. The score is how red (blue) it is,
    0..1; the box is the cell itself. The rows of the other strides stay silent.
    """
    nodes, tensors, grids = [], [], []
    for stride in STRIDES:
        count = (SIZE // stride) ** 2
        square = (stride, stride)
        nodes.append(
            node("AveragePool", ["images"], f"mean{stride}", kernel_shape=square, strides=square)
        )
        nodes.append(node("Reshape", [f"mean{stride}", f"shape{stride}"], f"flat{stride}"))
        nodes.append(node("Mul", [f"flat{stride}", f"active{stride}"], f"grid{stride}"))
        tensors.append(tensor(f"shape{stride}", INT64, [3], [1, 3, count]))
        tensors.append(tensor(f"active{stride}", FLOAT, [1], [float(stride == active_stride)]))
        grids.append(f"grid{stride}")
    nodes += [
        node("Concat", grids, "cells", axis=2),
        node("Transpose", ["cells"], "rows", perm=(0, 2, 1)),
        node("MatMul", ["rows", "weights"], "weighed"),
        node("Add", ["weighed", "bias"], "raw"),
        node("Clip", ["raw", "zero", "one"], "output"),
    ]
    tensors += [
        tensor("weights", FLOAT, [3, COLUMNS], column_weights()),
        tensor("bias", FLOAT, [COLUMNS], [0.5, 0.5, 0, 0, 1] + [0] * 80),
        tensor("zero", FLOAT, [], [0]),
        tensor("one", FLOAT, [], [1]),
    ]
    graph = (
        b"".join(bytes_field(1, each) for each in nodes)
        + bytes_field(2, "tiny")
        + b"".join(bytes_field(5, each) for each in tensors)
        + bytes_field(11, value_info("images", [1, 3, SIZE, SIZE]))
        + bytes_field(12, value_info("output", [1, 3549, COLUMNS]))
    )
    opset = number_field(2, 13)
    return number_field(1, 8) + bytes_field(7, graph) + bytes_field(8, opset)


def column_weights() -> list[float]:
    """From blue, green and red: person = red less the others, bicycle = blue less the others."""
    weights = [[0.0] * COLUMNS for _ in range(3)]
    for channel, (person, bicycle) in enumerate([(-1, 1), (-1, -1), (1, -1)]):
        weights[channel][5], weights[channel][6] = person / 255, bicycle / 255
    return [weight for row in weights for weight in row]


@pytest.fixture
def tiny_model(tmp_path: Path) -> Callable[[int], Path]:
    """Writes the tiny model whose boxes are cells of this many pixels: 8, 16 or 32."""

    def write(stride: int) -> Path:
        file = tmp_path / f"tiny{stride}.onnx"
        file.write_bytes(build_model(stride))
        return file

    return write
