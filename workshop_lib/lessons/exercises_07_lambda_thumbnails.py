"""Lesson 7's exercises, questions and checkpoint."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from PIL import Image, ImageChops, ImageStat

from workshop_lib.aws import buckets, functions, roles, topics
from workshop_lib.checks.answers import document, listed
from workshop_lib.checks.checkpoints import Requirement
from workshop_lib.checks.evidence import Evidence
from workshop_lib.checks.exercises import Exercise
from workshop_lib.checks.outcomes import WrongAnswerError, require
from workshop_lib.checks.policies import is_allowed, read_statements
from workshop_lib.checks.quizzes import Option, Quiz
from workshop_lib.places import PICTURES

PHOTO = PICTURES / "coffee.jpg"
SAMPLE_SIDE = 32
# The mean difference of two pictures' greys, of 255, up to which they show the same.
SAME = 12
MOST_PIXELS = 64_000_000

# Which way is up -------------------------------------------------------------------------------


def check_upright(answer: Any, evidence: Evidence) -> None:
    """Hold that the picture shows the photo as it was seen, by comparing them."""
    _require_picture(answer)
    shown, upright = _sample(answer), _sample(Image.open(PHOTO))
    require(
        answer.width > answer.height,
        f"The picture is {answer.width} × {answer.height} pixels, higher than wide; the cup was "
        "photographed wider than high.",
        "Turn it by a quarter. With rotate say expand=True, or the corners are cut off.",
    )
    require(
        not _looks_like(shown, upright.transpose(Image.Transpose.ROTATE_180)),
        "The cup stands on its head: turned by a quarter, but the other way.",
        "Pillow counts degrees against the clock. Or let it read the EXIF note by itself.",
    )
    mirrored = (Image.Transpose.FLIP_LEFT_RIGHT, Image.Transpose.FLIP_TOP_BOTTOM)
    require(
        not any(_looks_like(shown, upright.transpose(how)) for how in mirrored),
        "The cup is mirrored; orientation 6 only turns.",
        "Turn it, and do not flip it.",
    )
    require(
        _looks_like(shown, upright),
        "The picture is wider than high, and does not show the cup as it was.",
        "Turn `sideways` as a whole; do not stretch it or cut from it.",
    )


def _require_picture(answer: Any) -> None:
    require(
        isinstance(answer, Image.Image),
        "The answer should be one of Pillow's pictures, as `sideways` is one.",
        "Give what ImageOps.exif_transpose or one of the picture's own methods returns.",
    )
    require(
        0 < answer.width * answer.height <= MOST_PIXELS,
        "The picture has no pixels, or far too many.",
        "Turn `sideways`; leave its size as it is.",
    )


def _sample(picture: Image.Image) -> Image.Image:
    return picture.convert("L").resize((SAMPLE_SIDE, SAMPLE_SIDE))


def _looks_like(one: Image.Image, other: Image.Image) -> bool:
    return ImageStat.Stat(ImageChops.difference(one, other)).mean[0] < SAME


UPRIGHT = Exercise(
    name="upright",
    question="Turn the picture `sideways` so that the cup stands as it was photographed.",
    hints=(
        "The pixels lie on their side, and the EXIF note says so. Who could read the note?",
        "Pillow's module ImageOps has a function that turns a picture as its EXIF note says.",
        "from PIL import ImageOps; ImageOps.exif_transpose(sideways) returns a new picture.",
    ),
    check=check_upright,
    why=(
        "The pixels now stand as the photo was seen, whatever becomes of the note. thumbnail-gen "
        "turns first and then leaves the EXIF data behind, with the place where it was taken."
    ),
)

# No way round ----------------------------------------------------------------------------------

ARRIVING = ("uploads/4711/cat.jpg", "uploads/4712/dog.png", "uploads/ein/Hündchen.jpeg")
WRITTEN = ("thumbnails/4711/cat.jpg", "thumbnails/4712/dog.png", "thumbnails/uploads/cat.jpg")


def check_loop_guard(answer: Any, evidence: Evidence) -> None:
    """Hold that uploads start the function and what it writes does not, key by key."""
    rules = _read_filter_rules(document(answer, called="filter"))
    for key in ARRIVING:
        require(
            _starts(rules, key),
            f"Nothing happens when {key} is uploaded: {_describe(rules)} does not fit.",
            "A prefix is how the key begins, letter by letter: no slash before it, no star.",
        )
    for key in WRITTEN:
        require(
            not _starts(rules, key),
            f"The function writes {key}, and that starts it again: {_describe(rules)} fits.",
            "Let the event through only for keys that begin as uploads do.",
        )


def _read_filter_rules(rule: Any) -> list[tuple[str, str]]:
    for name in ("Filter", "Key", "FilterRules"):
        if isinstance(rule, dict) and name in rule:
            rule = rule[name]
    require(
        rule not in ({}, []),
        "There is no rule in it: every key starts the function, its own thumbnails too.",
        'Write one rule: {"Name": "prefix", "Value": …}.',
    )
    return [_read_filter_rule(entry) for entry in listed(rule)]


def _read_filter_rule(entry: Any) -> tuple[str, str]:
    require(
        isinstance(entry, dict) and isinstance(entry.get("Value"), str),
        "A rule is a dictionary with the texts Name and Value.",
        'It looks so: {"Name": "prefix", "Value": "…"}.',
    )
    name = str(entry.get("Name", "")).lower()
    require(
        name in ("prefix", "suffix"),
        f"S3 knows no rule named {entry.get('Name')!r}.",
        'The Name is "prefix" or "suffix".',
    )
    return name, entry["Value"]


def _starts(rules: list[tuple[str, str]], key: str) -> bool:
    return all(
        key.startswith(value) if name == "prefix" else key.endswith(value) for name, value in rules
    )


def _describe(rules: list[tuple[str, str]]) -> str:
    return " and ".join(f"the {name} “{value[:40]}”" for name, value in rules)


LOOP_GUARD = Exercise(
    name="loop-guard",
    question=(
        "Suppose there were only one bucket: pictures arrive under uploads/, thumbnails are "
        "written under thumbnails/. Write the filter of the bucket's event that makes no loop."
    ),
    hints=(
        "What do the keys that should start the function have in common, and the others not?",
        "The ending does not tell them apart: a thumbnail of a JPEG is a JPEG.",
        'One rule does it: {"Name": "prefix", "Value": "uploads/"}.',
    ),
    check=check_loop_guard,
    why=(
        "The check held six keys against it: three uploads start the function, three thumbnails "
        "do not. A second bucket is still the safer guard: nobody can edit it away by mistake."
    ),
)

# Only what was recognised ----------------------------------------------------------------------

RECOGNISED = (
    {"status": "ok", "result": "cat", "confidence": 0.62},
    {"status": "ok", "result": "cup", "confidence": 0.31},
)
UNREADABLE = {"status": "error", "result": None, "confidence": 0.0, "error": "no picture"}
ATTRIBUTES = ("status", "confidence")


def check_recognised_only(answer: Any, evidence: Evidence) -> None:
    """Hold that the subscription's own filter lets pictures pass, and nothing else."""
    subscription = _find_subscription(evidence)
    policy = subscription.filter_policy
    if policy is None:
        raise WrongAnswerError(
            "The subscription of thumbnail-gen has no filter.",
            "Call sns.set_subscription_attributes for it, with AttributeName “FilterPolicy”.",
        )
    by_attributes = subscription.filter_scope == "MessageAttributes"
    if by_attributes and (strange := sorted(set(policy) - {*ATTRIBUTES, "$or"})):
        raise WrongAnswerError(
            f"The filter asks for the attribute {strange[0]}, and results carry none.",
            "Beside the message travel two attributes, status and confidence: use status.",
        )
    _require_deliveries(policy, by_attributes)


