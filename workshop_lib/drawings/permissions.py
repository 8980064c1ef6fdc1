"""Drawings of AWS IAM: a decision, a role, and the two permissions of a call."""

from __future__ import annotations

from workshop_lib.drawings.sketches import Sketch


def draw_policy_decision() -> str:
    """How the policies of a request come to one answer."""
    sketch = Sketch(
        "How IAM decides",
        "A request is refused if any policy denies it: an explicit deny. It is refused if a "
        "boundary around the identity does not contain it. It is refused if no policy allows it: "
        "an implicit deny. Only then it is allowed.",
        400,
    )
    questions = (
        (140, 176, "any Deny?", "in any policy", "yes", "explicit\ndeny"),
        (372, 180, "inside each", "boundary?", "no", "out of\nbounds"),
        (610, 176, "an Allow?", "somewhere", "no", "implicit\ndeny"),
    )
    boxes = [
        sketch.box(left, 70, width, 110, label, note=note, service="iam")
        for left, width, label, note, _, _ in questions
    ]
    allowed = sketch.box(860, 80, 94, 90, "allow", tone="good")
    sketch.text(12, 133, "request", anchor="start", room=110)
    sketch.arrow((106, 125), boxes[0].west())
    sketch.arrow(boxes[0].east(), boxes[1].west(), label="no")
    sketch.arrow(boxes[1].east(), boxes[2].west(), label="yes")
    sketch.arrow(boxes[2].east(), allowed.west(), label="yes", tone="good")
    for box, (_, _, _, _, answer, refusal) in zip(boxes, questions, strict=True):
        end = sketch.box(box.left + 12, 270, box.width - 24, 100, refusal, tone="bad")
        sketch.arrow(box.south(), end.north(), label=answer, tone="bad")
    return sketch.to_svg()


def draw_role() -> str:
    """A role: who may take it on, what it may do, and credentials that end by themselves."""
    sketch = Sketch(
        "A role",
        "A role has a trust policy, which says who may take it on, and a permissions policy, which "
        "says what it may do. A function takes it on and gets credentials that expire by "
        "themselves. No secret is kept anywhere.",
        380,
    )
    function = sketch.part(12, 130, "lambda", "function", width=170, height=120)
    sketch.frame(330, 20, 350, 340, "role")
    trust = sketch.box(354, 70, 302, 110, "trust policy", note="who may take it on", service="iam")
    rights = sketch.box(354, 220, 302, 110, "permissions", note="what it may do", service="iam")
    bucket = sketch.part(788, 215, "s3", "uploads/", width=160, height=120)
    sketch.arrow(function.east(0.3), (256, 166), (256, 125), trust.west(), label="")
    sketch.text(250, 100, "takes it on", room=150)
    sketch.arrow((354, 275), (97, 275), (97, 250), label="", dashed=True)
    sketch.text(16, 312, "credentials that end", anchor="start", tone="quiet", room=310)
    sketch.arrow(rights.east(), bucket.west(), label="PUT only", tone="good")
    return sketch.to_svg()


def draw_two_permissions() -> str:
    """Who may call a function, and what the function may do, are two things."""
    sketch = Sketch(
        "Two permissions",
        "A caller such as API Gateway, S3 or SNS reaches a function only if the function's own "
        "resource policy lets it in. The function reaches other services only as far as its role's "
        "policy goes. One without the other fails.",
        330,
    )
    caller = sketch.part(12, 60, "apigateway", "a service", width=190, height=120)
    function = sketch.part(385, 60, "lambda", "function", width=190, height=120)
    target = sketch.part(758, 60, "s3", "a resource", width=190, height=120)
    sketch.arrow(caller.east(), function.west(), label="calls", tone="accent")
    sketch.arrow(function.east(), target.west(), label="uses", tone="accent")
    policy = sketch.box(
        150, 230, 300, 86, "resource policy", note="who may call it", service="lambda"
    )
    role = sketch.box(510, 230, 300, 86, "role", note="what it may do", service="iam")
    sketch.line((294, 125), (294, policy.top), dotted=True)
    sketch.line((666, 125), (666, role.top), dotted=True)
    return sketch.to_svg()
