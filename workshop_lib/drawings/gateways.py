"""Drawings of Amazon API Gateway: the way of a request, integrations, stages, preflights."""

from __future__ import annotations

from itertools import pairwise

from workshop_lib.drawings.sequences import Actor, Saying, draw_sequence
from workshop_lib.drawings.sketches import Sketch


def draw_request_path() -> str:
    """The way of a request through a REST API and back."""
    sketch = Sketch(
        "The way of a request through API Gateway",
        "A client calls. The method request asks whether path and method exist and the caller may. "
        "The integration request hands the request on, rewritten by a mapping template if there "
        "is one. The integration answers. The integration response and the method response bring "
        "the answer back.",
        420,
    )
    client = sketch.part(12, 145, "browser", "client", width=130, height=130)
    sketch.frame(192, 16, 560, 388, "API Gateway")
    left, right, width = 208, 488, 248
    method = sketch.box(
        left, 66, width, 124, "method\nrequest", note="path? allowed?", service="apigateway"
    )
    handed = sketch.box(
        right, 66, width, 124, "integration\nrequest", note="mapping template", service="apigateway"
    )
    back = sketch.box(
        right,
        262,
        width,
        124,
        "integration\nresponse",
        note="mapping template",
        service="apigateway",
    )
    answer = sketch.box(
        left, 262, width, 124, "method\nresponse", note="status, headers", service="apigateway"
    )
    behind = sketch.part(802, 145, "lambda", "whoever\nanswers", width=146, height=130)
    sketch.arrow(client.east(0.3), (168, 184), (168, 128), method.west())
    sketch.arrow(method.east(), handed.west())
    sketch.arrow(handed.east(), (777, 128), (777, 184), behind.west(0.3))
    sketch.arrow(behind.west(0.7), (777, 236), (777, 324), back.east(), dashed=True)
    sketch.arrow(back.west(), answer.east(), dashed=True)
    sketch.arrow(answer.west(), (168, 324), (168, 236), client.east(0.7), dashed=True)
    for number, box in enumerate((method, handed, back, answer), start=1):
        sketch.badge(box.left + 24, box.top + 26, str(number if number < 3 else number + 1))
    sketch.badge(behind.left + 10, behind.top + 4, "3")
    return sketch.to_svg()


def draw_integrations() -> str:
    """Proxy, non-proxy and mock: who answers, and who rewrites."""
    sketch = Sketch(
        "Proxy, non-proxy, mock",
        "With a proxy integration the function gets the whole request and its answer is the "
        "answer. With a non-proxy integration mapping templates rewrite both. A mock has nobody "
        "behind it: the gateway answers by itself.",
        430,
    )
    rows = (
        ("proxy", "AWS_PROXY", "the request as it is", "the answer as it is"),
        ("non-proxy", "AWS", "rewritten by a template", "rewritten by a template"),
        ("mock", "MOCK", "", ""),
    )
    for place, (name, kind, there, back) in enumerate(rows):
        top = 12 + place * 142
        sketch.text(12, top + 52, name, anchor="start", face="strong", room=180)
        sketch.text(12, top + 86, kind, anchor="start", face="code", tone="quiet", room=180)
        gateway = sketch.part(200, top, "apigateway", "gateway", width=170, height=122)
        if not there:
            sketch.text(
                400,
                top + 70,
                "answers by itself: nobody is behind it",
                anchor="start",
                tone="quiet",
                room=540,
            )
            continue
        function = sketch.part(790, top, "lambda", "function", width=158, height=122)
        sketch.exchange(gateway, function, there, back)
    return sketch.to_svg()


def draw_preflight() -> str:
    """A browser asks before it sends a request to another origin."""
    return draw_sequence(
        "A preflight",
        "A page of the website wants to send a PUT to another origin. The browser first asks with "
        "OPTIONS. The answer names the page's origin and the method, so the browser sends the PUT. "
        "The actual answer names the origin once more, else the page may not read it.",
        (Actor("browser", "page, origin A"), Actor("s3", "server, origin B")),
        (
            Saying(0, 1, "OPTIONS · Origin: A · may I PUT?", "accent"),
            Saying(1, 0, "Allow-Origin: A · Allow-Methods: PUT", answer=True, tone="accent"),
            Saying(0, 0, "A is named: go on", "good"),
            Saying(0, 1, "PUT the picture · Origin: A"),
            Saying(1, 0, "200 · Allow-Origin: A", answer=True),
        ),
    )


def draw_stages() -> str:
    """A draft, the deployments frozen from it, and the stages that point to them."""
    sketch = Sketch(
        "Draft, deployments, stages",
        "What you change is a draft. A deployment freezes it. A stage, such as dev or prod, is a "
        "name that points to one deployment; API id and stage name make the address. A change that "
        "is not deployed is seen by nobody.",
        390,
    )
    draft = sketch.part(12, 130, "apigateway", "draft", width=170, height=130, note="you change")
    tops = (20, 145, 270)
    deployments = [
        sketch.box(356, top, 220, 96, f"deployment {3 - place}", note="frozen", tone="quiet")
        for place, top in enumerate(tops)
    ]
    for deployment in deployments:
        sketch.line((290, 195), (290, deployment.west()[1]))
        sketch.arrow((290, deployment.west()[1]), deployment.west())
    sketch.line(draft.east(), (290, 195))
    sketch.text(236, 182, "deploy", room=100)
    dev = sketch.box(740, 20, 208, 96, "dev", note="…/dev/upload", service="apigateway")
    prod = sketch.box(740, 145, 208, 96, "prod", note="…/prod/upload", service="apigateway")
    sketch.arrow(dev.west(), deployments[0].east(), label="points to")
    sketch.arrow(prod.west(), deployments[1].east(), label="points to")
    return sketch.to_svg()