def _require_deliveries(policy: dict[str, Any], by_attributes: bool) -> None:
    require(
        not _passes(policy, UNREADABLE, by_attributes),
        "A file that is no picture (status “error”) still comes through.",
        "Let only the status “ok” pass.",
    )
    for message in RECOGNISED:
        require(
            _passes(policy, message, by_attributes),
            f"The filter also keeps back a picture that was read, with status “ok”: a "
            f"{message['result']}, confidence {message['confidence']}.",
            "Ask for the status alone, in small letters: ok.",
        )


def _passes(policy: dict[str, Any], message: dict[str, Any], by_attributes: bool) -> bool:
    fields = {n: v for n, v in message.items() if n in ATTRIBUTES} if by_attributes else message
    return all(
        any(_passes(branch, message, by_attributes) for branch in patterns)
        if name == "$or"
        else any(_fits(pattern, fields, name) for pattern in listed(patterns))
        for name, patterns in policy.items()
    )


def _fits(pattern: Any, fields: dict[str, Any], name: str) -> bool:
    value = fields.get(name)
    if not isinstance(pattern, dict):
        return name in fields and pattern == value
    if "exists" in pattern:
        return (name in fields) is pattern["exists"]
    if "anything-but" in pattern:
        return name in fields and value not in listed(pattern["anything-but"])
    if "prefix" in pattern:
        return str(value).startswith(pattern["prefix"])
    if "equals-ignore-case" in pattern:
        return str(value).lower() == str(pattern["equals-ignore-case"]).lower()
    raise WrongAnswerError(
        "The filter is written in a way that this check cannot follow.",
        'Write the status that shall pass: {"status": ["ok"]}.',
    )


