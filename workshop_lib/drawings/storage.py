"""Drawings of Amazon S3: a request, an object, a presigned URL, a website and its origins."""

from __future__ import annotations

from workshop_lib.drawings.sequences import Actor, Saying, draw_sequence
from workshop_lib.drawings.sketches import Sketch


def draw_request() -> str:
    """A request to S3, from the signature to the event."""
    sketch = Sketch(
        "The way of a request to S3",
        "A client signs a request. S3 checks the signature: who is this? IAM evaluates the "
        "policies: may they? Either can end in a 403. Then the bucket stores the object in several "
        "places and, if asked, tells a function by an event.",
        400,
    )
    client = sketch.part(12, 50, "browser", "your client", width=164, height=124)
    who = sketch.part(272, 50, "iam", "signature", note="who is this?", width=190, height=124)
    may = sketch.part(524, 50, "iam", "policies", note="may they?", width=170, height=124)
    bucket = sketch.part(756, 50, "s3", "bucket", note="stores copies", width=192, height=124)
    sketch.arrow(client.east(), who.west(), label="HTTPS")
    sketch.arrow(who.east(), may.west())
    sketch.arrow(may.east(), bucket.west())
    for number, box in enumerate((client, who, may, bucket), start=1):
        sketch.badge(box.left + 9, box.top + 4, str(number))
    for box in (who, may):
        refusal = sketch.box(
            box.left + 20, 270, box.width - 40, 92, "403", note="refused", tone="bad"
        )
        sketch.arrow(box.south(), refusal.north(), tone="bad")
    function = sketch.part(766, 270, "lambda", "function", width=172, height=100)
    sketch.arrow(bucket.south(), function.north(), label="event", dashed=True)
    return sketch.to_svg()


def draw_object() -> str:
    """The parts of an object in its bucket."""
    sketch = Sketch(
        "The parts of an object",
        "A bucket holds objects. An object has a key, which is its whole name; a version id; a "
        "value, the bytes; metadata; and access control, which today is the work of policies.",
        420,
    )
    sketch.frame(12, 12, 936, 396, "bucket")
    sketch.frame(190, 56, 740, 336, "object")
    rows = (
        ("key", "uploads/cat.jpg", "code"),
        ("version id", "empty until you switch versions on", "words"),
        ("value", "the bytes", "words"),
        ("metadata", "type, size, date, and your own", "words"),
        ("access", "by policies; lists (ACLs) are off", "words"),
    )
    for place, (name, meaning, face) in enumerate(rows):
        top = 106 + place * 56
        sketch.box(210, top, 190, 48, name, service="s3")
        sketch.text(
            418,
            top + 33,
            meaning,
            anchor="start",
            face="code" if face == "code" else "words",
            room=500,
        )
    sketch.box(36, 106, 130, 84, "another\nobject", tone="quiet", face="words")
    sketch.box(36, 214, 130, 84, "another\nobject", tone="quiet", face="words")
    return sketch.to_svg()


def draw_presigned_url() -> str:
    """How a browser without credentials uploads by a presigned URL."""
    return draw_sequence(
        "An upload by a presigned URL",
        "The browser asks a function where it may put cat.jpg. The function signs a URL on its "
        "own, without a call, and hands it over. The browser puts the picture straight into S3, "
        "which checks the signature and the signer's rights and answers 200.",
        (Actor("browser", "browser"), Actor("lambda", "presigned-url"), Actor("s3", "images")),
        (
            Saying(0, 1, "may I put cat.jpg?"),
            Saying(1, 1, "signs: no call", "accent"),
            Saying(1, 0, "a URL for 5 minutes", answer=True),
            Saying(0, 2, "PUT the picture, no credentials"),
            Saying(2, 2, "signature? signer's rights?", "accent"),
            Saying(2, 0, "200", "good", answer=True),
        ),
    )


def draw_website() -> str:
    """Which origins the dashboard's page calls, and what each has to allow."""
    sketch = Sketch(
        "The page and the origins it calls",
        "The browser loads the page from the website bucket. From then on the page is of the "
        "website's origin. It asks the API and puts pictures into the images bucket: both are "
        "other origins and need a CORS rule. Thumbnails are shown as plain images, without one.",
        430,
    )
    website = sketch.part(12, 155, "s3", "website", width=150, height=120)
    page = sketch.part(322, 135, "browser", "the page", width=180, height=160, note="one origin")
    api = sketch.part(768, 12, "apigateway", "the API", width=180, height=120)
    images = sketch.part(768, 155, "s3", "images", width=180, height=120)
    thumbnails = sketch.part(768, 298, "s3", "thumbnails", width=180, height=120)
    sketch.arrow(website.east(), page.west(), label="HTML")
    sketch.arrow(
        page.east(0.2), (590, 167), (590, 72), api.west(), label="GET, CORS", tone="accent"
    )
    sketch.arrow(page.east(), images.west(), label="PUT, CORS", tone="accent")
    sketch.arrow(page.east(0.8), (590, 263), (590, 358), thumbnails.west(), label="plain <img>")
    return sketch.to_svg()


def draw_versions() -> str:
    """A key with its versions under a delete marker."""
    sketch = Sketch(
        "Versions and a delete marker",
        "The key draft.txt was written twice and then deleted. The delete only laid a marker on "
        "top, so that a plain read finds nothing. Both versions are still there, found by their "
        "ids, and paid for.",
        400,
    )
    sketch.text(12, 130, "GET draft.txt", anchor="start", face="code", room=280)
    sketch.text(12, 164, "finds nothing", anchor="start", tone="bad", room=280)
    sketch.text(12, 276, "GET, by version id", anchor="start", face="code", room=320)
    sketch.text(12, 310, "finds both", anchor="start", tone="good", room=280)
    marker = sketch.box(
        400, 96, 300, 84, "delete marker", note="hides what is under it", tone="bad"
    )
    newer = sketch.box(400, 196, 300, 84, "version 2", note="second", service="s3")
    older = sketch.box(400, 296, 300, 84, "version 1", note="first", service="s3")
    sketch.frame(380, 40, 340, 352, "draft.txt")
    sketch.arrow((260, 138), marker.west(), tone="bad", dashed=True)
    for version in (newer, older):
        sketch.arrow((300, 272), (340, 272), (340, version.west()[1]), version.west(), tone="good")
    sketch.text(750, 246, "stored,", anchor="start", tone="quiet", room=200)
    sketch.text(750, 278, "and paid for", anchor="start", tone="quiet", room=200)
    return sketch.to_svg()
