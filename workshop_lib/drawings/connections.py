"""Drawings of what connects two parts: a rule on the one side, a permission on the other."""

from __future__ import annotations

from dataclasses import dataclass

from workshop_lib.drawings.sketches import Sketch


@dataclass(frozen=True)
class Side:
    """One end of a connection: a part, and what has to stand there.

    Args:
        service: whose part it is.
        label: what the part is called.
        needs: what has to stand there, in two words.
        says: what that says, as a note.
    """

    service: str
    label: str
    needs: str
    says: str


def draw_bucket_event() -> str:
    """An upload wakes a function: a rule on the bucket, a permission on the function."""
    return _draw_connection(
        "An event has two sides",
        Side("s3", "images", "the rule", "uploads/ wakes it"),
        Side("lambda", "reco-image", "the permission", "this bucket, ours"),
    )


def draw_queue_subscription() -> str:
    """A topic reaches a queue: a subscription on the topic, a policy on the queue."""
    return _draw_connection(
        "A topic and a queue",
        Side("sns", "topic", "the subscription", "send to the queue"),
        Side("sqs", "reader", "the queue's policy", "this topic may send"),
    )


def draw_function_subscription() -> str:
    """A topic reaches a function: a subscription on the topic, a permission on the function."""
    return _draw_connection(
        "A topic and a function",
        Side("sns", "topic", "the subscription", "call db-save"),
        Side("lambda", "db-save", "the permission", "this topic may call"),
    )


def _draw_connection(title: str, source: Side, target: Side) -> str:
    sketch = Sketch(
        title,
        f"{source.label} reaches {target.label} only if two things stand. On the one side "
        f"{source.needs}: {source.says}. On the other side {target.needs}: {target.says}. One "
        "without the other fails, and often quietly.",
        340,
    )
    left = sketch.part(60, 40, source.service, source.label, width=220, height=124)
    right = sketch.part(680, 40, target.service, target.label, width=220, height=124)
    sketch.arrow(left.east(), right.west(), label="both must stand", tone="accent")
    for box, side in ((left, source), (right, target)):
        needed = sketch.box(
            box.middle - 158, 232, 316, 92, side.needs, note=side.says, service=side.service
        )
        sketch.line(box.south(), needed.north(), dotted=True)
    return sketch.to_svg()
