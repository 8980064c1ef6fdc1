"""The shapes of what the recogniser answers."""

from __future__ import annotations

from typing import TypedDict

MOST_LABELS = 20  # keeps the message that carries them far below SNS's 256 KB
NOTHING = "nothing recognised"


class Label(TypedDict):
    """One thing in the picture; confidence and the box's [left, top, width, height] are 0..1."""

    name: str
    confidence: float
    box: list[float]


class Recognition(TypedDict):
    """The answer: its first label in short, all of them, and who gave it."""

    result: str
    confidence: float
    labels: list[Label]
    recogniser: str


def to_recognition(labels: list[Label], recogniser: str) -> Recognition:
    """Repeats the first label in short; the labels come with the most telling one first."""
    first = labels[0] if labels else None
    return {
        "result": first["name"] if first else NOTHING,
        "confidence": first["confidence"] if first else 0.0,
        "labels": labels[:MOST_LABELS],
        "recogniser": recogniser,
    }
