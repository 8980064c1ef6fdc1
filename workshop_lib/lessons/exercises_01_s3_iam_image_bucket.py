"""Lesson 1's exercises, questions and checkpoint."""

from __future__ import annotations

from typing import Any
from urllib.parse import SplitResult, parse_qsl, urlsplit

from botocore.exceptions import ClientError

from workshop_lib.aws import buckets, roles
from workshop_lib.checks.answers import document, listed, text
from workshop_lib.checks.checkpoints import Requirement
from workshop_lib.checks.evidence import REFUSED, Evidence, allows_origin, is_refused
from workshop_lib.checks.exercises import Exercise
from workshop_lib.checks.outcomes import WrongAnswerError, require
from workshop_lib.checks.policies import is_allowed, read_statements
from workshop_lib.checks.quizzes import Option, Quiz
from workshop_lib.refusals import read_refusal

STRANGER = "https://elsewhere.example"
NOTE = "notes/hello.txt"
SECONDS = 60

# The narrowest policy --------------------------------------------------------------------------


def check_narrow_policy(answer: Any, evidence: Evidence) -> None:
    """Hold that the statement lets pictures be read, and nothing else."""
    statements = read_statements(document(answer, called="statement"))
    bucket = evidence.names.bucket_arn(evidence.names.images_bucket)
    _require_positive(statements)
    _require_reading(statements, bucket)
    _refuse_other_actions(statements, bucket)
    _refuse_other_places(statements, bucket)


def _require_positive(statements: list[dict[str, Any]]) -> None:
    for statement in statements:
        require(
            "NotAction" not in statement and "NotResource" not in statement,
            "NotAction and NotResource allow everything that is not named.",
            "Name what is meant, with Action and Resource.",
        )
    require(
        any(statement["Effect"] == "Allow" for statement in statements),
        "The statement only denies, and everything is denied from the start.",
        'Write "Allow" as its Effect.',
    )


def _require_reading(statements: list[dict[str, Any]], bucket: str) -> None:
    picture = f"{bucket}/uploads/cat.jpg"
    if is_allowed(statements, "s3:GetObject", picture):
        return
    require(
        not is_allowed(statements, "s3:GetObject", bucket),
        "The Resource is the bucket itself; what is read are the objects in it.",
        "An object's ARN is the bucket's, a slash, and the key: end it with /uploads/*.",
    )
    require(
        not is_allowed(statements, "s3:GetObject", f"{bucket}/uploads/"),
        "The Resource is one key, uploads/, and not the keys that begin so.",
        "End it with a star: uploads/*.",
    )
    actions = ", ".join(str(a) for s in statements for a in listed(s.get("Action", [])))
    require(
        any(is_allowed([s | {"Resource": "*"}], "s3:GetObject", picture) for s in statements),
        f"{actions} does not let anyone read an object.",
        "The action that reads an object's value is s3:GetObject.",
    )
    raise WrongAnswerError(
        f"s3:GetObject is allowed, but not on {picture}.",
        "Compare the Resource with the bucket's name: arn:aws:s3:::BUCKET/uploads/*.",
    )


def _refuse_other_actions(statements: list[dict[str, Any]], bucket: str) -> None:
    picture = f"{bucket}/uploads/cat.jpg"
    others = {
        "s3:PutObject": picture,
        "s3:DeleteObject": picture,
        "s3:GetObjectAcl": picture,
        "s3:GetObjectTagging": picture,
        "s3:GetObjectVersion": picture,
        "s3:ListBucket": bucket,
        "dynamodb:GetItem": "*",
    }
    for action, resource in others.items():
        require(
            not is_allowed(statements, action, resource),
            f"Pictures can be read, and {action} is allowed as well.",
            "Name the one action: s3:GetObject, without a star and without a second one.",
        )


def _refuse_other_places(statements: list[dict[str, Any]], bucket: str) -> None:
    require(
        not is_allowed(statements, "s3:GetObject", f"{bucket}-of-somebody-else/uploads/cat.jpg"),
        "Pictures can be read, and so can those of other buckets.",
        "Name your own bucket in the Resource; its name is in the variable `bucket`.",
    )
    require(
        not is_allowed(statements, "s3:GetObject", f"{bucket}/{NOTE}"),
        f"Pictures can be read, and so can everything else in the bucket, such as {NOTE}.",
        "Narrow the Resource to the keys that begin with uploads/.",
    )


