"""Drawings of AWS Lambda: who calls, cold and warm starts, layers, asynchronous calls."""

from __future__ import annotations

from workshop_lib.drawings.sketches import Box, Sketch, Tone
from workshop_lib.figures import figure


def draw_invocations() -> str:
    """Three ways in which a function is called."""
    sketch = Sketch(
        "Three ways to be called",
        "Synchronous: API Gateway calls and waits for the answer; it hears of a failure. "
        "Asynchronous: S3 or SNS hands an event to Lambda's own queue and is done; Lambda tries "
        "again. Polled: Lambda fetches batches from a queue or stream; a failed batch stays there.",
        430,
    )
    gateway, function = _draw_way(sketch, 12, "synchronous", "caller waits", "apigateway")
    sketch.exchange(gateway, function, "event", "answer or error")
    source, function = _draw_way(sketch, 154, "asynchronous", "nobody waits", "s3")
    queue = sketch.box(528, 176, 152, 78, "Lambda's\nqueue", tone="quiet", face="words")
    sketch.arrow(source.east(), queue.west(), label="event")
    sketch.arrow(queue.east(), function.west(), label="later")
    polled, function = _draw_way(sketch, 296, "polled", "Lambda fetches", "sqs")
    sketch.arrow(function.west(0.35), polled.east(0.35), label="anything for me?")
    sketch.arrow(polled.east(0.65), function.west(0.65), label="a batch", dashed=True, below=True)
    return sketch.to_svg()


def _draw_way(sketch: Sketch, top: float, name: str, note: str, service: str) -> tuple[Box, Box]:
    """One of the three ways: its name, who calls, and the function."""
    callers = {"apigateway": "API Gateway", "s3": "S3, SNS", "sqs": "a queue"}
    sketch.text(12, top + 56, name, anchor="start", face="strong", room=220)
    sketch.text(12, top + 90, note, anchor="start", tone="quiet", room=220)
    caller = sketch.part(232, top, service, callers[service], width=202, height=122)
    return caller, sketch.part(790, top, "lambda", "function", width=158, height=122)


def draw_starts() -> str:
    """What runs in a cold start and what in a warm one, on a line of time."""
    sketch = Sketch(
        "Cold and warm start",
        "In a cold start Lambda fetches code and layers, starts the runtime, runs everything "
        "outside the handler, and then the handler. In a warm start only the handler runs. "
        "What is outside the handler runs once for an environment, and is billed too.",
        400,
    )
    top, height = 96, 92
    sketch.text(12, top + 56, "cold", anchor="start", face="strong", room=100)
    pieces: tuple[tuple[float, float, str, Tone], ...] = (
        (108, 184, "fetch code\nand layers", "quiet"),
        (296, 136, "start\nPython", "quiet"),
        (436, 276, "imports, clients,\nthe network", "accent"),
    )
    for left, width, label, tone in pieces:
        sketch.box(left, top, width, height, label, tone=tone, face="words")
    sketch.box(716, top, 232, height, "handler", service="lambda")
    for left, right, label in (
        (108, 292, "once"),
        (296, 712, "once, billed"),
        (716, 948, "each time"),
    ):
        sketch.line((left, 70), (right, 70))
        sketch.text((left + right) / 2, 52, label, tone="quiet", room=right - left)
    for place, name in enumerate(("warm", "warm")):
        row = 226 + place * 74
        sketch.text(12, row + 39, name, anchor="start", face="strong", room=100)
        sketch.box(108, row, 232, 60, "handler", service="lambda")
    sketch.arrow((400, 374), (948, 374), label="")
    sketch.text(674, 362, "time", tone="quiet", room=200)
    sketch.text(366, 292, "same environment: what was made once", anchor="start", tone="quiet")
    sketch.text(366, 322, "is still there", anchor="start", tone="quiet")
    return sketch.to_svg()


def draw_asynchronous_call() -> str:
    """An asynchronous call, its retries, and the queue of what failed."""
    retries = figure("lambda-retries").now
    sketch = Sketch(
        "An asynchronous call and its retries",
        "S3 hands an event to Lambda and is done. Lambda keeps it in a queue of its own and calls "
        f"the function. If the function raises, Lambda tries {retries} more times. What still "
        "fails goes to the queue of failures, if there is one; otherwise it is lost.",
        410,
    )
    bucket = sketch.part(12, 60, "s3", "bucket", width=150, height=120)
    queue = sketch.part(330, 60, "sqs", "Lambda's\nown queue", width=190, height=120)
    function = sketch.part(748, 60, "lambda", "function", width=200, height=120)
    failed = sketch.part(748, 280, "sqs", "failed", width=200, height=116)
    sketch.exchange(bucket, queue, "event", "taken")
    sketch.exchange(queue, function, "calls", f"{retries} more tries", back_tone="bad")
    sketch.arrow((425, 180), (425, 338), failed.west(), label="event and error", tone="bad")
    return sketch.to_svg()


