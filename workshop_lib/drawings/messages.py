"""Drawings of Amazon SNS: fan-out, the envelope, filters, encryption."""

from __future__ import annotations

from workshop_lib.drawings.sketches import Sketch


def draw_fan_out() -> str:
    """One message, a copy for each subscriber."""
    sketch = Sketch(
        "Fan-out",
        "reco-image publishes a message to the topic once. The topic pushes a copy to each "
        "subscriber: the function db-save, the function thumbnail-gen and a queue. Publisher and "
        "subscribers do not know each other.",
        430,
    )
    publisher = sketch.part(12, 155, "lambda", "reco-image", width=180, height=120)
    topic = sketch.part(370, 155, "sns", "topic", width=160, height=120)
    subscribers = (("lambda", "db-save"), ("lambda", "thumbnail-gen"), ("sqs", "a queue"))
    sketch.arrow(publisher.east(), topic.west(), label="publish", tone="accent")
    for place, (service, label) in enumerate(subscribers):
        box = sketch.part(728, 12 + place * 143, service, label, width=220, height=120)
        end = box.west()
        points = (
            (topic.east(), end) if place == 1 else (topic.east(), (570, 215), (570, end[1]), end)
        )
        sketch.arrow(*points)
        sketch.text(650, end[1] - 10, "a copy", room=140)
    return sketch.to_svg()


def draw_envelope() -> str:
    """A message inside SNS's envelope inside a function's event."""
    sketch = Sketch(
        "A message in its envelope",
        "A function's event has a list of Records. Each record has Sns, the envelope, with Type, "
        "MessageId, TopicArn and Message. Message is text: JSON that has to be parsed a second "
        "time, with result, confidence and labels.",
        430,
    )
    sketch.frame(12, 12, 936, 406, "the function's event")
    sketch.frame(44, 60, 872, 342, "Records[0].Sns: the envelope")
    for place, (name, value) in enumerate(
        (("Type", "Notification"), ("TopicArn", "arn:aws:sns:…"), ("MessageId", "7f4c…"))
    ):
        y = 138 + place * 38
        sketch.text(76, y, name, anchor="start", face="strong", room=200)
        sketch.text(250, y, value, anchor="start", face="code", tone="quiet", room=600)
    sketch.text(76, 258, "Message", anchor="start", face="strong", tone="accent", room=200)
    sketch.text(250, 258, "text: parse it once more", anchor="start", tone="accent", room=600)
    sketch.box(76, 276, 808, 110, tone="accent")
    sketch.text(100, 320, '{"name": "uploads/cat.jpg",', anchor="start", face="code", room=770)
    sketch.text(
        100, 358, ' "result": "cat", "confidence": 0.94, …}', anchor="start", face="code", room=770
    )
    return sketch.to_svg()


def draw_filter() -> str:
    """A filter policy decides for one subscription what comes through."""
    sketch = Sketch(
        "A filter policy",
        "A topic has two subscribers. The first has no filter and hears a sure result and a guess. "
        "The second has a filter on the confidence and hears the sure result only. The publisher "
        "knows nothing of it.",
        404,
    )
    topic = sketch.part(12, 135, "sns", "topic", width=150, height=120)
    every = sketch.part(748, 20, "lambda", "db-save", width=200, height=120)
    sure = sketch.part(748, 250, "sqs", "only the sure", width=200, height=120)
    rule = sketch.box(360, 268, 240, 84, "confidence", note="at least 0.8", tone="accent")
    sketch.arrow(topic.east(0.3), (240, 171), (240, 80), every.west(), label="0.95 and 0.4")
    sketch.arrow(topic.east(0.7), (240, 219), (240, 310), rule.west())
    sketch.text(284, 352, "0.95", room=100)
    sketch.text(284, 384, "0.4", tone="bad", room=100)
    sketch.arrow(rule.east(), sure.west(), label="0.95", tone="good")
    return sketch.to_svg()


def draw_encryption() -> str:
    """A message encrypted while the topic holds it, with a key of KMS."""
    sketch = Sketch(
        "Encryption with KMS",
        "Messages travel by HTTPS. While the topic holds a message, it is encrypted with a data "
        "key that a key of AWS KMS protects. With a key of your own, the key's policy must let the "
        "publisher in.",
        380,
    )
    publisher = sketch.part(12, 215, "lambda", "publisher", width=180, height=120)
    topic = sketch.part(390, 215, "sns", "topic", width=180, height=120, note="encrypted")
    subscriber = sketch.part(768, 215, "lambda", "subscriber", width=180, height=120)
    key = sketch.part(360, 16, "iam", "KMS key", width=240, height=112, note="and its policy")
    sketch.arrow(publisher.east(), topic.west(), label="HTTPS")
    sketch.arrow(topic.east(), subscriber.west(), label="HTTPS")
    sketch.arrow(key.south(), topic.north(), label="data key", tone="accent")
    sketch.line(publisher.north(), (102, 72), dotted=True)
    sketch.line((102, 72), key.west(), dotted=True)
    sketch.text(232, 58, "may it use the key?", tone="quiet", room=250)
    return sketch.to_svg()


def draw_chain_or_fan_out() -> str:
    """One function calling the next, or each listening for itself."""
    sketch = Sketch(
        "A chain, or fan-out",
        "In a chain reco-image calls db-save and that calls thumbnail-gen: each knows the next, "
        "waits for it, and fails with it. In a fan-out each listens to the topic: a third listener "
        "changes nothing for the others.",
        430,
    )
    sketch.text(12, 40, "chain: each knows the next", anchor="start", face="strong", tone="bad")
    chain = [
        sketch.part(12 + place * 326, 60, "lambda", label, width=218, height=110)
        for place, label in enumerate(("reco-image", "db-save", "thumbnail-gen"))
    ]
    sketch.arrow(chain[0].east(), chain[1].west(), label="calls", tone="bad")
    sketch.arrow(chain[1].east(), chain[2].west(), label="calls", tone="bad")
    sketch.text(
        12, 222, "fan-out: each listens for itself", anchor="start", face="strong", tone="good"
    )
    source = sketch.part(12, 258, "lambda", "reco-image", width=210, height=110)
    topic = sketch.part(342, 258, "sns", "topic", width=150, height=110)
    ends = [
        sketch.box(672, 240, 222, 58, "db-save", service="lambda"),
        sketch.box(672, 306, 222, 58, "thumbnail-gen", service="lambda"),
        sketch.box(672, 372, 222, 46, "the next one", tone="quiet", face="words"),
    ]
    sketch.arrow(source.east(), topic.west(), tone="good", label="tell")
    for end in ends:
        sketch.arrow(topic.east(), (580, 313), (580, end.west()[1]), end.west(), tone="good")
    return sketch.to_svg()
