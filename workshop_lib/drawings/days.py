"""Drawings for the whole day: who manages what, event-driven, the order of the clean-up."""

from __future__ import annotations

from itertools import pairwise

from workshop_lib.drawings.sketches import Sketch

# From the top: what is managed by whoever rents a model, in how many of the layers.
STACK = (
    "functions",
    "application",
    "runtime",
    "containers",
    "system",
    "virtualisation",
    "hardware",
)
MODELS = (
    ("own", "", 7),
    ("IaaS", "EC2", 5),
    ("CaaS", "ECS", 3),
    ("PaaS", "Beanstalk", 2),
    ("FaaS", "Lambda", 1),
    ("SaaS", "", 0),
)
# Cleaning up goes in this order: what calls before what is called, what holds before what is held.
REMOVALS = (
    ("s3", "notification"), ("apigateway", "API"), ("lambda", "functions"), ("sns", "topic"),
    ("sqs", "queues"), ("dynamodb", "table"), ("s3", "buckets"), ("iam", "roles"),
    ("lambda", "layers"), ("cloudwatch", "log groups"),
)  # fmt: skip


def draw_who_manages() -> str:
    """Who manages which layer, from machines of one's own to software as a service."""
    sentences = [
        f"{name}{f' ({example})' if example else ''}: you manage "
        f"{', '.join(STACK[:yours]) or 'nothing'}."
        for name, example, yours in MODELS
    ]
    sketch = Sketch("Who manages what", " ".join(sentences), 440)
    left, top, width, height = 222, 52, 122, 46
    for place, name in enumerate(STACK):
        sketch.text(12, top + place * height + 31, name, anchor="start", room=206)
    for column, (name, example, yours) in enumerate(MODELS):
        x = left + column * width
        sketch.text(x + width / 2 - 2, 38, name, face="strong", room=width)
        for place in range(len(STACK)):
            mine = place < yours
            sketch.box(
                x,
                top + place * height,
                width - 4,
                height - 4,
                "you" if mine else "AWS",
                tone="accent" if mine else "quiet",
                face="strong" if mine else "words",
            )
        if example:
            sketch.text(
                x + width / 2 - 2,
                top + len(STACK) * height + 28,
                example,
                tone="quiet",
                room=width + 12,
            )
    return sketch.to_svg()


def draw_event_driven() -> str:
    """Something happens; whoever cares reacts, and something else happens."""
    sketch = Sketch(
        "Event-driven",
        "A picture arrives: that is an event. A function reacts and publishes a result: that is an "
        "event too. One function saves it, another makes a thumbnail. Nobody asks, nobody waits, "
        "and none knows who listens.",
        400,
    )
    picture = sketch.part(12, 130, "s3", "a picture\narrives", width=176, height=140)
    reco = sketch.part(290, 130, "lambda", "recognise", width=176, height=140)
    result = sketch.part(560, 130, "sns", "a result\nis told", width=160, height=140)
    save = sketch.part(808, 30, "lambda", "save", width=140, height=120)
    shrink = sketch.part(808, 250, "lambda", "shrink", width=140, height=120)
    sketch.arrow(picture.east(), reco.west(), label="event")
    sketch.arrow(reco.east(), result.west())
    sketch.arrow(result.east(0.4), (764, 186), (764, 90), save.west(), label="")
    sketch.arrow(result.east(0.6), (764, 214), (764, 310), shrink.west(), label="")
    sketch.text(680, 76, "event", room=120)
    sketch.text(680, 340, "event", room=120)
    return sketch.to_svg()


def draw_clean_up() -> str:
    """The order in which things are removed."""
    sketch = Sketch(
        "The order of the clean-up",
        "What calls goes before what is called, what holds before what is held: "
        + ", ".join(label for _, label in REMOVALS)
        + ". Then every service is listed again, as proof.",
        430,
    )
    columns, width, pitch = 4, 200, 245
    boxes = []
    for place, (service, label) in enumerate(REMOVALS):
        row, column = divmod(place, columns)
        boxes.append(
            sketch.part(
                12 + column * pitch, 14 + row * 140, service, label, width=width, height=110
            )
        )
    proof = sketch.box(12 + 2 * pitch, 294, width, 110, "list again", note="the proof", tone="good")
    boxes.append(proof)
    for place, (before, after) in enumerate(pairwise(boxes)):
        if (place + 1) % columns:
            sketch.arrow(before.east(), after.west())
        else:
            turn = before.bottom + 15
            sketch.arrow(before.south(), (before.middle, turn), (after.middle, turn), after.north())
    return sketch.to_svg()