NARROW_POLICY = Exercise(
    name="narrow-policy",
    question=(
        "In lesson 3 a function will read the pictures under uploads/ in your bucket. Write the "
        "one statement that it needs, and no wider."
    ),
    hints=(
        "Start from the statement above. Which of its three values must change?",
        "Reading an object's value is the action s3:GetObject. The place stays the same.",
        'It is {"Effect": "Allow", "Action": "s3:GetObject", "Resource": …}, and the Resource is '
        "the ARN of all keys that begin with uploads/.",
    ),
    check=check_narrow_policy,
    why=(
        "One action, on one part of one bucket. The check tried your statement: pictures can be "
        "read; writing, deleting, listing, other keys and other buckets are refused."
    ),
)

# A CORS rule -----------------------------------------------------------------------------------


def check_cors_rule(answer: Any, evidence: Evidence) -> None:
    """Hold, by asking as a browser does, that only the website may GET and PUT."""
    origin = evidence.website_origin
    _explain_rules(evidence, origin)
    for method in ("GET", "PUT"):
        require(
            _may(evidence, origin, method, "content-type"),
            f"A browser asked for your website whether it may {method}, and S3 said no.",
            "AllowedMethods needs both GET and PUT, AllowedHeaders content-type, and "
            f"AllowedOrigins {origin}, all in one rule.",
        )
    for method in ("DELETE", "POST"):
        require(
            not _may(evidence, origin, method),
            f"Your website may also {method}, which it does not need.",
            "Leave GET and PUT in AllowedMethods, and nothing else.",
        )


def _explain_rules(evidence: Evidence, origin: str) -> None:
    bucket = buckets.describe_bucket(evidence.client("s3"), evidence.names.images_bucket)
    rules = bucket.cross_origin_rules if bucket else ()
    origins = [value for rule in rules for value in rule["AllowedOrigins"]]
    require(
        bool(rules),
        "The bucket has no CORS rule.",
        "Call s3.put_bucket_cors(Bucket=bucket, CORSConfiguration={…}) for the dots.",
    )
    require(
        f"{origin}/" not in origins,
        "The origin ends in a slash, and a browser sends none.",
        "Use the variable `origin` as it is.",
    )
    require(
        not any(_may(evidence, STRANGER, method) for method in ("GET", "PUT")),
        "Pages from anywhere may talk to the bucket, not only your website's.",
        "Name the one origin in AllowedOrigins, and no star.",
    )


def _may(evidence: Evidence, origin: str, method: str, header: str = "") -> bool:
    address = f"{evidence.cloud.objects_url(evidence.names.images_bucket)}/uploads/cat.jpg"
    answer = evidence.preflight(address, origin=origin, method=method, header=header)
    return allows_origin(answer, origin)


CORS_RULE = Exercise(
    name="cors-rule",
    question=(
        "Your website shall also read pictures from the bucket, with GET. Write the rule that lets "
        "its pages GET and PUT, with the header content-type, and give it to the bucket."
    ),
    hints=(
        "The call is s3.put_bucket_cors. It replaces all rules, so PUT has to be in the new one.",
        "A rule is a dictionary with the lists AllowedOrigins, AllowedMethods and AllowedHeaders.",
        's3.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": [rule]}), and the rule '
        'holds [origin], ["GET", "PUT"] and ["content-type"].',
    ),
    check=check_cors_rule,
    why=(
        "The check asked S3 what a browser asks: your website's pages may GET and PUT, nothing "
        "more, and pages from elsewhere are turned away."
    ),
)

# A presigned URL -------------------------------------------------------------------------------