def draw_throttle() -> str:
    """A request over the limit is turned away before any function runs."""
    sketch = Sketch(
        "Throttling",
        "A stage has a rate and a burst. Requests within the limit reach the function. A request "
        "over it is answered with 429 by the gateway itself; nothing behind it runs, and nothing "
        "is spent.",
        330,
    )
    client = sketch.part(12, 100, "browser", "callers", width=160, height=120)
    gateway = sketch.part(372, 100, "apigateway", "rate, burst", width=200, height=120)
    function = sketch.part(778, 100, "lambda", "function", width=170, height=120)
    for along in (0.2, 0.5, 0.8):
        sketch.arrow(client.east(along), gateway.west(along))
    for along in (0.35, 0.65):
        sketch.arrow(gateway.east(along), function.west(along), tone="good")
    sketch.text(675, 125, "within the limit", tone="good", room=200)
    sketch.arrow((472, 220), (472, 285), (92, 285), (92, 220), tone="bad", dashed=True)
    sketch.text(282, 274, "429: too many requests", tone="bad", room=370)
    return sketch.to_svg()


def draw_authorizer() -> str:
    """A function of one's own decides who may come in."""
    sketch = Sketch(
        "A Lambda authorizer",
        "A caller comes with a token. The gateway asks the guard, a function, which answers with a "
        "policy. With Allow the request goes on to the back end. With Deny the caller gets 403. "
        "Without a token the guard is not asked, and the caller gets 401.",
        420,
    )
    caller = sketch.part(12, 40, "browser", "caller", width=160, height=120)
    gateway = sketch.part(400, 40, "apigateway", "gateway", width=180, height=120)
    behind = sketch.part(788, 40, "lambda", "back end", width=160, height=120)
    guard = sketch.part(400, 288, "lambda", "the guard", width=180, height=120)
    sketch.exchange(caller, gateway, "with a token", "401 or 403", back_tone="bad")
    sketch.arrow(gateway.east(), behind.west(), label="Allow: go on", tone="good")
    sketch.arrow(gateway.south(0.3), guard.north(0.3))
    sketch.text(440, 233, "who is this?", anchor="end", room=300)
    sketch.arrow(guard.north(0.7), gateway.south(0.7), tone="accent", dashed=True)
    sketch.text(540, 233, "a policy: Allow or Deny", anchor="start", tone="accent", room=400)
    return sketch.to_svg()


def draw_refused_preflight() -> str:
    """The server knows another page, and the browser sends nothing."""
    return draw_sequence(
        "A preflight that is refused",
        "A page wants to send a PUT. The browser asks with OPTIONS, and the answer does not name "
        "the page's origin. The browser sends nothing: the page reads that the upload failed, and "
        "only the developer tools say CORS. Python, which asks nobody, could use the same URL.",
        (Actor("browser", "page, origin A"), Actor("s3", "knows origin C")),
        (
            Saying(0, 1, "OPTIONS · Origin: A · may I PUT?", "accent"),
            Saying(1, 0, "403: A is not named", "bad", answer=True),
            Saying(0, 0, "so nothing is sent", "bad"),
            Saying(0, 0, "the page reads: upload failed", "quiet"),
        ),
    )


def draw_route_steps() -> str:
    """What a new route needs, in order."""
    steps = (
        ("apigateway", "route", "path, method"),
        ("lambda", "permission", "who may call"),
        ("browser", "preflight", "for pages"),
        ("apigateway", "test", "not yet public"),
        ("apigateway", "deploy", "now it is seen"),
    )
    sketch = Sketch(
        "A new route, step by step",
        "A new route needs, in this order: the route itself, the permission for the gateway to "
        "call the function, a preflight for pages of another origin, a test call, a deployment. "
        "Without the last nobody sees it.",
        400,
    )
    boxes = []
    for place, (service, label, note) in enumerate(steps):
        row, column = divmod(place, 3)
        left = 12 + column * 352 + (176 if row else 0)
        box = sketch.part(left, 30 + row * 200, service, label, width=232, height=140, note=note)
        sketch.badge(box.left + 24, box.top + 26, str(place + 1))
        boxes.append(box)
    for before, after in pairwise(boxes[:3]):
        sketch.arrow(before.east(), after.west())
    turn = boxes[2].bottom + 30
    sketch.arrow(
        boxes[2].south(), (boxes[2].middle, turn), (boxes[3].middle, turn), boxes[3].north()
    )
    sketch.arrow(boxes[3].east(), boxes[4].west(), tone="accent")
    return sketch.to_svg()