def draw_layers() -> str:
    """An environment: the function's code, its layer under it, the runtime under both."""
    sketch = Sketch(
        "Layers",
        "A layer is published in versions that never change. A function names one version. When an "
        "environment starts, the layer is unpacked under /opt, beside the function's code in "
        "/var/task, on top of the runtime.",
        410,
    )
    sketch.text(140, 40, "layer, published", tone="quiet", room=250)
    for place in range(2):
        sketch.box(
            30, 60 + place * 112, 220, 88, f"version {place + 1}", tone="quiet", note="unchangeable"
        )
    chosen = sketch.box(30, 284, 220, 98, "version 3", note="unchangeable", service="lambda")
    sketch.text(715, 40, "environment of a function", tone="quiet", room=470)
    stack: tuple[tuple[float, str, str, str, Tone], ...] = (
        (60, "handler.py", "/var/task", "lambda", "plain"),
        (172, "layer: numpy, network", "/opt/python", "lambda", "plain"),
        (284, figure("lambda-runtime").text, "runtime", "", "quiet"),
    )
    boxes = [
        sketch.box(430, top, 518, 98, label, note=where, service=service, tone=tone)
        for top, label, where, service, tone in stack
    ]
    sketch.arrow(
        chosen.east(),
        (340, chosen.east()[1]),
        (340, boxes[1].west()[1]),
        boxes[1].west(),
        tone="accent",
    )
    return sketch.to_svg()


def draw_recursion() -> str:
    """A function that writes where its own events come from, and one that does not."""
    sketch = Sketch(
        "The recursion trap",
        "On the left a function writes its thumbnail into the bucket whose events call it: each "
        "thumbnail is a new picture, and the loop pays for every round. On the right it writes "
        "into another bucket, and the chain ends.",
        420,
    )
    sketch.text(220, 42, "one bucket: a loop", face="strong", tone="bad", room=400)
    sketch.text(720, 42, "two buckets: an end", face="strong", tone="good", room=400)
    bucket = sketch.part(130, 66, "s3", "images", width=180, height=112)
    function = sketch.part(130, 292, "lambda", "thumbnails", width=180, height=112)
    sketch.arrow(bucket.east(), (376, 122), (376, 348), function.east(), tone="bad")
    sketch.arrow(function.west(), (64, 348), (64, 122), bucket.west(), tone="bad")
    sketch.text(388, 243, "event", anchor="start", room=90)
    sketch.text(76, 243, "PUT", anchor="start", room=90)
    source = sketch.part(520, 66, "s3", "images", width=180, height=112)
    maker = sketch.part(520, 292, "lambda", "thumbnails", width=180, height=112)
    target = sketch.part(776, 292, "s3", "thumbnails", width=172, height=112)
    sketch.arrow(source.south(), maker.north(), label="event")
    sketch.arrow(maker.east(), target.west(), tone="good")
    sketch.text(738, 330, "PUT", room=72)
    return sketch.to_svg()


def draw_layer_upload() -> str:
    """How a large layer comes to Lambda: by way of a bucket."""
    limit = figure("lambda-package-zipped").text
    sketch = Sketch(
        "The way of a large layer",
        f"The package is made on the laptop. Up to {limit} it could go straight to Lambda; ours "
        "may be larger, so it passes through a bucket, in several parts. Lambda makes a fixed "
        "version of it, and a function names that version.",
        330,
    )
    package = sketch.part(12, 60, "browser", "package", width=180, height=120, note="a zip")
    bucket = sketch.part(384, 60, "s3", "artifacts", width=180, height=120)
    layer = sketch.part(748, 60, "lambda", "layer", width=200, height=120, note="version 1")
    sketch.arrow(package.east(), bucket.west(), label="in parts")
    sketch.arrow(bucket.east(), layer.west(), label="publish", tone="accent")
    sketch.arrow(
        package.south(),
        (102, 270),
        (848, 270),
        layer.south(),
        dashed=True,
        label=f"straight: only up to {limit}",
    )
    return sketch.to_svg()