def check_presigned_minute(answer: Any, evidence: Evidence) -> None:
    """Hold that the URL reads the note, for 60 seconds, by using it."""
    url = text(answer, called="URL")
    parts = urlsplit(url)
    _require_own_object(parts, evidence)
    parameters = dict(parse_qsl(parts.query))
    require(
        "X-Amz-Signature" in parameters,
        "The URL carries no signature of version 4.",
        "Have s3.generate_presigned_url make it.",
    )
    lives = parameters.get("X-Amz-Expires", "")
    require(
        lives == str(SECONDS),
        f"The URL lives {lives or 'no'} seconds, and should live {SECONDS}.",
        f"Say ExpiresIn={SECONDS}; without it boto3 takes 3600.",
    )
    _require_readable(url, evidence)


def _require_own_object(parts: SplitResult, evidence: Evidence) -> None:
    bucket = evidence.names.images_bucket
    own = urlsplit(buckets.presign_download(evidence.client("s3"), bucket, NOTE))
    # Nothing is fetched from anywhere but the attendee's own bucket.
    require(
        (parts.scheme, parts.netloc) == (own.scheme, own.netloc)
        and (parts.path == own.path or bucket in parts.netloc + parts.path),
        "The URL does not lead to your bucket.",
        "Sign it with s3.generate_presigned_url, and your bucket's name in Params.",
    )
    require(
        parts.path == own.path,
        f"The URL leads to another object than {NOTE}.",
        f'Say "Key": "{NOTE}" in Params.',
    )


def _require_readable(url: str, evidence: Evidence) -> None:
    answer = evidence.http.get(url)
    if answer.is_success:
        return
    code, said = read_refusal(answer)
    require(
        code != "SignatureDoesNotMatch",
        "S3 refused to let anyone read with it: it was signed for another method, or changed.",
        'Sign the operation "get_object", and use the URL as it comes.',
    )
    require(
        code != "NoSuchKey",
        f"The URL is right, and there is no object {NOTE}.",
        "Run the cell that puts it into the bucket, then this one again.",
    )
    raise WrongAnswerError(
        f"S3 refused it: {said or code}.",
        "If its minute is over, run the cell again: it signs a new one.",
    )


PRESIGNED_MINUTE = Exercise(
    name="presigned-minute",
    question=f"Sign a URL with which anyone can download {NOTE} for {SECONDS} seconds.",
    hints=(
        "It is s3.generate_presigned_url again. Which operation reads an object?",
        'The operation is "get_object"; Params needs the bucket and the key, and no content type.',
        f's3.generate_presigned_url("get_object", Params={{"Bucket": bucket, "Key": "{NOTE}"}}, '
        f"ExpiresIn={SECONDS})",
    ),
    check=check_presigned_minute,
    why=(
        "The check downloaded the object through it, without any credentials. In a minute the same "
        "URL is worth nothing."
    ),
)

EXERCISES = (PRESIGNED_MINUTE, CORS_RULE, NARROW_POLICY)

# Questions -------------------------------------------------------------------------------------

QUIZZES = (
    Quiz(
        name="who-decides",
        question=(
            "A role's policy allows s3:PutObject on a bucket; the bucket's own policy denies it to "
            "everyone. May the role write?"
        ),
        options=(
            Option("Yes, its own policy says so", "One Allow is needed, but it lifts no Deny."),
            Option(
                "No, a Deny anywhere wins",
                "Everything starts as no; one Allow is needed; any Deny ends it.",
            ),
            Option(
                "Only with a presigned URL",
                "A presigned URL lends the signer's rights, and the signer has none here.",
            ),
        ),
        right="b",
    ),
    Quiz(
        name="signed-without-rights",
        question="Someone without any right to your bucket signs a PUT URL for it. What happens?",
        options=(
            Option(
                "Signing fails with AccessDenied",
                "Signing is arithmetic on one's own machine; nobody is asked.",
            ),
            Option(
                "Whoever uses the URL can write",
                "The URL carries the signer's rights, and there are none to carry.",
            ),
            Option(
                "Signing works, using the URL is refused",
                "S3 asks for the signer's rights when the URL is used, and finds none.",
            ),
        ),
        right="c",
    ),
    Quiz(
        name="what-cors-protects",
        question="You remove the CORS rule from the bucket. Who can no longer upload?",
        options=(
            Option(
                "Pages in browsers, even with a valid presigned URL",
                "The browser asks S3 first, hears no, and does not send the request.",
            ),
            Option(
                "Everybody without AWS credentials",
                "A program with a presigned URL uploads as before: CORS is a matter of browsers.",
            ),
            Option(
                "Nobody; CORS is only a header",
                "It is only a header, but browsers obey it on behalf of their users.",
            ),
        ),
        right="a",
    ),
)