def _find_subscription(evidence: Evidence) -> topics.Subscription:
    names = evidence.names
    topic = topics.describe_topic(evidence.client("sns"), names.topic_arn)
    function = names.function_arn("thumbnail-gen")
    for subscription in topic.subscriptions if topic else ():
        if subscription.endpoint == function:
            return subscription
    raise WrongAnswerError(
        "The topic does not call thumbnail-gen: there is no subscription.",
        "Run the first cell of “Subscribe it”.",
    )


RECOGNISED_ONLY = Exercise(
    name="recognised-only",
    question=(
        "Give the subscription of thumbnail-gen a filter, so that only results with status “ok” "
        "reach it."
    ),
    hints=(
        "The call is sns.set_subscription_attributes; `subscription.arn` says which one is meant.",
        "It sets one attribute by AttributeName and AttributeValue: the name is “FilterPolicy”, "
        "the value a JSON text, so use json.dumps.",
        'The filter is {"status": ["ok"]}: the attribute, and a list of what may pass.',
    ),
    check=check_recognised_only,
    why=(
        "The filter that SNS now holds lets readable pictures pass and keeps errors back. A call "
        "that does not happen costs nothing, and needs no line of code that decides against it."
    ),
)

EXERCISES = (UPRIGHT, LOOP_GUARD, RECOGNISED_ONLY)

# Questions -------------------------------------------------------------------------------------

QUIZZES = (
    Quiz(
        name="late-thumbnail",
        question="The list shows a new picture, and its thumbnail answers 403. What is wrong?",
        options=(
            Option(
                "db-save ran before thumbnail-gen, which it must not",
                "Nothing sets an order between subscribers, and nothing should need one.",
            ),
            Option(
                "Nothing: two subscribers run at the same time, and one is not done yet",
                "The page has to bear with it: it asks again, or shows the original meanwhile.",
            ),
            Option(
                "SNS has lost one of the two messages",
                "SNS keeps trying for a long time; a moment's absence is no loss.",
            ),
        ),
        right="b",
    ),
    Quiz(
        name="first-guard",
        question=(
            "By mistake thumbnail-gen is told to write into the images bucket. What stops it first?"
        ),
        options=(
            Option(
                "Its role: it may write into the thumbnails bucket only",
                "The very first write is refused, so there is no first round of a loop.",
            ),
            Option(
                "Lambda's loop detection",
                "It would come after about sixteen rounds, had the role let the first one pass.",
            ),
            Option(
                "S3, which does not overwrite a picture",
                "It does, without asking, and tells everyone who listens that there is a new one.",
            ),
        ),
        right="a",
    ),
    Quiz(
        name="third-listener",
        question=(
            "Next week somebody wants a mail for every dog. What has to change in reco-image?"
        ),
        options=(
            Option(
                "It publishes dogs to a second topic",
                "A filter on a subscription to this topic picks them out already.",
            ),
            Option(
                "It gets the right to send mails",
                "It would then fail for one more reason, and nobody needs it to.",
            ),
            Option(
                "Nothing",
                "Another subscription with a filter is all. The sender does not know who listens.",
            ),
        ),
        right="c",
    ),
)

# Checkpoint ------------------------------------------------------------------------------------