# Checkpoint ------------------------------------------------------------------------------------


def look_for_bucket(evidence: Evidence) -> None:
    """See whether the images bucket stands and is closed."""
    s3, name = evidence.client("s3"), evidence.names.images_bucket
    require(
        buckets.bucket_exists(s3, name),
        f"There is no bucket {name}.",
        "Run the cells of “Build the bucket”.",
    )
    require(
        not buckets.is_public(s3, name),
        "The bucket has a policy, or a switch of Block Public Access is off.",
        f'buckets.close_public_access(s3, "{name}") closes it.',
    )


def look_for_cors(evidence: Evidence) -> None:
    """See whether the website's pages, and only they, may PUT."""
    origin = evidence.website_origin
    require(
        _may(evidence, origin, "PUT", "content-type"),
        "S3 does not let your website's pages PUT.",
        "Run the cells of “Let one website in”.",
    )
    require(
        not _may(evidence, STRANGER, "PUT"),
        "S3 lets pages from anywhere PUT.",
        "Run the first cell of “Let one website in” again; it makes the rule anew.",
    )


def look_for_role(evidence: Evidence) -> None:
    """See whether the role stands and Lambda may take it on."""
    role = roles.describe_role(evidence.client("iam"), evidence.names.role("presigned-url"))
    again = "Run the cells of “Who may do what”."
    if role is None:
        raise WrongAnswerError("There is no role for presigned-url.", again)
    principals = [s.get("Principal", {}) for s in listed(role.trust["Statement"])]
    require(
        any("lambda.amazonaws.com" in listed(p.get("Service", [])) for p in principals),
        "The role does not trust Lambda.",
        again,
    )
    statements = [s for policy in role.policies.values() for s in read_statements(policy)]
    picture = f"{evidence.names.bucket_arn(evidence.names.images_bucket)}/uploads/cat.jpg"
    require(
        is_allowed(statements, "s3:PutObject", picture),
        "The role's policy does not let it put pictures under uploads/.",
        again,
    )


def look_at_refusals(evidence: Evidence) -> None:
    """Take on the role and see that it is refused what it does not need."""
    again = "Run the cells of “Who may do what” again; they put the narrow policy back."
    try:
        s3 = evidence.client_as(evidence.names.role_arn("presigned-url"), "s3")
    except ClientError as error:
        if error.response["Error"]["Code"] not in REFUSED:
            raise
        raise WrongAnswerError("You may not take on the role, to try it.", again) from error
    bucket = evidence.names.images_bucket
    require(
        is_refused(s3.list_objects_v2, Bucket=bucket, MaxKeys=1)
        and is_refused(s3.get_object, Bucket=bucket, Key="uploads/cat.jpg"),
        "The role may list or read the bucket.",
        again,
    )


REQUIREMENTS = (
    Requirement("The images bucket stands, and is closed to the public", look_for_bucket),
    Requirement("Your website's pages may PUT there, and no others", look_for_cors),
    Requirement("The role of presigned-url may put pictures under uploads/", look_for_role),
    Requirement(
        "Tried with a session of that role: reading and listing are refused", look_at_refusals
    ),
)

HINTS = {
    "bucket": (
        "AccessDenied on AWS: your own user or role lacks s3:CreateBucket; show this line to your "
        "instructor.",
        "BucketAlreadyExists, in Bahrain or the UAE: the name is somebody else's. Choose another "
        "attendee id (WORKSHOP_ATTENDEE), restart the kernel, and run the notebook from the top.",
    ),
    "put-object": (
        "Is the bucket there? Run the cell “build-bucket” first.",
        "Bucket, Key and Body are needed; Body is bytes, so it begins with b.",
    ),
    "role": (
        "The role needs two documents: who may take it on (trust) and what it may do (policy).",
        "lesson.trust(…) is the first; the second is the variable `policy` from the cell above.",
    ),
}