def look_for_bucket(evidence: Evidence) -> None:
    """See, as a stranger does, whether thumbnails can be read and not listed."""
    s3, name = evidence.client("s3"), evidence.names.thumbnails_bucket
    again = "Run the cells of “A bucket that everyone may read”."
    described = buckets.describe_bucket(s3, name)
    if described is None:
        raise WrongAnswerError(f"There is no bucket {name}.", again)
    address = evidence.cloud.objects_url(name)
    require(
        not evidence.http.get(address).is_success,
        "Everyone may list the thumbnails, not only read those they know of.",
        again,
    )
    require(
        described.policy is not None,
        "The bucket has no policy that would let strangers in.",
        again,
    )
    # Right after the building there is no thumbnail to try it with.
    for thumbnail in buckets.list_objects(s3, name)[:1]:
        require(
            evidence.http.get(f"{address}/{quote(thumbnail.key)}").is_success,
            "A stranger is refused a thumbnail.",
            again,
        )


def look_for_function(evidence: Evidence) -> None:
    """See whether thumbnail-gen stands, with its layer, and writes to the right place."""
    names = evidence.names
    again = "Run the cells of “Build thumbnail-gen”."
    built = functions.describe_function(evidence.client("lambda"), names.function("thumbnail-gen"))
    if built is None:
        raise WrongAnswerError("There is no function thumbnail-gen.", again)
    require(
        any(f":layer:{names.layer('pillow')}:" in arn for arn in built.layers),
        "The function has no Pillow layer, and cannot open a picture.",
        again,
    )
    require(
        built.environment.get("THUMBNAILS_BUCKET") == names.thumbnails_bucket,
        "The function would write somewhere else than into the thumbnails bucket.",
        "Run the cell that mends it, below “Break it, twice”.",
    )


def look_at_role(evidence: Evidence) -> None:
    """See whether the role can write thumbnails and cannot start a loop."""
    names = evidence.names
    role = roles.describe_role(evidence.client("iam"), names.role("thumbnail-gen"))
    again = "Run the cells of “Build thumbnail-gen” again; they put the narrow policy back."
    if role is None:
        raise WrongAnswerError("There is no role for thumbnail-gen.", again)
    statements = [s for policy in role.policies.values() for s in read_statements(policy)]
    images, thumbnails = map(names.bucket_arn, (names.images_bucket, names.thumbnails_bucket))
    require(
        is_allowed(statements, "s3:PutObject", f"{thumbnails}/uploads/cat.jpg"),
        "The role may not write thumbnails.",
        again,
    )
    require(
        not is_allowed(statements, "s3:PutObject", f"{images}/uploads/cat.jpg"),
        "The role may write into the images bucket, and so start a loop.",
        again,
    )


def look_for_subscription(evidence: Evidence) -> None:
    """See whether the topic calls thumbnail-gen, and may."""
    subscription = _find_subscription(evidence)
    permissions = functions.read_permissions(
        evidence.client("lambda"), evidence.names.function("thumbnail-gen")
    )
    require(
        any(permission.source_arn == evidence.names.topic_arn for permission in permissions),
        "The function does not let the topic call it.",
        "Run the first cell of “Subscribe it”.",
    )
    passing = subscription.filter_policy or {}
    by_attributes = subscription.filter_scope == "MessageAttributes"
    require(
        _passes(passing, RECOGNISED[0], by_attributes),
        "The subscription's filter keeps pictures back that were recognised.",
        "Run the first cell of “Subscribe it”; it takes the filter away.",
    )


REQUIREMENTS = (
    Requirement("Strangers can read a thumbnail, and cannot list the bucket", look_for_bucket),
    Requirement("thumbnail-gen stands with its layer, and knows where to write", look_for_function),
    Requirement("Its role may write thumbnails, and nothing that would start a loop", look_at_role),
    Requirement("The topic calls it with what was recognised", look_for_subscription),
)

HINTS = {
    "open-bucket": (
        "Two things must agree: the switches of Block Public Access, and a policy.",
        "buckets.allow_public_read does both, in the only order that S3 takes.",
    ),
    "subscribe": (
        "There are two sides: the topic must know the function, the function allow the topic.",
        "If thumbnails do not come, read the function's log group: no entry means it was not "
        "called; an [ERROR] says what failed.",
    ),
}
